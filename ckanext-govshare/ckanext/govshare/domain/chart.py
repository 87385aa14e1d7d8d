"""Which pictures a table allows (图表): decided by the types and names of its columns alone.

Bars compare a number between words, a line follows it over time, a map shows longitude and latitude.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ckanext.govshare.domain.table import DATE, DATETIME, INTEGER, NUMBER, TEXT, Column

BAR, LINE, MAP = "bar", "line", "map"
SUM, MEAN = "sum", "mean"
LONGITUDE = re.compile(r"^(经度|經度|东经|longitude|lng|lon)$", re.IGNORECASE)
LATITUDE = re.compile(r"^(纬度|緯度|北纬|latitude|lat)$", re.IGNORECASE)
_TIME = re.compile(r"(年份|年度|月份|季度|日期|时间|時間)$|^(年|月|year|month|date)$", re.IGNORECASE)
_NO_QUANTITY = re.compile(r"序号|序號|编号|編號|代码|代碼|排名|^id$|^no\.?$", re.IGNORECASE)
_NO_CATEGORY = re.compile(
    r"代码|代碼|编号|編號|备注|備註|说明|地址|电话|網址|网址|描述|^id$|url", re.IGNORECASE
)
# Only what is counted adds up; rates, prices and concentrations are averaged.
_AVERAGED = re.compile(r"率|比例|比重|占比|均|指数|指數|价|價|温度|溫度|浓度|濃度|密度|含量|得分|评分|%")
_COUNTED = re.compile(r"数|數|量|额|額|金额|人次|次|面积|面積|里程|总|總|合计|合計|收入|支出|产值|產值|规模")


@dataclass(frozen=True)
class Choices:
    """The columns that may stand on each axis of each picture; a picture without columns is not offered."""

    words: tuple[str, ...]
    times: tuple[str, ...]
    numbers: tuple[str, ...]
    points: tuple[str, str] | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the pictures on offer, the most telling first."""
        offered = (
            (MAP, self.points is not None),
            (LINE, bool(self.times and self.numbers)),
            (BAR, bool(self.words and self.numbers)),
        )
        return tuple(kind for kind, possible in offered if possible)


@dataclass(frozen=True)
class Chart:
    """One picture: ``y`` by ``x``; of a map longitude and latitude."""

    kind: str
    x: str
    y: str
    measure: str = SUM


def point_columns(columns: Sequence[Column]) -> tuple[str, str] | None:
    """Return the columns of longitude (经度) and latitude (纬度): typed as numbers and called so, one of each."""
    typed = [column.name for column in columns if column.type in (NUMBER, INTEGER)]
    east = [name for name in typed if LONGITUDE.match(name)]
    north = [name for name in typed if LATITUDE.match(name)]
    return (east[0], north[0]) if len(east) == len(north) == 1 else None


def choices(columns: Sequence[Column]) -> Choices:
    """Return what each axis may show; codes and serial numbers are neither quantities nor categories."""
    points = point_columns(columns)
    times = [c.name for c in columns if c.type in (DATE, DATETIME) or _TIME.search(c.name)]
    numbers = [
        column.name
        for column in columns
        if column.type in (NUMBER, INTEGER)
        and column.name not in (points or ())
        and column.name not in times
        and not _NO_QUANTITY.search(column.name)
    ]
    words = [
        c.name for c in columns if c.type == TEXT and c.name not in times and not _NO_CATEGORY.search(c.name)
    ]
    return Choices(tuple(words), tuple(times), tuple(numbers), points)


def chosen(offered: Choices, kind: str = "", x: str = "", y: str = "") -> Chart | None:
    """Return the picture a person asks for as far as the table allows it, else the first on offer."""
    if not offered.kinds:
        return None
    kind = kind if kind in offered.kinds else offered.kinds[0]
    if kind == MAP and offered.points:
        return Chart(MAP, *offered.points)
    across = offered.times if kind == LINE else offered.words
    x, y = x if x in across else across[0], y if y in offered.numbers else offered.numbers[0]
    return Chart(kind, x, y, _measure(y))


def _measure(name: str) -> str:
    return SUM if _COUNTED.search(name) and not _AVERAGED.search(name) else MEAN
