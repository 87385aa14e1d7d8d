"""Numbers that people write down and nobody can count up (编号)."""

from __future__ import annotations

import secrets

from ckanext.govshare import runtime

# Without letters and digits that are taken for one another.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RANDOM_SIGNS = 8


def new(kind: str) -> str:
    """Return kind, day of receipt and eight random signs: ``SQ20261122-7K3M9QXT``."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS))
    return f"{kind}{runtime.in_shanghai(runtime.now()):%Y%m%d}-{signs}"
