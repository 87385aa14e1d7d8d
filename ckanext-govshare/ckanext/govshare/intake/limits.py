"""How much one file may ask of us. Beyond a limit it is refused at once, with the limit in the facts."""

from __future__ import annotations

MIB = 1024 * 1024

MAX_COLUMNS = 300
MAX_ROWS = 5_000_000
MAX_TABLES = 50  # of one file
MAX_CELL = 32_767  # characters; what a spreadsheet cell holds, so that every format holds the same values
MAX_ROW = 1_000_000  # characters of all cells of a row
MAX_CELLS = 100_000_000  # of one sheet
MAX_RECORD = 8 * MIB  # characters of one record of a JSON file
MAX_NAME = 200  # characters of a column name
MAX_UNPACKED = 1024 * MIB  # all members of a workbook together
MAX_RATIO = 100  # unpacked to packed, once the whole is not small
SMALL_UNPACKED = 32 * MIB
MAX_MEMBERS = 2_000

COUNTER = "rows"  # the file in which the parsing process tells how far it is
PARSE_MEMORY = 3072 * MIB  # address space of the parsing process
PARSE_SECONDS = 150  # of processor and of waiting
