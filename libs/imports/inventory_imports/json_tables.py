"""Tables of JSON objects: one in each line (``.jsonl``), or an array of them (``.json``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from inventory_common.errors import InvalidJson
from inventory_common.exact_json import loads

from .encodings import Encoding
from .sources import ROW_MAX_CHARACTERS, FileError, Open, SourceRow, folded, is_own

__all__ = ["JsonArrayTable", "JsonLinesTable"]

_CHUNK_CHARACTERS: Final = 1 << 16
_BLANKS: Final = " \t\r\n"


class JsonLinesTable:
    """A table whose lines are JSON objects."""

    columns = None

    def __init__(self, name: str, content: Open, encoding: Encoding) -> None:
        self._name = name
        self._content = content
        self._encoding = encoding

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows, without blank lines."""
        with self._encoding.open(self._content) as opened:
            line = 0
            while True:
                line += 1
                try:
                    text = opened.readline(ROW_MAX_CHARACTERS + 1)
                except UnicodeDecodeError as error:
                    raise FileError(f"{self._name} is not {self._encoding.shown}: {error.reason}.") from error
                if not text:
                    return
                if len(text) > ROW_MAX_CHARACTERS:
                    raise FileError(
                        f"{self._name}, line {line}: the row has more than {ROW_MAX_CHARACTERS:,} characters."
                    )
                text = text.strip("\r\n")
                if text.strip():
                    yield _row(line, text, self._encoding)


class JsonArrayTable:
    """A table that is an array of JSON objects; the number of a row is its place in the array, from 1."""

    columns = None

    def __init__(self, name: str, content: Open, encoding: Encoding) -> None:
        self._name = name
        self._content = content
        self._encoding = encoding

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows."""
        for number, text in enumerate(self._texts(), start=1):
            yield _row(number, text, self._encoding)

    def _texts(self) -> Iterator[str]:
        """Yield the texts of the array's members, with few of them in memory."""
        with self._encoding.open(self._content) as opened:
            reader = _ArrayReader(self._name, opened.read, self._encoding)
            yield from reader.texts()


class _ArrayReader:
    def __init__(self, name: str, read: Any, encoding: Encoding) -> None:
        self._name = name
        self._read = read
        self._encoding = encoding
        self._text = ""
        self._position = 0
        self._line = 1
        self._has_ended = False
        self._decoder = json.JSONDecoder(parse_float=str, parse_int=str)

    def texts(self) -> Iterator[str]:
        self._expect("[", "is not an array of JSON objects")
        if self._next() == "]":
            self._position += 1
        else:
            while True:
                yield self._member()
                if self._next() == "]":
                    self._position += 1
                    break
                self._expect(",", "is not JSON: a comma or ] is missing")
        if self._next():
            raise self._error("is not JSON: text follows the array")

    def _member(self) -> str:
        self._next()
        while True:
            try:
                _, end = self._decoder.raw_decode(self._text, self._position)
                # A number at the end of what has been read may go on.
                if end < len(self._text) or self._has_ended:
                    break
                reason = "it ends too early"
            except RecursionError:
                raise self._error("is not JSON: it is nested too deeply") from None
            except ValueError as error:
                reason = str(error)
            if self._has_ended or len(self._text) - self._position > ROW_MAX_CHARACTERS:
                raise self._error(f"is not JSON: {reason.partition(': line')[0]}")
            self._fill(max(_CHUNK_CHARACTERS, len(self._text) - self._position))
        text = self._text[self._position : end]
        self._line += text.count("\n")
        self._position = end
        return text

    def _next(self) -> str:
        """Skip blanks and return the next character, or an empty text at the end."""
        while True:
            while self._position < len(self._text) and self._text[self._position] in _BLANKS:
                self._line += self._text[self._position] == "\n"
                self._position += 1
            if self._position < len(self._text):
                return self._text[self._position]
            if self._has_ended:
                return ""
            self._fill(_CHUNK_CHARACTERS)

    def _expect(self, character: str, error: str) -> None:
        if self._next() != character:
            raise self._error(error)
        self._position += 1

    def _fill(self, size: int) -> None:
        try:
            read = self._read(size)
        except UnicodeDecodeError as error:
            raise FileError(f"{self._name} is not {self._encoding.shown}: {error.reason}.") from error
        self._has_ended = not read
        self._text = self._text[self._position :] + read
        self._position = 0

    def _error(self, reason: str) -> FileError:
        return FileError(f"{self._name}, line {self._line}: {reason}.")


def _row(line: int, text: str, encoding: Encoding) -> SourceRow:
    try:
        document = loads(text.encode())
    except UnicodeEncodeError:
        escaped = text.encode(errors="surrogateescape").decode(errors="backslashreplace")
        return SourceRow(line, escaped, None, f"is not {encoding.shown}")
    except InvalidJson as error:
        return SourceRow(line, text, None, str(error))
    if not isinstance(document, dict):
        return SourceRow(line, text, None, "is not a JSON object")
    values: dict[str, Any] = {name: value for name, value in document.items() if not is_own(name)}
    if len({folded(name) for name in values}) != len(values):
        return SourceRow(line, text, None, "names a column twice")
    try:
        json.dumps(values, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return SourceRow(line, text, None, "has half a surrogate pair, which is no character")
    return SourceRow(line, text, values)
