"""The scan of an edition's table (脱敏扫描): cells in batches, findings at the end; memory does not grow with rows.

佳木斯 art. 24 (脱敏清洗); the kinds of data and their thresholds are in ``config/statutes/desensitization``.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.govshare.domain.desensitization.column_scan import ColumnScan
from ckanext.govshare.domain.desensitization.detectors import detectors
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.knowledge import Knowledge
from ckanext.govshare.domain.table import Column

VERSION = "1"

_WINDOW = 4096  # rows looked at together, however they were fed

Row = tuple[str | None, ...]


class Scanner:
    """Looks for personal data in a table; the same rows give the same findings however they are cut into batches."""

    def __init__(self, columns: Sequence[Column], knowledge: Knowledge) -> None:
        made = detectors(knowledge)
        self._columns = [ColumnScan(column.name, made) for column in columns]
        self._waiting: list[Row] = []
        self._rows = 0

    def feed(self, batch: Sequence[Row]) -> None:
        """Take the next rows, each cell as the public would read it."""
        self._waiting.extend(batch)
        whole = len(self._waiting) - len(self._waiting) % _WINDOW
        for first in range(0, whole, _WINDOW):
            self._look(self._waiting[first : first + _WINDOW])
        del self._waiting[:whole]

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found so far, column by column in the order of the table."""
        self._look(self._waiting)
        self._waiting = []
        return tuple(finding for scan in self._columns for finding in scan.findings())

    def _look(self, rows: Sequence[Row]) -> None:
        for scan, cells in zip(self._columns, zip(*rows, strict=True), strict=bool(rows)):
            scan.feed(cells, self._rows)
        self._rows += len(rows)
