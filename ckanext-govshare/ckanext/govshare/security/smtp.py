"""CVE-2026-41132: mail leaves over a connection whose other end has proved who it is.

CKAN 2.12.0 calls ``starttls()`` without a context, which accepts any certificate: whoever sits between
reads the links that set passwords. All of CKAN's mails go through the connection made here.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from types import SimpleNamespace
from typing import Any

from ckan.lib import mailer

from ckanext.govshare import config

TIMEOUT = 30.0


class VerifiedSMTP(smtplib.SMTP):
    """``smtplib.SMTP`` that verifies the server's certificate and host name and does not wait for ever."""

    def __init__(self, host: str = "", port: int = 0) -> None:
        super().__init__(host, port, timeout=TIMEOUT)

    def starttls(self, **_options: Any) -> tuple[int, bytes]:
        """Begin TLS; ``SMTPException`` when no trusted authority vouches for this host."""
        context = ssl.create_default_context(cafile=config.text("smtp_cafile") or None)
        try:
            return super().starttls(context=context)
        except ssl.SSLError as error:
            self.close()
            raise smtplib.SMTPException(f"The mail server's certificate is not trusted: {error}") from error

    def sendmail(self, *given: Any, **options: Any) -> dict[str, tuple[int, bytes]]:
        """Send; a refusal names its code and not the person, for CKAN writes it to the log."""
        try:
            return super().sendmail(*given, **options)
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _words in error.recipients.values()})
            raise smtplib.SMTPException(f"The recipient was refused: {codes}") from None

    def quit(self) -> tuple[int, bytes]:
        """Take leave, also of a server that is gone; CKAN does it after every failure."""
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            return super().quit()
        return (221, b"")


def install() -> None:
    """Give CKAN's mailer our connection; the rest of ``smtplib`` stays as it is."""
    ours = {name: getattr(smtplib, name) for name in smtplib.__all__}
    mailer.smtplib = SimpleNamespace(**{**ours, "SMTP": VerifiedSMTP})  # type: ignore[attr-defined]
