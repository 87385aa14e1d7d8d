"""Made-up persons whose numbers pass every check: the same for the same seed, and nobody real."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta

from ckanext.govshare.domain.desensitization.checksums import id_check

REGIONS = ("230803", "230804", "230805", "360302", "360313")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
GIVEN = "建国秀英志强桂兰海燕晓明文静"
DISTRICTS = ("佳木斯市前进区", "佳木斯市向阳区", "佳木斯市东风区")
HEADER = ("姓名", "身份证号", "性别", "出生日期", "户籍地址", "手机", "补贴金额")


def id_number(rng: random.Random, born: date, *, woman: bool) -> str:
    """Return an ID number of 18 digits with its check digit (GB 11643)."""
    order = rng.randrange(0, 500) * 2 + (0 if woman else 1)
    number = f"{rng.choice(REGIONS)}{born:%Y%m%d}{order:03d}"
    return number + id_check(number)


def rows(count: int, seed: int = 7) -> list[tuple[str, ...]]:
    """Return ``count`` persons as rows under :data:`HEADER`."""
    rng = random.Random(seed)  # noqa: S311 - the same table every time
    made = []
    for _ in range(count):
        born, woman = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000)), rng.random() < 0.5
        made.append(
            (
                rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)),
                id_number(rng, born, woman=woman),
                "女" if woman else "男",
                born.isoformat(),
                f"{rng.choice(DISTRICTS)}中山街{rng.randrange(1, 99)}号",
                f"13{rng.randrange(10**9):09d}",
                f"{rng.randrange(100, 3000)}.50",
            )
        )
    return made


def table(count: int, seed: int = 7, encoding: str = "utf-8", preamble: tuple[str, ...] = ()) -> bytes:
    """Return the rows as an office's CSV, with lines above the header if wanted."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerows([line] for line in preamble)
    writer.writerow(HEADER)
    writer.writerows(rows(count, seed))
    return sink.getvalue().encode(encoding)


# Enough for a table of these persons: nothing identifies one, and five share every combination.
PLAN = {
    "columns": {
        "姓名": {"method": "mask", "parameters": {"first": 1}},
        "身份证号": {"method": "pseudonym"},
        "出生日期": {"method": "generalise", "parameters": {"to": "year"}},
        "户籍地址": {"method": "generalise", "parameters": {"to": "district"}},
        "手机": {"method": "drop"},
    },
    "quasi_identifiers": ["性别", "户籍地址"],
    "k": 5,
}
