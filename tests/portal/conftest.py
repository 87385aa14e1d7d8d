"""Tests of the glue: CKAN in this process, on real PostgreSQL, Redis and Solr.

The databases are new for every run of ./govshare test and are not emptied between tests: the journal
refuses to be deleted, and a portal is never empty either. Tests make their own data with names of
their own.
"""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _served_although_under_test(monkeypatch):
    """Let the portal serve: the tests' own settings (testing, sessions in cookies) are faults it refuses for."""
    monkeypatch.setattr("ckanext.govshare.readiness.refuses", lambda: False)
