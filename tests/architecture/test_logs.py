"""A stack that runs for years does not fill the disk with what it said."""

from __future__ import annotations

from local.logs import keep_small


def test_a_long_log_is_put_aside_while_its_writer_goes_on(tmp_path):
    """As ./govshare up does: one earlier log is kept, nothing is lost, short logs stay."""
    long, short = tmp_path / "portal.log", tmp_path / "worker.log"
    short.write_text("short\n")
    with long.open("a") as writer:
        for line in ("first\n" * 10, "second\n" * 10):
            writer.write(line)
            writer.flush()
            keep_small(tmp_path, largest=20)
            assert long.read_text() == ""
            assert (tmp_path / "portal.log.1").read_text() == line
        writer.write("third\n")
    assert (long.read_text(), short.read_text()) == ("third\n", "short\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["portal.log", "portal.log.1", "worker.log"]
