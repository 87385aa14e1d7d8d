"""Tests of the glue: CKAN in this process, on real PostgreSQL, Redis and Solr.

The databases are new for every run of ./govshare test and are not emptied between tests: the journal
refuses to be deleted, and a portal is never empty either. Tests make their own data with names of
their own. CKAN's fixtures load all plugins anew for each test, which took more than half of the time;
here they stay loaded, as in the portal.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ckan import plugins
from ckan.plugins import core
from ckan.plugins.toolkit import aslist
from ckan.tests.helpers import CKANTestApp

_kept: list[CKANTestApp] = []


@pytest.fixture(autouse=True)
def _served_although_under_test(monkeypatch):
    """Let the portal serve: the tests' own settings (testing, sessions in cookies) are faults it refuses for."""
    monkeypatch.setattr("ckanext.govshare.readiness.refuses", lambda: False)


@pytest.fixture
def with_plugins(ckan_config) -> None:
    """Load the plugins of the configuration, unless they are loaded."""
    if aslist(ckan_config["ckan.plugins"]) != core._PLUGINS:
        _kept.clear()
        plugins.load_all()


@pytest.fixture
def with_plugins_anew(ckan_config) -> Iterator[None]:
    """Load the plugins for one test, whose settings say which and how."""
    _kept.clear()
    plugins.load_all()
    yield
    plugins.unload_all()
    _kept.clear()


@pytest.fixture
def app(make_app, ckan_config) -> CKANTestApp:
    """One application for all tests, with the settings as they are now."""
    if not _kept:
        _kept.append(make_app())
    ckan_config["testing"] = True
    _kept[0].flask_app.config.update(ckan_config)
    return _kept[0]
