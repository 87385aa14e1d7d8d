"""The mailbox: an SMTP server that keeps each message as a file and sends nothing on."""

from __future__ import annotations

from local.process import Part
from local.site import Site, in_use


def part(site: Site) -> Part:
    """The server process; messages appear in `var/mail`."""
    port = site.port("smtp")
    program = site.root / "docker/mailbox.py"
    return Part(
        name="mail",
        title="邮件",
        command=[str(site.python), str(program), str(port), str(site.directory("mail"))],
        ready=lambda: in_use(port),
        port=port,
        state=str(port),
    )
