"""What the address of the applications' inbox asks for, and the addresses that go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ckanext.govshare.domain import application_duty
from ckanext.govshare.domain.application import STATES
from ckanext.govshare.views.inbox_address import InboxAddress, page_of, words_of

LONGEST_WORDS = 100
OPEN = "open"
OVERDUE = "overdue"
DUE = (OVERDUE, "due_today", "soon")
DUTIES = tuple(duty.name for duty in application_duty.DUTIES)


@dataclass(frozen=True)
class Question(InboxAddress):
    """The filters of the inbox; empty means all, ``state`` is one state or all that are open, ``duty`` is mine to do."""

    ENDPOINT = "govshare_application_case.inbox"
    UNSAID = frozenset({("state", OPEN)})

    state: str = OPEN
    duty: str = ""
    due: str = ""
    extension: str = ""
    drafted: str = ""
    q: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Question:
        """Read a query string or form; what makes no sense counts as not said."""
        state, duty, due = args.get("state", OPEN), args.get("duty", ""), args.get("due", "")
        return cls(
            state=state if state in STATES else OPEN,
            duty=duty if duty in DUTIES else "",
            due=due if due in DUE else "",
            extension="1" if args.get("extension") else "",
            drafted="1" if args.get("drafted") else "",
            q=words_of(args, LONGEST_WORDS),
            page=page_of(args),
        )

    @property
    def tab(self) -> str:
        """Which of the workbench's tabs this is."""
        return self.duty or (OVERDUE if self.due == OVERDUE and self.state == OPEN else "application")

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
        return {**asdict(self), "office": True, **self.window}

    def clear(self) -> str:
        """Return the inbox's address in the same state without filters."""
        return Question(state=self.state, duty=self.duty).url()

    def case_url(self, number: str, **more: str) -> str:
        """Return a case's address that remembers from which inbox one came."""
        return self.onward("govshare_application_case.case", {"number": number}, **more)
