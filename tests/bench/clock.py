"""1,000,000 random cases: our due dates against a walk day by day, and how many a second against chinesecalendar.

No portal is needed. The walk knows only the notices' files and asks about one day after the other; it shares no
code with what it checks. Cases: every duty counted in working days, receipts from 2007 to 2026 at any second in any
offset, extensions, supplements under all three readings, hearings of third parties under both.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import _asked
import chinese_calendar
import yaml
from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import Duty, Facts, due

CASES = 1_000_000
SLOW_CASES = 3_000
SEED = 20260214
STATUTES = Path(__file__).resolve().parents[2] / "config/statutes"
DAY = timedelta(1)
BEIJING = timezone(timedelta(hours=8))
FIRST = datetime(2007, 1, 1, tzinfo=timezone.utc)
SECONDS = int((datetime(2026, 9, 1, tzinfo=timezone.utc) - FIRST).total_seconds())
Case = tuple[Duty, Facts]


def main() -> int:
    """Compare, then measure; exit code 1 when a single case differs."""
    (count,) = _asked.numbers(__doc__, cases=CASES)
    calendar, duties = rulebook.calendar(), variants()
    chance = random.Random(SEED)
    cases = [case(chance, duties) for _ in range(count)]
    began = time.process_time()
    ours = [due(duty, facts, calendar).due_on for duty, facts in cases]
    seconds = time.process_time() - began
    resting, working = decreed()
    different = [
        (facts, found)
        for (duty, facts), found in zip(cases, ours, strict=True)
        if walk(duty, facts, resting, working) != found
    ]
    for facts, found in different[:5]:
        print(f"不一致 different: {facts} → {found}")
    plain = [(duty, facts) for duty, facts in cases if not facts.supplement_asked][:SLOW_CASES]
    theirs = loop_rate(plain)
    mine = count / seconds
    print(f"{count} 个案例 cases，不一致 differences: {len(different)}")
    print(
        f"本平台 ours: {mine:,.0f} 个/秒 | chinesecalendar 逐日 loop: {theirs:,.0f} 个/秒 | 倍数 ratio: {mine / theirs:.0f}"
    )
    return 1 if different else 0


def variants() -> list[Duty]:
    """Every duty with a period, under each reading of supplement and hearing."""
    return [
        replace(duty, supplement=supplement, third_party=third_party)
        for duty in rulebook.duties().values()
        if duty.days
        for supplement in ("restart", "pause", "none")
        for third_party in ("counted", "excluded")
    ]


def case(chance: random.Random, duties: list[Duty]) -> Case:
    """Make one case; one in three was suspended, once or twice."""
    duty = chance.choice(duties)
    received = FIRST + timedelta(seconds=chance.randrange(SECONDS))
    offset = timezone(timedelta(minutes=15 * chance.randint(-48, 56)))
    facts = Facts(received.astimezone(offset), extension_days=chance.randint(0, duty.longest_extension))
    if chance.random() < 1 / 3:
        asked = received + timedelta(hours=chance.randint(1, 240))
        facts = replace(
            facts, supplement_asked=asked, supplement_received=asked + timedelta(hours=chance.randint(1, 400))
        )
    if chance.random() < 1 / 6:
        heard = received + timedelta(hours=chance.randint(1, 240))
        facts = replace(
            facts,
            third_party_asked=heard,
            third_party_answered=heard + timedelta(hours=chance.randint(1, 400)),
        )
    return duty, facts


def decreed() -> tuple[set[date], set[date]]:
    """Days of rest and make-up days of all notices, read from the files by themselves."""
    resting, working = set(), set()
    for file in sorted((STATUTES / "workdays").glob("*.yaml")):
        lines = {}
        for notice in yaml.safe_load(file.read_text(encoding="utf-8"))["notices"]:
            lines.update({line["name"]: line for line in notice["holidays"]})
        for line in lines.values():
            span = (line["to"] - line["from"]).days + 1
            resting.update(line["from"] + timedelta(n) for n in range(span))
            working.update(line.get("work", ()))
    return resting, working


def walk(duty: Duty, facts: Facts, resting: set[date], working: set[date]) -> date:
    """Count on the fingers: one day after the other, each asked whether it counts."""

    def on(instant: datetime) -> date:
        return instant.astimezone(BEIJING).date()

    day, out = on(facts.received), []
    if duty.supplement == "restart" and facts.supplement_received:
        day = on(facts.supplement_received)
    if duty.supplement == "pause" and facts.supplement_asked:
        out.append((on(facts.supplement_asked), on(facts.supplement_received)))
    if duty.third_party == "excluded" and facts.third_party_asked:
        out.append((on(facts.third_party_asked), on(facts.third_party_answered)))
    left = duty.days + facts.extension_days
    while left:
        day += DAY
        works = day in working or (day.isoweekday() <= 5 and day not in resting)
        if works and not any(first <= day <= last for first, last in out):
            left -= 1
    return day


def loop_rate(cases: list[Case]) -> float:
    """Cases a second (of processor time, as above) of the obvious loop over chinesecalendar; none was suspended."""
    began = time.process_time()
    for duty, facts in cases:
        day = facts.received.astimezone(BEIJING).date()
        left = duty.days + facts.extension_days
        while left:
            day += DAY
            left -= chinese_calendar.is_workday(day)
    return len(cases) / (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
