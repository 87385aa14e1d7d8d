"""The scan for personal data: recall and precision of each detector, and how fast a table of 100 MB is scanned.

Fourteen columns as offices deliver them, one of them free text. Only the scan is timed, in processor time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import _asked
from ckanext.govshare import rulebook
from ckanext.govshare.domain.desensitization.scan import Scanner
from ckanext.govshare.domain.table import Column

from tests.domain.desensitization import labelled, measuring

SEEDS = range(10)
MEGABYTES = 100
BLOCK = 50_000  # different rows; the table repeats them
BATCH = 10_000
GOAL = 20

Maker = Callable[[Random, int], str]
COLUMNS: dict[str, Maker] = {
    "序号": lambda _rng, row: str(row),
    "企业名称": lambda rng, row: f"佳木斯市{rng.choice(labelled.COMPANIES)}第{row}分部",
    "统一社会信用代码": lambda rng, _row: labelled.company_uscc(rng),
    "姓名": lambda rng, _row: labelled.person(rng),
    "身份证号": lambda rng, _row: labelled.id_number(rng),
    "手机号": lambda rng, row: labelled.mobile(rng) if row % 10 == 0 else f"13{labelled.digits(rng, 9)}",
    "所在区县": lambda rng, _row: rng.choice(labelled.DISTRICTS),
    "家庭住址": lambda rng, _row: labelled.residence(rng),
    "登记日期": lambda rng, _row: str(labelled.day(rng)),
    "金额": lambda rng, _row: f"{rng.randint(1, 10**7) / 100}",
    "经度": lambda rng, _row: f"{130 + rng.random():.6f}",
    "状态": lambda rng, _row: rng.choice(("正常", "注销", "存续")),
    "办理情况": lambda rng, row: labelled.sentence(rng)[0] if row % 4 == 0 else f"经现场核实，该处第{row}号设施已由养护单位于三个工作日内修复，感谢您的支持。",
    "依据": lambda _rng, row: f"依据《中华人民共和国政府信息公开条例》第{row % 50}条办理",
}  # fmt: skip


def main() -> int:
    """Print both; 1 when a promise is broken."""
    (megabytes,) = _asked.numbers(__doc__, megabytes=MEGABYTES)
    score = measuring.measure(column for seed in SEEDS for column in labelled.columns(seed))
    print(score.table())
    kept = all(
        score.recall(code) >= recall and score.precision(code) >= precision
        for code, (recall, precision) in measuring.PROMISED.items()
    )
    print(f"召回率与准确率 recall and precision: {'达到 as promised' if kept else '未达到 NOT as promised'}")
    speed = megabytes_a_second(megabytes)
    print(f"速度 speed: {speed:.1f} MB/s（目标 goal ≥ {GOAL}）")
    return 0 if kept and speed >= GOAL else 1


def megabytes_a_second(megabytes: int) -> float:
    """Scan a table of this size."""
    rng = labelled.dice(1)
    block = [tuple(make(rng, row) for make in COLUMNS.values()) for row in range(BLOCK)]
    size = sum(len(",".join(row).encode()) + 1 for row in block)
    rows, scanner = (
        cycle(block),
        Scanner([Column(name, "text") for name in COLUMNS], rulebook.desensitization()),
    )
    wanted = megabytes * 1_000_000 * BLOCK // size
    began = time.process_time()
    for first in range(0, wanted, BATCH):
        scanner.feed(list(islice(rows, min(BATCH, wanted - first))))
    findings = scanner.findings()
    spent = time.process_time() - began
    print(
        f"{wanted} 行 rows × {len(COLUMNS)} 列 columns, {megabytes} MB, {spent:.2f} s: {len(findings)} findings"
    )
    return megabytes / spent


if __name__ == "__main__":
    sys.exit(main())
