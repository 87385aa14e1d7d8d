"""Attachments (附件) of an application: what may be handed in, until when it may be taken back, how long it is kept.

佳木斯 companion measure art. 15 (电子材料); 个人信息保护法 arts 19, 47: no longer than the case and its grants need.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ckanext.govshare.domain.application import CLOSED, DRAFT, SUPPLEMENTING
from ckanext.govshare.domain.decision import Decision, Reason, decide

PDF, JPEG, PNG, OFD = "pdf", "jpeg", "png", "ofd"
LONGEST_NAME = 120
MIB = 1024 * 1024
# While one of these lasts the papers are the applicant's own; afterwards they belong to the case.
OPEN_TO_PAPERS = (DRAFT, SUPPLEMENTING)

_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Kind:
    """One kind of paper: its media type and the endings its name may have, the usual one first."""

    media_type: str
    endings: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    PDF: Kind("application/pdf", (".pdf",)),
    JPEG: Kind("image/jpeg", (".jpg", ".jpeg")),
    PNG: Kind("image/png", (".png",)),
    OFD: Kind("application/ofd", (".ofd",)),
}


@dataclass(frozen=True)
class Limits:
    """What changes by notice (``config/statutes/application.yaml``): papers of one application, bytes of one.

    ``unsent``: bytes of all papers of one person that lie with forms not yet sent.
    """

    most: int
    largest: int
    unsent: int


def may_add(
    state: str, *, is_applicant: bool, count: int, limits: Limits, size: int = 0, unsent: int = 0
) -> Decision:
    """Decide whether one more paper may be added: by the applicant, before it is sent or while it is completed.

    ``size`` are its bytes, ``unsent`` those that the applicant has beside drafts already.
    """
    found = _not_now(state, is_applicant=is_applicant, move="attach")
    if count >= limits.most:
        found.append(Reason("attachment.too_many", {"limit": limits.most}, "attachments"))
    if state == DRAFT and unsent + size > limits.unsent:
        found.append(Reason("attachment.drafts_full", {"limit": limits.unsent // MIB}, "attachments"))
    return decide(found)


def may_remove(state: str, *, is_applicant: bool, handed_in: bool) -> Decision:
    """Decide whether a paper may be taken back: what has been handed in stays with the case."""
    found = _not_now(state, is_applicant=is_applicant, move="detach")
    if handed_in:
        found.append(Reason("attachment.handed_in", field="attachments"))
    return decide(found)


def may_look(*, is_applicant: bool, handed_in: bool) -> bool:
    """Tell whether a paper is there for somebody at all: before it is handed in it is the applicant's alone."""
    return is_applicant or handed_in


def clean_name(name: str) -> str:
    """Return a file's name as it may be shown: no folders, no signs that cannot be seen or turn the text around."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(sign for sign in _UNSEEN.sub("", last) if unicodedata.category(sign) not in ("Cf", "Cc"))
    stem, dot, ending = shown.strip().rpartition(".")
    if len(shown) > LONGEST_NAME and dot and len(ending) < LONGEST_NAME // 2:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return shown.strip()[:LONGEST_NAME] or "附件"


def served_name(name: str, kind: str) -> str:
    """Return the name under which a paper is handed out: its ending tells what it is, whatever it was called."""
    endings = KINDS[kind].endings
    return name if name.lower().endswith(endings) else name + endings[0]


def masked_name(name: str, kind: str) -> str:
    """Return what of a file's name is shown to officers before the full view: people name files by persons."""
    return f"{name[:1]}**{KINDS[kind].endings[0]}"


def kept_until(
    state: str, last_touched: date, *, handed_in: bool, grant_ends: Iterable[date], days: int
) -> date | None:
    """Return the last day on which a paper is kept; None while its case is open.

    ``last_touched``: when the draft was last saved, or the case was closed. What was never handed in goes with the
    end of its case; what was handed in stays ``days`` after it, and after the last grant that rests on it.
    """
    if state == DRAFT:
        return last_touched + timedelta(days)
    if state not in CLOSED:
        return None
    return max([last_touched, *grant_ends]) + timedelta(days) if handed_in else last_touched


def _not_now(state: str, *, is_applicant: bool, move: str) -> list[Reason]:
    if not is_applicant:
        told = {"noun": "application", "move": move, "roles": ("applicant",)}
        return [Reason("workflow.wrong_role", told)]
    return [] if state in OPEN_TO_PAPERS else [Reason("attachment.not_now", {"state": state}, "attachments")]
