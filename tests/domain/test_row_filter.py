"""What is typed above a column, by the type of the column."""

from datetime import date
from decimal import Decimal

import pytest
from ckanext.govshare.domain.row_filter import ABOVE, BEFORE, BETWEEN, CONTAINS, IS, condition
from ckanext.govshare.domain.table import Column

CASES = [
    ("text", "东湖", (CONTAINS, ("东湖",))),
    ("text", "50%", (CONTAINS, ("50%",))),
    ("integer", "5", (BETWEEN, (Decimal(5), Decimal(5)))),
    ("number", "-1.5~2", (BETWEEN, (Decimal("-1.5"), Decimal(2)))),
    ("number", "10 至 20", (BETWEEN, (Decimal(10), Decimal(20)))),
    ("number", ">= 3", (BETWEEN, (Decimal(3), Decimal("1e18")))),
    ("number", ">3", (ABOVE, (Decimal(3),))),
    ("number", "很多", None),
    ("number", "1~2~3", None),
    ("number", "1" * 30, None),
    ("date", "2024", (BEFORE, (date(2024, 1, 1), date(2025, 1, 1)))),
    ("date", "2024-02", (BEFORE, (date(2024, 2, 1), date(2024, 3, 1)))),
    ("date", "2024年12月", (BEFORE, (date(2024, 12, 1), date(2025, 1, 1)))),
    ("datetime", "2024-02-29", (BEFORE, (date(2024, 2, 29), date(2024, 3, 1)))),
    ("date", "2024-01-01~2024-03", (BEFORE, (date(2024, 1, 1), date(2024, 4, 1)))),
    ("date", "2024-02-30", None),
    ("date", "9999", None),
    ("date", "昨天", None),
    ("boolean", "是", (IS, (True,))),
    ("boolean", "FALSE", (IS, (False,))),
    ("boolean", "也许", None),
]


@pytest.mark.parametrize(("kind", "text", "meant"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
def test_condition(kind, text, meant):
    found = condition(Column("列", kind), text)
    assert (found and (found.kind, found.values)) == meant
