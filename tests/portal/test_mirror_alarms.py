"""What goes wrong at a target is told to the bureau by notice, once, by the tick; who has it to mend finds it there."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import yaml
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import jobs, runtime
from ckanext.govshare.domain.mirror_alarm import NAMED
from ckanext.govshare.logic.mirror import status
from ckanext.govshare.mirror import alarming, ledger
from ckanext.govshare.model import MirrorAlarm, MirrorLedgerRow, MirrorRun, MirrorTarget, Notice

from tests.portal.officers import Department, act
from tests.portal.sessions import as_in_a_browser

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.fixture
def target(tmp_path, monkeypatch):
    """A target at which nobody answers; everything that was due there before is done."""
    name = f"away-{uuid4().hex[:8]}"
    (tmp_path / "secret").write_text("s" * 40)
    (tmp_path / "secret").chmod(0o600)
    row = {
        "kind": "webhook", "title": "市政务服务网", "url": "http://127.0.0.1:9/take", "credentials": "secret",
        "prove_within_minutes": 30, "reach_within_hours": 2,
    }  # fmt: skip
    (tmp_path / "targets.yaml").write_text(yaml.safe_dump({"targets": {name: row}}, allow_unicode=True))
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.mirror_targets", str(tmp_path / "targets.yaml"))
    ledger.spread(model.Session(), name, runtime.now())
    model.Session.execute(
        sa.update(MirrorLedgerRow).filter_by(target=name).values(shown=MirrorLedgerRow.wanted)
    )
    model.Session.commit()
    return name


def told(name: str) -> list[tuple[str, int]]:
    """What the bureau was told about a target: kind and to how many persons."""
    model.Session.rollback()
    query = (
        sa.select(Notice.kind, sa.func.count())
        .filter_by(case_kind="mirror", case_id=name)
        .group_by(Notice.kind)
        .order_by(Notice.kind)
    )
    return [tuple(row) for row in model.Session.execute(query)]


def kinds(name: str) -> list[str]:
    return [kind for kind, _count in told(name)]


def withdrawn(department: Department, name: str, count: int = 1) -> list[dict]:
    """Entries that were public and are withdrawn, due at the target."""
    made = [department.published() for _ in range(count)]
    for entry in made:
        department.move(department.head, entry["id"], "withdraw", note="数据有误")
    ledger.spread(model.Session(), name, runtime.now())
    return made


def later(**much) -> None:
    """Tick when so much time has passed."""
    alarming.tell_due(runtime.now() + timedelta(**much))


def newest_of(name: str, office: Department) -> dict:
    """What the bureau was told last of a target; of other cases it is told at the times of other tests."""
    of_target = set(model.Session.scalars(sa.select(Notice.id).filter_by(case_id=name)))
    return next(
        row for row in act(office.bureau, "govshare_notice_list")["results"] if row["id"] in of_target
    )


def test_a_withdrawal_that_is_not_proven_is_told_once(target):
    """Nothing before its time; then one notice to each of the bureau, however often the clock ticks."""
    department = Department()
    [entry] = withdrawn(department, target)
    later(minutes=29)
    assert told(target) == []
    later(minutes=31)
    first = told(target)
    assert [kind for kind, _ in first] == ["mirror.not_proven_gone"]
    for hours in (1, 25):
        later(hours=hours)
    assert told(target) == first
    notice = newest_of(target, department)
    assert (entry["title"] in notice["body"], notice["url"]) == (True, "/workbench/mirror#gone-title")
    assert act(department.head, "govshare_notice_list")["results"][0]["kind"] != "mirror.not_proven_gone"
    places = act(department.bureau, "govshare_mirror_entry_show", id=entry["id"])["targets"]
    assert [(place["state"], place["at"]) for place in places] == [("unproven", None)]


def test_the_time_runs_from_the_withdrawal(target):
    """An entry that could not be sent for hours and is then withdrawn has its time from the withdrawal on."""
    [entry] = withdrawn(Department(), target)
    long_ago = runtime.now() - timedelta(hours=5)
    model.Session.execute(
        sa.update(MirrorLedgerRow)
        .filter_by(target=target, entry_id=entry["id"])
        .values(waiting_since=long_ago)
    )
    model.Session.commit()
    later(minutes=29)
    assert kinds(target) == []
    later(minutes=31)
    assert kinds(target) == ["mirror.not_proven_gone"]


def test_a_second_withdrawal_of_the_same_entry_is_told_again(target):
    """It is another change, so another thing to prove."""
    department = Department()
    [entry] = withdrawn(department, target)
    later(minutes=31)
    before = told(target)
    row = model.Session.get_one(MirrorLedgerRow, (target, entry["id"]), populate_existing=True)
    row.wanted += 1
    model.Session.commit()
    later(minutes=32)
    assert told(target) == [(kind, 2 * count) for kind, count in before]


def test_many_at_once_are_one_notice(target):
    """More entries than anybody reads one by one: one notice with their number; each is written down."""
    department = Department()
    withdrawn(department, target, NAMED + 1)
    later(minutes=31)
    assert kinds(target) == ["mirror.not_proven_gone_many"]
    notice = newest_of(target, department)
    assert str(NAMED + 1) in notice["subject"]
    query = sa.select(sa.func.count()).select_from(MirrorAlarm).where(MirrorAlarm.target == target)
    assert model.Session.scalar(query) == NAMED + 1


def test_a_dead_letter_is_told(target):
    """Given up after eight attempts: a person must look."""
    department = Department()
    made = department.published()
    ledger.spread(model.Session(), target, runtime.now())
    model.Session.execute(
        sa.update(MirrorLedgerRow)
        .filter_by(target=target, entry_id=made["id"])
        .values(dead_at=runtime.now(), problem={"code": "mirror.refused", "facts": {"detail": "x"}})
    )
    model.Session.commit()
    later(minutes=1)
    assert kinds(target) == ["mirror.dead_letter"]
    [place] = act(department.clerk, "govshare_mirror_entry_show", id=made["id"])["targets"]
    assert (place["state"], bool(place["problem"])) == ("given_up", True)


def test_a_target_out_of_reach_is_told_once_a_day(target, monkeypatch):
    """For as long as it lasts; back in reach, that it is over, once; away again, anew."""
    Department()
    jobs.follow()
    yesterday = runtime.in_shanghai(runtime.now()) - timedelta(days=1)
    morning = yesterday.replace(hour=8, minute=0)  # the hours that follow are of one day
    monkeypatch.setattr(runtime, "now", lambda: morning)
    model.Session.execute(
        sa.update(MirrorTarget).filter_by(name=target).values(unreachable_since=runtime.now())
    )
    model.Session.commit()
    later(hours=1)
    assert told(target) == []
    later(hours=3)
    [(kind, persons)] = told(target)
    assert kind == "mirror.unreachable"
    later(hours=3, minutes=1)
    assert told(target) == [(kind, persons)]
    later(hours=27)
    assert told(target) == [(kind, 2 * persons)]
    ledger.reached(model.Session(), target)
    for minutes in (1, 2):
        later(hours=27, minutes=minutes)
        assert told(target) == [(kind, 2 * persons), ("mirror.unreachable_recovered", persons)]
    model.Session.execute(
        sa.update(MirrorTarget).filter_by(name=target).values(unreachable_since=runtime.now())
    )
    model.Session.commit()
    later(hours=27, minutes=3)  # on the day on which it was over
    assert told(target) == [(kind, 3 * persons), ("mirror.unreachable_recovered", persons)]
    [standing, ended] = spells(target)
    assert (standing["until"], standing["since"] > ended["until"]) == (None, True)


def spells(name: str) -> list[dict]:
    """What the public page tells of a target's alarms."""
    [shown] = [row for row in act(None, "govshare_mirror_show")["targets"] if row["name"] == name]
    return shown["alarms_told"]


def test_what_is_proven_gone_in_the_end_is_told_as_over(target, app):
    """Once, with when it was first told; the bureau reads which entry it was, everybody only since when to when."""
    department = Department()
    [entry] = withdrawn(department, target)
    later(minutes=31)
    persons = told(target)[0][1]
    row = model.Session.get_one(MirrorLedgerRow, (target, entry["id"]), populate_existing=True)
    row.dead_at = runtime.now()
    model.Session.commit()
    later(minutes=32)
    ledger.revive(model.Session.get_one(MirrorLedgerRow, (target, entry["id"])), runtime.now())
    model.Session.commit()
    later(minutes=33)  # sent once more is not over
    assert kinds(target) == ["mirror.dead_letter", "mirror.not_proven_gone"]
    row = model.Session.get_one(MirrorLedgerRow, (target, entry["id"]), populate_existing=True)
    row.shown, row.gone_at = row.wanted, runtime.now()
    model.Session.commit()
    for minutes in (40, 41):
        later(minutes=minutes)
        assert told(target)[1] == ("mirror.entry_recovered", persons)
    notice = newest_of(target, department)
    assert (entry["title"] in notice["body"], notice["url"]) == (True, "/workbench/mirror#alarms-title")
    assert {row["kind"] for row in spells(target)} == {"not_proven_gone", "dead_letter"}
    assert all(row["until"] and set(row) == {"kind", "label", "since", "until"} for row in spells(target))
    alarms = act(department.bureau, "govshare_mirror_problem_list")["alarms"]
    assert {row["title"] for row in alarms[:2]} == {entry["title"]}
    page = app.get("/mirror").text
    assert "撤回后未按时确认消失" in page
    assert entry["title"] not in page


def test_many_that_are_over_are_one_notice(target):
    """As when they began."""
    department = Department()
    made = withdrawn(department, target, NAMED + 1)
    later(minutes=31)
    for entry in made:
        row = model.Session.get_one(MirrorLedgerRow, (target, entry["id"]), populate_existing=True)
        row.shown = row.wanted
    model.Session.commit()
    later(minutes=32)
    assert kinds(target) == ["mirror.entry_recovered_many", "mirror.not_proven_gone_many"]


def test_a_comparison_that_needs_a_person_is_told(target):
    """Deletions that wait, an answer that cannot be true, differences that could not be mended."""
    Department()
    counts = dict.fromkeys(
        ("wanted", "agreeing", "missing", "extra", "differing", "unacknowledged", "conflicts", "mended"), 0
    )
    at = runtime.now()
    for left, awaiting, doubts in (
        (9, 9, []),
        (2, 0, []),
        (0, 0, [{"code": "mirror.not_json", "facts": {}}]),
    ):
        model.Session.add(
            MirrorRun(
                target=target, started_at=at, finished_at=at, awaiting_person=awaiting, left=left, doubts=doubts,
                report=[], **counts,
            )
        )  # fmt: skip
        model.Session.commit()
        later(minutes=1)
    # What the doubtful comparison cannot see is not over by it: 2 that differ, told before.
    assert kinds(target) == [
        "mirror.deletions_wait",
        "mirror.deletions_wait_recovered",
        "mirror.differs",
        "mirror.doubtful",
    ]


def test_the_tick_tells(target, monkeypatch):
    """No command of its own: it is among what time makes due."""
    withdrawn(Department(), target)
    soon = runtime.now() + timedelta(minutes=31)
    monkeypatch.setattr(runtime, "now", lambda: soon)
    jobs.all_due()
    assert "mirror.not_proven_gone" in kinds(target)


def test_many_findings_are_read_page_by_page(app, target):
    """45 entries differed and were mended: in figures at once, by title twenty at a time; beyond the end is the end."""
    at, titles = runtime.now(), [f"第{number}项目录" for number in range(1, 46)]
    differs = [{"field": "title", "ours": "新", "theirs": "旧"}]
    report = [
        {"finding": "differing", "id": title, "name": title, "title": title, "differences": differs}
        for title in titles
    ]
    counts = dict.fromkeys(status.COUNTS, 0) | {"differing": 45, "mended": 45}
    model.Session.add(MirrorRun(target=target, started_at=at, finished_at=at, report=report, **counts))
    model.Session.commit()

    def browse(client) -> list[str]:
        pages = (
            client.get("/workbench/mirror", query_string={"page": page}) for page in ("1", "3", "99", "x")
        )
        return [answer.get_data(as_text=True) for answer in pages]

    shown = as_in_a_browser(app, Department().bureau, browse)
    assert [[title for title in titles if title in text] for text in shown] == [
        titles[:20],
        titles[40:],
        titles[40:],
        titles[:20],
    ]
    assert all("发现 45 项需要修正，已自动修正 45 项，还有 0 项" in text for text in shown)
