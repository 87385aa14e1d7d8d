"""Lanes: tests that run beside each other, each in a launcher of its own; what they say is passed on as it comes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from threading import Thread

from local.progress import say
from local.site import Site

VERDICT = re.compile(r"=+ (.*\d (?:passed|failed|skipped|errors?|deselected)\b.* in [\d.]+s.*?) =+$")
NAME = "GOVSHARE_LANE"
FAULT = re.compile(r"(FAILED|ERROR) \S+::")


class Lane:
    """One launcher with its tests: its words, its verdicts, its faults, its time."""

    def __init__(self, site: Site, name: str, arguments: Sequence[str], *, yields: bool) -> None:
        self.name = name
        self.verdicts: list[str] = []
        self.faults: list[str] = []
        self.seconds = 0.0
        self._began = time.monotonic()
        politely = ["nice", "-n", "5"] if yields else []
        command = [*politely, sys.executable, str(site.root / "govshare"), "test", *arguments]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, NAME: name},
        )
        self._listener = Thread(target=self._pass_on, args=(self.process.stdout,), daemon=True)
        self._listener.start()

    def ended(self) -> int:
        """Wait for the end; return the exit code."""
        self._listener.join()
        return self.process.wait()

    def summary(self) -> str:
        """How it ended, and after how long."""
        told = "；".join(self.verdicts) or "没有测试 no tests"
        return f"{'✗' if self.process.returncode else '✓'} {self.name:<8} {self.seconds:6.0f} s  {told}"

    def _pass_on(self, stream: Iterable[str]) -> None:
        for line in stream:
            sys.stdout.write(f"{self.name:<8} │ {line}")  # in one piece: the other lane speaks as well
            sys.stdout.flush()
            if found := VERDICT.match(line):
                self.verdicts.append(found[1])
            elif FAULT.match(line):
                self.faults.append(line.rstrip())
        self.seconds = time.monotonic() - self._began


def current() -> str:
    """Return the lane that this launcher runs in, empty outside of all."""
    return os.environ.get(NAME, "")


def run(site: Site, arguments: Mapping[str, Sequence[str]], *, first: str) -> list[int]:
    """Run the launcher for each lane's arguments at the same time; say at the end how each came through.

    The processors serve the lane named ``first`` before the others.
    """
    lanes = [Lane(site, name, given, yields=name != first) for name, given in arguments.items()]
    try:
        codes = [lane.ended() for lane in lanes]
    except BaseException:
        for lane in lanes:
            lane.process.terminate()
        for lane in lanes:
            lane.ended()
        raise
    say("")
    for lane in lanes:
        say("\n".join([*lane.faults, lane.summary()]))
    return codes
