"""The workbench's duties as tabs: each with how many wait for the reader, counted once on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain import application_duty
from ckanext.govshare.domain.duty import Duty
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic import roles, waiting
from ckanext.govshare.logic.mirror.status import problem_count

__all__ = ("govshare_duties",)


@dataclass(frozen=True)
class Tab:
    """The page of a duty, with what its address asks, and what says how many wait; None where the page tells below.

    A tab with a ``duty`` is shown to whom its moves make it theirs, and to the bureau.
    """

    endpoint: str
    count: Callable[[], int] | None
    asks: Mapping[str, str] = field(default_factory=dict)
    duty: Duty | None = None


def _applications(**asked: str) -> Callable[[], int]:
    return lambda: int(
        _ask("govshare_application_list", office=True, state="open", limit=0, **asked)["count"]
    )


def _waiting_editions() -> int:
    return int(_ask("govshare_edition_waiting_list", limit=0)["count"])


def _late_entries() -> int:
    return len(_ask("govshare_edition_late_list"))


def _ask(action: str, **data: Any) -> Any:
    return toolkit.get_action(action)({}, data)


APPLICATIONS = "govshare_application_case.inbox"
# The catalog shows its counts by state, below the tab.
TABS: Mapping[str, Tab] = {
    "catalog": Tab("govshare_workbench.inbox", None),
    "edition": Tab("govshare_edition_inbox.inbox", _waiting_editions),
    "application": Tab(APPLICATIONS, _applications()),
    **{
        duty.name: Tab(APPLICATIONS, _applications(duty=duty.name), {"duty": duty.name}, duty)
        for duty in application_duty.DUTIES
    },
    "overdue": Tab(APPLICATIONS, _applications(due="overdue"), {"due": "overdue"}),
    "late": Tab("govshare_workbench.late", _late_entries),
    "mirror": Tab("govshare_mirror.problems", problem_count),
}
BUREAU_ONLY = ("mirror",)


def govshare_duties(here: str, known: int | None = None) -> list[dict[str, Any]]:
    """Return the tabs; ``known`` is the count of this page's own duty where the page has counted it already."""
    return [
        {
            "label": label(name),
            "url": toolkit.h.url_for(tab.endpoint, **tab.asks),
            "active": name == here,
            "count": known if name == here and known is not None else tab.count and tab.count(),
        }
        for name, tab in _mine()
    ]


def _mine() -> Iterator[tuple[str, Tab]]:
    me = toolkit.current_user.id
    if roles.is_bureau(me):
        return iter(TABS.items())
    return (
        (name, tab)
        for name, tab in TABS.items()
        if name not in BUREAU_ONLY and (tab.duty is None or waiting.may_ever(tab.duty, me))
    )


def label(name: str) -> str:
    """Return what a duty is called, on its tab and above its page."""
    if TABS[name].duty:
        return govshare_word("application_duties", name)
    _ = toolkit._
    return str(
        {
            "catalog": _("Catalog"),
            "edition": _("Desensitization of data"),
            "application": _("Applications"),
            "overdue": _("Overdue applications"),
            "late": _("Overdue updates"),
            "mirror": _("Mirror problems"),
        }[name]
    )
