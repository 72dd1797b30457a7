"""Lists in the forms of files: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from inventory_common.exact_json import dumps
from inventory_common.limits import EXPORT_BYTES_MAX, EXPORT_QUERIES_MAX, EXPORT_WIRE_BYTES_MAX
from inventory_common.pages import PageRequest, decode_cursor, encode_cursor
from inventory_common.responses import Headers
from inventory_common.values import value

from .log_gateway import LogPage

__all__ = ["Export", "Form", "export", "form_of"]

_ITEMS_AT_ONCE: Final = 1_000
_JSON: Final = "application/json"
_ACCEPTED: Final = re.compile(r"\s*([\w*!#$&^.+-]+/[\w*!#$&^.+-]+)\s*(?:;(.*))?")
# What spreadsheets take for the beginning of a formula, also after their own conversion to half width.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Row = Callable[[Mapping[str, Any], Sequence[str]], str]


@value
class Form:
    """A form of file: how it begins, and how a document becomes a part of it."""

    media_type: str
    file_name: str
    head: Callable[[Sequence[str]], str]
    row: Row

    @property
    def headers(self) -> Headers:
        """The headers of an answer in this form."""
        return {
            "Content-Type": f"{self.media_type}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{self.file_name}"',
        }


@value
class Export:
    """A file's text, and the cursor to the rest of it."""

    text: str
    next_cursor: str | None


def form_of(accept: str) -> Form | None:
    """Return the form that an Accept header prefers; None for JSON, which is served for want of any other."""
    best, best_quality = _JSON, 0.0
    for part in accept.split(","):
        matched = _ACCEPTED.fullmatch(part)
        if matched is None:
            continue
        quality = _quality(matched[2] or "")
        offered = next((each for each in (_JSON, *FORMS) if _matches(matched[1].lower(), each)), None)
        if offered is not None and quality > best_quality:
            best, best_quality = offered, quality
    return FORMS.get(best)


def export(
    read: Callable[[PageRequest], LogPage],
    form: Form,
    columns: Sequence[str],
    page: PageRequest,
    *,
    is_page: bool,
) -> Export:
    """Return a list from a position on, as much of it as fits into one answer.

    Parameters
    ----------
    read
        Reads a page of it.
    columns
        The members that a row has, where the form has columns.
    is_page
        Whether only the page's own `limit` of documents is wanted.
    """
    parts = [form.head(columns)]
    size, wire_size = len(parts[0].encode()), _wire_size(parts[0])
    after = page.after
    for _ in range(EXPORT_QUERIES_MAX):
        found = read(PageRequest(page.limit if is_page else _ITEMS_AT_ONCE, after))
        for document in found.documents:
            row = form.row(document, columns)
            size, wire_size = size + len(row.encode()), wire_size + _wire_size(row)
            if size > EXPORT_BYTES_MAX or wire_size > EXPORT_WIRE_BYTES_MAX:
                # `after` is behind the last row that fitted: at least one does.
                return Export("".join(parts), None if after is None else encode_cursor(after))
            parts.append(row)
            after = found.position_of(document)
        if found.next_cursor is None:
            return Export("".join(parts), None)
        after = decode_cursor(found.next_cursor)
        if is_page:
            break
    return Export("".join(parts), encode_cursor(after) if after else None)


def _wire_size(text: str) -> int:
    return len(json.dumps(text))


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def _matches(pattern: str, media_type: str) -> bool:
    return pattern in (media_type, "*/*", media_type.partition("/")[0] + "/*")


def _csv_line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)  # RFC 4180: CRLF, and quotes where they are needed
    return line.getvalue()


def _csv_row(document: Mapping[str, Any], columns: Sequence[str]) -> str:
    return _csv_line([_cell(document[name]) for name in columns])


def _cell(value: Any) -> Any:
    """Return what a spreadsheet shows and does not run; numbers stay numbers, absent values are empty."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return dumps(value) if isinstance(value, dict | list) else value


FORMS: Final[Mapping[str, Form]] = {
    form.media_type: form
    for form in (
        Form("text/csv", "log.csv", _csv_line, _csv_row),
        Form("application/x-ndjson", "log.ndjson", lambda _: "", lambda document, _: dumps(document) + "\n"),
    )
}
