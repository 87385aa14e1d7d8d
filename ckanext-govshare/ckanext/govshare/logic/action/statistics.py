"""Figures for everybody: what is open, and how applications are answered. Public entries only, counts only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.logic.application import counted
from ckanext.govshare.logic.application import figures as applications
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.logic.errors import language
from ckanext.govshare.runtime import in_shanghai

__all__ = ("govshare_statistics_applications", "govshare_statistics_show")

MONTHS, FIRST_YEAR, YEAR_DIGITS = 12, 2007, 4  # the calendar's first year
NEWEST = 6
KEYWORDS = 5
FACETS = ("openness", "theme", "organization", "tags")
AS_A_STRANGER: dict[str, Any] = {"user": "", "auth_user_obj": None}


@toolkit.side_effect_free
def govshare_statistics_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return how many entries are public, by class, theme and department, and the newest.

    The caller's rights play no part: everybody is told the same.

    :rtype: dict: ``entries`` (int), ``openness`` and ``themes`` (code → int), ``departments`` (list of
        ``{name, title, entries, updated}``, ``updated`` a date or None), ``keywords`` (the most
        frequent ones), ``newest`` (entries as ``package_show`` gives them)
    """
    toolkit.check_access("govshare_statistics_show", context, data_dict)
    found = toolkit.get_action("package_search")(
        {**AS_A_STRANGER},  # type: ignore[arg-type]
        {
            "rows": NEWEST,
            "sort": "metadata_created desc, id asc",
            "facet.field": list(FACETS),
            "facet.limit": 500,
        },
    )
    counts = {name: _counts(found, name) for name in FACETS}
    return {
        "entries": found["count"],
        "openness": counts["openness"],
        "themes": counts["theme"],
        "departments": _departments(counts["organization"]),
        "keywords": sorted(counts["tags"], key=lambda tag: (-counts["tags"][tag], tag))[:KEYWORDS],
        "newest": found["results"],
    }


@toolkit.side_effect_free
def govshare_statistics_applications(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return how applications for conditional data were answered (依申请开放情况): counts, never who applied.

    Everybody is told the same. What each figure means is returned with it.

    :param year: of receipt; default: this year
    :param organization: id or name of a department; default: the whole city
    :param breakdown: true for months and departments as well
    :rtype: dict: ``year``, ``years`` (with applications), ``at`` (when they were counted; nothing has changed since),
        ``organization`` (``{name, title}`` or None),
        ``total`` (figure → int or None, with ``outcomes`` and ``refusals`` by code), ``definitions`` (list of
        ``{code, label, meaning, rule, unit}``); with ``breakdown`` also ``months`` (up to now, each with its ``month``),
        ``departments`` (each with ``name`` and ``title``), ``cells`` (a month of a department each) and ``offices``
        (every department, ``{name, title}``)
    """
    toolkit.check_access("govshare_statistics_applications", context, data_dict)
    at, breakdown = runtime.now(), toolkit.asbool(data_dict.get("breakdown") or False)
    year, office = _year(data_dict.get("year"), at), _office(data_dict.get("organization"))
    found = counted.of_year(
        year, at, calendars.current(), organization_id=office.id if office else "", breakdown=breakdown
    )
    shown = {
        "year": year,
        "years": list(found.years),
        "at": in_shanghai(found.at).isoformat(),
        "organization": {"name": office.name, "title": office.title} if office else None,
        "total": next(dict(row) for month, of, row in found.rows if month is None and of is None),
        "definitions": _definitions(),
    }
    last = in_shanghai(at).month if year == in_shanghai(at).year else MONTHS
    return {**shown, **_broken_down(found.rows, last)} if breakdown else shown


def _broken_down(found: Sequence[Any], last_month: int) -> dict[str, Any]:
    group = model.Group
    query = sa.select(group.id, group.name, group.title, group.state).where(group.is_organization.is_(True))
    offices = list(model.Session.execute(query.order_by(group.title, group.name)))
    named = {row.id: {"name": row.name, "title": row.title} for row in offices}
    months = {month: row for month, of, row in found if month and of is None}
    departments = [
        {**named.get(of, {"name": "", "title": of}), **row} for m, of, row in found if of and m is None
    ]
    cells = [
        {**named.get(of, {"name": "", "title": of}), "month": month, **row}
        for month, of, row in found
        if of and month
    ]
    return {
        "months": [
            {"month": month, **months.get(month, applications.nothing())}
            for month in range(1, last_month + 1)
        ],
        "departments": sorted(departments, key=lambda row: (-row["received"], row["title"])),
        "cells": sorted(cells, key=lambda row: (row["title"], row["month"])),
        "offices": [named[row.id] for row in offices if row.state == model.State.ACTIVE],
    }


def _definitions() -> list[dict[str, str]]:
    said = language()
    units = ((row, row.get("unit", "")) for row in rulebook.statistics())
    return [
        {
            "code": row["code"],
            "label": row["label"][said],
            "meaning": row["meaning"][said],
            "rule": row["rule"],
            "unit": unit if isinstance(unit, str) else unit[said],
        }
        for row, unit in units
    ]


def _year(given: Any, at: datetime) -> int:
    now = in_shanghai(at).year
    text = str(given or now)
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == YEAR_DIGITS else 0
    if not FIRST_YEAR <= year <= now:
        raise toolkit.ValidationError(
            {
                "year": [
                    toolkit._("Enter a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": now}
                ]
            }
        )
    return year


def _office(given: Any) -> Any:
    if not given:
        return None
    group = model.Group.get(str(given))
    if group is None or not group.is_organization or group.state != "active":
        raise toolkit.ObjectNotFound(toolkit._("There is no such department."))
    return group


def _counts(found: dict[str, Any], facet: str) -> dict[str, int]:
    return {item["name"]: item["count"] for item in found["search_facets"].get(facet, {}).get("items", ())}


def _departments(counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return every department, those with most entries first, with the day it last changed something open."""
    package, group = model.Package, model.Group
    latest = (
        sa.select(package.owner_org, sa.func.max(package.metadata_modified).label("updated"))
        .where(package.state == "active", package.private.is_(False), package.type == "dataset")
        .group_by(package.owner_org)
        .subquery()
    )
    rows = model.Session.execute(
        sa.select(group.name, group.title, latest.c.updated)
        .outerjoin(latest, latest.c.owner_org == group.id)
        .where(group.is_organization.is_(True), group.state == "active"),
    )
    departments = [
        {
            "name": row.name,
            "title": row.title,
            "entries": counts.get(row.name, 0),
            "updated": in_shanghai(row.updated).date().isoformat() if row.updated else None,
        }
        for row in rows
    ]
    return sorted(departments, key=lambda department: (-department["entries"], department["title"]))
