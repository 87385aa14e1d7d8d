"""Application (申请): drafts, receipt, lists, one case with its moves, and the full view that is recorded."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.application import may_see_in_full
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import (
    attachments,
    cases,
    drafts,
    inbox,
    noting,
    papers,
    receiving,
    sealed,
    showing,
    waiting,
)
from ckanext.govshare.logic.publication import cases as publications

__all__ = [
    "govshare_application_attachment_create",
    "govshare_application_attachment_delete",
    "govshare_application_create",
    "govshare_application_draft_show",
    "govshare_application_draft_update",
    "govshare_application_list",
    "govshare_application_move",
    "govshare_application_propose",
    "govshare_application_reveal",
    "govshare_application_show",
]

Context = dict[str, Any]
DataDict = dict[str, Any]
MOST_ROWS = 200


@toolkit.side_effect_free
def govshare_application_draft_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show what I have typed so far to apply for an entry, and what is still missing.

    :param id: id or name of the entry
    """
    toolkit.check_access("govshare_application_draft_show", context, data_dict)
    package = publications.visible_entry(context, data_dict)
    return drafts.show(roles.user_id_of(context), package)


def govshare_application_draft_update(context: Context, data_dict: DataDict) -> DataDict:
    """Save some answers of the form; gaps may stay until it is sent.

    :param id: id or name of the entry
    :param entries: ``[{id, columns}]`` of the data applied for
    :param …: the fields of the form by name
    """
    toolkit.check_access("govshare_application_draft_update", context, data_dict)
    package = publications.visible_entry(context, data_dict)
    return drafts.save(roles.user_id_of(context), package, data_dict)


def govshare_application_create(context: Context, data_dict: DataDict) -> DataDict:
    """Send an application; it is received, numbered and its clock started in the same moment.

    :param entries: ``[{id, columns}]``, conditional entries of one department; no columns means all
    :param key: the same key is the same application, however often it is sent; also the header Idempotency-Key
    :param renews: number of the grant that this application renews
    :param …: the fields of the form by name
    :returns: the application as ``govshare_application_show`` does
    """
    toolkit.check_access("govshare_application_create", context, data_dict)
    row = receiving.receive(context, data_dict, str(data_dict.get("key") or _header()))
    return showing.show(cases.load(context, {"id": row.id}))


@toolkit.side_effect_free
def govshare_application_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show an application: state, due date and why, the moves open to me and why not the others; names masked.

    :param id: number or id
    """
    toolkit.check_access("govshare_application_show", context, data_dict)
    return showing.show(cases.load(context, data_dict))


@toolkit.side_effect_free
def govshare_application_list(context: Context, data_dict: DataDict) -> DataDict:
    """List applications: my own, newest first, or with ``office`` those my departments handle, oldest due first.

    :param office: true for the officers' list
    :param state: one state, or ``open``
    :param organization: id or name of a department
    :param due: ``overdue``, ``due_today`` or ``soon``
    :param duty: ``extension`` for those whose extension waits for me; for the bureau in all departments
    :param extension: true for those whose extension waits for the head
    :param drafted: true for those whose drafted reply waits for the head
    :param q: beginning of a number, or words of an entry's title
    :param offset: rows to pass over
    :param limit: rows to return, at most 200
    """
    toolkit.check_access("govshare_application_list", context, data_dict)
    user_id = roles.user_id_of(context)
    offset, limit = _number(data_dict.get("offset"), 0), _number(data_dict.get("limit"), 50)
    page = {"offset": offset, "limit": min(limit, MOST_ROWS)}
    if not toolkit.asbool(data_dict.get("office") or False):
        return inbox.mine(user_id, **page)
    asked = {
        name: str(data_dict.get(given) or "")
        for name, given in (
            ("state", "state"),
            ("organization", "organization"),
            ("due", "due"),
            ("duty", "duty"),
            ("words", "q"),
        )
    }
    if asked["duty"] not in ("", *waiting.OF_NAME):
        raise toolkit.ValidationError(
            {"duty": [toolkit._("Ask for one of: %(names)s.") % {"names": ", ".join(waiting.OF_NAME)}]}
        )
    wanted = {name: toolkit.asbool(data_dict.get(name) or False) for name in ("extension", "drafted")}
    return inbox.of_offices(user_id, **asked, **wanted, **page)


def govshare_application_move(context: Context, data_dict: DataDict) -> DataDict:
    """Take one move of an application.

    :param id: number or id
    :param move: ask_supplement, supplement, accept, not_accept, return, ask_extension, grant_extension,
        deny_extension, approve, approve_partly, refuse, redirect or withdraw
    :param version: the version that the caller has seen; another one is refused as stale
    :param note: the reason, told to the applicant
    :param elsewhere: where to turn instead (not_accept, return, redirect)
    :param missing: what is missing, a list or one a line (ask_supplement)
    :param days: working days (ask_supplement, ask_extension)
    :param refusal_reason: code of the reason (refuse)
    :param redirect_kind: already_open, not_held or held_by_other (redirect)
    :param scope: ``{entry id: [columns]}`` granted (approve, approve_partly)
    :param purpose: what the data may be used for (approve, approve_partly)
    :param ends_on: last day of the grant (approve, approve_partly)
    :param terms_version: version of the terms (approve, approve_partly)
    :param …: the fields of the form by name (supplement)
    :param entries: ``[{id, columns}]`` as it is to stand (supplement); left out, it stays as it was
    """
    toolkit.check_access("govshare_application_move", context, data_dict)
    return showing.show(cases.move(cases.load(context, data_dict, lock=True), data_dict))


def govshare_application_propose(context: Context, data_dict: DataDict) -> DataDict:
    """Draft the reply for the head to decide on; parameters as for the move it proposes.

    :param id: number or id
    :param move: approve, approve_partly, refuse or redirect
    :param version: the version that the caller has seen
    """
    toolkit.check_access("govshare_application_propose", context, data_dict)
    return showing.show(cases.propose(cases.load(context, data_dict, lock=True), data_dict))


def govshare_application_reveal(context: Context, data_dict: DataDict) -> DataDict:
    """Return the form with personal data in full; every view by an officer is recorded with its reason.

    :param id: number or id
    :param reason: why the full view is needed; not asked of the applicant
    :returns: ``form`` as shown, ``values`` by field, ``attachments`` with their names
    """
    toolkit.check_access("govshare_application_reveal", context, data_dict)
    case = cases.load(context, data_dict)
    reason = str(data_dict.get("reason") or "").strip()
    moving.refuse_if(may_see_in_full(case.actor, case.row.applicant_id, reason))
    values = sealed.unseal(case.row.form, row=case.row.id)
    if case.actor.person != case.row.applicant_id:
        noting.note(case.row, "reveal", case.actor.person, reason=reason)
        model.Session.commit()
    holder = papers.of_application(case.row, case.actor.person)
    return {
        "id": case.row.id,
        "form": sealed.shown(values, full=True),
        "values": values,
        "attachments": papers.listed(holder, full=True),
    }


def govshare_application_attachment_create(context: Context, data_dict: DataDict) -> DataDict:
    """Add a file to my draft for an entry, or to my application that is to be completed; the same bytes are kept once.

    :param entry: id or name of the entry applied for, or
    :param application: number or id of the application
    :param upload: PDF, JPEG, PNG or OFD, at most 10 MB, as multipart form data
    :returns: ``{id, number, name, kind, size, …}``
    """
    toolkit.check_access("govshare_application_attachment_create", context, data_dict)
    return attachments.add(context, data_dict)


def govshare_application_attachment_delete(context: Context, data_dict: DataDict) -> DataDict:
    """Take a file back that has not been handed in; its bytes are destroyed.

    :param id: id of the attachment
    """
    toolkit.check_access("govshare_application_attachment_delete", context, data_dict)
    return attachments.remove(context, data_dict)


def _header() -> str:
    try:
        return str(toolkit.request.headers.get("Idempotency-Key") or "")
    except RuntimeError:
        return ""  # called outside a request


def _number(given: Any, default: int) -> int:
    text = str(given if given is not None else "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else default  # noqa: PLR2004
