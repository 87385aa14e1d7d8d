"""Secrets: each at least 32 random bytes, none of them known, the tokens' not the sessions'."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from ckan.plugins import toolkit

from ckanext.govshare.readiness.fault import Config, Fault

LEAST_BYTES = 32
# Words of the placeholders that stand in documentation, images and examples.
KNOWN = re.compile(r"change.?me|secret|default|example|password|placeholder", re.IGNORECASE)
FEWEST_SIGNS = 10
SESSIONS = "SECRET_KEY"
FORMS = "WTF_CSRF_SECRET_KEY"
TOKENS = ("api_token.jwt.encode.secret", "api_token.jwt.decode.secret")


def check(config: Config) -> Iterator[Fault]:
    """Yield a fault for each secret that is short or known, or used twice."""
    sessions = str(config.get(SESSIONS) or "")
    for key in (SESSIONS, FORMS, *TOKENS):
        secret = read_secret(str(config.get(key) or ""), prefixed=key in TOKENS)
        if key in TOKENS and secret in ("", sessions):
            yield Fault(
                toolkit._("The secret %(key)s is that of the sessions; give it one of its own.")
                % {"key": key}
            )
        elif is_known(secret):
            yield Fault(toolkit._("The secret %(key)s is a known one; make a new one.") % {"key": key})
        elif bytes_of(secret) < LEAST_BYTES:
            yield Fault(
                toolkit._("The secret %(key)s is shorter than %(bytes)s random bytes; make a new one.")
                % {"key": key, "bytes": LEAST_BYTES}
            )


def read_secret(setting: str, *, prefixed: bool) -> str:
    """Return the secret behind a setting; CKAN's token secrets are written ``string:…`` or ``file:…``."""
    if not prefixed:
        return setting
    kind, _, value = setting.partition(":")
    if kind == "file":
        path = Path(value)
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    return value


def is_known(secret: str) -> bool:
    """Tell whether a secret looks written by a person: a placeholder's word, or few different signs."""
    if "PRIVATE KEY" in secret or "PUBLIC KEY" in secret:
        return False
    return bool(KNOWN.search(secret)) or len(set(secret)) < FEWEST_SIGNS


def bytes_of(secret: str) -> int:
    """Return how many random bytes a secret of these signs can hold at most."""
    if re.fullmatch(r"\d*", secret):
        signs = 10
    elif re.fullmatch(r"[0-9a-f]*|[0-9A-F]*", secret):
        signs = 16
    else:
        signs = 64
    # 43 signs of base64 hold 32 bytes and two bits: rounding down says 32.
    return int(len(secret) * math.log2(signs) / 8)
