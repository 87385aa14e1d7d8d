"""Hand out granted files (提供数据): whole or in parts, judged at each request and between chunks, each time recorded.

佳木斯 arts 26, 36. The bytes are opened chunk by chunk as they leave; nothing of them lies anywhere in the clear.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import vault
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import granting
from ckanext.govshare.logic.grant import files, judging, uses
from ckanext.govshare.model import Grant

CHUNK = 1 << 20
LONGEST = 90.0  # seconds of a worker for one answer; a slow reader goes on with the next range


@dataclass(frozen=True)
class Offer:
    """A granted file as it could leave now, to one person."""

    grant_id: str
    person: str
    edition: int
    place: int
    format: str
    part: str
    filename: str
    media_type: str
    sha256: str
    size: int


def offer(context: dict[str, Any], grant_id: str, format_name: str, place: int | None = None) -> Offer:
    """Return the file of the granted columns of a table in one format, for the holder alone; built when needed first.

    ``place`` is that of the table, None for the first one.
    """
    row, _actor = granting.load(context, {"id": grant_id})
    person = roles.user_id_of(context)
    moving.refuse_if(judging.judge(row, person))
    found = files.table_of(row, place, format_name)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such file."))
    edition, table = found
    number, part = edition.number, files.part(edition.id, format_name, table.place)
    file = files.ready(row, edition, table, format_name)
    return Offer(
        grant_id=file.grant_id,
        person=person,
        edition=number,
        place=file.place,
        format=format_name,
        part=part,
        filename=file.filename,
        media_type=file.media_type,
        sha256=str(file.sha256),
        size=int(file.size or 0),
    )


def hand_out(offered: Offer, wanted: range, *, door: str) -> Pieces:
    """Record the taking and return the bytes of ``wanted``; they end early when the grant ends meanwhile. Commits."""
    pieces = opened(offered, wanted)
    try:
        record(offered, wanted, door=door)
    except BaseException:
        pieces.close()
        raise
    return pieces


def opened(offered: Offer, wanted: range) -> Pieces:
    """Return the bytes of ``wanted`` before anything is recorded; whoever opens them closes them."""
    try:
        return Pieces(vault.open(offered.grant_id, offered.part), wanted, offered)
    except FileNotFoundError:
        raise toolkit.ObjectNotFound(toolkit._("There is no such file.")) from None


def record(offered: Offer, wanted: range, *, door: str) -> None:
    """Write down that ``wanted`` is taken; commits."""
    uses.record_file(
        model.Session.get_one(Grant, offered.grant_id),
        offered.person,
        door=door,
        edition=offered.edition,
        place=offered.place,
        format_name=offered.format,
        first_byte=wanted.start,
    )
    model.Session.commit()


class Pieces:
    """The bytes of a range on their way; between two pieces the grant is judged anew."""

    def __init__(self, source: BinaryIO, wanted: range, offered: Offer) -> None:
        """Begin at the first byte of ``wanted``, which the caller has just been allowed."""
        source.seek(wanted.start)
        self._source, self._left, self._offered = source, len(wanted), offered
        self._begun, self._ends = False, time.monotonic() + LONGEST

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the next piece.

        :raises ConnectionAbortedError: the grant has ended meanwhile, or the reader takes too long.
        """
        if not self._left:
            raise StopIteration
        if self._begun and not judging.judge_afresh(self._offered.grant_id, self._offered.person):
            raise ConnectionAbortedError("the grant ended while its data were leaving")
        if time.monotonic() > self._ends:
            raise ConnectionAbortedError("the reader is slow; the rest is for the next range")
        self._begun = True
        piece = self._source.read(min(CHUNK, self._left))
        if not piece:
            raise ConnectionAbortedError("the file is shorter than it was")
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the sealed file, however far it was read."""
        self._source.close()
