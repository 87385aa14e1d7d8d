"""Who may show a page of ours in a frame."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.embedding import frame_ancestors


@pytest.mark.parametrize(
    ("origins", "policy"),
    [
        ([], "'none'"),
        (["https://www.yunxi.example"], "https://www.yunxi.example"),
        (["http://10.1.2.3:8080", "https://a.example"], "http://10.1.2.3:8080 https://a.example"),
        (["*"], "'none'"),
        (["https://*"], "'none'"),
        (["https:"], "'none'"),
        (["https://a.example/path"], "'none'"),
        (["https://a.example;script-src *"], "'none'"),
        (["https://user@a.example", "https://b.example"], "https://b.example"),
        (["javascript://a.example"], "'none'"),
    ],
)
def test_only_plain_origins_may_frame(origins, policy):
    """What is no origin opens nothing and smuggles nothing into the policy."""
    assert frame_ancestors(origins) == policy
