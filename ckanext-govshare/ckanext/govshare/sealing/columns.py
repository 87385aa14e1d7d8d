"""Sealed columns: personal data encrypted field by field, found again by keyed digests, pseudonyms by dataset.

A sealed text is ``version · cipher · id of the data key · nonce · ciphertext · tag``; row and column are bound
to it, so that a value moved to another row or column does not open.
"""

from __future__ import annotations

import os
from uuid import UUID

from ckanext.govshare import config
from ckanext.govshare.sealing import data_keys
from ckanext.govshare.sealing.ciphers import BY_CODE, CIPHERS, NONCE, TAG, SealBroken, bound, mac

VERSION = 1
HEAD = 18  # version, cipher and the 16 bytes of the data key's id
LEAST = HEAD + NONCE + TAG


def seal_text(text: str, *, row: str, column: str) -> bytes:
    """Encrypt ``text`` for one place: ``row`` is the row's id, ``column`` is ``table.column``."""
    cipher = CIPHERS[config.text("cipher")]
    key = data_keys.for_purpose(f"column:{column}", cipher.name)
    head, nonce = bytes([VERSION, cipher.code]) + UUID(key.id).bytes, os.urandom(NONCE)
    return head + nonce + cipher.seal(key.secret, nonce, text.encode(), bound(head, row, column))


def open_text(blob: bytes, *, row: str, column: str) -> str:
    """Return the text that was sealed for this row and column.

    :raises SealBroken: it was changed, or sealed for another place, or its data key is gone.
    :raises RuleError: ``keyring.*``.
    """
    head, nonce, sealed = blob[:HEAD], blob[HEAD : HEAD + NONCE], blob[HEAD + NONCE :]
    if len(blob) < LEAST or head[0] != VERSION or head[1] not in BY_CODE:
        raise SealBroken
    cipher, key = BY_CODE[head[1]], data_keys.by_id(str(UUID(bytes=head[2:])))
    if (key.purpose, key.algorithm) != (f"column:{column}", cipher.name):
        raise SealBroken
    return cipher.open(key.secret, nonce, sealed, bound(head, row, column)).decode()


def blind_index(text: str, *, column: str) -> bytes:
    """Return the keyed digest by which an equal text of the same column is found; normalize ``text`` before."""
    key = data_keys.settled(f"index:{column}", f"hmac-{config.text('digest')}")
    return mac(key.algorithm, key.secret, text.encode())


def pseudonym_key(entry_id: str) -> bytes:
    """Return the key of one entry's pseudonyms (HMAC-SM3): equal persons differ from dataset to dataset."""
    return data_keys.for_purpose(f"pseudonym:{entry_id}", "hmac-sm3").secret
