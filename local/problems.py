"""The gateway's own error responses, in the form that the services use (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus

CONTENT_TYPE = "application/problem+json"


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
