"""The gateway's own error responses, in the form that the services use (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus

from inventory_common.browser_headers import SECURITY_HEADERS

CONTENT_TYPE = "application/problem+json"


def problem_headers(request_id: str) -> list[tuple[str, str]]:
    """Return the headers of a problem response, without its length."""
    return [("Content-Type", CONTENT_TYPE), ("X-Request-Id", request_id), *SECURITY_HEADERS.items()]


def problem_document(status: int, code: str, detail: str, request_id: str) -> bytes:
    """Return the body of a problem response."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    return json.dumps(document).encode("utf-8")
