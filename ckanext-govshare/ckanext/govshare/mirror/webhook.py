"""A target that is told by signed JSON (webhook): it is sent letters, and its signed answer is the proof."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import requests
from cryptography.hazmat.primitives import constant_time, hashes, hmac

from ckanext.govshare import runtime
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror import Found, Wanted, canonical
from ckanext.govshare.domain.mirror_letter import (
    SHA256,
    SM3,
    Letter,
    found_of,
    letter_of,
    listed_of,
    signed_by_receiver,
    signed_by_sender,
    tombstone_of,
)
from ckanext.govshare.mirror.guarded_http import GuardedSession
from ckanext.govshare.mirror.site import Listing
from ckanext.govshare.mirror.targets import Target, secret_of

TIME, NONCE, SIGNATURE = "X-Govshare-Time", "X-Govshare-Nonce", "X-Govshare-Signature"
# What the receiver must hold afterwards: who holds it already may answer at once.
ENTRY, HASH = "X-Govshare-Entry", "X-Govshare-Hash"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {SHA256: hashes.SHA256, SM3: hashes.SM3}
UNWELCOME = (401, 403)
REFUSED = (400, 409, 413, 415, 422)
_DETAIL = 200  # characters of a refusal that the ledger keeps
NO_ENTRY = "-"  # asked for to hear whether somebody answers
_NOTHING: Mapping[str, str] = MappingProxyType({})


def signature(secret: bytes, digest: str, text: bytes) -> str:
    """Return the signature of a text as the header carries it; ``digest`` is one of ``DIGESTS``."""
    mac = hmac.HMAC(secret, _HASHES[digest]())
    mac.update(text)
    return f"hmac-{digest}={mac.finalize().hex()}"


class Webhook:
    """The signed line to one receiver."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._secret = secret_of(target).encode("ascii")
        self._session = GuardedSession(target.url, networks=target.networks, cafile=target.cafile)

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def ask(self, method: str, url: str, body: bytes = b"", about: Mapping[str, str] = _NOTHING) -> Any:
        """Send one signed request and return its answer, whose signature has been verified."""
        time, nonce = int(runtime.now().timestamp() * 1000), secrets.token_hex(16)
        headers = {
            "Content-Type": "application/json",
            TIME: str(time),
            NONCE: nonce,
            SIGNATURE: self._signed(signed_by_sender(time, nonce, body)),
            **about,
        }
        answer = self._session.request(method, url, data=body or None, headers=headers)
        _judge(answer)
        signed = self._signed(signed_by_receiver(time, nonce, answer.content))
        said = answer.headers.get(SIGNATURE, "")
        if not constant_time.bytes_eq(signed.encode("ascii"), said.encode("latin-1")):
            raise RuleError("mirror.answer_unsigned")
        try:
            return json.loads(answer.content)
        except ValueError as error:
            raise RuleError("mirror.not_json") from error

    def _signed(self, text: bytes) -> str:
        return signature(self._secret, self.target.digest, text)


class WebhookSite:
    """One target for the length of one run; ids there are ours."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._line = Webhook(target)
        self._answered: dict[str, Found | None] = {}
        self.before_write: Callable[[str | None], None] = lambda _fits: None

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def wanted(self, copy: Mapping[str, Any]) -> Letter:
        """Return the letter that tells of a copy."""
        return letter_of(copy, copy["card"]["title"])

    def list(self) -> Listing:
        """List what the receiver says it holds; ``mirror.no_listing`` where it has no way to say so."""
        found, told = self._listed("")
        return Listing(found, told)

    def is_well(self) -> bool:
        """Tell whether the receiver itself answers, whatever became of one entry; without a list nobody knows."""
        try:
            self._listed(NO_ENTRY)
        except RuleError:
            return False
        return True

    def find(self, entry_id: str, names: Sequence[str]) -> str:
        """Return the id itself: whether the receiver has it or not, it can be told to have it no more."""
        del names
        return entry_id

    def put(
        self,
        wanted: Wanted,
        remote_id: str | None,
        organization: Mapping[str, str],
        removal_fits: str | None = None,
    ) -> Found:
        """Send an entry and return what the receiver then says it holds."""
        # it knows the entry by our id, the department stands in the letter, and a later letter wins by its time
        del remote_id, organization, removal_fits
        assert isinstance(wanted, Letter)  # noqa: S101 - made by `wanted` above
        found = self._send(wanted.body)
        if found is None:
            raise RuleError("mirror.answer_differs", fields="hash")
        return found

    def remove(self, remote_id: str) -> None:
        """Tell the receiver that an entry must disappear; it must say that it holds nothing of it."""
        if self._send(tombstone_of(remote_id)) is not None:
            raise RuleError("mirror.still_there")

    def seen_by_strangers(self, key: str) -> Found | None:
        """Return what the receiver lists of an entry; where it has no list, what it last answered."""
        if not self._target.listing:
            return self._answered.get(key)
        found, _told = self._listed(key)
        return next((row for row in found if row.remote_id == key), None)

    def found_by_strangers(self, entry_id: str) -> Sequence[Found]:
        """Return nothing: what the receiver shows to whom is told by its list alone."""
        del entry_id
        return ()

    def registered(self) -> None:
        """Return nothing: the list is the receiver's register."""

    def stands(self, remote_id: str) -> bool:
        """Believe the list: the receiver has no other way to say what it holds."""
        del remote_id
        return True

    def lists(self, remote_id: str) -> bool:
        """Tell whether the receiver lists an entry."""
        return self.seen_by_strangers(remote_id) is not None

    def list_anew(self, wanted: Wanted, remote_id: str) -> None:
        """Leave it to the relay, which sends every letter anew."""

    def _send(self, letter: Mapping[str, Any]) -> Found | None:
        self.before_write(None)
        body = canonical(letter).encode("utf-8")
        entry_id, hash_ = str(letter["id"]), str(letter["hash"] or "")
        told = self._line.ask("POST", self._target.url, body, {ENTRY: entry_id, HASH: hash_})
        try:
            found, about = found_of(told), told["id"]
        except (KeyError, TypeError) as error:
            raise RuleError("mirror.not_json") from error
        if about != entry_id:
            raise RuleError("mirror.not_json")
        self._answered[entry_id] = found
        return found

    def _listed(self, entry_id: str) -> tuple[tuple[Found, ...], int]:
        if not self._target.listing:
            raise RuleError("mirror.no_listing", "target", target=self._target.title)
        question = f"?id={entry_id}" if entry_id else ""
        try:
            return listed_of(self._line.ask("GET", self._target.listing + question))
        except (KeyError, TypeError) as error:
            raise RuleError("mirror.not_json") from error


def _judge(answer: requests.Response) -> None:
    """Raise what an answer's status says: the line is not trusted, this entry is refused, or the target fails."""
    if answer.status_code in UNWELCOME:
        raise RuleError("mirror.not_authorized")
    if answer.status_code in REFUSED:
        detail = answer.content[:_DETAIL].decode("utf-8", "replace")
        raise RuleError("mirror.refused", detail=" ".join(detail.split()))
    if not answer.ok:
        raise RuleError("mirror.failing", status=answer.status_code)
