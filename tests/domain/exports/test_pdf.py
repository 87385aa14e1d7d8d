"""A document as PDF: its Chinese is text again, its fonts are in it, and nothing is fetched for it from anywhere."""

from __future__ import annotations

import io
import socket
from pathlib import Path
from typing import Any

import pytest
from ckanext.govshare.exports.as_pdf import Fetched, as_pdf
from pypdf import PdfReader

STYLE = (Path(__file__).parents[3] / "theme/assets/css/document.css").read_text(encoding="utf-8")
SENTENCES = (
    "受理通知书",
    "SQ20261122-7K3M9QXT-受",
    "你（单位）于2026年11月22日提交的公共数据开放申请收悉。",
    "㐂𠮷龘：生僻字也在",
)
PAGE = (
    '<!doctype html><html lang="zh-Hans-CN"><head><meta charset="utf-8"><title>受理通知书</title></head><body>'
    + "".join(f"<p>{text}</p>" for text in SENTENCES)
    + "</body></html>"
)


@pytest.fixture(scope="module")
def reader() -> PdfReader:
    """The page as PDF, read by another program."""
    return PdfReader(io.BytesIO(as_pdf(PAGE, STYLE)))


def fonts(reader: PdfReader) -> list[Any]:
    """The descriptors of every font that the pages use."""
    found = []
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            found += [part.get_object()["/FontDescriptor"] for part in font.get_object()["/DescendantFonts"]]
    return found


def test_what_was_written_is_text_again(reader):
    """Whoever reads it aloud, searches or copies it gets the characters, rare ones too."""
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    for sentence in SENTENCES:
        assert sentence in text


def test_every_font_is_embedded_and_is_chinese(reader):
    """It looks the same where no Chinese font is installed."""
    found = fonts(reader)
    assert found
    for font in found:
        assert {"/FontFile2", "/FontFile3"} & set(font)
        assert "Noto" in font["/FontName"]


def test_it_is_tagged_and_says_its_title_and_language(reader):
    """PDF/UA-1."""
    assert reader.metadata.title == "受理通知书"
    assert reader.trailer["/Root"]["/Lang"] == "zh-Hans-CN"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == pytest.approx([595.3, 841.9], abs=0.1)


OUTSIDE = (
    '<img src="https://example.org/x.png">',
    '<img src="file:///etc/passwd">',
    '<img src="data:image/png;base64,AA==">',
    '<link rel="stylesheet" href="http://127.0.0.1/x.css">',
    "<style>@import url(http://127.0.0.1/x.css);</style>",
    "<style>@font-face{font-family:x;src:url(file:///x.ttf)} p{font-family:x}</style>",
    "<style>p{background:url(http://127.0.0.1/x.png)}</style>",
    '<object data="http://127.0.0.1/x"></object>',
    '<a rel="attachment" href="file:///etc/passwd">x</a>',
)


@pytest.mark.parametrize("outside", OUTSIDE)
def test_a_page_that_asks_for_something_else_is_not_made(outside, monkeypatch):
    """Neither from the network nor from the disk; no connection is tried."""
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda *given: tried.append(given))
    with pytest.raises(Fetched):
        as_pdf(PAGE.replace("<p>", f"{outside}<p>", 1), STYLE)
    assert tried == []


def test_a_drawing_stays_without_its_picture(monkeypatch):
    """WeasyPrint leaves a drawing out whose picture it may not have; no connection is tried either."""
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda *given: tried.append(given))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1/x.png"/></svg>'
    assert as_pdf(PAGE.replace("<p>", f"{drawing}<p>", 1), STYLE).startswith(b"%PDF-")
    assert tried == []
