"""JSON as a stream: arrays of records are read one record at a time, digits as they were written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits

CHUNK = 1 << 20
DEEPEST = 4  # names above an array of records
TOP = "$"
_SPACE = re.compile(r"[ \t\r\n]*")
_CUT = 16  # characters from the end of the buffer within which an error may only mean that more is to come
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)

Element = tuple[str, Any]  # where the array stands, and one record of it


def elements(path: Path) -> Iterator[Element]:
    """Yield every record (object or array) of every array of records; of JSON Lines every line.

    :raises RuleError: ``intake.json_broken`` (row), ``intake.json_too_deep``, ``intake.record_too_long``.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        text = _Text(stream)
        if text.has_several_values():
            while text.peek():
                yield TOP, text.value()
        else:
            yield from _walk(text, TOP, 0)
            if text.peek():
                raise text.broken()


def _walk(text: _Text, place: str, depth: int) -> Iterator[Element]:
    first = text.peek()
    if first == "[":
        yield from _array(text, place)
    elif first == "{" and depth < DEEPEST:
        yield from _object(text, place, depth)
    else:
        text.value()


def _array(text: _Text, place: str) -> Iterator[Element]:
    text.take("[")
    while text.peek() != "]":
        value = text.value()
        if isinstance(value, (dict, list)):
            yield place, value
        if text.peek() != "]":
            text.take(",")
    text.take("]")


def _object(text: _Text, place: str, depth: int) -> Iterator[Element]:
    text.take("{")
    while text.peek() != "}":
        name = text.value()
        text.take(":")
        yield from _walk(text, name if place == TOP else f"{place}.{name}", depth + 1)
        if text.peek() != "}":
            text.take(",")
    text.take("}")


class _Text:
    """A window on the text that grows only as far as one value needs."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.buffer, self.place, self.line = "", 0, 1
        self.ended = False

    def has_several_values(self) -> bool:
        """Tell JSON Lines: a whole value stands at the start, and another one follows."""
        if self.peek() != "{":
            return False
        try:
            end = self._decode()[1]
        except RuleError as error:
            if error.code == "intake.record_too_long":
                return False
            raise
        while not (rest := self.buffer[end:].strip()) and not self.ended:
            self._fill()
        return rest.startswith("{")

    def peek(self) -> str:
        """Return the next character that is no blank; nothing at the end."""
        while True:
            match = _SPACE.match(self.buffer, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self.buffer) or self.ended:
                return self.buffer[self.place : self.place + 1]
            self._fill()

    def take(self, character: str) -> None:
        """Go past a character that must come now."""
        if self.peek() != character:
            raise self.broken()
        self.place += 1

    def value(self) -> Any:
        """Return the next value, whole."""
        self.peek()
        value, self.place = self._decode()
        if self.place > CHUNK:
            self._forget()
        return value

    def broken(self, place: int | None = None) -> RuleError:
        """Return what is wrong at this place."""
        here = self.place if place is None else place
        return RuleError("intake.json_broken", row=self.line + self.buffer.count("\n", 0, here))

    def _decode(self) -> tuple[Any, int]:
        while True:
            try:
                return _DECODER.raw_decode(self.buffer, self.place)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos > len(self.buffer) - _CUT
                if self.ended or not cut:
                    raise self.broken(error.pos) from error
            except RecursionError as error:
                raise RuleError("intake.json_too_deep") from error
            self._forget()
            if len(self.buffer) > limits.MAX_RECORD:
                raise RuleError(
                    "intake.record_too_long", row=self.line, limit_mb=limits.MAX_RECORD // limits.MIB
                )
            self._fill()

    def _fill(self) -> None:
        chunk = self.stream.read(max(CHUNK, len(self.buffer) - self.place))
        self.ended = not chunk
        self.buffer += chunk

    def _forget(self) -> None:
        self.line += self.buffer.count("\n", 0, self.place)
        self.buffer, self.place = self.buffer[self.place :], 0
