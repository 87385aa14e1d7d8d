"""Desensitization plan (脱敏方案): what is done with each column, and whether that is enough.

佳木斯 art. 24 (脱敏清洗); GB/T 37964-2019 (techniques); GB/T 42460-2023 (quasi-identifiers, k).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.desensitization import rebuilding
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.masks import METHODS, Generalise, Method
from ckanext.govshare.domain.desensitization.parameters import read_parameters
from ckanext.govshare.domain.desensitization.risk import Thresholds
from ckanext.govshare.domain.table import Column

RULE = "佳木斯 24"
KEEP, DROP = "keep", "drop"
LONGEST_REASON = 500
# Numbers that belong to one person alone: no reason lets them stay as they are (个人信息保护法 28).
NEVER_KEPT = frozenset(("id_number", "bank_card", "travel_document"))
# Names under which a bare hash is asked for; none of them is a method.
HASHES = ("hash", "md5", "sha1", "sha256", "sha512", "sm3")


@dataclass(frozen=True)
class Step:
    """What is done with one column, and why where that needs saying."""

    method: str = KEEP
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """The steps by column name; which columns together may point to a person, and how many rows must share them.

    ``drop_small`` leaves out the rows of groups that stay smaller than ``k``; ``none_because`` says why no
    column is a quasi-identifier (准标识符) where the table is about persons.
    """

    columns: Mapping[str, Step] = field(default_factory=dict)
    quasi_identifiers: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    drop_small: bool = False
    none_because: str = ""

    def step(self, column: str) -> Step:
        """Return what is done with a column; one that nobody spoke of is kept."""
        return self.columns.get(column, Step())

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain data, for storage."""
        return {
            "columns": {
                name: {"method": step.method, "parameters": dict(step.parameters), "reason": step.reason}
                for name, step in self.columns.items()
            },
            "quasi_identifiers": list(self.quasi_identifiers),
            "sensitive": list(self.sensitive),
            "k": self.thresholds.k,
            "l": self.thresholds.l,
            "drop_small": self.drop_small,
            "none_because": self.none_because,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """Return the plan that ``data`` describes; what is no plan at all counts as not said."""
        given = data.get("columns")
        steps = given if isinstance(given, Mapping) else {}
        return cls(
            columns={str(name): _step(step) for name, step in steps.items() if isinstance(step, Mapping)},
            quasi_identifiers=_names(data.get("quasi_identifiers")),
            sensitive=_names(data.get("sensitive")),
            thresholds=Thresholds.read(data.get("k"), data.get("l")),
            drop_small=data.get("drop_small") in (True, "true", "on", "1", "yes"),
            none_because=str(data.get("none_because") or "").strip(),
        )

    def suggested_for(self, columns: Sequence[Column]) -> Plan:
        """Return what of this plan speaks about ``columns``, by name: a suggestion for the next edition."""
        names = {column.name for column in columns}
        return replace(
            self,
            columns={name: step for name, step in self.columns.items() if name in names},
            quasi_identifiers=tuple(name for name in self.quasi_identifiers if name in names),
            sensitive=tuple(name for name in self.sensitive if name in names),
        )


def _step(given: Mapping[str, Any]) -> Step:
    parameters = given.get("parameters")
    return Step(
        method=str(given.get("method") or KEEP),
        parameters=dict(parameters) if isinstance(parameters, Mapping) else {},
        reason=str(given.get("reason") or "").strip(),
    )


def _names(given: Any) -> tuple[str, ...]:
    listed = (
        [given] if isinstance(given, str) and given else given if isinstance(given, (list, tuple)) else ()
    )
    return tuple(dict.fromkeys(str(name) for name in listed))


@dataclass(frozen=True)
class Facts:
    """What the rules look at: the table, what the scan found in it, and the plan."""

    columns: tuple[Column, ...]
    findings: tuple[Finding, ...]
    plan: Plan

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Return the columns by name."""
        return {column.name: column for column in self.columns}

    def found_in(self, column: str) -> tuple[Finding, ...]:
        """Return what the scan found in one column."""
        return tuple(finding for finding in self.findings if finding.column == column)


Rule = Callable[[Facts], Iterator[Reason]]


def check_plan(columns: Iterable[Column], findings: Iterable[Finding], plan: Plan) -> Decision:
    """Decide whether a plan may be carried out, with every reason at once, each naming column and mend."""
    facts = Facts(tuple(columns), tuple(findings), plan)
    return decide(
        (reason for rule in RULES for reason in rule(facts)),
        (warning for rule in WARNINGS for warning in rule(facts)),
    )


def build(plan: Plan, columns: Iterable[Column]) -> dict[str, Method]:
    """Return the method of each column, ready but for keys and counts; the plan has been allowed before."""
    made: dict[str, Method] = {}
    for column in columns:
        step = plan.step(column.name)
        kind = METHODS[step.method]
        values, _ = read_parameters(kind.parameters, _given(step, column), column.name)
        made[column.name] = kind(**values)
    return made


def excused(plan: Plan, finding: Finding) -> bool:
    """Tell whether a blocking finding may stay: its column is kept, it is said why, and its kind allows that."""
    step = plan.step(finding.column)
    return step.method == KEEP and bool(step.reason) and finding.code not in NEVER_KEPT


def _given(step: Step, column: Column) -> dict[str, Any]:
    """Return the parameters with the level that fits the column's type where none was chosen."""
    given = dict(step.parameters)
    if step.method == Generalise.code and not given.get("to"):
        given["to"] = Generalise.levels.get(column.type, ("",))[0]
    return given


def _known_columns(facts: Facts) -> Iterator[Reason]:
    named = (*facts.plan.columns, *facts.plan.quasi_identifiers, *facts.plan.sensitive)
    for name in dict.fromkeys(named):
        if name not in facts.by_name:
            yield Reason("plan.unknown_column", {"column": name}, f"plan.{name}")


def _known_methods(facts: Facts) -> Iterator[Reason]:
    for name, step in facts.plan.columns.items():
        column = facts.by_name.get(name)
        if step.method in METHODS or column is None:
            continue
        code = "plan.bare_hash" if step.method.lower() in HASHES else "plan.unknown_method"
        yield Reason(code, {"column": name, "method": step.method}, f"plan.{name}", RULE)


def _chosen(facts: Facts) -> Iterator[tuple[Column, Step, type[Method]]]:
    for column in facts.columns:
        step = facts.plan.step(column.name)
        if step.method in METHODS:
            yield column, step, METHODS[step.method]


def _fitting_types(facts: Facts) -> Iterator[Reason]:
    for column, step, kind in _chosen(facts):
        if column.type not in kind.types:
            told = {"column": column.name, "method": step.method, "type": column.type}
            yield Reason("plan.not_for_type", told, f"plan.{column.name}")


def _fitting_parameters(facts: Facts) -> Iterator[Reason]:
    for column, step, kind in _chosen(facts):
        if column.type not in kind.types:
            continue
        values, found = read_parameters(kind.parameters, _given(step, column), column.name)
        yield from found
        told, where = {"column": column.name}, f"plan.{column.name}"
        if not found and kind is Generalise and values["to"] not in Generalise.levels[column.type]:
            offered = {"parameter": "to", "offered": Generalise.levels[column.type]}
            yield Reason("plan.bad_parameter", {**told, **offered}, where)
        if not found and step.method == "top_bottom":
            bottom, top = values["bottom"], values["top"]
            if bottom is None and top is None:
                yield Reason("plan.no_bound", told, where)
            elif bottom is not None and top is not None and int(bottom) >= int(top):
                yield Reason("plan.bounds_crossed", told, where)


def _reasons_given(facts: Facts) -> Iterator[Reason]:
    """Refuse to keep what identifies a person: some kinds always, the others unless it is said why."""
    for column, step, _ in _chosen(facts):
        where = f"plan.{column.name}"
        if len(step.reason) > LONGEST_REASON:
            yield Reason("plan.reason_too_long", {"column": column.name, "limit": LONGEST_REASON}, where)
        if step.method != KEEP:
            continue
        for finding in facts.found_in(column.name):
            told = {"column": column.name, "finding": finding.code}
            if finding.blocking and finding.code in NEVER_KEPT:
                yield Reason("plan.never_kept", told, where, RULE)
            elif finding.blocking and not step.reason:
                yield Reason("plan.keep_needs_reason", told, where, RULE)


def _something_left(facts: Facts) -> Iterator[Reason]:
    if facts.columns and all(facts.plan.step(c.name).method == DROP for c in facts.columns):
        yield Reason("plan.nothing_left")


def _no_way_back(facts: Facts) -> Iterator[Reason]:
    """Refuse masks whose hidden part can be worked out, alone or from the columns beside them."""
    methods = {
        column.name: (column, kind(**read_parameters(kind.parameters, _given(step, column), "")[0]))
        for column, step, kind in _chosen(facts)
        if not read_parameters(kind.parameters, _given(step, column), "")[1]
    }
    return rebuilding.objections(methods, facts.findings)


def _quasi_identifiers(facts: Facts) -> Iterator[Reason]:
    plan = facts.plan
    for name in (*plan.quasi_identifiers, *plan.sensitive):
        if plan.step(name).method == DROP and name in facts.by_name:
            yield Reason("plan.quasi_dropped", {"column": name}, "plan.quasi_identifiers")
    for name in plan.quasi_identifiers:
        if name in plan.sensitive:
            yield Reason("plan.quasi_and_sensitive", {"column": name}, "plan.quasi_identifiers")
    personal = next((finding for finding in facts.findings if finding.blocking), None)
    if personal and not plan.quasi_identifiers and not plan.none_because:
        told = {"column": personal.column}
        yield Reason("plan.no_quasi_identifiers", told, "plan.quasi_identifiers", "GB/T 42460-2023")
    if plan.drop_small and not plan.quasi_identifiers:
        yield Reason("plan.small_groups_of_nothing", field="plan.quasi_identifiers")
    yield from plan.thresholds.objections()


def _type_changes(facts: Facts) -> Iterator[Reason]:
    """Say where a column comes out as another type than it went in."""
    for column, step, kind in _chosen(facts):
        if column.type not in kind.types:
            continue
        values, found = read_parameters(kind.parameters, _given(step, column), column.name)
        after = None if found else kind(**values).result(column)
        if after is not None and after.type != column.type:
            told = {"column": column.name, "type": column.type, "after": after.type}
            yield Reason("plan.type_changes", told, f"plan.{column.name}")


RULES: tuple[Rule, ...] = (
    _known_columns,
    _known_methods,
    _fitting_types,
    _fitting_parameters,
    _reasons_given,
    _something_left,
    _no_way_back,
    _quasi_identifiers,
)
WARNINGS: tuple[Rule, ...] = (_type_changes,)
