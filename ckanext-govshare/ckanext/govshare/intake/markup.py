"""XML as a stream of events; a document that declares entities is refused before any of them is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from ckanext.govshare.domain.errors import RuleError

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], object]
Text = Callable[[str], None]
CHUNK = 1 << 16
MAX_DEPTH = 100


def walk(
    stream: IO[bytes],
    start: Start,
    end: End | None = None,
    text: Text | None = None,
    encoding: str | None = None,
) -> None:
    """Call ``start``, ``end`` and ``text`` as the document goes by; the errors are those of :func:`steps`."""
    for _chunk in steps(stream, start, end, text, encoding):
        pass


def steps(
    stream: IO[bytes],
    start: Start,
    end: End | None = None,
    text: Text | None = None,
    encoding: str | None = None,
) -> Iterator[None]:
    """Do the same a piece at a time, so that what was collected can be handed on in between.

    ``encoding`` overrules what the document declares, for text that was decoded before.

    :raises RuleError: ``intake.xml_declares_entities``, ``intake.xml_too_deep``,
        ``intake.xml_broken`` (row, position).
    """
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    depth = _Depth()
    parser.StartDoctypeDeclHandler = _refuse_declaration

    def on_start(name: str, attributes: dict[str, str]) -> None:
        depth.enter(parser.CurrentLineNumber)
        start(name, attributes)

    def on_end(name: str) -> None:
        depth.leave()
        if end:
            end(name)

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    if text:
        parser.CharacterDataHandler = text
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise RuleError("intake.xml_broken", row=error.lineno, position=error.offset + 1) from error


def local(name: str) -> str:
    """Return a name without its namespace prefix."""
    return name.rpartition(":")[2]


def _refuse_declaration(*_declaration: object) -> None:
    raise RuleError("intake.xml_declares_entities")


class _Depth:
    def __init__(self) -> None:
        self.now = 0

    def enter(self, line: int) -> None:
        self.now += 1
        if self.now > MAX_DEPTH:
            raise RuleError("intake.xml_too_deep", row=line, limit=MAX_DEPTH)

    def leave(self) -> None:
        self.now -= 1
