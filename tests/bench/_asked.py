"""What a measurement is asked for on the command line: whole numbers, each with a default; ``--help`` says which."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def numbers(about: str | None, **defaults: int) -> tuple[int, ...]:
    """Return the numbers given, or their defaults; say how to ask for others and stop where one is none."""
    name = Path(sys.argv[0]).stem
    parser = argparse.ArgumentParser(
        f"./govshare bench {name}", description=about, formatter_class=argparse.RawTextHelpFormatter
    )
    for meaning, default in defaults.items():
        parser.add_argument(
            meaning, nargs="?", type=_positive, default=default, help=f"{default:,} when not said"
        )
    return tuple(vars(parser.parse_args()).values())


def _positive(text: str) -> int:
    digits = text.replace(",", "")
    if not digits.isdecimal() or int(digits) < 1:
        raise argparse.ArgumentTypeError(f"需要正整数 a whole number above 0 is needed: {text}")
    return int(digits)
