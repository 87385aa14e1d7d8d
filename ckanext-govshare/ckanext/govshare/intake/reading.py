"""A file becomes a typed table, or is refused with a reason: the whole way in one process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import archive
from ckanext.govshare.intake.delimited import delimiter_of, read_rows
from ckanext.govshare.intake.encoding import decide_encoding, report, to_utf8
from ckanext.govshare.intake.findings import Finding, Intake
from ckanext.govshare.intake.kind import DELIMITED, HTML, PARQUET, WORKBOOKS, ZIP, kind_of
from ckanext.govshare.intake.layout import Layout, lay_out
from ckanext.govshare.intake.page_table import read_page
from ckanext.govshare.intake.parquet_rows import read_parquet
from ckanext.govshare.intake.record_table import read_records
from ckanext.govshare.intake.stage import to_parquet
from ckanext.govshare.intake.workbook import open_sheet


@dataclass(frozen=True)
class Wishes:
    """A person's corrections; None where nobody corrected."""

    sheet: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    member: str | None = None
    hidden: str | None = None

    @property
    def keep_hidden(self) -> bool:
        """Whether hidden rows and columns are wanted; else they are left out."""
        return self.hidden == "keep"


@dataclass(frozen=True)
class _Opened:
    """A table on its way: its name, its layout, and what was found before its rows."""

    name: str
    layout: Layout
    report: list[Finding]


def parse(path: Path, *, filename: str, workdir: Path, **wishes: str | int | None) -> Intake:
    """Read ``path`` in this process; see :func:`ckanext.govshare.intake.read_table` for the arguments."""
    opened = _open(path, filename, Wishes(**wishes), workdir)  # type: ignore[arg-type]
    table, about_columns = to_parquet(opened.layout, opened.name, workdir)
    return Intake((table,), (*opened.report, *opened.layout.report, *about_columns))


def _open(path: Path, filename: str, wishes: Wishes, workdir: Path) -> _Opened:
    kind, name = kind_of(path), Path(filename).stem
    if kind == ZIP:
        return _open_member(path, wishes, workdir)
    if kind in WORKBOOKS:
        sheet = open_sheet(path, kind, wishes.sheet, keep_hidden=wishes.keep_hidden)
        layout = lay_out(sheet.rows, wishes.header_row, sheet.merged)
        return _Opened(sheet.name, layout, sheet.report)
    if kind == PARQUET:
        return _Opened(name, *read_parquet(path))
    text, found = _as_text(path, wishes.encoding, workdir)
    if kind == DELIMITED:
        delimiter = delimiter_of(text)
        found.append(Finding("delimiter", facts={"delimiter": delimiter}))
        return _Opened(name, lay_out(read_rows(text, delimiter), wishes.header_row), found)
    if kind == HTML:
        page = read_page(text, wishes.sheet)
        return _Opened(name, lay_out(page.rows, wishes.header_row, page.merged), [*found, *page.report])
    layout, about = read_records(text, kind, wishes.sheet, wishes.header_row)
    return _Opened(name, layout, [*found, *about])


def _open_member(path: Path, wishes: Wishes, workdir: Path) -> _Opened:
    """Read the one table of an archive; an archive inside it is not opened."""
    member = workdir / "member"
    name, found = archive.unpack(path, wishes.member, member)
    if kind_of(member) == ZIP:
        raise RuleError("intake.archive_in_archive", member=name)
    opened = _open(member, name, wishes, workdir)
    return replace(opened, report=[*found, *opened.report])


def _as_text(path: Path, encoding: str | None, workdir: Path) -> tuple[Path, list[Finding]]:
    verdict = decide_encoding(path, encoding)
    text = workdir / "text"
    return text, [*report(verdict), *to_utf8(path, verdict.encoding, text)]
