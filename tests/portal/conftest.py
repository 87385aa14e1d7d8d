"""Tests of the glue: CKAN in this process, on real PostgreSQL, Redis and Solr.

The databases are new for every run of ./govshare test and are not emptied between tests: the journal
refuses to be deleted, and a portal is never empty either. Tests make their own data with names of
their own. CKAN's fixtures load all plugins anew for each test, which took more than half of the time;
here they stay loaded, as in the portal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from ckan import plugins
from ckan.model import user as users
from ckan.plugins import core, toolkit
from ckan.plugins.toolkit import aslist
from ckan.tests.helpers import CKANTestApp
from ckanext.govshare import runtime
from ckanext.govshare.mirror import ckan_site, guarded_http, relay
from ckanext.govshare.mirror.targets import target_of

from tests.portal.liar import Liar
from tests.portal.mirroring import PeersIndex, edit_at_peer, forget_doubts, wake_up, write_targets

_kept: list[CKANTestApp] = []
LAST_MINUTES = timedelta(minutes=4)  # less than a webhook's clock may be wrong by


@pytest.fixture(scope="session", autouse=True)
def _passwords_hashed_lightly():
    """Hash the passwords of invented people once instead of 25,000 times: every test makes several people."""
    earnest = users.pbkdf2_sha512
    users.pbkdf2_sha512 = earnest.using(rounds=1)
    yield
    users.pbkdf2_sha512 = earnest


@pytest.fixture(autouse=True)
def _served_although_under_test(monkeypatch):
    """Let the portal serve: the tests' own settings (testing, sessions in cookies) are faults it refuses for."""
    monkeypatch.setattr("ckanext.govshare.readiness.refuses", lambda: False)


@pytest.fixture(autouse=True)
def _no_midnight(monkeypatch):
    """Let no day end within a test: the last minutes of one, in Shanghai, are told as the first of the next."""
    real, local = runtime.now, runtime.in_shanghai(runtime.now())
    if (local + LAST_MINUTES).date() > local.date():
        monkeypatch.setattr(runtime, "now", lambda: real() + LAST_MINUTES)


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
    _kept[0].client = _kept[0].test_client()  # nobody is logged in
    return _kept[0]


@pytest.fixture(scope="session")
def liar(peer):
    """The proxy before the peer, on which nothing is left of an earlier run's portal."""
    index = PeersIndex()
    index.clear_ghosts(peer)
    for left in index.listed(peer):
        edit_at_peer(peer, "package_delete", id=left)
    proxy = Liar(peer.url)
    yield proxy
    proxy.stop()


@pytest.fixture
def government_portal(liar, peer, tmp_path, monkeypatch):
    """The peer as a configured target, served to the end before each test, however slowly it answers."""
    for name in ("CONNECT_SECONDS", "SILENCE_SECONDS"):
        monkeypatch.setattr(guarded_http, name, 600.0)
    monkeypatch.setattr(ckan_site, "GuardedSession", partial(guarded_http.GuardedSession, seconds=600.0))
    file = write_targets(tmp_path, liar.address, peer.token)
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.mirror_targets", str(file))
    liar.honest()
    forget_doubts()
    wake_up()
    relay.run_all()
    liar.honest()
    return target_of("portal")


@pytest.fixture
def clock(monkeypatch):
    """The portal's clock, to be put forward, or stopped for as long as a test takes."""
    real = runtime.now

    class Clock:
        ahead = timedelta(0)
        stopped: datetime | None = None

        def forward(self, **span: float) -> None:
            self.ahead += timedelta(**span)

        def stop(self) -> None:
            self.stopped = real()

    made = Clock()
    monkeypatch.setattr(runtime, "now", lambda: (made.stopped or real()) + made.ahead)
    return made
