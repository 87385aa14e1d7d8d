"""The vocabularies: complete, sourced, quick to read, and found by the words that people use."""

from __future__ import annotations

import time

import pytest
from ckanext.govshare import rulebook

SIZES = {
    "openness": 3,
    "share_type": 3,
    "format_class": 7,
    "data_type": 11,
    "update_cycle": 9,
    "theme": 22,
    "industry": 20 + 97 + 473 + 1380,
    "region": 34 + 333 + 2844,
    "legal_basis_level": 6,
    "share_method": 9,
    "license": 6,
}

WORDS = [
    ("openness", "2", "conditional"),
    ("openness", "不予开放", "closed"),
    ("openness", "依申请开放", "conditional"),
    ("update_cycle", "5", "quarterly"),
    ("update_cycle", "每1月", "monthly"),
    ("update_cycle", "不定期更新", "irregular"),
    ("format_class", "xlsx", "spreadsheet"),
    ("data_type", "整数", "I"),
    ("theme", "市场监管", "market"),
    ("industry", "A", "A"),
    ("industry", "0111", "0111"),
    ("industry", "稻谷种植", "0111"),
    ("industry", "其他采矿业", "12"),
    ("region", "230800", "230800"),
    ("region", "佳木斯市", "230800"),
    ("region", "桥西区", None),
    ("license", "CC-BY-4.0", "cc-by-4.0"),
    ("theme", "", None),
    ("theme", "无此主题", None),
]


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_each_list_has_as_many_terms_as_its_source(name, size):
    """The numbers are those of the standards: 20 门类, 97 大类, 473 中类, 1380 小类; 34 provinces …"""
    vocabulary = rulebook.vocabulary(name)
    assert len(vocabulary.terms) == size
    assert len(vocabulary.by_code) == size


def test_the_sizes_name_every_vocabulary():
    assert set(rulebook.VOCABULARIES) == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_every_list_names_its_source_and_day(name):
    vocabulary = rulebook.vocabulary(name)
    assert vocabulary.source
    assert time.strptime(vocabulary.effective_from, "%Y-%m-%d")


@pytest.mark.parametrize("name", SIZES)
def test_every_term_has_a_chinese_label_and_a_known_parent(name):
    vocabulary = rulebook.vocabulary(name)
    for term in vocabulary.terms:
        assert term.label["zh"].strip(), term.code
        assert not term.parent or term.parent in vocabulary, term.code


@pytest.mark.parametrize("name", sorted(set(SIZES) - {"industry", "region"}))
def test_short_lists_speak_english_too(name):
    assert all(term.label["en"] for term in rulebook.vocabulary(name).terms)


@pytest.mark.parametrize("name", sorted(set(SIZES) - {"industry", "region"}))
def test_in_a_short_list_every_label_and_synonym_names_its_own_term(name):
    vocabulary = rulebook.vocabulary(name)
    for term in vocabulary.terms:
        for word in (term.code, *term.label.values(), *term.synonyms):
            assert vocabulary.find(word) == term.code, word


@pytest.mark.parametrize(("name", "text", "code"), WORDS)
def test_a_word_finds_its_code(name, text, code):
    """An ambiguous label (several 桥西区 exist) names nothing; a chain of equal labels names its top."""
    assert rulebook.vocabulary(name).find(text) == code


def test_the_guide_numbers_openness_and_the_first_six_cycles():
    """发改高技〔2017〕1272号: 实时1 每日2 每周3 每月4 每季度5 每年6."""
    cycles = rulebook.vocabulary("update_cycle").by_number
    assert [cycles[str(number)].code for number in range(1, 7)] == [
        "realtime", "daily", "weekly", "monthly", "quarterly", "yearly",
    ]  # fmt: skip
    assert len(cycles) == 6
    classes = rulebook.vocabulary("openness").by_number
    assert [classes[number].code for number in "123"] == ["unconditional", "conditional", "closed"]
