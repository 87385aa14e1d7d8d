"""1,000,000 rows of persons masked by a plan of pseudonym, mask, generalise and drop: seconds, progress, peak memory.

No portal is needed. The work runs in a process of its own, as a job does it: mask, scan what came of it, measure
how easily somebody could be recognised. `./govshare bench mask [rows]`
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import _asked
import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.table import DATE, NUMBER, TEXT, Column

from tests import persons

ROWS = 1_000_000
BLOCK = 50_000  # persons made at a time, so that this process stays small
TYPES = {"出生日期": (DATE, "DATE"), "补贴金额": (NUMBER, "DECIMAL(9,2)")}
COLUMNS = tuple(
    Column(name, TYPES.get(name, (TEXT, ""))[0], 2 if name == "补贴金额" else None) for name in persons.HEADER
)


def main() -> int:
    """Make the table, then mask it in another process."""
    (rows,) = _asked.numbers(__doc__, rows=ROWS)
    with TemporaryDirectory() as folder:
        table = make(rows, Path(folder))
        print(
            f"{rows:,} 行 × {len(COLUMNS)} 列 rows × columns，Parquet {table.stat().st_size / 1e6:.0f} MB",
            flush=True,
        )
        return subprocess.run([sys.executable, __file__, "work", folder], check=False).returncode


def make(rows: int, folder: Path) -> Path:
    """Write the persons as the intake would: typed Parquet."""
    text, table = folder / "persons.csv", folder / "read.parquet"
    with text.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(persons.HEADER)
        for start in range(0, rows, BLOCK):
            writer.writerows(persons.rows(min(BLOCK, rows - start), seed=start))
    kinds = ", ".join(f"'{name}': '{TYPES.get(name, ('', 'VARCHAR'))[1]}'" for name in persons.HEADER)
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{text}', header=true, auto_detect=false, columns={{{kinds}}}))"  # noqa: S608
        f" TO '{table}' (FORMAT parquet, COMPRESSION zstd)"
    )
    text.unlink()
    return table


def work(folder: Path) -> int:
    """Do what the job does, step by step, and print what each step took."""
    from ckan.plugins import toolkit
    from ckanext.govshare.exports.source import opened, quoted_text
    from ckanext.govshare.logic.edition import anonymity, masked_table, scanning

    for key in ("work_path", "vault_path"):
        toolkit.config[f"ckanext.govshare.{key}"] = str(folder / key)
    plan, target = Plan.from_dict(persons.PLAN), folder / "masked.parquet"
    key = masked_table.keyed_by(os.urandom(32))
    started, before = time.perf_counter(), peak()
    with opened(folder / "read.parquet", COLUMNS, folder) as source:
        made = timed("脱敏 mask", lambda tell: masked_table.write(source, plan, key, target, tell))
    found = timed("复扫 rescan", lambda tell: scanning.findings_of(target, made.columns, tell))
    with opened(target, made.columns, folder) as source:
        relation = f"read_parquet({quoted_text(target)})"
        risk = timed(
            "风险 risk", lambda _: anonymity.measure(source.connection, relation, plan, made.left_out)
        )
    seconds = time.perf_counter() - started
    print(
        f"合计 all: {seconds:.1f} s，{made.rows / seconds:,.0f} 行/s；峰值 peak {peak():.0f} MB（开始时 at the start"
        f" {before:.0f}）；k = {risk.k}，{len(found['findings'])} findings；负载 load {os.getloadavg()[0]:.1f}"
    )
    return 0


def timed(name: str, do: Callable[[Callable[[int, int], None]], Any]) -> Any:
    """Do one step, showing its progress; print seconds and how often it told how far it was."""
    told: list[int] = []

    def tell(done: int, total: int) -> None:
        told.append(done)
        print(f"\r{name}: {done:,}/{total:,}", end="", file=sys.stderr, flush=True)

    began, used = time.perf_counter(), time.process_time()
    made = do(tell)
    if told:
        print(file=sys.stderr)
    print(
        f"  {name:10} {time.perf_counter() - began:6.1f} s，"
        f"处理器 processor {time.process_time() - used:5.1f} s，进度 progress {len(told)}×",
        flush=True,
    )
    return made


def peak() -> float:
    """Return the largest resident memory of this process in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(work(Path(sys.argv[2])) if sys.argv[1:2] == ["work"] else main())
