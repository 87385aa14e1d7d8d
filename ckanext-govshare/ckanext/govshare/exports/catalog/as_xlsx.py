"""The catalog as a workbook, the empty template with its lists, and the report of an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ckanext.govshare.exports.catalog.layout import BY_CODE, Card, Layout

CELL_LIMIT = 32_767
TEMPLATE_ROWS = 2_000  # rows of the template that offer the lists
SHEET = "目录"

_HEADER = {"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True, "valign": "vcenter"}
_WIDTHS = {"title": 36, "notes": 48, "data_items": 48, "openness_basis": 36}


def write_xlsx(cards: Iterable[Card], layout: Layout, target: Path) -> None:
    """Write one row for each card; every cell is text, so that codes keep their zeros."""
    with xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = _sheet(book, SHEET, layout)
        for number, card in enumerate(cards, 1):
            _write(sheet, number, layout.cells(card))


def write_template(layout: Layout, example: Card, notes: Sequence[Sequence[str]], target: Path) -> None:
    """Write the empty form: headers, lists to choose from, one example row, and a sheet of notes.

    ``notes`` are the rows of the sheet 填表说明, its header first. The example says of itself that it is one;
    the import leaves it out.
    """
    with xlsxwriter.Workbook(str(target)) as book:
        sheet = _sheet(book, SHEET, layout)
        _write(sheet, 1, layout.cells(example), book.add_format({"italic": True, "font_color": "#666666"}))
        notes_sheet = book.add_worksheet("填表说明")
        notes_sheet.set_column(0, 0, 20)
        notes_sheet.set_column(1, 5, 40, book.add_format({"text_wrap": True, "valign": "top"}))
        for number, row in enumerate(notes):
            _write(notes_sheet, number, row, book.add_format(_HEADER) if not number else None)
        _offer_lists(book, sheet, layout)


def write_report(
    headers: Sequence[str], rows: Iterable[Sequence[str]], summary: Mapping[str, str], target: Path
) -> None:
    """Write what a dry run or an import found, row by row, and the counts on a sheet of their own."""
    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format(_HEADER)
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("逐行报告")
        sheet.set_column(0, len(headers) - 1, 28, wrap)
        sheet.freeze_panes(1, 0)
        _write(sheet, 0, headers, head)
        last = 0
        for last, row in enumerate(rows, 1):
            _write(sheet, last, row, wrap)
        sheet.autofilter(0, 0, last, len(headers) - 1)
        counts = book.add_worksheet("汇总")
        counts.set_column(0, 1, 24)
        for number, (name, count) in enumerate(summary.items()):
            _write(counts, number, (name, count))


def _sheet(book: Workbook, name: str, layout: Layout) -> Worksheet:
    sheet = book.add_worksheet(name)
    for place, field in enumerate(layout.fields):
        sheet.set_column(place, place, _WIDTHS.get(field.name, 18))
    sheet.freeze_panes(1, 1)
    head = book.add_format(_HEADER)
    _write(sheet, 0, layout.headers, head)
    return sheet


def _write(sheet: Worksheet, row: int, cells: Sequence[str], style: object = None) -> None:
    for place, cell in enumerate(cells):
        if cell:
            sheet.write_string(row, place, _fitting(cell), style)


def _fitting(cell: str) -> str:
    """Cut what a cell cannot hold, at the end of a line."""
    return cell if len(cell) <= CELL_LIMIT else cell[:CELL_LIMIT].rsplit("\n", 1)[0]


def _offer_lists(book: Workbook, sheet: Worksheet, layout: Layout) -> None:
    """Give the columns of short vocabularies a list; the words stand on a hidden sheet."""
    words_sheet = book.add_worksheet("选项")
    words_sheet.hide()
    for place, field in enumerate(layout.fields):
        if field.kind not in ("choice", "license") or field.vocabulary in BY_CODE:
            continue
        words = layout.vocabularies[field.vocabulary]
        labels = [layout.word(field, term.code) for term in words.terms]
        for row, label in enumerate(labels):
            words_sheet.write_string(row, place, label)
        column = xlsxwriter.utility.xl_col_to_name(place)
        sheet.data_validation(
            1,
            place,
            TEMPLATE_ROWS,
            place,
            {
                "validate": "list",
                "source": f"=选项!${column}$1:${column}${len(labels)}",
                "error_title": field.header_1272,
                "error_message": "请从下拉列表中选择。",
                "error_type": "warning",
            },
        )
