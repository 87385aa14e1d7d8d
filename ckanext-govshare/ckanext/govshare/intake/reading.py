"""A file becomes a typed table, or is refused with a reason: the whole way in one process."""

from __future__ import annotations

from pathlib import Path

from ckanext.govshare.intake.delimited import delimiter_of, read_rows
from ckanext.govshare.intake.encoding import decide_encoding, report, to_utf8
from ckanext.govshare.intake.findings import Finding, Intake
from ckanext.govshare.intake.kind import DELIMITED, kind_of
from ckanext.govshare.intake.layout import Layout, lay_out
from ckanext.govshare.intake.stage import to_parquet
from ckanext.govshare.intake.workbook import open_sheet


def parse(
    path: Path,
    *,
    filename: str,
    sheet: str | None = None,
    encoding: str | None = None,
    header_row: int | None = None,
    workdir: Path,
) -> Intake:
    """Read ``path`` in this process; see :func:`ckanext.govshare.intake.read_table` for the arguments."""
    kind = kind_of(path)
    if kind == DELIMITED:
        name = Path(filename).stem
        layout, found = _delimited(path, encoding, header_row, workdir)
    else:
        opened = open_sheet(path, kind, sheet)
        name, found = opened.name, list(opened.report)
        layout = lay_out(opened.rows, header_row)
    table, about_columns = to_parquet(layout, name, workdir)
    return Intake((table,), (*found, *layout.report, *about_columns))


def _delimited(
    path: Path, encoding: str | None, header_row: int | None, workdir: Path
) -> tuple[Layout, list[Finding]]:
    verdict = decide_encoding(path, encoding)
    text = workdir / "text.csv"
    found = [*report(verdict), *to_utf8(path, verdict.encoding, text)]
    delimiter = delimiter_of(text)
    found.append(Finding("delimiter", facts={"delimiter": delimiter}))
    return lay_out(read_rows(text, delimiter), header_row), found
