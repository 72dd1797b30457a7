"""Requests to one service over HTTP: tokens, retries, pages, and the decoding of responses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx

from inventory_common.errors import InvalidJson
from inventory_common.exact_json import dumps, loads
from inventory_common.limits import BULK_PAGE_MAX_ITEMS, PAGE_MAX_ITEMS
from inventory_common.preconditions import etag

from .documents import Outcome, selected
from .plain_http import is_this_machine, require_encryption
from .problems import NoAnswer, UnexpectedAnswer, error_of
from .retries import Retries
from .tls import tls_context
from .tokens import TokenSource

__all__ = ["FIELDS", "Client", "Params", "path_of"]

T = TypeVar("T")

Params = Mapping[str, str | int | None]
"""Query parameters; those that are None are not sent."""

FIELDS: Final = "fields"
"""The parameter of a list that names the members of its items."""
_TIMEOUT_SECONDS: Final = 30.0
"""API Gateway itself gives up after 29 s."""

_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def path_of(*segments: str) -> str:
    """Return a path of segments, each percent-encoded once."""
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


class Client:
    """A client of one service; threads may share it, and its owner closes it.

    Parameters
    ----------
    base_url
        The address of the service, e.g. ``http://127.0.0.1:8001``.
    tokens
        The source of bearer tokens; None sends requests without one.
    retries
        How often and when requests are repeated.
    timeout_seconds
        Of each attempt: to connect, and between two parts of a response.
    allow_plain_http
        Whether tokens are sent over ``http://`` to other machines than this one.
    transport, sleep
        The HTTP transport, and the function that waits; tests replace both.
    """

    def __init__(
        self,
        base_url: str,
        tokens: TokenSource | None = None,
        *,
        retries: Retries | None = None,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        allow_plain_http: bool = False,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        try:
            url = httpx.URL(base_url)
            self._http = httpx.Client(
                base_url=url,
                transport=transport,
                timeout=timeout_seconds,
                # Requests to this machine must not go through a proxy that the environment names.
                trust_env=not is_this_machine(url.host),
                verify=tls_context(),
            )
        except httpx.InvalidURL as error:
            raise NoAnswer(f"{base_url} is not a URL: {error}") from error
        self._tokens = tokens
        self._retries = retries or Retries()
        self._allow_plain_http = allow_plain_http
        self._sleep = sleep

    def __enter__(self) -> Self:
        """Return the client; leaving the block closes its connections."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def acting_as(self, tokens: TokenSource | None) -> Self:
        """Return a client that sends other tokens over the same connections; close only one of the two."""
        other = copy(self)
        other._tokens = tokens
        return other

    def health(self) -> bool:
        """Return whether the service runs."""
        return bool(self._decoded(self._send("GET", "/health"), lambda body: body["status"] == "ok"))

    # For the clients of the services

    def _get(self, path: str, decode: Callable[[Any], T], params: Params | None = None) -> T:
        return self._decoded(self._send("GET", path, params=params), decode)

    def _text(self, path: str, media_type: str, params: Params | None = None) -> str:
        response = self._send("GET", path, params=params)
        content_type = response.headers.get("Content-Type", "")
        if content_type.partition(";")[0].strip().lower() != media_type:
            request_line = f"{response.request.method} {response.request.url}"
            raise UnexpectedAnswer(f"{request_line} answered {content_type or 'no type'}, not {media_type}")
        return response.text

    def _command(
        self,
        method: str,
        path: str,
        decode: Callable[[Any], T],
        *,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Outcome[T]:
        response = self._send(method, path, body=body, key=key)
        replayed = response.headers.get("Idempotent-Replayed", "").lower() == "true"
        return Outcome(self._decoded(response, decode), replayed)

    def _items(
        self,
        path: str,
        decode: Callable[[Any], T],
        params: Params | None = None,
        *,
        limit: int = PAGE_MAX_ITEMS,
    ) -> Iterator[T]:
        """Yield the items of a list; a page is fetched when it is needed."""
        for page in self._pages(path, decode, params, limit=limit):
            yield from page

    def _members(
        self, path: str, members: Sequence[str], params: Params | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the named members alone of the items of a list, in large pages."""
        return self._items(
            path,
            lambda item: selected(item, members),
            {**(params or {}), FIELDS: ",".join(members)},
            limit=BULK_PAGE_MAX_ITEMS,
        )

    def _pages(
        self,
        path: str,
        decode: Callable[[Any], T],
        params: Params | None = None,
        *,
        limit: int = PAGE_MAX_ITEMS,
        first_limit: int | None = None,
    ) -> Iterator[list[T]]:
        """Yield the pages of a list; an empty one need not be the last.

        Parameters
        ----------
        limit, first_limit
            The maximum number of items of a page, and of the first page if that differs.
        """
        page_params = {"limit": first_limit or limit, **(params or {})}
        while True:
            response = self._send("GET", path, params=page_params)
            items, next_cursor = self._decoded(
                response, lambda body: ([decode(item) for item in body["items"]], body["next_cursor"])
            )
            yield items
            if next_cursor is None:
                return
            page_params |= {"limit": limit, "cursor": next_cursor}

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
        if_version: int | None = None,
    ) -> httpx.Response:
        """Send a request, with retries, and return its successful response.

        Every request may be repeated: it is idempotent by its path, by the order's id, or by its
        Idempotency-Key, which is the same in all attempts.  A request with If-Match but without a key is the
        exception: once it may have arrived it is not repeated, as its own success could make it fail.
        """
        headers = {}
        if key is not None:
            headers["Idempotency-Key"] = key
        if if_version is not None:
            headers["If-Match"] = etag(if_version)
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = self._http.build_request(
            method,
            path,
            params={name: value for name, value in (params or {}).items() if value is not None},
            content=None if body is None else dumps(body).encode(),
            headers=headers,
        )
        response = self._response(request, repeatable=if_version is None or key is not None)
        if not response.is_success:
            raise error_of(response)
        return response

    def _response(self, request: httpx.Request, *, repeatable: bool) -> httpx.Response:
        token, is_second_token = self._authorize(request), False
        attempt = 0
        began, paused = time.monotonic(), 0.0
        while True:
            attempt += 1
            try:
                response = self._http.send(request)
            except httpx.TransportError as error:
                may_repeat = repeatable or isinstance(error, _NEVER_SENT)
                pause = self._retries.pause_after(attempt) if may_repeat else None
                if pause is None:
                    raise self._no_answer(request, error) from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise self._no_answer(request, error) from error
            else:
                if response.status_code == 401 and token is not None and not is_second_token:
                    token, is_second_token = self._authorize(request, refused=token), True
                    if token is not None:
                        continue
                if response.status_code == 202:
                    # It has begun: the same request continues it.
                    elapsed = time.monotonic() - began
                    pause = self._retries.pause_until_finished(max(elapsed, paused), response)
                    paused += pause or 0.0
                    attempt = 0
                elif response.is_success:
                    return response
                else:
                    pause = self._retries.pause_after(attempt, response)
                if pause is None:
                    return response
            self._sleep(pause)

    def _authorize(self, request: httpx.Request, refused: str | None = None) -> str | None:
        """Add a token to the request and return it; None if there is no other than the refused one."""
        if self._tokens is None:
            return None
        require_encryption(request.url, self._allow_plain_http)
        token = self._tokens.get(refused)
        request.headers["Authorization"] = f"Bearer {token}"
        return None if token == refused else token

    def _no_answer(self, request: httpx.Request, error: Exception) -> NoAnswer:
        if isinstance(error, httpx.ConnectError):
            return NoAnswer(f"No server answers at {self._http.base_url}: {error}.")
        reason = str(error) or type(error).__name__
        return NoAnswer(f"{request.method} {request.url} got no answer: {reason}.")

    def _decoded(self, response: httpx.Response, decode: Callable[[Any], T]) -> T:
        try:
            return decode(loads(response.content))
        except (InvalidJson, ValueError, KeyError, TypeError, AttributeError) as error:
            request_line = f"{response.request.method} {response.request.url}"
            raise UnexpectedAnswer(
                f"{request_line} answered {response.status_code} with an undocumented body ({error!r})"
            ) from error
