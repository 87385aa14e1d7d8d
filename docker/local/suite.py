"""The tests, each room on a stack of its own; only the parts that the chosen paths need are started."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator

from local import bench, ckan, lanes, packages, stack, venv
from local.progress import say, step
from local.site import Site

ROOMS = ("architecture", "domain", "portal", "journeys")
MIRROR = (
    "test_mirror_webhook.py", "test_application_privacy.py",  # they do all that those before them have left to do
    "test_mirror*.py", "test_demo.py", "test_application*.py", "test_attachments.py", "test_calendar.py",
    "test_delegation.py", "test_reminders.py",
)  # fmt: skip
"""Of the portal's tests, those that wait for a second CKAN most of the time, and as many as make the lanes end together."""
LANES = {
    "portal": ("portal",),
    "mirror": ("architecture", "domain", "mirror"),
    "journeys": ("journeys",),
}
"""What runs beside what: they end at about the same time, and two cores are busy while one of them waits."""
LONGEST = "journeys"
"""The lane that the processors serve first: it begins with the whole city and waits for people's clicks after."""
NOTHING_COLLECTED = 5
SHORT_LIVED = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"}
"""Solr compiles quickly instead of well: of a run of minutes, compiling well took as long as all searches."""
BARE = ("-p", "no:ckan", "-p", "no:ckan_fixtures")  # CKAN's plugin boots a whole CKAN at the start


def run(site: Site, arguments: list[str]) -> int:
    """Run pytest room by room, lanes beside each other: 0 when every chosen test passes."""
    os.environ.update(SHORT_LIVED)
    chosen = _by_room(site, arguments)
    options = [a for a in arguments if not _is_path(site, a)]
    packages.ensure(browser="journeys" in chosen)
    venv.ensure(site)
    venv.ensure(site, extra="test")
    beside = {} if lanes.current() else _beside(site, options, chosen)
    if len(beside) > 1:
        stack.install(site, tests=True)  # before two want to
        codes = lanes.run(site, beside, first=LONGEST)
    else:
        codes = list(_rooms(site, options, chosen))
    worst = max((c for c in codes if c != NOTHING_COLLECTED), default=NOTHING_COLLECTED)
    say("✓ 全部通过 all passed" if worst == 0 else "✗ 有测试未通过 some tests failed")
    return worst


def _beside(site: Site, options: list[str], chosen: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the arguments of each lane that has something to do."""
    paths, whole = dict(chosen), site.root / "tests/portal"
    if paths.get("portal") == [str(whole)]:
        ordered = (str(file) for pattern in MIRROR for file in sorted(whole.glob(pattern)))
        paths["mirror"] = list(dict.fromkeys(ordered))
        files = map(str, sorted(whole.glob("test_*.py")))
        paths["portal"] = [file for file in files if file not in paths["mirror"]]
    found = {lane: [path for room in rooms for path in paths.get(room, ())] for lane, rooms in LANES.items()}
    return {lane: [*options, *its_paths] for lane, its_paths in found.items() if its_paths}


def _rooms(site: Site, options: list[str], chosen: dict[str, list[str]]) -> Iterator[int]:
    """Exit code of pytest for the rooms that need no stack, then for each that does."""
    bare = [path for room in ("architecture", "domain") for path in chosen.get(room, [])]
    if bare:
        yield _pytest(site.for_tests("bare"), [*BARE, *options, *bare])
    for room, its_tests in _WITH_STACK.items():
        if room in chosen:
            yield _with_stack(site.for_tests(lanes.current() or room), its_tests, options, chosen[room])


def _with_stack(site: Site, its_tests: Room, options: list[str], paths: list[str]) -> int:
    with stack.only_one(site):
        stack.install(site, tests=True)
        stack.start_stores(site)
    try:
        return its_tests(site, options, paths)
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
    ckan.forget(site, ckan.PORTAL)
    stack.start_portal(site, stack.free_door(site))
    ckan.seed(site, ckan.PORTAL)
    return _pytest(site, [*BARE, *options, *paths])


Room = Callable[[Site, list[str], list[str]], int]
_WITH_STACK: dict[str, Room] = {"portal": _portal, "journeys": _journeys}


def _pytest(site: Site, arguments: list[str]) -> int:
    command = [str(site.python), "-m", "pytest", "-c", str(site.root / ".pytest.ini")]
    command += ["--rootdir", str(site.root), "-o", f"cache_dir={site.var / '.pytest_cache'}", *arguments]
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
