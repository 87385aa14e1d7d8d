"""What the inbox's address asks for, and the addresses that go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit

from ckanext.govshare.domain.publication import BUREAU_REVIEW, DEPARTMENT_REVIEW, DRAFT, PUBLICATION

PER_PAGE = 50
DEEPEST_PAGE = 2000
LONGEST_WORDS = 200
KINDS = ("publication", "change")

# Where each role's own work waits, the most senior role first.
DESK = (("bureau", BUREAU_REVIEW), ("head", DEPARTMENT_REVIEW), ("clerk", DRAFT))


@dataclass(frozen=True)
class Question:
    """The filters of the inbox; empty means all."""

    state: str = ""
    organization: str = ""
    kind: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str], roles: frozenset[str]) -> Question:
        """Read a query string or form; what makes no sense counts as not said."""
        page = args.get("page", "1")
        state, kind = args.get("state", ""), args.get("kind", "")
        return cls(
            state=state if state in PUBLICATION.states else desk(roles),
            organization=args.get("organization", "")[:LONGEST_WORDS],
            kind=kind if kind in KINDS else "",
            q=args.get("q", "").strip()[:LONGEST_WORDS],
            page=max(1, min(int(page), DEEPEST_PAGE)) if page.isdecimal() else 1,
        )

    def asked(self) -> dict[str, Any]:
        """Return the parameters of ``govshare_publication_list``."""
        return {
            "state": self.state,
            "organization": self.organization,
            "kind": self.kind,
            "q": self.q,
            "offset": (self.page - 1) * PER_PAGE,
            "limit": PER_PAGE,
        }

    def pairs(self) -> list[tuple[str, str]]:
        """Return name and value of every filter in force, for addresses and hidden fields."""
        said = {**asdict(self), "page": str(self.page) if self.page > 1 else ""}
        return [(name, value) for name, value in said.items() if value]

    def url(self, **changes: Any) -> str:
        """Return the inbox's address with some filters changed; any change starts at page 1."""
        return _address("govshare_workbench.inbox", replace(self, **{"page": 1, **changes}).pairs())

    def case_url(self, kind: str, case_id: str, **more: str) -> str:
        """Return a case's address that remembers from which inbox one came."""
        return _address(f"govshare_workbench.{kind}", [*self.pairs(), *more.items()], id=case_id)


def desk(roles: frozenset[str]) -> str:
    """Return the state in which the work of somebody with these roles waits."""
    return next((state for role, state in DESK if role in roles), DRAFT)


def _address(endpoint: str, pairs: list[tuple[str, str]], **values: str) -> str:
    path = toolkit.url_for(endpoint, **values)
    return f"{path}?{urlencode(pairs)}" if pairs else path
