"""Steps on the terminal: each says what it does, and how long it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


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
