"""The scan of a table for personal data: what is found, what is not, and what holds for every table."""

from __future__ import annotations

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.desensitization.column_scan import but_for_few_digits
from ckanext.govshare.domain.desensitization.detectors import detectors
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plain_text import joined
from ckanext.govshare.domain.desensitization.scan import Scanner
from ckanext.govshare.domain.desensitization.search import search
from ckanext.govshare.domain.table import Column
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.desensitization import labelled

LONG = 60_000
KNOWLEDGE = rulebook.desensitization()


def scan(column: str, *cells: str | None) -> dict[str, Finding]:
    """Scan a table of one column."""
    scanner = Scanner([Column(column, "text")], rulebook.desensitization())
    scanner.feed([(cell,) for cell in cells])
    return {finding.code: finding for finding in scanner.findings()}


FOUND = [
    ("姓名", ["王伟", "李秀英", "欧阳娜娜"], "person_name", 3),
    ("证件号", ["11010519491231002X", "", None], "id_number", 1),
    ("甲", ["11010519491231002X"], "id_number", 1),
    ("电话", ["138-0013-8000", "０１３８", "+86 13900139000"], "mobile_phone", 2),
    ("备注", ["申请人张三来电，电话13800138000", "无"], "mobile_phone", 1),
    ("备注", ["申请人张三来电，电话13800138000", "无"], "person_name", 1),
    ("备注", ["家住幸福小区3号楼2单元401室", "无"], "residence_address", 1),
    ("座机", ["0454-8888888", "010-66666666"], "landline", 2),
    ("身份证号", ["2.30803E+17", "230803199001010000"], "lost_digits", 2),
    ("出生日期", ["1990-05-17", "1987年3月2日", "19750101"], "birth_date", 3),
    ("联系人", ["张先生", "陈小姐"], "person_name", 2),
    ("备注", ["请王女士联系", "无"], "person_name", 0),
    ("备注", ["张三，1990年5月17日出生"], "person_name", 0),
    ("经度", ["130.361234", "130.36"], "coordinates", 1),
    ("信用代码", ["92230803MA1BX2Y7CA", "91230800128990451K"], "sole_trader_uscc", 1),
]


@pytest.mark.parametrize(("column", "cells", "code", "count"), FOUND)
def test_personal_data_is_found(column, cells, code, count):
    """Each kind of personal data is found, in columns of its own and inside texts."""
    found = scan(column, *cells)
    assert (found[code].count if code in found else 0) == count


BLOCKING = [
    ("手机", ["13800138000"], "mobile_phone", True),
    ("办公电话", ["0454-8888888"], "landline", False),
    ("家庭电话", ["0454-8888888"], "landline", True),
    ("姓名", ["王伟"], "person_name", True),
    ("法定代表人", ["王伟"], "person_name", False),
    ("经度", ["130.361234"], "coordinates", False),
    ("出生日期", ["1990-05-17"], "birth_date", False),
]


@pytest.mark.parametrize(("column", "cells", "code", "blocking"), BLOCKING)
def test_what_must_be_dealt_with_before_release(column, cells, code, blocking):
    """Public offices' telephones and names in public functions are shown, persons' data stop the release."""
    assert scan(column, *cells)[code].blocking is blocking


MASKED = [
    ("姓名", "王*"), ("联系人", "张某"),  ("姓名", "P-3f9a2b7c"), ("手机", "138****1234"), ("证件号", "230803********1234"),
    ("身份证号", "3f9a2b7c5d1e"), ("住址", "佳木斯市前进区"), ("住址", "前进区永安街道"), ("出生日期", "1990年"), ("邮箱", "z***@qq.com"),
    ("银行卡号", "6222************"), ("经度", "130.4"), ("护照号", "E****5678"), ("车牌", "黑D*****"), ("年龄", "20-29"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell"), MASKED)
def test_what_was_masked_is_not_found_again(column, cell):
    """The output of a plan is scanned again; masked, generalised and pseudonymous values are clean."""
    assert not scan(column, *[cell] * 30)


def test_running_numbers_are_no_telephones():
    """Numbers that were counted up are no telephones, unless the column's name says so."""
    numbers = [str(13800138000 + step) for step in range(50)]
    assert "mobile_phone" not in scan("内容", *numbers)
    assert scan("手机", *numbers)["mobile_phone"].count == 50


def test_id_numbers_are_decided_by_the_column():
    """Case numbers that begin like an ID number pass the check in one of eleven cases; they are none."""
    rng = labelled.dice(5)
    assert not scan("编号", *(labelled.case_number(rng) for _ in range(500)))
    mixed = [labelled.id_number(rng) if row % 10 == 0 else labelled.case_number(rng) for row in range(500)]
    assert 50 <= scan("编号", *mixed)["id_number"].count <= 110


def test_an_id_number_is_nothing_else():
    """What one detector claims no later one sees: an ID number is neither a telephone nor a card."""
    rng = labelled.dice(6)
    for _ in range(300):
        assert set(scan("内容", labelled.id_number(rng))) == {"id_number"}


def test_positions_are_the_first_rows_counted_from_one():
    """At most twenty rows are told, in order."""
    cells = ["无", *(f"138{number:08d}" for number in labelled.dice(3).sample(range(10**8), 30))]
    assert scan("手机", *cells)["mobile_phone"].positions == tuple(range(2, 22))


def test_a_finding_survives_storage():
    """A finding is plain data and back."""
    (finding,) = scan("手机", "13800138000").values()
    assert Finding.from_dict(finding.as_dict()) == finding


def test_every_row_of_the_statutes_is_found_by_something():
    """Each row has a column on which it speaks; a row without probes would be a promise nobody keeps."""
    covered = {code for _column, _cells, code, _count in FOUND} | set(labelled.KINDS)
    assert {row.code for row in rulebook.desensitization().rows} == covered


@pytest.fixture(scope="module")
def table() -> list[tuple[str, ...]]:
    """More rows than one window, with everything that the generator makes."""
    columns = [[text for text, _labels in cells] for _name, cells in labelled.columns(11)][:60:2]
    rng = labelled.dice(11)
    return [tuple(rng.choice(cells) for cells in columns) for _ in range(5000)]


@pytest.mark.parametrize("size", [1, 999, 4096, 5000])
def test_batches_do_not_matter(table, size):
    """The same rows give the same findings, however they are cut."""
    columns = [Column(f"甲{number}", "text") for number in range(len(table[0]))]
    whole, cut = (Scanner(columns, rulebook.desensitization()) for _ in range(2))
    whole.feed(table)
    for first in range(0, len(table), size):
        cut.feed(table[first : first + size])
    assert cut.findings() == whole.findings()


def test_repeated_values_count_as_often_as_they_come():
    """A column that repeats few values is counted cell by cell."""
    found = scan("内容", *["13800138000", "无", "13900139001"] * 3000)["mobile_phone"]
    assert found.count == 6000
    assert found.positions[:4] == (1, 3, 4, 6)


KEPT = {
    "id_number": 2,
    "mobile_phone": 3,
    "bank_card": 4,
    "person_name": 1,
    "travel_document": 1,
    "license_plate": 2,
}


@pytest.mark.parametrize("code", KEPT)
def test_samples_never_restore_a_value(code):
    """Of a value at most a few leading signs are shown, and no more than half."""
    rng = labelled.dice(9)
    makers, headers = labelled.KINDS[code]
    for _ in range(200):
        value = rng.choice(makers)(rng)
        for finding in scan(headers[0], value).values():
            for sample in finding.samples:
                open_signs = sample.rstrip("*")
                assert value.replace(" ", "").find(open_signs.replace(" ", "")) >= 0
                assert len(open_signs) <= min(KEPT[finding.code], len(value) / 2)


@settings(max_examples=150)
@given(
    st.lists(st.text(max_size=40), max_size=8),
    st.sampled_from(["备注", "身份证号", "住址", "姓名", "坐标", ""]),
)
def test_any_text_can_be_scanned(cells, column):
    """Whatever stands in cells, the scan ends, counts no cell twice and tells only rows that exist."""
    for finding in scan(column, *cells).values():
        assert 0 < finding.count <= len(cells)
        assert set(finding.positions) <= set(range(1, len(cells) + 1))


HOSTILE = [
    "1", "\u0661", "\u00b2", "1 ", "1-", "86", "+86-", "a", "a@", "a.", "王", "王伟", "王·", "1号楼", "栋1", "路", "小区", "村1组", "联系人:",
    "先生", "\x00", "\x1e", "\u200b", "１", "1990-", "京A", "E1", "军字第1", "0454-", "(", "省市县", "护照", "王伟,", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_cells_end(piece):
    """A pattern that tried every way would never end on these; ours look at each sign a bounded number of times."""
    assert all(finding.count == 1 for finding in scan("住址", piece * (LONG // len(piece))).values())


@pytest.mark.parametrize("digit", ["\u0661", "\u00b2", "\u4e00", "\u0be7"])
def test_digits_of_other_scripts_are_no_numbers_of_ours(digit):
    """A number in other digits is neither taken for one of ours, nor does it break anything."""
    assert not {"id_number", "bank_card"} & set(scan("证件号", digit * 18, digit * 11, "1" + digit * 17))


def test_a_thousand_columns():
    """Wide tables are scanned column by column."""
    scanner = Scanner([Column(f"甲{n}", "text") for n in range(1000)], rulebook.desensitization())
    scanner.feed([tuple("13800138000" if n % 100 == 0 else "无" for n in range(1000))])
    assert len(scanner.findings()) == 10


def test_a_few_digits_may_be_any():
    """Where cells repeat but for a few digits one speaks for all: whichever digits they are, the same is found."""
    rng = labelled.dice(7)
    cells = [cell for _, cells in labelled.columns(7) for cell, _ in cells if cell]
    shortened = [cell[first : first + rng.randint(4, 16)] for cell in cells for first in (0, len(cell) // 2)]
    for cell in rng.sample(cells, 1_000) + rng.sample(shortened, 2_000):
        others = [
            "".join(rng.choice("0123456789") if c in "0123456789" else c for c in cell) for _ in range(2)
        ]
        forms = but_for_few_digits([cell, *others])
        for said in (frozenset(), frozenset(row.code for row in KNOWLEDGE.rows)):
            met = [found_in(said, one) for one in (cell, *others)]
            assert [
                a for a, form in zip(met, forms, strict=True) if form == forms[0] and a != met[0]
            ] == [], cell


def found_in(said: frozenset[str], cell: str) -> set[tuple[str, int]]:
    """Detectors that met something in one cell, and how sure each is."""
    return {(code, grade) for code, _, grade, _ in search(detectors(KNOWLEDGE), said, joined([cell]))}


def test_cells_alike_but_for_a_number_are_all_counted():
    """Each of 5,000 addresses that differ by the house only is counted, and the first are named by their rows."""
    found = scan("家庭住址", *(f"幸福小区{row % 90 + 1}号楼2单元401室" for row in range(5_000)))
    assert found["residence_address"].count == 5_000
    assert found["residence_address"].positions[:3] == (1, 2, 3)
