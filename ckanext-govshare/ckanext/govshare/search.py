"""Search: who may see what, what is indexed, and how a reader's words become a query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from ckan import model
from ckan.lib import search as ckan_search

from ckanext.govshare import rulebook
from ckanext.govshare.domain.publication import DRAFT
from ckanext.govshare.domain.release import is_public
from ckanext.govshare.model import Publication

PUBLIC = "public"
BUREAU = "bureau"

TITLE = "title_bi^6 name^4 tags_bi^3 org_title_bi^2 text_bi text"
PHRASE = "title_bi^10 text_bi^2"
ONE_CHARACTER = "title_uni^6 tags text_bi"

_SPECIAL = re.compile(r"[{}\"'\\]")
_FIELD_QUERY = re.compile(r"^[+\-(]*[a-z_*]+:\S")


def entry_labels(state: str, openness: str, organization_id: str) -> list[str]:
    """Return who may see an entry: everyone, or its department and, once it left the drafts, the bureau."""
    if is_public(state, openness):
        return [PUBLIC]
    labels = [f"member-{organization_id}"]
    return labels if state == DRAFT else [*labels, BUREAU]


def labels_of(entry_id: str, organization_id: str | None) -> list[str]:
    """Return the labels of a stored entry; one without a publication is its department's alone."""
    publication = model.Session.get(Publication, entry_id)
    if publication is None:
        return [f"member-{organization_id}"]
    return entry_labels(publication.state, publication.openness, publication.organization_id)


def index_fields(card: dict[str, Any], state: str) -> dict[str, Any]:
    """Return what an entry's Solr document holds beside CKAN's own fields.

    ``card`` is the entry's package dict; lists of the card are indexed as the words inside them.
    """
    items = card.get("data_items") or []
    words = [str(item.get("name", "")) for item in items if isinstance(item, dict)]
    meanings = [str(item.get("meaning", "")) for item in items if isinstance(item, dict)]
    labels = [
        rulebook.vocabulary(field.vocabulary).label(str(card[field.name]))
        for field in rulebook.entry_fields()
        if field.kind == "choice" and card.get(field.name)
    ]
    organization = card.get("organization") or {}
    title = organization.get("title", "") if isinstance(organization, dict) else ""
    return {
        "org_title": title,
        "entry_text": " ".join(word for word in [*words, *meanings, *labels] if word),
        "publication_state": state,
    }


def prepare_index(document: dict[str, Any]) -> dict[str, Any]:
    """Complete the document that CKAN is about to index; lists become text, Solr knows no nested values."""
    if document.get("type") != "dataset":
        return document
    card = json.loads(document.get("validated_data_dict") or "{}")
    publication = model.Session.get(Publication, document["id"])
    state = publication.state if publication else DRAFT
    document.update(index_fields(card, state))
    for field in rulebook.entry_fields():
        for key in (field.name, f"extras_{field.name}"):
            if key in document and field.kind in ("items", "basis"):
                del document[key]
    return document


def prepare_query(params: dict[str, Any]) -> dict[str, Any]:
    """Turn a reader's plain words into a query over the Chinese fields; field queries pass as they are."""
    words = str(params.get("q") or "").strip()
    if words in ("", "*:*") or words.startswith("{!") or _FIELD_QUERY.match(words):
        return params
    if params.get("defType") not in (None, "", "dismax", "edismax"):
        return params
    text = " ".join(_SPECIAL.sub(" ", words).split())
    fields = ONE_CHARACTER if len(text) == 1 else TITLE
    params["q"] = f"{{!edismax qf='{fields}' pf='{PHRASE}' ps=1 tie=0.1 q.op=AND uf='-*'}}{text}"
    # Solr reads the leading {!…} only under its own parser; CKAN would otherwise name dismax.
    params["defType"] = "lucene"
    return params


def reindex(entry_ids: Iterable[str]) -> None:
    """Bring the index in step with the database for these entries; call it after the commit."""
    for entry_id in entry_ids:
        ckan_search.rebuild(package_id=entry_id, force=True)
