"""Scanner of ``.xlsx``: one pass over the markup of each sheet, before any value is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.markup import local, walk
from ckanext.govshare.intake.sheet_facts import SheetFacts, is_long

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_AREA = re.compile(rf"{_REFERENCE.pattern}:{_REFERENCE.pattern}")
_BESIDE = (
    ("xl/vbaProject.bin", "macro_ignored"),
    ("xl/externalLinks/", "external_link_ignored"),
    ("xl/pivotCache/", "pivot_cache_ignored"),
)
_PERCENT = (9, 10)  # built-in formats that end in %


def scan(path: Path) -> Iterator[SheetFacts]:
    """Yield the facts of every worksheet, in the workbook's order."""
    with ZipFile(path) as archive:
        shapes = _shapes(archive)
        for name, visible, member in _sheets(archive):
            found = SheetFacts(name, visible)
            with archive.open(member) as part:
                walk(part, (walker := _Walker(found, shapes)).start, walker.end, walker.text)
            _notes(archive, member, found)
            yield found


def beside(path: Path) -> Iterator[Finding]:
    """Say what the workbook carries beside its sheets."""
    with ZipFile(path) as archive:
        names = archive.namelist()
    for start, code in _BESIDE:
        if any(name.startswith(start) for name in names):
            yield Finding(code)


class _Walker:
    """Collects the facts of one sheet from its elements."""

    def __init__(self, facts: SheetFacts, shapes: list[str]) -> None:
        self.facts, self.shapes = facts, shapes
        self.row = self.column = 0
        self.attributes: dict[str, str] = {}
        self.value: list[str] | None = None
        self.in_cell = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "c":
            self.in_cell = True
            self._cell(attributes)
        elif name == "row":
            self.row, self.column = int(attributes.get("r") or self.row + 1), 0
            if attributes.get("hidden") in ("1", "true"):
                self.facts.hidden_rows.add(self.row)
        elif name == "f" and self.in_cell:  # elsewhere it belongs to rules and sparklines
            self.facts.formulas.add(self.row, self.column)
        elif name in ("v", "is"):
            self.facts.cell(self.row, self.column)
            self.value = []
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), min(int(attributes["max"]), 16384)
            self.facts.hidden_columns.update(range(first, last + 1))
        elif name == "mergeCell":
            self._merged(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        if self.value is not None:
            self.value.append(text)

    def end(self, name: str) -> None:
        if local(name) == "c":
            self.in_cell = False
        elif local(name) == "v" and self.value is not None:
            self._number("".join(self.value))
            self.value = None

    def _cell(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = column_of(match[1]) if match else self.column + 1
        if attributes.get("t") == "e":
            self.facts.errors.add(self.row, self.column)

    def _number(self, text: str) -> None:
        if self.attributes.get("t", "n") != "n":
            return
        if is_long(text):
            self.facts.long_numbers.add(self.row, self.column)
        style = self.attributes.get("s", "")
        shape = self.shapes[int(style)] if style.isdigit() and int(style) < len(self.shapes) else ""
        self.facts.number(self.column, shape)

    def _merged(self, reference: str) -> None:
        area = _AREA.fullmatch(reference)
        if area:
            left, top, right, bottom = area.groups()
            self.facts.merged.append((int(top), column_of(left), int(bottom), column_of(right)))


def column_of(letters: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _sheets(archive: ZipFile) -> Iterator[tuple[str, bool, str]]:
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - declarations were refused before
    targets = _targets(archive, "xl/_rels/workbook.xml.rels")
    for element in book.iter():
        if not element.tag.endswith("}sheet"):
            continue
        member = _inside("xl", targets.get(element.get(_RELATION, ""), ("", ""))[1])
        if member in archive.namelist() and "/worksheets/" in member:
            yield element.get("name", ""), element.get("state", "visible") == "visible", member


def _notes(archive: ZipFile, member: str, facts: SheetFacts) -> None:
    folder, _slash, name = member.rpartition("/")
    for kind, target in _targets(archive, f"{folder}/_rels/{name}.rels").values():
        if not kind.endswith("/comments") or (part := _inside(folder, target)) not in archive.namelist():
            continue

        def start(element: str, attributes: dict[str, str]) -> None:
            match = _REFERENCE.fullmatch(attributes.get("ref", ""))
            if local(element) == "comment" and match:
                facts.notes.add(int(match[2]), column_of(match[1]))

        with archive.open(part) as stream:
            walk(stream, start)


def _targets(archive: ZipFile, member: str) -> dict[str, tuple[str, str]]:
    """Return relation id → (type, target)."""
    if member not in archive.namelist():
        return {}
    links = ET.fromstring(archive.read(member))  # noqa: S314
    return {e.get("Id", ""): (e.get("Type", ""), e.get("Target", "")) for e in links}


def _inside(folder: str, target: str) -> str:
    """Return the member that a relation in ``folder`` points to."""
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/")
    while target.startswith("../") and parts:
        parts.pop()
        target = target[3:]
    return "/".join([*parts, target])


def _shapes(archive: ZipFile) -> list[str]:
    """Return for each cell style the number format that changes what people see: ``000000`` or ``%``."""
    formats: dict[int, str] = dict.fromkeys(_PERCENT, "%")
    styles: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(local(name))
        if inside[-1] == "numFmt":
            formats[int(attributes.get("numFmtId", "0"))] = _shape(attributes.get("formatCode", ""))
        elif inside[-1] == "xf" and "cellXfs" in inside:
            styles.append(attributes.get("numFmtId", "0"))

    if "xl/styles.xml" in archive.namelist():
        with archive.open("xl/styles.xml") as part:
            walk(part, start, lambda _name: inside.pop() and None)
    return [formats.get(int(number), "") for number in styles]


def _shape(code: str) -> str:
    plain = code.split(";", maxsplit=1)[0].replace('"', "").replace("\\", "").replace("_ ", "").strip()
    if re.fullmatch(r"0{2,}", plain):
        return plain
    return "%" if plain.endswith("%") else ""
