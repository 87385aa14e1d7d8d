"""Mirror targets (同步目标): which there are, and by which map an entry is written there; both are files in YAML.

The file is named by ``ckanext.govshare.mirror_targets`` and read at each run; where it is absent there are no
targets. Credentials are files of their own, read when they are used, so that they stand in no row, job or log.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ckanext.govshare import config
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror_letter import DIGESTS, SHA256, SHORTEST_SECRET
from ckanext.govshare.domain.mirror_peer import CKAN, KINDS, objections_to_listing, objections_to_url
from ckanext.govshare.domain.mirror_relay import LIMITS, Limits

NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class Target:
    """One target as it is configured.

    ``mapping`` is a CKAN's parsed map of fields and organizations; ``listing`` and ``digest`` are a
    webhook's; ``page`` is the address that people may open; ``limits`` is when the bureau is told.
    """

    name: str
    kind: str
    title: str
    url: str
    credentials: Path
    networks: tuple[str, ...] = ()
    cafile: str = ""
    parallel: int = 4
    mapping: Mapping[str, Any] = field(default_factory=dict)
    listing: str = ""
    digest: str = SHA256
    page: str = ""
    limits: Limits = field(default_factory=Limits)

    @property
    def can_be_compared(self) -> bool:
        """Tell whether the target says what it holds, so that a comparison (核对) can prove anything."""
        return self.kind == CKAN or bool(self.listing)


def all_targets() -> list[Target]:
    """Return the configured targets, none where no file names any.

    :raises RuleError: ``mirror.bad_targets`` with the part that cannot be used
    """
    path = config.file("mirror_targets")
    if path is None:
        return []
    rows = _read(path).get("targets") or {}
    return [_target(str(name), row, path.parent) for name, row in rows.items()]


def target_of(name: str) -> Target:
    """Return one target; ``mirror.unknown_target`` when there is none of that name."""
    for target in all_targets():
        if target.name == name:
            return target
    raise RuleError("mirror.unknown_target", "target", target=name)


def token_of(target: Target) -> str:
    """Read the target's credentials now; refuse a file that others can read."""
    try:
        if target.credentials.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            raise RuleError("mirror.credentials_open", "target", target=target.name)
        return target.credentials.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError("mirror.no_credentials", "target", target=target.name) from error


def secret_of(target: Target) -> str:
    """Read a webhook's secret now; refuse one that could be guessed."""
    secret = token_of(target)
    if len(secret) < SHORTEST_SECRET:
        raise RuleError("mirror.short_secret", "target", target=target.name, least=SHORTEST_SECRET)
    return secret


def _target(name: str, row: Mapping[str, Any], folder: Path) -> Target:
    try:
        target = Target(
            name=name,
            kind=row["kind"],
            title=str(row["title"]),
            url=str(row["url"]).rstrip("/"),
            credentials=folder / row["credentials"],
            networks=tuple(row.get("networks") or ()),
            cafile=str(row.get("cafile") or ""),
            parallel=int(row.get("parallel", 4)),
            limits=Limits(**{name: int(row[name]) for name in LIMITS if name in row}),
            **_OF_KIND[row["kind"]](row, folder),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RuleError("mirror.bad_targets", part=f"{name}: {error}") from error
    if target.digest not in DIGESTS or set(name) - set(NAME_CHARACTERS):
        raise RuleError("mirror.bad_targets", part=f"{name}: {target.digest}")
    objections = objections_to_url(target.url, target.networks)
    for reason in objections or objections_to_listing(target.url, target.listing):
        raise RuleError(reason.code, "target", **reason.facts)
    return target


def _ckan(row: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    mapping = _mapping(folder / row["mapping"], row.get("organizations") or {})
    return {"mapping": mapping, "page": str(row.get("page") or row["url"])}


def _webhook(row: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    del folder
    return {
        "listing": str(row.get("listing") or ""),
        "digest": str(row.get("digest") or SHA256),
        "page": str(row.get("page") or ""),
    }


_OF_KIND = dict(zip(KINDS, (_ckan, _webhook), strict=True))


def _mapping(path: Path, organizations: Mapping[str, str]) -> dict[str, Any]:
    mapping = _read(path)
    return {**mapping, "organizations": {**mapping["organizations"], **organizations}}


def _read(path: Path) -> dict[str, Any]:
    try:
        parsed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleError("mirror.bad_targets", part=path.name) from error
    if not isinstance(parsed, dict):
        raise RuleError("mirror.bad_targets", part=path.name)
    return parsed
