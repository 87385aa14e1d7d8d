"""What lists and entry pages make of an entry."""

from __future__ import annotations

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.helpers.entry_row import abstract, mark
from ckanext.govshare.logic.errors import language

from tests.portal.officers import Department

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

MARKS = [
    # title, query, expected
    ("公共停车场名录", "停车", "公共<mark>停车</mark>场名录"),
    ("公共停车场名录", "停车 名录", "公共<mark>停车</mark>场<mark>名录</mark>"),
    ("停车场", "停", "<mark>停</mark>车场"),
    ("IC卡明细", "ic卡", "<mark>IC卡</mark>明细"),
    ("停车场", "", "停车场"),
    ("停车场", "  ", "停车场"),
    ("停车场", "气象", "停车场"),
    ("<b>停车</b>", "停车", "&lt;b&gt;<mark>停车</mark>&lt;/b&gt;"),
    ("停车<script>", "<script>", "停车<mark>&lt;script&gt;</mark>"),
    ("İstanbul 停车", "停车", "İstanbul 停车"),
]


@pytest.mark.parametrize(("title", "query", "expected"), MARKS)
def test_words_of_the_query_are_marked_and_nothing_becomes_markup(title, query, expected):
    assert str(mark(title, query)) == expected


ABSTRACTS = [
    ("全市公共停车场。\n\n每月更新。", "全市公共停车场。 每月更新。"),
    ("**全市**公共停车场", "全市公共停车场"),
    ("1. 停车场\n2. 泊位", "停车场"),
    ("", ""),
]


@pytest.mark.parametrize(("notes", "begins"), ABSTRACTS)
def test_abstract_is_plain_text(notes, begins):
    assert abstract(notes).startswith(begins)
    assert "*" not in abstract(notes)


def test_long_abstract_is_cut_with_a_sign():
    assert abstract("停" * 500) == "停" * 179 + "…"


def test_card_shows_words_for_codes_and_leaves_out_what_is_empty(helpers):
    entry = Department().published(region="", industry="")
    facts = {row["label"]: row["value"] for row in helpers["govshare_entry_facts"](entry)}
    label = {field.name: field.label[language()] for field in rulebook.entry_fields()}
    for name, vocabulary in (("theme", "theme"), ("update_cycle", "update_cycle")):
        assert facts[label[name]] == rulebook.vocabulary(vocabulary).label(entry[name], language())
    assert label["region"] not in facts
    assert all(facts.values())


@pytest.fixture
def helpers():
    from ckan.lib.helpers import helper_functions

    return helper_functions
