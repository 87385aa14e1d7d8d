"""Rows of granted tables for programs (接口取数): asked of the sealed table itself, never of the DataStore.

The granted columns are opened for the length of one question, in memory; time, memory and rows are bounded. Values
are written as in the JSON file, rows come in its order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb
from ckan import model
from ckan.lib.lazyjson import LazyJSONObject
from ckan.plugins import toolkit

from ckanext.govshare import vault
from ckanext.govshare.domain import row_filter
from ckanext.govshare.domain.decision import Reason, Refused, decide
from ckanext.govshare.domain.grant_rows import Question, understand
from ckanext.govshare.exports.as_json import json_value
from ckanext.govshare.exports.source import quoted_name, quoted_text
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import granting
from ckanext.govshare.logic.grant import files, judging, uses
from ckanext.govshare.model import Edition, EditionTable, Grant

SECONDS = 5.0
MEMORY = "256MB"
POSITION = "file_row_number"
_SQL = {
    row_filter.CONTAINS: "contains(lower({c}), lower(?))",
    row_filter.BETWEEN: "{c} BETWEEN ? AND ?",
    row_filter.BEFORE: "{c} >= ? AND {c} < ?",
    row_filter.IS: "{c} = ?",
    row_filter.ABOVE: "{c} > ?",
    row_filter.BELOW: "{c} < ?",
}


def answer(context: dict[str, Any], data_dict: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows that the holder asks for; the call is recorded before they leave."""
    row, _actor = granting.load(context, dict(data_dict))
    person = roles.user_id_of(context)
    moving.refuse_if(judging.judge(row, person))
    found = files.table_of(row, files.place(data_dict.get("table")), files.WHOLE)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There are no data yet."))
    edition, table = found
    question, wrong = understand(files.columns_of(row, table), _asked(data_dict))
    moving.refuse_if(decide(wrong))
    number, place = edition.number, table.place
    total, count, records = _ask(row, edition, table, question)
    moving.refuse_if(judging.judge_afresh(row.id, person))
    uses.record_rows(row, edition=number, place=place, rows=count)
    model.Session.commit()
    return {
        "grant": row.number,
        "edition": number,
        "table": place,
        "fields": [{"id": column.name, "type": column.type} for column in question.fields],
        "records": LazyJSONObject(records),
        "total": total,
        "limit": question.limit,
        "offset": question.offset,
    }


def _asked(data_dict: Mapping[str, Any]) -> dict[str, Any]:
    """Read filters that came as text, as in an address."""
    filters = data_dict.get("filters")
    if isinstance(filters, str) and filters.strip():
        try:
            filters = json.loads(filters)
        except ValueError:
            filters = [filters]
    return {**data_dict, "filters": filters}


def _ask(row: Grant, edition: Edition, table: EditionTable, question: Question) -> tuple[int, int, str]:
    """Return how many rows meet the conditions, how many of them are returned, and these as JSON text."""
    file = files.ready(row, edition, table, files.WHOLE)
    part = files.part(file.edition_id, file.format, file.place)
    try:
        with vault.borrowed(file.grant_id, part) as path, _bounded() as connection:
            source, values = _source(path, question)
            total = connection.execute(f"SELECT count(*) {source}", values).fetchone()
            found = connection.execute(_select(source, question), values).fetchall()
    except FileNotFoundError:
        raise toolkit.ObjectNotFound(toolkit._("There are no data yet.")) from None
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        moving.refuse_if(Refused((Reason("grant.rows_too_costly", {"seconds": int(SECONDS)}),)))
        raise
    return int((total or (0,))[0]), len(found), f"[{','.join(line for (line,) in found)}]"


@contextmanager
def _bounded() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in memory that is stopped when its time is over and never writes to a disk."""
    with duckdb.connect() as connection:
        for setting in (f"memory_limit = '{MEMORY}'", "threads = 2", "temp_directory = ''"):
            connection.execute(f"SET {setting}")
        done = Event()
        watch = Thread(target=_stop_in_time, args=(connection, done), daemon=True)
        watch.start()
        try:
            yield connection
        finally:
            done.set()
            watch.join()


def _stop_in_time(connection: duckdb.DuckDBPyConnection, done: Event) -> None:
    """Interrupt what runs when the time is over, and whatever is begun after it."""
    if not done.wait(SECONDS):
        while not done.wait(0.05):
            connection.interrupt()


def _source(table: Path, question: Question) -> tuple[str, list[Any]]:
    parts, values = [], []
    for condition in question.conditions:
        parts.append(_SQL[condition.kind].format(c=quoted_name(condition.column)))
        values += condition.values
    where = f" WHERE {' AND '.join(parts)}" if parts else ""
    return f"FROM read_parquet({quoted_text(table)}, {POSITION} = true){where}", values


def _select(source: str, question: Question) -> str:
    """Return the query of one piece of the rows; rows that the order leaves equal come as in the file."""
    cells = ", ".join(f"{quoted_text(column.name)}: {json_value(column)}" for column in question.fields)
    order = [
        f"{quoted_name(name)} {'DESC' if descending else 'ASC'} NULLS LAST"
        for name, descending in question.order
    ]
    return (
        f"SELECT CAST(to_json({{{cells}}}) AS VARCHAR) {source}"
        f" ORDER BY {', '.join([*order, POSITION])} LIMIT {question.limit} OFFSET {question.offset}"
    )
