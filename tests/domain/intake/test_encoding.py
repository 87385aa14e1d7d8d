"""Encoding: the whole file is decoded by every candidate; the report says which were possible and why one was taken."""

import pytest
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.encoding import decide_encoding, report, to_utf8

SIMPLIFIED = "地区,生产总值\n北京市,数据来源国家统计局\n天津市,公共数据开放\n"
TRADITIONAL = "地區,生產總值\n臺北市,資料來源為統計處\n高雄市,政府資料開放\n"

CASES = [
    ("plain ASCII", b"a,b\n1,2\n", "utf-8", "ascii"),
    ("UTF-8", SIMPLIFIED.encode(), "utf-8", "valid_utf8"),
    ("UTF-8 with mark", SIMPLIFIED.encode("utf-8-sig"), "utf-8", "byte_order_mark"),
    ("GBK", SIMPLIFIED.encode("gbk"), "gb18030", None),
    ("GB 18030, four bytes", "字,音\n𠀀,㐀一\n".encode("gb18030"), "gb18030", None),
    ("Big5", TRADITIONAL.encode("big5"), "big5", None),
    ("Big5 with the extension of spreadsheets", "姓名,碁\n裏,恒銹\n".encode("cp950"), "big5", None),
    ("UTF-16 with mark", SIMPLIFIED.encode("utf-16"), "utf-16", "byte_order_mark"),
    ("UTF-16 LE without mark", SIMPLIFIED.encode("utf-16-le"), "utf-16-le", "zero_bytes"),
    ("UTF-16 BE without mark", SIMPLIFIED.encode("utf-16-be"), "utf-16-be", "zero_bytes"),
]


@pytest.mark.parametrize(("name", "raw", "encoding", "reason"), CASES, ids=[case[0] for case in CASES])
def test_encoding_and_reason(tmp_path, name, raw, encoding, reason):
    path = tmp_path / "raw"
    path.write_bytes(raw)
    verdict = decide_encoding(path)
    assert verdict.encoding == encoding
    assert reason is None or verdict.reason == reason
    target = tmp_path / "text"
    to_utf8(path, verdict.encoding, target)
    codec = {"utf-8": "utf-8-sig", "big5": "cp950"}.get(encoding, encoding)
    assert target.read_text(encoding="utf-8") == raw.decode(codec).lstrip("\ufeff")


def test_two_possible_decodings_are_both_named_with_their_shares(tmp_path):
    path = tmp_path / "raw"
    path.write_bytes(TRADITIONAL.encode("big5"))
    verdict = decide_encoding(path)
    assert set(verdict.possible) == {"gb18030", "big5"}
    assert verdict.shares["big5"] > verdict.shares["gb18030"]
    assert report(verdict)[0].facts["possible"] == list(verdict.possible)


def test_a_near_tie_is_called_doubtful(tmp_path):
    """Two characters that are common in both standards: a person must look."""
    path = tmp_path / "raw"
    path.write_bytes(b"a,b\n" + bytes([0xB0, 0xA1, 0xB0, 0xA2]))
    codes = [finding.code for finding in report(decide_encoding(path))]
    assert codes == ["encoding", "encoding_doubtful"]


def test_chosen_encoding_is_checked_and_the_line_is_named(tmp_path):
    path = tmp_path / "raw"
    path.write_bytes(b"a,b\nc,d\n" + "北,京".encode("gbk"))
    with pytest.raises(RuleError) as caught:
        decide_encoding(path, "utf-8")
    assert caught.value.code == "intake.encoding_wrong"
    assert caught.value.facts == {"encoding": "utf-8", "row": 3}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"a,b\n\xff\xff\xfe,\x80\n", "intake.encoding_unknown"),
        (b"\x00\x01\x00\x02\x03\x00\x00", "intake.binary"),
    ],
)
def test_bytes_that_are_no_text(tmp_path, raw, code):
    path = tmp_path / "raw"
    path.write_bytes(raw)
    with pytest.raises(RuleError) as caught:
        decide_encoding(path)
    assert caught.value.code == code


def test_control_characters_are_removed_and_placed(tmp_path):
    path, target = tmp_path / "raw", tmp_path / "text"
    path.write_bytes(b"a,b\n1,x\x0by\x1a\n")
    (finding,) = to_utf8(path, "utf-8", target)
    assert (finding.code, finding.row, finding.facts) == ("control_characters_removed", 2, {"count": 2})
    assert target.read_text() == "a,b\n1,xy\n"


def test_the_offered_encodings_survive_a_cut_at_any_byte(tmp_path, monkeypatch):
    """Chunks may end inside a character."""
    monkeypatch.setattr("ckanext.govshare.intake.encoding.CHUNK", 3)
    path, target = tmp_path / "raw", tmp_path / "text"
    path.write_bytes(SIMPLIFIED.encode("gb18030"))
    assert to_utf8(path, decide_encoding(path).encoding, target) == []
    assert target.read_text() == SIMPLIFIED
