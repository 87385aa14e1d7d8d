"""Workbooks of catalogs are parsed in a process with bounded memory and time: no file can hurt the caller."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.catalog_grid import Grid
from ckanext.govshare.intake.catalog_workbook import read_workbook
from ckanext.govshare.intake.sandbox import OUT_OF_MEMORY, import_folders, too_demanding

SECONDS = 60
_MODULE = "ckanext.govshare.intake.catalog_fence"


def read_fenced(path: Path, sheet: str, *, with_formulas: bool) -> Grid:
    """Read one sheet in a child process; whatever becomes of it, the caller gets rows or a RuleError."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(import_folders()), "MALLOC_ARENA_MAX": "2"}
    with TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-m", _MODULE, str(path), sheet, str(int(with_formulas)), str(answer)]
        try:
            child = subprocess.run(  # noqa: S603 - our own interpreter and module
                command, env=environment, cwd="/", timeout=SECONDS, capture_output=True, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise too_demanding() from error
        if child.returncode == OUT_OF_MEMORY or child.returncode < 0:
            raise too_demanding()
        if child.returncode:
            raise RuntimeError(f"the parser failed: {child.stderr.decode(errors='replace')[-2000:]}")
        return _from_answer(json.loads(answer.read_text(encoding="utf-8")))


def _from_answer(answer: dict[str, object]) -> Grid:
    if "code" in answer:
        raise RuleError(str(answer["code"]), **dict(answer["facts"]))  # type: ignore[call-overload]
    formulas = {int(row): frozenset(places) for row, places in answer["formulas"].items()}  # type: ignore[attr-defined]
    return Grid(answer["rows"], formulas, str(answer["sheet"]), tuple(answer["sheets"]))  # type: ignore[arg-type]


def _child(path: Path, sheet: str, with_formulas: str, answer: Path) -> None:
    """Limit this process, parse, and leave the answer."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.PARSE_MEMORY, limits.PARSE_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        grid = read_workbook(path, sheet, with_formulas=with_formulas == "1")
    except RuleError as error:
        content: dict[str, object] = {"code": error.code, "facts": error.facts}
    else:
        formulas = {row: sorted(places) for row, places in grid.formulas.items()}
        content = {"rows": grid.rows, "formulas": formulas, "sheet": grid.sheet, "sheets": grid.sheets}
    answer.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    try:
        _child(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
