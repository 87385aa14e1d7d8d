"""Links of one use (一次性下载链接): made in a browser's session, for minutes; the first request wins under a lock."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import config, runtime
from ckanext.govshare.domain import grant_link as rules
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.logic import moving
from ckanext.govshare.logic.grant import delivering
from ckanext.govshare.logic.grant.delivering import Offer, Pieces
from ckanext.govshare.model import GrantLink
from ckanext.govshare.model.grant_use import LINK

KEPT = timedelta(days=1)  # after its expiry a link still says that it is over


def make(
    context: dict[str, Any], grant_id: str, format_name: str, session: str, place: int | None = None
) -> str:
    """Return the token of a new link to a granted file, for whoever holds ``session``; commits."""
    offered = delivering.offer(context, grant_id, format_name, place)
    token, at = secrets.token_urlsafe(24), runtime.now()
    model.Session.add(
        GrantLink(
            grant_id=offered.grant_id,
            place=offered.place,
            format=format_name,
            token_hash=_digest(token),
            session_hash=_digest(session),
            made_at=at,
            expires_at=at + timedelta(minutes=config.number("grant_link_minutes")),
        )
    )
    model.Session.commit()
    return token


def take(
    context: dict[str, Any], token: str, session: str, piece_of: Callable[[Offer], range]
) -> tuple[Offer, range, Pieces]:
    """Use a link up, or go on with what it began; ``piece_of`` says which bytes of the file are asked for. Commits."""
    found = model.Session.scalar(_by_token(token))
    if found is None:
        moving.refuse_if(Refused((Reason("grant.link_unknown"),)))
    offered = delivering.offer(context, found.grant_id, found.format, found.place)
    wanted = piece_of(offered)
    pieces = delivering.opened(offered, wanted)
    try:
        _use_up(token, session, offered, wanted)
        delivering.record(offered, wanted, door=LINK)
    except BaseException:
        pieces.close()
        raise
    return offered, wanted, pieces


def _use_up(token: str, session: str, offered: Offer, wanted: range) -> None:
    """Lock the link, let the rules judge, and mark it; the caller commits."""
    locked = _by_token(token).with_for_update().execution_options(populate_existing=True)
    link, at = model.Session.scalars(locked).one(), runtime.now()
    same = secrets.compare_digest(link.session_hash, _digest(session))
    use = rules.Use(at, same, wanted.start, offered.sha256)
    resume = timedelta(minutes=config.number("grant_resume_minutes"))
    moving.refuse_if(rules.may_use(rules.Link(link.expires_at, link.used_at, link.used_sha256), use, resume))
    if link.used_at is None:
        link.used_at, link.used_sha256 = at, offered.sha256


def forget_over() -> int:
    """Take away the rows of links that have been over for a day; commits."""
    query = sa.delete(GrantLink).where(GrantLink.expires_at < runtime.now() - KEPT)
    done = model.Session.execute(query).rowcount
    model.Session.commit()
    return int(done)


def _by_token(token: str) -> sa.Select[tuple[GrantLink]]:
    return sa.select(GrantLink).filter_by(token_hash=_digest(token))


def _digest(secret: str) -> str:
    """Return the digest of a random secret; nothing can be guessed back from it."""
    return sha256(secret.encode()).hexdigest()
