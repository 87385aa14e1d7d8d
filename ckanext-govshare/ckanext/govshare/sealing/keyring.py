"""The file of key-encryption keys: the one secret that lies outside database and backups.

A line is ``id  64 hexadecimal digits`` (32 random bytes); ``#`` begins a remark; the last line is the
current key, the others still open what they wrapped. The file belongs to the portal alone (mode 0600).
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ckanext.govshare import config, runtime
from ckanext.govshare.domain.errors import RuleError

LEAST_BYTES = 32
OTHERS = stat.S_IWGRP | stat.S_IRWXO  # what nobody but the owner (and a reading group) may do
_LINE = re.compile(r"(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{0,39})\s+(?P<secret>[0-9A-Fa-f]*)")


@dataclass(frozen=True)
class KeyEncryptionKey:
    """One key; its bytes are never shown, not even in a traceback."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """All keys of the file in their order."""

    keys: tuple[KeyEncryptionKey, ...]

    @property
    def current(self) -> KeyEncryptionKey:
        """Return the key that wraps from now on."""
        return self.keys[-1]

    def get(self, key_id: str) -> KeyEncryptionKey | None:
        """Return a key by its id, None when it was taken out of the file."""
        return next((key for key in self.keys if key.id == key_id), None)


def keyring() -> Keyring:
    """Return the keys as the configured file holds them now.

    :raises RuleError: ``keyring.*``.
    """
    return load(_place())


def load(path: Path) -> Keyring:
    """Return the keys that a file holds.

    :raises RuleError: ``keyring.*`` says what is wrong with the file, never what is in it.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise RuleError("keyring.missing", path=str(path)) from error
    if state.st_mode & OTHERS:
        raise RuleError("keyring.open_to_others", path=str(path))
    return _read(path, state.st_mtime_ns, state.st_size, state.st_ino)


@lru_cache(maxsize=2)
def _read(path: Path, *_state: int) -> Keyring:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise RuleError("keyring.unreadable", path=str(path)) from error
    return parse(text)


def parse(text: str) -> Keyring:
    """Return the keys that a file's text lists.

    :raises RuleError: ``keyring.bad_line``, ``keyring.short``, ``keyring.twice`` (``line``), ``keyring.empty``.
    """
    keys: list[KeyEncryptionKey] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None or len(found["secret"]) % 2:
            raise RuleError("keyring.bad_line", line=number)
        secret = bytes.fromhex(found["secret"])
        if len(secret) < LEAST_BYTES or len(set(secret)) < LEAST_BYTES // 4:
            raise RuleError("keyring.short", line=number, bytes=LEAST_BYTES)
        if any(key.id == found["id"] or key.secret == secret for key in keys):
            raise RuleError("keyring.twice", line=number)
        keys.append(KeyEncryptionKey(found["id"], secret))
    if not keys:
        raise RuleError("keyring.empty")
    return Keyring(tuple(keys))


def _place() -> Path:
    return Path(config.text("keyring_path"))


def add_key() -> str:
    """Append a new key, which is the current one from then on, and return its id.

    The file is replaced in one step: whoever reads it meanwhile sees all old keys or all and the new one.

    :raises RuleError: ``keyring.not_writable``; add a line by hand then.
    """
    keyring()  # what is wrong with the file is said before it is touched
    path = _place()
    text = path.read_text(encoding="ascii")
    key_id = f"{runtime.in_shanghai(runtime.now()):%Y%m%d}-{secrets.token_hex(4)}"
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as sink:
            sink.write(text if text.endswith("\n") else f"{text}\n")
            sink.write(f"{key_id}  {secrets.token_hex(LEAST_BYTES)}\n")
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(path)
    except OSError as error:
        raise RuleError("keyring.not_writable", path=str(path)) from error
    return key_id
