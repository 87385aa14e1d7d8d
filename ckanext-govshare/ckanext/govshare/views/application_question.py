"""What the address of the applications' inbox asks for, and the addresses that go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit

from ckanext.govshare.domain import application_duty
from ckanext.govshare.domain.application import STATES

PER_PAGE = 50
DEEPEST_PAGE = 2000
LONGEST_WORDS = 100
OPEN = "open"
OVERDUE = "overdue"
DUE = (OVERDUE, "due_today", "soon")
DUTIES = tuple(duty.name for duty in application_duty.DUTIES)


@dataclass(frozen=True)
class Question:
    """The filters of the inbox; empty means all, ``state`` is one state or all that are open, ``duty`` is mine to do."""

    state: str = OPEN
    duty: str = ""
    due: str = ""
    extension: str = ""
    drafted: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Question:
        """Read a query string or form; what makes no sense counts as not said."""
        page, state = args.get("page", "1"), args.get("state", OPEN)
        duty, due = args.get("duty", ""), args.get("due", "")
        return cls(
            state=state if state in STATES else OPEN,
            duty=duty if duty in DUTIES else "",
            due=due if due in DUE else "",
            extension="1" if args.get("extension") else "",
            drafted="1" if args.get("drafted") else "",
            q=args.get("q", "").strip()[:LONGEST_WORDS],
            page=max(1, min(int(page), DEEPEST_PAGE)) if page.isascii() and page.isdecimal() else 1,
        )

    @property
    def tab(self) -> str:
        """Which of the workbench's tabs this is."""
        return self.duty or ("overdue" if self.due == OVERDUE and self.state == OPEN else "application")

    @property
    def filtered(self) -> bool:
        """Whether more is asked than a state."""
        return bool(self.due or self.extension or self.drafted or self.q)

    @property
    def narrowed(self) -> bool:
        """Whether more is asked than the tab itself asks."""
        return replace(self, due="").filtered if self.tab == OVERDUE else self.filtered

    def asked(self) -> dict[str, Any]:
        """Return the parameters of ``govshare_application_list``."""
        return {
            **asdict(self),
            "office": True,
            "offset": (self.page - 1) * PER_PAGE,
            "limit": PER_PAGE,
        }

    def pairs(self) -> list[tuple[str, str]]:
        """Return name and value of every filter in force, for addresses and hidden fields."""
        said = {**asdict(self), "page": str(self.page) if self.page > 1 else ""}
        return [(name, value) for name, value in said.items() if value and (name, value) != ("state", OPEN)]

    def url(self, **changes: Any) -> str:
        """Return the inbox's address with some filters changed; any change starts at page 1."""
        return _address("govshare_application_case.inbox", replace(self, **{"page": 1, **changes}).pairs())

    def clear(self) -> str:
        """Return the inbox's address in the same state without filters."""
        return Question(state=self.state, duty=self.duty).url()

    def case_url(self, number: str, **more: str) -> str:
        """Return a case's address that remembers from which inbox one came."""
        return _address("govshare_application_case.case", [*self.pairs(), *more.items()], number=number)


def _address(endpoint: str, pairs: list[tuple[str, str]], **values: str) -> str:
    path = toolkit.url_for(endpoint, **values)
    return f"{path}?{urlencode(pairs)}" if pairs else path
