"""Accounts of the demonstration city: random passwords and tokens, told in a file for its owner alone."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ckan import model
from ckan.lib import api_token
from ckan.plugins import toolkit

from ckanext.govshare.demo.city import Account

LABEL = "演示"
KINDS = (str.islower, str.isupper, str.isdigit)


def open_account(account: Account, mail_domain: str) -> str:
    """Create the user, or give an existing one a new password; return the password."""
    password = _password()
    user = model.User.get(account.name)
    values = {"password": password, "fullname": account.fullname, "email": f"{account.name}@{mail_domain}"}
    if user is None:
        toolkit.get_action("user_create")(site_context(), {"name": account.name, **values})
    else:
        toolkit.get_action("user_update")(site_context(), {"id": user.id, "name": account.name, **values})
    if account.role == "operator":
        user = model.User.get(account.name)
        user.sysadmin = True
        model.Session.commit()
    return password


def told_accounts(accounts: Iterable[Account], file: Path, mail_domain: str) -> int:
    """Make ``file`` true: every account exists, its password and token work; return how many were (re)made.

    The file maps each name to ``{name, password, token, role, organization}`` and has mode 0600.
    """
    told = _read(file)
    made = 0
    for account in accounts:
        if not _works(account, told.get(account.name, {})):
            told[account.name] = _told(account, open_account(account, mail_domain))
            made += 1
    if made:
        _write(file, told)
    return made


def site_context() -> dict[str, Any]:
    """Return the context of the portal's own account, which opens offices and accounts."""
    site = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"user": site["name"], "ignore_auth": True}


def _told(account: Account, password: str) -> dict[str, Any]:
    token = toolkit.get_action("api_token_create")(
        site_context(), {"user": account.name, "name": f"{LABEL}-{secrets.token_hex(4)}"}
    )
    return {
        "name": account.name,
        "password": password,
        "token": token["token"],
        "role": account.role,
        "organization": account.organization,
    }


def _works(account: Account, told: Mapping[str, Any]) -> bool:
    user = model.User.get(account.name)
    if user is None or user.state != model.State.ACTIVE or not told:
        return False
    held = api_token.decode(str(told.get("token", ""))) or {}
    token = model.ApiToken.get(str(held.get("jti", "")))
    return token is not None and token.user_id == user.id and user.validate_password(str(told["password"]))


def _password() -> str:
    """Return 20 random characters with lower case, upper case and digits among them."""
    while True:
        password = secrets.token_urlsafe(15)
        if all(any(map(kind, password)) for kind in KINDS):
            return password


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    rows = json.loads(file.read_text(encoding="utf-8"))
    return rows if isinstance(rows, dict) else {}


def _write(file: Path, told: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False, indent=2)
    draft.replace(file)
