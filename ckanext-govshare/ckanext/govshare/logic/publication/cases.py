"""The cases of the publication workflow: load and lock, let the domain decide, save with journal and outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import notices, rulebook, runtime
from ckanext.govshare.domain.decision import Decision, Reason, Refused, decide
from ckanext.govshare.domain.entry import check_entry
from ckanext.govshare.domain.publication import CHANGE, CHANGE_OVER, DRAFT, PUBLICATION, PUBLISHED
from ckanext.govshare.domain.release import EntryFacts, may_publish_entry
from ckanext.govshare.domain.workflow import Actor, Workflow
from ckanext.govshare.domain.workflow import Case as Facts
from ckanext.govshare.domain.writing import may_edit_change, may_propose_change
from ckanext.govshare.logic import indexing, moving, reviews, roles
from ckanext.govshare.logic.entry import card
from ckanext.govshare.logic.publication import publishing
from ckanext.govshare.model import Change, OutboxRow, Publication, journal

Context = dict[str, Any]
DataDict = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One row in the workflow and the content that is judged: the stored card, or the proposed one."""

    kind: str
    row: Any
    package: Any
    content: DataDict

    @property
    def id(self) -> str:
        """The id under which journal and reviews know the case."""
        return self.row.entry_id if self.kind == "publication" else self.row.id

    @property
    def workflow(self) -> Workflow:
        """The table of moves."""
        return PUBLICATION if self.kind == "publication" else CHANGE

    @property
    def content_hash(self) -> str:
        """The hash that a secrecy review is bound to."""
        return runtime.content_hash(self.content)


def visible_entry(context: Context, data_dict: DataDict) -> Any:
    """Return the entry that the caller may see; 404 for what they may not know."""
    package = model.Package.get(toolkit.get_or_bust(data_dict, "id"))
    if package is None or package.type != "dataset" or package.state == "deleted":
        raise toolkit.ObjectNotFound(toolkit._("There is no such entry."))
    try:
        toolkit.check_access("package_show", dict(context), {"id": package.id})
    except toolkit.NotAuthorized as error:
        raise toolkit.ObjectNotFound(toolkit._("There is no such entry.")) from error
    return package


def load_publication(context: Context, data_dict: DataDict, *, lock: bool = False) -> Case:
    """Load an entry's publication, its row locked until the end of the transaction if asked."""
    package = visible_entry(context, data_dict)
    row = model.Session.get(Publication, package.id, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such entry."))
    if lock:
        model.Session.refresh(package)
    return Case("publication", row, package, publishing.stored_content(package))


def load_change(context: Context, data_dict: DataDict, *, lock: bool = False) -> Case:
    """Load a change; only its department and the bureau know of it."""
    row = model.Session.get(
        Change, toolkit.get_or_bust(data_dict, "id"), with_for_update=lock or None, populate_existing=lock
    )
    if row is None or not roles.roles_of(roles.user_id_of(context), row.organization_id):
        raise toolkit.ObjectNotFound(toolkit._("There is no such change."))
    if lock:
        model.Session.get(Publication, row.entry_id, with_for_update=True, populate_existing=True)
    return Case("change", row, model.Package.get(row.entry_id), dict(row.content))


def move(context: Context, case: Case, data_dict: DataDict) -> None:
    """Decide and take one move: the row is locked, the domain judges, everything is saved at once."""
    user_id = roles.user_id_of(context)
    actor = roles.actor_of(user_id, case.row.organization_id, lock=True)
    name = str(data_dict.get("move") or "")
    note = str(data_dict.get("note") or "").strip()
    seen = data_dict.get("version")
    if moving.is_repeated(case.kind, case.id, case.row.version, seen, person=user_id, move=name):
        model.Session.rollback()
        return
    moving.refuse_stale(case.row.version, seen)
    review, objections = _review(case, name, data_dict)
    decision = judge(case, name, actor, note=note, review_objections=objections)
    moving.refuse_if(decision)
    event = _save(case, name, actor, note, review)
    model.Session.commit()
    indexing.follow(event, context)


def propose(context: Context, case: Case, content: Mapping[str, Any]) -> Case:
    """Open a change of a published entry, with ``content`` over the published card."""
    user_id = roles.user_id_of(context)
    moving.refuse_if(may_propose_change(case.row.state, already_open=open_change(case) is not None))
    row = Change(
        entry_id=case.row.entry_id,
        organization_id=case.row.organization_id,
        title=case.row.title,
        base_version=publishing.newest_version(case.row.entry_id),
        content=_merged(case.content, content),
        created_by=user_id,
        state=DRAFT,
        version=1,
    )
    model.Session.add(row)
    model.Session.flush()
    change = Case("change", row, case.package, dict(row.content))
    _refuse_defects(change)
    row.title = row.content["title"]
    _journal(change, user_id, "create", "", DRAFT, "")
    model.Session.commit()
    return change


def edit(context: Context, case: Case, data_dict: DataDict) -> Case:
    """Replace fields of a change that is still a draft."""
    user_id = roles.user_id_of(context)
    moving.refuse_stale(case.row.version, data_dict.get("version"))
    moving.refuse_if(may_edit_change(case.row.state))
    content = _merged(case.content, data_dict.get("content") or {})
    changed = Case("change", case.row, case.package, content)
    _refuse_defects(changed)
    case.row.content = content
    case.row.title = content["title"]
    case.row.version += 1
    _journal(changed, user_id, "edit", DRAFT, DRAFT, "")
    model.Session.commit()
    return changed


def judge(
    case: Case, name: str, actor: Actor, *, note: str, review_objections: Iterable[Reason] = ()
) -> Decision:
    """Let the table of moves decide, with everything that speaks against the move."""
    unmet = {
        "complete": tuple(defects(case)),
        "note": () if note else (Reason("workflow.note_missing", field="note"),),
        "secrecy_review": tuple(review_objections),
        "gate": _gate(case) if name == "publish" else (),
    }
    return case.workflow.step(Facts(case.row.state, case.row.persons(), unmet), name, actor)


def _gate(case: Case) -> tuple[Reason, ...]:
    review = reviews.newest(case.kind, case.id)
    openness = str(case.content.get("openness", ""))
    facts = EntryFacts(
        openness=openness,
        content_hash=case.content_hash,
        defects=tuple(defects(case)),
        review=reviews.as_fact(review),
        changed_entry=_changed_entry(case),
    )
    decision = may_publish_entry(facts)
    return decision.reasons if isinstance(decision, Refused) else ()


def defects(case: Case) -> list[Reason]:
    """Return what the card still lacks before it may be submitted."""
    return check_entry(case.content, rulebook.entry_fields(), rulebook.VOCABULARIES, complete=True)


def _refuse_defects(case: Case) -> None:
    found = check_entry(case.content, rulebook.entry_fields(), rulebook.VOCABULARIES, complete=False)
    found += publishing.title_objections(case.row.entry_id, case.row.organization_id, case.content)
    moving.refuse_if(decide(found))


def _review(case: Case, name: str, data_dict: DataDict) -> tuple[DataDict | None, list[Reason]]:
    if name != "approve":
        return None, []
    return reviews.read(data_dict.get("review"), str(case.content.get("openness", "")))


def _changed_entry(case: Case) -> str:
    """Return the state of the entry that a change is of; a first publication changes none."""
    if case.kind == "publication":
        return PUBLISHED
    return model.Session.get_one(Publication, case.row.entry_id).state


def _save(case: Case, name: str, actor: Actor, note: str, review: DataDict | None) -> OutboxRow:
    at, person = runtime.now(), actor.person
    before, authors = case.row.state, (case.row.created_by, case.row.submitted_by)
    taken = case.workflow.move(name)
    target = taken.target  # type: ignore[union-attr]
    if review is not None:
        reviews.write(case.kind, case.id, person, review, case.content_hash, at)
    case.row.enter(name, target, person, at)
    if name == "publish":
        publishing.publish(case.kind, case.row, case.package, case.content, person, at)
    elif name in ("withdraw", "reopen"):
        publishing.hide(case.package, at)
    _journal(case, person, name, before, target, note, moving.for_whom(actor, taken))
    notices.tell_of_move(
        model.Session,
        case_kind=case.kind,
        case_id=case.id,
        move=name,
        organization_id=case.row.organization_id,
        by=person,
        authors=authors,
        facts={"title": case.row.title},
    )
    return indexing.announce(case.row.entry_id)


def _journal(
    case: Case,
    person: str,
    name: str,
    before: str,
    after: str,
    note: str,
    facts: Mapping[str, str] | None = None,
) -> None:
    journal.record(
        model.Session,
        actor=person,
        case_kind=case.kind,
        case_id=case.id,
        organization_id=case.row.organization_id,
        move=name,
        from_state=before,
        to_state=after,
        note=note,
        facts={"content_hash": case.content_hash, "version": case.row.version, **(facts or {})},
    )


def open_change(case: Case) -> Change | None:
    """Return the change of a published entry that is under way."""
    if case.kind != "publication":
        return None
    query = sa.select(Change).where(Change.entry_id == case.row.entry_id, Change.state.not_in(CHANGE_OVER))
    return model.Session.scalar(query)


def _merged(base: Mapping[str, Any], given: Mapping[str, Any]) -> DataDict:
    wanted = {**base, **{key: value for key, value in given.items() if key in _proposable()}}
    return card.card_of(wanted)


def _proposable() -> set[str]:
    fixed = {"owner_org", "resource_code"}
    return {
        field.name
        for field in rulebook.entry_fields()
        if field.written_by != "workflow" and field.name not in fixed
    }
