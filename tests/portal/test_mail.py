"""CVE-2026-41132 on a real SMTP server whose certificate nobody vouches for."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import smtplib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP
from ckan import model
from ckan.lib import mailer
from ckanext.govshare import jobs, notices
from ckanext.govshare.model import OutboxRow
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.portal.officers import person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@dataclass
class Mailbox:
    """A running server: where it is, what it was given, and the certificate that vouches for it."""

    address: str
    certificate: Path
    received: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a message."""
        self.received.append(envelope.content.decode())
        return "250 OK"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


@pytest.fixture
def mailbox(tmp_path, ckan_config, monkeypatch) -> Iterator[Mailbox]:
    """An SMTP server with STARTTLS, named in the configuration."""
    pem, key = certificate(tmp_path, "mail")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    box = Mailbox("", pem)
    told: Queue[tuple[int, Callable[[], object]]] = Queue()

    async def serve() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        server = await loop.create_server(
            lambda: SMTP(box, tls_context=context, require_starttls=True), "127.0.0.1", 0
        )
        told.put((server.sockets[0].getsockname()[1], lambda: loop.call_soon_threadsafe(done.set)))
        await done.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    port, stop = told.get()
    box.address = f"127.0.0.1:{port}"
    for name, value in {"smtp.server": box.address, "smtp.starttls": True, "ckan.hide_version": True}.items():
        monkeypatch.setitem(ckan_config, name, value)
    yield box
    stop()
    thread.join()


def reset() -> None:
    """Send somebody the link that sets a password, as CKAN does."""
    mailer.send_reset_link(model.User.get(person("citizen")))


def test_plain_ckan_hands_the_link_to_anybody(mailbox, monkeypatch):
    """CKAN's own connection takes any certificate."""
    monkeypatch.setattr(mailer, "smtplib", smtplib)
    reset()
    assert len(mailbox.received) == 1


def test_here_an_unknown_certificate_gets_nothing(mailbox):
    """The sender is told; the link has not left."""
    assert mailer.smtplib.SMTP is not smtplib.SMTP
    with pytest.raises(mailer.MailerException, match="certificate"):
        reset()
    assert mailbox.received == []


def test_here_another_certificate_of_the_same_name_gets_nothing(mailbox, tmp_path, monkeypatch, ckan_config):
    """Trusting one authority is not trusting whoever uses its name."""
    other, _ = certificate(tmp_path, "other")
    monkeypatch.setitem(ckan_config, "ckanext.govshare.smtp_cafile", str(other))
    with pytest.raises(mailer.MailerException, match="certificate"):
        reset()
    assert mailbox.received == []


def test_here_a_trusted_certificate_gets_the_mail(mailbox, monkeypatch, ckan_config):
    """With the right authority mail flows."""
    monkeypatch.setitem(ckan_config, "ckanext.govshare.smtp_cafile", str(mailbox.certificate))
    reset()
    assert len(mailbox.received) == 1


def test_a_notice_waits_for_a_server_that_can_be_trusted(mailbox, monkeypatch, ckan_config):
    """Not a word leaves before the certificate is vouched for; then the same notice leaves, once."""
    who = model.User.get(person("citizen")).id
    made = notices.tell(
        model.Session,
        kind="application.lapse",
        recipient_user_id=who,
        case_kind="application",
        case_id="x",
        facts={"number": "测号"},
    ).id
    model.Session.commit()
    event = sa.select(OutboxRow).filter_by(kind=notices.MAIL, key=made)
    jobs.drain()
    row = model.Session.scalar(event)
    assert row.done_at is None
    assert mailbox.received == []
    monkeypatch.setitem(ckan_config, "ckanext.govshare.smtp_cafile", str(mailbox.certificate))
    for _ in range(2):
        model.Session.execute(
            sa.update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(available_at=sa.func.now())
        )
        model.Session.commit()
        jobs.drain()
    model.Session.expire_all()
    assert model.Session.scalar(event).done_at is not None
    assert len([letter for letter in mailbox.received if f"notice-{made}@" in letter]) == 1
