"""Tables to files: the same rows, order and values in every format; the same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import bundle, checksums, dictionary, shelf
from ckanext.govshare.exports.formats import BY_NAME, FORMATS, possible
from ckanext.govshare.exports.source import narrow, opened

__all__ = ["FORMATS", "Built", "build", "build_dictionary", "build_whole", "narrow", "possible"]

CHECKSUMS, BUNDLE = "sha256sums", "zip"
BUNDLED = "csv"  # the format in which the archive has the rows
WHOLE = (BUNDLE, CHECKSUMS)  # files of all tables together


@dataclass(frozen=True)
class Built:
    """One finished file on the shelf; ``filename`` is what the public calls it."""

    format: str
    filename: str
    media_type: str
    path: Path
    sha256: str
    size: int
    rows: int


def build(
    parquet: Path,
    columns: Sequence[Column],
    target_dir: Path,
    stem: str,
    formats: Sequence[str] = FORMATS,
    progress: Callable[[str], object] = lambda _: None,
) -> list[Built]:
    """Write the table in each of ``formats`` to ``target_dir``, named by digest.

    ``progress`` hears the name of each format before its turn. A file appears whole or not at all.

    :raises RuleError: ``exports.too_many_rows_for_xlsx``; ask :func:`possible` before.
    """
    built = []
    with _bench(target_dir) as folder, opened(parquet, columns, Path(folder)) as source:
        for name in formats:
            progress(name)
            row, draft = BY_NAME[name], Path(folder) / "draft"
            row.write(source, draft)
            built.append(_shelve(draft, target_dir, name, stem + row.ending, row.media_type, source.rows))
    return built


def build_dictionary(
    parquet: Path, columns: Sequence[Column], target_dir: Path, stem: str, meanings: Mapping[str, str]
) -> list[Built]:
    """Write the data dictionary of a table as CSV and as JSON."""
    made = []
    with _bench(target_dir) as folder, opened(parquet, columns, Path(folder)) as source:
        draft, rows = Path(folder) / "draft", dictionary.entries(source, meanings)
        for name, ending, media_type, write in dictionary.FORMATS:
            write(rows, draft)
            made.append(_shelve(draft, target_dir, name, f"{stem}-dictionary{ending}", media_type, len(rows)))
    return made


def build_whole(
    target_dir: Path, stem: str, files: Sequence[Built], packed: Sequence[Built], licence: str
) -> list[Built]:
    """Write ``SHA256SUMS`` over ``files``, and the archive of ``packed`` with the licence and their checksums."""
    with _bench(target_dir) as folder:
        draft = Path(folder) / "draft"
        draft.write_text(checksums.listing((f.sha256, f.filename) for f in files), encoding="utf-8")
        sums = _shelve(draft, target_dir, CHECKSUMS, "SHA256SUMS", "text/plain", len(files))
        bundle.write([(f.filename, f.path, f.sha256) for f in packed], licence, draft)
        rows = sum(file.rows for file in packed if file.format == BUNDLED)
        return [sums, _shelve(draft, target_dir, BUNDLE, f"{stem}.zip", "application/zip", rows)]


def _bench(target_dir: Path) -> TemporaryDirectory[str]:
    """Give a folder beside the shelf, on the same file system, so that the last move is one step."""
    target_dir.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(dir=target_dir, prefix=shelf.DRAFT)


def _shelve(draft: Path, target_dir: Path, name: str, filename: str, media_type: str, rows: int) -> Built:
    size = draft.stat().st_size
    sha, path = shelf.keep(draft, target_dir)
    return Built(name, filename, media_type, path, sha, size, rows)
