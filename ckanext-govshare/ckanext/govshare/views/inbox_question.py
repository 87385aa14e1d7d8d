"""What the inbox's address asks for, and the addresses that go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.govshare.domain.publication import BUREAU_REVIEW, DEPARTMENT_REVIEW, DRAFT, PUBLICATION
from ckanext.govshare.views.inbox_address import InboxAddress, page_of, words_of

LONGEST_WORDS = 200
KINDS = ("publication", "change")

# Where each role's own work waits, the most senior role first.
DESK = (("bureau", BUREAU_REVIEW), ("head", DEPARTMENT_REVIEW), ("clerk", DRAFT))


@dataclass(frozen=True)
class Question(InboxAddress):
    """The filters of the inbox; empty means all."""

    ENDPOINT = "govshare_workbench.inbox"

    state: str = ""
    organization: str = ""
    kind: str = ""
    q: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str], roles: frozenset[str]) -> Question:
        """Read a query string or form; what makes no sense counts as not said."""
        state, kind = args.get("state", ""), args.get("kind", "")
        return cls(
            state=state if state in PUBLICATION.states else desk(roles),
            organization=args.get("organization", "")[:LONGEST_WORDS],
            kind=kind if kind in KINDS else "",
            q=words_of(args, LONGEST_WORDS),
            page=page_of(args),
        )

    def asked(self) -> dict[str, Any]:
        """Return the parameters of ``govshare_publication_list``."""
        filters = {"state": self.state, "organization": self.organization, "kind": self.kind, "q": self.q}
        return {**filters, **self.window}

    def case_url(self, kind: str, case_id: str, **more: str) -> str:
        """Return a case's address that remembers from which inbox one came."""
        return self.onward(f"govshare_workbench.{kind}", {"id": case_id}, **more)


def desk(roles: frozenset[str]) -> str:
    """Return the state in which the work of somebody with these roles waits."""
    return next((state for role, state in DESK if role in roles), DRAFT)
