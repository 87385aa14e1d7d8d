"""What a file is, told by its content and never by its name."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits

DELIMITED = "delimited"
XLSX = "xlsx"
XLS = "xls"

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

# First bytes of things that are no tables, and what to call them.
FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
)
_MARKUP = ((b"<!doctype html", "HTML"), (b"<html", "HTML"), (b"<?xml", "XML"))


def kind_of(path: Path) -> str:
    """Return ``delimited``, ``xlsx`` or ``xls``; anything else is refused by name.

    :raises RuleError: ``intake.file_empty``, ``intake.wrong_type``, or why a workbook cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip():
        raise RuleError("intake.file_empty")
    if head.startswith(_ZIP):
        return _workbook_in_zip(path)
    if head.startswith(_OLE):
        return _workbook_in_ole(path)
    for magic, name in FOREIGN:
        if head.startswith(magic):
            raise RuleError("intake.wrong_type", found=name)
    for magic, name in _MARKUP:
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(magic):
            raise RuleError("intake.wrong_type", found=name)
    return DELIMITED


def _workbook_in_ole(path: Path) -> str:
    if _ENCRYPTED in path.read_bytes():
        raise RuleError("intake.workbook_encrypted")
    return XLS


def _workbook_in_zip(path: Path) -> str:
    """Look at the directory of the archive only: nothing is unpacked before its size is known to be sane."""
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
            names = set(archive.namelist())
            _check_sizes(
                sum(m.file_size for m in members), sum(m.compress_size for m in members), len(members)
            )
            if any(m.flag_bits & 1 for m in members):
                raise RuleError("intake.workbook_encrypted")
            if "xl/workbook.xml" in names:
                _check_declarations(archive)
                return XLSX
    except (BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise RuleError("intake.workbook_damaged") from error
    raise RuleError("intake.wrong_type", found=_zip_name(names))


def _zip_name(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "XLSB"
    if "word/document.xml" in names:
        return "DOCX"
    return "PPTX" if "ppt/presentation.xml" in names else "ZIP"


def _check_sizes(unpacked: int, packed: int, members: int) -> None:
    ratio = unpacked // max(packed, 1)
    if (
        unpacked > limits.MAX_UNPACKED
        or members > limits.MAX_MEMBERS
        or (unpacked > limits.SMALL_UNPACKED and ratio > limits.MAX_RATIO)
    ):
        raise RuleError("intake.archive_too_large", unpacked_mb=unpacked // limits.MIB, ratio=ratio)


def _check_declarations(archive: ZipFile) -> None:
    """Refuse workbook parts that declare entities: no spreadsheet program writes any (XXE)."""
    for name in archive.namelist():
        if not name.endswith((".xml", ".rels")):
            continue
        with archive.open(name) as part:
            if b"<!DOCTYPE" in part.read(4096):
                raise RuleError("intake.workbook_damaged")
