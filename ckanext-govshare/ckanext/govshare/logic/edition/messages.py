"""The sentences about uploaded tables and editions: what was refused, what was found, at which place."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

REFUSED: dict[str, str] = {
    "intake.file_empty": N_("The file holds no data. Choose the file that holds the table."),
    "intake.file_too_large": N_("The file is larger than %(limit)s MB. Split the table into several files."),
    "intake.wrong_type": N_("This is a %(found)s file. Upload the table as CSV, TSV, XLS or XLSX."),
    "intake.binary": N_("The file is no text and no workbook. Upload the table as CSV, TSV, XLS or XLSX."),
    "intake.workbook_encrypted": N_(
        "The workbook is protected by a password. Save it without one and upload it again."
    ),
    "intake.workbook_damaged": N_(
        "The workbook is damaged or not a real workbook. Open it, save it again as XLSX or CSV, and upload that."
    ),
    "intake.archive_too_large": N_(
        "Unpacked, the workbook would take %(unpacked_mb)s MB (%(ratio)s times its size). Save it as CSV."
    ),
    "intake.file_too_demanding": N_(
        "Reading the file took more than %(seconds)s seconds or %(memory_mb)s MB of memory. Save it as CSV, or split it."
    ),
    "intake.encoding_unknown": N_("No encoding reads the whole file (tried: %(tried)s). Save it as UTF-8."),
    "intake.encoding_wrong": N_("Row %(row)s cannot be read as %(encoding)s. Choose another encoding."),
    "intake.sheet_unknown": N_("There is no sheet “%(sheet)s”; the workbook has: %(sheets)s."),
    "intake.sheet_not_chosen": N_("Several sheets hold data: %(sheets)s. Choose one of them."),
    "intake.header_missing": N_(
        "Row %(row)s looks like data, not like column names: %(text)s. Add a row of names, or say which row holds them."
    ),
    "intake.header_row_unknown": N_("Row %(row)s holds no column names, for it is empty or does not exist."),
    "intake.no_rows": N_("Below the column names in row %(row)s there is no row of data."),
    "intake.row_too_wide": N_(
        "Row %(row)s has %(cells)s cells, but there are %(columns)s columns. Look for a delimiter inside a value."
    ),
    "intake.too_many_columns": N_(
        "Row %(row)s has %(columns)s columns; at most %(limit)s are allowed. Split the table, or turn columns into rows."
    ),
    "intake.too_many_rows": N_("The table has more than %(limit)s rows. Split it into several entries."),
    "intake.column_name_too_long": N_(
        "The column name in row %(row)s, column %(letter)s, has more than %(limit)s characters. Shorten it."
    ),
    "intake.cell_too_long": N_("A cell in row %(row)s holds more than %(limit)s characters. Shorten it."),
    "intake.formula_cells": N_(
        "Row %(row)s, column %(letter)s, holds a formula (%(count)s in all). Replace formulas by their values."
    ),
    "intake.broken_quotes": N_(
        "The quotation marks in or before row %(row)s do not match. Mend them and upload again."
    ),
    "exports.too_many_rows_for_xlsx": N_(
        "A spreadsheet holds at most %(limit)s rows; the table has %(rows)s."
    ),
    "edition.no_file": N_("Choose a file."),
    "edition.same_bytes": N_("Exactly this file is already edition %(number)s of the entry."),
    "edition.not_read": N_("The file has not been read yet, or cannot be read."),
    "edition.closed": N_("This edition is “%(status)s”; its file can no longer be read in another way."),
    "edition.released": N_("This edition has been released."),
    "edition.not_released": N_("This edition has not been released."),
    "edition.release_under_way": N_("The release has been asked for; the files are being made."),
    "edition.build_failed": N_(
        "Making the files failed; it is tried again by itself. The old edition stays public."
    ),
    "edition.bad_header_row": N_("“%(value)s” is not the number of a row."),
    "edition.bad_encoding": N_("“%(value)s” is not one of the encodings offered."),
}

FOUND: dict[str, str] = {
    "encoding": N_("Encoding: %(encoding)s (possible: %(possible)s)."),
    "encoding_doubtful": N_(
        "Two encodings read the file almost equally well: %(possible)s. Check the text below."
    ),
    "delimiter": N_("Columns are separated by “%(delimiter)s”."),
    "sheet": N_("Sheet read: “%(sheet)s”."),
    "sheet_hidden": N_("The hidden sheet “%(sheet)s” was not read."),
    "header": N_("Row %(row)s holds the names of %(columns)s columns."),
    "preamble_cut": N_("Row %(row)s stands above the table and was left out: %(text)s."),
    "footer_cut": N_("Row %(row)s stands below the table and was left out: %(text)s."),
    "blank_rows_dropped": N_("Blank rows were left out: %(count)s, the first in row %(row)s."),
    "row_padded": N_(
        "Rows with too few cells were filled up with missing values: %(count)s, the first in row %(row)s."
    ),
    "column_without_name": N_("Column %(letter)s has no name and was called “%(name)s”."),
    "column_name_repeated": N_("The name “%(was)s” in column %(letter)s occurs twice and became “%(name)s”."),
    "column_name_cleaned": N_(
        "Blanks and line breaks were removed from the name of column %(letter)s: “%(name)s”."
    ),
    "column_empty_dropped": N_("Column %(letter)s has neither name nor values and was left out."),
    "control_characters_removed": N_(
        "Invisible control characters were removed: %(count)s, the first in row %(row)s."
    ),
    "numbers_rewritten": N_(
        "In “%(name)s” zeros at the end of decimals are not kept; the values are the same."
    ),
    "dates_rewritten": N_("Dates in “%(name)s” are written as 2026-01-31; the values are the same."),
    "kept_as_text": N_("“%(name)s” is an identifier and stays text."),
    "surrounding_space": N_(
        "Values in “%(name)s” begin or end with blanks: %(count)s. They stay as they are."
    ),
    "macro_ignored": N_("The workbook holds macros; they were ignored."),
    "external_link_ignored": N_("The workbook points to other files; that was ignored."),
}

EDITION_MESSAGES: dict[str, str] = {**REFUSED, **{f"found.{code}": text for code, text in FOUND.items()}}
