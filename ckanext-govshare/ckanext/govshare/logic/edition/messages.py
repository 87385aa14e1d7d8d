"""The sentences about uploaded tables and editions: what was refused, what was found, at which place."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

REFUSED: dict[str, str] = {
    "intake.file_empty": N_("The file holds no data. Choose the file that holds the table."),
    "intake.file_too_large": N_("The file is larger than %(limit)s MB. Split the table into several files."),
    "intake.wrong_type": N_(
        "This is a %(found)s file. Open it in your spreadsheet program, save the table as XLSX, and upload that."
    ),
    "intake.binary": N_(
        "The file is no text and no workbook. Upload the table as CSV, XLS, XLSX, ODS, JSON, XML or Parquet."
    ),
    "intake.workbook_encrypted": N_(
        "The workbook is protected by a password. Save it without one and upload it again."
    ),
    "intake.workbook_damaged": N_(
        "The workbook is damaged or not a real workbook. Open it, save it again as XLSX or CSV, and upload that."
    ),
    "intake.archive_too_large": N_(
        "Unpacked, the workbook would take %(unpacked_mb)s MB (%(ratio)s times its size). Save it as CSV."
    ),
    "intake.workbook_too_old": N_(
        "The workbook was written by a program older than 1997. Open it, save it as XLSX, and upload that."
    ),
    "intake.file_damaged": N_(
        "The file is damaged: it ends too early or was changed on its way. Send it again."
    ),
    "intake.member_unknown": N_("There is no table “%(member)s” in the archive; it holds: %(members)s."),
    "intake.archive_without_table": N_(
        "The archive holds no table. Tables are files that end in %(endings)s."
    ),
    "intake.archive_in_archive": N_(
        "“%(member)s” is an archive inside the archive. Unpack it and upload the table itself."
    ),
    "intake.sheet_sparse": N_(
        "A cell far away from the table, in row %(row)s, column %(letter)s, makes the sheet too large. Delete it."
    ),
    "intake.json_broken": N_("The JSON is broken in line %(row)s. Mend it there, or export the file again."),
    "intake.json_too_deep": N_("The JSON is nested too deeply for a table. Export it as a list of records."),
    "intake.record_too_long": N_(
        "The record in line %(row)s is longer than %(limit_mb)s MB. Export the data as a list of records."
    ),
    "intake.records_missing": N_(
        "No list of records was found in the file. A table is a list of records that have the same fields."
    ),
    "intake.records_mixed": N_("The list “%(place)s” mixes records with bare lists. Use one of the two."),
    "intake.xml_broken": N_(
        "The XML is broken in line %(row)s, position %(position)s. Export the file again."
    ),
    "intake.xml_declares_entities": N_(
        "The XML begins with a document type declaration, which may pull in other files. Remove the DOCTYPE."
    ),
    "intake.xml_too_deep": N_(
        "In line %(row)s the XML is nested more than %(limit)s levels deep. Export it as a list of records."
    ),
    "intake.page_without_table": N_("The web page holds no table. Save the table itself as XLSX."),
    "intake.column_type": N_(
        "Column %(letter)s holds values of type %(type)s, which no table shows. Leave the column out."
    ),
    "intake.file_too_demanding": N_(
        "Reading the file took more than %(seconds)s seconds or %(memory_mb)s MB of memory. Save it as CSV, or split it."
    ),
    "intake.encoding_unknown": N_("No encoding reads the whole file (tried: %(tried)s). Save it as UTF-8."),
    "intake.encoding_wrong": N_("Row %(row)s cannot be read as %(encoding)s. Choose another encoding."),
    "intake.sheet_unknown": N_("There is no table “%(sheet)s”; the file has: %(sheets)s."),
    "intake.sheet_not_chosen": N_("Several lists hold data (rows in brackets): %(sheets)s. Say which one."),
    "intake.too_many_tables": N_(
        "The file holds %(count)s tables, an edition at most %(limit)s. Choose those that are wanted, or split the file."
    ),
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
    "intake.row_too_long": N_("Row %(row)s holds more than %(limit)s characters. Shorten its longest cells."),
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
    "edition.not_scanned": N_("The table has not been scanned yet; that takes a minute for large ones."),
    "edition.has_plan": N_("There is a desensitization plan; carry it out, or give it up first."),
    "edition.no_plan": N_("There is no desensitization plan."),
    "edition.no_such_table": N_("The edition has no table %(place)s."),
    "edition.masking": N_("The plan is being carried out."),
    "edition.bad_header_row": N_("“%(value)s” is not the number of a row."),
    "edition.bad_encoding": N_("“%(value)s” is not one of the encodings offered."),
}

DESENSITIZATION: dict[str, str] = {
    "plan.unknown_column": N_("The table has no column “%(column)s”."),
    "plan.unknown_method": N_("“%(column)s”: “%(method)s” is not one of the methods offered."),
    "plan.bare_hash": N_(
        "“%(column)s”: a bare hash is no protection, for all ID and telephone numbers can be tried. Choose a pseudonym, whose key never leaves the portal."
    ),
    "plan.not_for_type": N_(
        "“%(column)s” holds values of type %(type)s; “%(method)s” does not apply to them."
    ),
    "plan.bad_parameter": N_("“%(column)s”: “%(parameter)s” must be one of: %(offered)s."),
    "plan.no_bound": N_("“%(column)s”: state an upper or a lower bound."),
    "plan.bounds_crossed": N_("“%(column)s”: the lower bound must lie below the upper one."),
    "plan.reason_too_long": N_("“%(column)s”: the reason is longer than %(limit)s characters."),
    "plan.never_kept": N_(
        "“%(column)s” holds %(finding)s and may not be kept, whatever the reason. Leave the column out, mask it or replace it by pseudonyms."
    ),
    "plan.keep_needs_reason": N_(
        "“%(column)s” holds %(finding)s. Choose a method, or write why it may be public (such as an office's own telephone)."
    ),
    "plan.nothing_left": N_("Every column would be left out; nothing remains to be published."),
    "plan.mask_shows_too_much": N_(
        "“%(column)s”: behind the mask %(shown)s only about %(left)s numbers are possible. Show fewer digits, leave the column out or use pseudonyms."
    ),
    "plan.mask_reversible": N_(
        "“%(column)s”: together with %(beside)s the mask %(shown)s leaves only about %(left)s possible numbers, so it can be undone. Show fewer digits, or leave out or generalise %(beside)s."
    ),
    "plan.masks_combine": N_(
        "“%(column)s” and “%(other)s” both hold %(finding)s and are masked differently; laid together they show more. Give both the same parameters."
    ),
    "plan.quasi_dropped": N_(
        "“%(column)s” is left out, so it cannot be a quasi-identifier or sensitive column."
    ),
    "plan.quasi_and_sensitive": N_(
        "“%(column)s” cannot be a quasi-identifier and a sensitive column at once."
    ),
    "plan.no_quasi_identifiers": N_(
        "The table speaks of persons (“%(column)s”). Say which columns together may point to one of them (such as sex, age, district), or write why none does."
    ),
    "plan.small_groups_of_nothing": N_(
        "Rows of small groups can be left out only when quasi-identifiers are declared."
    ),
    "plan.bad_threshold": N_("“%(name)s” must lie between %(least)s and %(most)s."),
    "plan.type_changes": N_("“%(column)s” comes out as %(after)s instead of %(type)s."),
    "risk.k_too_small": N_(
        "The smallest group has %(k)s rows, at least %(asked)s are asked for (%(groups)s groups, %(rows)s rows are smaller). Generalise further, or leave out the rows of small groups."
    ),
    "risk.l_too_small": N_(
        "One group has only %(l)s different sensitive values, at least %(asked)s are asked for. Generalise further, or leave the sensitive column out."
    ),
    "drift.added": N_("New columns compared with the edition that is public: %(columns)s."),
    "drift.removed": N_(
        "Columns of the edition that is public are missing: %(columns)s. Whoever uses them will fail; make sure that this is meant."
    ),
    "drift.tables_added": N_("New tables compared with the edition that is public: %(tables)s."),
    "drift.tables_removed": N_(
        "Tables of the edition that is public are missing: %(tables)s. Their addresses will lead nowhere; make sure that this is meant."
    ),
    "drift.retyped": N_("Columns changed their type compared with the edition that is public: %(columns)s."),
}

FOUND: dict[str, str] = {
    "encoding": N_("Encoding: %(encoding)s (possible: %(possible)s)."),
    "encoding_doubtful": N_(
        "Two encodings read the file almost equally well: %(possible)s. Check the text below."
    ),
    "delimiter": N_("Columns are separated by “%(delimiter)s”."),
    "sheets": N_("The workbook has %(count)s sheets (rows in brackets): %(sheets)s."),
    "member": N_("Read from the archive: “%(member)s”."),
    "members_left_out": N_("Other files of the archive were left out: %(count)s (%(members)s)."),
    "page_table": N_("Read table %(table)s of the %(count)s on the web page."),
    "records": N_("Records read: %(count)s (place in the file: %(place)s)."),
    "field_missing": N_("Records without the field “%(name)s”: %(count)s. Their value is missing."),
    "values_joined": N_("Fields that occur several times in a record were joined with “；”: %(count)s."),
    "hidden_rows_left_out": N_("Hidden rows were left out: %(count)s (%(rows)s)."),
    "hidden_rows_kept": N_("Hidden rows were read as you asked: %(count)s (%(rows)s)."),
    "hidden_columns_left_out": N_("Hidden columns were left out: %(count)s, the first is %(letter)s."),
    "hidden_columns_kept": N_("Hidden columns were read as you asked: %(count)s, the first is %(letter)s."),
    "comments_ignored": N_(
        "The sheet carries comments: %(count)s, the first in row %(row)s, column %(letter)s. They are not published."
    ),
    "pivot_cache_ignored": N_(
        "The workbook holds a pivot table with a copy of its source; that copy is not published."
    ),
    "error_cells": N_(
        "Cells that show an error such as #N/A became missing values: %(count)s, the first in row %(row)s, column %(letter)s."
    ),
    "digits_lost": N_(
        "Numbers of more than 15 digits have lost their last ones in the spreadsheet: %(count)s, the first in row %(row)s, column %(letter)s. Enter them as text."
    ),
    "zeros_restored": N_(
        "The numbers in column %(letter)s are shown with zeros in front; they were read as text with these zeros."
    ),
    "percent_as_fraction": N_(
        "Column %(letter)s is shown in percent; its values are fractions such as 0.25. Say so in the data items."
    ),
    "merged_filled": N_(
        "Cells merged downwards were filled with their value: %(count)s, the first in row %(row)s."
    ),
    "header_joined": N_("The column names stand in rows %(row)s to %(last)s and were joined with “_”."),
    "nearly_numbers": N_(
        "“%(name)s” stays text, for %(count)s of its values are no numbers; the first in row %(row)s."
    ),
    "nearly_dates": N_(
        "“%(name)s” stays text, for %(count)s of its values are no dates; the first in row %(row)s."
    ),
    "units_as_text": N_("“%(name)s” stays text, for its values carry units such as 万 or 亿: %(count)s."),
    "total_rows": N_("Rows of totals are part of the table: %(count)s, the first is row %(row)s."),
    "numbers_plain": N_(
        "Separators, blanks and full-width digits were removed from the numbers in “%(name)s”; the values are the same."
    ),
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

EDITION_MESSAGES: dict[str, str] = {
    **REFUSED,
    **DESENSITIZATION,
    **{f"found.{code}": text for code, text in FOUND.items()},
}
