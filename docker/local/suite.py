"""The tests, each room on a stack of its own; only the parts that the chosen paths need are started."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread

from local import bench, ckan, packages, stack, venv
from local.progress import say, step
from local.site import Site

ROOMS = ("architecture", "domain", "portal", "journeys")
NOTHING_COLLECTED = 5
BARE = ("-p", "no:ckan", "-p", "no:ckan_fixtures")  # CKAN's plugin boots a whole CKAN at the start


def run(site: Site, arguments: list[str]) -> int:
    """Run pytest room by room, the portal's tests beside the others: 0 when every chosen test passes."""
    chosen = _by_room(site, arguments)
    options = [a for a in arguments if not _is_path(site, a)]
    packages.ensure(browser="journeys" in chosen)
    venv.ensure(site)
    venv.ensure(site, extra="test")
    portal = chosen.pop("portal", []) if len(chosen) > 1 else []  # it takes as long as all others together
    codes: list[int] = []
    with _beside(site, [*options, *portal] if portal else [], codes):
        codes += _rooms(site, options, chosen)
    worst = max((c for c in codes if c != NOTHING_COLLECTED), default=NOTHING_COLLECTED)
    say("✓ 全部通过 all passed" if worst == 0 else "✗ 有测试未通过 some tests failed")
    return worst


def _rooms(site: Site, options: list[str], chosen: dict[str, list[str]]) -> Iterator[int]:
    """Exit code of pytest for the rooms that need no stack, then for each that does."""
    bare = [path for room in ("architecture", "domain") for path in chosen.get(room, [])]
    if bare:
        yield _pytest(site.for_tests("bare"), [*BARE, *options, *bare])
    for room, its_tests in _WITH_STACK.items():
        if room in chosen:
            yield _with_stack(site.for_tests(room), its_tests, options, chosen[room])


@contextmanager
def _beside(site: Site, arguments: Sequence[str], codes: list[int]) -> Iterator[None]:
    """Run these tests at the same time in another process; print what they said when the others are through."""
    if not arguments:
        yield
        return
    stack.install(site, tests=True)  # before two want to
    command = [sys.executable, str(site.root / "govshare"), "test", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as other:
        said: SimpleQueue[str] = SimpleQueue()
        Thread(target=_listen, args=(other.stdout, said), daemon=True).start()
        try:
            yield
            for line in iter(said.get, ""):
                print(line, end="", flush=True)
        except BaseException:
            other.terminate()
            raise
    codes.append(other.returncode)


def _listen(stream: Iterable[str], said: SimpleQueue[str]) -> None:
    """Take each line as it comes, or the speaker stops at a full pipe; an empty one is the end."""
    for line in stream:
        said.put(line)
    said.put("")


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
