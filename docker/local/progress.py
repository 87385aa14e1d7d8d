"""Steps on the terminal: each says what it does, and how long it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


def say(sentence: str) -> None:
    """Print one line at once, also into a pipe."""
    print(sentence, flush=True)


@contextmanager
def step(sentence: str) -> Iterator[None]:
    """Announce a step and print its seconds when it ends; on a terminal both share one line."""
    live = sys.stdout.isatty()
    began = time.monotonic()
    print(f"  … {sentence}", end="" if live else "\n", flush=True)
    try:
        yield
    except BaseException:
        print("\r" if live else "", end="")
        say(f"  ✗ {sentence}")
        raise
    print("\r" if live else "", end="")
    say(f"  ✓ {sentence}  {time.monotonic() - began:.1f} s")


class Counter:
    """How far a long work is: over and over in one line on a terminal, elsewhere a line for each tenth."""

    def __init__(self, total: int, title: str = "", stream: TextIO | None = None) -> None:
        self.total, self.title = total, title
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._tenths = 0

    def __call__(self, done: int, more: str = "") -> None:
        """Say that so many are done."""
        tenths = done * 10 // self.total if self.total else 10
        if not self._live and tenths <= self._tenths:
            return
        self._tenths = tenths
        text = f"{self.title}{done:,}/{self.total:,}{more and '  ' + more}"
        end = "" if self._live and done < self.total else "\n"
        print("\r" + text if self._live else text, end=end, file=self._stream, flush=True)
