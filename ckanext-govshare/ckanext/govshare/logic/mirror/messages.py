"""The sentences of the mirror's reason codes."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

MIRROR_MESSAGES: dict[str, str] = {
    "mirror.too_many_deletions": N_(
        "%(count)s deletions are more than the %(limit)s that go out by themselves; nothing was deleted. "
        "Look at the list and confirm the number."
    ),
    "mirror.list_empty": N_(
        "The target answered with an empty list although it had acknowledged %(expected)s entries; nothing is deleted."
    ),
    "mirror.list_short": N_(
        "The target says it has %(told)s entries but listed %(count)s; nothing is deleted."
    ),
    "mirror.list_duplicates": N_(
        "The target listed %(count)s entries twice (%(examples)s); nothing is deleted."
    ),
    "mirror.list_lost": N_(
        "The target did not list %(count)s of %(expected)s entries that it had acknowledged; nothing is deleted."
    ),
    "mirror.ghost": N_(
        "The target's search lists a dataset that the target does not have, left behind by an interrupted write: it is "
        "found and cannot be opened. The portal cannot clear it; ask the target's operator for: "
        "ckan search-index clear %(remote_id)s"
    ),
    "mirror.ghost_exposed": N_(
        "The target's search still shows what is not public here any more: the dataset itself is gone, its entry in the "
        "search index is not. The portal cannot clear it; ask the target's operator to do so at once: "
        "ckan search-index clear %(remote_id)s"
    ),
    "mirror.ghosts_exposed": N_(
        "The target's search still shows %(count)s datasets that were withdrawn or narrowed, although they are gone; its "
        "operator has to clear them from the search index."
    ),
    "mirror.not_acknowledged": N_("The target did not say what it now holds."),
    "mirror.answer_differs": N_("The target holds something else than was sent: %(fields)s."),
    "mirror.dead_letters": N_("Entries that the target refused again and again: %(count)s."),
    "mirror.conflicts": N_("Names that somebody else holds at the target: %(count)s."),
    "mirror.doubtful": N_("Answers of the target that cannot be true: %(count)s."),
    "mirror.awaiting_person": N_("Deletions that wait for a person: %(count)s."),
    "mirror.unreachable_long": N_("The target has been out of reach for more than %(hours)s h."),
    "mirror.not_proven_gone": N_(
        "Something that was withdrawn or narrowed is not yet proven gone after more than %(minutes)s minutes."
    ),
    "mirror.reconciliation_missed": N_("The nightly comparison has not been completed for 36 hours."),
    "mirror.bad_url": N_("“%(url)s” is not an address that can be spoken to; write https://host/path."),
    "mirror.plain_http": N_(
        "%(host)s would be spoken to without encryption; use https, or name its network in the target's “networks”."
    ),
    "mirror.forbidden_address": N_(
        "%(host)s leads to %(address)s, which the portal does not connect to; name the network in the target's "
        "“networks” if that is meant."
    ),
    "mirror.unreachable": N_("%(host)s cannot be reached."),
    "mirror.untrusted": N_("The certificate of %(host)s cannot be trusted."),
    "mirror.redirected": N_("The target answered with a redirection; it was not followed."),
    "mirror.too_large": N_("The target's answer is larger than %(limit)s MB; it was cut off."),
    "mirror.too_slow": N_("The target's answer took longer than %(seconds)s s; it was cut off."),
    "mirror.not_json": N_("The target answered with something that is no answer of its interface."),
    "mirror.answer_unsigned": N_(
        "The target's answer is not signed with the agreed secret; it is not believed."
    ),
    "mirror.no_listing": N_(
        "“%(target)s” has no way to say what it holds, so it cannot be compared; what is known are its signed receipts."
    ),
    "mirror.foreign_listing": N_(
        "The address of the list, %(url)s, is not on the target's own site, or it carries a question of its own."
    ),
    "mirror.short_secret": N_(
        "The secret of target “%(target)s” is shorter than %(least)s characters; make one that cannot be guessed."
    ),
    "mirror.failing": N_("The target answered with error %(status)s."),
    "mirror.refused": N_("The target refuses the entry: %(detail)s."),
    "mirror.no_organization": N_(
        "The target has no organization “%(name)s”, and the portal may not make it there; let the target make it, "
        "or name another one under organizations."
    ),
    "mirror.changed_meanwhile": N_(
        "“%(name)s” was changed at the target in the same moment; it is compared and written anew."
    ),
    "mirror.not_authorized": N_("The target does not accept the portal's credentials for this."),
    "mirror.name_taken": N_(
        "The name “%(name)s” belongs to somebody else at the target; it was not overwritten."
    ),
    "mirror.still_there": N_("The entry was taken away at the target but can still be read there."),
    "mirror.still_found": N_(
        "The entry was taken away at the target, but the target's search still shows it. The portal cannot clear that; "
        "ask the target's operator to do so at once: ckan search-index clear %(remote_id)s"
    ),
    "mirror.no_credentials": N_("The file with the credentials of target “%(target)s” cannot be read."),
    "mirror.credentials_open": N_(
        "The file with the credentials of target “%(target)s” can be read by others; give it mode 0600."
    ),
    "mirror.bad_targets": N_("The file of mirror targets cannot be used: %(part)s."),
    "mirror.cursor_ahead": N_(
        "The cursor %(after)s is ahead of the last change %(latest)s; begin again with the snapshot."
    ),
    "mirror.bad_cursor": N_("“%(value)s” is not a number that “%(name)s” can have."),
    "mirror.unknown_target": N_("There is no mirror target called “%(target)s”."),
}
