"""The vault: nothing readable on the disk, nothing believed that was moved, nothing left of what was lent."""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from ckan.plugins import toolkit
from ckanext.govshare import vault
from ckanext.govshare.readiness import vault_place
from ckanext.govshare.sealing import SealBroken, stream
from ckanext.govshare.vault import scratch

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

CHUNK = stream.CHUNK
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17]


@pytest.fixture(params=["aes-256-gcm", "sm4-gcm"])
def cipher(request, monkeypatch):
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.cipher", request.param)
    return request.param


@pytest.fixture
def owner():
    name = str(uuid4())
    yield name
    vault.drop(name)


def content(size: int) -> bytes:
    """Bytes that differ from chunk to chunk."""
    return b"".join(n.to_bytes(8, "big") for n in range(size // 8 + 1))[:size]


def place(owner: str, part: str) -> Path:
    """Where the sealed bytes lie, for tests that tamper."""
    return vault._place(owner, part)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_kept_comes_back(cipher, owner, size):
    """At every size around a chunk's edge; what lies on the disk shows nothing of it."""
    plain = content(size)
    assert vault.keep([plain[:5], plain[5:]], owner, "raw") == (sha256(plain).hexdigest(), size)
    with vault.open(owner, "raw") as source:
        assert source.read() == plain
    sealed = place(owner, "raw").read_bytes()
    assert plain[:32] not in sealed or size < 32
    assert place(owner, "raw").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("start", "count"),
    [(0, 10), (CHUNK - 3, 6), (CHUNK, 1), (2 * CHUNK - 1, CHUNK + 2), (3 * CHUNK + 16, 10), (9 * CHUNK, 5)],
)
def test_any_range_is_read_alone(cipher, owner, start, count):
    plain = content(3 * CHUNK + 17)
    vault.keep([plain], owner, "raw")
    with vault.open(owner, "raw") as source:
        source.seek(start)
        assert source.read(count) == plain[start : start + count]
        source.seek(-5, io.SEEK_END)
        assert source.read() == plain[-5:]


def test_a_range_reads_no_chunk_before_it(owner, monkeypatch):
    """Only the end, which proves the length, and the chunk that was asked for are opened."""
    vault.keep([content(6 * CHUNK)], owner, "raw")
    opened = []
    true_load = stream.Reader._load
    monkeypatch.setattr(
        stream.Reader, "_load", lambda self, number: (opened.append(number), true_load(self, number))[1]
    )
    with vault.open(owner, "raw") as source:
        source.seek(3 * CHUNK + 5)
        source.read(10)
    assert set(opened) <= {5, 3}


SEALED = CHUNK + 16
HEAD = stream.HEAD
TAMPERED = {
    "head changed": lambda b: bytes([b[0] ^ 1]) + b[1:],
    "cipher changed": lambda b: b[:5] + bytes([3 - b[5]]) + b[6:],
    "salt changed": lambda b: b[: HEAD - 1] + bytes([b[HEAD - 1] ^ 1]) + b[HEAD:],
    "first byte changed": lambda b: b[:HEAD] + bytes([b[HEAD] ^ 1]) + b[HEAD + 1 :],
    "last byte changed": lambda b: b[:-1] + bytes([b[-1] ^ 1]),
    "cut by a byte": lambda b: b[:-1],
    "last chunk cut off": lambda b: b[: HEAD + 3 * SEALED],
    "cut within a chunk": lambda b: b[: HEAD + 2 * SEALED + 100],
    "only the head": lambda b: b[:HEAD],
    "nothing": lambda _: b"",
    "a byte more": lambda b: b + b"\0",
    "a chunk twice": lambda b: b[: HEAD + SEALED] + b[HEAD:],
    "first chunks swapped": lambda b: (
        b[:HEAD] + b[HEAD + SEALED : HEAD + 2 * SEALED] + b[HEAD : HEAD + SEALED] + b[HEAD + 2 * SEALED :]
    ),
    "last chunk moved forward": lambda b: b[:HEAD] + b[HEAD + 3 * SEALED :],
    "a chunk left out": lambda b: b[: HEAD + SEALED] + b[HEAD + 2 * SEALED :],
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_tampering_is_found(cipher, owner, change):
    vault.keep([content(3 * CHUNK + 17)], owner, "raw")
    path = place(owner, "raw")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(SealBroken), vault.open(owner, "raw") as source:
        source.read()


def test_a_chunk_of_another_file_is_found(cipher, owner):
    """Spliced from an earlier version of the same part, under the same data key."""
    vault.keep([content(2 * CHUNK)], owner, "raw")
    path = place(owner, "raw")
    earlier = path.read_bytes()
    vault.keep([content(2 * CHUNK)], owner, "raw")
    later = path.read_bytes()
    path.write_bytes(later[:HEAD] + earlier[HEAD : HEAD + SEALED] + later[HEAD + SEALED :])
    with pytest.raises(SealBroken), vault.open(owner, "raw") as source:
        source.read()


def test_a_file_in_anothers_place_does_not_open(owner):
    vault.keep([b"a"], owner, "raw")
    vault.keep([b"b"], owner, "read")
    place(owner, "raw").replace(place(owner, "read"))
    with pytest.raises(SealBroken):
        vault.open(owner, "read")


def test_dropping_destroys_the_key_as_well(owner):
    """A copy of the sealed file, from a backup say, cannot be read any more."""
    vault.keep([b"secret"], owner, "raw")
    copy = place(owner, "raw").read_bytes()
    vault.drop(owner, "raw")
    assert not vault.holds(owner, "raw")
    with pytest.raises(FileNotFoundError):
        vault.open(owner, "raw")
    place(owner, "raw").parent.mkdir(parents=True, exist_ok=True)
    place(owner, "raw").write_bytes(copy)
    with pytest.raises(SealBroken):
        vault.open(owner, "raw")


def test_dropping_all_leaves_no_folder(owner):
    vault.keep([b"a"], owner, "raw")
    vault.keep([b"b"], owner, "csv")
    assert vault.parts(owner) == ["csv", "raw"]
    vault.drop(owner)
    assert vault.parts(owner) == []
    assert not place(owner, "raw").parent.exists()


def test_a_broken_source_leaves_the_old_part(owner):
    """Whole or not at all."""

    def breaks() -> Iterator[bytes]:
        yield content(2 * CHUNK)
        raise OSError("the line is dead")

    vault.keep([b"old"], owner, "raw")
    with pytest.raises(OSError, match="dead"):
        vault.keep(breaks(), owner, "raw")
    with vault.open(owner, "raw") as source:
        assert source.read() == b"old"
    assert [path.name for path in place(owner, "raw").parent.iterdir()] == ["raw"]


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", ".draft-1", "a\0b"])
def test_names_lead_nowhere_else(owner, name):
    with pytest.raises(ValueError, match="no name"):
        vault.keep([b"x"], owner, name)
    with pytest.raises(ValueError, match="no name"):
        vault.open(name, "raw")


@pytest.mark.parametrize("room", [0, 1 << 40], ids=["on the disk", "in memory"])
def test_what_is_lent_is_private_and_gone_afterwards(owner, monkeypatch, room):
    """After the block, after an exception in it, and never readable by others."""
    monkeypatch.setattr(scratch, "_room", lambda: room)
    plain = content(CHUNK + 5)
    vault.keep([plain], owner, "raw")
    with vault.borrowed(owner, "raw") as path:
        assert path.read_bytes() == plain
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.is_relative_to(scratch.MEMORY) is bool(room)
    assert not path.parent.exists()
    with pytest.raises(RuntimeError), vault.borrowed(owner, "raw") as path:
        raise RuntimeError
    assert not path.parent.exists()


def test_a_folder_that_somebody_else_made_is_not_used(monkeypatch, tmp_path):
    """The memory file system is open to everybody: a folder waiting there for us is refused."""
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    assert scratch._memory() is not None
    scratch._memory().chmod(0o755)
    assert scratch._memory() is None
    scratch_folder = next(tmp_path.iterdir())
    scratch_folder.rmdir()
    scratch_folder.symlink_to("/tmp")  # noqa: S108
    assert scratch._memory() is None


HOLDER = """
import fcntl, os, sys, time
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


def test_a_killed_process_leaves_nothing_after_the_sweep(monkeypatch):
    """What a living process holds stays; what a killed one left is removed, however recent its id."""
    folder = scratch._disk() / str(uuid4())
    folder.mkdir()
    held = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE)
    try:
        assert held.stdout.readline() == b"held\n"
        (folder / "raw").write_bytes(b"secret")
        monkeypatch.setattr(scratch, "YOUNG", -1.0)
        vault.sweep()
        assert folder.exists()
        os.kill(held.pid, signal.SIGKILL)
        held.wait()
        vault.sweep()
        assert not folder.exists()
    finally:
        held.kill()
        held.wait()
        held.stdout.close()


def test_the_young_are_not_swept(owner):
    """Between making and locking lies an instant."""
    folder = scratch._disk() / str(uuid4())
    folder.mkdir()
    vault.sweep()
    assert folder.exists()
    os.utime(folder, (time.time() - 3600,) * 2)
    vault.sweep()
    assert not folder.exists()


def test_memory_does_not_grow_with_size(owner):
    """256 MiB go in and come out again within 16."""
    piece = content(1 << 20)
    vault.keep([piece], owner, "small")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sha, size = vault.keep((piece for _ in range(256)), owner, "raw")
    assert size == 1 << 28
    state = sha256()
    with vault.open(owner, "raw") as source:
        while read := source.read(1 << 20):
            state.update(read)
    assert state.hexdigest() == sha
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024


def test_a_vault_within_a_served_folder_forbids_serving(tmp_path):
    usual = dict(toolkit.config)
    assert list(vault_place.check(usual)) == []
    for served in ("ckan.storage_path", "ckanext.govshare.artifact_path"):
        inside = {**usual, served: str(tmp_path), "ckanext.govshare.vault_path": str(tmp_path / "vault")}
        assert [served in fault.sentence for fault in vault_place.check(inside)] == [True]
        around = {**usual, served: str(tmp_path / "served"), "ckanext.govshare.vault_path": str(tmp_path)}
        assert [served in fault.sentence for fault in vault_place.check(around)] == [True]
