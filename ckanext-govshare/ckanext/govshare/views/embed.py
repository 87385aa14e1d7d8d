"""``/embed`` (嵌入本站检索): search box and lists for other sites, with the lines to copy and what they look like."""

from __future__ import annotations

from typing import Any

from ckan.lib.search import SearchError
from ckan.plugins import toolkit
from flask import Blueprint, Response, request

from ckanext.govshare import config, rulebook
from ckanext.govshare.domain.embedding import NOBODY, frame_ancestors
from ckanext.govshare.domain.openness import CONDITIONAL
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.helpers.words import govshare_date
from ckanext.govshare.runtime import content_hash
from ckanext.govshare.views.entry_search import found_by_anybody
from ckanext.govshare.views.public_json import open_to_other_sites
from ckanext.govshare.views.question import Question

blueprint = Blueprint("govshare_embed", __name__)

ROWS, MOST_ROWS = 5, 20
NOT_MODIFIED = 304
BOX_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {}"


@blueprint.route("/embed")
def page() -> str:
    """Show the lines to copy, for the department and the theme that the address names, and a live look."""
    figures = toolkit.get_action("govshare_statistics_show")({}, {})
    departments = [row for row in figures["departments"] if row["entries"]]
    themes = [term for term in rulebook.vocabulary("theme").terms if figures["themes"].get(term.code)]
    return toolkit.render(
        "govshare/embed.html",
        {
            "departments": [{"value": row["name"], "label": row["title"]} for row in departments],
            "themes": [
                {"value": term.code, "label": toolkit.h.govshare_label("theme", term.code)} for term in themes
            ],
            "organization": _chosen("organization", [row["name"] for row in departments]),
            "theme": _chosen("theme", [term.code for term in themes]),
            "site_url": str(toolkit.config["ckan.site_url"]).rstrip("/"),
            "framed_by": _framed_by(),
            "nobody": NOBODY,
        },
    )


@blueprint.route("/embed/entries.json")
def entries() -> Response:
    """Send the entries that a question in the address finds for anybody, newest first unless words are asked for."""
    try:
        told = _told(Question.of_request(toolkit.url_for("dataset.search", _external=True)))
    except (SearchError, toolkit.ValidationError):
        return open_to_other_sites(Response("{}", 503, mimetype="application/json"))
    answer = Response(mimetype="application/json")
    answer.set_etag(content_hash(told)[:24])
    answer.make_conditional(request.environ)
    if answer.status_code != NOT_MODIFIED:
        answer.set_data(toolkit.h.dump_json(told, ensure_ascii=False))
    return open_to_other_sites(answer)


@blueprint.route("/embed/box")
def box() -> Response:
    """Show the search box alone, for a frame on the sites that the configuration names; for nobody else."""
    answer = Response(toolkit.render("govshare/embed_box.html"))
    answer.headers["Content-Security-Policy"] = BOX_POLICY.format(_framed_by())
    return answer


def _told(question: Question) -> dict[str, Any]:
    found = found_by_anybody(question, _rows())
    _ = toolkit._
    return {
        "count": found["count"],
        "all": question.url(),
        "words": {
            "all": _("All %(count)s") % {"count": f"{found['count']:,}"},
            "none": _("No entry found"),
            "apply": _("Apply for data"),
        },
        "entries": [_entry(entry) for entry in found["results"]],
    }


def _entry(entry: dict[str, Any]) -> dict[str, str]:
    url = toolkit.url_for("dataset.read", id=entry["name"], _external=True)
    return {
        "title": entry["title"] or entry["name"],
        "url": url,
        "department": (entry.get("organization") or {}).get("title", ""),
        "openness": entry["openness"],
        "openness_label": govshare_word("openness", entry["openness"]),
        "updated": govshare_date(str(entry.get("data_updated") or "")[:10]),
        "apply": f"{url}/apply" if entry["openness"] == CONDITIONAL else "",
    }


def _chosen(name: str, known: list[str]) -> str:
    asked = request.args.get(name, "")
    return asked if asked in known else next(iter(known), "")


def _rows() -> int:
    text = request.args.get("rows", "")
    return min(max(int(text), 1), MOST_ROWS) if text.isascii() and text.isdigit() else ROWS


def _framed_by() -> str:
    return frame_ancestors(config.text("embed_origins").split())
