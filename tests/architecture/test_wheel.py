"""The built wheel holds everything that the portal needs, and works beside CKAN's own wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import ckan
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "ckanext-govshare/ckanext/govshare"
# Folder of the project → folder of the wheel, and the names that must come along.
ROOMS = {
    SOURCE: ("ckanext/govshare", ("*.py", "*.yaml", "*.mako", "*.ini", "*.txt")),
    "theme": ("ckanext/govshare/theme", ("*",)),
    "i18n": ("ckanext/govshare/i18n", ("*.po",)),
    "config/statutes": ("ckanext/govshare/statutes", ("*.yaml", "*.py")),
    "config/mirror": ("ckanext/govshare/mirror_files", ("*.yaml", "*.py", "*.md")),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from what git knows of the tree."""
    source = tmp_path_factory.mktemp("source")
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    for name in filter(None, files.split("\0")):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            target.write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(out), str(source)]
    subprocess.run(command, check=True)
    return next(out.glob("*.whl"))


def tracked(folder, patterns):
    """Paths below ``folder`` that git knows and that match, relative to it."""
    files = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, check=True, text=True
    )
    names = [Path(name).relative_to(folder) for name in filter(None, files.stdout.split("\0"))]
    return [name for name in names if any(name.match(pattern) for pattern in patterns)]


def test_nothing_is_left_behind(wheel):
    """Every module, statute, template, asset, migration and catalog is in the wheel."""
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"{target}/{name}"
        for folder, (target, patterns) in ROOMS.items()
        for name in tracked(folder, patterns)
        if "pending" not in name.parts
    }
    assert wanted - held == set()


def test_catalogs_come_compiled(wheel):
    """The wheel speaks Chinese without a compiler on the machine it is installed on."""
    held = zipfile.ZipFile(wheel).namelist()
    assert [name for name in held if name.endswith("zh_Hans_CN/LC_MESSAGES/ckanext-govshare.mo")]


def test_nothing_else_comes_along(wheel):
    """Neither tests nor the launcher nor the demonstration city are for other people's machines."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith((".dist-info", "-nspkg.pth"))} == {"ckanext"}
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "/tests/" in name]


def test_it_imports_beside_ckans_wheel(wheel, tmp_path):
    """Both packages share the namespace ckanext when installed the way a city would."""
    unpacked = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    script = (
        "import ckanext.datastore, ckanext.govshare.rulebook as r, pathlib, sys;"
        "assert str(pathlib.Path(r.__file__)).startswith(sys.argv[1]), r.__file__;"
        "assert len(r.entry_fields()) > 20"
    )
    paths = f"{unpacked}:{Path(ckan.__file__).parents[1]}"
    command = [
        sys.executable,
        "-S",
        "-c",
        f"import sys; sys.path[:0] = {paths.split(':')!r};" + script,
        str(unpacked),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
