"""What stands in a cell of a catalog file → the value of a field, or why it cannot be one.

Text stays as it is written; only what is chosen from a list, listed or dated is brought to its standard form.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.govshare.domain.catalog_mapping import Fold
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.entry import Field
from ckanext.govshare.domain.vocabulary import Vocabulary

ITEM_SEPARATOR = "｜"
COMPUTED_STARTS = ("=", "+", "-", "@")  # a spreadsheet would compute such a text
ROC_OFFSET = 1911  # 民国纪年
FOREIGN_NAME = 80  # characters; what is longer is a sentence and no name of a column

_TAG_SEPARATORS = re.compile(r"[,，、;；\n]+")
_FORMAT_SEPARATORS = re.compile(r"[,，、;；\n|/／\s]+")
_OUTSIDE_BRACKETS = re.compile(r"[、，,;；\n]+(?![^(（]*[)）])")
_FOREIGN_ITEM = re.compile(r"^(?P<name>[^(（:：]+?)\s*(?:[(（:：](?P<meaning>.*?)[)）]?)?$", re.DOTALL)
_TERM_NUMBER = re.compile(r"\s*[(（]\d+[)）]$")
_DATE = re.compile(
    r"^(?P<era>民国|民國)?\s*(?P<y>\d{2,4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
)
_COMPACT_DATE = re.compile(r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})$")
_YES = ("是", "1", "true", "yes", "y", "敏感", "开放", "開放")
_NO = ("否", "0", "false", "no", "n", "不敏感", "不开放", "不開放", "")


@dataclass(frozen=True)
class Lexicon:
    """The words of the vocabularies.

    A word is also tried folded, without a number in brackets behind it, and as a code before its label.
    """

    vocabularies: Mapping[str, Vocabulary]
    fold: Fold
    _shared: dict[str, frozenset[str]] = field(default_factory=dict)

    def find(self, vocabulary: str, text: str) -> str | None:
        """Return the code of the term that ``text`` names by code, number, label or synonym."""
        words = self.vocabularies[vocabulary]
        narrow = unicodedata.normalize("NFKC", text).strip()
        folded = self.fold(narrow)
        for word in (text, narrow, folded, _TERM_NUMBER.sub("", folded), narrow.split(" ")[0]):
            if code := words.find(word):
                return code
        return None

    def is_ambiguous(self, vocabulary: str, text: str) -> bool:
        """Tell whether ``text`` is the label of several terms, as 朝阳区 is in several cities."""
        if vocabulary not in self._shared:
            labels = Counter(term.label.get("zh", "") for term in self.vocabularies[vocabulary].terms)
            self._shared[vocabulary] = frozenset(label for label, count in labels.items() if count > 1)
        return self.fold(text.strip()) in self._shared[vocabulary]


@dataclass(frozen=True)
class Reading:
    """One cell read: the value (None: nothing there), whether its form was changed, what is wrong with it."""

    value: object = None
    corrected: bool = False
    reason: Reason | None = None


def read_cell(row: Field, content: object, lexicon: Lexicon) -> Reading:
    """Read one cell for one field; what a JSON file gives as a list is taken as a list."""
    if isinstance(content, (list, dict)):
        return _structured(row, content)
    text = str(content).replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.startswith("'") and text[1:].startswith(COMPUTED_STARTS):
        text = text[1:]
    if not text:
        return Reading()
    return _READERS.get(row.kind, _text)(row, text, lexicon)


def class_of_formats(formats: str, lexicon: Lexicon) -> str | None:
    """Return the format class (信息资源格式) of a list of real formats: that of the first one known."""
    found = (lexicon.find("format_class", part) for part in _parts(_FORMAT_SEPARATORS, formats))
    return next(filter(None, found), None)


def parse_date(text: str) -> dt.date | None:
    """Read 2026-03-01, 2026/3/1, 2026年3月1日, 20260301, with or without a time; 104.01.01 is a 民国 year."""
    plain = unicodedata.normalize("NFKC", text).strip()
    compact = _COMPACT_DATE.match(plain)
    match = compact or _DATE.match(plain)
    if not match:
        return None
    year = int(match["y"])
    old = not compact and (bool(match["era"]) or len(match["y"]) == 3)  # noqa: PLR2004 - three digits: 民国 100 on
    if year < 1000 and not old:  # noqa: PLR2004 - two digits name no year for certain
        return None
    try:
        return dt.date(year + ROC_OFFSET if old else year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def _structured(row: Field, content: object) -> Reading:
    if not isinstance(content, list):
        return Reading(reason=Reason("catalog.value_shape", {"field": row.name}, row.name))
    if not content:
        return Reading()
    if row.kind == "tags":
        return Reading(_joined(_tag_names(content)))
    if row.kind in ("items", "basis") and all(isinstance(part, dict) for part in content):
        return Reading(content)
    return Reading(reason=Reason("catalog.value_shape", {"field": row.name}, row.name))


def _text(_row: Field, text: str, _lexicon: Lexicon) -> Reading:
    line = re.sub(r"\s*\n\s*", " ", text)
    return Reading(line, line != text)


def _long_text(_row: Field, text: str, _lexicon: Lexicon) -> Reading:
    return Reading(text)


def _choice(row: Field, text: str, lexicon: Lexicon) -> Reading:
    facts = {"field": row.name, "value": text[:60]}
    if lexicon.is_ambiguous(row.vocabulary, text):
        return Reading(reason=Reason("catalog.value_ambiguous", facts, row.name))
    code = lexicon.find(row.vocabulary, text)
    if code is None:
        return Reading(reason=Reason("catalog.value_not_in_list", facts, row.name))
    return Reading(code)


def _date(row: Field, text: str, _lexicon: Lexicon) -> Reading:
    found = parse_date(text)
    if found is None:
        facts = {"field": row.name, "value": text[:60]}
        return Reading(reason=Reason("catalog.date_unreadable", facts, row.name))
    return Reading(found.isoformat(), found.isoformat() != text)


def _narrow(_row: Field, text: str, _lexicon: Lexicon) -> Reading:
    narrow = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))
    return Reading(narrow, narrow != text)


def _tags(_row: Field, text: str, _lexicon: Lexicon) -> Reading:
    return Reading(_joined(_parts(_TAG_SEPARATORS, text)))


def _items(row: Field, text: str, lexicon: Lexicon) -> Reading:
    if text.startswith("["):
        return _json_list(row, text)
    if ITEM_SEPARATOR in text:
        return _lines(row, text, lambda parts: _own_item(parts, lexicon))
    found = {str(item["name"]): item for item in map(_foreign_item, _parts(_OUTSIDE_BRACKETS, text))}
    if any("。" in name or len(name) > FOREIGN_NAME for name in found):
        facts = {"field": row.name, "value": text[:60]}
        return Reading(reason=Reason("catalog.items_unreadable", facts, row.name))
    return Reading([item for name, item in found.items() if name], corrected=True)


def _basis(row: Field, text: str, lexicon: Lexicon) -> Reading:
    if text.startswith("["):
        return _json_list(row, text)
    return _lines(row, text, lambda parts: _own_basis(parts, lexicon))


def _lines(row: Field, text: str, make: Callable[[Sequence[str]], dict[str, object] | None]) -> Reading:
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        made = make([part.strip() for part in line.split(ITEM_SEPARATOR)])
        if made is None:
            facts = {"field": row.name, "line": number, "value": line[:60]}
            return Reading(reason=Reason("catalog.line_unreadable", facts, row.name))
        found.append(made)
    return Reading(found)


def _json_list(row: Field, text: str) -> Reading:
    try:
        return _structured(row, json.loads(text))
    except ValueError:
        return Reading(reason=Reason("catalog.value_shape", {"field": row.name}, row.name))


def _own_item(parts: Sequence[str], lexicon: Lexicon) -> dict[str, object] | None:
    """One line of our layout: name｜type｜length｜meaning｜sensitive｜opened."""
    name, kind, length, meaning, sensitive, opened = [*parts, *[""] * 6][:6]
    code = lexicon.find("data_type", kind) if kind else ""
    flags = (_flag(sensitive), _flag(opened))
    if not name or code is None or None in flags or len(parts) > 6:  # noqa: PLR2004 - the six parts above
        return None
    return _item(name, code, length, meaning, sensitive=bool(flags[0]), opened=bool(flags[1]))


def _foreign_item(part: str) -> dict[str, object]:
    """One name of a foreign list of columns, 名称(说明); nothing is known of its type."""
    match = _FOREIGN_ITEM.match(part)
    name, meaning = (match["name"].strip(), (match["meaning"] or "").strip()) if match else (part, "")
    return _item(name, "", "", meaning if meaning != name else "", sensitive=False, opened=True)


def _item(
    name: str, kind: str, length: str, meaning: str, *, sensitive: bool, opened: bool
) -> dict[str, object]:
    return {
        "name": name,
        "type": kind,
        "length": length,
        "meaning": meaning,
        "sensitive": sensitive,
        "opened": opened,
    }


def _own_basis(parts: Sequence[str], lexicon: Lexicon) -> dict[str, object] | None:
    """One line of our layout: title｜article｜level."""
    title, article, level = [*parts, *[""] * 3][:3]
    code = lexicon.find("legal_basis_level", level) if level else ""
    if not title or code is None or len(parts) > 3:  # noqa: PLR2004 - the three parts above
        return None
    return {"title": title, "article": article, "level": code}


def _flag(text: str) -> bool | None:
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


def _tag_names(content: Sequence[object]) -> list[str]:
    """Read a list of words, or of objects with a ``name`` as CKAN gives tags."""
    return [str(part.get("name") or "") if isinstance(part, Mapping) else str(part) for part in content]


def _joined(words: Iterable[str]) -> str:
    """Join keywords in the order in which CKAN gives them back."""
    return ",".join(sorted({word.strip() for word in words if word.strip()}))


def _parts(separators: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in separators.split(text) if part.strip()]


_READERS: Mapping[str, Callable[[Field, str, Lexicon], Reading]] = {
    "long_text": _long_text,
    "choice": _choice,
    "license": _choice,
    "date": _date,
    "email": _narrow,
    "phone": _narrow,
    "code": _narrow,
    "tags": _tags,
    "items": _items,
    "basis": _basis,
}
