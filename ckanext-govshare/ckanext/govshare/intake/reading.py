"""A file becomes typed tables, or is refused with a reason: the whole way in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ckanext.govshare.domain.edition_table import IN_TABLE
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import archive, limits
from ckanext.govshare.intake.delimited import delimiter_of, read_rows
from ckanext.govshare.intake.encoding import decide_encoding, report, to_utf8
from ckanext.govshare.intake.findings import Finding, Intake, Table
from ckanext.govshare.intake.kind import DELIMITED, HTML, PARQUET, WORKBOOKS, ZIP, kind_of
from ckanext.govshare.intake.layout import Layout, lay_out
from ckanext.govshare.intake.page_table import read_page
from ckanext.govshare.intake.parquet_rows import read_parquet
from ckanext.govshare.intake.record_table import read_records
from ckanext.govshare.intake.sheet_facts import SheetFacts
from ckanext.govshare.intake.stage import to_parquet
from ckanext.govshare.intake.workbook import open_workbook


@dataclass(frozen=True)
class Wishes:
    """A person's corrections; empty or None where nobody corrected."""

    sheet: Sequence[str] = ()
    encoding: str | None = None
    header_row: int | None = None
    member: Sequence[str] = ()
    hidden: str | None = None

    @property
    def keep_hidden(self) -> bool:
        """Whether hidden rows and columns are wanted; else they are left out."""
        return self.hidden == "keep"

    @property
    def record(self) -> str | None:
        """Which list of a file of records, or table of a page, is wanted: one, for they lie inside each other."""
        return self.sheet[0] if self.sheet else None


@dataclass(frozen=True)
class _Opened:
    """A table on its way: its layout, and what was found before its rows."""

    layout: Layout
    report: Sequence[Finding] = ()


@dataclass(frozen=True)
class _Source:
    """A table of the file before it is opened; ``chosen_by`` is the correction by which a person may want it alone."""

    name: str
    open: Callable[[], _Opened]
    chosen_by: tuple[str, str] = ("", "")


Sources = tuple[list[_Source], list[Finding]]


def parse(path: Path, *, filename: str, workdir: Path, **wishes: object) -> Intake:
    """Read ``path`` in this process; see :func:`ckanext.govshare.intake.read_tables` for the arguments."""
    sources, report = _sources(path, Path(filename).stem, Wishes(**wishes), workdir)  # type: ignore[arg-type]
    names = _unique([source.name for source in sources])
    if len(sources) > limits.MAX_TABLES:
        raise RuleError("intake.too_many_tables", "sheet", count=len(sources), limit=limits.MAX_TABLES)
    tables: list[Table] = []
    for source, name in zip(sources, names, strict=True):
        target, before = workdir / f"table-{len(tables) + 1}.parquet", sum(table.rows for table in tables)
        with _blamed(name, sources):
            opened = source.open()
            table, about_columns = to_parquet(opened.layout, name, target, before)
        tables.append(table)
        found = (*opened.report, *opened.layout.report, *about_columns)
        report += [replace(finding, table=name) for finding in found] if len(names) > 1 else found
    return Intake(tuple(tables), tuple(report))


@contextmanager
def _blamed(name: str, sources: Sequence[_Source]) -> Iterator[None]:
    """Say which of several tables cannot be read, and by which correction a person can choose the others."""
    try:
        yield
    except RuleError as error:
        if len(sources) == 1:
            raise
        option = sources[0].chosen_by[0]
        names = list(dict.fromkeys(source.chosen_by[1] for source in sources))
        facts = {**error.facts, IN_TABLE: name, "option": option, "names": names}
        raise RuleError(error.code, error.field, **facts) from error


def _unique(names: Sequence[str]) -> list[str]:
    """Return names of which no two are the same."""
    made: list[str] = []
    for name in names:
        taken = sum(other == name or other.startswith(f"{name} (") for other in made)
        made.append(f"{name} ({taken + 1})" if name in made else name)
    return made


def _sources(path: Path, name: str, wishes: Wishes, workdir: Path) -> Sources:
    """Return the tables of a file, unopened, and what is to be said of the file."""
    kind = kind_of(path)
    if kind == ZIP:
        return _of_archive(path, wishes, workdir)
    if kind in WORKBOOKS:
        return _of_workbook(path, kind, wishes)
    return [_Source(name, lambda: _open(path, kind, wishes, workdir))], []


def _of_archive(path: Path, wishes: Wishes, workdir: Path) -> Sources:
    """Unpack the tables of an archive; an archive inside it is not opened."""
    members, report = archive.tables(path, wishes.member)
    names = [member.name for member in members]
    report.insert(0, Finding("member", facts={"member": "、".join(names), "names": names}))
    sources: list[_Source] = []
    for number, member in enumerate(members, 1):
        place = workdir / f"member-{number}"
        archive.unpack(path, member, place)
        if kind_of(place) == ZIP:
            raise RuleError("intake.archive_in_archive", member=member.name)
        stem = Path(member.name).stem
        inside, about = _sources(place, stem, wishes, workdir)
        if len(members) > 1:
            inside = [
                replace(
                    one,
                    name=f"{stem} · {one.name}" if len(inside) > 1 else stem,
                    chosen_by=("member", member.name),
                )
                for one in inside
            ]
        sources += inside
        report += about
    return sources, report


def _of_workbook(path: Path, kind: str, wishes: Wishes) -> Sources:
    workbook = open_workbook(path, kind, wishes.sheet)

    def source(facts: SheetFacts) -> _Source:
        def opened() -> _Opened:
            sheet = workbook.sheet(facts, keep_hidden=wishes.keep_hidden)
            return _Opened(lay_out(sheet.rows, wishes.header_row, sheet.merged), sheet.report)

        return _Source(facts.name, opened, ("sheet", facts.name))

    return [source(facts) for facts in workbook.chosen], workbook.report


def _open(path: Path, kind: str, wishes: Wishes, workdir: Path) -> _Opened:
    """Open a file that holds one table."""
    if kind == PARQUET:
        return _Opened(*read_parquet(path))
    verdict = decide_encoding(path, wishes.encoding)
    text = workdir / f"{path.name}.text"
    found = [*report(verdict), *to_utf8(path, verdict.encoding, text)]
    if kind == DELIMITED:
        delimiter = delimiter_of(text)
        found.append(Finding("delimiter", facts={"delimiter": delimiter}))
        return _Opened(lay_out(read_rows(text, delimiter), wishes.header_row), found)
    if kind == HTML:
        page = read_page(text, wishes.record)
        return _Opened(lay_out(page.rows, wishes.header_row, page.merged), [*found, *page.report])
    layout, about = read_records(text, kind, wishes.record, wishes.header_row)
    return _Opened(layout, [*found, *about])
