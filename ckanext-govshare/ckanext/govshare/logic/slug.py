"""Addresses of Chinese titles: pinyin, unique in the portal, stable once given."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from pypinyin import lazy_pinyin

LENGTH = 80


def pinyin_slug(title: str) -> str:
    """Return ``title`` in pinyin, 2 to 80 of ``a-z 0-9 -``; a random word when nothing is left."""
    syllables = lazy_pinyin(title[:LENGTH], errors=lambda run: list(re.findall(r"[0-9A-Za-z]+", run)))
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join(syllables).lower())
    slug = slug[:LENGTH].strip("-")
    return slug if len(slug) > 1 else f"entry-{slug or uuid4().hex[:8]}"


def unique_slugs(titles: Iterable[str]) -> list[str]:
    """Return one free address for each title, in order, with one query for all of them."""
    wanted = [pinyin_slug(title) for title in titles]
    taken = _taken(wanted)
    chosen = []
    for slug in wanted:
        free = _free(slug, taken)
        taken.add(free)
        chosen.append(free)
    return chosen


def _free(slug: str, taken: Collection[str]) -> str:
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug[: LENGTH - len(str(number)) - 1]}-{number}"
    return candidate


def _taken(slugs: list[str]) -> set[str]:
    names = model.Package.name
    stems = {slug[: LENGTH - 8] for slug in slugs}
    found: set[str] = set()
    for stem in stems:
        found.update(model.Session.scalars(sa.select(names).where(names.startswith(stem, autoescape=True))))
    return found
