"""The mirror: how fast it pushes, what a comparison of what has not changed costs, and what kills and cuts do to it.

    ./govshare bench mirror [push] [unchanged] [chaos] [--quick] [--seed N]
        [--sample 300] [--entries 10000] [--changes 1000] [--kills 60]

All three when none is named. The peer is the unmodified CKAN of the stack, with a mark of this run's own.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docker"), str(ROOT / "tests/portal"), str(ROOT / "tests/bench")]

import _mirror_chaos as chaos  # noqa: E402
import _mirror_speed as speed  # noqa: E402
from _mirror_stage import Stage  # noqa: E402
from local.site import Site  # noqa: E402

PARTS = ("push", "unchanged", "chaos")
QUICK = {"sample": 60, "entries": 500, "changes": 60, "kills": 10}
WHOLE = {"sample": 300, "entries": 10_000, "changes": 1_000, "kills": 60}


def main() -> int:
    """Measure and print; 1 when a goal is missed, or when something was lost, came twice or out of order."""
    options = _options()
    random.seed(options.seed)
    print(f"seed {options.seed}", flush=True)
    stage = Stage(Site.of(ROOT))
    missed = 0
    try:
        if "push" in options.parts:
            missed += speed.push(stage, options.sample)
        if "unchanged" in options.parts:
            missed += speed.compare(stage, options.entries)
        if "chaos" in options.parts:
            missed += chaos.run(stage, options.changes, options.kills)
    finally:
        stage.tear_down()
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], help="push, unchanged, chaos; all when none is named"
    )
    parser.add_argument("--quick", action="store_true", help="all in small")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    for name in WHOLE:
        parser.add_argument(f"--{name}", type=int)
    options = parser.parse_args()
    for name, size in (QUICK if options.quick else WHOLE).items():
        if getattr(options, name) is None:
            setattr(options, name, size)
    options.parts = options.parts or list(PARTS)
    return options


if __name__ == "__main__":
    sys.exit(main())
