"""JSON over a connection that stays open."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

__all__ = ["Connection", "RequestError"]

TIMEOUT_SECONDS: Final = 120.0


class RequestError(Exception):
    """A request that must succeed has failed; the message is its response."""


class Connection:
    """One connection to a server of this machine; it is opened again after an error.

    Parameters
    ----------
    url : str
        The server's address, without a path.
    headers : Mapping[str, str]
        Sent with each request.
    """

    def __init__(self, url: str, headers: Mapping[str, str] = {}) -> None:
        self._http = _Connection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
        self._headers = {"Accept": "application/json", **headers}
        self.received: Mapping[str, Any] = {}
        """The headers of the last response."""

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = {}
    ) -> tuple[int, Any]:
        """Send a request, and return status and document of the response.

        A connection that breaks is the status 0, and the document says how.
        """
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        sent = {**self._headers, **headers} | ({} if data is None else {"Content-Type": "application/json"})
        try:
            self._http.request(method, path, data, sent)
            response = self._http.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            return 0, {"message": f"{type(error).__name__}: {error}"}
        self.received = dict(response.headers)
        try:
            return response.status, json.loads(text) if text else None
        except ValueError:
            return response.status, {"message": text[:300].decode("utf-8", "replace")}

    def expect(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must succeed, and return its document.

        The connection is closed: servers close those that nobody has used for some seconds.

        Raises
        ------
        RequestError
            If it does not.
        """
        status, document = self.send(method, path, body)
        self._http.close()
        if not 200 <= status < 300:
            raise RequestError(f"{method} {path}: {status} {json.dumps(document)[:500]}")
        return document

    def close(self) -> None:
        """Close it."""
        self._http.close()


class _Connection(http.client.HTTPConnection):
    """Sends small packets at once, as every client of these systems does."""

    def connect(self) -> None:
        super().connect()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
