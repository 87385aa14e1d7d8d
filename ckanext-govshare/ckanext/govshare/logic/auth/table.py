"""Action → who may ask for it at all. Whether a move is right for this person is the workflow's to say."""

from __future__ import annotations

from collections.abc import Mapping

from ckanext.govshare.logic.auth.persons import (
    Who,
    bureau,
    bureau_or_operators,
    clerks,
    everyone,
    heads,
    of_case,
    of_entry,
    of_import,
    of_organization,
    officers,
    officers_or_operators,
    registered,
)
from ckanext.govshare.model import Change

TABLE: Mapping[str, Who] = {
    # catalog 目录
    "govshare_catalog_preview": officers_or_operators(of_import),
    "govshare_catalog_import": officers_or_operators(of_import),
    "govshare_catalog_import_show": officers_or_operators(of_import),
    "govshare_catalog_import_list": officers_or_operators(of_import),
    "govshare_catalog_mapping_list": officers_or_operators(of_import),
    "govshare_catalog_mapping_delete": officers_or_operators(of_import),
    # publication 发布
    "govshare_publication_show": officers,
    "govshare_publication_list": officers,
    "govshare_publication_move": officers,
    "govshare_publication_bulk_move": officers,
    "govshare_version_list": everyone,
    # change 变更申请
    "govshare_change_show": officers,
    "govshare_change_create": clerks(of_entry("id")),
    "govshare_change_update": clerks(of_case(Change)),
    "govshare_change_move": officers,
    # edition 数据版本
    "govshare_edition_list": everyone,
    "govshare_edition_show": officers,
    "govshare_edition_late_list": officers,
    "govshare_edition_waiting_list": officers,
    "govshare_edition_create": clerks(of_entry("entry")),
    "govshare_edition_reread": clerks(of_entry("entry")),
    "govshare_edition_move": officers,
    # application, grant 申请、授权: to whoever is neither the applicant nor of the department, actions answer 404
    "govshare_application_draft_show": registered,
    "govshare_application_draft_update": registered,
    "govshare_application_create": registered,
    "govshare_application_show": registered,
    "govshare_application_list": registered,
    "govshare_application_move": registered,
    "govshare_application_propose": officers,
    "govshare_application_reveal": registered,
    "govshare_application_attachment_create": registered,
    "govshare_application_attachment_delete": registered,
    "govshare_grant_create": registered,
    "govshare_grant_list": registered,
    "govshare_grant_show": registered,
    "govshare_grant_rows": registered,
    "govshare_grant_report": registered,
    "govshare_grant_renew": registered,
    "govshare_grant_revoke": officers,
    # delegation 委托代行
    "govshare_delegation_create": heads,
    "govshare_delegation_revoke": heads,
    "govshare_delegation_list": officers,
    # saved filter 已存筛选: each one's own
    "govshare_filter_create": officers,
    "govshare_filter_delete": officers,
    "govshare_filter_list": officers,
    # office 机构信息
    "govshare_office_list": registered,
    "govshare_office_show": everyone,
    "govshare_office_update": officers_or_operators(of_organization("id")),
    # calendar 工作日历
    "govshare_calendar_show": everyone,
    "govshare_calendar_import": bureau,
    # reminder 提醒
    "govshare_reminder_list": officers,
    # deadline 时限
    "govshare_deadline_show": everyone,
    # notice 通知
    "govshare_notice_list": registered,
    "govshare_notice_read": registered,
    # mirror 同步
    "govshare_mirror_changes": everyone,
    "govshare_mirror_show": everyone,
    "govshare_mirror_entry_show": officers,
    "govshare_mirror_problem_list": bureau_or_operators,
    "govshare_mirror_retry": bureau_or_operators,
    # statistics 统计
    "govshare_statistics_show": everyone,
    "govshare_statistics_applications": everyone,
}
