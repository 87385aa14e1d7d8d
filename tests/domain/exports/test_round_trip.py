"""Property: whatever table an office delivers as CSV, every format gives back equal rows."""

import csv
import datetime as dt
import tempfile
from pathlib import Path

from ckanext.govshare.exports import build
from ckanext.govshare.intake.reading import parse
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.exports.readers import READERS, cast

# Any text that a cell may hold, save what intake repairs or refuses by rules tested elsewhere.
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff")
    | st.sampled_from("\n\t,;|\"'&<>"),
    max_size=12,
).filter(lambda text: not text or (text.strip() and text[0] not in "=+-@"))
CELLS = {
    "words": WORDS,
    "integers": st.integers(-(10**15) + 1, 10**15 - 1).map(str),
    "decimals": st.decimals(-999_999, 999_999, places=3)
    .map(str)
    .filter(lambda text: not text.startswith("-0.000")),
    "dates": st.dates(min_value=dt.date(1901, 1, 1)).map(str),
    "truth": st.sampled_from(["true", "false"]),
    "codes": st.integers(0, 999_999).map("{:08d}".format),
}


@st.composite
def tables(draw):
    kinds = ["words", *draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))]
    cells = [CELLS[kind] if kind == "words" else st.just("") | CELLS[kind] for kind in kinds]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=8))
    # The first column is never empty, so that no row is blank and none looks like a note.
    return [(f"第{number}行{row[0]}", *row[1:]) for number, row in enumerate(rows)]


@given(tables())
@settings(max_examples=12)
def test_csv_to_all_formats_and_back(rows):
    header = [f"列名{number}" for number in range(1, len(rows[0]) + 1)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "in.csv"
        with source.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
        (table,) = parse(source, filename="in.csv", workdir=root).tables
        assert [column.name for column in table.columns] == header
        expected = [
            tuple(cast(column, cell or None) for column, cell in zip(table.columns, row, strict=True))
            for row in rows
        ]
        for built in build(table.parquet, table.columns, root / "shelf", "表"):
            assert READERS[built.format](built.path, table.columns) == expected, built.format
