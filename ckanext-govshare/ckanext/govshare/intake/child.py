"""The parsing process: limits itself, parses, leaves one answer."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

import duckdb

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.findings import Intake
from ckanext.govshare.intake.reading import parse
from ckanext.govshare.intake.sandbox import OUT_OF_MEMORY


def _to_answer(intake: Intake) -> dict[str, Any]:
    tables = [
        {
            "name": table.name,
            "columns": [column.as_dict() for column in table.columns],
            "rows": table.rows,
            "parquet": str(table.parquet),
        }
        for table in intake.tables
    ]
    return {"tables": tables, "report": [finding.as_dict() for finding in intake.report]}


def _child(arguments: dict[str, Any], answer_path: Path) -> None:
    """Limit this process, parse, and leave the answer in one step."""
    memory, seconds = arguments.pop("limits")
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, workdir = Path(arguments.pop("path")), Path(arguments.pop("workdir"))
    try:
        answer = _to_answer(parse(path, workdir=workdir, **arguments))
    except RuleError as error:
        answer = {"code": error.code, "field": error.field, "facts": error.facts}
    part = answer_path.with_suffix(".part")
    part.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    part.replace(answer_path)


if __name__ == "__main__":
    try:
        _child(json.loads(sys.argv[1]), Path(sys.argv[2]))
    except (MemoryError, duckdb.OutOfMemoryException):
        sys.exit(OUT_OF_MEMORY)
