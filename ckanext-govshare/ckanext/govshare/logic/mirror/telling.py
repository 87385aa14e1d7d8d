"""The mirror's facts as pages, commands and the API tell them: words, instants, faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.mirror_ghost import FINDINGS as GHOSTS
from ckanext.govshare.logic.errors import language, sentence


def word(words: str, code: str) -> str:
    """Return the word for a code of one of the lists in ``words.yaml``, in the reader's language."""
    known = rulebook.words(words)[code]
    return known.get(language(), known["zh"])


def instant(at: datetime | None) -> str | None:
    """Return an instant on the clock of Shanghai."""
    return runtime.in_shanghai(at).isoformat(timespec="seconds") if at else None


def fault(problem: Mapping[str, Any] | None) -> str:
    """Return a fault that a row keeps as a sentence."""
    return sentence(Reason(problem["code"], problem["facts"])) if problem else ""


def note_on(finding: Mapping[str, Any]) -> str:
    """Return what somebody else must do about a finding of a comparison; empty where the portal mends it."""
    kind = finding["finding"]
    return sentence(Reason(f"mirror.{kind}", {"remote_id": finding["remote_id"]})) if kind in GHOSTS else ""
