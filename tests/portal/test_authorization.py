"""The table action → who: each kind of person is let in by the rows that name them, and by no other."""

from __future__ import annotations

from typing import Any

import pytest
from ckan import authz, logic, model
from ckan.plugins import toolkit
from ckanext.govshare.logic.auth.table import TABLE
from ckanext.govshare.model import Change

from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

ALL = {"stranger", "citizen", "clerk", "head", "other clerk", "other head", "bureau", "operator"}
OFFICERS = ALL - {"stranger", "citizen", "operator"}
THEIRS = {"clerk", "head", "bureau", "operator"}
ROWS = (
    (
        ALL,
        """govshare_version_list govshare_edition_list govshare_office_show govshare_statistics_show
        govshare_statistics_applications
        govshare_calendar_show govshare_deadline_show govshare_mirror_show govshare_mirror_changes""",
    ),
    (
        ALL - {"stranger"},
        """govshare_office_list govshare_notice_list govshare_notice_read
        govshare_application_draft_show govshare_application_draft_update
        govshare_application_attachment_create govshare_application_attachment_delete
        govshare_application_create govshare_application_show govshare_application_list
        govshare_application_move govshare_application_reveal govshare_grant_create govshare_grant_list
        govshare_grant_show govshare_grant_rows govshare_grant_report govshare_grant_renew""",
    ),
    (
        OFFICERS,
        """govshare_publication_show govshare_publication_list govshare_publication_move
        govshare_publication_bulk_move govshare_change_show govshare_change_move govshare_edition_show
        govshare_edition_move govshare_edition_late_list govshare_edition_waiting_list
        govshare_application_propose govshare_grant_revoke govshare_reminder_list govshare_mirror_entry_show
        govshare_delegation_list govshare_filter_create govshare_filter_delete
        govshare_filter_list""",
    ),
    ({"head", "other head", "bureau"}, "govshare_delegation_create govshare_delegation_revoke"),
    ({"bureau"}, "govshare_calendar_import"),
    ({"bureau", "operator"}, "govshare_mirror_problem_list govshare_mirror_retry"),
    (
        {"clerk"},
        "govshare_change_create govshare_change_update govshare_edition_create govshare_edition_reread",
    ),
    (
        THEIRS,
        """govshare_catalog_preview govshare_catalog_import govshare_catalog_import_show
        govshare_catalog_import_list govshare_catalog_mapping_list govshare_catalog_mapping_delete
        govshare_office_update""",
    ),
)
EXPECTED = {name: people for people, names in ROWS for name in names.split()}


def people(office: Department, other: Department) -> dict[str, str]:
    """Names by kind of person; the stranger has none."""
    return {
        "stranger": "",
        "citizen": person("citizen"),
        "clerk": office.clerk,
        "head": office.head,
        "other clerk": other.clerk,
        "other head": other.head,
        "bureau": office.bureau,
        "operator": person("operator", sysadmin=True),
    }


def let_in(name: str, who: str, given: dict[str, Any]) -> bool:
    """Ask CKAN's authorization as the API does."""
    context = {"user": who, "auth_user_obj": model.User.get(who) if who else None}
    try:
        return bool(toolkit.check_access(name, context, given))
    except toolkit.NotAuthorized:
        return False


def test_each_row_lets_in_whom_it_names():
    """Eight kinds of people, every row; an operator holds no office."""
    office, other = Department(), Department()
    entry = office.published()
    change = act(office.clerk, "govshare_change_create", id=entry["id"], content={"notes": "新的摘要"})
    assert model.Session.get(Change, change["id"]) is not None
    everybody = people(office, other)
    for name, expected in EXPECTED.items():
        given = {"id": entry["id"], "entry": entry["id"], "organization": office.name}
        if name == "govshare_change_update":
            given["id"] = change["id"]
        if name.startswith("govshare_catalog"):
            given.pop("id")
        if name.startswith("govshare_office"):
            given["id"] = office.id
        assert {kind for kind, who in everybody.items() if let_in(name, who, given)} == expected, name


def test_the_table_is_complete():
    """Every row is tried above; every action of ours asks for one."""
    assert set(TABLE) == set(EXPECTED)
    toolkit.get_action("status_show")
    ours = {name for name in logic._actions if name.startswith("govshare_")}
    assert ours <= set(authz.auth_functions_list())
