"""Openness (开放类型): unconditional, conditional or closed, and what each class must state.

佳木斯 art. 24¶1 (three classes), art. 19 (legal basis); product rule: a narrower share type only warns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.legal_basis import check_basis, weak_basis

UNCONDITIONAL = "unconditional"
CONDITIONAL = "conditional"
CLOSED = "closed"

RULE = "佳木斯 24"

REQUIRED_TEXT: Mapping[str, tuple[str, ...]] = {
    UNCONDITIONAL: ("license_id",),
    CONDITIONAL: ("openness_condition",),
    CLOSED: ("openness_reason",),
}
NEEDS_BASIS = (CONDITIONAL, CLOSED)

# How far each class lets data travel; a share type that travels less than the openness is doubtful.
REACH: Mapping[str, int] = {CLOSED: 0, CONDITIONAL: 1, UNCONDITIONAL: 2}


def check_openness(values: Mapping[str, object]) -> list[Reason]:
    """Name what the entry's class must still state; empty when lawful.

    ``values`` holds ``openness``, the texts of :data:`REQUIRED_TEXT` and ``openness_basis``
    (a list of ``{title, article, level}``).
    """
    openness = values.get("openness")
    if openness not in REACH:
        return []
    found = [
        Reason("openness.text_missing", {"openness": openness, "field": name}, name, RULE)
        for name in REQUIRED_TEXT[str(openness)]
        if not str(values.get(name) or "").strip()
    ]
    basis = basis_of(values)
    if openness in NEEDS_BASIS and not basis:
        found.append(Reason("openness.basis_missing", {"openness": openness}, "openness_basis", "佳木斯 19"))
    return found + check_basis(basis)


def warn_openness(values: Mapping[str, object]) -> list[Reason]:
    """Name what is lawful but doubtful: a basis of low rank, sharing narrower than opening."""
    found = weak_basis(basis_of(values)) if values.get("openness") in NEEDS_BASIS else []
    share, openness = values.get("share_type"), values.get("openness")
    if share in REACH and openness in REACH and REACH[str(share)] < REACH[str(openness)]:
        found.append(
            Reason("openness.wider_than_share", {"openness": openness, "share_type": share}, "share_type")
        )
    return found


def narrows(before: str, after: str) -> bool:
    """Tell whether a change of class takes something away from the public (收窄)."""
    return REACH[after] < REACH[before]


def basis_of(values: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """Return the entry's legal bases, an empty sequence when none is given as a list."""
    basis = values.get("openness_basis")
    return basis if isinstance(basis, list) else ()
