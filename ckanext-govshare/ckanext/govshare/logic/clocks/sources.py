"""Every noun that has due dates."""

from __future__ import annotations

from ckanext.govshare.logic.application import clocks as applications
from ckanext.govshare.logic.clocks.clock import Clocks
from ckanext.govshare.logic.edition import clocks as editions
from ckanext.govshare.logic.grant import clocks as grants

SOURCES: tuple[Clocks, ...] = (
    applications.APPLICATIONS,
    applications.GRANTS,
    grants.REPORTS,
    editions.CLOCKS,
)
