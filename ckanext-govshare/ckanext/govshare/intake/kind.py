"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.archive import DAMAGED, names_of

DELIMITED = "delimited"
XLSX = "xlsx"
XLS = "xls"
ODS = "ods"
JSON = "json"
XML = "xml"
HTML = "html"
PARQUET = "parquet"
ZIP = "zip"
WORKBOOKS = (XLSX, XLS, ODS)

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PARQUET = b"PAR1"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

# First bytes of things that are no tables, and what to call them.
FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"MIME-Version:", "MHT"),
)
_BLANK = b"\xef\xbb\xbf \r\n\t"
_HTML = re.compile(rb"<(!doctype\s+html|html|table|head|body|style|meta)\b", re.IGNORECASE)
_XML = re.compile(rb"<(\?xml|!--|!doctype|[a-z_\x80-\xff])", re.IGNORECASE)
_JSON = re.compile(rb"""[\[{]\s*["\[{\]}\d-]""")
_EXCEL_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"


def kind_of(path: Path) -> str:
    """Return which reader fits; what no reader fits is refused by name.

    :raises RuleError: ``intake.file_empty``, ``intake.wrong_type``, or why an archive cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip():
        raise RuleError("intake.file_empty")
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _kind_of_archive(path)
    if head.startswith(_OLE):
        return _workbook_in_ole(path)
    if head.startswith(_PARQUET):
        return PARQUET
    for magic, name in FOREIGN:
        if head.startswith(magic) and _is_foreign(magic, head):
            raise RuleError("intake.wrong_type", found=name)
    return _kind_of_text(_in_bytes(head).lstrip(_BLANK))


def _is_foreign(magic: bytes, head: bytes) -> bool:
    """Tell a program or picture from a table whose first name begins with the same two letters."""
    return len(magic) > len("MZ") or b"\x00" in head


def _in_bytes(head: bytes) -> bytes:
    """Return UTF-16 as ASCII where it is ASCII, so that markup is seen in it too."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, errors="ignore").encode()
    return head


def _kind_of_text(head: bytes) -> str:
    if _HTML.match(head):
        return HTML
    if _XML.match(head):
        if _EXCEL_2003 in head:
            raise RuleError("intake.wrong_type", found="Excel 2003 XML")
        return HTML if _HTML.search(head) and b"html" in head.lower() else XML
    return JSON if _JSON.match(head) else DELIMITED


def _workbook_in_ole(path: Path) -> str:
    if _ENCRYPTED in path.read_bytes():
        raise RuleError("intake.workbook_encrypted")
    return XLS


def _kind_of_archive(path: Path) -> str:
    """Look at the directory of the archive only: nothing is unpacked before its size is known to be sane."""
    names = names_of(path)
    if "xl/workbook.xml" in names:
        _refuse_declarations(path, names)
        return XLSX
    for member, name in (
        ("xl/workbook.bin", "XLSB"),
        ("word/document.xml", "DOCX"),
        ("ppt/presentation.xml", "PPTX"),
        ("OFD.xml", "OFD"),
    ):
        if member in names:
            raise RuleError("intake.wrong_type", found=name)
    if "mimetype" in names and "content.xml" in names:
        _refuse_declarations(path, names)
        return _open_document(path)
    return ZIP


def _refuse_declarations(path: Path, names: set[str]) -> None:
    """Refuse workbook parts that declare entities: no spreadsheet program writes any (XXE)."""
    try:
        with ZipFile(path) as archive:
            for name in sorted(names):
                if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(name).read(4096):
                    raise RuleError("intake.workbook_damaged")
    except DAMAGED as error:
        raise RuleError("intake.workbook_damaged") from error


def _open_document(path: Path) -> str:
    try:
        with ZipFile(path) as archive, archive.open("mimetype") as part:
            kind = part.read(100)
    except DAMAGED as error:
        raise RuleError("intake.workbook_damaged") from error
    if not kind.startswith(_ODS_TYPE):
        raise RuleError("intake.wrong_type", found="OpenDocument")
    return ODS
