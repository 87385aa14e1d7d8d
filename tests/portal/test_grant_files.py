"""Granted files on the real database and in the real vault: built once, cut to the grant, in parts, until it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckanext.govshare import config, exports, jobs, runtime, vault
from ckanext.govshare.domain.table import Column
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.grant import delivering, files
from ckanext.govshare.model import DataKey, GrantFile, GrantUse, journal

from tests.domain.exports.readers import READERS
from tests.portal.holders import (
    GIVEN,
    KEPT_BACK,
    common,
    context,
    fetch,
    granted,
    ground,
    put,
    row_of,
    table,
)
from tests.portal.officers import Department, act
from tests.portal.test_edition import released, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.fixture
def office() -> Department:
    """The department of the common ground."""
    return common().office


@pytest.fixture
def held() -> dict[str, Any]:
    """A grant that stands."""
    return granted(common())


def address(held: dict[str, Any], format_name: str = "csv") -> str:
    return f"/application/grant/{held['grant']}/{format_name}"


def keys_of(number: str) -> list[str]:
    query = sa.select(DataKey.purpose).where(DataKey.purpose.startswith(f"vault:{row_of(number).id}/"))
    return sorted(model.Session.scalars(query))


def rows_in(number: str) -> list[GrantFile]:
    query = sa.select(GrantFile).filter_by(grant_id=row_of(number).id)
    return list(model.Session.scalars(query))


def test_every_format_holds_the_granted_columns_and_nothing_else(app, held, tmp_path):
    """Parquet included, whose bytes would hide a column from a careless eye; the same rows in all of them."""
    offered = act(held["who"], "govshare_grant_show", id=held["grant"])["tables"][0]["formats"]
    assert set(offered) == set(READERS) | {"csv_bom"}
    typed = [Column.from_dict(one) for one in held["edition"]["tables"][0]["columns"] if one["name"] in GIVEN]
    assert [column.type for column in typed] == ["text", "integer", "number", "date"]
    read = {}
    for name in offered:
        answer = fetch(app, address(held, name), held["who"])
        assert answer.status_code == 200
        assert held["grant"] in answer.headers["Content-Disposition"]
        assert not any(word.encode() in answer.data for word in KEPT_BACK)
        path = tmp_path / name
        path.write_bytes(answer.data)
        if name in READERS:
            read[name] = READERS[name](path, typed)
    assert len(read["csv"]) == 4
    assert all(rows == read["csv"] for rows in read.values()), read


def test_a_file_is_built_once_and_sealed_under_a_key_of_its_own(app, held, monkeypatch):
    """The second request, and the officers' edition, build nothing; no plain copy of it lies anywhere."""
    built, true_build = [], exports.build

    def build(*args: Any, **more: Any) -> Any:
        built.append(args[4])
        return true_build(*args, **more)

    monkeypatch.setattr(exports, "build", build)
    first = fetch(app, address(held), held["who"])
    again = fetch(app, address(held), held["who"])
    assert (first.data, built) == (again.data, [("csv",)])
    grant = row_of(held["grant"])
    part = files.part(held["edition"]["id"], "csv", 1)
    assert vault.parts(grant.id) == [part]
    assert keys_of(held["grant"]) == [f"vault:{grant.id}/{part}"]
    word = "丁站".encode()
    for key in ("vault_path", "work_path", "artifact_path"):
        for path in config.folder(key).rglob("*"):
            assert not path.is_file() or word not in path.read_bytes(), path


def test_who_come_first_at_once_build_it_once(app, held, monkeypatch):
    """One builds, the others wait for it and get the same bytes."""
    from tests.portal.test_application import in_threads

    built, true_build = [], exports.build

    def build(*args: Any, **more: Any) -> Any:
        built.append(args[4])
        return true_build(*args, **more)

    monkeypatch.setattr(exports, "build", build)
    digests = in_threads(
        app.flask_app, 5, lambda _: delivering.offer(context(held["who"]), held["grant"], "json").sha256
    )
    assert len(set(digests)) == 1, digests
    assert built == [("json",)]


def test_a_revocation_destroys_key_and_bytes(app, office, held):
    assert fetch(app, address(held), held["who"]).status_code == 200
    act(office.head, "govshare_grant_revoke", id=held["grant"], note="违反协议")
    assert fetch(app, address(held), held["who"]).status_code == 403
    assert (vault.parts(row_of(held["grant"]).id), keys_of(held["grant"])) == ([], [])
    assert rows_in(held["grant"]) == []


def test_the_end_destroys_them_at_the_next_tick(app, held):
    """Refused from midnight on, whether or not a tick has come; destroyed by it, and again is nothing."""
    fetch(app, address(held), held["who"])
    put(held["grant"], starts_on=clock.today() - timedelta(9), ends_on=clock.today() - timedelta(1))
    assert fetch(app, address(held), held["who"]).status_code == 403
    assert vault.parts(row_of(held["grant"]).id) != []
    jobs._end_grants()
    assert (vault.parts(row_of(held["grant"]).id), keys_of(held["grant"])) == ([], [])
    assert files.destroy_due() == 0


def test_a_withdrawn_edition_takes_its_granted_files_along(app):
    own = ground()
    office, held = own.office, granted(own)
    assert fetch(app, address(held), held["who"]).status_code == 200
    step(office.head, held["edition"], "withdraw", note="数据有误")
    assert fetch(app, address(held), held["who"]).status_code == 404
    jobs.drain()
    assert (vault.parts(row_of(held["grant"]).id), keys_of(held["grant"])) == ([], [])


def test_a_new_edition_replaces_the_file(app):
    """The old one is destroyed, the new one has another tag: a range of the old one gets the whole new file."""
    own = ground()
    office, held = own.office, granted(own)
    old = fetch(app, address(held), held["who"])
    released(office, held["entry"], table("新") + "戊站,731905582,8,1.00,2024-03-01,金丝雀备注\n".encode())
    parts = {"Range": "bytes=10-", "If-Range": old.headers["ETag"]}
    new = fetch(app, address(held), held["who"], headers=parts)
    assert (new.status_code, "戊站" in new.body) == (200, True)
    assert new.headers["ETag"] != old.headers["ETag"]
    assert vault.parts(row_of(held["grant"]).id) == [
        row.edition_id + "-csv" for row in rows_in(held["grant"])
    ]
    assert len(rows_in(held["grant"])) == 1


def test_a_build_that_is_swept_away_meanwhile_leaves_nothing(held, monkeypatch):
    """Revoked between claim and sealing: no row, no bytes, no key."""
    true_keep = vault.keep_file

    def keep(*args: Any) -> Any:
        done = true_keep(*args)
        files.destroy_of(row_of(held["grant"]).id)
        return done

    monkeypatch.setattr(vault, "keep_file", keep)
    with pytest.raises(Exception, match=r"没有|no such file"):
        delivering.offer(context(held["who"]), held["grant"], "csv")
    assert (vault.parts(row_of(held["grant"]).id), keys_of(held["grant"])) == ([], [])


RANGES = [
    ("bytes=0-9", 206, slice(0, 10)),
    ("bytes=5-", 206, slice(5, None)),
    ("bytes=-7", 206, slice(-7, None)),
    ("bytes=0-999999", 206, slice(0, None)),
    ("bytes=0-1,4-5", 200, slice(0, None)),
    ("lines=1-2", 200, slice(0, None)),
    ("bytes=nonsense", 200, slice(0, None)),
]


@pytest.fixture
def whole(app, held) -> Any:
    """The file in one piece."""
    return fetch(app, address(held), held["who"])


def test_the_whole_file_says_that_it_can_be_had_in_parts(whole):
    assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert int(whole.headers["Content-Length"]) == len(whole.data)
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert whole.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_ranges_are_those_of_the_file(app, held, whole):
    """RFC 9110 § 14: one range, from the front, from the end; several at once or other units are the whole file."""
    for asked, code, piece in RANGES:
        answer = fetch(app, address(held), held["who"], headers={"Range": asked})
        assert (answer.status_code, answer.data) == (code, whole.data[piece]), asked
        if code == 206:
            first = range(len(whole.data))[piece].start
            last = first + len(answer.data) - 1
            assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole.data)}"
    for asked in (f"bytes={len(whole.data)}-", "bytes=999999-"):
        answer = fetch(app, address(held), held["who"], headers={"Range": asked})
        assert (answer.status_code, answer.data) == (416, b"")
        assert answer.headers["Content-Range"] == f"bytes */{len(whole.data)}"


def test_a_condition_on_the_tag_is_kept(app, held, whole):
    """If-Range of another file, or a weak one, gets the whole; If-None-Match of this one gets 304."""
    tag = whole.headers["ETag"]
    for condition, code in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200)):
        parts = {"Range": "bytes=4-", "If-Range": condition}
        assert fetch(app, address(held), held["who"], headers=parts).status_code == code, condition
    same = fetch(app, address(held), held["who"], headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    head = fetch(app, address(held), held["who"], method="head")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)


def test_each_taking_is_logged_and_each_download_counted_once(app, office, held, whole):
    """Beginning and rest are two lines and one download; holder and department see the same."""
    fetch(app, address(held), held["who"], headers={"Range": "bytes=20-"})
    fetch(app, address(held), held["who"], method="head")
    for who in (held["who"], office.clerk, office.bureau):
        shown = act(who, "govshare_grant_show", id=held["grant"])
        assert (shown["used"]["downloads"], shown["used"]["calls"]) == (1, 0)
        assert [row["first_byte"] for row in shown["uses"]] == [20, 0]
    moves = [line.move for line in journal.history(model.Session, "application", _case(held))]
    assert moves.count("download") == 1
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        model.Session.execute(sa.delete(GrantUse))
    model.Session.rollback()


def _case(held: dict[str, Any]) -> str:
    return str(act(held["who"], "govshare_application_show", id=held["number"])["id"])


def half_taken(held: dict[str, Any], monkeypatch: Any) -> Any:
    """A download of which the first eight bytes have left."""
    monkeypatch.setattr(delivering, "CHUNK", 8)
    offered = delivering.offer(context(held["who"]), held["grant"], "csv")
    pieces = delivering.hand_out(offered, range(offered.size), door="token")
    assert len(next(pieces)) == 8
    return pieces


def test_a_revocation_bites_between_two_chunks(office, held, monkeypatch):
    """What has begun to leave stops leaving."""
    pieces = half_taken(held, monkeypatch)
    act(office.head, "govshare_grant_revoke", id=held["grant"], note="违反协议")
    with pytest.raises(ConnectionAbortedError):
        list(pieces)
    pieces.close()


def test_midnight_bites_between_two_chunks(held, monkeypatch):
    """The last day is over while the data leave."""
    pieces = half_taken(held, monkeypatch)
    monkeypatch.setattr(clock, "today", lambda: runtime.now().date() + timedelta(200))
    with pytest.raises(ConnectionAbortedError):
        list(pieces)
    pieces.close()


def test_a_withdrawal_of_the_entry_bites_between_two_chunks(monkeypatch):
    own = ground()
    office, held = own.office, granted(own)
    pieces = half_taken(held, monkeypatch)
    office.move(office.bureau, held["entry"]["id"], "withdraw", note="停止开放")
    with pytest.raises(ConnectionAbortedError):
        list(pieces)
    pieces.close()


def test_a_slow_reader_gives_the_worker_back(held, monkeypatch):
    """The rest is for the next range."""
    pieces = half_taken(held, monkeypatch)
    monkeypatch.setattr(delivering.time, "monotonic", lambda: pieces._ends + 1)
    with pytest.raises(ConnectionAbortedError):
        next(pieces)
    pieces.close()


def test_points_are_offered_only_with_both_coordinates():
    """GeoJSON needs what it draws; without the granted coordinates it is not offered."""
    raw = "名称,经度,纬度\n甲站,130.32,46.80\n乙馆,130.36,46.81\n".encode()
    own = ground(raw=raw, items=("名称", "经度", "纬度"))
    for columns, offered in ((["名称", "经度"], False), (["经度", "纬度"], True)):
        assert ("geojson" in granted(own, columns)["tables"][0]["formats"]) is offered
