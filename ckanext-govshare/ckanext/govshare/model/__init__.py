"""Tables of the portal, one file per noun; constraints carry what must never happen."""

from ckanext.govshare.model.application import (
    ApplicantProfile,
    Application,
    ApplicationDraft,
    ApplicationEntry,
)
from ckanext.govshare.model.application_attachment import ApplicationAttachment
from ckanext.govshare.model.calendar import CalendarNotice
from ckanext.govshare.model.catalog import CatalogImport, CatalogImportRow, CatalogLayout
from ckanext.govshare.model.chain import JournalAnchor, JournalHead, JournalLink
from ckanext.govshare.model.change import Change
from ckanext.govshare.model.delegation import Delegation
from ckanext.govshare.model.edition import Artifact, Edition, EditionTable
from ckanext.govshare.model.grant import Grant
from ckanext.govshare.model.grant_use import GrantFile, GrantLink, GrantRenewal, GrantReport, GrantUse
from ckanext.govshare.model.journal import JournalRow
from ckanext.govshare.model.mirror import (
    MirrorAlarm,
    MirrorChange,
    MirrorCounter,
    MirrorLedgerRow,
    MirrorRun,
    MirrorTarget,
)
from ckanext.govshare.model.notice import Notice
from ckanext.govshare.model.office import Office
from ckanext.govshare.model.outbox import OutboxRow
from ckanext.govshare.model.publication import Publication
from ckanext.govshare.model.reminder import Reminder
from ckanext.govshare.model.saved_filter import SavedFilter
from ckanext.govshare.model.secrecy_review import SecrecyReviewRow
from ckanext.govshare.model.version import Version
from ckanext.govshare.sealing import DataKey

__all__ = [
    "ApplicantProfile",
    "Application",
    "ApplicationAttachment",
    "ApplicationDraft",
    "ApplicationEntry",
    "Artifact",
    "CalendarNotice",
    "CatalogImport",
    "CatalogImportRow",
    "CatalogLayout",
    "Change",
    "DataKey",
    "Delegation",
    "Edition",
    "EditionTable",
    "Grant",
    "GrantFile",
    "GrantLink",
    "GrantRenewal",
    "GrantReport",
    "GrantUse",
    "JournalAnchor",
    "JournalHead",
    "JournalLink",
    "JournalRow",
    "MirrorAlarm",
    "MirrorChange",
    "MirrorCounter",
    "MirrorLedgerRow",
    "MirrorRun",
    "MirrorTarget",
    "Notice",
    "Office",
    "OutboxRow",
    "Publication",
    "Reminder",
    "SavedFilter",
    "SecrecyReviewRow",
    "Version",
]
