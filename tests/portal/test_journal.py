"""The journal on real PostgreSQL: chained at every commit, and whoever tampers with it is found out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import runtime
from ckanext.govshare.cli import govshare
from ckanext.govshare.domain.journal_chain import Head
from ckanext.govshare.logic.journal import chain as chains
from ckanext.govshare.model import JournalAnchor, JournalLink, JournalRow, chain, journal
from click.testing import CliRunner
from local import postgres
from local.site import Site

from tests.portal.officers import Department

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("govshare_journal", "govshare_journal_link", "govshare_journal_head", "govshare_journal_anchor")


def write(session, case: str, *, move: str = "test") -> JournalRow:
    """One row of a case of its own."""
    return journal.record(
        session,
        actor="t",
        case_kind="test",
        case_id=case,
        move=move,
        from_state="",
        to_state="",
        facts={"a": 1},
    )


def rows(number: int, case: str) -> list[int]:
    """Write rows, one transaction each; return the numbers of their links."""
    for _ in range(number):
        write(model.Session, case)
        model.Session.commit()
    query = (
        sa.select(JournalLink.number)
        .join(JournalRow, JournalRow.id == JournalLink.journal_id)
        .where(JournalRow.case_id == case)
        .order_by(JournalLink.number)
    )
    return list(model.Session.scalars(query))


def test_every_move_is_chained_with_its_transaction():
    """What the workflows write; the chain holds and its head is the newest link."""
    Department().published()
    head, broken = chains.verify()
    assert broken is None
    assert head.number == model.Session.scalar(sa.select(sa.func.count()).select_from(JournalRow))


def test_what_is_rolled_back_leaves_no_link():
    """A whole transaction, and a savepoint inside one."""
    rows(1, "rolled-back")
    before = chain.head(model.Session)
    write(model.Session, "rolled-back")
    model.Session.flush()
    model.Session.rollback()
    assert chain.head(model.Session) == before
    write(model.Session, "rolled-back", move="kept")
    lost = model.Session.begin_nested()
    write(model.Session, "rolled-back", move="lost")
    model.Session.flush()
    lost.rollback()
    with model.Session.begin_nested():
        write(model.Session, "rolled-back", move="kept too")
    model.Session.commit()
    assert chain.head(model.Session).number == before.number + 2
    assert chains.verify()[1] is None
    moves = [row.move for row in journal.history(model.Session, "test", "rolled-back")]
    assert moves == ["test", "kept", "kept too"]


def test_the_database_takes_no_row_without_its_link():
    """Whoever writes the table by hand, as the portal's own role."""
    words = ("actor", "case_kind", "case_id", "move", "from_state", "to_state", "note", "rule_version")
    values = {**dict.fromkeys(words, "x"), "at": runtime.now(), "facts": {}}
    model.Session.execute(sa.insert(JournalRow.__table__).values(values))
    with pytest.raises(sa.exc.IntegrityError, match="govshare_journal_chained"):
        model.Session.commit()
    model.Session.rollback()


FORBIDDEN = (
    *map("DELETE FROM {}".format, TABLES),
    *map("TRUNCATE {} CASCADE".format, TABLES),
    "UPDATE govshare_journal SET note = ''",
    "UPDATE govshare_journal_link SET hash = ''",
    "UPDATE govshare_journal_anchor SET hash = ''",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_portal_s_own_role_cannot_change_it(statement):
    """Journal, links and anchors only grow; the head moves on and never goes."""
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        model.Session.execute(sa.text(statement))
    model.Session.rollback()


def test_twenty_at_once_make_one_chain():
    """Every transaction gets its place; those that fail get none; nobody waits for ever."""
    rows(1, "parallel")
    before = chain.head(model.Session).number
    model.Session.rollback()
    failed: list[Exception] = []

    def work(number: int) -> None:
        session = model.meta.create_local_session()
        try:
            for turn in range(5):
                for _ in range(1 + number % 3):
                    write(session, "parallel", move=f"{number}-{turn}")
                session.flush()
                session.rollback() if turn == 2 else session.commit()
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            session.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    head, broken = chains.verify()
    assert broken is None
    assert head.number == before + sum(4 * (1 + number % 3) for number in range(20))


def test_the_hash_is_configured(ckan_config):
    """From now on SM3; what SHA-256 chained stays valid beside it."""
    rows(1, "sm3")
    ckan_config["ckanext.govshare.journal_hash"] = "sm3"
    number = rows(2, "sm3")[-1]
    newest = model.Session.get_one(JournalLink, number)
    assert newest.algorithm == "sm3"
    assert chains.verify()[1] is None


PLACE = """\\set n {number}
SELECT journal_id AS row FROM govshare_journal_link WHERE number = :n \\gset
SELECT journal_id AS next FROM govshare_journal_link WHERE number = :n + 1 \\gset
"""
FREE = "\\connect {database}\nBEGIN;\nSET LOCAL session_replication_role = replica;\n"
KEEP = "CREATE TABLE copy_of_{table} AS TABLE {table};\n"
BACK = (
    "DELETE FROM {table};\nINSERT INTO {table} SELECT * FROM copy_of_{table};\nDROP TABLE copy_of_{table};\n"
)


@contextmanager
def tampered(statements: str, number: int = 1) -> Iterator[None]:
    """What a superuser of the database does with all triggers and constraints off; put right afterwards."""
    model.Session.rollback()
    begin = FREE.format(database=sa.engine.make_url(toolkit.config["sqlalchemy.url"]).database)
    kept = "".join(KEEP.format(table=table) for table in TABLES)
    postgres.run_sql(Site.of(ROOT), f"{begin}{kept}{PLACE.format(number=number)}{statements}\nCOMMIT;\n")
    try:
        yield
    finally:
        model.Session.rollback()
        postgres.run_sql(
            Site.of(ROOT), begin + "".join(BACK.format(table=t) for t in TABLES[::-1]) + "COMMIT;\n"
        )


# What is done to the third of five rows: :n is its link, :row and :next the ids of it and the one after it;
# then how the first bad place is named, and how far from the third it is.
TAMPERING = {
    "update": ("UPDATE govshare_journal SET note = '改' WHERE id = :row;", "altered", 0),
    "update of facts": ("""UPDATE govshare_journal SET facts = '{"a": 2}' WHERE id = :row;""", "altered", 0),
    "delete": ("DELETE FROM govshare_journal WHERE id = :row;", "removed", 0),
    "delete of row and link": (
        """DELETE FROM govshare_journal WHERE id = :row;
        DELETE FROM govshare_journal_link WHERE number = :n;""",
        "missing",
        0,
    ),
    "insert in the middle": (
        """UPDATE govshare_journal_link SET number = -number WHERE number > :n;
        INSERT INTO govshare_journal SELECT nextval('govshare_journal_id_seq'), at, '他人', case_kind, case_id,
            organization_id, move, from_state, to_state, note, facts, rule_version
            FROM govshare_journal WHERE id = :row;
        INSERT INTO govshare_journal_link
            VALUES (:n + 1, currval('govshare_journal_id_seq'), 'sha256', repeat('0', 64));
        UPDATE govshare_journal_link SET number = 1 - number WHERE number < 0;""",
        "altered",
        1,
    ),
    "insert of a row alone": (
        """INSERT INTO govshare_journal SELECT nextval('govshare_journal_id_seq'), at, '他人', case_kind, case_id,
            organization_id, move, from_state, to_state, note, facts, rule_version
            FROM govshare_journal WHERE id = :row;""",
        "unchained",
        3,
    ),
    "delete of the newest": (
        """DELETE FROM govshare_journal j USING govshare_journal_link l WHERE j.id = journal_id AND number > :n;
        DELETE FROM govshare_journal_link WHERE number > :n;""",
        "cut",
        1,
    ),
    "delete of the newest, the head put back as well": (
        """DELETE FROM govshare_journal j USING govshare_journal_link l WHERE j.id = journal_id AND number > :n;
        DELETE FROM govshare_journal_link WHERE number > :n;
        UPDATE govshare_journal_head h SET number = l.number, hash = l.hash
            FROM govshare_journal_link l WHERE l.number = :n;""",
        "cut",
        1,
    ),
    "swap": (
        """UPDATE govshare_journal a SET at = b.at, note = b.note, move = b.move FROM govshare_journal b
            WHERE (a.id, b.id) IN (VALUES (:row, :next), (:next, :row));""",
        "altered",
        0,
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_by_sql_is_found_out(how):
    """By a superuser, with every trigger off: the command names the first bad row and ends with 1."""
    statements, kind, offset = TAMPERING[how]
    third = rows(5, f"tampered {how}")[2]
    noted = chain.head(model.Session)
    model.Session.rollback()
    assert chains.verify(noted) == (noted, None)
    with tampered(statements, third):
        broken = chains.verify(noted)[1]
        assert (broken.kind, broken.number) == (kind, third + offset)
        told = CliRunner().invoke(govshare, ["journal", "verify", "--anchor", f"{noted.number}:{noted.hash}"])
        assert told.exit_code == 1
        assert str(third + offset) in told.output
    assert chains.verify(noted) == (noted, None)


def test_the_end_is_anchored_once_a_day(caplog):
    """In a table of its own, and in the log, which the database's superuser does not hold."""
    rows(1, "anchored")
    made = chains.anchor_daily()
    again = chains.anchor_daily()
    newest = model.Session.scalars(sa.select(JournalAnchor).order_by(JournalAnchor.number.desc())).first()
    assert again is None
    if made is not None:
        assert Head(newest.number, newest.hash) == made
        assert f"{made.number}:{made.hash}" in caplog.text
    with tampered("UPDATE govshare_journal_anchor SET hash = repeat('0', 64);"):
        assert chains.verify()[1].kind == "anchor"


def test_the_command_prints_where_the_chain_ends():
    """So that an operator may keep it elsewhere, and ask for it again; nonsense is refused."""
    told = CliRunner().invoke(govshare, ["journal", "verify"])
    assert told.exit_code == 0
    anchor = told.output.splitlines()[-1]
    assert CliRunner().invoke(govshare, ["journal", "verify", "--anchor", anchor]).exit_code == 0
    number = anchor.partition(":")[0]
    forged = CliRunner().invoke(govshare, ["journal", "verify", "--anchor", f"{number}:{'0' * 64}"])
    assert forged.exit_code == 1
    assert CliRunner().invoke(govshare, ["journal", "verify", "--anchor", "nonsense"]).exit_code == 2
