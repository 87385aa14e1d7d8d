"""The workbench's duties as tabs: each with how many wait for the reader, counted once on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.application import OPEN
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.mirror.status import problem_count

__all__ = ("govshare_duties",)


def _open_applications() -> int:
    counts = _ask("govshare_application_list", office=True, state="open", limit=0)["counts"]
    return sum(counts.get(state, 0) for state in OPEN)


def _waiting_editions() -> int:
    return int(_ask("govshare_edition_waiting_list", limit=0)["count"])


def _late_entries() -> int:
    return len(_ask("govshare_edition_late_list"))


def _ask(action: str, **data: Any) -> Any:
    return toolkit.get_action(action)({}, data)


Duty = tuple[str, Callable[[], int] | None]

# Address of each duty and what says how many wait; the catalog shows its counts by state, below the tab.
DUTIES: dict[str, Duty] = {
    "catalog": ("govshare_workbench.inbox", None),
    "edition": ("govshare_edition_inbox.inbox", _waiting_editions),
    "application": ("govshare_application_case.inbox", _open_applications),
    "late": ("govshare_workbench.late", _late_entries),
    "mirror": ("govshare_mirror.problems", problem_count),
}
BUREAU_ONLY = ("mirror",)


def govshare_duties(here: str, known: int | None = None) -> list[dict[str, Any]]:
    """Return the tabs; ``known`` is the count of this page's own duty where the page has counted it already."""
    return [
        {
            "label": _label(name),
            "url": toolkit.h.url_for(address),
            "active": name == here,
            "count": known if name == here and known is not None else count and count(),
        }
        for name, (address, count) in _mine()
    ]


def _mine() -> Iterator[tuple[str, Duty]]:
    is_bureau = roles.is_bureau(toolkit.current_user.id)
    return ((name, duty) for name, duty in DUTIES.items() if is_bureau or name not in BUREAU_ONLY)


def _label(name: str) -> str:
    _ = toolkit._
    return str(
        {
            "catalog": _("Catalog"),
            "edition": _("Desensitization of data"),
            "application": _("Applications"),
            "late": _("Overdue updates"),
            "mirror": _("Mirror problems"),
        }[name]
    )
