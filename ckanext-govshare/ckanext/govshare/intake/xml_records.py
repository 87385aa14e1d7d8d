"""Records of an XML file: the elements that repeat, their attributes and parts as fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ckanext.govshare.intake.encoding import printable
from ckanext.govshare.intake.markup import local, steps, walk

DEEPEST = 5
OWN = "table/row"  # what our own files hold
JOINT = "；"
_NOT_DATA = ("xmlns", "xsi", "xml")


def places(path: Path) -> dict[str, int]:
    """Return where records stand: the shallowest elements with parts that repeat, and how often they do."""
    counts, has_parts = _count(path)
    if OWN in counts:
        return {OWN: counts[OWN]}
    for depth in range(2, DEEPEST + 1):
        found = {
            place: count
            for place, count in counts.items()
            if place.count("/") == depth - 1 and count > 1 and place in has_parts
        }
        if found:
            return found
    with_parts = [place for place in counts if place in has_parts]
    deepest = max(with_parts, key=lambda place: place.count("/"), default="")
    return {deepest: counts[deepest]} if deepest else {}


def _count(path: Path) -> tuple[Counter[str], set[str]]:
    counts: Counter[str] = Counter()
    has_parts: set[str] = set()
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if inside and len(inside) <= DEEPEST:
            has_parts.add("/".join(inside))
        inside.append(local(name))
        if len(inside) <= DEEPEST:
            place = "/".join(inside)
            counts[place] += 1
            if any(_is_data(attribute) for attribute in attributes):
                has_parts.add(place)

    with path.open("rb") as stream:
        walk(stream, start, lambda _name: inside.pop() and None, encoding="utf-8")
    return counts, has_parts


def records(path: Path, place: str) -> Iterator[tuple[dict[str, str], int]]:
    """Yield the fields of each record at ``place``, and how many values had to be joined."""
    collector = _Collector(place)
    with path.open("rb") as stream:
        for _ in steps(stream, collector.start, collector.end, collector.text, "utf-8"):
            yield from collector.done
            collector.done.clear()
        yield from collector.done


class _Collector:
    """Builds records from the elements that go by."""

    def __init__(self, place: str) -> None:
        self.target = place
        self.inside: list[str] = []
        self.done: list[tuple[dict[str, str], int]] = []
        self.fields: dict[str, str] | None = None
        self.names: list[str] = []  # of the parts that are open inside the record
        self.joined = 0
        self.texts: list[str] = []
        self.leaf = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.inside.append(local(name))
        data = {local(key): value for key, value in attributes.items() if _is_data(key)}
        if self.fields is None:
            if "/".join(self.inside) == self.target:
                self.fields, self.names, self.joined = {}, [], 0
                self._take_all(data)
        else:
            named = data.pop("name", "")
            self.names.append(named or self.inside[-1])
            self._take_all({"/".join([*self.names, key]): value for key, value in data.items()})
        self.texts, self.leaf = [], True

    def text(self, text: str) -> None:
        self.texts.append(text)

    def end(self, _name: str) -> None:
        if self.fields is not None:
            text = "".join(self.texts)
            if self.names and self.leaf:
                self._take("/".join(self.names), text)
            elif text.strip():
                self._take("/".join(self.names) or self.inside[-1], text.strip())
            if self.names:
                self.names.pop()
            else:
                self.done.append((self.fields, self.joined))
                self.fields = None
        self.inside.pop()
        self.texts, self.leaf = [], False

    def _take_all(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            self._take(name, value)

    def _take(self, name: str, value: str) -> None:
        if self.fields is None:
            return
        value = printable(value)
        if name in self.fields:
            self.joined += 1
            value = JOINT.join(part for part in (self.fields[name], value) if part)
        self.fields[name] = value


def _is_data(attribute: str) -> bool:
    return attribute.partition(":")[0] not in _NOT_DATA
