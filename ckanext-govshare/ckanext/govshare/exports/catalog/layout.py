"""The columns of the catalog's table (发改高技〔2017〕1272号) and what stands in their cells.

Types of opening and sharing are written as the numbers 1, 2, 3; other choices by their label; codes whose
labels repeat (regions, industries) as code and label. Whatever is written here, the import reads again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ckanext.govshare.domain.catalog_values import ITEM_SEPARATOR
from ckanext.govshare.domain.entry import LIST_KINDS, Field
from ckanext.govshare.domain.vocabulary import Vocabulary

BY_NUMBER = ("openness", "share_type")
BY_CODE = ("region", "industry")
ITEM_PARTS = ("name", "type", "length", "meaning", "sensitive", "opened")
BASIS_PARTS = ("title", "article", "level")

Card = Mapping[str, object]


@dataclass(frozen=True)
class Layout:
    """Fields in the order of the columns, and the words of their values.

    ``spelled``: numbers are followed by their word, as in a form that people fill in.
    """

    fields: Sequence[Field]
    vocabularies: Mapping[str, Vocabulary]
    spelled: bool = False

    @property
    def headers(self) -> list[str]:
        """The column names of the 1272 layout."""
        return [field.header_1272 for field in self.fields]

    def cells(self, card: Card) -> list[str]:
        """Return one entry as the texts of one row."""
        return [self.cell(field, card.get(field.name)) for field in self.fields]

    def cell(self, field: Field, value: object) -> str:
        """Return one value as the text of a cell."""
        if value in (None, "", []):
            return ""
        if field.kind in LIST_KINDS and isinstance(value, list):
            return "\n".join(self._line(field, row) for row in value if isinstance(row, Mapping))
        if field.kind == "tags":
            return "、".join(str(value).split(","))
        if field.kind in ("choice", "license"):
            return self.word(field, str(value))
        return str(value)

    def word(self, field: Field, code: str) -> str:
        """Return how a chosen value is written."""
        words = self.vocabularies[field.vocabulary]
        term = words.by_code.get(code)
        if term is None:
            return code
        label = words.label(code)
        if field.name in BY_NUMBER:
            return f"{term.number} {label}" if self.spelled else str(term.number)
        return f"{code} {label}" if field.vocabulary in BY_CODE else label

    def plain(self, card: Card) -> dict[str, object]:
        """Return one entry by field name with lists as lists and the numbers of :data:`BY_NUMBER`."""
        return {
            field.name: self.cell(field, card[field.name]) if field.name in BY_NUMBER else card[field.name]
            for field in self.fields
            if card.get(field.name) not in (None, "", [])
        }

    def _line(self, field: Field, row: Mapping[str, object]) -> str:
        parts = ITEM_PARTS if field.kind == "items" else BASIS_PARTS
        return ITEM_SEPARATOR.join(self._part(field, part, row.get(part)) for part in parts)

    def _part(self, field: Field, part: str, value: object) -> str:
        if part in ("sensitive", "opened"):
            return "是" if value else "否"
        text = "" if value is None else str(value)
        if part in ("type", "level") and text:
            return self.vocabularies[field.vocabulary].label(text)
        # The separator and line breaks cannot stand inside a part.
        return text.replace(ITEM_SEPARATOR, "|").replace("\n", " ").strip()
