"""The compression of responses, which API Gateway does on AWS (`minimum_compression_size` of the API)."""

from __future__ import annotations

import gzip

MINIMUM_BYTES = 1024
"""The smallest response that is compressed, as in ``terraform/modules/service/api.tf``."""
LEVEL = 5
"""A third of the time of the highest level, for a response that is a few percent larger."""


def compressed(headers: list[tuple[str, str]], body: bytes, accept_encoding: str) -> bytes:
    """Return the body as it is sent; if it is compressed, its ``Content-Encoding`` is added to the
    headers.
    """
    is_encoded = any(name.lower() == "content-encoding" for name, _ in headers)
    if len(body) < MINIMUM_BYTES or is_encoded or not accepts_gzip(accept_encoding):
        return body
    headers.append(("Content-Encoding", "gzip"))
    return gzip.compress(body, LEVEL, mtime=0)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an Accept-Encoding header (RFC 9110, 12.5.3) asks for gzip.

    Examples
    --------
    >>> accepts_gzip("br;q=1, gzip;q=0.5"), accepts_gzip("*"), accepts_gzip("gzip;q=0, *"), accepts_gzip("")
    (True, True, False, False)
    """
    weights = {}
    for part in accept_encoding.split(","):
        coding, *parameters = (each.strip().lower() for each in part.split(";"))
        weights[coding] = _weight(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
