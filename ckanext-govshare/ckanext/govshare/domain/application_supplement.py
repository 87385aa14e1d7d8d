"""Supplement (补正): what the applicant may correct when asked to complete, and what would be another application.

政府信息公开条例 art. 30: what is incomplete is completed. Every answer may be corrected, and what is applied for as
well; who applies, and the department that answers, stay the same, and something of what was asked for remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ckanext.govshare.domain.application_needs import Scope
from ckanext.govshare.domain.decision import Reason

RULE = "政府信息公开条例 30"
KIND = "applicant_kind"


def check_applicant(before: Mapping[str, object], after: Mapping[str, object]) -> list[Reason]:
    """Name another kind of applicant; a number or a name that was mistyped may be corrected."""
    if before.get(KIND) != after.get(KIND):
        return [Reason("application.supplement_other_applicant", field=KIND, rule=RULE)]
    return []


def check_data(
    asked: Scope, wanted: Scope, provider: str, departments: Iterable[str], *, most: int
) -> list[Reason]:
    """Name what cannot become of the data applied for.

    ``departments`` are those of the entries that are added: the clock and the inbox are those of ``provider``.
    """
    found = []
    if not set(asked) & set(wanted):
        found.append(Reason("application.supplement_other_data", field="entries", rule=RULE))
    if any(entry in asked and not columns for entry, columns in wanted.items()):
        found.append(Reason("application.no_column", field="entries", rule=RULE))
    if set(departments) - {provider}:
        found.append(Reason("application.several_providers", field="entries", rule=RULE))
    if len(wanted) > most:
        found.append(Reason("application.too_many_entries", {"limit": most}, "entries"))
    return found
