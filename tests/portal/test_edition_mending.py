"""Every reason against an edition leads to the place that mends it, or it is written down why there is none."""

from __future__ import annotations

import re
from pathlib import Path

import ckanext.govshare
import pytest
from ckanext.govshare.views import edition_mending as mending

ROOM = Path(ckanext.govshare.__file__).parent
# What the gate and the moves of an edition hold against a step.
SOURCES = (
    "domain/release.py", "domain/workflow.py", "domain/desensitization/clearance.py", "domain/desensitization/plan.py",
    "domain/desensitization/parameters.py", "domain/desensitization/risk.py", "domain/desensitization/rebuilding.py",
    "logic/edition/cases.py", "logic/edition/receiving.py", "logic/reviews.py",
)  # fmt: skip
# Said of other cases than an edition's.
ELSEWHERE = {"release.needs_grant", "release.data_withdrawn", "change.not_published"}
COLUMNS = ({"name": "姓名"}, {"name": "k"}, {"name": "手机"})

# code, field as the domain gives it → page and place
PLACES = [
    ("release.blocking_finding", "plan.手机", ("scan", "column-2")),
    ("plan.keep_needs_reason", "plan.姓名", ("scan", "column-0")),
    ("plan.no_quasi_identifiers", "plan.quasi_identifiers", ("scan", "quasi_identifiers")),
    ("plan.nothing_left", None, ("scan", "plan")),
    ("plan.bad_threshold", "plan.l", ("scan", "l")),
    ("risk.k_too_small", "risk", ("scan", "quasi_identifiers")),
    ("risk.l_too_small", "risk", ("scan", "quasi_identifiers")),
    ("release.not_scanned", "scan", ("scan", "findings")),
    ("edition.not_scanned", "scan", ("scan", "findings")),
    ("release.not_masked", "plan", ("scan", "plan")),
    ("edition.has_plan", "plan", ("scan", "plan")),
    ("edition.no_plan", "plan", ("scan", "plan")),
    ("edition.not_read", None, ("read", "reread")),
    ("edition.bad_header_row", "header_row", ("read", "header_row")),
    ("edition.bad_encoding", "encoding", ("read", "encoding")),
    ("release.entry_not_published", None, ("publication", "decide")),
    ("release.closed", None, ("publication", "decide")),
    ("release.not_desensitized", None, ("scan", "plan")),
    ("release.not_checked", None, ("check", "decide")),
    ("release.checker_is_operator", None, ("check", "decide")),
    ("release.bytes_changed", None, ("check", "decide")),
    ("release.no_secrecy_review", None, ("read", "secrecy")),
    ("release.secrecy_review_refuses", None, ("read", "secrecy")),
    ("release.review_of_other_content", None, ("read", "secrecy")),
    ("review.basis_missing", "review", ("read", "secrecy")),
    ("workflow.same_person", None, None),
]


@pytest.mark.parametrize(("code", "field", "place"), PLACES)
def test_where_a_reason_is_mended(code, field, place):
    assert mending.place_of(code, field, COLUMNS) == place


def said() -> dict[str, str]:
    """Every reason code of the gate and the moves with its field: ``plan.…`` where it is told by column."""
    found = {}
    for source in SOURCES:
        text = (ROOM / source).read_text(encoding="utf-8")
        for code, rest in re.findall(r'Reason\(\s*"([a-z_]+\.[a-z_]+)"(.*?)\)(?=[,\s\])])', text, re.DOTALL):
            field = re.search(
                r'field="(\w+)"|f"(plan\.)|\b(where)\b|"(review|plan\.\w+|risk|upload|header_row|encoding)"',
                rest,
            )
            found[code] = next((part for part in field.groups() if part), "") if field else ""
    return found


def test_no_reason_is_left_without_a_place_or_a_word_why():
    """A new reason code of the gate or of a move has to be told where it is mended."""
    codes = said()
    assert len(codes) > 35
    lost = {
        code
        for code, field in codes.items()
        if code not in ELSEWHERE
        and code not in mending.NOWHERE
        # The note and the file are asked for by the form that comes back.
        and field not in ("note", "upload")
        and not mending.place_of(code, "plan.姓名" if field in ("plan.", "where") else field, COLUMNS)
    }
    assert lost == set()


def test_every_place_is_on_its_page(root):
    """An anchor that no template knows leads nowhere."""
    folder = root / "theme/templates/govshare"
    texts = {page: (folder / f"edition/{page}.html").read_text() for page in ("read", "scan", "check")}
    texts["read"] += (folder / "edition/options.html").read_text()
    texts["publication"] = (folder / "workbench/case.html").read_text()
    for page in texts:
        texts[page] += (folder / "macros/decision.html").read_text()
    for page, anchor in {*mending.FIELDS.values(), *mending.CODES.values()}:
        assert re.search(
            rf'id="{anchor}"|_input\("{anchor}"|select\("{anchor}"|several\("{anchor}"', texts[page]
        ), (page, anchor)


@pytest.mark.usefixtures("with_plugins", "with_request_context")
def test_a_link_on_the_same_page_loses_nothing_typed():
    entry = {"id": "a", "name": "tingche"}
    page = "/dataset/tingche/edition/3/scan"
    column = ("scan", "column-2")
    assert mending.link(column, ("scan", 1), entry, 3, 1) == "#column-2"
    assert mending.link(column, ("check", 1), entry, 3, 1).endswith(f"{page}#column-2")
    assert mending.link(column, ("scan", 1), entry, 3, 2).endswith(f"{page}?table=2#column-2")
    assert mending.link(("publication", "decide"), ("read", 1), entry, 3, 1).endswith(
        "/workbench/publication/a#decide"
    )
    assert mending.link(None, ("read", 1), entry, 3, 1) == ""
