"""Data at rest: known answers, every tampered byte found, values bound to their place, keys that rotate."""

from __future__ import annotations

import os
import secrets
import threading
from time import sleep
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import sealing
from ckanext.govshare.cli import govshare
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.key import rotation
from ckanext.govshare.model import DataKey, JournalRow, journal
from ckanext.govshare.readiness import key_file
from ckanext.govshare.sealing import SealBroken, ciphers, columns, data_keys, keyring

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

ID_NUMBER = "11010519491231002X"
COLUMN = "application.id_number"


@pytest.fixture(autouse=True)
def ring(tmp_path, monkeypatch):
    """A key file of the test's own, and no data keys under keys of other tests, which are put back afterwards."""
    path = tmp_path / "keyring"
    path.write_text(f"# of this test\nfirst  {secrets.token_hex(32)}\n")
    path.chmod(0o600)
    table = DataKey.__table__
    with model.meta.engine.begin() as connection:
        theirs = [row._asdict() for row in connection.execute(sa.delete(table).returning(table))]
    data_keys.by_id.cache_clear()
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.keyring_path", str(path))
    yield path
    model.Session.rollback()
    with model.meta.engine.begin() as connection:
        connection.execute(sa.delete(table))
        if theirs:
            connection.execute(sa.insert(table), theirs)
    data_keys.by_id.cache_clear()


@pytest.fixture(params=["aes-256-gcm", "sm4-gcm"])
def cipher(request, monkeypatch):
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.cipher", request.param)
    return ciphers.CIPHERS[request.param]


# AES: test case 16 of the GCM specification (McGrew, Viega). SM4: RFC 8998, appendix A.1.
VECTORS = [
    (
        "aes-256-gcm",
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        (
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ),
        (
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        ),
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
    (
        "sm4-gcm",
        "0123456789abcdeffedcba9876543210",
        "00001234567800000000abcd",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        (
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
            "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
        ),
        (
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        ),
        "83de3541e4c2b58177e065a9bf7b62ec",
    ),
]


@pytest.mark.parametrize(("name", "key", "nonce", "bound", "plain", "sealed", "tag"), VECTORS)
def test_the_ciphers_give_the_published_answers(name, key, nonce, bound, plain, sealed, tag):
    key, nonce, bound, plain = map(bytes.fromhex, (key, nonce, bound, plain))
    made = ciphers.CIPHERS[name].seal(key, nonce, plain, bound)
    assert made.hex() == sealed + tag
    assert ciphers.CIPHERS[name].open(key, nonce, made, bound) == plain


# HMAC-SHA-256: RFC 4231, case 2. HMAC-SM3: GB/T 15852.2 gives none; equal to OpenSSL's own command line.
MACS = [
    ("hmac-sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ("hmac-sm3", "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"),
]


@pytest.mark.parametrize(("name", "wanted"), MACS)
def test_the_keyed_digests_give_the_published_answers(name, wanted):
    assert ciphers.mac(name, b"Jefe", b"what do ya want for nothing?").hex() == wanted


@pytest.mark.parametrize("text", ["", "张三", ID_NUMBER, "长" * 10_000, "𠮷\n\t"])
def test_what_is_sealed_opens_again(cipher, text):
    """Any text; twice the same text is not twice the same bytes, and none of it shows."""
    first = sealing.seal_text(text, row="1", column=COLUMN)
    second = sealing.seal_text(text, row="1", column=COLUMN)
    assert sealing.open_text(first, row="1", column=COLUMN) == text
    assert first != second
    assert not text or text.encode() not in first
    assert (first[0], first[1]) == (1, cipher.code)
    assert model.Session.get(DataKey, str(UUID(bytes=first[2:18]))).algorithm == cipher.name


def test_every_changed_byte_is_found(cipher):
    """Header, nonce, text and tag: one bit anywhere, one cut anywhere, and it does not open."""
    blob = sealing.seal_text(ID_NUMBER, row="1", column=COLUMN)
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            sealing.open_text(bytes(changed), row="1", column=COLUMN)
        with pytest.raises(SealBroken):
            sealing.open_text(blob[:position], row="1", column=COLUMN)
    with pytest.raises(SealBroken):
        sealing.open_text(blob + b"\0", row="1", column=COLUMN)


@pytest.mark.parametrize(
    ("row", "column"), [("2", COLUMN), ("1", "application.name"), ("1a", COLUMN[1:]), ("", f"1{COLUMN}")]
)
def test_a_value_in_another_place_does_not_open(cipher, row, column):
    sealing.seal_text("甲", row=row, column=column)
    blob = sealing.seal_text(ID_NUMBER, row="1", column=COLUMN)
    with pytest.raises(SealBroken):
        sealing.open_text(blob, row=row, column=column)


def test_a_data_key_moved_to_another_row_does_not_open(cipher):
    """Swapping wrapped keys between purposes in the database is tampering too."""
    blob = sealing.seal_text("甲", row="1", column="a.b")
    sealing.seal_text("乙", row="1", column="c.d")
    swapped = (
        "UPDATE govshare_data_key SET wrapped = (SELECT wrapped FROM govshare_data_key"
        " WHERE purpose = 'column:c.d') WHERE purpose = 'column:a.b'"
    )
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text(swapped))
    data_keys.by_id.cache_clear()
    with pytest.raises(SealBroken):
        sealing.open_text(blob, row="1", column="a.b")


def test_a_change_of_cipher_leaves_what_is_sealed_readable(monkeypatch):
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.cipher", "aes-256-gcm")
    old = sealing.seal_text("甲", row="1", column=COLUMN)
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.cipher", "sm4-gcm")
    new = sealing.seal_text("乙", row="1", column=COLUMN)
    assert [sealing.open_text(blob, row="1", column=COLUMN) for blob in (old, new)] == ["甲", "乙"]
    assert (old[1], new[1]) == (1, 2)


def test_an_index_finds_equals_within_one_column_only(monkeypatch):
    """Another digest in the configuration does not change an index that has begun."""
    index = sealing.blind_index(ID_NUMBER, column=COLUMN)
    assert index == sealing.blind_index(ID_NUMBER, column=COLUMN)
    assert index != sealing.blind_index(ID_NUMBER, column="application.phone")
    assert index != sealing.blind_index(ID_NUMBER[:-1], column=COLUMN)
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.digest", "sm3")
    assert index == sealing.blind_index(ID_NUMBER, column=COLUMN)
    sealing.blind_index("x", column="application.new")
    algorithms = dict(model.Session.execute(sa.select(DataKey.purpose, DataKey.algorithm)).all())
    assert algorithms[f"index:{COLUMN}"] == "hmac-sha256"
    assert algorithms["index:application.new"] == "hmac-sm3"


def test_pseudonyms_have_a_key_for_each_entry():
    first = sealing.pseudonym_key("entry-1")
    assert len(first) == 32
    assert first == sealing.pseudonym_key("entry-1")
    assert first != sealing.pseudonym_key("entry-2")


def test_a_rollback_of_the_caller_keeps_the_data_key():
    """What was sealed and sent elsewhere must not lose its key with a transaction."""
    blob = sealing.seal_text("甲", row="1", column="rolled.back")
    model.Session.rollback()
    data_keys.by_id.cache_clear()
    assert sealing.open_text(blob, row="1", column="rolled.back") == "甲"


def test_a_forgotten_key_takes_the_data_with_it():
    blob = sealing.seal_text("甲", row="1", column=COLUMN)
    data_keys.forget(f"column:{COLUMN}")
    with pytest.raises(SealBroken):
        sealing.open_text(blob, row="1", column=COLUMN)


SOUND = "ab" * 8 + secrets.token_hex(24)
BAD_FILES = [
    ("", "keyring.empty"),
    ("# nothing\n", "keyring.empty"),
    (f"a {SOUND[:62]}\n", "keyring.short"),
    (f"a {'00' * 32}\n", "keyring.short"),
    (f"a {SOUND}0\n", "keyring.bad_line"),
    (f"a b {SOUND}\n", "keyring.bad_line"),
    (f"{SOUND}\n", "keyring.bad_line"),
    (f"a {SOUND}\nb {SOUND}\n", "keyring.twice"),
    (f"a {SOUND}\na {secrets.token_hex(32)}\n", "keyring.twice"),
]


@pytest.mark.parametrize(("text", "code"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_an_unsound_key_file_is_told_without_its_keys(ring, text, code):
    ring.write_text(text)
    with pytest.raises(RuleError) as caught:
        keyring.keyring()
    assert caught.value.code == code
    found = [fault.sentence for fault in key_file.check(toolkit.config)]
    assert len(found) == 1
    assert SOUND[:16] not in found[0]


def test_a_missing_or_open_key_file_forbids_serving(ring):
    assert list(key_file.check(toolkit.config)) == []
    ring.chmod(0o644)
    assert [fault.refuses for fault in key_file.check(toolkit.config)] == [True]
    ring.unlink()
    assert str(ring) in next(key_file.check(toolkit.config)).sentence
    with pytest.raises(RuleError):
        sealing.seal_text("甲", row="1", column=COLUMN)


def test_a_key_that_data_still_need_is_missed(ring):
    """Taking an old line out too early is told at once, by id."""
    sealing.seal_text("甲", row="1", column=COLUMN)
    ring.write_text(f"other  {secrets.token_hex(32)}\n")
    found = [fault.sentence for fault in key_file.check(toolkit.config)]
    assert len(found) == 1
    assert "“first”" in found[0]
    data_keys.by_id.cache_clear()
    with pytest.raises(RuleError) as caught:
        data_keys.for_purpose(f"column:{COLUMN}", "aes-256-gcm")
    assert caught.value.code == "keyring.key_missing"


def test_keys_show_nothing_of_themselves(ring):
    """Neither in a traceback nor in a log."""
    secret = ring.read_text().split()[-1]
    assert secret not in repr(keyring.keyring())
    assert repr(bytes.fromhex(secret))[2:-1] not in repr(keyring.keyring())
    opened = data_keys.for_purpose("column:x.y", "aes-256-gcm")
    assert repr(opened.secret)[2:-1] not in repr(opened)


def wrapped_by() -> set[str]:
    model.Session.rollback()
    return set(model.Session.scalars(sa.select(DataKey.wrapped_by)))


def moves_of(key_id: str) -> list[str]:
    return [line.move for line in journal.history(model.Session, rotation.KIND, key_id)]


def test_rotation_wraps_anew_and_touches_no_data(ring, cipher):
    """Old values open under the new key alone; the old line may then be taken out of the file."""
    blobs = {str(n): sealing.seal_text(f"甲{n}", row=str(n), column=f"t.c{n % 7}") for n in range(50)}
    key_id, done = rotation.rotate("system")
    assert done == 7
    assert wrapped_by() == {key_id}
    assert keyring.keyring().current.id == key_id
    assert ring.stat().st_mode & 0o777 == 0o600
    assert moves_of(key_id) == ["rotate", "rewrapped"]
    ring.write_text(ring.read_text().splitlines()[-1])
    data_keys.by_id.cache_clear()
    for row, blob in blobs.items():
        assert sealing.open_text(blob, row=row, column=f"t.c{int(row) % 7}") == f"甲{row}"
    assert list(key_file.check(toolkit.config)) == []


def test_a_broken_off_rotation_is_finished_and_makes_no_further_key(ring, monkeypatch):
    for n in range(5):
        sealing.pseudonym_key(str(n))
    monkeypatch.setattr(rotation, "BATCH", 2)

    def killed(done: int) -> None:
        if done >= 2:
            raise SystemExit

    with pytest.raises(SystemExit):
        rotation.rotate("system", killed)
    model.Session.remove()
    assert len(wrapped_by()) == 2
    half = keyring.keyring().current.id
    assert rotation.rotate("system") == (half, 3)
    assert wrapped_by() == {half}
    assert len(keyring.keyring().keys) == 2
    another, _ = rotation.rotate("system")
    assert another != half


def test_a_line_added_by_hand_is_a_rotation_begun(ring):
    """Where the file is mounted read-only, the operator adds the key and the command does the rest."""
    sealing.pseudonym_key("1")
    with ring.open("a") as file:
        file.write(f"by-hand  {secrets.token_hex(32)}\n")
    assert rotation.rotate("system") == ("by-hand", 1)


def test_only_one_rotation_at_a_time():
    with rotation._alone(), pytest.raises(RuleError) as caught:
        rotation.rotate("system")
    assert caught.value.code == "keyring.rotation_under_way"


def test_rotation_under_load_fails_no_read():
    """While keys rotate three times, each time under way, readers and writers of other connections never meet an error."""
    blobs = [(str(n), sealing.seal_text(f"甲{n}", row=str(n), column=f"t.c{n}")) for n in range(60)]
    stop, broken, reads = threading.Event(), [], [0, 0]

    def work(number: int) -> None:
        try:
            while not stop.is_set():
                for row, blob in blobs:
                    data_keys.by_id.cache_clear()
                    assert sealing.open_text(blob, row=row, column=f"t.c{row}") == f"甲{row}"
                    sealing.seal_text("乙", row=row, column=f"new.{uuid4()}")
                    reads[number] += 1
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test tells
            broken.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for turn in range(3):
        while not broken and min(reads) <= turn:
            sleep(0.01)
        rotation.rotate("system")
    stop.set()
    for thread in threads:
        thread.join()
    assert broken == []
    last, _ = rotation.rotate("system")
    assert wrapped_by() == {last}


def test_the_command_line_rotates_and_prints_no_key(cli, ring):
    sealing.pseudonym_key("1")
    told = cli.invoke(govshare, ["key", "rotate"])
    assert told.exit_code == 0, told.output
    listed = cli.invoke(govshare, ["key", "list"])
    assert listed.exit_code == 0, listed.output
    for line in ring.read_text().splitlines()[1:]:
        key_id, secret = line.split()
        assert key_id in listed.output
        assert secret not in told.output + listed.output
    facts = model.Session.scalars(sa.select(JournalRow.facts).filter_by(case_kind="key"))
    assert all(secret not in str(fact) for fact in facts)


def test_a_file_that_cannot_be_written_is_told(ring, monkeypatch):
    def refused(*_args: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(RuleError) as caught:
        keyring.add_key()
    assert caught.value.code == "keyring.not_writable"


def test_a_sealed_text_has_a_fixed_frame():
    """46 bytes around the text: version, cipher, key id, nonce, tag; columns may count on it."""
    assert len(sealing.seal_text("abc", row="1", column=COLUMN)) == columns.LEAST + 3 == 46 + 3
