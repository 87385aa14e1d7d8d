"""What the operator is told of a broken chain."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

BROKEN = {
    "missing": N_("Link %(number)s of the journal is missing: rows have been taken out of the middle."),
    "removed": N_("The journal row of link %(number)s has been removed."),
    "altered": N_("Journal row %(row)s (link %(number)s) is not as it was written."),
    "unchained": N_(
        "Journal row %(row)s was never written by the portal: it has no link in the chain (place %(number)s)."
    ),
    "cut": N_("The journal has been cut off: link %(number)s and what followed it are gone."),
    "rewritten": N_(
        "The journal does not end as its last writer left it: rows up to link %(number)s are not theirs."
    ),
    "anchor": N_("Journal row %(row)s (link %(number)s) has been rewritten: an anchor says otherwise."),
}
