"""How many rows share what may point to a person: k and l over declared quasi-identifiers (准标识符), by GROUP BY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.desensitization.risk import Risk
from ckanext.govshare.exports.source import quoted_name

SHOWN = 5


def measure(connection: duckdb.DuckDBPyConnection, relation: str, plan: Plan, left_out: int = 0) -> Risk:
    """Return the risk of ``relation`` (SQL after FROM); missing values are a value like any other."""
    if not plan.quasi_identifiers:
        return Risk(left_out=left_out)
    counts = "".join(f", count(DISTINCT {_told(name)}) AS l{i}" for i, name in enumerate(plan.sensitive))
    least = [f"min(l{i})" for i in range(len(plan.sensitive))]
    small = f"FILTER (WHERE n < {plan.thresholds.k})"
    query = (
        f"WITH g AS (SELECT count(*) AS n{counts} FROM {relation} GROUP BY {_listed(plan.quasi_identifiers)})"  # noqa: S608
        f" SELECT min(n), count(*), count(*) {small}, coalesce(sum(n) {small}, 0)"
        f"{''.join(', ' + sql for sql in least)} FROM g"
    )
    k, groups, small_groups, small_rows, *diversity = connection.execute(query).fetchone() or (None, 0, 0, 0)
    return Risk(k, min(diversity) if diversity else None, groups, small_groups, int(small_rows), left_out)


def smallest(connection: duckdb.DuckDBPyConnection, relation: str, plan: Plan) -> list[dict[str, Any]]:
    """Return the smallest groups: ``{rows, values}``, the values as the public would read them."""
    if not plan.quasi_identifiers:
        return []
    listed = _listed(plan.quasi_identifiers)
    query = (
        f"SELECT count(*) AS n, {listed} FROM {relation} GROUP BY {listed}"  # noqa: S608
        f" ORDER BY n, {listed} LIMIT {SHOWN}"
    )
    return [
        {"rows": row[0], "values": ["" if value is None else str(value) for value in row[1:]]}
        for row in connection.execute(query).fetchall()
    ]


def large_enough(plan: Plan) -> str:
    """Return the SQL that numbers the rows of each group, for leaving out those of small ones."""
    return f"count(*) OVER (PARTITION BY {_listed(plan.quasi_identifiers)}) >= {plan.thresholds.k}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quoted_name(name) for name in names)


def _told(name: str) -> str:
    """Return a column with missing as a value: ``count(DISTINCT)`` passes over it."""
    return f"coalesce(CAST({quoted_name(name)} AS VARCHAR), '')"
