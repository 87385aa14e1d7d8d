"""What encryption costs: putting in and taking out against plain files, a range, and a release into the vault.

./govshare bench vault [MEGABYTES] [ROWS]
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import _asked
import duckdb
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

MEGABYTES, ROWS = 512, 200_000
MIB = 1 << 20
RANGES = 50


def main() -> int:
    """Print the table of figures."""
    size, rows = _asked.numbers(__doc__, megabytes=MEGABYTES, rows=ROWS)
    application = make_app(CKANConfigLoader(os.environ["GOVSHARE_INI"]).get_config())
    with application._wsgi_app.test_request_context():
        streams(size)
        release(rows)
    return 0


def pieces(size: int) -> Iterator[bytes]:
    """Give so many megabytes, none of them compressible."""
    piece = os.urandom(MIB)
    return (piece for _ in range(size))


def streams(size: int) -> None:
    """Measure plain files, then each cipher."""
    from ckan.plugins import toolkit
    from ckanext.govshare import vault
    from ckanext.govshare.sealing.ciphers import CIPHERS
    from ckanext.govshare.vault import scratch

    print(f"{'':<12} {'put MB/s':>9} {'get MB/s':>9} {'range ms':>9} {'memory MB':>10}   ({size} MB)")
    with scratch.folder() as folder:
        path = folder / "plain"
        put = seconds(lambda: plain_put(path, size))
        get = seconds(lambda: drain(path.open("rb")))
        print(f"{'plain file':<12} {size / put:>9.0f} {size / get:>9.0f}", flush=True)
    for name in CIPHERS:
        toolkit.config["ckanext.govshare.cipher"] = name
        owner = str(uuid4())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            put = seconds(lambda owner=owner: vault.keep(pieces(size), owner, "raw"))
            get = seconds(lambda owner=owner: drain(vault.open(owner, "raw")))
            one = seconds(lambda owner=owner: ranges(owner, size)) / RANGES
        finally:
            vault.drop(owner)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(
            f"{name:<12} {size / put:>9.0f} {size / get:>9.0f} {one * 1000:>9.2f} {grown:>10.1f}", flush=True
        )


def plain_put(path: Path, size: int) -> None:
    """Do what the vault does, but for the sealing: digest, write, flush to the disk."""
    digest = sha256()
    with path.open("wb") as sink:
        for piece in pieces(size):
            digest.update(piece)
            sink.write(piece)
        sink.flush()
        os.fsync(sink.fileno())


def drain(source: object) -> None:
    """Read to the end."""
    with source:
        while source.read(MIB):
            pass


def ranges(owner: str, size: int) -> None:
    """Open the file anew for a hundred bytes here and there, as requests with a range do."""
    from ckanext.govshare import vault

    for number in range(RANGES):
        with vault.open(owner, "raw") as source:
            source.seek(number * (size * MIB // RANGES))
            source.read(100)


def release(rows: int) -> None:
    """Build every format of a table of ten columns to the shelf, then into the vault."""
    from ckan.plugins import toolkit
    from ckanext.govshare import exports, vault
    from ckanext.govshare.domain.table import INTEGER, TEXT, Column
    from ckanext.govshare.logic.edition import artifacts
    from ckanext.govshare.sealing.ciphers import CIPHERS
    from ckanext.govshare.vault import scratch

    columns = [Column("编号", INTEGER), *(Column(f"名称{n}", TEXT) for n in range(1, 10))]
    selected = ", ".join(f"'第' || (i * {n} % 9973) || '号站点' AS \"名称{n}\"" for n in range(1, 10))
    with scratch.folder() as folder:
        table = folder / "table.parquet"
        duckdb.execute(
            f"COPY (SELECT i AS \"编号\", {selected} FROM range({rows}) t(i)) TO '{table}' (FORMAT parquet)"  # noqa: S608
        )

        def build(target: str, *, vaulted: bool) -> None:
            toolkit.config["ckanext.govshare.artifact_path"] = str(folder / "shelf")
            formats = exports.possible(rows, columns)
            artifacts.build(target, table, columns, "t", {}, "", formats, lambda _: None, vaulted=vaulted)

        owner = str(uuid4())
        plain = seconds(lambda: build(owner, vaulted=False))
        print(f"release of {rows:,} rows × {len(columns)} columns: shelf {plain:.1f} s", flush=True)
        for name in CIPHERS:
            toolkit.config["ckanext.govshare.cipher"] = name
            try:
                sealed = seconds(lambda: build(owner, vaulted=True))
            finally:
                vault.drop(owner)
            print(f"  into the vault, {name}: {sealed:.1f} s (× {sealed / plain:.2f})", flush=True)


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
