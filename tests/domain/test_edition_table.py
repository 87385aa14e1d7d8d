"""Places of an edition's tables: permanent addresses mean the same table from edition to edition."""

import pytest
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.edition_table import Shape, of_table, places, tables_difference
from hypothesis import given
from hypothesis import strategies as st

A, B, C, D = "ab", "cd", "ef", "gh"  # columns, a letter each
CASES = [
    ("the first edition", {}, [("甲", A), ("乙", B)], [1, 2]),
    ("the same names", {1: ("甲", A), 2: ("乙", B)}, [("甲", A), ("乙", B)], [1, 2]),
    ("another order", {1: ("甲", A), 2: ("乙", B)}, [("乙", B), ("甲", A)], [2, 1]),
    ("the same name with other columns", {1: ("甲", A), 2: ("乙", B)}, [("甲", C), ("乙", B)], [1, 2]),
    ("the only table under a new name", {1: ("2026-07", A)}, [("2026-08", C)], [1]),
    ("one of two under a new name", {1: ("甲", A), 2: ("7月", B)}, [("8月", B), ("甲", A)], [2, 1]),
    ("another table in the place of one", {1: ("甲", A), 2: ("乙", B)}, [("丙", C), ("甲", A)], [3, 1]),
    ("one is gone", {1: ("甲", A), 2: ("乙", B)}, [("乙", B)], [2]),
    ("one more", {1: ("甲", A)}, [("乙", B), ("甲", A)], [2, 1]),
    ("two with the same columns under new names", {1: ("甲", A)}, [("乙", A), ("丙", A)], [2, 3]),
    ("sheets of months, all alike", {1: ("1月", A), 2: ("2月", A)}, [("2月", A), ("3月", A)], [2, 1]),
    (
        "places of others stay theirs",
        {1: ("甲", A), 3: ("丙", C)},
        [("丙", C), ("丁", B), ("戊", D)],
        [3, 2, 4],
    ),
]


def shape(name, columns):
    return Shape(name, frozenset(columns))


@pytest.mark.parametrize(("case", "held", "tables", "expected"), CASES, ids=[case[0] for case in CASES])
def test_places(case, held, tables, expected):
    """The rule by examples."""
    known = {place: shape(*one) for place, one in held.items()}
    assert places(known, [shape(*one) for one in tables]) == expected, case


SHAPES = st.builds(Shape, st.sampled_from("甲乙丙丁"), st.sampled_from([frozenset("ab"), frozenset("cd")]))


@given(
    st.dictionaries(st.integers(1, 6), SHAPES, max_size=4),
    st.lists(SHAPES, min_size=1, max_size=4, unique_by=lambda one: one.name),
)
def test_no_two_tables_share_a_place(held, tables):
    """Whatever came before; and what keeps its name keeps its place."""
    found = places(held, tables)
    assert len(set(found)) == len(tables)
    names = [one.name for one in held.values()]
    for table, place in zip(tables, found, strict=True):
        if names.count(table.name) == 1:
            assert held[place].name == table.name


def test_reasons_name_the_table_where_there_are_several():
    reason = Reason("x", {"column": "a"}, "plan.a", "佳木斯 24")
    assert list(of_table([reason], "")) == [reason]
    assert list(of_table([reason], "甲")) == [
        Reason("x", {"column": "a", "in_table": "甲"}, "plan.a", "佳木斯 24")
    ]


def test_tables_that_come_and_go_are_told():
    found = tables_difference({1: "甲", 2: "乙"}, {2: "乙", 3: "丙"})
    assert [(reason.code, reason.facts["tables"]) for reason in found] == [
        ("drift.tables_added", ["丙"]),
        ("drift.tables_removed", ["甲"]),
    ]
    assert list(tables_difference({1: "七月"}, {1: "八月"})) == []
