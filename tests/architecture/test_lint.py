"""The tools that the project holds itself to: ruff everywhere, mypy strict where rules and tables live."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STRICT = [
    f"ckanext-govshare/ckanext/govshare/{room}"
    for room in ("domain", "intake", "exports", "rulebook.py", "sealing", "vault")
]


@pytest.mark.parametrize(
    "arguments",
    [
        ["ruff", "check", "--force-exclude", "."],
        ["ruff", "format", "--check", "--force-exclude", "."],
        ["mypy", "--config-file", ".mypy.ini", *STRICT],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_the_tools_are_content(arguments):
    """Nothing is left to say about style, and the strict rooms are typed."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
