"""Lists as files: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from inventory_common.exact_json import dumps
from inventory_common.limits import EXPORT_BYTES_MAX, EXPORT_QUERIES_MAX, EXPORT_WIRE_BYTES_MAX
from inventory_common.pages import PageRequest, decode_cursor, encode_cursor
from inventory_common.spreadsheets import neutralized
from inventory_common.values import value

from ..domain.list_page import ListPage

__all__ = ["FILE_FORMATS", "Export", "FileFormat", "export"]

_ITEMS_PER_QUERY: Final = 1_000


@value
class FileFormat:
    """A file format: `head` returns the beginning of a file with these columns, `row` a document's part."""

    media_type: str
    file_name: str
    head: Callable[[Sequence[str]], str]
    row: Callable[[Mapping[str, Any], Sequence[str]], str]


@value
class Export:
    """The text of a file, and the cursor of the rest of the list, None if there is none."""

    text: str
    next_cursor: str | None


def export(
    read: Callable[[PageRequest], ListPage],
    file_format: FileFormat,
    columns: Sequence[str],
    page: PageRequest,
    *,
    single_page: bool,
) -> Export:
    """Return as much of a list as fits into one response, from a position on.

    Parameters
    ----------
    read
        Reads a page of the list.
    columns
        The members of a document that are exported.
    single_page
        Whether the export ends after the `limit` of `page`.
    """
    parts = [file_format.head(columns)]
    size, wire_size = len(parts[0].encode()), _wire_size(parts[0])
    after = page.after
    for _ in range(EXPORT_QUERIES_MAX):
        found = read(PageRequest(page.limit if single_page else _ITEMS_PER_QUERY, after))
        for document in found.documents:
            row = file_format.row(document, columns)
            size, wire_size = size + len(row.encode()), wire_size + _wire_size(row)
            if size > EXPORT_BYTES_MAX or wire_size > EXPORT_WIRE_BYTES_MAX:
                # `after` is the position of the last row that fits; at least one does.
                return Export("".join(parts), None if after is None else encode_cursor(after))
            parts.append(row)
            after = found.position_of(document)
        if found.next_cursor is None:
            return Export("".join(parts), None)
        after = decode_cursor(found.next_cursor)
        if single_page:
            break
    return Export("".join(parts), encode_cursor(after) if after else None)


def _wire_size(text: str) -> int:
    """Return the size as a JSON string, the form in which Lambda passes a response on."""
    return len(json.dumps(text))


def _csv_line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)  # RFC 4180: CRLF, and quotes where they are needed
    return line.getvalue()


def _csv_row(document: Mapping[str, Any], columns: Sequence[str]) -> str:
    return _csv_line([_cell(document[name]) for name in columns])


def _json_line(document: Mapping[str, Any], columns: Sequence[str]) -> str:
    return dumps({name: document[name] for name in columns}) + "\n"


def _cell(value: Any) -> Any:
    """Return what a spreadsheet shows without evaluating it; numbers stay numbers, null is an empty cell."""
    text = dumps(value) if isinstance(value, dict | list) else value
    return neutralized(text) if isinstance(text, str) else text


FILE_FORMATS: Final[Mapping[str, FileFormat]] = {
    file_format.media_type: file_format
    for file_format in (
        FileFormat("text/csv", "log.csv", _csv_line, _csv_row),
        FileFormat("application/x-ndjson", "log.ndjson", lambda _: "", _json_line),
    )
}
"""By media type."""
