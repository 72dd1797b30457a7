"""Sheets of workbooks (``.xlsx``): exact numbers, dates in ISO 8601, the results of formulas.

A workbook is a ZIP file, which can be small and hold gigabytes: what is unpacked is bounded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError

from .cells import SPREADSHEET_ERRORS, Unreadable, cell_of
from .sources import CELL_MAX_CHARACTERS, COLUMNS_MAX, FileError, Open, SourceRow, places_of

__all__ = ["SHARED_TEXTS_MAX_BYTES", "SHEET_MAX_BYTES", "WorkbookTable"]

SHEET_MAX_BYTES: Final = 1_000_000_000
"""Unpacked bytes of a sheet, which is read row by row."""
SHARED_TEXTS_MAX_BYTES: Final = 50_000_000
"""Unpacked bytes of each other part of a workbook, such as its texts, which are in memory at once."""
_DIGITS_MAX: Final = 15
"""The significant digits of a number that workbooks keep."""


class WorkbookTable:
    """A sheet of a workbook.

    Parameters
    ----------
    sheet
        The name of the sheet, None for the first one that is visible.

    Attributes
    ----------
    columns
        The columns, without empty ones and those that the import itself writes.
    sheet
        The name of the sheet.
    other_sheets
        The names of the others that are visible.

    Raises
    ------
    FileError
        If it is no workbook, is too large, or has no such sheet or no header.
    """

    def __init__(self, name: str, content: Open, sheet: str | None) -> None:
        self._name = name
        with self._errors():
            self._workbook = _opened(name, content)
        sheets = self._workbook.worksheets
        visible = [each.title for each in sheets if each.sheet_state == "visible"]
        named = {each.title.strip().casefold(): each.title for each in sheets}
        if sheet is not None and sheet.strip().casefold() not in named:
            raise FileError(f"{name} has no sheet {sheet!r}; its sheets are {', '.join(named.values())}.")
        if sheet is None and not visible:
            raise FileError(f"{name} has no visible sheet: state --sheet.")
        self.sheet = visible[0] if sheet is None else named[sheet.strip().casefold()]
        self.other_sheets = [each for each in visible if each != self.sheet]
        header = next(self._cells(), None)
        if header is None:
            raise FileError(f"{name}, sheet {self.sheet}: has no header line.")
        self._header_row = header[0]
        self._places = places_of(f"{name}, sheet {self.sheet}", [cell_of(_read(cell)) for cell in header[1]])
        self.columns = tuple(self._places)

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows, without those that have no values."""
        last = max(self._places.values())
        for number, cells in self._cells():
            if number == self._header_row:
                continue
            read = [_read(cell) for cell in cells[: last + 1]]
            read += [""] * (last + 1 - len(read))
            values = {column: read[place] for column, place in self._places.items()}
            source = [_text(value) for value in values.values()]
            if not any(source):
                continue
            yield SourceRow(number, source, values)

    def _cells(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Yield the number and the cells of each row that has any values."""
        last = 0
        with self._errors():
            for number, row in _parser_of(self._workbook, self.sheet).parse():
                cells: list[dict[str, Any]] = []
                for cell in row:
                    if cell["value"] is None or cell["value"] == "":
                        continue
                    if cell["column"] > COLUMNS_MAX:
                        raise FileError(f"{self._name}, row {number}: has more than {COLUMNS_MAX:,} columns.")
                    cells += [_EMPTY] * (cell["column"] - 1 - len(cells))
                    cells.append(cell)
                if number <= last:
                    raise FileError(f"{self._name}, sheet {self.sheet}: row {number} follows row {last}.")
                last = number
                if cells:
                    yield number, cells

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise `FileError` for whatever is wrong with the workbook."""
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            yield
        except (
            zipfile.BadZipFile,
            InvalidFileException,
            ParseError,
            KeyError,
            ValueError,
            TypeError,
            IndexError,
            AttributeError,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise FileError(f"{self._name} is not a workbook that can be read: {error}.") from error


def _opened(name: str, content: Open) -> Any:
    """Return the workbook; it stays open, as its texts are read when it is opened."""
    from openpyxl import load_workbook

    opened = content()
    _check_sizes(name, opened)
    return load_workbook(opened, read_only=True, data_only=True, keep_links=False)


_EMPTY: Final[dict[str, Any]] = {"value": None, "data_type": "n"}


def _check_sizes(name: str, opened: BinaryIO) -> None:
    # zipfile reads no more of a part than its directory says: these sizes are true, or a part is broken.
    with zipfile.ZipFile(opened) as archive:
        for part in archive.infolist():
            is_sheet = part.filename.lower().startswith("xl/worksheets/")
            most = SHEET_MAX_BYTES if is_sheet else SHARED_TEXTS_MAX_BYTES
            if part.file_size > most:
                raise FileError(
                    f"{name} is too large: {part.filename} has {part.file_size:,} bytes"
                    f" instead of at most {most:,}."
                )
    opened.seek(0)


def _parser_of(workbook: Any, sheet: str) -> Any:
    """Return the parser of a sheet.

    It is openpyxl's own, below its sheets: those do not tell a formula without a result from an empty cell.
    """
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    class Parser(WorkSheetParser):  # type: ignore[misc,unused-ignore]
        def parse_cell(self, element: Any) -> Any:
            cell = super().parse_cell(element)
            if cell["value"] is None and element.find(FORMULA_TAG) is not None:
                cell |= {"data_type": "e", "value": "a formula that was not calculated"}
            cell["coordinate"] = element.get("r") or ""
            return cell

        def parse_extensions(self, element: Any) -> None:
            """Ignore what is not a cell."""

        parse_formatting = parse_sheet_protection = parse_extensions

    worksheet = workbook[sheet]
    return Parser(
        worksheet._get_source(),
        worksheet._shared_strings,
        data_only=True,
        epoch=workbook.epoch,
        date_formats=workbook._date_formats,
        timedelta_formats=workbook._timedelta_formats,
    )


def _read(cell: dict[str, Any]) -> Any:
    """Return the value of a cell: a text, an exact number or a boolean."""
    value = cell["value"]
    where = f"cell {cell.get('coordinate', '')}".rstrip()
    if cell["data_type"] == "e":
        text = value if value in SPREADSHEET_ERRORS else "#VALUE!"
        return Unreadable(f"{where} holds {value}", text)
    match value:
        case None:
            return ""
        case bool():
            return value
        case int() | float():
            return _exact(value, where)
        case datetime():
            is_day = value.time() == time()
            return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case str() if len(value) > CELL_MAX_CHARACTERS:
            return Unreadable(f"{where} has more than {CELL_MAX_CHARACTERS:,} characters", value)
        case _:
            return str(value).replace("\r\n", "\n")


def _exact(value: int | float, where: str) -> Any:
    # A workbook stores 19.99 as 19.989999999999998: the number that a person entered is the nearest one of
    # 15 digits, which is also what is shown.
    if abs(value) >= 10**_DIGITS_MAX:
        reason = f"{where} is a number of more than {_DIGITS_MAX} digits: format it as text"
        return Unreadable(reason, "#NUM!")
    number = Decimal(f"{value:.{_DIGITS_MAX}g}")
    return int(number) if number == number.to_integral_value() else number


def _text(value: Any) -> str:
    """Return the text of a cell in a rejects file."""
    if isinstance(value, Unreadable):
        return value.text
    text = cell_of(value)
    # With three decimals, it could be read as a number with a thousands separator.
    is_grouped = isinstance(value, Decimal) and len(text.rpartition(".")[2]) == 3
    return f"{text}0" if is_grouped else text
