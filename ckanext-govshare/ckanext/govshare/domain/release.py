"""THE GATE: the only place that says "public". Whoever asks and by whatever door, the answer is made here.

佳木斯 art. 24 (classes, 脱敏清洗), art. 32 (保密审查 before opening).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ckanext.govshare.domain.decision import Allowed, Decision, Reason, Refused, decide
from ckanext.govshare.domain.desensitization.clearance import Output, output_objections
from ckanext.govshare.domain.openness import CLOSED, CONDITIONAL, UNCONDITIONAL
from ckanext.govshare.domain.publication import PUBLISHED

PUBLIC_CLASSES = (UNCONDITIONAL, CONDITIONAL)
SECRECY_RULE = "佳木斯 32"
DESENSITIZED = ("done", "not_required")


@dataclass(frozen=True)
class SecrecyReview:
    """A recorded secrecy review (保密审查): conclusion and the hash of exactly what was reviewed."""

    conclusion: str
    content_hash: str


@dataclass(frozen=True)
class EntryFacts:
    """What the gate looks at before an entry's card becomes public."""

    openness: str
    content_hash: str
    defects: tuple[Reason, ...]
    review: SecrecyReview | None
    warnings: tuple[Reason, ...] = ()
    # Of a change: the state of the entry whose public card it would replace.
    changed_entry: str = PUBLISHED


@dataclass(frozen=True)
class EditionFacts:
    """What the gate looks at before an edition's data become public."""

    publication_state: str
    openness: str
    content_hash: str
    desensitization: str
    operator: str
    checker: str
    checked_hash: str
    review: SecrecyReview | None
    outputs: tuple[Output, ...]
    under_way: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class FileFacts:
    """What the gate looks at each time somebody asks for a released file by its address."""

    publication_state: str
    openness: str
    was_published: bool
    edition_withdrawn: bool
    on_shelf: bool


def may_deliver_data(openness: str) -> Decision:
    """Decide whether data of this class may be brought in at all: closed ones may not."""
    return decide(_openness_objections(openness))


def is_public(publication_state: str, openness: str) -> bool:
    """Tell whether an entry's card may be seen by everyone."""
    return publication_state == PUBLISHED and openness in PUBLIC_CLASSES


def may_publish_entry(facts: EntryFacts) -> Decision:
    """Decide whether a card may be published: complete, and reviewed for secrecy as it stands.

    A closed card is registered, not opened: its review may well say that it may not open.
    """
    found = _review_objections(facts.review, facts.content_hash)
    if facts.openness == CLOSED:
        found = [reason for reason in found if reason.code != "release.secrecy_review_refuses"]
    if facts.changed_entry != PUBLISHED:
        found.append(Reason("change.not_published", {"state": facts.changed_entry}))
    return decide([*facts.defects, *found], facts.warnings)


def may_release_edition(facts: EditionFacts) -> Decision:
    """Decide whether an edition's data may be released: class, what is in them, a second person, review, bytes."""
    return decide(
        [
            *_class_objections(facts),
            *_output_objections(facts.outputs),
            *_check_objections(facts),
            *_review_objections(facts.review, facts.content_hash),
            *facts.under_way,
        ]
    )


def _output_objections(outputs: tuple[Output, ...]) -> Iterator[Reason]:
    """Yield what speaks against each table; an edition without any has not been read."""
    for output in outputs or (Output(),):
        yield from output_objections(output)


def _class_objections(facts: EditionFacts) -> list[Reason]:
    found = []
    if facts.publication_state != PUBLISHED:
        found.append(Reason("release.entry_not_published", {"state": facts.publication_state}))
    return [*found, *_openness_objections(facts.openness)]


def _openness_objections(openness: str) -> list[Reason]:
    if openness == CLOSED:
        return [Reason("release.closed", rule="佳木斯 24")]
    return []


def _check_objections(facts: EditionFacts) -> list[Reason]:
    found = []
    if facts.desensitization not in DESENSITIZED:
        found.append(Reason("release.not_desensitized", {"status": facts.desensitization}, rule="佳木斯 24"))
    if not facts.checker:
        found.append(Reason("release.not_checked", rule="佳木斯 24"))
    elif facts.checker == facts.operator:
        found.append(Reason("release.checker_is_operator", rule="佳木斯 24"))
    elif facts.checked_hash != facts.content_hash:
        found.append(Reason("release.bytes_changed", rule="佳木斯 24"))
    return found


def _review_objections(review: SecrecyReview | None, content_hash: str) -> list[Reason]:
    if review is None:
        return [Reason("release.no_secrecy_review", rule=SECRECY_RULE)]
    found = []
    if review.conclusion != "may_open":
        facts = {"conclusion": review.conclusion}
        found.append(Reason("release.secrecy_review_refuses", facts, rule=SECRECY_RULE))
    if review.content_hash != content_hash:
        found.append(Reason("release.review_of_other_content", rule=SECRECY_RULE))
    return found


def may_take_data(publication_state: str, openness: str) -> Decision:
    """Decide whether anybody may take released data without asking: published and unconditional.

    佳木斯 art. 26: conditional data are handed out on application.
    """
    if publication_state == PUBLISHED and openness == CONDITIONAL:
        return Refused((Reason("release.needs_grant", rule="佳木斯 26"),))
    if publication_state == PUBLISHED and is_for_everyone(openness):
        return Allowed()
    return Refused((Reason("release.data_withdrawn"),))


def may_take_file(facts: FileFacts) -> Decision:
    """Decide whether anybody may take one file without asking; of what was never public nobody learns that it exists."""
    if not facts.was_published:
        return Refused((Reason("release.no_such_file"),))
    data = may_take_data(facts.publication_state, facts.openness)
    if isinstance(data, Refused):
        return data
    if facts.edition_withdrawn:
        return Refused((Reason("release.edition_withdrawn"),))
    return Allowed() if facts.on_shelf else Refused((Reason("release.no_such_file"),))


def is_for_everyone(openness: str) -> bool:
    """Tell whether released files and rows of this class lie on the public shelf; else they stay in the vault."""
    return openness == UNCONDITIONAL
