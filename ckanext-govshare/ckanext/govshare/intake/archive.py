"""Archives are judged by their directory before anything is unpacked, and members go where we say.

Names inside an archive are labels, never paths: a member is unpacked to one fixed place (zip slip).
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.findings import Finding

TABLE_ENDINGS = tuple(
    f".{ending}"
    for ending in (
        "csv tsv txt xls xlsx ods json jsonl ndjson geojson xml parquet htm html".split()  # noqa: SIM905 - a line
    )
)
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz")
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
CHUNK = 1 << 20
SHOWN = 20  # names that are told
DAMAGED = (BadZipFile, NotImplementedError, OSError, ValueError, EOFError)


@dataclass(frozen=True)
class Member:
    """One file of an archive under the name that people gave it."""

    name: str
    info: ZipInfo


def names_of(path: Path) -> set[str]:
    """Return the names in the archive, once its declared sizes are known to be sane.

    :raises RuleError: ``intake.workbook_damaged``, ``intake.archive_too_large``, ``intake.workbook_encrypted``.
    """
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED as error:
        raise RuleError("intake.workbook_damaged") from error
    _check_sizes(members)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise RuleError("intake.workbook_encrypted")
    return {member.filename for member in members}


def tables(path: Path, wanted: Sequence[str]) -> tuple[list[Member], list[Finding]]:
    """Return the wanted tables, or all that the archive holds, and what was left out.

    :raises RuleError: ``intake.member_unknown``, ``intake.archive_without_table``, ``intake.archive_in_archive``,
        ``intake.workbook_damaged``.
    """
    try:
        with ZipFile(path) as archive:
            members = _members(archive)
    except DAMAGED as error:
        raise RuleError("intake.workbook_damaged") from error
    chosen = _choose(members, wanted)
    others = [member.name for member in members if member not in chosen]
    left_out = [Finding("members_left_out", facts={"count": len(others), "members": others[:SHOWN]})]
    return chosen, left_out if others else []


def unpack(path: Path, member: Member, target: Path) -> None:
    """Unpack one member to ``target``.

    :raises RuleError: ``intake.archive_too_large``, ``intake.workbook_damaged``.
    """
    try:
        with ZipFile(path) as archive, archive.open(member.info) as packed, target.open("wb") as sink:
            _copy(packed, sink)
    except DAMAGED as error:
        raise RuleError("intake.workbook_damaged") from error


def _copy(packed: IO[bytes], sink: IO[bytes]) -> None:
    """Copy at most what may be unpacked; what the directory declared is only a claim."""
    size = 0
    while chunk := packed.read(CHUNK):
        size += len(chunk)
        if size > limits.MAX_UNPACKED:
            raise RuleError("intake.archive_too_large", unpacked_mb=size // limits.MIB, ratio=0)
        sink.write(chunk)


def _members(archive: ZipFile) -> list[Member]:
    found = [
        Member(_name(info), info) for info in archive.infolist() if not info.is_dir() and not _link(info)
    ]
    return [member for member in found if not any(_is_litter(part) for part in _parts(member.name))]


def _is_litter(part: str) -> bool:
    return part == "__MACOSX" or (part.startswith(".") and part not in ("..", "."))


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts


def _link(info: ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _name(info: ZipInfo) -> str:
    """Return the name as written: archives made on Chinese desktops hold GBK without saying so."""
    if info.flag_bits & _UTF8_NAMES:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _choose(members: list[Member], wanted: Sequence[str]) -> list[Member]:
    found = [member for member in members if member.name.lower().endswith(TABLE_ENDINGS)]
    names = [member.name for member in found]
    for name in wanted:
        if name not in names:
            raise RuleError("intake.member_unknown", "member", member=name, members=names[:SHOWN])
    if not found:
        inner = next((m.name for m in members if m.name.lower().endswith(_ARCHIVES)), "")
        if inner:
            raise RuleError("intake.archive_in_archive", member=inner)
        raise RuleError("intake.archive_without_table", endings=[ending[1:] for ending in TABLE_ENDINGS])
    return [member for member in found if not wanted or member.name in wanted]


def _check_sizes(members: list[ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    ratio = unpacked // max(sum(member.compress_size for member in members), 1)
    if (
        unpacked > limits.MAX_UNPACKED
        or len(members) > limits.MAX_MEMBERS
        or (unpacked > limits.SMALL_UNPACKED and ratio > limits.MAX_RATIO)
    ):
        raise RuleError("intake.archive_too_large", unpacked_mb=unpacked // limits.MIB, ratio=ratio)
