"""Layout: header, preamble, footer, ragged rows, each cut or repair at its position."""

import pytest
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.layout import lay_out


def numbered(text):
    return [(number, line.split(",") if line else []) for number, line in enumerate(text.split("\n"), 1)]


def laid(text, **options):
    layout = lay_out(numbered(text), **options)
    rows = list(layout.rows)
    return layout, rows, [(f.code, f.row, f.column) for f in layout.report]


CASES = [
    ("header at once", "a,b\n1,2", ("a", "b"), [(2, ["1", "2"])], [("header", 1, 0)]),
    (
        "statistics export: preamble and notes",
        "数据库：年度\n指标：总值\n地区,2024年,2023年\n北京,1.0,2.0\n上海,3.0,4.0\n注：修订\n来源：统计局",
        ("地区", "2024年", "2023年"),
        [(4, ["北京", "1.0", "2.0"]), (5, ["上海", "3.0", "4.0"])],
        [
            ("preamble_cut", 1, 0),
            ("preamble_cut", 2, 0),
            ("header", 3, 0),
            ("footer_cut", 6, 0),
            ("footer_cut", 7, 0),
        ],
    ),
    (
        "a padded note is a note by its words",
        "名称,数量,单位\n甲,1,个\n备注：含估计,,",
        ("名称", "数量", "单位"),
        [(2, ["甲", "1", "个"])],
        [("header", 1, 0), ("footer_cut", 3, 0)],
    ),
    (
        "a row with one value in the middle is data",
        "名称,数量,单位\n新疆,,\n甲,1,个\n西藏,,",
        ("名称", "数量", "单位"),
        [(2, ["新疆", "", ""]), (3, ["甲", "1", "个"]), (4, ["西藏", "", ""])],
        [("header", 1, 0)],
    ),
    (
        "what looked like a note stays when data follow",
        "名称,数量,单位\n注：甲\n乙,1,个",
        ("名称", "数量", "单位"),
        [(2, ["注：甲", "", ""]), (3, ["乙", "1", "个"])],
        [("header", 1, 0), ("row_padded", 2, 0)],
    ),
    (
        "blank rows are counted",
        "\na,b\n\n1,2\n,\n3,4",
        ("a", "b"),
        [(4, ["1", "2"]), (6, ["3", "4"])],
        [("header", 2, 0), ("blank_rows_dropped", 3, 0)],
    ),
    (
        "blank and repeated names",
        "名称,,名称, 数 量 \n甲,1,2,3",
        ("名称", "列2", "名称_2", "数 量"),
        [(2, ["甲", "1", "2", "3"])],
        [
            ("header", 1, 0),
            ("column_without_name", 1, 2),
            ("column_name_repeated", 1, 3),
            ("column_name_cleaned", 1, 4),
        ],
    ),
    (
        "extra empty cells go unsaid",
        "a,b\n1,2,,\n3,4",
        ("a", "b"),
        [(2, ["1", "2"]), (3, ["3", "4"])],
        [("header", 1, 0)],
    ),
    ("one column", "名称\n甲\n乙", ("名称",), [(2, ["甲"]), (3, ["乙"])], [("header", 1, 0)]),
    (
        "years may be names",
        "地区,2024,2023\n北京,1,2",
        ("地区", "2024", "2023"),
        [(2, ["北京", "1", "2"])],
        [("header", 1, 0)],
    ),
]


@pytest.mark.parametrize(("name", "text", "names", "rows", "report"), CASES, ids=[case[0] for case in CASES])
def test_layout(name, text, names, rows, report):
    layout, got, found = laid(text)
    assert layout.names == names
    assert got == rows
    assert found == report


def test_a_person_may_choose_the_header():
    layout, rows, found = laid("表,一\n1,2\na,b\n3,4", header_row=3)
    assert layout.names == ("a", "b")
    assert rows == [(4, ["3", "4"])]
    assert found[0] == ("preamble_cut", 1, 0)


REFUSED = [
    ("nothing in it", "\n,,\n", {}, "intake.file_empty", {}),
    (
        "data where the header should be",
        "110101,东城区,11\n110102,西城区,11",
        {},
        "intake.header_missing",
        {"row": 1},
    ),
    ("chosen header is blank", "a,b\n\n1,2", {"header_row": 2}, "intake.header_row_unknown", {"row": 2}),
    (
        "a row wider than the table",
        "a,b\n1,2\n3,4,5\n6,7",
        {},
        "intake.row_too_wide",
        {"row": 3, "columns": 2, "cells": 3},
    ),
    (
        "a name of 201 characters",
        "a," + "长" * 201,
        {},
        "intake.column_name_too_long",
        {"row": 1, "column": 2},
    ),
]


@pytest.mark.parametrize(
    ("name", "text", "options", "code", "facts"), REFUSED, ids=[case[0] for case in REFUSED]
)
def test_refused_with_its_position(name, text, options, code, facts):
    with pytest.raises(RuleError) as caught:
        laid(text, **options)
    assert caught.value.code == code
    assert facts.items() <= caught.value.facts.items()


def test_positions_of_a_finding_in_every_row_are_counted_and_cut():
    _, _, _ = laid("a,b")
    layout = lay_out(
        [(1, ["a", "b", "c"]), *((n, ["1", "2"] if n > 3 else ["1", "2", "3"]) for n in range(2, 102))]
    )
    list(layout.rows)
    padded = layout.report[-1]
    assert (padded.code, padded.row, padded.facts["count"], len(padded.facts["rows"])) == (
        "row_padded",
        4,
        98,
        20,
    )
