"""The responses of a route that succeeds; those of errors are in `problems`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chalice.app import Response

from . import preconditions
from .exact_json import dumps
from .requests import FIELDS, Request

if TYPE_CHECKING:
    from .pages import Page

__all__ = [
    "REPLAYED",
    "Headers",
    "accepted_response",
    "json_response",
    "no_content",
    "page_response",
    "with_next_link",
]

Headers = dict[str, str | list[str]]

REPLAYED: Final = {"Idempotent-Replayed": "true"}
"""The header of the response to a command that was executed before."""

_ACCEPTED_RETRY_AFTER_SECONDS: Final = 2
"""When to send a command again that has begun and finishes later."""


def json_response(
    document: Mapping[str, Any],
    *,
    status: int = 200,
    location: str | None = None,
    replayed: bool = False,
    etag: object | None = None,
) -> Response:
    """Return a response that holds one JSON object.

    Parameters
    ----------
    document
        The object, its numbers int or Decimal.
    status
        200, or 201 for a created resource; a replayed command returns 200 instead.
    location
        The address of a created resource.
    replayed
        Whether the command was executed before.
    etag
        The version of a single resource.
    """
    headers: Headers = {"Content-Type": "application/json"}
    if location is not None:
        headers["Location"] = location
    if etag is not None:
        headers["ETag"] = preconditions.etag(etag)
    if replayed:
        headers |= REPLAYED
    return Response(dumps(document), headers, 200 if replayed else status)


def accepted_response(document: Mapping[str, Any]) -> Response:
    """Return the response to a command that has begun, and finishes by itself or when it is sent again."""
    headers: Headers = {
        "Content-Type": "application/json",
        "Retry-After": str(_ACCEPTED_RETRY_AFTER_SECONDS),
    }
    return Response(dumps(document), headers, 202)


def page_response(page: Page, request: Request[Any]) -> Response:
    """Return a page of a list: the body has the cursor of the next page, the header ``Link`` its address.

    If the request names `FIELDS`, the items have these members alone.
    """
    fields = request.query.get(FIELDS)
    items = page.documents
    if fields is not None:
        items = [{name: item[name] for name in fields} for item in items]
    document = {"items": items, "next_cursor": page.next_cursor}
    return with_next_link(json_response(document), request, page.next_cursor)


def with_next_link(response: Response, request: Request[Any], next_cursor: str | None) -> Response:
    """Add the address of the next page to a response, if there is one."""
    if next_cursor is not None:
        response.headers["Link"] = f'<{request.address_of_page(next_cursor)}>; rel="next"'
    return response


def no_content(*, replayed: bool = False) -> Response:
    """Return a response without a body; `replayed` is whether the command was executed before."""
    return Response("", {**REPLAYED} if replayed else {}, 204)
