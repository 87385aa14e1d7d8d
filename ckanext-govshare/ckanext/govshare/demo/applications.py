"""Applications of the demonstration city: sent by its invented applicants, handled by its officers, nobody twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.demo.city import City
from ckanext.govshare.model import Application, Publication

# What follows the receipt, by how far an application shall come.
WAYS: Mapping[str, tuple[str, ...]] = {
    "submitted": (),
    "supplementing": ("ask_supplement",),
    "accepted": ("accept",),
    "proposed": ("accept", "propose"),
    "extension_asked": ("accept", "ask_extension"),
    "refused": ("accept", "refuse"),
    "agreed": ("accept", "approve", "agree"),
}
HEADS_MOVES = ("approve", "refuse")
KEY = "demo-%s"
DAYS = {"ask_supplement": 10, "ask_extension": 5}


def apply(city: City, row: Mapping[str, Any]) -> int:
    """Bring one application as far as the city says; return 1 when that took anything."""
    applicant = city.applicants[row["applicant"]]
    entry_id = _entry(row)
    took = int(not _known(row["applicant"], entry_id))
    number = _sent(row["applicant"], entry_id, {**applicant, **_answers(row)})
    done = {line["move"] for line in _show(row["applicant"], number)["history"]}
    seen = _show(city.person("clerk", row["organization"]), number)
    done |= {line["move"] for line in seen["history"]}
    for move in WAYS[row["until"]]:
        if move not in done:
            _take(city, row, number, move)
            took = 1
    return took


def _known(applicant: str, entry_id: str) -> bool:
    user = model.User.get(applicant)
    query = sa.select(Application.id).filter_by(applicant_id=user.id, idempotency_key=KEY % entry_id)
    return model.Session.scalar(query) is not None


def _sent(applicant: str, entry_id: str, answers: Mapping[str, Any]) -> str:
    """Send it under a key of its own, so that a second run finds the first one's."""
    given = {**answers, "entries": [{"id": entry_id}], "key": KEY % entry_id}
    return str(_act("govshare_application_create", applicant, given)["number"])


def _answers(row: Mapping[str, Any]) -> dict[str, Any]:
    until = runtime.in_shanghai(runtime.now()).date() + timedelta(days=row["use_days"])
    return {
        "purpose_kind": row["purpose_kind"],
        "purpose": row["purpose"],
        "use_until": until.isoformat(),
        "supply_form": "file",
        "frequency": "once",
        "commitment": str(rulebook.application("commitment")["version"]),
    }


def _take(city: City, row: Mapping[str, Any], number: str, move: str) -> None:
    role = "head" if move in HEADS_MOVES else "clerk"
    officer = city.person(role, row["organization"])
    shown = _show(officer, number)
    terms = rulebook.application_limits().terms_version
    if move == "agree":
        name = city.applicants[row["applicant"]]["applicant_name"]
        _act("govshare_grant_create", row["applicant"], {"id": number, "terms_version": terms, "name": name})
        return
    reply = {
        "scope": {entry["id"]: entry["columns"] for entry in shown["entries"]},
        "purpose": row["purpose"],
        "ends_on": _answers(row)["use_until"],
        "terms_version": terms,
    }
    given = {
        "id": number,
        "version": shown["version"],
        "move": "approve" if move == "propose" else move,
        "days": DAYS.get(move, ""),
        "missing": row.get("missing", []),
        "note": row.get("note", ""),
        "refusal_reason": row.get("refusal_reason", ""),
        **(reply if move in ("approve", "propose") else {}),
    }
    _act("govshare_application_propose" if move == "propose" else "govshare_application_move", officer, given)


def _show(user: str, number: str) -> dict[str, Any]:
    return _act("govshare_application_show", user, {"id": number})


def _entry(row: Mapping[str, Any]) -> str:
    query = (
        sa.select(Publication.entry_id)
        .join(model.Group, model.Group.id == Publication.organization_id)
        .where(model.Group.name == row["organization"], Publication.title == row["title"])
    )
    return str(model.Session.scalars(query).one())


def _act(action: str, user: str, data: Mapping[str, Any]) -> dict[str, Any]:
    context = {"user": user, "auth_user_obj": model.User.get(user)}
    shown: dict[str, Any] = toolkit.get_action(action)(context, dict(data))
    return shown
