"""What the addresses of all inboxes share: the filters in force, the page, and the way on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from ckan.plugins import toolkit

PER_PAGE = 50
DEEPEST_PAGE = 2000


@dataclass(frozen=True)
class InboxAddress:
    """The filters of one inbox as its address says them; empty means all.

    ``ENDPOINT`` is the inbox's page, ``UNSAID`` what goes without saying.
    """

    ENDPOINT: ClassVar[str]
    UNSAID: ClassVar[frozenset[tuple[str, str]]] = frozenset()

    page: int = 1

    @property
    def window(self) -> dict[str, int]:
        """Which rows of the list stand on this page."""
        return {"offset": (self.page - 1) * PER_PAGE, "limit": PER_PAGE}

    def pairs(self) -> list[tuple[str, str]]:
        """Return name and value of every filter in force, for addresses and hidden fields; the page last."""
        said = asdict(self)
        page = said.pop("page")
        filters = [pair for pair in said.items() if pair[1] and pair not in self.UNSAID]
        return [*filters, ("page", str(page))] if page > 1 else filters

    def url(self, **changes: Any) -> str:
        """Return the inbox's address with some filters changed; any change starts at page 1."""
        return _address(self.ENDPOINT, replace(self, **{"page": 1, **changes}).pairs())

    def onward(self, endpoint: str, place: Mapping[str, str], **more: str) -> str:
        """Return another page's address that remembers from which inbox one came."""
        return _address(endpoint, [*self.pairs(), *more.items()], **place)


def page_of(args: Mapping[str, str]) -> int:
    """Return the page that an address asks for; what makes no sense is the first."""
    page = args.get("page", "1")
    return max(1, min(int(page), DEEPEST_PAGE)) if page.isascii() and page.isdecimal() else 1


def words_of(args: Mapping[str, str], longest: int) -> str:
    """Return the words that an address searches for."""
    return args.get("q", "").strip()[:longest]


def _address(endpoint: str, pairs: list[tuple[str, str]], **place: str) -> str:
    path = str(toolkit.url_for(endpoint, **place))
    return f"{path}?{urlencode(pairs)}" if pairs else path
