"""A plan is refused with every reason at once, each naming its column; what is enough is allowed."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.decision import Allowed, Refused
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plan import Plan, build, check_plan, excused
from ckanext.govshare.domain.table import Column

COLUMNS = (
    Column("身份证号", "text"),
    Column("姓名", "text"),
    Column("性别", "text"),
    Column("出生日期", "date"),
    Column("户籍地址", "text"),
    Column("手机", "text"),
    Column("金额", "number", 2),
)


def finding(code: str, column: str, *, blocking: bool = True) -> Finding:
    return Finding(code, column, 100, 1.0, (1, 2), ("1***",), blocking, ("values",), "mask")


FOUND = (
    finding("id_number", "身份证号"),
    finding("person_name", "姓名"),
    finding("birth_date", "出生日期", blocking=False),
    finding("residence_address", "户籍地址"),
    finding("mobile_phone", "手机"),
)
SAFE = {
    "身份证号": {"method": "drop"},
    "姓名": {"method": "mask", "parameters": {"first": 1}},
    "出生日期": {"method": "generalise", "parameters": {"to": "year"}},
    "户籍地址": {"method": "generalise", "parameters": {"to": "district"}},
    "手机": {"method": "drop"},
}
QUASI = {"quasi_identifiers": ["性别", "出生日期", "户籍地址"], "k": 5}


def plan(columns: dict | None = None, **more) -> Plan:
    return Plan.from_dict({"columns": {**SAFE, **(columns or {})}, **QUASI, **more})


def reasons(decision) -> list[tuple[str, str | None]]:
    return [(reason.code, reason.facts.get("column")) for reason in getattr(decision, "reasons", ())]


CASES = [
    ("enough", {}, {}, []),
    ("bare hash", {"身份证号": {"method": "md5"}}, {}, [("plan.bare_hash", "身份证号")]),
    ("no such method", {"姓名": {"method": "blur"}}, {}, [("plan.unknown_method", "姓名")]),
    ("no such column", {"年龄": {"method": "drop"}}, {}, [("plan.unknown_column", "年龄")]),
    ("an ID kept", {"身份证号": {"method": "keep", "reason": "需要"}}, {}, [("plan.never_kept", "身份证号")]),
    ("a phone kept", {"手机": {"method": "keep"}}, {}, [("plan.keep_needs_reason", "手机")]),
    ("a phone kept with reason", {"手机": {"method": "keep", "reason": "单位公开电话"}}, {}, []),
    ("text rounded", {"姓名": {"method": "round"}}, {}, [("plan.not_for_type", "姓名")]),
    ("a date hidden", {"出生日期": {"method": "mask"}}, {}, [("plan.not_for_type", "出生日期")]),
    ("too many digits", {"手机": {"method": "mask", "parameters": {"first": 9}}}, {}, [("plan.bad_parameter", "手机")]),
    ("a date to a district", {"出生日期": {"method": "generalise", "parameters": {"to": "district"}}}, {}, [("plan.bad_parameter", "出生日期")]),
    ("no number", {"手机": {"method": "mask", "parameters": {"first": "三"}}}, {}, [("plan.bad_parameter", "手机")]),
    ("no bound", {"金额": {"method": "top_bottom"}}, {}, [("plan.no_bound", "金额")]),
    ("bounds crossed", {"金额": {"method": "top_bottom", "parameters": {"bottom": 9, "top": 3}}}, {}, [("plan.bounds_crossed", "金额")]),
    ("a quasi-identifier dropped", {"性别": {"method": "drop"}}, {}, [("plan.quasi_dropped", "性别")]),
    ("quasi and sensitive", {}, {"sensitive": ["性别"]}, [("plan.quasi_and_sensitive", "性别")]),
    ("no quasi-identifiers", {}, {"quasi_identifiers": []}, [("plan.no_quasi_identifiers", "身份证号")]),
    ("none, and why", {}, {"quasi_identifiers": [], "none_because": "每行是一个单位"}, []),
    ("k of one", {}, {"k": 1}, [("plan.bad_threshold", None)]),
    ("k of no number", {}, {"k": "五"}, [("plan.bad_threshold", None)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "more", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_a_plan_needs(columns, more, expected):
    """Each fault alone, by code and column."""
    assert reasons(check_plan(COLUMNS, FOUND, plan(columns, **more))) == expected


JOINS = [
    ("6+4 beside a birth date", (6, 4), {"出生日期": "keep", "性别": "drop", "户籍地址": "drop"}, ["plan.mask_reversible"]),
    ("6+4 beside sex and region", (6, 4), {"出生日期": "drop"}, ["plan.mask_reversible"]),
    ("6+4 alone", (6, 4), {"出生日期": "drop", "性别": "drop", "户籍地址": "drop"}, []),
    ("6 beside a birth date", (6, 0), {"出生日期": "keep"}, ["plan.mask_reversible"]),
    ("6 beside a birth year", (6, 0), {"性别": "drop", "户籍地址": "drop"}, []),
    ("1 beside everything but the year", (1, 0), {}, []),
    ("1 beside a birth date, sex and district", (1, 0), {"出生日期": "keep"}, ["plan.mask_reversible"]),
    ("none, beside a birth date alone", (0, 0), {"出生日期": "keep", "性别": "drop", "户籍地址": "drop"}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "others", "expected"), [case[1:] for case in JOINS], ids=[c[0] for c in JOINS]
)
def test_no_mask_is_undone_by_the_columns_beside_it(shown, others, expected):
    """110105********1234 beside a birth date is the whole number (GB 11643)."""
    columns = {name: {"method": method} for name, method in others.items()}
    columns["身份证号"] = {"method": "mask", "parameters": {"first": shown[0], "last": shown[1]}}
    decision = check_plan(COLUMNS, FOUND, plan(columns, quasi_identifiers=[], none_because="测试"))
    found = [reason.code for reason in getattr(decision, "reasons", ())]
    assert found == expected


def test_the_reason_names_what_helps_to_undo_a_mask():
    """The clerk reads which column stands in the way, and how few numbers are left."""
    columns = {
        "身份证号": {"method": "mask", "parameters": {"first": 6, "last": 4}},
        "出生日期": {"method": "keep"},
    }
    decision = check_plan(COLUMNS, FOUND, plan(columns))
    assert isinstance(decision, Refused)
    facts = decision.reasons[0].facts
    assert (facts["shown"], facts["left"]) == ("111111********1111", 1)
    assert "出生日期" in facts["beside"]


def test_two_views_of_one_number_combine():
    """A column that shows the beginning and one that shows the end show both."""
    columns = (*COLUMNS, Column("监护人手机", "text"))
    found = (*FOUND, finding("mobile_phone", "监护人手机"))
    steps = {
        "手机": {"method": "mask", "parameters": {"first": 3, "last": 0}},
        "监护人手机": {"method": "mask", "parameters": {"first": 0, "last": 4}},
    }
    assert reasons(check_plan(columns, found, plan(steps))) == [("plan.masks_combine", "监护人手机")]


def test_everything_wrong_is_said_at_once():
    """A clerk mends it in one go."""
    wrong = {"身份证号": {"method": "keep"}, "姓名": {"method": "sha256"}, "手机": {"method": "keep"}}
    found = reasons(check_plan(COLUMNS, FOUND, plan(wrong, k=0)))
    assert found == [
        ("plan.bare_hash", "姓名"),
        ("plan.never_kept", "身份证号"),
        ("plan.keep_needs_reason", "手机"),
        ("plan.bad_threshold", None),
    ]


def test_a_change_of_type_is_said_and_allowed():
    """出生日期 becomes a whole number; the rest stays."""
    decision = check_plan(COLUMNS, FOUND, plan())
    assert isinstance(decision, Allowed)
    assert [(w.facts["column"], w.facts["type"], w.facts["after"]) for w in decision.warnings] == [
        ("出生日期", "date", "integer")
    ]


def test_nothing_left_is_no_table():
    everything = {column.name: {"method": "drop"} for column in COLUMNS}
    decision = check_plan(COLUMNS, FOUND, plan(everything, quasi_identifiers=[], none_because="x"))
    assert reasons(decision) == [("plan.nothing_left", None)]


def test_a_plan_is_stored_and_read_as_it_was():
    assert Plan.from_dict(plan().as_dict()) == plan()


@pytest.mark.parametrize(
    "senseless", [{}, {"columns": []}, {"columns": {"姓名": 3}}, {"quasi_identifiers": 5}]
)
def test_what_is_no_plan_counts_as_not_said(senseless):
    assert Plan.from_dict(senseless).columns == {}


def test_the_next_edition_gets_what_still_fits_by_name():
    """A column that is gone takes its step with it."""
    suggested = plan().suggested_for(COLUMNS[1:3])
    assert list(suggested.columns) == ["姓名"]
    assert suggested.quasi_identifiers == ("性别",)


def test_every_method_is_made_ready_by_the_column_type():
    """A level that was not chosen is the first that fits the type."""
    made = build(Plan.from_dict({"columns": {"出生日期": {"method": "generalise"}}}), COLUMNS)
    assert made["出生日期"].to == "year"
    assert made["姓名"].code == "keep"


@pytest.mark.parametrize(
    ("code", "method", "reason", "expected"),
    [
        ("mobile_phone", "keep", "单位公开电话", True),
        ("mobile_phone", "keep", "", False),
        ("mobile_phone", "mask", "单位公开电话", False),
        ("id_number", "keep", "需要", False),
        ("bank_card", "keep", "需要", False),
        ("travel_document", "keep", "需要", False),
    ],
)
def test_what_a_reason_excuses(code, method, reason, expected):
    """Numbers that belong to one person alone never stay (个人信息保护法 28)."""
    made = Plan.from_dict({"columns": {"列": {"method": method, "reason": reason}}})
    assert excused(made, finding(code, "列")) is expected
