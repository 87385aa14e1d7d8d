"""A paper is what its bytes are: the four kinds are known, everything else is refused for the right reason."""

from __future__ import annotations

import random

import pytest
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.papers import kind_of_paper

from tests import papers

EXE = b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00" + bytes(200)
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
ZIP = papers.archive({"a.txt": "text"})

REFUSED = {
    "empty": (b"", "attachment.empty"),
    "zeros": (bytes(5000), "attachment.empty"),
    "blanks": (b" \r\n\t" * 30, "attachment.empty"),
    "a program called .pdf": (EXE, "attachment.wrong_type"),
    "a page": (HTML, "attachment.wrong_type"),
    "a picture that runs script": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "attachment.wrong_type"),
    "an archive": (ZIP, "attachment.wrong_type"),
    "a Word file": (papers.archive({"[Content_Types].xml": "", "word/document.xml": ""}), "attachment.wrong_type"),
    "GIF": (b"GIF89a" + bytes(50), "attachment.wrong_type"),
    "PDF behind other bytes": (b"\x00\x01" + papers.pdf(), "attachment.wrong_type"),
    "OFD without its root's name": (papers.archive({"OFD.xml": "<OFD/>"}), "attachment.wrong_type"),
    "OFD and a Java archive": (papers.ofd(**{"META-INF__MANIFEST.MF": "x"}), "attachment.wrong_type"),
    "half a PDF": (papers.pdf()[:60], "attachment.damaged"),
    "half a PNG": (papers.png()[:50], "attachment.damaged"),
    "PNG without a head": (papers.png().replace(b"IHDR", b"iHDR"), "attachment.damaged"),
    "half a JPEG": (papers.jpeg()[:-2], "attachment.damaged"),
    "JPEG that is only a beginning": (b"\xff\xd8\xff\xe0", "attachment.damaged"),
    "half an OFD": (papers.ofd()[:-30], "attachment.wrong_type"),
    "OFD with a way out": (papers.ofd(**{"..__..__x": "x"}), "attachment.damaged"),
    "PDF and zip": (papers.pdf() + ZIP, "attachment.two_kinds"),
    "PNG and zip": (papers.png() + ZIP, "attachment.two_kinds"),
    "JPEG and zip": (papers.jpeg() + ZIP, "attachment.two_kinds"),
    "PNG and PDF": (papers.png("%PDF-1.4"), "attachment.two_kinds"),
    "JPEG and PDF": (papers.jpeg("%PDF-1.4"), "attachment.two_kinds"),
    "OFD and PDF": (papers.ofd("%PDF-1.4"), "attachment.two_kinds"),
    "PDF and page": (papers.pdf("<SCRIPT>alert(1)</SCRIPT>"), "attachment.two_kinds"),
    "JPEG and page": (papers.jpeg("<html>"), "attachment.two_kinds"),
}  # fmt: skip

REASONS = {code for _content, code in REFUSED.values()}


@pytest.mark.parametrize("kind", papers.MAKERS)
def test_the_four_kinds_are_known_by_content(kind):
    assert kind_of_paper(papers.MAKERS[kind]("有限公司")) == kind


def test_an_encrypted_pdf_is_fine():
    """It is kept as it is; nobody here opens it."""
    locked = papers.pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R")
    assert kind_of_paper(locked) == "pdf"


def test_pictures_of_telephones_have_more_behind_them():
    """A second, smaller picture after the end of the first."""
    assert kind_of_paper(papers.jpeg() + papers.jpeg()) == "jpeg"


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused_for_its_reason(name):
    content, code = REFUSED[name]
    with pytest.raises(RuleError) as caught:
        kind_of_paper(content)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", papers.MAKERS)
def test_no_mutation_of_a_paper_breaks_the_look_at_it(kind):
    """A thousand damaged files: each is one of the four, or refused with a reason."""
    dice = random.Random(kind)  # noqa: S311 - reproducible
    whole = papers.MAKERS[kind]("text")
    for _ in range(1000):
        content = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        del content[dice.randrange(1, len(content)) if dice.random() < 0.3 else len(content) :]
        assert verdict(bytes(content)) in {*papers.MAKERS, *REASONS}


def verdict(content: bytes) -> str:
    """The kind, or why it is refused."""
    try:
        return kind_of_paper(content)
    except RuleError as error:
        return error.code
