"""What the tests of the mirror share: the peer behind a proxy as the portal's one target, and looks at both sides."""

from __future__ import annotations

from pathlib import Path

import requests
import sqlalchemy as sa
import yaml
from ckan import model
from ckanext.govshare import runtime
from ckanext.govshare.model import MirrorLedgerRow, MirrorTarget

MAPPING = Path(__file__).resolve().parents[2] / "config/mirror/ckan.yaml"


def write_targets(folder: Path, url: str, token: str) -> Path:
    """Write the file that names the government portal, and its credentials."""
    (folder / "token").write_text(token)
    (folder / "token").chmod(0o600)
    row = {
        "kind": "ckan",
        "title": "市政府门户网站",
        "url": url,
        "credentials": "token",
        "mapping": str(MAPPING),
    }
    file = folder / "targets.yaml"
    file.write_text(yaml.safe_dump({"targets": {"portal": row}}, allow_unicode=True))
    return file


def at_peer(peer, key: str) -> dict | None:
    """What a stranger reads of a dataset at the peer."""
    answer = requests.post(f"{peer.url}/api/3/action/package_show", json={"id": key}, timeout=60)
    return answer.json()["result"] if answer.status_code == 200 else None


def edit_at_peer(peer, action: str, **data) -> dict:
    """Somebody at the peer does something by hand."""
    answer = requests.post(
        f"{peer.url}/api/3/action/{action}", json=data, headers={"Authorization": peer.token}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def row_of(entry: str) -> MirrorLedgerRow:
    """The ledger's row of an entry."""
    model.Session.rollback()
    return model.Session.get_one(MirrorLedgerRow, ("portal", entry), populate_existing=True)


def wake_up() -> None:
    """Let nothing rest: what waits for a later attempt is due now."""
    for table in (MirrorLedgerRow, MirrorTarget):
        model.Session.execute(sa.update(table).values(available_at=runtime.now()))
    model.Session.commit()


def forget_doubts() -> None:
    """Take no write of an earlier test for one that may still arrive."""
    model.Session.execute(sa.update(MirrorLedgerRow).values(writing_since=None))
    model.Session.commit()


def extras_of(package: dict) -> dict[str, str]:
    """The additional fields of a dataset by name."""
    return {row["key"]: row["value"] for row in package["extras"]}
