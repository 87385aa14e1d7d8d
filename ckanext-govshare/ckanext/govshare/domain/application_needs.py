"""What each move of an application needs: the facts of the case and what comes with the move, judged together.

佳木斯 art. 26; 政府信息公开条例 arts 30, 33, 36. Days are counted elsewhere; here they are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.openness import CONDITIONAL
from ckanext.govshare.domain.publication import PUBLISHED

Scope = Mapping[str, tuple[str, ...]]

EXTENSION_RULE = "佳木斯 26"
SUPPLEMENT_RULE = "政府信息公开条例 30"
REASONED_RULE = "佳木斯 26"


@dataclass(frozen=True)
class Limits:
    """What changes by notice (``config/statutes/application.yaml``); days are working days."""

    longest_extension: int
    longest_supplement: int
    most_entries: int
    refusal_reasons: tuple[str, ...]
    redirect_kinds: tuple[str, ...]
    terms_version: str


@dataclass(frozen=True)
class Facts:
    """What the case says today; ``asked`` maps each entry applied for to the columns asked for."""

    today: date
    due_on: date | None = None
    ask_supplement_by: date | None = None
    supplement_asked: bool = False
    supplement_due_on: date | None = None
    extension_asked: bool = False
    extension_pending: bool = False
    asked: Scope = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """What comes with a move; ``scope`` maps each entry granted to the columns granted."""

    note: str = ""
    elsewhere: str = ""
    missing: tuple[str, ...] = ()
    days: int = 0
    refusal_reason: str = ""
    redirect_kind: str = ""
    scope: Scope = field(default_factory=dict)
    purpose: str = ""
    ends_on: date | None = None
    terms_version: str = ""


@dataclass(frozen=True)
class EntryApplied:
    """What is known of one entry that somebody wants to apply for."""

    title: str
    publication_state: str
    openness: str
    organization_id: str


def may_apply(entries: tuple[EntryApplied, ...], limits: Limits) -> Decision:
    """Decide whether these entries may be applied for together: published, conditional, of one provider."""
    if not entries:
        return decide([Reason("application.no_entry", field="entries")])
    found = []
    if len(entries) > limits.most_entries:
        found.append(Reason("application.too_many_entries", {"limit": limits.most_entries}, "entries"))
    if len({entry.organization_id for entry in entries}) > 1:
        found.append(Reason("application.several_providers", field="entries"))
    found += [
        Reason("application.not_conditional", {"title": entry.title}, "entries", "佳木斯 24")
        for entry in entries
        if entry.publication_state != PUBLISHED or entry.openness != CONDITIONAL
    ]
    return decide(found)


def unmet(facts: Facts, given: Given, limits: Limits) -> Mapping[str, tuple[Reason, ...]]:
    """Return for every need of the move table why it is not met; empty where it is."""
    return {need: tuple(judge(facts, given, limits)) for need, judge in _NEEDS.items()}


def unmet_by_case(facts: Facts, limits: Limits) -> Mapping[str, tuple[Reason, ...]]:
    """Return what the case itself holds against its moves, whatever would come with them; buttons derive from it."""
    nothing = Given()
    return {need: tuple(_NEEDS[need](facts, nothing, limits)) for need in _OF_THE_CASE}


def _first_supplement(facts: Facts, _given: Given, _limits: Limits) -> Iterator[Reason]:
    if facts.supplement_asked:
        yield Reason("application.supplement_once", rule=SUPPLEMENT_RULE)


def _time_to_ask(facts: Facts, _given: Given, _limits: Limits) -> Iterator[Reason]:
    if facts.ask_supplement_by and facts.today > facts.ask_supplement_by:
        told = {"last_day": facts.ask_supplement_by.isoformat()}
        yield Reason("application.supplement_too_late", told, rule=SUPPLEMENT_RULE)


def _missing(_facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if not given.missing:
        yield Reason("application.missing_not_named", field="missing", rule=SUPPLEMENT_RULE)


def _supplement_period(_facts: Facts, given: Given, limits: Limits) -> Iterator[Reason]:
    if not 1 <= given.days <= limits.longest_supplement:
        told = {"limit": limits.longest_supplement}
        yield Reason("application.supplement_period", told, "days", SUPPLEMENT_RULE)


def _period_passed(facts: Facts, _given: Given, _limits: Limits) -> Iterator[Reason]:
    if facts.supplement_due_on is None or facts.today <= facts.supplement_due_on:
        yield Reason("application.period_still_runs", rule=SUPPLEMENT_RULE)


def _note(_facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if not given.note.strip():
        yield Reason("application.reason_missing", field="note", rule=REASONED_RULE)


def _elsewhere(_facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if not given.elsewhere.strip():
        yield Reason("application.elsewhere_missing", field="elsewhere")


def _first_extension(facts: Facts, _given: Given, _limits: Limits) -> Iterator[Reason]:
    if facts.extension_asked:
        yield Reason("application.extension_once", rule=EXTENSION_RULE)


def _before_due(facts: Facts, _given: Given, _limits: Limits) -> Iterator[Reason]:
    if facts.due_on and facts.today > facts.due_on:
        told = {"due_on": facts.due_on.isoformat()}
        yield Reason("application.after_due", told, rule=EXTENSION_RULE)


def _extension_days(_facts: Facts, given: Given, limits: Limits) -> Iterator[Reason]:
    if not 1 <= given.days <= limits.longest_extension:
        yield Reason(
            "application.extension_days", {"limit": limits.longest_extension}, "days", EXTENSION_RULE
        )


def _extension_asked(facts: Facts, _given: Given, _limits: Limits) -> Iterator[Reason]:
    if not facts.extension_pending:
        yield Reason("application.no_extension_asked", rule=EXTENSION_RULE)


def _scope(facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if not any(given.scope.values()):
        yield Reason("application.scope_missing", field="scope")
    elif any(set(columns) - set(facts.asked.get(entry, ())) for entry, columns in given.scope.items()):
        yield Reason("application.scope_wider_than_asked", field="scope")


def _whole_scope(facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if any(given.scope.values()) and _lacking(facts.asked, given.scope):
        yield Reason("application.scope_is_partial", field="scope")


def _part_of_scope(facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if any(given.scope.values()) and not _lacking(facts.asked, given.scope):
        yield Reason("application.scope_is_whole", field="scope")


def _purpose(_facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if not given.purpose.strip():
        yield Reason("application.purpose_missing", field="purpose")


def _end_date(facts: Facts, given: Given, _limits: Limits) -> Iterator[Reason]:
    if given.ends_on is None:
        yield Reason("application.end_date_missing", field="ends_on")
    elif given.ends_on <= facts.today:
        yield Reason("application.end_date_past", {"day": given.ends_on.isoformat()}, "ends_on")


def _terms(_facts: Facts, given: Given, limits: Limits) -> Iterator[Reason]:
    if given.terms_version != limits.terms_version:
        yield Reason("application.terms_not_current", {"version": limits.terms_version}, "terms_version")


def _refusal_reason(_facts: Facts, given: Given, limits: Limits) -> Iterator[Reason]:
    if given.refusal_reason not in limits.refusal_reasons:
        yield Reason("application.refusal_reason_missing", field="refusal_reason", rule=REASONED_RULE)


def _redirect_kind(_facts: Facts, given: Given, limits: Limits) -> Iterator[Reason]:
    if given.redirect_kind not in limits.redirect_kinds:
        yield Reason("application.redirect_kind_missing", field="redirect_kind")


def _lacking(asked: Scope, granted: Scope) -> bool:
    return any(set(columns) - set(granted.get(entry, ())) for entry, columns in asked.items())


_NEEDS = {
    "first_supplement": _first_supplement,
    "time_to_ask": _time_to_ask,
    "missing": _missing,
    "supplement_period": _supplement_period,
    "period_passed": _period_passed,
    "note": _note,
    "elsewhere": _elsewhere,
    "first_extension": _first_extension,
    "before_due": _before_due,
    "extension_days": _extension_days,
    "extension_asked": _extension_asked,
    "scope": _scope,
    "whole_scope": _whole_scope,
    "part_of_scope": _part_of_scope,
    "purpose": _purpose,
    "end_date": _end_date,
    "terms": _terms,
    "refusal_reason": _refusal_reason,
    "redirect_kind": _redirect_kind,
}

# Needs that no form can meet: the case itself stands against the move.
_OF_THE_CASE = (
    "first_supplement",
    "time_to_ask",
    "period_passed",
    "first_extension",
    "before_due",
    "extension_asked",
)
