"""The response of a list: a page of JSON, or a file in the format that the Accept header prefers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from chalice.app import Response

from inventory_common.pages import PageRequest
from inventory_common.requests import FIELDS, Request
from inventory_common.responses import Headers, page_response, with_next_link

from ..domain.list_page import ListPage
from ..engine.exports import FILE_FORMATS, FileFormat, export

__all__ = ["EXPORT_MEDIA_TYPES", "list_response", "preferred_format"]

EXPORT_MEDIA_TYPES: Final[Mapping[str, str]] = {
    "text/csv": "With `Accept: text/csv`: a header and a row for each item, as many as fit into a response.",
    "application/x-ndjson": "With `Accept: application/x-ndjson`: a JSON object for each item, one on each "
    "line, as many as fit into a response.",
}
"""The further media types of a list."""

_JSON: Final = "application/json"
_ACCEPTED: Final = re.compile(r"\s*([\w*!#$&^.+-]+/[\w*!#$&^.+-]+)\s*(?:;(.*))?")


def list_response(
    request: Request[None], read: Callable[[PageRequest], ListPage], columns: Sequence[str]
) -> Response:
    """Return a page of a list as JSON, or as much of the list as fits into a file.

    If the request names `FIELDS`, the items have these members alone, and the file these columns.
    """
    file_format = preferred_format(request.accept)
    if file_format is None:
        return page_response(read(request.page), request)
    single_page = "limit" in request.query_as_sent
    chosen = request.query.get(FIELDS) or columns
    exported = export(read, file_format, chosen, request.page, single_page=single_page)
    headers: Headers = {
        "Content-Type": f"{file_format.media_type}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{file_format.file_name}"',
    }
    return with_next_link(Response(exported.text, headers), request, exported.next_cursor)


def preferred_format(accept: str) -> FileFormat | None:
    """Return the file format that an Accept header prefers; None for JSON, which is also the default."""
    best, best_quality = _JSON, 0.0
    for part in accept.split(","):
        matched = _ACCEPTED.fullmatch(part)
        if matched is None:
            continue
        quality = _quality(matched[2] or "")
        offered = next((each for each in (_JSON, *FILE_FORMATS) if _matches(matched[1].lower(), each)), None)
        if offered is not None and quality > best_quality:
            best, best_quality = offered, quality
    return FILE_FORMATS.get(best)


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
