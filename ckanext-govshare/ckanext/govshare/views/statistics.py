"""``/statistics``: how applications are answered (依申请开放情况), with pictures, tables, definitions and a file of it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint
from markupsafe import Markup
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.domain.application_figures import BUCKETS, OUTCOMES
from ckanext.govshare.exports import as_svg, figures_csv
from ckanext.govshare.logic.errors import language

blueprint = Blueprint("govshare_statistics", __name__)

Row = Mapping[str, Any]
# The figures that a reader looks for first, and those of each line of a table.
CHIEF = ("received", "on_time_share", "median_days", "overdue")
LINE = ("received", "answered", "on_time", "late", "overdue", "extended", "on_time_share", "median_days")


@blueprint.route("/statistics")
def applications() -> str:
    """Show one year: of the whole city, or of one department."""
    shown = _asked()
    told = {row["code"]: row for row in shown["definitions"]}
    total = shown["total"]
    return toolkit.render(
        "govshare/statistics.html",
        {
            "shown": shown,
            "chief": chief(shown),
            "line": [told[code] for code in LINE],
            "stands": _picture("stands", [(told[code]["label"], total.get(code, 0)) for code in BUCKETS]),
            "months": _picture(
                "months", [(_month(row["month"]), row["received"]) for row in shown["months"]]
            ),
            "outcomes": _picture("outcomes", _worded("application_states", total.get("outcomes", {}))),
            "refusals": _picture("refusals", _reasons(total.get("refusals", {}))),
            "month_rows": [_dashed(row, _month(row["month"])) for row in shown["months"]],
            "department_rows": [_linked(row, shown["year"]) for row in shown["departments"]],
            "offices": shown["offices"],
        },
    )


@blueprint.route("/statistics.csv")
def file() -> Response:
    """Give the same as a table: the year, its months, the departments, and each month of each department."""
    shown = _asked()
    name = "-".join(
        filter(None, ("applications", str(shown["year"]), (shown["organization"] or {}).get("name")))
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    body = figures_csv.written(_header(shown), _lines(shown))
    answer = Response(body, content_type="text/csv; charset=utf-8", headers=headers)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(toolkit.request.environ)


def chief(shown: Row, page: str = "") -> list[dict[str, Any]]:
    """Return the chief figures with their words; each leads to its definition on ``page``."""
    told = {row["code"]: row for row in shown["definitions"]}
    return [
        {
            "label": told[code]["label"],
            "value": shown["total"].get(code),
            "unit": told[code]["unit"],
            "url": f"{page}#{code}",
            "tone": "bad" if code == "overdue" and shown["total"].get(code) else "",
        }
        for code in CHIEF
    ]


def _asked() -> Any:
    args = toolkit.request.args
    asked = {"year": args.get("year", ""), "organization": args.get("organization", ""), "breakdown": True}
    try:
        return toolkit.get_action("govshare_statistics_applications")({}, asked)
    except toolkit.ValidationError as error:
        toolkit.abort(404, " ".join(text for texts in error.error_dict.values() for text in texts))
    except toolkit.ObjectNotFound as error:
        toolkit.abort(404, str(error))


def _picture(name: str, values: list[tuple[str, int]]) -> dict[str, Any]:
    """Return bars, and the same values for a table beside them."""
    _ = toolkit._
    titles = {
        "stands": _("Where the applications stand"),
        "months": _("Applications received by month"),
        "outcomes": _("How they were answered"),
        "refusals": _("Why they were refused"),
    }
    text = _("%(count)s applications in all.") % {"count": sum(number for _word, number in values)}
    counts = [(word, float(number)) for word, number in values]
    drawing = as_svg.both(as_svg.bars, counts, titles[name], text, name=name)
    return {
        "name": name,
        "title": titles[name],
        "text": text,
        "svg": Markup(drawing),  # noqa: S704 - escaped there
        "rows": [{"word": word, "number": number} for word, number in values],
        "count": sum(number for _word, number in values),
    }


def _linked(row: Row, year: int) -> dict[str, Any]:
    """Return a department's line with a link to its own figures; one that is no more has none."""
    page = toolkit.url_for("govshare_statistics.applications", year=year, organization=row["name"])
    return _dashed(row, toolkit.h.link_to(row["title"], page) if row["name"] else row["title"])


def _dashed(row: Row, name: str) -> dict[str, Any]:
    """Return a line of a table: a dash where there is nothing to say yet."""
    return {"name": name, **{code: "–" if row[code] is None else row[code] for code in LINE}}


def _month(month: int) -> str:
    return toolkit._("month %(month)s") % {"month": month}


def _worded(words: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(rulebook.words(words)[code][language()], number) for code, number in counts.items()]


def _reasons(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    terms = rulebook.application_terms("refusal_reasons")
    return [(term.label[language()], counts[term.code]) for term in terms if term.code in counts]


def _header(shown: Row) -> list[str]:
    _ = toolkit._
    words = rulebook.words("application_states")
    unit = {row["code"]: f"({row['unit']})" if row["unit"] else "" for row in shown["definitions"]}
    return [
        _("Year"),
        _("Month"),
        _("Department"),
        *(row["label"] + unit[row["code"]] for row in shown["definitions"]),
        *(_("Answer: %(outcome)s") % {"outcome": words[code][language()]} for code in OUTCOMES),
        *(
            _("Refused: %(reason)s") % {"reason": term.label[language()]}
            for term in rulebook.application_terms("refusal_reasons")
        ),
    ]


def _lines(shown: Row) -> Iterator[list[str | int | None]]:
    whole = (shown["organization"] or {}).get("title") or toolkit._("whole city")
    yield _line(shown, shown["total"], toolkit._("whole year"), whole)
    for row in shown["months"]:
        yield _line(shown, row, row["month"], whole)
    if not shown["organization"]:
        for row in shown["departments"]:
            yield _line(shown, row, toolkit._("whole year"), row["title"])
        for row in shown["cells"]:
            yield _line(shown, row, row["month"], row["title"])


def _line(shown: Row, row: Row, month: str | int, office: str) -> list[str | int | None]:
    outcomes, refusals = row.get("outcomes", {}), row.get("refusals", {})
    return [
        shown["year"],
        month,
        office,
        *(row.get(told["code"]) for told in shown["definitions"]),
        *(outcomes.get(code) for code in OUTCOMES),
        *(refusals.get(term.code) for term in rulebook.application_terms("refusal_reasons")),
    ]
