"""The form (申请表): who is asked what, and what each field may hold, in one table."""

from __future__ import annotations

from datetime import date

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.application_form import FormFacts, applies, check_form
from ckanext.govshare.logic.messages import MESSAGES

FACTS = FormFacts(date(2026, 11, 20), "2026-01")
PERSON = {
    "applicant_kind": "person",
    "applicant_name": "测试甲",
    "id_kind": "id_card",
    "id_number": "110101199003077715",
    "contact_phone": "13800138000",
    "contact_email": "jia@example.org",
    "supply_form": "file",
    "frequency": "once",
    "purpose_kind": "research",
    "purpose": "研究停车需求",
    "use_until": "2027-11-20",
    "storage_place": "本单位机房",
    "protection_level": "none",
    "security_measures": "加密保存，专人管理",
    "incident_contact": "测试乙",
    "incident_phone": "0454-8888888",
    "commitment": "2026-01",
}
COMPANY = {
    **{name: value for name, value in PERSON.items() if name not in ("id_kind", "id_number")},
    "applicant_kind": "company",
    "uscc": "91350100M000100Y43",
    "legal_representative": "测试丙",
    "contact_name": "测试丁",
}


def codes(values, complete=True):
    found = check_form(values, rulebook.application_fields(), FACTS, complete=complete)
    assert all(reason.code in MESSAGES for reason in found)
    return [(reason.field, reason.code.removeprefix("application.")) for reason in found]


def test_a_persons_and_a_companys_form_are_complete():
    """Each kind of applicant is asked its own things and nothing of the other's."""
    assert codes(PERSON) == []
    assert codes(COMPANY) == []


def test_a_draft_may_have_gaps_but_no_nonsense():
    """Saved as one goes: what is missing waits, what is wrong is said at once."""
    assert codes({"applicant_kind": "person"}, complete=False) == []
    assert codes({"contact_email": "nowhere"}, complete=False) == [("contact_email", "bad_email")]


REQUIRED = [field for field in rulebook.application_fields() if field.required and field.kind != "entries"]


@pytest.mark.parametrize("field", REQUIRED, ids=lambda field: field.name)
def test_every_required_field_is_missed(field):
    """Leaving out any one of them is told by its name; blanks are nothing."""
    values = PERSON if applies(field, PERSON) else COMPANY
    found = codes({**values, field.name: "  "})
    assert (field.name, "field_missing") in found


WRONG = [
    ("id_number", "110101199003077716", "bad_id_number"),
    ("id_number", "110101199002307715", "bad_id_number"),
    ("id_number", "990101199003077715", "bad_id_number"),
    ("id_number", "1101011990030777", "bad_id_number"),
    ("contact_phone", "1380013800", "bad_phone"),
    ("contact_phone", "12345678901", "bad_phone"),
    ("contact_phone", "１３８００１３８０００", "bad_phone"),
    ("contact_email", "a@b", "bad_email"),
    ("use_until", "2026-11-20", "date_past"),
    ("use_until", "明年", "bad_date"),
    ("commitment", "2020-01", "commitment_not_current"),
    ("frequency", "hourly", "bad_choice"),
    ("purpose", "字" * 2001, "field_too_long"),
    ("applicant_name", "测\x00试", "control_character"),
]


@pytest.mark.parametrize(("field", "value", "code"), WRONG)
def test_wrong_values_are_named_by_field(field, value, code):
    """Province, date and check digit of the ID number; mobile or landline; a day to come; the current promise."""
    assert codes({**PERSON, field: value}) == [(field, code)]


def test_other_documents_follow_their_own_rule():
    """A passport is no identity card."""
    assert codes({**PERSON, "id_kind": "passport", "id_number": "E12345678"}) == []
    found = codes({**PERSON, "id_kind": "passport", "id_number": "E1"})
    assert found == [("id_number", "bad_document_number")]


def test_a_wrong_credit_code_is_named():
    """One character changed breaks the check character (GB 32100)."""
    assert codes({**COMPANY, "uscc": "91350100M000100Y44"}) == [("uscc", "bad_uscc")]


def test_every_field_says_why_and_who_sees_it():
    """What is asked is explained, in both languages, with its source."""
    for field in rulebook.application_fields():
        assert field.source
        for words in (field.label, field.help, field.seen_by):
            assert set(words) == {"zh", "en"}


def test_what_names_a_person_is_personal():
    """These are sealed and masked; the list is short enough to be read."""
    assert {field.name for field in rulebook.application_fields() if field.personal} == {
        "applicant_name", "id_number", "uscc", "legal_representative", "contact_name", "contact_phone",
        "contact_email", "contact_address", "incident_contact", "incident_phone",
    }  # fmt: skip
