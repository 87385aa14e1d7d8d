"""Which characters the bytes are: every candidate decodes the whole file; no detector, no silent guess."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.findings import Finding

# In order of preference; the first that decodes the whole file is taken unless the share of common
# characters speaks for another.
CANDIDATES = ("utf-8", "gb18030", "big5")
OFFERED = ("utf-8", "gb18030", "big5", "utf-16")
# Offices write Big5 with the spreadsheet programs' extension of it.
_CODECS = {"utf-8": "utf-8-sig", "big5": "cp950"}
CHUNK = 1 << 20
DOUBT = 0.15  # two shares of common characters nearer than this: say so

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Verdict:
    """The encoding taken, all that decode the file without an error, and why this one."""

    encoding: str
    possible: tuple[str, ...]
    reason: str
    shares: dict[str, float]


def decide_encoding(path: Path, chosen: str | None = None) -> Verdict:
    """Return the verdict on ``path``; ``chosen`` is a person's choice and only checked.

    :raises RuleError: ``intake.encoding_wrong`` (the chosen one does not decode, with the byte's line),
        ``intake.encoding_unknown``, ``intake.binary``.
    """
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _only(path, "utf-16", "byte_order_mark")
    if chosen:
        return _only(path, chosen, "chosen")
    return _without_mark(path, head) if b"\x00" in head else _by_trial(path, head)


def _by_trial(path: Path, head: bytes) -> Verdict:
    possible, ascii_only = _trial(path)
    if not possible:
        raise RuleError("intake.encoding_unknown", tried=[*OFFERED])
    if "utf-8" not in possible:
        return _by_common_characters(head, possible)
    if head.startswith(codecs.BOM_UTF8):
        return Verdict("utf-8", possible, "byte_order_mark", {})
    return Verdict("utf-8", possible, "ascii" if ascii_only else "valid_utf8", {})


def report(verdict: Verdict) -> list[Finding]:
    """Say what was taken and why, and whether a person should look."""
    facts = {
        "encoding": verdict.encoding,
        "possible": list(verdict.possible),
        "reason": verdict.reason,
        "shares": verdict.shares,
    }
    found = [Finding("encoding", facts=facts)]
    shares = sorted(verdict.shares.values(), reverse=True)
    if len(shares) > 1 and shares[0] - shares[1] < DOUBT:
        found.append(Finding("encoding_doubtful", facts=facts))
    return found


def to_utf8(path: Path, encoding: str, target: Path) -> list[Finding]:
    """Write ``path`` as UTF-8 without byte order mark and without unprintable characters; streams."""
    removed, first_line, line = 0, 0, 1
    decoder = _decoder(encoding)
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
        while chunk := source.read(CHUNK):
            text = decoder.decode(chunk)
            clean, count = _UNPRINTABLE.subn("", text)
            if count and not removed:
                match = _UNPRINTABLE.search(text)
                first_line = line + text.count("\n", 0, match.start() if match else 0)
            removed += count
            line += text.count("\n")
            sink.write(clean)
        sink.write(decoder.decode(b"", final=True))
    return (
        [Finding("control_characters_removed", row=first_line, facts={"count": removed})] if removed else []
    )


def printable(text: str) -> str:
    """Return ``text`` without the characters that XML and spreadsheets cannot carry."""
    return _UNPRINTABLE.sub("", text)


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(_CODECS.get(encoding, encoding))()


def _only(path: Path, encoding: str, reason: str) -> Verdict:
    decoder = _decoder(encoding)
    line = 1
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(CHUNK):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            # Exact for the ASCII-compatible encodings, near enough for UTF-16.
            row = line + bytes(error.object[: error.start]).count(b"\n")
            raise RuleError("intake.encoding_wrong", "encoding", encoding=encoding, row=row) from error
    return Verdict(encoding, (encoding,), reason, {})


def _without_mark(path: Path, head: bytes) -> Verdict:
    """Take UTF-16 without a mark when one half of the bytes is mostly zero and lines appear."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) < 2 * min(even, odd) + 1 or "\n".encode(encoding) not in head:
        raise RuleError("intake.binary")
    try:
        return _only(path, encoding, "zero_bytes")
    except RuleError as error:
        raise RuleError("intake.binary") from error


def _trial(path: Path) -> tuple[tuple[str, ...], bool]:
    """Decode the whole file with every candidate at once: return those that can, and whether all is ASCII."""
    decoders = {name: _decoder(name) for name in CANDIDATES}
    ascii_only = True
    with path.open("rb") as stream:
        final = False
        while decoders and not final:
            chunk = stream.read(CHUNK)
            final = not chunk
            ascii_only = ascii_only and chunk.isascii()
            if ascii_only and not final:
                continue
            for name in [name for name, decoder in decoders.items() if not _decodes(decoder, chunk, final)]:
                del decoders[name]
    return tuple(decoders), ascii_only


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _by_common_characters(head: bytes, possible: tuple[str, ...]) -> Verdict:
    """Between GB 18030 and Big5 the share of first-level (common) characters decides."""
    shares = {name: round(_common_share(head, name), 3) for name in possible}
    best = max(possible, key=lambda name: shares[name])
    return Verdict(best, possible, "common_characters" if len(possible) > 1 else "only_possible", shares)


def _common_share(head: bytes, encoding: str) -> float:
    """Return the share of two-byte characters whose lead byte lies in the standard's first level.

    GB 2312 level 1: B0–D7 with trail A1–FE; Big5 level 1: A4–C6 with trail 40–7E, A1–FE.
    Punctuation (GB A1–A3, Big5 A1–A3) says nothing and is not counted.
    """
    low, high, trail = (0xB0, 0xD7, 0xA1) if encoding == "gb18030" else (0xA4, 0xC6, 0x40)
    common = total = 0
    text = _decoder(encoding).decode(head)
    for character in text:
        if character < "\x80":
            continue
        raw = character.encode(_CODECS.get(encoding, encoding))
        if len(raw) == 2 and 0xA1 <= raw[0] <= 0xA3:  # noqa: PLR2004 - the standard's punctuation rows
            continue
        total += 1
        common += len(raw) == 2 and low <= raw[0] <= high and raw[1] >= trail  # noqa: PLR2004
    return common / total if total else 0.0
