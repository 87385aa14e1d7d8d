"""Plan of a catalog import (目录导入): what each row of the file would do to the department's entries.

An entry is known again for certain by its resource code, or by its title when an earlier import made it.
The same title otherwise is doubtful: a person, or the policy they chose, decides.
An empty cell never empties a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ckanext.govshare.domain.catalog_rows import RowValues, Values
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.publication import DRAFT, IN_REVIEW, PUBLISHED, WITHDRAWN

NEW = "new"
CHANGED = "changed"
CHANGE_REQUEST = "change_request"
UNCHANGED = "unchanged"
DOUBTFUL = "doubtful"
REFUSED = "refused"
OUTCOMES = (NEW, CHANGED, CHANGE_REQUEST, UNCHANGED, DOUBTFUL, REFUSED)
WRITES = (NEW, CHANGED, CHANGE_REQUEST)

ASK, UPDATE, RENAME = "ask", "update", "rename"
POLICIES = (ASK, UPDATE, RENAME)

Diff = tuple[tuple[str, object, object], ...]
Seen = tuple[dict[str, int], dict[tuple[str, str], list[int]]]

# What a file may name but never change: the code identifies, the provider is where the entry lies.
_IDENTITY = ("resource_code", "owner_org")


@dataclass(frozen=True)
class Existing:
    """An entry that the department has: its card by field name, its publication state, its maker."""

    entry_id: str
    organization_id: str
    title: str
    resource_code: str
    state: str
    imported: bool
    values: Mapping[str, object]
    open_change: bool = False


@dataclass(frozen=True)
class RowPlan:
    """What happens with one row; ``diff`` holds (field, before, after) of an existing entry."""

    number: int
    outcome: str
    title: str
    organization_id: str
    values: Values
    entry_id: str | None = None
    reasons: tuple[Reason, ...] = ()
    corrections: tuple[Reason, ...] = ()
    diff: Diff = ()


@dataclass
class Planner:
    """Plans rows in the order of the file; it remembers the titles and codes it has seen.

    ``departments`` maps every department's id, name and title to its id; ``allowed`` are those the importer
    may write for; ``home`` takes the rows that name no department.
    """

    home: str
    departments: Mapping[str, str]
    allowed: frozenset[str]
    policy: str = ASK
    _by_code: dict[str, Existing] = field(default_factory=dict)
    _by_title: dict[tuple[str, str], Existing] = field(default_factory=dict)
    _codes: dict[str, int] = field(default_factory=dict)
    _titles: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def know(self, existing: Iterable[Existing]) -> None:
        """Take in entries that exist; later knowledge of an entry replaces earlier."""
        for entry in existing:
            if entry.resource_code:
                self._by_code[entry.resource_code] = entry
            if entry.state != WITHDRAWN:
                self._by_title[entry.organization_id, entry.title] = entry

    def seen(self) -> Seen:
        """Return what the rows planned so far have used, to :meth:`go_back` to."""
        return dict(self._codes), {key: list(rows) for key, rows in self._titles.items()}

    def go_back(self, seen: Seen) -> None:
        """Forget the rows that were planned after ``seen``."""
        self._codes, self._titles = seen

    def plan(self, row: RowValues) -> RowPlan:
        """Decide what one row does."""
        organization, reasons = self._department(row)
        title = str(row.values.get("title") or "")
        draft = RowPlan(
            row.number,
            NEW,
            title,
            organization,
            {name: value for name, value in row.values.items() if name != "owner_org"},
            reasons=(*row.reasons, *reasons),
            corrections=row.corrections,
        )
        draft = self._once(draft)
        if draft.reasons:
            return draft if draft.outcome == DOUBTFUL else replace(draft, outcome=REFUSED)
        return self._against_existing(draft)

    def _department(self, row: RowValues) -> tuple[str, list[Reason]]:
        named = str(row.values.get("owner_org") or "").strip()
        found = self.departments.get(named, "") if named else self.home
        if not found:
            return "", [Reason("catalog.department_unknown", {"value": named[:60]}, "owner_org")]
        if found not in self.allowed:
            return found, [Reason("catalog.department_other", {"value": named[:60]}, "owner_org")]
        return found, []

    def _once(self, row: RowPlan) -> RowPlan:
        """A code or a title stands once in a file; a second title is doubtful or gets a number."""
        code = str(row.values.get("resource_code") or "")
        if code and code in self._codes:
            facts = {"code": code, "first": self._codes[code]}
            return replace(row, reasons=(*row.reasons, Reason("catalog.code_twice", facts, "resource_code")))
        if code:
            self._codes[code] = row.number
        seen = self._titles.setdefault((row.organization_id, row.title), [])
        seen.append(row.number)
        if len(seen) == 1 or row.reasons:
            return row
        if self.policy == RENAME:
            return self._renamed(row, len(seen))
        reason = Reason("catalog.title_twice", {"title": row.title, "first": seen[0]}, "title")
        return replace(row, outcome=DOUBTFUL, reasons=(reason,))

    def _renamed(self, row: RowPlan, number: int) -> RowPlan:
        title = f"{row.title}（{number}）"
        noted = Reason("catalog.renamed", {"title": row.title, "new": title}, "title")
        return replace(
            row, title=title, values={**row.values, "title": title}, corrections=(*row.corrections, noted)
        )

    def _against_existing(self, row: RowPlan) -> RowPlan:
        code = str(row.values.get("resource_code") or "")
        by_code = self._by_code.get(code) if code else None
        by_title = self._by_title.get((row.organization_id, row.title))
        if by_code:
            return self._known(row, by_code, by_title)
        if by_title is None:
            return row
        if by_title.imported or not difference(by_title.values, row.values) or self.policy == UPDATE:
            return _onto(row, by_title)
        if self.policy == RENAME:
            return self._against_existing(self._renamed(row, self._free_number(row)))
        reason = Reason("catalog.title_exists", {"title": row.title, "code": by_title.resource_code}, "title")
        diff = difference(by_title.values, row.values)
        return replace(row, outcome=DOUBTFUL, entry_id=by_title.entry_id, reasons=(reason,), diff=diff)

    def _free_number(self, row: RowPlan) -> int:
        """The lowest number whose title no hand-made entry has: the same at every import of the file."""
        number = 2
        while self._by_hand(row.organization_id, f"{row.title}（{number}）"):
            number += 1
        return number

    def _by_hand(self, organization: str, title: str) -> bool:
        entry = self._by_title.get((organization, title))
        return entry is not None and not entry.imported

    def _known(self, row: RowPlan, entry: Existing, same_title: Existing | None) -> RowPlan:
        if entry.organization_id != row.organization_id:
            reason = Reason("catalog.code_taken", {"code": entry.resource_code}, "resource_code")
            return replace(row, outcome=REFUSED, reasons=(reason,))
        if same_title and same_title.entry_id != entry.entry_id:
            facts = {"title": row.title, "code": same_title.resource_code}
            return replace(row, outcome=REFUSED, reasons=(Reason("catalog.title_taken", facts, "title"),))
        return _onto(row, entry)


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> Diff:
    """Return (field, before, after) for what the row would change; what the row leaves empty stays."""
    return tuple(
        (name, before.get(name), value)
        for name, value in after.items()
        if name not in _IDENTITY and value not in ("", None, []) and not _same(value, before.get(name))
    )


def _same(value: object, before: object) -> bool:
    """Lists are the same when their rows say the same; a part that is empty says nothing."""
    if isinstance(value, list) and isinstance(before, list):
        return [_said(row) for row in value] == [_said(row) for row in before]
    return value == before


def _said(row: object) -> object:
    return {key: part for key, part in row.items() if part} if isinstance(row, Mapping) else row


def _onto(row: RowPlan, entry: Existing) -> RowPlan:
    """The row tells of ``entry``: what changes, and whether its state lets a file change it."""
    planned = replace(row, entry_id=entry.entry_id, diff=difference(entry.values, row.values))
    if not planned.diff:
        return replace(planned, outcome=UNCHANGED)
    if entry.state == DRAFT:
        return replace(planned, outcome=CHANGED)
    if entry.state == PUBLISHED and not entry.open_change:
        return replace(planned, outcome=CHANGE_REQUEST)
    code = "catalog.in_review" if entry.state in IN_REVIEW or entry.open_change else "catalog.withdrawn"
    return replace(planned, outcome=REFUSED, reasons=(Reason(code, {"title": entry.title}, "title"),))
