"""The answers a route can give when all went well; `problems` makes the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chalice.app import Response

from . import preconditions
from .exact_json import dumps

if TYPE_CHECKING:
    from .pages import Page
    from .requests import Request

__all__ = ["REPLAYED", "Headers", "answer", "linked", "listing", "no_content"]

Headers = dict[str, str | list[str]]

REPLAYED: Final = {"Idempotent-Replayed": "true"}
"""Beside an answer to a command that had been done before."""


def answer(
    document: Mapping[str, Any],
    *,
    status: int = 200,
    location: str | None = None,
    replayed: bool = False,
    etag: object | None = None,
) -> Response:
    """Serve one JSON object.

    Parameters
    ----------
    document
        The object, its numbers int or Decimal.
    status
        200, or 201 for something created; a replayed command answers 200 all the same.
    location
        Where a created resource is.
    replayed
        Whether the command had been done before.
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


def listing(page: Page, request: Request) -> Response:
    """Serve a page, with the address of the next in the body's cursor and in ``Link``."""
    document = {"items": page.documents, "next_cursor": page.next_cursor}
    return linked(answer(document), request, page.next_cursor)


def linked(response: Response, request: Request, next_cursor: str | None) -> Response:
    """Add the address of the next page to an answer, if there is one."""
    if next_cursor is not None:
        response.headers["Link"] = f'<{request.address_of_page(next_cursor)}>; rel="next"'
    return response


def no_content() -> Response:
    """Serve nothing: done."""
    return Response("", {}, 204)
