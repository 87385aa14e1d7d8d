"""What the address of a list asks for, and the addresses that go on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ckan.plugins import toolkit

PER_PAGE = 20
DEEPEST_ROW = 10_000
LONGEST_QUERY = 200
SORTS = {
    "relevance": "score desc, metadata_modified desc, id asc",
    "updated": "data_updated desc, id asc",
    "created": "metadata_created desc, id asc",
    "title": "title_string asc, id asc",
}
FACETS = ("openness", "theme", "organization", "region", "industry", "res_format", "update_cycle")


@dataclass(frozen=True)
class Question:
    """What an address asks for; ``within`` are filters that the page itself sets and nobody can remove."""

    path: str
    q: str
    sort: str
    page: int
    chosen: Mapping[str, tuple[str, ...]]
    within: Mapping[str, tuple[str, ...]]

    @classmethod
    def of_request(cls, path: str, within: Mapping[str, tuple[str, ...]] | None = None) -> Question:
        """Read the request's query string; what makes no sense counts as not said."""
        args = toolkit.request.args
        page = args.get("page", "1")
        chosen = {
            name: tuple(dict.fromkeys(value for value in args.getlist(name) if value))
            for name in FACETS
            if name not in (within or {})
        }
        return cls(
            path=path,
            q=args.get("q", "").strip()[:LONGEST_QUERY],
            sort=args["sort"] if args.get("sort") in SORTS else "relevance" if args.get("q") else "updated",
            page=max(1, min(int(page), DEEPEST_ROW // PER_PAGE)) if page.isdecimal() else 1,
            chosen={name: values for name, values in chosen.items() if values},
            within=within or {},
        )

    def url(self, *, page: int = 1, sort: str = "", chosen: Mapping[str, Sequence[str]] | None = None) -> str:
        """Return the address of this question with the given parts changed; any change starts at page 1."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [
            (name, value)
            for name, values in (self.chosen if chosen is None else chosen).items()
            for value in values
        ]
        if sort or toolkit.request.args.get("sort") == self.sort:
            pairs.append(("sort", sort or self.sort))
        if page > 1:
            pairs.append(("page", str(page)))
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def toggled(self, facet: str, value: str) -> str:
        """Return the address with one filter added, or taken away when it is in force."""
        values = list(self.chosen.get(facet, ()))
        if value in values:
            values.remove(value)
        else:
            values.append(value)
        return self.url(chosen={**self.chosen, facet: values})
