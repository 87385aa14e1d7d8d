"""What of applications waits for whom: the duties of ``domain/application_duty.py`` as SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ckanext.govshare.domain.application_duty import DUTIES
from ckanext.govshare.domain.duty import Duty
from ckanext.govshare.logic import roles, waiting
from ckanext.govshare.logic.application import clock
from ckanext.govshare.model import Application

OF_NAME: Mapping[str, Duty] = {duty.name: duty for duty in DUTIES}


def waits(duty: Duty) -> list[Any]:
    """Return what must hold of an application that waits for this duty, whoever is to do it."""
    return [Application.state.in_(duty.states), *(_MET[need]() for need in duty.needs)]


def waits_for(duty: Duty, user_id: str) -> list[Any]:
    """Return what must hold of an application that waits for this person; the bureau oversees those of all."""
    if roles.is_bureau(user_id):
        return waits(duty)
    return [*waits(duty), *waiting.may_do(duty, user_id, Application.organization_id, _by)]


# As ``domain/application_duty.py`` says of one application.
_MET: Mapping[str, Callable[[], Any]] = {
    "extension_asked": lambda: (
        Application.extension_asked_at.is_not(None) & Application.extension_decided_at.is_(None)
    ),
    "before_due": lambda: Application.due_on >= clock.today(),
}


def _by(step: str) -> Any:
    return Application.applicant_id if step == "applied" else getattr(Application, f"{step}_by")
