"""A WSGI request as the proxy event that API Gateway passes to a Lambda function."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.routes import RouteTable

STAGE = "local"


def build_event(
    environ: Mapping[str, Any], routes: RouteTable, body: bytes, request_id: str
) -> dict[str, Any]:
    """Return the proxy event (payload version 1.0, REST API) of one request.

    Parameters
    ----------
    environ : Mapping[str, Any]
        The WSGI environment, with waitress's ``REQUEST_URI``: WSGI's own ``PATH_INFO`` is
        decoded, so that ``%2F`` can no longer be distinguished from a slash.
    routes : RouteTable
        The routes of the service.
    body : bytes
        The whole body; it is passed on in base64 if it is not UTF-8.
    request_id : str
        The id of this request in logs.
    """
    path, query = split_target(environ["REQUEST_URI"])
    match = routes.match(path)
    method = environ["REQUEST_METHOD"]
    headers = _headers(environ)
    values = parse_qs(query, keep_blank_values=True)
    text, is_base64 = _body(body)
    return {
        "resource": match.resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        # waitress has joined repeated headers with commas.
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: each[-1] for name, each in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": match.parameters,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": match.resource,
            "httpMethod": method,
            # As behind a custom domain name: the requested path without the stage, so that a Location
            # header made of it is valid.
            "path": path,
            "stage": STAGE,
            "requestId": request_id,
            "requestTimeEpoch": time.time_ns() // 1_000_000,
            "protocol": environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
            "identity": {
                "sourceIp": environ.get("REMOTE_ADDR", ""),
                "userAgent": headers.get("User-Agent"),
            },
        },
        "body": text,
        "isBase64Encoded": is_base64,
    }


def split_target(request_target: str) -> tuple[str, str]:
    """Split a request target into its path and its query, both still encoded.

    Examples
    --------
    >>> split_target("/products/A%2FB?category=Home")
    ('/products/A%2FB', 'category=Home')
    >>> split_target("http://shop.example/products")
    ('/products', '')
    """
    if not request_target.startswith("/") and "://" in request_target:
        parts = urlsplit(request_target)
        return parts.path or "/", parts.query
    path, _, query = request_target.partition("#")[0].partition("?")
    return path, query


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        _header_name(key.removeprefix("HTTP_")): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[_header_name(key)] = environ[key]
    return headers


def _header_name(key: str) -> str:
    return key.replace("_", "-").title()


def _body(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), True
