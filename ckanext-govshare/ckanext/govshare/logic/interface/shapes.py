"""Shapes (数据结构) of answers that other sites build on, as JSON Schema; their words are translated when shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.govshare.domain.mirror import PUT, TOMBSTONE
from ckanext.govshare.domain.mirror_relay import STATES
from ckanext.govshare.domain.release import PUBLIC_CLASSES
from ckanext.govshare.logic.marking import N_
from ckanext.govshare.logic.mirror.feed import SUPERSEDED

Shape = dict[str, Any]

INSTANT: Shape = {"type": "string", "format": "date-time"}
MAYBE_INSTANT: Shape = {"type": ["string", "null"], "format": "date-time"}
SHA256: Shape = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
COUNT: Shape = {"type": "integer", "minimum": 0}
LINK: Shape = {"type": "string", "format": "uri"}
TEXT: Shape = {"type": "string"}


def ref(name: str) -> Shape:
    """Return the reference to a named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def _of(kind: Shape, meaning: str) -> Shape:
    return {**kind, "description": meaning}


def _object(fields: Mapping[str, Shape], *, optional: tuple[str, ...] = ()) -> Shape:
    return {
        "type": "object",
        "properties": dict(fields),
        "required": [name for name in fields if name not in optional],
    }


def _list(of: Shape) -> Shape:
    return {"type": "array", "items": of}


SHAPES: Mapping[str, Shape] = {
    "Copy": _object(
        {
            "id": _of(TEXT, N_("Id of the entry; it never changes")),
            "name": _of(TEXT, N_("Last part of its address; it may change")),
            "openness": {"type": "string", "enum": list(PUBLIC_CLASSES)},
            "organization": _of(_object({"name": TEXT, "title": TEXT}), N_("Its department: name and title")),
            "card": _of({"type": "object"}, N_("Fields of the catalog card; what is empty is left out")),
            "page": _of(LINK, N_("Its page here")),
            "files": _of(
                _list(ref("File")), N_("Files of the newest edition; only of unconditional entries")
            ),
            "apply": _of(TEXT, N_("Where to apply for it; only of conditional entries")),
        }
    ),
    "File": _object(
        {
            "format": _of(TEXT, N_("Format, such as CSV")),
            "media_type": _of(TEXT, N_("Media type (MIME)")),
            "url": _of(LINK, N_("Permanent address")),
            "sha256": _of(SHA256, N_("Digest of its bytes")),
            "size": _of(COUNT, N_("Bytes")),
        }
    ),
    "Change": _object(
        {
            "number": _of(COUNT, N_("Numbers have no gaps")),
            "id": _of(TEXT, N_("Id of the entry; it never changes")),
            "at": _of(INSTANT, N_("When it was committed here")),
            "change": {"type": "string", "enum": [PUT, TOMBSTONE, SUPERSEDED]},
            "hash": _of(SHA256, N_("SHA-256 of “entry” in its canonical form; with put")),
            "entry": _of(ref("Copy"), N_("The entry as it now stands; with put")),
            "by": _of(COUNT, N_("Number of the change that says more; with superseded")),
        },
        optional=("hash", "entry", "by"),
    ),
    "FeedPage": _object(
        {
            "after": _of(COUNT, N_("The cursor that was asked with")),
            "cursor": _of(COUNT, N_("What the next call passes as “after”")),
            "latest": _of(COUNT, N_("Number of the last change")),
            "more": _of({"type": "boolean"}, N_("Whether to ask again at once")),
            "changes": _of(_list(ref("Change")), N_("In their order")),
        }
    ),
    "SnapshotLine": {
        "oneOf": [_object({"cursor": COUNT, "count": COUNT}), ref("Copy")],
        "description": N_("The first line carries the cursor, every other line an entry"),
    },
    "MirrorTarget": _object(
        {
            "name": _of(TEXT, N_("Name in the configuration")),
            "title": _of(TEXT, N_("What people call it")),
            "state": {"type": "string", "enum": list(STATES)},
            "label": _of(TEXT, N_("The word for the state")),
            "acknowledged": _of(COUNT, N_("Entries that the target has acknowledged as they stand here")),
            "waiting": _of(COUNT, N_("Entries that wait to be sent")),
            "waiting_since": _of(MAYBE_INSTANT, N_("Since when the first of them waits")),
            "behind_seconds": _of(COUNT, N_("The same in seconds")),
            "dead": _of(COUNT, N_("Entries that the target refused again and again")),
            "conflicts": _of(COUNT, N_("Names that somebody else holds there")),
            "alarms": _of(_list({"type": "object"}), N_("What a person must look at")),
            "alarms_told": _of(
                _list(_object({"kind": TEXT, "label": TEXT, "since": INSTANT, "until": MAYBE_INSTANT})),
                N_("What the bureau was told, since when and until when"),
            ),
            "reconciled_at": _of(MAYBE_INSTANT, N_("When all entries were last compared")),
            "restrictions": _of(
                _list(_object({"asked_at": MAYBE_INSTANT, "gone_at": MAYBE_INSTANT})),
                N_("When something was withdrawn or narrowed, and when it was proven gone there"),
            ),
            "history": _of(_list({"type": "object"}), N_("The last comparisons in figures")),
        }
    ),
    "MirrorStatus": _object(
        {
            "at": _of(INSTANT, N_("When this was so")),
            "latest": _of(COUNT, N_("Number of the last change")),
            "changed_at": _of(MAYBE_INSTANT, N_("When something public last changed")),
            "entries": _of(COUNT, N_("Entries that are public here")),
            "targets": _of(_list(ref("MirrorTarget")), N_("Each site that must agree")),
        }
    ),
    "EmbeddedEntry": _object(
        {
            "title": _of(TEXT, N_("What people call it")),
            "url": _of(LINK, N_("Its page here")),
            "department": _of(TEXT, N_("Title of its department")),
            "openness": {"type": "string", "enum": list(PUBLIC_CLASSES)},
            "openness_label": _of(TEXT, N_("The word for the class of openness")),
            "updated": _of(TEXT, N_("Day of the data")),
            "apply": _of(TEXT, N_("Where to apply for it; only of conditional entries")),
        }
    ),
    "EmbeddedList": _object(
        {
            "count": _of(COUNT, N_("Entries that were found")),
            "all": _of(LINK, N_("The whole list here")),
            "words": _of({"type": "object"}, N_("What links are called, in the reader's language")),
            "entries": _of(_list(ref("EmbeddedEntry")), N_("In the order that was asked for")),
        }
    ),
}
