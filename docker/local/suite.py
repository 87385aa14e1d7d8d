"""The tests, on a stack of their own; only the parts that the chosen paths need are started."""

from __future__ import annotations

import subprocess

from local import bench, ckan, packages, stack, venv
from local.progress import say, step
from local.site import Site

ROOMS = ("architecture", "domain", "portal", "journeys")
NOTHING_COLLECTED = 5
BARE = ("-p", "no:ckan", "-p", "no:ckan_fixtures")  # CKAN's plugin boots a whole CKAN at the start


def run(developer: Site, arguments: list[str]) -> int:
    """Run pytest room by room: 0 when every chosen test passes."""
    site = developer.for_tests()
    chosen = _by_room(site, arguments)
    options = [a for a in arguments if not _is_path(site, a)]
    packages.ensure(browser="journeys" in chosen)
    venv.ensure(site)
    venv.ensure(site, extra="test")
    codes: list[int] = []
    bare = [path for room in ("architecture", "domain") for path in chosen.get(room, [])]
    if bare:
        codes.append(_pytest(site, [*BARE, *options, *bare]))
    if "portal" in chosen or "journeys" in chosen:
        codes += _with_stack(site, chosen, options)
    worst = max((c for c in codes if c != NOTHING_COLLECTED), default=NOTHING_COLLECTED)
    say("✓ 全部通过 all passed" if worst == 0 else "✗ 有测试未通过 some tests failed")
    return worst


def _with_stack(site: Site, chosen: dict[str, list[str]], options: list[str]) -> list[int]:
    with stack.only_one(site):
        stack.install(site, tests=True)
        stack.start_stores(site)
    try:
        return [_ROOM[room](site, options, chosen[room]) for room in _ROOM if room in chosen]
    finally:
        with step("停止测试环境"):
            stack.down(site)


def _portal(site: Site, options: list[str], paths: list[str]) -> int:
    """Tests of the glue: CKAN's own pytest plugin, on an empty database."""
    ckan.forget(site, ckan.PYTEST)
    stack.ready(site, ckan.PYTEST)
    return _pytest(site, ["--ckan-ini", str(ckan.test_ini(site)), *options, *paths])


def _journeys(site: Site, options: list[str], paths: list[str]) -> int:
    """Journeys: the whole portal with a fresh demonstration city."""
    stack.stop_portal(site)
    ckan.forget(site, ckan.PORTAL)
    stack.start_portal(site, stack.free_door(site))
    ckan.seed(site, ckan.PORTAL)
    return _pytest(site, [*BARE, *options, *paths])


_ROOM = {"portal": _portal, "journeys": _journeys}


def _pytest(site: Site, arguments: list[str]) -> int:
    command = [str(site.python), "-m", "pytest", "-c", str(site.root / ".pytest.ini")]
    command += ["--rootdir", str(site.root), *arguments]
    environment = site.environment | bench.environment(site)
    return subprocess.run(command, cwd=site.root, env=environment, check=False).returncode


def _by_room(site: Site, arguments: list[str]) -> dict[str, list[str]]:
    """Paths of each room; all rooms when no path is given."""
    paths = [a for a in arguments if _is_path(site, a)]
    tests = site.root / "tests"
    if not paths or any((site.root / p).resolve() == tests for p in paths):
        return {room: [str(tests / room)] for room in ROOMS if (tests / room).is_dir()}
    rooms: dict[str, list[str]] = {}
    for path in paths:
        room = (site.root / path.partition("::")[0]).resolve().relative_to(tests).parts[0]
        rooms.setdefault(room, []).append(path)
    return rooms


def _is_path(site: Site, argument: str) -> bool:
    """Whether an argument names tests: a path below the project, perhaps with ::test_name."""
    return not argument.startswith("-") and (site.root / argument.partition("::")[0]).exists()
