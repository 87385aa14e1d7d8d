"""The printable documents (文书) of an application: their words from the statutes, their facts from the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import config, rulebook
from ckanext.govshare.logic.errors import language
from ckanext.govshare.views import officer

KINDS = ("acceptance", "supplement", "extension", "reply")


def titles(shown: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the documents that there are, in the order in which they were made."""
    return [
        {
            "label": rulebook.application("documents")[kind]["title"][language()],
            "url": toolkit.url_for("govshare_application.document", number=shown["number"], kind=kind),
            "pdf": toolkit.url_for(
                "govshare_application_files.document_pdf", number=shown["number"], kind=kind
            ),
            "when": when,
        }
        for kind in KINDS
        if (when := _dated(shown, kind))
    ]


def of(shown: Mapping[str, Any], kind: str, form: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return one document, addressed by the name in ``form``; None while there is no cause for it."""
    when = _dated(shown, kind)
    if when is None:
        return None
    text = rulebook.application("documents")[kind]
    facts = _facts(shown)
    return {
        "title": text["title"][language()],
        "number": f"{shown['number']}-{text['suffix']}",
        "to": next((row["value"] for row in form if row["name"] == "applicant_name"), ""),
        "paragraphs": _paragraphs(text["text"][language()], facts, shown),
        "office": shown["organization_title"],
        "seal": config.text("site.document_seal"),
        "when": when,
    }


def of_reader(shown: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """Return one document as this reader may see it: the applicant by their full name, officers by the masked one."""
    full = shown["form"]
    if shown["mine"]:
        full = officer.call("govshare_application_reveal", {"id": shown["number"]})["form"]
    return of(shown, kind, full)


def reply_lines(shown: Mapping[str, Any]) -> list[str]:
    """Return what a reply says, sentence by sentence."""
    reply, _ = shown["reply"], toolkit._
    names = {entry["id"]: entry["title"] for entry in shown["entries"]}
    lines = [
        _("“%(title)s”: %(columns)s.") % {"title": names.get(entry, ""), "columns": "、".join(columns)}
        for entry, columns in reply["scope"].items()
    ]
    if reply["ends_on"]:
        end = toolkit.h.govshare_date(reply["ends_on"])
        lines.append(_("Purpose: %(purpose)s") % {"purpose": reply["purpose"]})
        lines.append(_("The grant ends on %(end)s.") % {"end": end})
    for part, key in (("refusal_reasons", "refusal_reason"), ("redirect_kinds", "redirect_kind")):
        terms = rulebook.application_terms(part)
        lines += [term.facts["text"][language()] for term in terms if term.code == reply[key]]  # type: ignore[index]
    lines += [_("Reason: %(note)s") % {"note": reply["note"]}] if reply["note"] else []
    lines += (
        [_("Where to turn: %(elsewhere)s") % {"elsewhere": reply["elsewhere"]}] if reply["elsewhere"] else []
    )
    return lines


def objection() -> str:
    """Return how a reply may be objected to."""
    return str(rulebook.application("objection")[language()])


def _dated(shown: Mapping[str, Any], kind: str) -> str | None:
    extension, supplement = shown["extension"], shown["supplement"]
    dates = {
        "acceptance": shown["accepted_at"],
        "supplement": supplement and supplement["asked_at"],
        "extension": extension and extension["granted"] and extension["decided_at"],
        "reply": shown["reply"] and shown["decided_at"],
    }
    return dates.get(kind) or None


def _facts(shown: Mapping[str, Any]) -> dict[str, str]:
    date = toolkit.h.govshare_date
    extension, supplement = shown["extension"] or {}, shown["supplement"] or {}
    return {
        "number": shown["number"],
        "received": date(shown["received_at"]),
        "due": date(shown["deadline"]["due_on"] or shown["deadline"]["base_due_on"]),
        "supplement_due": date(supplement.get("due_on")),
        "extension_reason": extension.get("reason", ""),
        "extension_days": str(extension.get("days", "")),
        "outcome": toolkit.h.govshare_word("application_states", shown["state"]),
    }


def _paragraphs(texts: Iterable[str], facts: Mapping[str, str], shown: Mapping[str, Any]) -> list[str]:
    """Fill in the facts; a paragraph that stands for a list becomes its lines."""
    lists = {"%(missing)s": (shown["supplement"] or {}).get("missing", [])}
    if shown["reply"]:
        objected = [objection()] if shown["state"] != "approved" else []
        lists["%(reply)s"] = [*reply_lines(shown), *objected]
    found: list[str] = []
    for text in texts:
        found += lists[text] if text in lists else [text % facts]
    return found
