"""From one case of an inbox on to the next: in the inbox's own order, with its own filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def following(before: Sequence[Any], here: Any, after: Sequence[Any] | None = None) -> Any | None:
    """Return what comes after ``here``: of what still waits, the next one, else the first; None when nothing does.

    ``before`` is the page of the inbox as it was, ``after`` as it is once the case has been dealt with. Without
    ``after`` the end of the page is the end.
    """
    rest = before[before.index(here) + 1 :] if here in before else []
    if after is None:
        return next(iter(rest), None)
    waiting = [case for case in after if case != here]
    return next((case for case in rest if case in waiting), next(iter(waiting), None))
