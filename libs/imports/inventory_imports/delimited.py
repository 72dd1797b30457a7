"""Tables of texts: rows whose cells are separated by a comma, a semicolon, a tab or a bar.

The reading is strict, as RFC 4180 describes it.  A cell that contains the separator, a line break or a quote
is in quotes, and a quote within it is written twice.  A row with a misplaced quote is rejected if the end of
the row is certain all the same: the quote closes on its line, or the line has as many cells as the header and
no later line has a quote that could belong to it.  Else the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from inventory_common.spreadsheets import original

from .encodings import Encoding
from .sources import CELL_MAX_CHARACTERS, ROW_MAX_CHARACTERS, FileError, Open, SourceRow, is_own, places_of

__all__ = ["SEPARATORS", "DelimitedTable", "named_separator", "written_row"]

SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
"""The separators that are detected, and their names."""
_SAMPLE_ROWS: Final = 50
_QUOTE: Final = '"'
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""The first line by which Excel states the separator."""
_UNREADABLE: Final = re.compile("[\0\ud800-\udfff]")
_LINE_BREAKS: Final = re.compile(r"\r\n?")
_TWICE: Final = 'a quote within a cell is written twice, and the cell in quotes: "12"" pipe"'


@dataclass(frozen=True, slots=True)
class _Record:
    """A row: its text without the line break, and its cells, or what is wrong with it.

    With `is_open`, one of its quotes could close in a later line; with `is_misquoted`, a quote is misplaced.
    """

    line: int
    text: str
    cells: list[str]
    error: str | None = None
    is_misquoted: bool = False
    is_open: bool = False


def named_separator(text: str) -> str:
    """Return the separator that a person states: a character, or ``tab``; `FileError` for others."""
    separator = {"tab": "\t", "\\t": "\t"}.get(text.lower(), text)
    if len(separator) != 1 or separator in '"\r\n' or separator.isalnum():
        raise FileError(f"{text!r} is not a separator: state one character, or tab.")
    return separator


def written_row(cells: Iterable[str], separator: str) -> str:
    """Return the text of a row."""
    special = re.compile(rf'["\r\n{re.escape(separator)}]|^\s|\s$')
    return separator.join(
        f'"{cell.replace(_QUOTE, _QUOTE * 2)}"' if special.search(cell) else cell for cell in cells
    )


class DelimitedTable:
    """A table of texts.

    Parameters
    ----------
    separator
        The separator, None to detect it.

    Attributes
    ----------
    columns
        The columns, without empty ones and those that the import itself writes.
    header
        The text of the header line, without the columns that the import itself writes.
    line_break
        What is behind the header line.

    Raises
    ------
    FileError
        If there is no usable header, or the separator is not certain.
    """

    def __init__(self, name: str, content: Open, encoding: Encoding, separator: str | None) -> None:
        self._name = name
        self._content = content
        self._encoding = encoding
        self._ending, self.line_break = self._line_ending()
        self._header: list[str] = []
        self.separator, self._skipped = self._separator(separator)
        header = next(self._records(), None)
        if header is None:
            raise FileError(f"{name} has no header line.")
        if header.error is not None:
            raise FileError(f"{name}, line {header.line}: the header line is not CSV: {header.error}.")
        self._header = [cell.strip() for cell in header.cells]
        self._places = places_of(name, header.cells)
        self._width = len(header.cells)
        self._own = next((count for count, cell in enumerate(header.cells) if not is_own(cell)), 0)
        self.columns = tuple(self._places)
        self.header = self._without_own(header.text)

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows, without those that have no values.

        Raises
        ------
        FileError
            If the rows cannot be distinguished, such as behind a quote that is not closed.
        """
        records = self._records()
        next(records)
        for record in records:
            error = record.error or self._error_of(record)
            if error is not None:
                yield SourceRow(record.line, self._without_own(record.text), None, error)
                continue
            cells = record.cells
            values = {column: original(cells[place]) for column, place in self._places.items()}
            yield SourceRow(record.line, self._without_own(record.text), values)

    def _error_of(self, record: _Record) -> str | None:
        if len(record.cells) != self._width:
            return f"has {len(record.cells)} columns instead of {self._width}"
        if record.text.isascii() or not self._encoding.is_assumed or self._encoding.is_utf:
            return None
        try:
            record.text.encode(self._encoding.name).decode("utf-8")
        except ValueError:
            return None
        return f"is UTF-8, and the file is read as {self._encoding.shown}: state --encoding"

    def _without_own(self, text: str) -> str:
        position = 0
        for _ in range(self._own):
            end = _end_of_cell(text, position, self.separator)
            position = end + 1
        return text[position:]

    # Lines

    def _line_ending(self) -> tuple[str, str]:
        """Return the character that ends rows, and the line break of the header line."""
        with self._encoding.open(self._content) as opened:
            head = self._decoded(lambda: opened.read(ROW_MAX_CHARACTERS))
        is_quoted = False
        for match in re.finditer(r'["\r\n]', head):
            if match.group() == _QUOTE:
                is_quoted = not is_quoted
            elif not is_quoted:
                if match.group() == "\n":
                    return "\n", "\n"
                is_pair = head.startswith("\n", match.end()) or re.match(r"\r+\n", head[match.start() :])
                return ("\n", "\r\n") if is_pair else ("\r", "\r")
        return "\n", "\n"

    def _lines(self) -> Iterator[str]:
        with self._encoding.open(self._content) as opened:
            if self._ending == "\r":
                yield from self._old_lines(opened.read)
                return
            while line := self._decoded(lambda: opened.readline(ROW_MAX_CHARACTERS + 2)):
                yield line

    def _old_lines(self, read: Callable[[int], str]) -> Iterator[str]:
        """Yield lines that end with a carriage return alone, as old Macintoshes write them."""
        kept = ""
        while chunk := self._decoded(lambda: read(1 << 16)):
            *lines, kept = re.split(r"(?<=\r)", kept + chunk)
            yield from lines
            if len(kept) > ROW_MAX_CHARACTERS:
                yield kept
                return
        if kept:
            yield kept

    def _decoded(self, read: Callable[[], str]) -> str:
        try:
            return read()
        except UnicodeDecodeError as error:
            raise FileError(f"{self._name} is not {self._encoding.shown}: {error.reason}.") from error

    # Rows

    def _records(self) -> Iterator[_Record]:
        """Yield the header and the rows."""
        return self._read(self._lines(), self.separator, self._skipped)

    def _read(self, lines: Iterator[str], separator: str, skipped: int = 0) -> Iterator[_Record]:
        numbered = enumerate(lines, start=1)
        open_line = 0
        for _ in range(skipped):
            next(numbered, None)
        for line, text in numbered:
            if not text.replace(separator, "").strip():
                continue
            row = self.without_line_break(text)
            if _QUOTE in row or "\r" in row or "\n" in row or len(row) > CELL_MAX_CHARACTERS:
                record = _RowReader(self, numbered, separator, line, text).record()
                if record.error is None and not any(cell.strip() for cell in record.cells):
                    continue
                if open_line and record.is_misquoted:
                    reason = f"this line and line {line} have misplaced quotes, so that the rows between them"
                    raise self.refuse(open_line, f"{reason} cannot be distinguished; {_TWICE}")
                open_line = open_line or (line if record.is_open else 0)
            else:
                record = _Record(line, row, row.split(separator))
            if match := _UNREADABLE.search(record.text):
                is_zero = match.group() == "\0"
                reason = "has a NUL character" if is_zero else f"is not {self._encoding.shown}"
                record = _Record(line, record.text, record.cells, record.error or reason)
            yield record

    def without_line_break(self, text: str) -> str:
        """Return a line without what ends it."""
        return (text.removesuffix("\n") if self._ending == "\n" else text).rstrip("\r")

    def label(self, number: int) -> str:
        """Return the name of a column by its number, from 1."""
        name = self._header[number - 1] if number <= len(self._header) else ""
        return name or f"column {number}"

    @property
    def width(self) -> int:
        """The number of cells of the header, 0 before it has been read."""
        return len(self._header)

    def refuse(self, line: int, reason: str) -> FileError:
        """Return the error of a file whose rows cannot be distinguished."""
        return FileError(f"{self._name}, line {line}: {reason}. Nothing was imported.")

    # The separator

    def _separator(self, stated: str | None) -> tuple[str, int]:
        """Return the separator, and the number of lines before the header that state it."""
        first = next(self._lines(), "").rstrip("\r\n")
        if match := _SEP_LINE.fullmatch(first):
            return stated or match[1], 1
        if stated is not None:
            return stated, 0
        scores = sorted((self._score(each) for each in SEPARATORS), reverse=True)
        best, *others = [score for score in scores if score[1] > 1] or [(1.0, 1, ",")]
        if others and others[0][:2] == best[:2]:
            names = " and ".join(SEPARATORS[score[2]] for score in (best, others[0]))
            raise FileError(f"{self._name} could be separated by {names}: state --separator.")
        return best[2], 0

    def _score(self, separator: str) -> tuple[float, int, str]:
        """Return the share of the first rows with as many cells as the header, and that number."""
        widths: list[int] = []
        try:
            for record in islice(self._read(self._lines(), separator), _SAMPLE_ROWS):
                if record.error is None or not widths:
                    widths.append(0 if record.error else len(record.cells))
        except FileError:
            pass
        if not widths:
            return 0.0, 0, separator
        header, *rows = widths
        return (sum(width == header for width in rows) / len(rows) if rows else 1.0), header, separator


class _RowReader:
    """Reads a row that has quotes, with all lines that belong to it."""

    def __init__(
        self, table: DelimitedTable, lines: Iterator[tuple[int, str]], separator: str, line: int, text: str
    ) -> None:
        self._table = table
        self._lines = lines
        self._separator = separator
        self._begin = self._line = line
        self._text = text
        self._end = len(table.without_line_break(text))
        self._earlier: list[str] = []
        self._length = 0
        self._error: str | None = None
        self._is_misquoted = False
        self._is_open = False
        self._check_length()

    def record(self) -> _Record:
        """Return the row."""
        cells: list[str] = []
        position = 0
        while True:
            cell, position = self._cell(position, len(cells) + 1)
            if len(cell) > CELL_MAX_CHARACTERS:
                label = self._table.label(len(cells) + 1)
                self._note(f"{label}: has more than {CELL_MAX_CHARACTERS:,} characters")
            cells.append(cell)
            if position >= self._end:
                break
            position += 1
        if self._is_open and self._table.width not in (0, len(cells)):
            reason = f"{self._error}; with {len(cells)} cells instead of {self._table.width},"
            raise self._table.refuse(self._line, f"{reason} the end of the row is not certain")
        text = "".join([*self._earlier, self._text[: self._end]])
        return _Record(self._begin, text, cells, self._error, self._is_misquoted, self._is_open)

    def _cell(self, begin: int, column: int) -> tuple[str, int]:
        """Return the cell that begins at a position, and the position behind it."""
        if self._text.startswith(_QUOTE, begin):
            return self._quoted(begin, column)
        end = self._text.find(self._separator, begin, self._end)
        end = self._end if end < 0 else end
        cell = self._text[begin:end]
        if cell.lstrip().startswith(_QUOTE):
            self._note(f"{self._table.label(column)}: has blanks before a quote", is_misquoted=True)
            return cell, self._behind_quote(begin)
        if _QUOTE in cell:
            self._note(f"{self._table.label(column)}: {_TWICE}", is_misquoted=True)
        elif "\r" in cell or "\n" in cell:
            self._note(f"{self._table.label(column)}: has a line break that is not in quotes")
        return cell, end

    def _quoted(self, begin: int, column: int) -> tuple[str, int]:
        opened = self._line
        pieces = []
        position = begin + 1
        while True:
            quote = self._text.find(_QUOTE, position)
            if quote < 0:
                pieces.append(self._text[position:])
                self._next_line(opened, column)
                position = 0
            elif self._text.startswith(_QUOTE, quote + 1):
                pieces.append(self._text[position : quote + 1])
                position = quote + 2
            else:
                pieces.append(self._text[position:quote])
                position = quote + 1
                break
        cell = "".join(pieces)
        if "\r" in cell:
            cell = _LINE_BREAKS.sub("\n", cell)
        if position >= self._end or self._text[position] == self._separator:
            return cell, position
        if opened != self._line:
            raise self._table.refuse(
                opened,
                f"the quote that opens {self._table.label(column)} closes in line {self._line} with text"
                " behind it, so that the rows cannot be distinguished",
            )
        self._note(f"{self._table.label(column)}: {_TWICE}", is_misquoted=True)
        return cell, self._behind_quote(position)

    def _behind_quote(self, position: int) -> int:
        """Return the end of a wrong cell: the next quote on its line that ends a cell, or its separator."""
        pattern = re.compile(rf'"(?={re.escape(self._separator)})')
        match = pattern.search(self._text, position, self._end)
        if match is not None:
            return match.end()
        if self._text.endswith(_QUOTE, position, self._end):
            return self._end
        self._is_open = True
        end = self._text.find(self._separator, position, self._end)
        return self._end if end < 0 else end

    def _next_line(self, opened: int, column: int) -> None:
        reason = f"the quote that opens {self._table.label(column)} is not closed"
        if self._is_misquoted:
            reason = f"the row has a misplaced quote ({self._error}), and {reason} on its line"
        line, text = next(self._lines, (0, ""))
        if not text or self._is_misquoted:
            raise self._table.refuse(opened, reason)
        self._earlier.append(self._text)
        self._length += len(self._text)
        self._line, self._text = line, text
        self._end = len(self._table.without_line_break(text))
        self._check_length(f"{reason} within")

    def _check_length(self, reason: str = "the row has more than") -> None:
        if self._length + self._end > ROW_MAX_CHARACTERS:
            raise self._table.refuse(self._begin, f"{reason} {ROW_MAX_CHARACTERS:,} characters")

    def _note(self, error: str, *, is_misquoted: bool = False) -> None:
        self._error = self._error or error
        self._is_misquoted |= is_misquoted


def _end_of_cell(text: str, begin: int, separator: str) -> int:
    """Return the position behind a well-formed cell."""
    position = begin
    if text.startswith(_QUOTE, begin):
        position += 1
        while (position := text.find(_QUOTE, position)) >= 0 and text.startswith(_QUOTE, position + 1):
            position += 2
    end = text.find(separator, max(position, begin))
    return len(text) if end < 0 else end
