"""HTTP over a socket: requests that no library would send."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30.0
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class RawResponse:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        return json.loads(self.body)


def exchange(url: str, sent: bytes, method: str = "GET") -> RawResponse:
    """Send bytes on a new connection and read one response."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT_SECONDS) as connection:
        connection.sendall(sent)
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        body = response.read()
        return RawResponse(response.status, {n.lower(): v for n, v in response.getheaders()}, body)


def request_bytes(
    method: str,
    target: str | bytes,
    headers: Mapping[str, str | bytes],
    body: bytes = b"",
    *,
    chunked: bool = False,
) -> bytes:
    """Return a request; its body has a Content-Length, or is chunked."""
    target = target if isinstance(target, bytes) else target.encode("latin-1")
    lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: 127.0.0.1"]
    for name, value in headers.items():
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    if chunked:
        lines.append(b"Transfer-Encoding: chunked")
        pieces = [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    elif body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
