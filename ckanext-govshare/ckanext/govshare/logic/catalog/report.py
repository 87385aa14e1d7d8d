"""The report of a dry run or an import: one line for each thing to mend, with row, column and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.catalog_import import OUTCOMES
from ckanext.govshare.exports.catalog.as_xlsx import write_report
from ckanext.govshare.logic.catalog import show
from ckanext.govshare.logic.marking import N_
from ckanext.govshare.model import CatalogImport


def write(job: CatalogImport, target: Path) -> None:
    """Write the report as a workbook: every row of the file at least once, and the counts."""
    headers = [
        toolkit._("Row"),
        toolkit._("Name"),
        toolkit._("Result"),
        toolkit._("Column"),
        toolkit._("Field"),
        toolkit._("What is to be done, or what changes"),
    ]
    shown = show.show(job)
    summary = {
        toolkit._("File"): shown["filename"],
        toolkit._("Department"): shown["organization_title"],
        toolkit._("State"): shown["state_label"],
        toolkit._("Rows"): str(shown["total"]),
        **{show.word("import_outcomes", outcome): str(shown["counts"][outcome]) for outcome in OUTCOMES},
        toolkit._("Rows put in order"): str(shown["corrected"]),
    }
    write_report(headers, _lines(job), summary, target)


def corrections(job: CatalogImport) -> dict[str, int]:
    """Count the corrections by kind and field, the most frequent first."""
    found: Counter[str] = Counter()
    for row in show.rows(job, limit=0):
        found.update({_kind(told) for told in row["corrections"]})
    return dict(found.most_common())


def place(told: Mapping[str, Any]) -> str:
    """Return where something stands: 第12行 C列（更新频率）."""
    row = toolkit._("row %(row)s") % {"row": told["row"]}
    if not told["position"]:
        return f"{row}:"
    return toolkit._("row %(row)s, column %(position)s (%(column)s):") % {
        "row": told["row"],
        "position": told["position"],
        "column": told["column"],
    }


_KINDS = {
    "catalog.put_in_order": N_("put into standard form"),
    "catalog.left_out": N_("left empty, could not be read"),
    "catalog.format_class_derived": N_("derived from the formats"),
    "catalog.renamed": N_("numbered, was used already"),
}


def _kind(told: Mapping[str, Any]) -> str:
    return f"{told['label']} {toolkit._(_KINDS[told['code']])}"


def _lines(job: CatalogImport) -> Iterator[list[str]]:
    for row in show.rows(job, limit=0):
        head = [str(row["number"]), row["title"], row["outcome_label"]]
        told = [*row["problems"], *row["corrections"]]
        for one in told:
            yield [*head, f"{one['position']} {one['column']}".strip(), one["label"], one["message"]]
        for change in row["diff"]:
            yield [*head, "", change["label"], f"{change['before']} → {change['after']}"]
        if not told and not row["diff"]:
            yield [*head, "", "", ""]
