"""The sentences about applications and grants: what stands against it, and what to do now."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

APPLICATION_MESSAGES: dict[str, str] = {
    "application.no_entry": N_("Choose the data that you apply for."),
    "application.too_many_entries": N_(
        "One application may name at most %(limit)s entries; make another one."
    ),
    "application.several_providers": N_(
        "The entries belong to several departments. Make one application for each department."
    ),
    "application.not_conditional": N_(
        "“%(title)s” cannot be applied for: only published entries that are open on conditions can. "
        "What is open without conditions is downloaded from its page."
    ),
    "application.already_open": N_(
        "You already have an application for “%(title)s” under way: %(number)s. Wait for its reply or withdraw it."
    ),
    "application.unknown_column": N_("“%(title)s” has no item called “%(column)s”."),
    "application.field_missing": N_("Fill in “%(label)s”."),
    "application.field_too_long": N_(
        "“%(label)s” has %(length)s characters; at most %(limit)s are allowed. Shorten it."
    ),
    "application.control_character": N_(
        "“%(label)s” contains an invisible control character; type it again."
    ),
    "application.bad_choice": N_("Choose one of the values of “%(label)s”."),
    "application.bad_id_number": N_(
        "“%(label)s” is not a valid number of an identity card: check the 18 characters, the birth date and the last one."
    ),
    "application.bad_document_number": N_(
        "“%(label)s” holds 6 to 20 letters and digits, as in the document."
    ),
    "application.bad_uscc": N_("“%(label)s” has 18 characters; check them against the licence."),
    "application.bad_phone": N_(
        "“%(label)s” is not a telephone number: write a mobile number, or a landline with its area code."
    ),
    "application.bad_email": N_("“%(label)s” is not an e-mail address; write it as name@example.cn."),
    "application.bad_date": N_("“%(label)s” is not a date; write it as 2026-01-31."),
    "application.date_past": N_("“%(label)s” must be a day after today."),
    "application.commitment_not_current": N_("Read the undertaking and tick that you give it."),
    "application.supplement_once": N_(
        "The applicant has already been asked to complete; everything must be asked at once, so it cannot be asked again."
    ),
    "application.supplement_too_late": N_(
        "What is missing had to be asked for by %(last_day)s. Accept the application and decide on it as it stands."
    ),
    "application.missing_not_named": N_("Name what is missing, one thing a line."),
    "application.supplement_other_applicant": N_(
        "Completing does not change who applies. If another person or body is to apply, withdraw this application and make a new one."
    ),
    "application.supplement_other_data": N_(
        "Keep at least one of the entries that you applied for; for other data make a new application."
    ),
    "application.no_column": N_("Choose at least one item of each entry, or untick the entry."),
    "application.supplement_period": N_("Give the applicant between 1 and %(limit)s working days."),
    "application.period_still_runs": N_("The period for completing has not passed yet."),
    "application.reason_missing": N_("Write the reason; it is told to the applicant."),
    "application.elsewhere_missing": N_("Tell the applicant where to turn instead."),
    "application.extension_once": N_("An extension has already been asked for; it is possible only once."),
    "application.after_due": N_(
        "The reply was due on %(due_on)s; after that day the period can no longer be extended. Reply now."
    ),
    "application.extension_days": N_("An extension is between 1 and %(limit)s working days."),
    "application.no_extension_asked": N_("No extension has been asked for."),
    "application.scope_missing": N_("Choose at least one item that is granted."),
    "application.scope_wider_than_asked": N_("More than what was applied for cannot be granted."),
    "application.scope_is_partial": N_(
        "This grants less than was applied for: choose “approve in part” and say why."
    ),
    "application.scope_is_whole": N_("This grants all that was applied for: choose “approve”."),
    "application.purpose_missing": N_("Write the purpose that the data may be used for."),
    "application.end_date_missing": N_("State the last day of the grant."),
    "application.end_date_past": N_("The last day of the grant, %(day)s, must lie after today."),
    "application.terms_not_current": N_("The terms in force are those of version %(version)s."),
    "application.refusal_reason_missing": N_("Choose the reason of the refusal."),
    "application.redirect_kind_missing": N_("Choose what the applicant is told."),
    "application.reveal_reason_missing": N_(
        "Write why you need to see the personal data; it is recorded with your name."
    ),
    "attachment.no_file": N_("Choose a file first."),
    "attachment.empty": N_("The file is empty. Save it again and choose it anew."),
    "attachment.too_large": N_(
        "The file is larger than %(limit)s MB and was not kept. Scan it with fewer dots, or split it."
    ),
    "attachment.wrong_type": N_(
        "This is no PDF, JPEG, PNG or OFD: its content says so, another ending of its name changes nothing. "
        "Save or scan it as one of these four."
    ),
    "attachment.damaged": N_(
        "The file is damaged or incomplete. Open it once yourself, save it again and choose it anew."
    ),
    "attachment.two_kinds": N_(
        "The file is two kinds of file at once and was not kept. Print it to a new PDF and choose that."
    ),
    "attachment.too_many": N_(
        "An application takes at most %(limit)s attachments. Remove one, or join several into one PDF."
    ),
    "attachment.drafts_full": N_(
        "Your applications that have not been sent hold at most %(limit)s MB of attachments together. "
        "Send one of them, or remove attachments that you no longer need."
    ),
    "attachment.not_now": N_(
        "Attachments are added before the application is sent, or while it is to be completed; it is now “%(state)s”."
    ),
    "attachment.handed_in": N_("What has been handed in stays with the application and cannot be removed."),
    "attachment.dropped": N_("The time for which this attachment is kept has ended; it has been destroyed."),
    "grant.not_granted": N_("The application is “%(state)s”; there is nothing to agree on."),
    "grant.already_agreed": N_("The agreement has already been made."),
    "grant.other_terms": N_("The terms in force are those of version %(version)s; read them again."),
    "grant.name_differs": N_("Write the name exactly as in the application."),
    "grant.not_yours": N_("Only the holder of this grant may take the data."),
    "grant.not_yet": N_("The grant has not begun yet."),
    "grant.ended": N_("The grant ended on %(ends_on)s. Apply again if you still need the data."),
    "grant.revoked": N_("The grant has been revoked; the reason stands on the page of the application."),
    "grant.entry_withdrawn": N_("The entry has been withdrawn or closed; its data are no longer handed out."),
    "grant.over": N_("The grant is over already."),
}
