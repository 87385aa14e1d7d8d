"""Which type a column has: only one that every value of it fits without loss; else it stays text.

Each row of :data:`RULES` is tried in order. ``fits`` and ``value`` are SQL over the cell ``{c}``, a text that
is never empty (an empty cell is a missing value and says nothing about the type).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckanext.govshare.domain.table import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, TEXT

# Names of identifiers: their digits are a name, not a quantity, and stay text whatever they look like.
IDENTIFIER = re.compile(
    r"(代码|代碼|编码|編碼|编号|編號|证号|账号|帐号|单号|号码|號碼|邮编|邮政编码|电话|電話|手机|传真|区号|身份证|信用代码)"
    r"|^(id|code|zip|postcode|phone|tel|fax|no\.?)$|[_\s-](id|code|no|phone)$|[a-z](Code|Id|ID|No|Phone)$",
    re.ASCII,
)


@dataclass(frozen=True)
class TypeRule:
    """One way in which a column can be typed; ``fits`` and ``value`` see the cell after ``plain``."""

    name: str
    type: str
    fits: str
    value: str
    plain: str = "{c}"
    written: str = "true"

    def test(self, cell: str) -> str:
        """Return the SQL condition on the SQL expression ``cell``."""
        return f"{self.written.replace('{c}', cell)} AND {self.fits.replace('{c}', self.bare(cell))}"

    def bare(self, cell: str) -> str:
        """Return the SQL of the cell without what only its writing adds."""
        return self.plain.replace("{c}", cell)

    def cast(self, cell: str, precision: int = 0, scale: int = 0) -> str:
        """Return the SQL of the typed value."""
        sql = self.value.replace("{precision}", str(precision)).replace("{scale}", str(scale))
        return sql.replace("{c}", self.bare(cell))


def _moment(name: str, type_: str, pattern: str, *layouts: str) -> TypeRule:
    # Spreadsheets count days from 1900 and believe that 1900 was a leap year: nothing before that March.
    offered = ", ".join(f"'{layout}'" for layout in layouts)
    parsed = f"try_strptime({{c}}, [{offered}])"
    fits = f"regexp_full_match({{c}}, '{pattern}') AND coalesce({parsed} >= DATE '1900-03-01', false)"
    return TypeRule(name, type_, fits, f"CAST({parsed} AS {'DATE' if type_ == DATE else 'TIMESTAMP'})")


_INTEGER = "regexp_full_match({c}, '0|-?[1-9][0-9]{0,14}')"
_NUMBER = (
    r"regexp_full_match({c}, '-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,14})?')"
    r" AND length(replace(ltrim({c}, '-'), '.', '')) <= 15 AND NOT regexp_full_match({c}, '-0(\.0*)?')"
)
_AS_INTEGER, _AS_NUMBER = "CAST({c} AS BIGINT)", "CAST({c} AS DECIMAL({precision}, {scale}))"
# Numbers as people write them: １２３, 1,234,567, blanks around them. A comma parts groups of three digits.
_HALF_WIDTH = "translate(trim({c}, ' \t　'), '０１２３４５６７８９．，－', '0123456789.,-')"
_PLAIN = f"replace({_HALF_WIDTH}, ',', '')"
_GROUPED = rf"regexp_full_match({_HALF_WIDTH}, '-?([0-9]+|[0-9]{{1,3}}(,[0-9]{{3}})+)(\.[0-9]+)?')"

RULES = (
    TypeRule(
        "boolean",
        BOOLEAN,
        "{c} IN ('true', 'false', 'TRUE', 'FALSE', 'True', 'False')",
        "(lower({c}) = 'true')",
    ),
    TypeRule("integer", INTEGER, _INTEGER, _AS_INTEGER),
    TypeRule("number", NUMBER, _NUMBER, _AS_NUMBER),
    TypeRule("integer_written", INTEGER, _INTEGER, _AS_INTEGER, _PLAIN, _GROUPED),
    TypeRule("number_written", NUMBER, _NUMBER, _AS_NUMBER, _PLAIN, _GROUPED),
    _moment("date", DATE, r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    _moment("date_slash", DATE, r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    _moment("date_han", DATE, r"\d{4}年\d{1,2}月\d{1,2}日", "%Y年%m月%d日"),
    _moment(
        "datetime",
        DATETIME,
        r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d",
    ),
)
AS_TEXT = TypeRule(
    "text", TEXT, "true", "replace(replace({c}, chr(13) || chr(10), chr(10)), chr(13), chr(10))"
)

# Notations of which the value stays and the writing changes; the report says so.
REWRITTEN = {
    "date_slash": "dates_rewritten",
    "date_han": "dates_rewritten",
    "integer_written": "numbers_plain",
    "number_written": "numbers_plain",
}

# What most values of a text column may be while some are not: worth a look before the column stays text.
BY_NAME = {rule.name: rule for rule in RULES}
NEARLY = (
    ("nearly_numbers", BY_NAME["number_written"].test("{c}")),
    ("nearly_dates", " OR ".join(BY_NAME[name].test("{c}") for name in ("date", "date_slash", "date_han"))),
)
UNITS = r"regexp_matches({c}, '^\s*-?[0-9][0-9,.]*\s*(万|亿|萬|億)')"
TOTALS = (
    r"regexp_full_match({c}, '[\s　]*(合[\s　]*[计計]|[总總][\s　]*[计計]|小[\s　]*[计計])[\s　]*[:：]?')"
)
