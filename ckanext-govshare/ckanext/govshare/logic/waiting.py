"""Whose turn it is, as SQL: a role in the department or a head's place, and no hand in the steps before.

Who that is comes from the table of moves by way of ``domain/duty.py``; the decision page asks the same table one case
at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import sqlalchemy as sa

from ckanext.govshare.domain.duty import Duty
from ckanext.govshare.logic import roles

Step = Callable[[str], Any]


def may_do(duty: Duty, user_id: str, office: Any, by: Step) -> list[Any]:
    """Return what must hold of a case for this person; ``office`` is its department, ``by`` who took a step of it."""
    held = roles.memberships(user_id)
    found: list[Any] = [by(step).is_distinct_from(user_id) for step in duty.not_by]
    if "bureau" not in duty.roles or not roles.is_bureau(user_id):
        own = office.in_(offices(held, duty.roles))
        found.append(sa.or_(own, *_in_a_heads_place(duty, user_id, office, by)))
    return found


def may_ever(duty: Duty, user_id: str) -> bool:
    """Tell whether a duty is this person's anywhere now, by a role of their own or in a head's place."""
    held = roles.memberships(user_id)
    if "bureau" in duty.roles and roles.is_bureau(user_id):
        return True
    return bool(offices(held, duty.roles)) or any(
        duty.kinds.intersection(roles.acting(user_id, office)) for office in held if duty.kinds
    )


def _in_a_heads_place(duty: Duty, user_id: str, office: Any, by: Step) -> list[Any]:
    """Return what must hold, for each department in which a head has delegated this to the user (委托代行)."""
    held = roles.memberships(user_id)
    acting = {one: roles.acting(user_id, one) for one in held} if duty.kinds else {}
    return [
        sa.and_(
            office == one,
            *(by(step).is_distinct_from(user_id) for step in duty.not_for_head),
            *(by(step).is_distinct_from(heads[kind]) for step in duty.not_by),
        )
        for one, heads in acting.items()
        for kind in duty.kinds.intersection(heads)
    ]


def offices(held: Mapping[str, str], wanted: Collection[str]) -> list[str]:
    """Return the departments in which a person has one of these roles; ``held`` are capacities by department."""
    return [office for office, capacity in held.items() if roles.ROLE_OF_CAPACITY.get(capacity) in wanted]
