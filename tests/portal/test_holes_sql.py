"""CVE-2026-42031: a query in SQL runs another one inside ts_rewrite, past the list of allowed tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from ckan.plugins import toolkit

from tests.portal.sites import peer_town, portal_town

# A CKAN of its own with SQL search switched on, asked by a stranger.
ASK = """
import json, sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
app = make_app(CKANConfigLoader(sys.argv[1]).get_config())._wsgi_app
for sql in json.load(sys.stdin):
    answer = app.test_client().post("/api/3/action/datastore_search_sql", json={"sql": sql})
    print("ANSWER", answer.status_code, json.dumps(answer.json))
"""
REWRITE = "SELECT ts_rewrite('zz'::tsquery, 'SELECT ''zz''::tsquery, plainto_tsquery(''simple'', name) FROM \"{table}\"')"


def asked_with_sql_on(base: Path, folder: Path, *queries: str, more: str = "") -> list[str]:
    """The answers to a stranger of a site whose operator has switched SQL search on."""
    ini = folder / "sql.ini"
    ini.write_text(f"[app:main]\nuse = config:{base}\nckan.datastore.sqlsearch.enabled = true\n{more}")
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(ini)],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER")]
    assert len(answers) == len(queries)
    return answers


def test_plain_ckan_tells_rows_of_a_hidden_table(peer, tmp_path, under_test):
    """Every other door refuses the table; this one reads it out."""
    town = peer_town(peer)
    table = hidden_table(town, peer)
    assert town.ask(None, "datastore_search", resource_id=table)[0] == 403
    plainly = f'SELECT name FROM "{table}"'  # noqa: S608
    refused, leaked = asked_with_sql_on(
        under_test / "peer.ini", tmp_path, plainly, REWRITE.format(table=table)
    )
    assert refused.startswith("ANSWER 403")
    assert leaked.startswith("ANSWER 200")
    assert "secretword" in leaked


@pytest.mark.usefixtures("with_plugins", "with_request_context")
def test_here_there_is_no_such_action():
    """Switched off, as the start-up check demands."""
    with pytest.raises(KeyError):
        toolkit.get_action("datastore_search_sql")


@pytest.mark.usefixtures("with_plugins", "with_request_context")
def test_here_nobody_asks_in_sql_even_with_the_switch_on(tmp_path, under_test):
    """Action and authorization refuse, for a public table too, and the portal does not serve at all."""
    town = portal_town(None)
    queries = (REWRITE.format(table=town.resource), f'SELECT name FROM "{town.resource}"')  # noqa: S608
    for more in ("", "testing = false\nSESSION_TYPE = redis\n"):
        for answer in asked_with_sql_on(under_test / "pytest-run.ini", tmp_path, *queries, more=more):
            assert answer.startswith("ANSWER 503"), answer


@pytest.mark.usefixtures("with_plugins", "with_request_context")
def test_the_action_is_shut_for_operators_as_well(monkeypatch):
    """The guard that stands where the action exists."""
    from ckanext.govshare.logic import guards

    monkeypatch.setitem(toolkit.config, "ckan.datastore.sqlsearch.enabled", True)
    action = guards.chained_actions()["datastore_search_sql"]
    with pytest.raises(toolkit.NotAuthorized):
        action(lambda *_: "rows", {"user": "", "ignore_auth": True}, {"sql": "SELECT 1"})


def test_no_function_is_allowed_in_sql(root):
    """Our list holds none, CKAN's holds ts_rewrite."""
    lines = (root / "config/ckan/allowed_functions.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    import ckanext.datastore

    folder = Path(next(iter(ckanext.datastore.__path__)))
    assert "ts_rewrite" in (folder / "allowed_functions.txt").read_text().split()


@pytest.fixture
def under_test(request):
    """Folder of the written configurations."""
    return Path(request.config.option.ckan_ini).resolve().parent


def hidden_table(town, peer) -> str:
    """Write a table into a file of the hidden entry; return its id."""
    values = {
        "resource_id": town.hidden["resources"][0]["id"],
        "force": True,
        "fields": [{"id": "name", "type": "text"}],
        "records": [{"name": "secretword"}],
    }
    answer = requests.post(
        f"{peer.url}/api/3/action/datastore_create",
        json=values,
        headers={"Authorization": peer.token},
        timeout=600,
    )
    answer.raise_for_status()
    return str(values["resource_id"])
