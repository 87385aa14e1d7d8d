"""Papers for tests: whole files of the four kinds, made here, with any text inside."""

from __future__ import annotations

import io
import struct
import zlib
from zipfile import ZIP_STORED, ZipFile


def pdf(text: str = "") -> bytes:
    """A PDF of one empty page with ``text`` in a comment."""
    body = b"%PDF-1.4\n%" + text.encode() + b"\n"
    body += b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    start = len(body)
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def png(text: str = "") -> bytes:
    """A PNG of one pixel with ``text`` in a text part."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = part(b"IHDR", head) + part(b"tEXt", b"Comment\x00" + text.encode())
    return b"\x89PNG\r\n\x1a\n" + parts + part(b"IDAT", zlib.compress(b"\x00\x00")) + part(b"IEND", b"")


def jpeg(text: str = "") -> bytes:
    """A JPEG's segments with ``text`` in a comment."""

    def segment(code: int, data: bytes) -> bytes:
        return bytes([0xFF, code]) + struct.pack(">H", len(data) + 2) + data

    head = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00") + segment(0xFE, text.encode())
    frame = segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
    return b"\xff\xd8" + head + frame + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x00\xff\xd9"


def ofd(text: str = "", **more: str) -> bytes:
    """An OFD package whose root holds ``text``; ``more`` are further parts, ``__`` in a name stands for a slash."""
    root = f'<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1"><!--{text}--></ofd:OFD>'
    return archive({"OFD.xml": root, **{name.replace("__", "/"): part for name, part in more.items()}})


def archive(parts: dict[str, str]) -> bytes:
    """A zip of texts, not compressed."""
    sink = io.BytesIO()
    with ZipFile(sink, "w", ZIP_STORED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return sink.getvalue()


MAKERS = {"pdf": pdf, "png": png, "jpeg": jpeg, "ofd": ofd}
