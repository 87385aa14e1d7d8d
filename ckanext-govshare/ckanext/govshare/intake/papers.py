"""What a paper is that somebody hands in, told by its content alone: PDF, JPEG, PNG or OFD, whole, and nothing else besides.

Papers are never opened or drawn here. A file that a second program would take for something else is refused.
"""

from __future__ import annotations

import struct
from io import BytesIO
from zipfile import ZipFile

from ckanext.govshare.domain.attachment import JPEG, OFD, PDF, PNG
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.archive import DAMAGED

_PNG = b"\x89PNG\r\n\x1a\n"
_ZIP, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_SEARCHED = 1024  # readers look for a PDF's head and tail that far
_ZIP_TAIL = 22 + 65_535
_MOST_MEMBERS = 10_000
_ROOT = 4096
FILL = 0xFF
# Parts by which other programs know their archives.
_FOREIGN_PARTS = {
    "[Content_Types].xml",
    "META-INF/MANIFEST.MF",
    "mimetype",
    "classes.dex",
    "AndroidManifest.xml",
}
_MARKUP = (b"<html", b"<script", b"<!doctype html", b"<svg")


def kind_of_paper(content: bytes) -> str:
    """Return ``pdf``, ``jpeg``, ``png`` or ``ofd``.

    :raises RuleError: ``attachment.empty``, ``attachment.wrong_type``, ``attachment.damaged``, ``attachment.two_kinds``.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise RuleError("attachment.empty", "attachments")
    kind = _by_head(content)
    if kind is None:
        raise RuleError("attachment.wrong_type", "attachments")
    if not _WHOLE[kind](content):
        raise RuleError("attachment.damaged", "attachments")
    if any(sees(content) for other, sees in _OTHERS if kind != other) or _is_page(content, kind):
        raise RuleError("attachment.two_kinds", "attachments")
    return kind


def _by_head(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(_PNG):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    return OFD if content.startswith(_ZIP) and _has_root(content) else None


def _has_root(content: bytes) -> bool:
    """Tell an OFD (GB/T 33190) from other archives: its root names the standard's space."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if "OFD.xml" not in names or _FOREIGN_PARTS.intersection(names):
                return False
            with archive.open("OFD.xml") as root:
                return b"ofdspec.org" in root.read(_ROOT)
    except (*DAMAGED, RuntimeError):  # RuntimeError: its members are locked by a password
        return False


def _pdf_is_whole(content: bytes) -> bool:
    return b"%%EOF" in content[-_SEARCHED:]


def _png_is_whole(content: bytes) -> bool:
    """Walk from part to part: a head first, an end at last."""
    at, first = len(_PNG), True
    while at + 12 <= len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        if first and name != b"IHDR":
            return False
        if name == b"IEND":
            return True
        at, first = at + 12 + size, False
    return False


def _jpeg_is_whole(content: bytes) -> bool:
    """Walk the segments to the picture itself; after it there is an end."""
    at = 2
    while at + 4 <= len(content):
        mark, code, size = content[at], content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if mark != FILL or (code != FILL and size < 2):  # noqa: PLR2004 - the size counts its own two bytes
            return False
        if code == FILL:
            at += 1
            continue
        at += 2 + size
        if code == 0xDA:  # noqa: PLR2004 - start of scan
            return content.find(b"\xff\xd9", at) > 0
    return False


def _ofd_is_whole(content: bytes) -> bool:
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        return len(names) <= _MOST_MEMBERS and not any(".." in name.split("/") for name in names)


_WHOLE = {PDF: _pdf_is_whole, PNG: _png_is_whole, JPEG: _jpeg_is_whole, OFD: _ofd_is_whole}


def _is_archive(content: bytes) -> bool:
    """Tell whether a program for archives would find one: its directory stands at the end, whatever the beginning."""
    tail = content[-_ZIP_TAIL:]
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) - at < 22:  # noqa: PLR2004 - the least an end of directory has
        return False
    return int.from_bytes(tail[at + 20 : at + 22], "little") <= len(tail) - at - 22


def _looks_like_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:_SEARCHED]


# How programs for these two would look for their own kind in it, whatever it begins with.
_OTHERS = ((OFD, _is_archive), (PDF, _looks_like_pdf))


def _is_page(content: bytes, kind: str) -> bool:
    head = content[:_SEARCHED].lower()
    return kind != OFD and any(sign in head for sign in _MARKUP)
