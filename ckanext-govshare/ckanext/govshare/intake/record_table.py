"""Records (JSON, XML) become a table: one column for each field, in the order in which they first occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import json_records, limits, xml_records
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.headers import repair
from ckanext.govshare.intake.kind import XML
from ckanext.govshare.intake.layout import Layout, lay_out

Record = Mapping[str, str]
Found = tuple[Layout, list[Finding]]


def read_records(path: Path, kind: str, wanted: str | None, header_row: int | None) -> Found:
    """Lay out the wanted records, or the only ones; rows are numbered as records, from 1.

    :raises RuleError: ``intake.sheet_not_chosen``, ``intake.sheet_unknown``, ``intake.records_missing``,
        ``intake.too_many_columns``, and what is wrong with the text.
    """
    return _xml(path, wanted) if kind == XML else _json(path, wanted, header_row)


def _xml(path: Path, wanted: str | None) -> Found:
    places = xml_records.places(path)
    place = _choose(places, wanted)
    names: Counter[str] = Counter()
    joined = 0
    for fields, more in xml_records.records(path, place):
        _count(names, fields)
        joined += more
    about = [Finding("records", facts={"place": place, "count": places[place]})]
    if joined:
        about.append(Finding("values_joined", facts={"count": joined}))
    rows = (fields for fields, _joined in xml_records.records(path, place))
    return _of_records(names, places[place], rows), about


def _json(path: Path, wanted: str | None, header_row: int | None) -> Found:
    places: Counter[str] = Counter()
    names: dict[str, Counter[str]] = {}
    lists: set[str] = set()
    for place, record in json_records.records(path):
        places[place] += 1
        if isinstance(record, list):
            lists.add(place)
        else:
            _count(names.setdefault(place, Counter()), record)
    place = _choose(places, wanted)
    about = [Finding("records", facts={"place": place, "count": places[place]})]
    if place in lists and place in names:
        raise RuleError("intake.records_mixed", place=place)
    found = (record for here, record in json_records.records(path) if here == place)
    if place in lists:
        return lay_out(((n, list(cells)) for n, cells in enumerate(found, 1)), header_row), about
    rows = (record for record in found if not isinstance(record, list))
    return _of_records(names[place], places[place], rows), about


def _choose(places: Mapping[str, int], wanted: str | None) -> str:
    if wanted:
        if wanted not in places:
            raise RuleError("intake.sheet_unknown", "sheet", sheet=wanted, sheets=list(places)[:20])
        return wanted
    if not places:
        raise RuleError("intake.records_missing")
    if len(places) > 1:
        listed = [f"{place} ({count})" for place, count in places.items()][:20]
        raise RuleError("intake.sheet_not_chosen", "sheet", sheets=listed, names=list(places)[:20])
    return next(iter(places))


def _count(names: Counter[str], fields: Record) -> None:
    names.update(fields.keys())
    if len(names) > limits.MAX_COLUMNS:
        raise RuleError("intake.too_many_columns", row=1, columns=len(names), limit=limits.MAX_COLUMNS)


def _of_records(found: Counter[str], count: int, records: Iterator[Record]) -> Layout:
    if not found:
        raise RuleError("intake.records_missing")
    names, report = repair(list(found), 0)
    for column, (name, times) in enumerate(zip(names, found.values(), strict=True), 1):
        if times < count:
            report.append(Finding("field_missing", 0, column, {"name": name, "count": count - times}))
    keys = list(found)
    rows = ((number, [record.get(key, "") for key in keys]) for number, record in enumerate(records, 1))
    return Layout(names, 0, rows, report)
