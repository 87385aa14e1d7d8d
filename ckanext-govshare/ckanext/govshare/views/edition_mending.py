"""Where a reason against an edition is mended: the page and the place on it, by the reason's field or by its code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.edition_table import FIRST
from ckanext.govshare.intake import CORRECTIONS

READ, SCAN, CHECK, PUBLICATION = "read", "scan", "check", "publication"
PLAN = "plan."

Place = tuple[str, str]
Columns = Sequence[Mapping[str, Any]]

# What a field of the edition's forms is called → its page and place; columns of the plan are added below.
FIELDS: Mapping[str, Place] = {
    "scan": (SCAN, "findings"),
    "plan": (SCAN, "plan"),
    "risk": (SCAN, "quasi_identifiers"),
    "review": (READ, "secrecy"),
    **{name: (READ, name) for name in CORRECTIONS},
}
# Reasons that speak of no field.
CODES: Mapping[str, Place] = {
    "edition.not_read": (READ, "reread"),
    "plan.nothing_left": (SCAN, "plan"),
    "release.entry_not_published": (PUBLICATION, "decide"),
    "release.closed": (PUBLICATION, "decide"),
    "release.not_desensitized": (SCAN, "plan"),
    "release.not_checked": (CHECK, "decide"),
    "release.checker_is_operator": (CHECK, "decide"),
    "release.bytes_changed": (CHECK, "decide"),
    "release.no_secrecy_review": (READ, "secrecy"),
    "release.secrecy_review_refuses": (READ, "secrecy"),
    "release.review_of_other_content": (READ, "secrecy"),
}
# Reasons that no page mends, and why.
NOWHERE: Mapping[str, str] = {
    "workflow.unknown_move": "no page offers it",
    "workflow.wrong_state": "the page shows the moves of the state that holds now",
    "workflow.wrong_role": "another person has to do it",
    "workflow.same_person": "another person has to do it",
    "workflow.only_same_person": "another person has to do it",
    "workflow.same_head": "another person has to do it",
    "release.no_such_file": "it is told to who takes a file, not to who decides",
    "release.edition_withdrawn": "it is told to who takes a file, not to who decides",
    "edition.masking": "it ends by itself",
    "edition.release_under_way": "it ends by itself",
    "edition.released": "what is public is not changed, only followed by the next edition",
    "edition.not_released": "nothing is public that could be withdrawn",
    "edition.closed": "its way is over",
}


def place_of(code: str, field: str | None, columns: Columns) -> Place | None:
    """Return page and place at which a reason is mended; None where there is none."""
    if field and field.startswith(PLAN):
        return SCAN, anchor(field, columns)
    return FIELDS.get(field or "") or CODES.get(code)


def anchor(field: str, columns: Columns) -> str:
    """Return the id of a plan's field on the scan page; a column has its place, so that any name will do."""
    place = next((i for i, column in enumerate(columns) if field == PLAN + column["name"]), None)
    return f"column-{place}" if place is not None else field.removeprefix(PLAN)


def link(
    place: Place | None, here: tuple[str, int], entry: Mapping[str, Any], number: int, table: int
) -> str:
    """Return the address of a place; on the page that is shown its name alone, so that nothing typed is lost.

    ``here`` is that page and the table that it is about, ``table`` the one that the reason speaks of.
    """
    if place is None:
        return ""
    page, where = place
    if page == here[0] and (page != SCAN or table == here[1]):
        return f"#{where}"
    if page == PUBLICATION:
        return str(toolkit.url_for("govshare_workbench.publication", id=entry["id"], _anchor=where))
    asked = {"table": table} if page == SCAN and table > FIRST else {}
    return str(
        toolkit.url_for(f"govshare_edition.{page}", name=entry["name"], number=number, _anchor=where, **asked)
    )
