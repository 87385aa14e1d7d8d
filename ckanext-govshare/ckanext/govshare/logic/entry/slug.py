"""Addresses of Chinese titles: pinyin, unique in the portal, stable once given."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import count
from uuid import uuid4

import sqlalchemy as sa
from ckan import model

LENGTH = 80


def pinyin_slug(title: str) -> str:
    """Return ``title`` in pinyin, 2 to 80 of ``a-z 0-9 -``; a random word when nothing is left."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a third of a second and 50 MB of each process

    syllables = lazy_pinyin(title[:LENGTH], errors=lambda run: list(re.findall(r"[0-9A-Za-z]+", run)))
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join(syllables).lower())
    slug = slug[:LENGTH].strip("-")
    return slug if len(slug) > 1 else f"entry-{slug or uuid4().hex[:8]}"


def unique_slugs(titles: Iterable[str]) -> list[str]:
    """Return one free address for each title, in order; one query, and one more for each that is taken."""
    wanted = [pinyin_slug(title) for title in titles]
    name = model.Package.name
    taken = set(model.Session.scalars(sa.select(name).where(name.in_(wanted))))
    chosen = []
    for slug in wanted:
        free = slug if slug not in taken else _numbered(slug, taken)
        taken.add(free)
        chosen.append(free)
    return chosen


def _numbered(slug: str, taken: Collection[str]) -> str:
    name, stem = model.Package.name, slug[: LENGTH - 8]
    near = set(model.Session.scalars(sa.select(name).where(name.startswith(stem, autoescape=True))))
    candidates = (f"{slug[: LENGTH - 1 - len(str(number))]}-{number}" for number in count(2))
    return next(candidate for candidate in candidates if candidate not in taken and candidate not in near)
