"""Files as offices make them, written byte by byte where no library writes that shape; used by tests only."""

import io
import zipfile

import openpyxl
import xlwt


def zipped(members, **options):
    """Return an archive; names may be anything, also what no sane program writes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def xlsx(fill, *sheets):
    """Return an ``.xlsx``; ``fill`` gets its first sheet, or the whole workbook with all named sheets."""
    book = openpyxl.Workbook()
    book.active.title = sheets[0] if sheets else "数据"
    for name in sheets[1:]:
        book.create_sheet(name)
    fill(book if len(sheets) > 1 else book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls(fill):
    """Return an ``.xls`` (BIFF8) of one sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    fill(book.add_sheet("数据"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" office:version="1.2">
<office:automatic-styles><style:style style:name="hid" style:family="table">
<style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>"""


def ods(*tables):
    """Return an ``.ods`` of these ``table:table`` elements."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
    )
    return zipped({
        "mimetype": ODS_TYPE, "content.xml": _ODS % "".join(tables), "META-INF/manifest.xml": manifest,
    })  # fmt: skip


def ods_table(name, *rows, columns="", style=""):
    """Return one sheet; a row is a list of cells or ready markup."""
    body = "".join(row if isinstance(row, str) else ods_row(row) for row in rows)
    shown = f' table:style-name="{style}"' if style else ""
    return f'<table:table table:name="{name}"{shown}>{columns}{body}</table:table>'


def ods_row(cells, attributes=""):
    """Return one row of text and number cells."""
    return f"<table:table-row{attributes}>{''.join(map(ods_cell, cells))}</table:table-row>"


def ods_cell(value, attributes=""):
    """Return one cell."""
    if value is None:
        return f"<table:table-cell{attributes}/>"
    if isinstance(value, (int, float)):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}"{attributes}>'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return f'<table:table-cell office:value-type="string"{attributes}><text:p>{value}</text:p></table:table-cell>'
