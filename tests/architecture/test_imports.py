"""The import law: rooms are layers, arrows point inward only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ckanext-govshare/ckanext/govshare"
PREFIX = "ckanext.govshare."

RULES = {"domain"}
TABLES = {*RULES, "intake", "exports", "rulebook", "statutes"}
WORLD = {*TABLES, "runtime", "config", "sealing", "model"}
WORK = {*WORLD, "logic", "search", "mirror", "vault", "notices", "readiness"}
EDGE = {*WORK, "jobs", "cli", "views", "helpers", "demo"}

# room → rooms that it may import from. A room that is not named here may not exist.
LAW: dict[str, set[str]] = {
    "domain": RULES,
    "intake": RULES | {"intake"},
    "exports": RULES | {"exports", "intake", "rulebook"},
    "rulebook": RULES | {"statutes"},
    "runtime": TABLES,
    "config": TABLES,
    "sealing": TABLES | {"runtime", "config"},
    "model": WORLD,
    "vault": TABLES | {"runtime", "config", "sealing"},
    "logic": WORK,
    "search": WORK,
    "mirror": WORK,
    "readiness": WORK,
    "notices": WORK,
    "security": WORK,
    "jobs": EDGE,
    "cli": EDGE,
    "demo": EDGE,
    "views": EDGE | {"theme", "mirror_files"},
    "helpers": EDGE | {"theme"},
    "theme_plugin": EDGE | {"theme", "i18n"},
    "plugin": EDGE | {"theme", "i18n", "security"},
}

# The rules know no clock, no files, no network, no database, no words for people.
FORBIDDEN_IN_DOMAIN = {
    "ckan", "sqlalchemy", "flask", "pysolr", "redis", "requests", "babel", "yaml", "os", "io", "pathlib",
    "socket", "subprocess", "time", "logging", "random",
}  # fmt: skip


def room_of(path: Path) -> str:
    """Return the room that a module belongs to: its folder or its own name."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a module imports, wherever the import stands in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def modules() -> list[Path]:
    """Return every module of the package but the migrations, which stand alone."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "migration" not in path.parts]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_import_inward_only(path):
    """A module imports from its own room and from the rooms that the law names."""
    if path == PACKAGE / "__init__.py":
        return
    room = room_of(path)
    assert room in LAW, f"the room {room} is not in the law"
    used = {name.removeprefix(PREFIX).split(".")[0] for name in imports_of(path) if name.startswith(PREFIX)}
    assert used <= LAW[room] | {room}, f"{path.name} imports {sorted(used - LAW[room] - {room})}"


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_the_domain_stands_alone(path):
    """The rules import nothing that could tell the time or touch the world."""
    used = {name.split(".")[0] for name in imports_of(path)}
    assert not used & FORBIDDEN_IN_DOMAIN


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_the_domain_asks_no_clock(path):
    """Time is an argument: no now(), today() or utcnow() in the rules."""
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & {"now", "today", "utcnow"}


def test_the_root_shows_the_products_names():
    """The visible root is the product's eight names and its launcher."""
    tracked = {
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".")
        and path.name not in {"var", "build", "dist"}
        and not path.name.endswith(".egg-info")
    }
    assert tracked == {
        "ckanext-govshare", "config", "i18n", "theme", "tests", "docker", "setup.py", "README.md", "govshare",
    }  # fmt: skip


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_vault_opens_its_folder(path):
    """Who wants what is not public asks the vault; nobody else knows where it lies or how it is sealed."""
    if room_of(path) in ("vault", "sealing"):
        return
    source = path.read_text(encoding="utf-8")
    own_names = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    allowed = {"ckanext.govshare.vault_path"} if room_of(path) == "readiness" else set()
    assert not {name for name in own_names - allowed if "vault_path" in name}
    assert not {name for name in imports_of(path) if name.startswith(f"{PREFIX}sealing.stream")}
