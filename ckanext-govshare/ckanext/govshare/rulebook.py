"""The law as data: reads ``config/statutes`` and hands it to the rules as values. Nobody else reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from ckanext.govshare.domain.entry import Field
from ckanext.govshare.domain.vocabulary import Term, Vocabulary

STATUTES = Path(str(files("ckanext.govshare.statutes")))

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_statute(name: str) -> Any:
    """Return the parsed statute file ``<name>.yaml``; every file carries ``source`` and ``effective_from``."""
    return yaml.load((STATUTES / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506


@cache
def entry_fields() -> tuple[Field, ...]:
    """Return the rows of the entry's field table, in the order of the form."""
    rows = read_statute("entry")["fields"]
    return tuple(Field(**{**row, "synonyms": tuple(row.get("synonyms", ()))}) for row in rows)


@cache
def entry_field(name: str) -> Field:
    """Return one row of the field table."""
    return next(field for field in entry_fields() if field.name == name)


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary ``config/statutes/vocabularies/<name>.yaml``."""
    data = read_statute(f"vocabularies/{name}")
    terms = _tabled(data["table"]) if "table" in data else (_term(row) for row in data["terms"])
    return Vocabulary(name, str(data["source"]), str(data["effective_from"]), tuple(terms))


@cache
def words(name: str) -> Mapping[str, Mapping[str, str]]:
    """Return one word list of ``words.yaml``: code → language → word."""
    lists: Mapping[str, Mapping[str, Mapping[str, str]]] = read_statute("words")["words"]
    return lists[name]


@cache
def secrecy_questions() -> tuple[Term, ...]:
    """Return the questions of the secrecy review (保密审查), in order."""
    return tuple(_term(row) for row in read_statute("secrecy_review")["questions"])


@cache
def secrecy_conclusions() -> tuple[Term, ...]:
    """Return the conclusions that a secrecy review may end in."""
    return tuple(_term(row) for row in read_statute("secrecy_review")["conclusions"])


@cache
def opening_steps() -> tuple[Mapping[str, Any], ...]:
    """Return the steps to data that is open on conditions: ``{code, icon, label, text, days?, extension_days?}``."""
    return tuple(read_statute("opening_steps")["steps"])


@cache
def version() -> str:
    """Return 12 hex digits that change whenever any statute file does; journalled with each decision."""
    digest = sha256()
    for path in sorted(STATUTES.rglob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _term(row: Mapping[str, Any]) -> Term:
    known = {"code", "label", "number", "parent", "synonyms"}
    return Term(
        code=str(row["code"]),
        label=row["label"],
        number=str(row.get("number", "")),
        parent=str(row.get("parent", "")),
        synonyms=tuple(row.get("synonyms", ())),
        facts={key: value for key, value in row.items() if key not in known},
    )


def _tabled(table: str) -> Iterator[Term]:
    """Read a long code list: a line is code, parent (``-`` for none), Chinese label."""
    for line in table.splitlines():
        code, parent, label = line.split(maxsplit=2)
        yield Term(code=code, label={"zh": label}, parent="" if parent == "-" else parent)


class _Vocabularies(Mapping[str, Vocabulary]):
    """All vocabularies by name, each read when first asked for."""

    def __getitem__(self, name: str) -> Vocabulary:
        return vocabulary(name)

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in sorted((STATUTES / "vocabularies").glob("*.yaml")))

    def __len__(self) -> int:
        return sum(1 for _ in self)


VOCABULARIES: Mapping[str, Vocabulary] = _Vocabularies()
