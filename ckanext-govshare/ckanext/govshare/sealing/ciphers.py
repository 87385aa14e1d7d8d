"""The authenticated ciphers and digests that a city may choose: AES with SHA-2, or the national SM4 with SM3.

SM4: GB/T 32907; SM3: GB/T 32905; GCM with 96-bit random nonces and 128-bit tags for both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher as Machine
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes
TAG = 16


class SealBroken(Exception):  # noqa: N818 - says what happened
    """A sealed value was changed, cut, or put in another place than it was sealed for; or its key is gone."""

    def __init__(self) -> None:
        super().__init__("sealed data were changed, belong to another place, or have lost their key")


@dataclass(frozen=True)
class Cipher:
    """An AEAD; ``code`` stands in headers and never changes its meaning."""

    name: str
    code: int
    key_bytes: int
    digest: type[hashes.HashAlgorithm]
    _seal: Callable[[bytes, bytes, bytes, bytes], bytes]
    _open: Callable[[bytes, bytes, bytes, bytes], bytes]

    def seal(self, key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
        """Return ciphertext and tag; ``bound`` is authenticated with them."""
        return self._seal(key, nonce, text, bound)

    def open(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Return the plain text.

        :raises SealBroken: a bit of key, nonce, ciphertext or ``bound`` is another one.
        """
        try:
            return self._open(key, nonce, sealed, bound)
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error

    def derive(self, secret: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
        """Return a key of this cipher made from ``secret`` by HKDF (RFC 5869), another one for each purpose."""
        return HKDF(self.digest(), self.key_bytes, salt, purpose).derive(secret)


def _aes_seal(key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, bound)


def _aes_open(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, sealed, bound)


def _sm4_seal(key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    machine = Machine(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    machine.authenticate_additional_data(bound)
    return machine.update(text) + machine.finalize() + machine.tag


def _sm4_open(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    machine = Machine(algorithms.SM4(key), modes.GCM(nonce, sealed[-TAG:])).decryptor()
    machine.authenticate_additional_data(bound)
    return machine.update(sealed[:-TAG]) + machine.finalize()


CIPHERS = {
    cipher.name: cipher
    for cipher in (
        Cipher("aes-256-gcm", 1, 32, hashes.SHA256, _aes_seal, _aes_open),
        Cipher("sm4-gcm", 2, 16, hashes.SM3, _sm4_seal, _sm4_open),
    )
}
BY_CODE = {cipher.code: cipher for cipher in CIPHERS.values()}
MACS: dict[str, type[hashes.HashAlgorithm]] = {"hmac-sha256": hashes.SHA256, "hmac-sm3": hashes.SM3}
MAC_BYTES = 32


def mac(name: str, key: bytes, text: bytes) -> bytes:
    """Return the keyed digest of ``text``."""
    machine = hmac.HMAC(key, MACS[name]())
    machine.update(text)
    return machine.finalize()


def bound(*parts: bytes | str) -> bytes:
    """Return parts as one text from which each can be told again, so that no two lists give the same."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
