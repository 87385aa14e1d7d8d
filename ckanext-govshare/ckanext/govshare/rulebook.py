"""The law as data: reads ``config/statutes`` and hands it to the rules as values. Nobody else reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from ckanext.govshare.domain.application_form import FormField
from ckanext.govshare.domain.application_needs import Limits
from ckanext.govshare.domain.attachment import Limits as AttachmentLimits
from ckanext.govshare.domain.deadline import Duty
from ckanext.govshare.domain.desensitization.knowledge import Knowledge, NameWords, Row
from ckanext.govshare.domain.entry import Field
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.holidays import Festivals, Notice, Statute, StatutoryDay, notice_of
from ckanext.govshare.domain.notice import NoticeKind
from ckanext.govshare.domain.vocabulary import Term, Vocabulary
from ckanext.govshare.domain.workdays import Calendar

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
    return _word_lists()[name]


def words_of(noun: str, name: str) -> Mapping[str, Mapping[str, str]]:
    """Return the noun's own word list (``application_states``) where it has one, else the common one."""
    lists = _word_lists()
    return lists.get(f"{noun}_{name}", lists[name])


@cache
def _word_lists() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    lists: Mapping[str, Mapping[str, Mapping[str, str]]] = read_statute("words")["words"]
    return lists


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
def duties() -> Mapping[str, Duty]:
    """Return every duty that has a due date, by its code, in the order of the calculator."""
    data = read_statute("deadline")
    return {row["code"]: _duty({**data["defaults"], **row}) for row in data["duties"]}


def duty(code: str) -> Duty:
    """Return one duty; raises RuleError for a code that no statute knows."""
    found = duties().get(code)
    if found is None:
        raise RuleError("deadline.unknown_duty", "duty", value=code, known=tuple(duties()))
    return found


@cache
def readings() -> tuple[Mapping[str, Any], ...]:
    """Return how the portal reads what the texts leave open: ``{number, question, reading, basis, where, clock?}``."""
    return tuple(read_statute("readings")["readings"])


@lru_cache(maxsize=16)
def calendar(imported: tuple[Notice, ...] = (), as_of: date | None = None) -> Calendar:
    """Return the calendar of the shipped and the ``imported`` notices, as it was known on ``as_of`` (default: now)."""
    known = {notice.number: notice for notice in (*shipped_notices(), *imported)}
    notices = tuple(notice for notice in known.values() if as_of is None or notice.issued <= as_of)
    return Calendar(notices, _statutes(), _festivals())


@cache
def shipped_notices() -> tuple[Notice, ...]:
    """Return the notices of ``config/statutes/workdays``, oldest year first."""
    files = sorted((STATUTES / "workdays").glob("*.yaml"))
    years = (read_statute(f"workdays/{file.stem}") for file in files)
    return tuple(notice_of(row, data["year"]) for data in years for row in data["notices"])


@cache
def desensitization() -> Knowledge:
    """Return what the detectors of personal data know: their table and their words."""
    names = read_statute("desensitization/names")
    rows = tuple(Row(**_frozen(row)) for row in read_statute("desensitization/detectors")["detectors"])
    return Knowledge(
        version=version(),
        rows=rows,
        names=NameWords(
            surnames=_weights(names["surnames"]),
            compound_surnames=frozenset(names["compound_surnames"]),
            given=_weights(names["given_characters"]),
            endings=frozenset(names["place_and_thing_endings"]),
            ordinary_words=frozenset(names["ordinary_words"].split()),
        ),
        words=_frozen(read_statute("desensitization/words")["words"]),
    )


@cache
def application(part: str) -> Any:
    """Return one part of ``application.yaml``: commitment, terms, objection, documents, steps …"""
    return read_statute("application")[part]


@cache
def application_limits() -> Limits:
    """Return what the moves of an application are held against; its periods are those of the duties."""
    return Limits(
        longest_extension=duty("open_reply").longest_extension,
        longest_supplement=duty("supplement_answer").days,
        most_entries=application("limits")["most_entries"],
        refusal_reasons=tuple(term.code for term in application_terms("refusal_reasons")),
        redirect_kinds=tuple(term.code for term in application_terms("redirect_kinds")),
        terms_version=str(application("terms")["version"]),
    )


@cache
def attachment_limits() -> AttachmentLimits:
    """Return how many papers an application takes, how large one may be, and all that wait to be sent with forms."""
    given, mib = application("limits"), 1024 * 1024
    return AttachmentLimits(
        given["most_attachments"], given["largest_attachment_mb"] * mib, given["largest_drafts_mb"] * mib
    )


@cache
def application_fields() -> tuple[FormField, ...]:
    """Return the rows of the application's form, in order."""
    return _form(application("fields"))


@cache
def use_report_fields() -> tuple[FormField, ...]:
    """Return the rows of the use report (使用情况报告), in order."""
    return _form(application("use_report"))


def _form(rows: Iterable[Mapping[str, Any]]) -> tuple[FormField, ...]:
    audiences = application("audiences")
    return tuple(
        FormField(
            **{
                **row,
                "seen_by": audiences[row["seen_by"]],
                "options": tuple(_term(option) for option in row.get("options", ())),
            }
        )
        for row in rows
    )


@cache
def application_terms(part: str) -> tuple[Term, ...]:
    """Return the reasons of refusal (``refusal_reasons``) or the kinds of redirection (``redirect_kinds``)."""
    return tuple(_term(row) for row in application(part))


@cache
def notice_kinds() -> Mapping[str, NoticeKind]:
    """Return who is told what, by kind of notice (通知)."""
    rows = read_statute("notices")["kinds"]
    return {code: NoticeKind(code, **row) for code, row in rows.items()}


@cache
def notice_digest() -> Mapping[str, str]:
    """Return the subject of a mail that gathers what waits for an officer, by language; its place is ``count``."""
    words: Mapping[str, str] = read_statute("notices")["digest"]
    return words


@cache
def statistics() -> tuple[Mapping[str, Any], ...]:
    """Return the public figures of applications in order: ``{code, label, meaning, rule, unit?, bucket?}``."""
    return tuple(read_statute("statistics")["figures"])


@cache
def version() -> str:
    """Return 12 hex digits that change whenever any statute file does; journalled with each decision."""
    digest = sha256()
    for path in sorted(STATUTES.rglob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _duty(row: Mapping[str, Any]) -> Duty:
    month_day = row.get("yearly")
    yearly = (int(month_day[:2]), int(month_day[3:])) if month_day else None
    return Duty(**{**row, "warn": tuple(row["warn"]), "yearly": yearly})


def _statutes() -> tuple[Statute, ...]:
    return tuple(
        Statute(
            row["source"], row["effective_from"], tuple(day for line in row["days"] for day in _days(line))
        )
        for row in read_statute("statutory_days")["versions"]
    )


def _days(line: Mapping[str, Any]) -> Iterator[StatutoryDay]:
    for text in line.get("dates", ()):
        yield StatutoryDay(line["name"], month=int(text[:2]), day=int(text[3:]))
    for offset in line.get("offsets", ()):
        yield StatutoryDay(line["name"], festival=line["festival"], offset=offset)


def _festivals() -> Festivals:
    """Read the table: a line is the year and the days of 正月初一, 清明, 端午 and 中秋."""
    found = {}
    for line in read_statute("festivals")["table"].splitlines():
        year, *days = line.split()
        dates = (date.fromisoformat(f"{year}-{day}") for day in days)
        found[int(year)] = dict(zip(("spring", "qingming", "dragon_boat", "mid_autumn"), dates, strict=True))
    return found


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


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _weights(groups: Mapping[int, list[str]]) -> dict[str, int]:
    """Read weighed characters: a weight, and the characters that have it."""
    return {sign: weight for weight, lines in groups.items() for sign in "".join(lines)}


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
