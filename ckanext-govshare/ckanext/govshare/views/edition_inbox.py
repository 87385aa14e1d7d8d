"""The officers' inbox of editions (数据脱敏): what waits to be masked, checked, reviewed or released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.domain.edition import READ
from ckanext.govshare.domain.edition_duty import DUTIES
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.helpers.words import govshare_instant
from ckanext.govshare.runtime import in_shanghai, now
from ckanext.govshare.views import edition_bulk, officer
from ckanext.govshare.views.entry_search import pages
from ckanext.govshare.views.inbox_address import PER_PAGE, InboxAddress, page_of, words_of
from ckanext.govshare.views.inbox_question import LONGEST_WORDS

blueprint = Blueprint("govshare_edition_inbox", __name__, url_prefix="/workbench/edition")
blueprint.before_request(officer.admit)

NAMES = tuple(duty.name for duty in DUTIES)
EVERYBODY = "everybody"
# The page and the place on it where each duty is done; what could not be read is mended on the first page.
DONE_AT = {
    "mask": ("scan", "findings"),
    "check": ("check", None),
    "review": ("read", "secrecy"),
    "release": ("read", "decide"),
}


@dataclass(frozen=True)
class Question(InboxAddress):
    """The filters of the inbox; empty means all, ``whose`` empty means mine."""

    ENDPOINT = "govshare_edition_inbox.inbox"

    duty: str = ""
    whose: str = ""
    organization: str = ""
    q: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Question:
        """Read a query string; what makes no sense counts as not said."""
        duty = args.get("duty", "")
        return cls(
            duty=duty if duty in NAMES else "",
            whose=EVERYBODY if args.get("whose") == EVERYBODY else "",
            organization=args.get("organization", "")[:LONGEST_WORDS],
            q=words_of(args, LONGEST_WORDS),
            page=page_of(args),
        )

    def asked(self) -> dict[str, Any]:
        """Return the parameters of ``govshare_edition_waiting_list``."""
        everybody = self.whose == EVERYBODY
        filters = {"duty": self.duty, "everybody": everybody, "organization": self.organization, "q": self.q}
        return {**filters, **self.window}


@blueprint.route("/", strict_slashes=False)
def inbox() -> str:
    """Show the editions that wait for the reader, the longest waiting first."""
    question = Question.of(toolkit.request.args)
    found = officer.call("govshare_edition_waiting_list", question.asked())
    filtered = bool(question.organization or question.q)
    total = sum(found["counts"].values())
    return toolkit.render(
        "govshare/workbench/editions.html",
        {
            "question": question,
            "tabs": [_tab(question, name, found["counts"]) for name in ("", *NAMES)],
            "count": found["count"],
            "rows": [_row(row) for row in found["results"]],
            "pages": pages(question.page, found["count"], lambda number: question.url(page=number), PER_PAGE),
            "departments": officer.call("govshare_office_list"),
            "filtered": filtered,
            "known": None if filtered or question.whose else total,
        },
    )


@blueprint.route("/release", methods=["GET", "POST"])
def release() -> str | Response:
    """Ask once, then release the chosen editions, each judged alone."""
    return edition_bulk.page(Question.of(toolkit.request.values))


def _tab(question: Question, name: str, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "label": govshare_word("edition_duties", name) if name else toolkit._("All steps"),
        "url": question.url(duty=name),
        "count": counts.get(name, 0) if name else sum(counts.values()),
        "active": name == question.duty,
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    since = row["updated_at"]
    page, anchor = DONE_AT[row["duty"]] if row["intake"] == READ else ("read", None)
    return {
        **row,
        "pick": f"{row['id']}:{row['version']}",
        "url": toolkit.url_for(
            f"govshare_edition.{page}", name=row["entry"], number=row["number"], _anchor=anchor
        ),
        "since_text": govshare_instant(since),
        "waited": (in_shanghai(now()).date() - in_shanghai(datetime.fromisoformat(since)).date()).days,
    }
