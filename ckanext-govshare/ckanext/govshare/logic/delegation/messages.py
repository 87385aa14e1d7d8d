"""The sentences about delegations: what stands against one, and what to do now."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

DELEGATION_MESSAGES: dict[str, str] = {
    "delegation.not_head": N_(
        "Only a head of the department delegates its decisions and revokes that, in person: "
        "who acts for a head does not delegate further."
    ),
    "delegation.to_oneself": N_("Choose somebody else: nobody acts for themselves."),
    "delegation.to_head": N_(
        "This person is a head of the department and decides in their own right; nothing needs to be delegated."
    ),
    "delegation.not_an_officer": N_("Choose a clerk of the same department."),
    "delegation.no_kind": N_("Choose at least one kind of decision."),
    "delegation.no_day": N_("Write the day as 2026-01-31."),
    "delegation.past": N_("A delegation begins today or later."),
    "delegation.ends_before": N_("The last day lies before the first one."),
    "delegation.too_long": N_("A delegation lasts at most %(limit)s days; renew it then."),
    "delegation.overlaps": N_(
        "The same decisions are delegated to this person from %(first)s to %(last)s already. "
        "Choose other days, or revoke that delegation first."
    ),
    "delegation.over": N_("This delegation is over already."),
}
