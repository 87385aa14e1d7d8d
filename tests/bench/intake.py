"""1,000,000 rows × 10 columns: raw CSV to typed table, then to every file of a release; seconds, peak memory.

No portal is needed. Each half runs in processes of its own, whose peak is what the system says of them.
`./govshare bench intake [rows]`
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import _asked
import duckdb
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import build, build_dictionary, build_whole, possible
from ckanext.govshare.intake import read_tables

ROWS = 1_000_000
SECONDS, MEGABYTES = 60, 600  # goals: for all files of a release
COLUMNS = (
    "'云溪公交' || (i % 700) || '路' AS 站点, printf('%09d', i) AS 代码, '第' || (i % 40) || '街道' AS 区域,"
    " DATE '2024-01-01' + CAST(i % 365 AS INTEGER) AS 日期, (i * 7919) % 977 AS 数量,"
    " printf('%.1f', (i % 1000) / 10.0) AS 比例, '正常运营，按时到站' AS 备注, i AS 序号,"
    " printf('%.6f', 130.1 + (i % 1000) / 1000.0) AS 经度, printf('%.6f', 46.5 + (i % 997) / 1000.0) AS 纬度"
)


def main() -> int:
    """Generate the rows, read them, build the files; print the figures."""
    (rows,) = _asked.numbers(__doc__, rows=ROWS)
    with TemporaryDirectory() as folder:
        source = Path(folder) / "raw.csv"
        duckdb.execute(f"COPY (SELECT {COLUMNS} FROM range({rows}) t(i)) TO '{source}' (HEADER)")  # noqa: S608
        print(f"{rows} 行 × 10 列，CSV {source.stat().st_size / 1e6:.0f} MB", flush=True)
        found = measured("read", source, Path(folder))
        print(f"读取 raw → table: {found['seconds']:6.1f} s  峰值 peak {found['peak']:4.0f} MB", flush=True)
        built = measured("build", source, Path(folder))
        for name, seconds in built["formats"].items():
            print(f"  {name:8} {seconds:6.1f} s", flush=True)
        met = built["seconds"] <= SECONDS and built["peak"] <= MEGABYTES
        print(
            f"全部文件 all files: {built['seconds']:6.1f} s  峰值 peak {built['peak']:4.0f} MB"
            f"（目标 goal ≤ {SECONDS} s, ≤ {MEGABYTES} MB {'✓' if met else '✗'}；负载 load {os.getloadavg()[0]:.1f}）"
        )
    return 0 if met or rows > ROWS else 1


def measured(half: str, source: Path, folder: Path) -> dict[str, object]:
    """Run one half in a process of its own."""
    command = [sys.executable, __file__, half, str(source), str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def read(source: Path, folder: Path) -> dict[str, object]:
    """Read the rows; the parser is the only child of this process."""
    workdir = folder / "read"
    workdir.mkdir()
    began = time.perf_counter()
    (table,) = read_tables(source, filename=source.name, workdir=workdir).tables
    seconds = time.perf_counter() - began
    (folder / "columns.json").write_text(json.dumps([column.as_dict() for column in table.columns]))
    return {"seconds": seconds, "peak": peak(resource.RUSAGE_CHILDREN)}


def build_all(_source: Path, folder: Path) -> dict[str, object]:
    """Build every file as the release does: each format, then dictionary, checksums and archive."""
    columns = [Column.from_dict(column) for column in json.loads((folder / "columns.json").read_text())]
    table = folder / "read/table-1.parquet"
    rows = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(table)]).fetchall()[0][0]
    began = last = time.perf_counter()
    formats: dict[str, float] = {}
    made = []
    for name in possible(rows, columns):
        made += build(table, columns, folder / "shelf", "表", [name])
        formats[name], last = time.perf_counter() - last, time.perf_counter()
    words = build_dictionary(table, columns, folder / "shelf", "表", {})
    build_whole(folder / "shelf", "表", [*made, *words], [made[0], words[0]], "许可\n")
    formats["zip …"], last = time.perf_counter() - last, time.perf_counter()
    return {"seconds": last - began, "formats": formats, "peak": peak(resource.RUSAGE_SELF)}


def peak(whose: int) -> float:
    """Return the largest resident memory in megabytes."""
    return resource.getrusage(whose).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1:2] in (["read"], ["build"]):
        half = {"read": read, "build": build_all}[sys.argv[1]]
        print(json.dumps(half(Path(sys.argv[2]), Path(sys.argv[3]))))
        sys.exit(0)
    sys.exit(main())
