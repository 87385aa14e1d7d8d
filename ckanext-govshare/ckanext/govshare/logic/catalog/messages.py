"""The sentences of catalog import: what is wrong in which cell, what was put in order, what to do."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

CATALOG_MESSAGES: dict[str, str] = {
    "catalog.too_large": N_(
        "The file has %(size_mb)s MB; a catalog may have at most %(limit_mb)s MB. Remove pictures and empty "
        "sheets, or split it."
    ),
    "catalog.too_many_rows": N_("The file has %(rows)s rows; at most %(limit)s are allowed. Split it."),
    "catalog.too_many_columns": N_(
        "Row %(row)s has %(columns)s columns; at most %(limit)s are allowed. Delete the columns that are no "
        "fields of a catalog."
    ),
    "catalog.no_rows": N_("The file has no entries below row %(row)s."),
    "catalog.sheet_unknown": N_("There is no sheet “%(sheet)s”; the file has: %(sheets)s."),
    "catalog.csv_broken": N_("Row %(row)s cannot be read: a quotation mark is not closed."),
    "catalog.json_broken": N_("The JSON cannot be read: error in row %(row)s, column %(column)s."),
    "catalog.json_shape": N_("The JSON holds no list of entries."),
    "catalog.file_gone": N_("The file is kept for %(days)s days only; choose it again."),
    "catalog.upload_missing": N_("Choose a file: .xlsx, .xls, .csv or .json."),
    "catalog.mapping_shape": N_("The mapping cannot be read: “%(part)s” has the wrong shape."),
    "catalog.mapping_column_unknown": N_("The file has no column “%(column)s”."),
    "catalog.mapping_field_unknown": N_("“%(name)s” is no field that a file can fill."),
    "catalog.mapping_field_twice": N_("“%(label)s” is chosen for several columns: %(columns)s. Keep one."),
    "catalog.mapping_title_missing": N_(
        "No column is chosen for “%(label)s”. Columns of the file: %(columns)s. "
        "Say which one holds the names."
    ),
    "catalog.mapping_needed": N_("Say first what the columns of the file are."),
    "catalog.no_header": N_(
        "No header row was recognised, so the columns are called 第1列, 第2列 …; "
        "say what they hold, or which row is the header."
    ),
    "catalog.value_not_in_list": N_(
        "“%(value)s” is not one of the values of “%(label)s”. Choose one of the list."
    ),
    "catalog.value_ambiguous": N_("“%(value)s” names several values of “%(label)s”. Write the code."),
    "catalog.value_shape": N_("The value of “%(label)s” has the wrong shape."),
    "catalog.line_unreadable": N_("Line %(line)s of “%(label)s” cannot be read: “%(value)s”."),
    "catalog.items_unreadable": N_("“%(label)s” is a text and no list of column names: “%(value)s”."),
    "catalog.date_unreadable": N_("“%(value)s” is not a date; write it as 2026-01-31."),
    "catalog.formula": N_("“%(label)s” is a formula (%(value)s). Paste it as a value."),
    "catalog.row_too_long": N_(
        "The row has %(cells)s cells more than the header has columns; "
        "a comma or quotation mark is out of place."
    ),
    "catalog.department_unknown": N_("There is no department “%(value)s” on this portal."),
    "catalog.department_other": N_("“%(value)s” is another department; you cannot import for it."),
    "catalog.code_twice": N_("The resource code %(code)s stands already in row %(first)s."),
    "catalog.code_taken": N_("The resource code %(code)s belongs to another department's entry."),
    "catalog.title_twice": N_(
        "The name “%(title)s” stands already in row %(first)s. "
        "Rename one of them, or let the import number them."
    ),
    "catalog.title_exists": N_(
        "The department has an entry “%(title)s” (%(code)s) that no import made. Say whether it is the same."
    ),
    "catalog.title_taken": N_("The name “%(title)s” belongs to another entry (%(code)s) of the department."),
    "catalog.in_review": N_("“%(title)s” is under review; recall or return it first."),
    "catalog.withdrawn": N_("“%(title)s” has been withdrawn; reopen it first."),
    "catalog.not_all": N_(
        "Nothing was imported: %(count)s rows cannot be taken, and all or nothing was asked."
    ),
    "catalog.wrong_state": N_(
        "This import is “%(import_state)s”; that is not possible now. Reload the page."
    ),
    "catalog.put_in_order": N_("“%(label)s” was put into standard form."),
    "catalog.format_class_derived": N_("The format class follows from “%(value)s”."),
    "catalog.left_out": N_("“%(label)s” could not be read and was left empty."),
    "catalog.renamed": N_("The name was already used; the entry is called “%(new)s”."),
}
