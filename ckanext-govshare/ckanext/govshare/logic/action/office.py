"""Office: what the law asks every department to name (第一责任人, 专职机构, 专职人员). 佳木斯 art. 8."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles
from ckanext.govshare.logic.entry.codes import office_of
from ckanext.govshare.model import Office, journal
from ckanext.govshare.model.office import PROFILE

__all__ = ["govshare_office_list", "govshare_office_show", "govshare_office_update"]


@toolkit.side_effect_free
def govshare_office_list(context: dict[str, Any], data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the departments whose work I see, by title, each with what its profile lacks.

    The bureau and operators see all departments, officers their own.
    """
    toolkit.check_access("govshare_office_list", context, data_dict)
    user = model.User.get(roles.user_id_of(context))
    query = (
        sa.select(model.Group, Office)
        .outerjoin(Office, Office.organization_id == model.Group.id)
        .where(model.Group.is_organization.is_(True), model.Group.state == "active")
        .order_by(model.Group.title)
    )
    if not (user.sysadmin or roles.is_bureau(user.id)):
        query = query.where(model.Group.id.in_(list(roles.memberships(user.id))))
    return [_profile(organization, office) for organization, office in model.Session.execute(query)]


@toolkit.side_effect_free
def govshare_office_show(context: dict[str, Any], data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a department's office profile; ``missing`` names what has not been filled in.

    :param id: id or name of the organization
    """
    toolkit.check_access("govshare_office_show", context, data_dict)
    organization = _organization(data_dict)
    return _profile(organization, model.Session.get(Office, organization.id))


def govshare_office_update(context: dict[str, Any], data_dict: dict[str, Any]) -> dict[str, Any]:
    """Write a department's office profile.

    :param id: id or name of the organization
    :param uscc: unified social credit code (统一社会信用代码), 18 characters with a right check character
    :param principal: 第一责任人
    :param unit: 专职机构
    :param staff: 专职人员
    :param phone: telephone
    """
    toolkit.check_access("govshare_office_update", context, data_dict)
    organization = _organization(data_dict)
    given = {name: str(data_dict[name]).strip() for name in ("uscc", *PROFILE) if name in data_dict}
    _refuse_bad(given)
    office = office_of(organization.id)
    changed = sorted(name for name, value in given.items() if getattr(office, name) != value)
    for name in changed:
        setattr(office, name, given[name])
    if changed:
        journal.record(
            model.Session,
            actor=roles.user_id_of(context),
            case_kind="office",
            case_id=organization.id,
            organization_id=organization.id,
            move="edit",
            from_state="",
            to_state="",
            facts={"fields": changed},
        )
    model.Session.commit()
    return govshare_office_show(context, {"id": organization.id})


def _organization(data_dict: dict[str, Any]) -> Any:
    organization = model.Group.get(toolkit.get_or_bust(data_dict, "id"))
    if organization is None or not organization.is_organization or organization.state != "active":
        raise toolkit.ObjectNotFound(toolkit._("There is no such department."))
    return organization


def _profile(organization: Any, office: Office | None) -> dict[str, Any]:
    profile = {name: getattr(office, name, "") or "" for name in ("uscc", "classification_code", *PROFILE)}
    return {
        "organization_id": organization.id,
        "name": organization.name,
        "title": organization.title,
        **profile,
        "missing": [name for name in PROFILE if not profile[name]],
    }


def _refuse_bad(given: dict[str, str]) -> None:
    from stdnum.cn import uscc  # noqa: PLC0415 - heavy tables, needed here only

    errors = {
        name: [toolkit._("At most 200 characters are allowed.")]
        for name, value in given.items()
        if len(value) > 200  # noqa: PLR2004
    }
    if given.get("uscc") and not uscc.is_valid(given["uscc"]):
        errors["uscc"] = [
            toolkit._("This is not a valid unified social credit code; check all 18 characters.")
        ]
    if errors:
        raise toolkit.ValidationError(errors)
