"""An entry's copy in the form of a plain CKAN dataset, by the map of its target; and a dataset there seen likewise.

Both ways lead to the same fields, so that what should stand there and what does can be compared one by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from ckanext.govshare import rulebook
from ckanext.govshare.domain.mirror import Found, Wanted
from ckanext.govshare.exports.catalog.layout import Layout

LAYOUT = Layout(rulebook.entry_fields(), rulebook.VOCABULARIES)
TAG = re.compile(r"[\w \-.]{2,100}")  # what a plain CKAN takes for a keyword
FILE = ("name", "url", "format", "mimetype", "hash", "size")


@dataclass(frozen=True)
class Shape:
    """The map of one target, and the name under which we mark what is ours there."""

    mapping: Mapping[str, Any]
    source: str

    @property
    def mark(self) -> str:
        """The extra that names an entry's origin."""
        return str(self.mapping["mark"])

    @property
    def _again(self) -> str:
        """The extra that tells a second write of the same content from the first."""
        return f"{self.mark}_again"

    def wanted(self, copy: Mapping[str, Any]) -> Wanted:
        """Return how a copy must stand at the target."""
        card = copy["card"]
        content = {
            "name": self.name(copy["name"]),
            "organization": self.organization(copy["organization"]["name"]),
            "url": copy["page"],
            "private": False,
            "state": "active",
            **{theirs: card.get(ours) or "" for theirs, ours in self.mapping["fields"].items()},
            "tags": sorted(
                {word for word in str(card.get("tag_string") or "").split(",") if TAG.fullmatch(word)}
            ),
            "extras": self._extras(copy),
            "resources": [_resource(file, card["title"]) for file in copy["files"]],
        }
        return Wanted(copy["id"], content["name"], content, title=card["title"])

    def found(self, package: Mapping[str, Any]) -> Found:
        """Return a dataset of the target in the fields that we answer for; the rest of it is the target's own."""
        extras = {row["key"]: row["value"] for row in package.get("extras") or ()}
        own = {self.mark, *self.mapping["extras"], *self.mapping["links"]}
        content = {
            "name": package.get("name"),
            "organization": (package.get("organization") or {}).get("name"),
            "url": package.get("url") or "",
            "private": bool(package.get("private")),
            "state": package.get("state"),
            **{theirs: package.get(theirs) or "" for theirs in self.mapping["fields"]},
            "tags": sorted(tag["name"] for tag in package.get("tags") or ()),
            "extras": {key: value for key, value in extras.items() if key in own},
            "resources": [
                {name: resource.get(name) for name in FILE} for resource in package.get("resources") or ()
            ],
        }
        return Found(str(package["id"]), str(package.get("name")), self._origin(extras), content)

    def dataset(
        self, wanted: Wanted, present: Mapping[str, Any] | None, *, anew: bool = False
    ) -> dict[str, Any]:
        """Return what is sent to CKAN: our fields, with the ids of files and the foreign extras there already.

        ``anew``: with a number used once, without which CKAN would take equal fields for no change at all.
        """
        content = dict(wanted.content)
        extras, held = content.pop("extras"), (present or {}).get("extras") or ()
        owner = content.pop("organization")
        ids = {resource["url"]: resource["id"] for resource in (present or {}).get("resources") or ()}
        own = {self.mark, *self.mapping["extras"], *self.mapping["links"], *([self._again] if anew else [])}
        again = [{"key": self._again, "value": token_hex(8)}] if anew else []
        foreign = [{"key": row["key"], "value": row["value"]} for row in held if row["key"] not in own]
        return {
            **content,
            "owner_org": owner,
            "tags": [{"name": word} for word in content.pop("tags")],
            "extras": [*({"key": key, "value": value} for key, value in extras.items()), *again, *foreign],
            "resources": [
                {**file, **({"id": ids[file["url"]]} if file["url"] in ids else {})}
                for file in content.pop("resources")
            ],
        }

    def name(self, name: str) -> str:
        """Return the name under which one of our entries stands there."""
        return f"{self.mapping['prefix']}{name}"

    def organization(self, name: str) -> str:
        """Return the name of one of our departments there."""
        return str(self.mapping["organizations"].get(name, name))

    def _extras(self, copy: Mapping[str, Any]) -> dict[str, str]:
        values = {
            **{theirs: self._words(ours, copy["card"]) for theirs, ours in self.mapping["extras"].items()},
            **{theirs: str(copy[ours]) for theirs, ours in self.mapping["links"].items()},
            self.mark: f"{self.source}:{copy['id']}",
        }
        return {key: value for key, value in values.items() if value}

    def _words(self, field: str, card: Mapping[str, Any]) -> str:
        known = rulebook.entry_field(field)
        if known.vocabulary and isinstance(card.get(field), str):
            return rulebook.vocabulary(known.vocabulary).label(card[field])
        return LAYOUT.cell(known, card.get(field))

    def _origin(self, extras: Mapping[str, Any]) -> str:
        source, _, local_id = str(extras.get(self.mark) or "").rpartition(":")
        return local_id if source == self.source else ""


def _resource(file: Mapping[str, Any], title: str) -> dict[str, Any]:
    return {
        "name": f"{title}（{file['format']}）",
        "url": file["url"],
        "format": file["format"],
        "mimetype": file["media_type"],
        "hash": file["sha256"],
        "size": file["size"],
    }
