"""Every reason code has its sentence, every sentence its code, and its facts fit."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ckanext.govshare.logic.messages import MESSAGES

PACKAGE = Path(__file__).resolve().parents[2] / "ckanext-govshare/ckanext/govshare"
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
KINDS_WITH_OWN_CODE = ("choice", "license", "date", "email", "phone", "code")


def codes_in(path: Path) -> set[str]:
    """Return the first argument of every ``Reason(…)``, ``Finding(…)`` and ``RuleError(…)`` in a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in {"Reason", "Finding", "RuleError"} and isinstance(first, ast.Constant):
            found.add(str(first.value))
    return found


def all_codes() -> set[str]:
    """Return every code that the rooms can raise; the entry's field kinds make theirs by name."""
    found = set().union(*(codes_in(path) for path in PACKAGE.rglob("*.py")))
    return {code for code in found if CODE.fullmatch(code)} | {
        f"entry.bad_{kind}" for kind in KINDS_WITH_OWN_CODE
    }


def test_every_code_has_a_sentence():
    """Nobody is ever shown a bare code."""
    assert all_codes() - set(MESSAGES) == set()


def test_every_sentence_says_something():
    """A sentence is not empty and ends like one."""
    assert [code for code, text in MESSAGES.items() if not text.strip().endswith((".", "?", "!", ")s"))] == []
