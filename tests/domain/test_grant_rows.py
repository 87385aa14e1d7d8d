"""Rows by interface: what a question means, and what it may not touch."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from ckanext.govshare.domain.grant_rows import understand
from ckanext.govshare.domain.row_filter import Condition
from ckanext.govshare.domain.table import Column

COLUMNS = (
    Column("名称", "text"),
    Column("数量", "integer"),
    Column("日期", "date"),
    Column("a, b desc", "text"),
)
NAMES = [column.name for column in COLUMNS]

UNDERSTOOD = [
    ({}, NAMES, [], [], (100, 0)),
    ({"fields": "数量,名称"}, ["数量", "名称"], [], [], (100, 0)),
    ({"fields": ["名称", "名称"]}, ["名称"], [], [], (100, 0)),
    ({"fields": "a, b desc"}, ["a, b desc"], [], [], (100, 0)),
    ({"sort": "数量 desc, 名称"}, NAMES, [("数量", True), ("名称", False)], [], (100, 0)),
    ({"sort": "a, b desc"}, NAMES, [("a, b desc", False)], [], (100, 0)),
    ({"sort": ["数量 ASC"]}, NAMES, [("数量", False)], [], (100, 0)),
    ({"limit": "1000", "offset": 20}, NAMES, [], [], (1000, 20)),
    ({"limit": 0}, NAMES, [], [], (0, 0)),
    ({"filters": {"名称": "站"}}, NAMES, [], [Condition("名称", "contains", ("站",))], (100, 0)),
    ({"filters": {"数量": 5}}, NAMES, [], [Condition("数量", "between", (Decimal(5), Decimal(5)))], (100, 0)),
    (
        {"filters": {"日期": "2024-02"}},
        NAMES,
        [],
        [Condition("日期", "before", (date(2024, 2, 1), date(2024, 3, 1)))],
        (100, 0),
    ),
]


@pytest.mark.parametrize(("asked", "fields", "order", "conditions", "piece"), UNDERSTOOD)
def test_what_a_question_means(asked, fields, order, conditions, piece):
    """As lists or as the text of an address."""
    question, wrong = understand(COLUMNS, asked)
    assert wrong == []
    assert [column.name for column in question.fields] == fields
    assert list(question.order) == order
    assert list(question.conditions) == conditions
    assert (question.limit, question.offset) == piece


REFUSED = [
    ({"fields": "名称,身份证号"}, [("grant.column_not_granted", "fields")]),
    ({"sort": "身份证号 desc"}, [("grant.column_not_granted", "sort")]),
    ({"sort": "file_row_number"}, [("grant.column_not_granted", "sort")]),
    ({"filters": {"身份证号": "1"}}, [("grant.column_not_granted", "filters")]),
    ({"filters": "名称"}, [("grant.filters_not_understood", "filters")]),
    ({"filters": {"数量": "很多"}}, [("grant.filter_not_understood", "filters")]),
    ({"limit": 1001}, [("grant.bad_number", "limit")]),
    ({"limit": -1}, [("grant.bad_number", "limit")]),
    ({"offset": "1; DROP TABLE"}, [("grant.bad_number", "offset")]),
    (
        {"fields": "甲", "sort": "乙", "filters": {"丙": "1"}},
        [("grant.column_not_granted", field) for field in ("fields", "filters", "sort")],
    ),
]


@pytest.mark.parametrize(("asked", "codes"), REFUSED)
def test_what_a_question_may_not_touch(asked, codes):
    """Ungranted and unknown columns are refused alike, whatever they are used for; everything is said at once."""
    _question, wrong = understand(COLUMNS, asked)
    assert [(reason.code, reason.field) for reason in wrong] == codes
    assert all(set(reason.facts.get("columns", NAMES)) == set(NAMES) for reason in wrong)
