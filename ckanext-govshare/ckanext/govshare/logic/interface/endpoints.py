"""Endpoints (接口): every address that anybody's program may ask, without an account.

One row says the address, what it answers and what may be asked; ``/api/docs`` and ``/api/openapi.json`` derive from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.govshare.logic.catalog.publish import FORMATS
from ckanext.govshare.logic.interface.shapes import ref
from ckanext.govshare.logic.marking import N_
from ckanext.govshare.logic.mirror import feed

ACTION = "/api/3/action/"
JSON = "application/json"
LINES = "application/x-ndjson"
ANY_FILE = "application/octet-stream"

TEXT: Mapping[str, Any] = {"type": "string"}
NUMBER: Mapping[str, Any] = {"type": "integer", "minimum": 0}
FLAG: Mapping[str, Any] = {"type": "boolean"}
OBJECT: Mapping[str, Any] = {"type": "object"}
LIST: Mapping[str, Any] = {"type": "array", "items": OBJECT}

CATALOG, DATA, MIRROR, CLOCK, FIGURES, SERVICE = "catalog", "data", "mirror", "clock", "figures", "service"
TAGS: Mapping[str, str] = {
    CATALOG: N_("Data catalog"),
    DATA: N_("Rows and files"),
    MIRROR: N_("Change feed and mirror"),
    CLOCK: N_("Periods and working days"),
    FIGURES: N_("Figures"),
    SERVICE: N_("Service"),
}


@dataclass(frozen=True)
class Parameter:
    """What may be asked: ``where`` is ``query``, ``path`` or ``header``; ``schema`` is JSON Schema."""

    name: str
    meaning: str
    schema: Mapping[str, Any] = field(default_factory=lambda: TEXT)
    where: str = "query"
    required: bool = False


@dataclass(frozen=True)
class Endpoint:
    """One address: ``answer`` is the JSON Schema of what it answers, of an action the schema of its ``result``.

    ``refusals`` are the other statuses it may answer with; ``tagged`` where an answer that has not changed is 304.
    """

    path: str
    tag: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    answer: Mapping[str, Any] = field(default_factory=lambda: OBJECT)
    media: tuple[str, ...] = (JSON,)
    refusals: tuple[int, ...] = ()
    tagged: bool = False

    @property
    def action(self) -> str:
        """The name of the action, empty where the address is none."""
        return self.path.removeprefix(ACTION) if self.path.startswith(ACTION) else ""


def _path(name: str, meaning: str, schema: Mapping[str, Any] = TEXT) -> Parameter:
    return Parameter(name, meaning, schema, "path", required=True)


_ENTRY = Parameter("id", N_("Id or name of the entry, the last part of its address"), required=True)
_YEAR = Parameter("year", N_("Year of receipt; this year when left out"), NUMBER)
_DEPARTMENT = Parameter("organization", N_("Id or name of a department; the whole city when left out"))
_CURSOR = Parameter("after", N_("The cursor of your last answer; 0 to begin with"), {**NUMBER, "default": 0})
_LIMIT = Parameter(
    "limit",
    N_("At most so many changes"),
    {"type": "integer", "minimum": 1, "maximum": feed.LARGEST_PAGE, "default": feed.PAGE},
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        ACTION + "package_search",
        CATALOG,
        N_("Search the public entries"),
        (
            Parameter("q", N_("Words")),
            Parameter("fq", N_("Filters, such as openness:unconditional or theme:transport")),
            Parameter("rows", N_("Entries in one answer"), {**NUMBER, "maximum": 1000, "default": 10}),
            Parameter("start", N_("How many to skip"), {**NUMBER, "default": 0}),
            Parameter("sort", N_("Order, such as metadata_modified desc")),
        ),
        refusals=(400, 409),
    ),
    Endpoint(
        ACTION + "package_show",
        CATALOG,
        N_("One entry: its card and the addresses of its files"),
        (_ENTRY,),
        refusals=(404,),
    ),
    Endpoint(
        ACTION + "govshare_version_list",
        CATALOG,
        N_("The published versions of an entry's card, and what each changed"),
        (_ENTRY,),
        LIST,
        refusals=(404,),
    ),
    Endpoint(
        ACTION + "govshare_office_show",
        CATALOG,
        N_("A department: who is responsible for its data, and how to reach them"),
        (Parameter("id", N_("Id or name of the department"), required=True),),
        refusals=(404,),
    ),
    Endpoint(
        "/catalog.{ending}",
        CATALOG,
        N_("The whole catalog as one file; as linked data (DCAT) in ttl and jsonld"),
        (_path("ending", N_("The format"), {"type": "string", "enum": list(FORMATS)}),),
        {},
        tuple(FORMATS.values()),
        refusals=(404,),
        tagged=True,
    ),
    Endpoint(
        ACTION + "govshare_edition_list",
        DATA,
        N_("The released editions of an entry, newest first"),
        (_ENTRY,),
        LIST,
        refusals=(404,),
    ),
    Endpoint(
        ACTION + "datastore_search",
        DATA,
        N_("Rows of an unconditional entry"),
        (
            Parameter("resource_id", N_("The table; the entry's page names it"), required=True),
            Parameter("q", N_("Words")),
            Parameter("filters", N_("Column → value or list of values, as JSON")),
            Parameter("fields", N_("Columns, separated by commas")),
            Parameter("sort", N_("Order, such as name asc")),
            Parameter("limit", N_("Rows in one answer"), {**NUMBER, "maximum": 32000, "default": 100}),
            Parameter("offset", N_("How many to skip"), {**NUMBER, "default": 0}),
        ),
        refusals=(404, 409),
    ),
    Endpoint(
        "/dataset/{name}/edition/latest/{file}",
        DATA,
        N_("A file of the newest edition; parts of it by Range"),
        (
            _path("name", N_("Name of the entry")),
            _path("file", N_("Name of the file, as its entry lists it")),
        ),
        {},
        (ANY_FILE,),
        refusals=(404, 410),
        tagged=True,
    ),
    Endpoint(
        "/dataset/{name}/edition/{number}/{file}",
        DATA,
        N_("A file of one edition, permanently at this address until it is withdrawn"),
        (
            _path("name", N_("Name of the entry")),
            _path("number", N_("Number of the edition"), NUMBER),
            _path("file", N_("Name of the file, as its entry lists it")),
        ),
        {},
        (ANY_FILE,),
        refusals=(404, 410),
        tagged=True,
    ),
    Endpoint(
        "/feed/changes",
        MIRROR,
        N_("What changed for the public after a cursor, in order and without gaps"),
        (_CURSOR, _LIMIT),
        ref("FeedPage"),
        refusals=(400, 409),
        tagged=True,
    ),
    Endpoint(
        "/feed/snapshot",
        MIRROR,
        N_("Everything public as JSON Lines: first the cursor, then one entry a line"),
        (),
        ref("SnapshotLine"),
        (LINES,),
        tagged=True,
    ),
    Endpoint(
        ACTION + "govshare_mirror_changes",
        MIRROR,
        N_("The change feed as an action"),
        (_CURSOR, _LIMIT),
        ref("FeedPage"),
        refusals=(409,),
    ),
    Endpoint(
        ACTION + "govshare_mirror_show",
        MIRROR,
        N_("How far every mirror target agrees with what is public here; no entry is named"),
        (),
        ref("MirrorStatus"),
    ),
    Endpoint(
        "/embed/entries.json",
        MIRROR,
        N_("A short list of entries for pages of other sites"),
        (
            Parameter("q", N_("Words")),
            Parameter("organization", N_("Name of a department")),
            Parameter("theme", N_("Code of a theme")),
            Parameter("openness", N_("Class of openness")),
            Parameter("sort", N_("updated, created or title")),
            Parameter("rows", N_("Entries in one answer"), {"type": "integer", "minimum": 1, "maximum": 20}),
        ),
        ref("EmbeddedList"),
        refusals=(400, 503),
        tagged=True,
    ),
    Endpoint(
        ACTION + "govshare_deadline_show",
        CLOCK,
        N_("When a duty is due, and why: each day, counted or not, with reason and notice"),
        (
            Parameter("duty", N_("The duty, such as open_reply"), required=True),
            Parameter("received", N_("Instant of receipt with its offset, or the day alone"), required=True),
            Parameter("extension_days", N_("Working days of the extension, if one was granted"), NUMBER),
            Parameter("supplement_received", N_("When what was missing came in")),
        ),
        refusals=(409,),
    ),
    Endpoint(
        ACTION + "govshare_calendar_show",
        CLOCK,
        N_("The working-day calendar: its version and the notices it was made of"),
    ),
    Endpoint(
        ACTION + "govshare_statistics_show",
        FIGURES,
        N_("How many entries are public, by class, theme and department"),
    ),
    Endpoint(
        ACTION + "govshare_statistics_applications",
        FIGURES,
        N_("How applications for conditional data were answered, and what each figure means"),
        (_YEAR, _DEPARTMENT, Parameter("breakdown", N_("Months and departments as well"), FLAG)),
        refusals=(404, 409),
    ),
    Endpoint("/healthz", SERVICE, N_("200 while the service lives")),
    Endpoint(
        "/readyz",
        SERVICE,
        N_("200 when the service is in order, else 503 with one sentence for each fault"),
        refusals=(503,),
    ),
)
