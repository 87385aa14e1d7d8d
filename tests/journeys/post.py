"""The post of the portal under test: every letter it has sent lies in the mailbox as a file."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from local.site import Site


def letters(root: Path) -> Iterator[EmailMessage]:
    """Every letter in the mailbox."""
    for path in Site.of(root).directory("mail").glob("*.eml"):
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
