"""The gateway over real HTTP, in front of a Chalice app that echoes its event."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import logging
import re
import socket
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice, Response

from local.compression import MINIMUM_BYTES
from local.gateway import PAYLOAD_LIMIT_BYTES, Gateway, read_response
from local.server import make_server
from local.settings import HOST, REPOSITORY_ROOT
from tests.local.servers import stop

MEGABYTE = 1024 * 1024


def make_app() -> Chalice:
    """A service that echoes its event; a middleware handles unknown routes, as in the services."""
    app = Chalice(app_name="echo")
    both_inside = threading.Barrier(2, timeout=20)

    @app.middleware("http")
    def answer_unknown_routes(event: Any, get_response: Any) -> Any:
        if event.path not in app.routes:
            return Response({"unknown": event.path, "parameters": event.uri_params}, {}, 404)
        return get_response(event)

    def echo(**parameters: str) -> dict[str, Any]:
        context, request = app.lambda_context, app.current_request
        assert request is not None
        return {
            "parameters": parameters,
            "event": request.to_original_event(),
            "request_id": context.aws_request_id,
            "milliseconds_left": context.get_remaining_time_in_millis(),
        }

    def meet(name: str) -> dict[str, Any]:
        both_inside.wait()
        return {"name": name}

    def answer(name: str) -> Response:
        match name:
            case "empty":
                return Response("", {}, 204)
            case "cookies":
                return Response("hi", {"Set-Cookie": ["a=1", "b=2"], "Content-Type": "text/plain"})
            case "euro":
                return Response("€", {"X-Euro": "€", "Connection": "close"}, 299)
            case "long":
                return Response("tea " * 100_000, {"Content-Type": "text/plain"})
            case "short":
                return Response("x" * (MINIMUM_BYTES - 1), {"Content-Type": "text/plain"})
            case "encoded":
                return Response("x" * MINIMUM_BYTES, {"Content-Encoding": "br", "Content-Type": "text/plain"})
        raise AssertionError(name)

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    content_types = ["application/json", "application/octet-stream"]
    for path in ("/echo", "/echo/{first}", "/echo/{first}/and/{second}"):
        app.route(path, methods=methods, content_types=content_types)(echo)
    app.route("/meet/{name}")(meet)
    app.route("/answer/{name}")(answer)
    return app


class Broken:
    """An app that raises an error."""

    app_name = "broken"
    routes: dict[str, object] = {}  # noqa: RUF012

    def __call__(self, event: Any, context: Any) -> Any:
        raise RuntimeError("no luck")


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    yield from serve(make_app())


@pytest.fixture
def broken_server() -> Iterator[Any]:
    yield from serve(Broken())


def serve(app: Any) -> Iterator[Any]:
    server = make_server(Gateway(app), 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    stop(server, thread)


@pytest.fixture
def connection(server: Any) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(HOST, server.effective_port, timeout=20)
    yield connection
    connection.close()


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request(method, target, body=body, headers=headers or {})
    response = connection.getresponse()
    return response, response.read()


def event_of(connection: http.client.HTTPConnection, method: str, target: str, **rest: Any) -> dict[str, Any]:
    response, body = ask(connection, method, target, **rest)
    assert response.status == 200, body
    event: dict[str, Any] = json.loads(body)["event"]
    return event


def raw_exchange(server: Any, request: bytes) -> bytes:
    with socket.create_connection((HOST, server.effective_port), timeout=20) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_an_event_is_an_api_gateway_proxy_event(connection: http.client.HTTPConnection) -> None:
    event = event_of(
        connection,
        "POST",
        "/echo/x?a=1&a=2&b=&c=%C3%A4+%26",
        body='{"ä": 1}'.encode(),
        headers={"content-type": "application/json", "idempotency-key": "k"},
    )
    assert event["resource"] == "/echo/{first}"
    assert event["path"] == "/echo/x"
    assert event["httpMethod"] == "POST"
    assert event["headers"]["Content-Type"] == "application/json"
    assert event["headers"]["Idempotency-Key"] == "k"
    assert event["multiValueHeaders"]["Idempotency-Key"] == ["k"]
    assert event["queryStringParameters"] == {"a": "2", "b": "", "c": "ä &"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""], "c": ["ä &"]}
    assert event["pathParameters"] == {"first": "x"}
    assert event["stageVariables"] is None
    assert event["body"] == '{"ä": 1}'
    assert event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["resourcePath"] == "/echo/{first}"
    assert context["httpMethod"] == "POST"
    assert context["path"] == "/echo/x"
    assert context["stage"] == "local"
    assert context["identity"]["sourceIp"] == HOST
    assert uuid.UUID(context["requestId"])


def test_absent_parts_of_an_event_are_none(connection: http.client.HTTPConnection) -> None:
    event = event_of(connection, "GET", "/echo")
    absent = ("pathParameters", "queryStringParameters", "multiValueQueryStringParameters", "body")
    assert [event[name] for name in absent] == [None, None, None, None]


def test_a_service_learns_its_request_id_and_the_time_left(
    connection: http.client.HTTPConnection,
) -> None:
    _, body = ask(connection, "GET", "/echo")
    answer = json.loads(body)
    assert answer["request_id"] == answer["event"]["requestContext"]["requestId"]
    assert 20_000 < answer["milliseconds_left"] <= 29_000


@pytest.mark.parametrize("value", ["A%2FB", "100%25", "%E2%82%AC", "a%20b", "%zz", "a+b", "%00"])
def test_a_path_parameter_arrives_as_it_was_sent(connection: http.client.HTTPConnection, value: str) -> None:
    _, body = ask(connection, "GET", f"/echo/{value}/and/two/")
    assert json.loads(body)["parameters"] == {"first": value, "second": "two"}


def test_an_absolute_request_target_is_understood(connection: http.client.HTTPConnection) -> None:
    assert event_of(connection, "GET", f"http://{HOST}:80/echo/x?a=1")["path"] == "/echo/x"


@pytest.mark.parametrize("method", ["GET", "POST", "TRACE", "OPTIONS", "PURGE"])
def test_an_unknown_route_is_handled_by_the_app(connection: http.client.HTTPConnection, method: str) -> None:
    response, body = ask(connection, method, "/nowhere/A%2FB")
    assert response.status == 404
    assert json.loads(body) == {"unknown": "/nowhere/A%2FB", "parameters": None}


@pytest.mark.parametrize("method", ["TRACE", "PURGE", "OPTIONS", "POST"])
def test_an_unknown_method_is_handled_by_the_app(connection: http.client.HTTPConnection, method: str) -> None:
    response, body = ask(connection, method, "/meet/x")
    assert response.status == 405
    assert json.loads(body)["Code"] == "MethodNotAllowedError"


@pytest.mark.parametrize(("target", "status"), [("/echo", 200), ("/nowhere", 404)])
def test_head_sends_no_body_and_keeps_the_connection(
    connection: http.client.HTTPConnection, target: str, status: int
) -> None:
    response, body = ask(connection, "HEAD", target)
    assert (response.status, body) == (status, b"")
    assert int(response.headers["Content-Length"]) > 0
    socket_before = connection.sock
    assert ask(connection, "GET", "/echo")[0].status == 200
    assert connection.sock is socket_before


def test_a_chunked_body_arrives_whole(connection: http.client.HTTPConnection) -> None:
    chunks = [b"one,", b"two,", b"x" * 100_000]
    connection.request("PUT", "/echo", body=iter(chunks), encode_chunked=True)
    body = connection.getresponse().read()
    assert json.loads(body)["event"]["body"] == b"".join(chunks).decode()


def test_a_body_that_is_not_utf_8_arrives_in_base64(
    connection: http.client.HTTPConnection,
) -> None:
    raw = b"\xff\xfe\x00"
    headers = {"Content-Type": "application/octet-stream"}
    event = event_of(connection, "POST", "/echo", body=raw, headers=headers)
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == raw


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [PAYLOAD_LIMIT_BYTES + 1, 11 * MEGABYTE, 64 * MEGABYTE])
def test_a_body_over_10_megabytes_is_refused_by_the_gateway(
    connection: http.client.HTTPConnection, size: int, chunked: bool
) -> None:
    body: Any = (b"x" * MEGABYTE for _ in range(size // MEGABYTE + 1)) if chunked else b"x" * size
    headers = {} if chunked else {"Content-Length": str(size)}
    connection.request("POST", "/echo", body=body, headers=headers, encode_chunked=chunked)
    response = connection.getresponse()
    problem = json.loads(response.read())
    assert response.status == 413
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem["code"] == "payload_too_large"
    assert problem["status"] == 413
    assert problem["type"] == "about:blank"
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert {"title", "detail"} <= set(problem)
    socket_before = connection.sock
    assert ask(connection, "GET", "/echo")[0].status == 200
    assert connection.sock is socket_before


def test_a_body_of_exactly_10_megabytes_reaches_the_app(
    connection: http.client.HTTPConnection,
) -> None:
    body = b"x" * PAYLOAD_LIMIT_BYTES
    assert len(event_of(connection, "POST", "/echo", body=body)["body"]) == PAYLOAD_LIMIT_BYTES


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"nonsense\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, "bad_request"),
        (b"GET /products/\xc3\xa4 HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413, "payload_too_large"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * (262_144 - 19), 431, "headers_too_large"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "not_implemented"),
    ],
)
def test_a_refusal_by_the_server_itself_is_a_problem_too(
    server: Any, request_bytes: bytes, status: int, code: str
) -> None:
    head, _, body = raw_exchange(server, request_bytes).partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == code


def test_two_requests_are_handled_at_once(server: Any) -> None:
    answers: dict[str, dict[str, str]] = {}

    def visit(name: str) -> None:
        connection = http.client.HTTPConnection(HOST, server.effective_port, timeout=20)
        answers[name] = json.loads(ask(connection, "GET", f"/meet/{name}")[1])
        connection.close()

    threads = [threading.Thread(target=visit, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == {name: {"name": name} for name in ("left", "right")}


def test_an_app_that_raises_is_a_bad_gateway(broken_server: Any, caplog: pytest.LogCaptureFixture) -> None:
    connection = http.client.HTTPConnection(HOST, broken_server.effective_port, timeout=20)
    with caplog.at_level(logging.ERROR, logger="local.gateway"):
        response, body = ask(connection, "GET", "/x")
    connection.close()
    assert response.status == 502
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["code"] == "bad_gateway"
    assert b"no luck" not in body
    assert "RuntimeError: no luck" in caplog.text


def test_no_content_has_neither_body_nor_length(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "GET", "/answer/empty")
    assert (response.status, body) == (204, b"")
    assert response.headers["Content-Length"] is None


def test_a_header_may_have_several_values(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "GET", "/answer/cookies")
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert body == b"hi"


def test_any_status_and_any_text_can_be_returned(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "GET", "/answer/euro")
    assert (response.status, body) == (299, "€".encode())
    assert response.headers["X-Euro"].encode("latin-1") == "€".encode()


def test_a_base64_response_is_decoded() -> None:
    encoded = base64.b64encode(b"\x00\xff").decode()
    response = {"statusCode": 200, "headers": {}, "body": encoded, "isBase64Encoded": True}
    assert read_response(response)[2] == b"\x00\xff"


@pytest.mark.parametrize(
    "response",
    [{}, None, {"statusCode": "x"}, {"statusCode": 200, "headers": {"A": "b\r\nC: d"}}],
)
def test_a_malformed_proxy_response_is_an_error(response: Any) -> None:
    with pytest.raises((KeyError, AttributeError, ValueError)):
        read_response(response)


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip;q=0.1", "GZIP", "*", "x-gzip", "br, *;q=1"])
def test_a_response_is_compressed_for_a_client_that_asks_for_it(
    connection: http.client.HTTPConnection, accepted: str
) -> None:
    response, body = ask(connection, "GET", "/answer/long", headers={"Accept-Encoding": accepted})
    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) == len(body) < 10_000
    assert gzip.decompress(body) == b"tea " * 100_000


@pytest.mark.parametrize(
    "accepted", [None, "", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "gzip;q=x", ";"]
)
def test_a_response_is_not_compressed_for_others(
    connection: http.client.HTTPConnection, accepted: str | None
) -> None:
    # http.client itself sends "identity" if it is given no such header.
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    response, body = ask(connection, "GET", "/answer/long", headers=headers)
    assert (response.headers["Content-Encoding"], body) == (None, b"tea " * 100_000)


@pytest.mark.parametrize(("name", "encoding"), [("short", None), ("encoded", "br"), ("empty", None)])
def test_a_short_or_encoded_response_is_returned_as_it_is(
    connection: http.client.HTTPConnection, name: str, encoding: str | None
) -> None:
    response, body = ask(connection, "GET", f"/answer/{name}", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == encoding
    assert body.strip(b"x") == b""


def test_api_gateway_compresses_responses_of_the_same_size() -> None:
    api = (REPOSITORY_ROOT / "terraform/modules/service/api.tf").read_text(encoding="utf-8")
    assert f"minimum_compression_bytes = {MINIMUM_BYTES}\n" in api
    [rest_api] = re.findall(r'resource "aws_api_gateway_rest_api" "this" \{\n(.*?)\n\}', api, re.DOTALL)
    assert "minimum_compression_size = local.minimum_compression_bytes" in rest_api
    [triggers] = re.findall(r"redeployment = (.*)", api)
    assert "local.minimum_compression_bytes" in triggers, "a stage has the API's setting as of its deployment"
