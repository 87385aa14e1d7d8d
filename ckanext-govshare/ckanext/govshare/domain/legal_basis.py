"""Legal basis (依据): what a restriction rests on, and how high that text ranks.

佳木斯 art. 19: conditional and closed classes rest on law, administrative regulation or central policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ckanext.govshare.domain.decision import Reason

SUFFICIENT = ("law", "administrative_regulation", "central_policy")
LEVELS = (*SUFFICIENT, "local_regulation", "government_rule", "normative_document")
RULE = "佳木斯 19"


def check_basis(bases: Sequence[Mapping[str, object]]) -> list[Reason]:
    """Name the bases that lack a title or carry an unknown rank, by their number from 1."""
    found = []
    for number, basis in enumerate(bases, start=1):
        if not isinstance(basis, Mapping) or not str(basis.get("title") or "").strip():
            found.append(Reason("legal_basis.title_missing", {"number": number}, "openness_basis", RULE))
        elif basis.get("level") not in LEVELS:
            facts = {"number": number, "level": basis.get("level")}
            found.append(Reason("legal_basis.unknown_level", facts, "openness_basis", RULE))
    return found


def weak_basis(bases: Sequence[Mapping[str, object]]) -> list[Reason]:
    """Warn when no basis reaches the rank that art. 19 names."""
    levels = [basis.get("level") for basis in bases]
    if not levels or any(level in SUFFICIENT for level in levels):
        return []
    return [Reason("legal_basis.weak", {"levels": levels}, "openness_basis", RULE)]
