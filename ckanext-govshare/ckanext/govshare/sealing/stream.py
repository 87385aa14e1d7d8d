"""Sealed files: chunks that are authenticated one by one, so that any part opens alone and none can be moved.

A file is a head (``GSVB``, version, cipher, id of the data key, salt) and chunks of 256 KiB of ciphertext with
their tag. Each file has a key of its own, derived from the data key and the salt. A chunk's nonce is its number
and whether it is the last one, the head is bound to each: cut, reordered, spliced or prolonged files do not open
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO
from uuid import UUID

from ckanext.govshare.sealing.ciphers import BY_CODE, CIPHERS, TAG, Cipher, SealBroken
from ckanext.govshare.sealing.data_keys import OpenKey, by_id

MAGIC = b"GSVB\x01"
CHUNK = 256 * 1024
SALT = 32
HEAD = len(MAGIC) + 1 + 16 + SALT
PURPOSE = b"govshare: sealed file"


class Writer:
    """Takes plain bytes, writes sealed ones; nothing that was written opens before :meth:`close`."""

    def __init__(self, sink: BinaryIO, key: OpenKey) -> None:
        self._cipher, salt = CIPHERS[key.algorithm], os.urandom(SALT)
        self._head = MAGIC + bytes([self._cipher.code]) + UUID(key.id).bytes + salt
        self._key = self._cipher.derive(key.secret, PURPOSE, salt)
        self._sink, self._number, self._waiting = sink, 0, bytearray()
        sink.write(self._head)

    def write(self, text: bytes) -> None:
        """Seal all chunks that are full and surely not the last."""
        self._waiting += text
        while len(self._waiting) > CHUNK:
            self._seal(self._waiting[:CHUNK], last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """Seal the last chunk, which may be empty."""
        self._seal(self._waiting, last=True)

    def _seal(self, text: bytearray, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._sink.write(self._cipher.seal(self._key, nonce, bytes(text), self._head))
        self._number += 1


class Reader(io.RawIOBase):
    """The plain bytes of a sealed file, from any position; a chunk is held at a time."""

    def __init__(self, source: BinaryIO, purpose: str) -> None:
        """Open ``source``; ``purpose`` is what its data key must be for.

        :raises SealBroken: now or at any later read.
        """
        super().__init__()
        self._source = source
        self._head = source.read(HEAD)
        self._cipher, self._key = _key_of(self._head, purpose)
        self._size, self._last = _extent(source.seek(0, io.SEEK_END) - HEAD)
        self._position, self._held, self._chunk = 0, -1, b""
        self._load(self._last)  # the end is proved before anything of the file is believed

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position of the plain bytes."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: object) -> int:
        """Fill ``buffer`` as far as the present chunk goes."""
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, CHUNK)
        self._load(number)
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        piece = self._chunk[offset : offset + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the sealed file as well."""
        self._chunk = b""
        self._source.close()
        super().close()

    def _load(self, number: int) -> None:
        if number == self._held:
            return
        self._source.seek(HEAD + number * (CHUNK + TAG))
        sealed = self._source.read(CHUNK + TAG)
        nonce = _nonce(number, last=number == self._last)
        self._chunk = self._cipher.open(self._key, nonce, sealed, self._head)
        self._held = number


def _key_of(head: bytes, purpose: str) -> tuple[Cipher, bytes]:
    """Return cipher and key of a file by its head."""
    cipher = BY_CODE.get(head[len(MAGIC)]) if len(head) == HEAD and head.startswith(MAGIC) else None
    if cipher is None:
        raise SealBroken
    key = by_id(str(UUID(bytes=head[len(MAGIC) + 1 : -SALT])))
    if (key.purpose, key.algorithm) != (purpose, cipher.name):
        raise SealBroken
    return cipher, cipher.derive(key.secret, PURPOSE, head[-SALT:])


def _extent(sealed: int) -> tuple[int, int]:
    """Return (plain size, number of the last chunk) of so many bytes of chunks."""
    full, rest = divmod(sealed, CHUNK + TAG)
    last = full if rest else full - 1
    size = sealed - (last + 1) * TAG
    if sealed < TAG or 0 < rest < TAG:
        raise SealBroken
    return size, last


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
