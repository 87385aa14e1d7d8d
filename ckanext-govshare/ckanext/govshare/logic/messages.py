"""The sentences of every reason code: English message ids that the catalogs translate.

One place says what happened and what to do next; the rules above only know codes and facts.
"""

from __future__ import annotations

from ckanext.govshare.logic.application.messages import APPLICATION_MESSAGES
from ckanext.govshare.logic.calendar.messages import CALENDAR_MESSAGES
from ckanext.govshare.logic.catalog.messages import CATALOG_MESSAGES
from ckanext.govshare.logic.deadline.messages import DEADLINE_MESSAGES
from ckanext.govshare.logic.delegation.messages import DELEGATION_MESSAGES
from ckanext.govshare.logic.edition.messages import EDITION_MESSAGES
from ckanext.govshare.logic.grant.messages import GRANT_MESSAGES
from ckanext.govshare.logic.key.messages import KEY_MESSAGES
from ckanext.govshare.logic.marking import N_
from ckanext.govshare.logic.mirror.messages import MIRROR_MESSAGES
from ckanext.govshare.logic.saved_filter.messages import FILTER_MESSAGES

MESSAGES: dict[str, str] = {
    **APPLICATION_MESSAGES,
    **CALENDAR_MESSAGES,
    **CATALOG_MESSAGES,
    **DEADLINE_MESSAGES,
    **DELEGATION_MESSAGES,
    **EDITION_MESSAGES,
    **GRANT_MESSAGES,
    **KEY_MESSAGES,
    **MIRROR_MESSAGES,
    **FILTER_MESSAGES,
    "workflow.unknown_move": N_("There is no step called “%(move)s”."),
    "workflow.wrong_state": N_(
        "This case is now “%(state)s”; the step “%(move)s” is not possible there. Reload the page."
    ),
    "workflow.wrong_role": N_("The step “%(move)s” is reserved for: %(roles)s."),
    "workflow.same_person": N_(
        "Whoever took the step “%(step)s” may not also take “%(move)s”; another person must do it."
    ),
    "workflow.same_head": N_(
        "The head for whom you act took the step “%(step)s” in person and may not decide here; "
        "so you cannot in their place. Another head must."
    ),
    "workflow.only_same_person": N_("Only the person who took the step “%(step)s” may do this."),
    "workflow.stale": N_(
        "Somebody else has changed this case in the meantime. Reload the page and decide again."
    ),
    "workflow.note_missing": N_("Write a note that says why."),
    "entry.missing": N_("“%(label)s” is missing."),
    "entry.too_long": N_("“%(label)s” has %(length)s characters; at most %(limit)s are allowed."),
    "entry.not_a_list": N_("“%(label)s” must be a list."),
    "entry.control_character": N_("“%(label)s” contains an invisible control character; remove it."),
    "entry.bad_choice": N_("“%(value)s” is not one of the values of “%(label)s”."),
    "entry.bad_license": N_("“%(value)s” is not a known licence."),
    "entry.bad_date": N_("“%(value)s” is not a date; write it as 2026-01-31."),
    "entry.bad_email": N_("“%(value)s” is not an e-mail address."),
    "entry.bad_phone": N_("“%(value)s” is not a telephone number."),
    "entry.bad_code": N_("“%(value)s” is not a resource code; write it as 305001/12, or leave it empty."),
    "entry.title_taken": N_("The department already has an entry called “%(title)s”."),
    "entry.code_taken": N_("The resource code “%(code)s” is already in use."),
    "entry.name_taken": N_("The address “%(name)s” is already in use."),
    "items.name_missing": N_("Data item %(number)s has no name."),
    "items.name_too_long": N_("The name of data item %(number)s is longer than %(limit)s characters."),
    "items.duplicate": N_("Data item %(number)s “%(name)s” has the same name as item %(first)s."),
    "items.bad_type": N_("Data item %(number)s “%(name)s” has the unknown type “%(type)s”."),
    "openness.text_missing": N_("Entries that are “%(openness)s” must state “%(label)s”."),
    "openness.basis_missing": N_("Entries that are “%(openness)s” must rest on at least one legal basis."),
    "openness.wider_than_share": N_(
        "The data would be opened wider than they are shared between departments."
    ),
    "legal_basis.title_missing": N_("Legal basis %(number)s has no title."),
    "legal_basis.unknown_level": N_("Legal basis %(number)s has the unknown rank “%(level)s”."),
    "legal_basis.weak": N_(
        "No basis is a law, an administrative regulation or a central policy; check whether it carries the restriction."
    ),
    "review.basis_missing": N_("State the basis of the secrecy review."),
    "review.answer_missing": N_("Answer question %(number)s of the secrecy review."),
    "review.conclusion_missing": N_("State the conclusion of the secrecy review."),
    "review.refuses": N_("The secrecy review says that this may not open; return it instead of approving."),
    "release.no_secrecy_review": N_("No secrecy review has been recorded."),
    "release.secrecy_review_refuses": N_("The secrecy review says that this may not open."),
    "release.review_of_other_content": N_(
        "The content was changed after the secrecy review; it must be reviewed again."
    ),
    "release.entry_not_published": N_("The entry is not published, so its data cannot be released."),
    "release.needs_grant": N_(
        "The data of this entry are handed out on application. Apply for them on the entry's page."
    ),
    "release.data_withdrawn": N_(
        "The data of this entry have been withdrawn and can no longer be downloaded."
    ),
    "release.edition_withdrawn": N_(
        "This edition has been withdrawn. The address with “latest” leads to the newest one."
    ),
    "release.no_such_file": N_("There is no such file."),
    "release.closed": N_("Data of closed entries cannot be released."),
    "release.not_desensitized": N_("Desensitization is not finished (state: %(status)s)."),
    "release.not_scanned": N_("The table that would become public has not been scanned."),
    "release.not_masked": N_("The plan has not been carried out as it stands now."),
    "release.blocking_finding": N_(
        "“%(column)s” holds %(finding)s (%(count)s cells). Choose a method for the column and carry out the plan."
    ),
    "release.not_checked": N_("No second person has checked the data."),
    "release.checker_is_operator": N_("The checker must be another person than the operator."),
    "release.bytes_changed": N_("The data changed after the check; they must be checked again."),
    "change.not_published": N_(
        "Only a published entry can be changed by a change request; this one is “%(state)s”."
    ),
    "change.already_open": N_("A change of this entry is already under way; edit or cancel that one."),
    "writing.workflow_field": N_(
        "“%(label)s” cannot be set here: it is written by the publication workflow (workbench)."
    ),
    "writing.resources": N_(
        "Files cannot be attached directly: upload them as a data edition of the entry, which is checked and released."
    ),
    "writing.published": N_(
        "This entry is published; it cannot be edited directly. Propose a change, which is reviewed and published."
    ),
    "writing.not_draft": N_(
        "This entry is “%(state)s” and cannot be edited. Recall, return or reopen it first, so that it is a draft."
    ),
    "writing.delete": N_(
        "Only a draft that was never published can be deleted. Withdraw a published entry instead."
    ),
    "writing.closed_door": N_("“%(action)s” is not available on this portal: %(instead)s"),
}
