"""Entry (目录条目): the field table and what each field may hold."""

from __future__ import annotations

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.entry import check_entry

FIELDS = rulebook.entry_fields()
COMPLETE = {
    "title": "公共停车场名录",
    "owner_org": "transport",
    "notes": "全市公共停车场的名称、位置和泊位数。",
    "format_class": "spreadsheet",
    "data_items": [{"name": "名称", "type": "C"}, {"name": "泊位数", "type": "N"}],
    "theme": rulebook.vocabulary("theme").terms[0].code,
    "share_type": "unconditional",
    "openness": "unconditional",
    "license_id": rulebook.vocabulary("license").terms[0].code,
    "update_cycle": "monthly",
    "contact_phone": "0454-8888888",
}


def codes(values, *, complete=True):
    """The (code, field) pairs that ``values`` deserve."""
    found = check_entry(values, FIELDS, rulebook.VOCABULARIES, complete=complete)
    return [(reason.code, reason.field) for reason in found]


def test_a_complete_card_passes():
    """Nothing is asked beyond what the guide and the law ask."""
    assert codes(COMPLETE) == []


def test_a_draft_needs_a_title_and_a_provider_only():
    """Clerks save early; completeness is asked at submission."""
    assert codes({"title": "水", "owner_org": "x"}, complete=False) == []
    assert codes({}, complete=False) == [("entry.missing", "title"), ("entry.missing", "owner_org")]


@pytest.mark.parametrize("name", [field.name for field in FIELDS if field.required != "never"])
def test_each_required_field_is_missed(name):
    """Leaving out any one required field is said by its name."""
    values = {key: value for key, value in COMPLETE.items() if key != name}
    assert ("entry.missing", name) in codes(values)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("title", "长" * 201, "entry.too_long"),
        ("title", "长" * 200, None),
        ("title", "停车\x00场", "entry.control_character"),
        ("notes", "长" * (rulebook.entry_field("notes").max_length + 1), "entry.too_long"),
        ("theme", "无此主题", "entry.bad_choice"),
        ("openness", "open", "entry.bad_choice"),
        ("license_id", "mine", "entry.bad_license"),
        ("update_cycle", "每月", "entry.bad_choice"),
        ("contact_phone", "见公告", "entry.bad_phone"),
        ("contact_phone", "12345", None),
        ("contact_phone", "+86 (0454) 888-8888 转 12", None),
        ("contact_email", "a@b", "entry.bad_email"),
        ("contact_email", "kaifang@yunxi.example", None),
        ("first_published", "2026-02-30", "entry.bad_date"),
        ("first_published", "2026-02-28", None),
        ("resource_code", "305001/12", None),
        ("resource_code", "305001", "entry.bad_code"),
        ("resource_code", "405001/1", "entry.bad_code"),
        ("resource_code", "３05001/1", "entry.bad_code"),
        ("region", "000000", "entry.bad_choice"),
        ("data_items", "名称", "entry.not_a_list"),
        ("data_items", [{"name": ""}], "items.name_missing"),
        ("data_items", ["名称"], "items.name_missing"),
        ("data_items", [{"name": "长" * 201}], "items.name_too_long"),
        ("data_items", [{"name": "甲"}, {"name": "甲"}], "items.duplicate"),
        ("data_items", [{"name": "甲", "type": "Z"}], "items.bad_type"),
    ],
)
def test_values(name, value, code):
    """What a field may hold, and the code of what it may not."""
    assert codes({**COMPLETE, name: value}) == ([(code, name)] if code else [])


def test_the_field_table_is_whole():
    """Every row has labels and help in both languages, a known kind, and a vocabulary where it needs one."""
    kinds = {
        "text", "long_text", "choice", "date", "email", "phone", "items", "basis", "tags", "organization",
        "license", "code",
    }  # fmt: skip
    for field in FIELDS:
        assert field.kind in kinds
        assert set(field.label) == set(field.help) == {"zh", "en"}
        assert field.header_1272
        assert not field.vocabulary or field.vocabulary in set(rulebook.VOCABULARIES)
        assert bool(field.vocabulary) is (field.kind in {"choice", "items", "basis", "license"})
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert len({field.header_1272 for field in FIELDS}) == len(FIELDS)
