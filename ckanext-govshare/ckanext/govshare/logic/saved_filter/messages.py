"""The sentences about saved filters."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

FILTER_MESSAGES: dict[str, str] = {
    "filter.unknown_list": N_("There is no such list."),
    "filter.bad_name": N_("Give the filter a name of 1 to %(limit)s characters."),
    "filter.empty": N_("Choose at least one filter first."),
    "filter.too_many": N_("You have saved %(limit)s filters of this list already; delete one first."),
}
