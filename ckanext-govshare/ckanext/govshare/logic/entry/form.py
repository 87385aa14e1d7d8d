"""CKAN's form of an entry: its schema made from the field table, its checks from the rules."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.entry import check_entry
from ckanext.govshare.domain.publication import DRAFT, WITHDRAWN
from ckanext.govshare.domain.writing import may_create_entry, may_update_entry
from ckanext.govshare.logic import guards
from ckanext.govshare.logic.entry import card
from ckanext.govshare.logic.entry.codes import allocate_codes
from ckanext.govshare.logic.entry.slug import unique_slugs
from ckanext.govshare.logic.errors import field_errors
from ckanext.govshare.model import Publication, journal

Context = dict[str, Any]
TAG = re.compile(r"[^,，、;；\x00-\x1f]{1,100}")


class EntryForm(toolkit.DefaultDatasetForm):
    """``IDatasetForm`` of the type ``dataset``; its methods are CKAN's."""

    def is_fallback(self) -> bool:
        """Serve every dataset that no other plugin claims."""
        return True

    def package_types(self) -> list[str]:
        """Claim the type ``dataset``."""
        return ["dataset"]

    def create_package_schema(self) -> dict[str, Any]:
        """Return CKAN's schema with our extras and tags of one character."""
        return _with_fields(super().create_package_schema())

    def update_package_schema(self) -> dict[str, Any]:
        """Return CKAN's schema with our extras and tags of one character."""
        return _with_fields(super().update_package_schema())

    def show_package_schema(self) -> dict[str, Any]:
        """Return CKAN's schema with our extras lifted to the top level."""
        schema = super().show_package_schema()
        lift = [toolkit.get_converter("convert_from_extras"), toolkit.get_validator("ignore_missing")]
        schema.update({field.name: lift for field in card.extra_fields()})
        return schema

    def resource_validation_dependencies(self, package_type: str) -> list[str]:
        """Name no field: resources are written by releases only, which check them whole."""
        del package_type
        return []

    def validate(
        self, context: Context, data_dict: dict[str, Any], schema: dict[str, Any], action: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Check what CKAN's doors bring against the rules; lists come in and go out as lists."""
        if action == "package_show":
            return _shown(context, data_dict, schema)
        data = {**data_dict}
        card.normalize(data)
        if refused := _guard(context, data, action):
            return data, field_errors(refused)
        if action == "package_create":
            # Codes and addresses are taken before the checks, whose failure rolls them back.
            _complete_new(data)
        converted, errors = toolkit.navl_validate(data, schema, context)
        return converted, {**errors, **field_errors(_check(context, data, action))}


def register(package: Any, context: Context) -> None:
    """Write the publication that an entry is born with, and its first line in the journal."""
    user = context.get("auth_user_obj") or model.User.get(str(context.get("user") or ""))
    person = str(getattr(user, "id", "") or "")
    model.Session.add(
        Publication(
            entry_id=package.id,
            organization_id=package.owner_org,
            title=package.title,
            resource_code=package.extras["resource_code"],
            openness=package.extras.get("openness", ""),
            created_by=person or None,
            state=DRAFT,
            version=1,
        )
    )
    journal.record(
        model.Session,
        actor=person,
        case_kind="publication",
        case_id=package.id,
        organization_id=package.owner_org,
        move="create",
        from_state="",
        to_state=DRAFT,
    )
    model.Session.flush()


def follow(package: Any, publication: Publication) -> None:
    """Bring the publication's copy of title, code and class in step with the draft's card."""
    seen = (publication.title, publication.resource_code, publication.openness)
    card_says = (package.title, package.extras["resource_code"], package.extras.get("openness", ""))
    if seen != card_says:
        publication.title, publication.resource_code, publication.openness = card_says
        publication.version += 1
        model.Session.flush()


def tag_is_readable(value: Any) -> Any:
    """Accept any keyword of 1 to 100 characters without separators; CKAN asks for two and few signs."""
    text = str(value).strip()
    if not TAG.fullmatch(text):
        raise toolkit.Invalid(toolkit._("Keywords have 1 to 100 characters and no commas."))
    return text


def tags_of_string(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Split ``tag_string`` at commas, half- and full-width, and at 、 and ；, into tags."""
    del errors, context
    words = dict.fromkeys(word.strip() for word in re.split(r"[,，、;；]", data[key] or "") if word.strip())
    present = [k for k in data if k[0] == "tags" and k[-1] == "name"]
    start = len(present)
    held = {data[k] for k in present}
    for number, word in enumerate(word for word in words if word not in held):
        data[("tags", start + number, "name")] = tag_is_readable(word)


def _with_fields(schema: dict[str, Any]) -> dict[str, Any]:
    keep = [
        toolkit.get_validator("ignore_empty"),
        toolkit.get_validator("unicode_safe"),
        toolkit.get_converter("convert_to_extras"),
    ]
    schema.update({field.name: keep for field in card.extra_fields()})
    schema["tags"] = {
        **schema["tags"],
        "name": [toolkit.get_validator("not_missing"), toolkit.get_validator("not_empty"), tag_is_readable],
    }
    schema["tag_string"] = [toolkit.get_validator("ignore_missing"), tags_of_string]
    return schema


def _shown(
    context: Context, data: dict[str, Any], schema: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    converted, errors = toolkit.navl_validate(data, schema, context)
    for name in card.list_fields():
        if name in converted:
            converted[name] = card.read_list(converted[name])
    return converted, errors


def _guard(context: Context, data: dict[str, Any], action: str) -> list[Reason]:
    if guards.is_writer(context):
        return []
    if action == "package_create":
        decision = may_create_entry(data, card.workflow_fields())
    else:
        package = context["package"]
        publication = model.Session.get(Publication, package.id)
        state = publication.state if publication else DRAFT
        decision = may_update_entry(state, _stored(context, package), data, card.workflow_fields())
    return list(decision.reasons) if isinstance(decision, Refused) else []


def _stored(context: Context, package: Any) -> dict[str, Any]:
    shown = context.get("original_package") or toolkit.get_action("package_show")(
        {"ignore_auth": True, "user": context.get("user"), "use_cache": False}, {"id": package.id}
    )
    return {**shown, **{field.name: package.extras.get(field.name) for field in card.extra_fields()}}


def _complete_new(data: dict[str, Any]) -> None:
    data["private"] = True
    data["state"] = "active"
    title = str(data.get("title") or "")
    if not data.get("name") and title:
        data["name"] = unique_slugs([title])[0]
    organization = model.Group.get(data.get("owner_org"))
    if not data.get("resource_code") and organization is not None and title:
        data["resource_code"] = allocate_codes(organization.id, 1)[0]


def _check(context: Context, data: dict[str, Any], action: str) -> list[Reason]:
    entry_id = context["package"].id if action != "package_create" else None
    values = card.card_of(data)
    reasons = check_entry(values, rulebook.entry_fields(), rulebook.VOCABULARIES, complete=False)
    if action != "package_create":
        # An update may leave out what it does not change; what it sends must be right.
        reasons = [r for r in reasons if r.code != "entry.missing" or r.field in data]
    return reasons + _taken(data, entry_id)


def _taken(data: dict[str, Any], entry_id: str | None) -> list[Reason]:
    found = []
    row = Publication
    organization = model.Group.get(data.get("owner_org"))
    title, code = str(data.get("title") or ""), str(data.get("resource_code") or "")
    if organization is not None and title:
        same = sa.select(row.entry_id).where(
            row.organization_id == organization.id, row.title == title, row.state != WITHDRAWN
        )
        if any(other != entry_id for other in model.Session.scalars(same)):
            found.append(Reason("entry.title_taken", {"title": title[:80]}, "title"))
    if code:
        holder = model.Session.scalar(sa.select(row.entry_id).where(row.resource_code == code))
        if holder not in (None, entry_id):
            found.append(Reason("entry.code_taken", {"code": code}, "resource_code"))
    return found
