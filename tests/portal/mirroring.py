"""What the tests of the mirror share: the peer behind a proxy as the portal's one target, and looks at both sides."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import requests
import sqlalchemy as sa
import yaml
from ckan import model
from ckanext.govshare import runtime
from ckanext.govshare.mirror import relay
from ckanext.govshare.mirror.targets import Target
from ckanext.govshare.model import MirrorLedgerRow, MirrorTarget
from local import ckan, solr
from local.site import Site

ROOT = Path(__file__).resolve().parents[2]
MAPPING = ROOT / "config/mirror/ckan.yaml"


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
    answer = requests.post(f"{peer.url}/api/3/action/package_show", json={"id": key}, timeout=600)
    return answer.json()["result"] if answer.status_code == 200 else None


def edit_at_peer(peer, action: str, **data) -> dict:
    """Somebody at the peer does something by hand."""
    answer = requests.post(
        f"{peer.url}/api/3/action/{action}", json=data, headers={"Authorization": peer.token}, timeout=600
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def row_of(entry: str) -> MirrorLedgerRow:
    """The ledger's row of an entry."""
    model.Session.rollback()
    return model.Session.get_one(MirrorLedgerRow, ("portal", entry), populate_existing=True)


def run_in_turn(target: Target) -> Counter[str]:
    """Serve a target by one worker: of several the second may write before the first."""
    return relay.run(replace(target, parallel=1))


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


class PeersIndex:
    """The index of the peer's search, written to past the peer."""

    def __init__(self) -> None:
        self.url = solr.url(Site.of(ROOT), ckan.PEER.core)

    def document(self, remote_id: str) -> dict:
        """What the index holds of a dataset; what it keeps without giving it out is added as CKAN would write it."""
        question = {"q": f'id:"{remote_id}"', "fl": "*"}
        [found] = requests.get(f"{self.url}/select", params=question, timeout=600).json()["response"]["docs"]
        given = {name: value for name, value in found.items() if not name.endswith(("_version_", "_ngram"))}
        return given | {"permission_labels": ["public"], "govshare_origin": found["extras_govshare_origin"]}

    def ghost_of(self, remote_id: str, *, ghost: str = "", **fields: object) -> str:
        """Put a document beside a dataset's own, as a create that never reached the database leaves it."""
        ghost = ghost or str(uuid4())
        copied = json.loads(json.dumps(self.document(remote_id)).replace(remote_id, ghost))
        self._write([_saying(copied, fields) | {"index_id": uuid4().hex}])
        return ghost

    def change(self, remote_id: str, **fields: object) -> None:
        """Let the index say something else than the database, as an update that never reached it does."""
        found = _saying(self.document(remote_id), fields)
        self._write([found | {"metadata_modified": "2020-01-01T00:00:00Z"}])

    def lose(self, remote_id: str) -> None:
        """Take a document out."""
        self._write({"delete": {"query": f'id:"{remote_id}"'}})

    def _write(self, what: object) -> None:
        requests.post(f"{self.url}/update?commit=true", json=what, timeout=600).raise_for_status()

    def clear_ghosts(self, peer) -> None:
        """Take out what the search lists and the database does not know, as the peer's operator does."""
        for remote_id in self.listed(peer):
            if at_peer(peer, remote_id) is None:
                self.lose(remote_id)

    def listed(self, peer) -> list[str]:
        """What the search lists of ours."""
        question = {"fq": "govshare_origin:*", "rows": 1000}
        return [row["id"] for row in edit_at_peer(peer, "package_search", **question)["results"]]


def _saying(document: dict, fields: dict) -> dict:
    """A document whose dataset has other fields."""
    held = ("data_dict", "validated_data_dict")
    return document | {name: json.dumps(json.loads(document[name]) | fields) for name in held}
