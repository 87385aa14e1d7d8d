"""The scan of a table for personal data: what is found, what is not, and that batches do not matter."""

from __future__ import annotations

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.scan import Scanner
from ckanext.govshare.domain.table import Column


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
]


@pytest.mark.parametrize(("column", "cells", "code", "count"), FOUND)
def test_personal_data_is_found(column, cells, code, count):
    """Each kind of personal data is found, in columns of its own and inside texts."""
    assert scan(column, *cells)[code].count == count


def test_a_finding_survives_storage():
    """A finding is plain data and back."""
    (finding,) = scan("手机", "13800138000").values()
    assert Finding.from_dict(finding.as_dict()) == finding
