"""The catalog as XML: one ``entry`` with one element for each field that has a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from ckanext.govshare.exports.catalog.as_json import LAYOUT
from ckanext.govshare.exports.catalog.layout import Card, Layout

_NONE: AttributesImpl[str] = AttributesImpl({})
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_xml(cards: Iterable[Card], layout: Layout, target: Path) -> None:
    """Write the entries as they come; the Chinese name of a field is its attribute ``label``."""
    labels = {field.name: field.header_1272 for field in layout.fields}
    with target.open("w", encoding="utf-8") as stream:
        xml = XMLGenerator(stream, encoding="utf-8", short_empty_elements=True)
        xml.startDocument()
        xml.startElement("catalog", AttributesImpl({"layout": LAYOUT}))
        for card in cards:
            xml.characters("\n")
            xml.startElement("entry", _NONE)
            for name, value in layout.plain(card).items():
                _element(xml, name, labels[name], value)
            xml.endElement("entry")
        xml.characters("\n")
        xml.endElement("catalog")
        xml.endDocument()


def _element(xml: XMLGenerator, name: str, label: str, value: object) -> None:
    xml.startElement(name, AttributesImpl({"label": label}))
    if isinstance(value, list):
        for row in value:
            _row(xml, row if isinstance(row, Mapping) else {"value": row})
    else:
        xml.characters(_legal(value))
    xml.endElement(name)


def _row(xml: XMLGenerator, row: Mapping[str, object]) -> None:
    xml.startElement("item", _NONE)
    for part, value in row.items():
        if value not in (None, ""):
            xml.startElement(part, _NONE)
            xml.characters(_legal(str(value).lower() if isinstance(value, bool) else value))
            xml.endElement(part)
    xml.endElement("item")


def _legal(value: object) -> str:
    return _ILLEGAL.sub("", str(value))
