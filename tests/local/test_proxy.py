"""The services behind the front's address, over HTTP, before small servers in the place of services."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.front import Front
from local.ports import free_port
from local.proxy import Proxy
from local.settings import DEFAULT_PORTS, HOST, Settings
from tests.local.servers import serving

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LONG = b"tea " * 2_000_000


class Service(BaseHTTPRequestHandler):
    """Answers what it has been asked, and whatever else a path says."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = {
            "method": self.command,
            "target": self.path,
            "headers": dict(self.headers),
            "body": hashlib.sha256(body).hexdigest(),
        }
        match self.path:
            case "/long":
                self.send(200, LONG, {"Content-Type": "text/plain"})
            case "/packed":
                self.send(200, gzip.compress(b"tea"), {"Content-Encoding": "gzip"})
            case "/none":
                self.send(204, b"", {"ETag": '"7"'})
            case "/same":
                self.send(304, b"", {"ETag": '"7"'})
            case "/busy":
                self.send(503, b"{}", {"Retry-After": "2", "Content-Type": "application/problem+json"})
            case "/chunks":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"3\r\ntea\r\n4\r\n pot\r\n0\r\n\r\n")
            case "/hangs-up":
                self.close_connection = True
            case "/breaks-off":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"tea")
                self.close_connection = True
            case _:
                headers = {
                    "ETag": '"7"',
                    "Location": "/products/PROD-1",
                    "Connection": "X-Internal",
                    "X-Internal": "1",
                }
                self.send(201, json.dumps(asked).encode(), headers)

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: test output is for failures."""


for each in METHODS:
    setattr(Service, f"do_{each}", Service.answer)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a front before a stock service; nobody listens at the catalog's."""
    server = ThreadingHTTPServer((HOST, 0), Service)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    ports = {**DEFAULT_PORTS, "stock": server.server_port, "catalog": free_port()}
    try:
        with serving(Front(Settings(ports))) as front_port:
            yield front_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(
    port: int, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reaches_the_service_without_the_prefix(port: int, method: str) -> None:
    target = "/products/A%2FB/skus?category=Meat%2FPoultry&limit=5"
    response, body = ask(port, method, f"/api/stock{target}")
    assert response.status == 201
    assert response.headers["ETag"] == '"7"'
    if method != "HEAD":
        asked = json.loads(body)
        assert (asked["method"], asked["target"]) == (method, target)


def test_the_headers_of_a_request_reach_the_service_but_those_of_the_front(port: int) -> None:
    own = {
        "Authorization": "Bearer abc",
        "Idempotency_Key": "key-1",
        "If_Match": '"6"',
        "Accept_Encoding": "gzip",
        "Content_Type": "application/json",
        "X_Request_Id": "request-1",
    }
    others = {
        "Origin": f"http://{HOST}:{port}",
        "Sec_Fetch_Site": "same-origin",
        "Connection": "keep-alive, X-Hop",
        "X_Hop": "1",
        "TE": "trailers",
    }
    _, body = ask(port, "POST", "/api/stock/orders", b"{}", **own, **others)
    headers = json.loads(body)["headers"]
    for name, value in own.items():
        assert headers[name.replace("_", "-")] == value
    assert headers["Content-Length"] == "2"
    assert headers["Host"] != f"{HOST}:{port}"
    assert not {"Origin", "Sec-Fetch-Site", "X-Hop", "Te"} & headers.keys()


def test_the_headers_of_a_response_reach_the_page_but_those_of_the_connection(port: int) -> None:
    response, _ = ask(port, "GET", "/api/stock/orders")
    assert response.headers["Location"] == "/products/PROD-1"
    assert response.headers["X-Internal"] is None


@pytest.mark.parametrize(
    ("path", "status", "name", "value", "body"),
    [
        ("/none", 204, "ETag", '"7"', b""),
        ("/same", 304, "ETag", '"7"', b""),
        ("/busy", 503, "Retry-After", "2", b"{}"),
        ("/packed", 200, "Content-Encoding", "gzip", gzip.compress(b"tea")),
        ("/chunks", 200, "Content-Encoding", None, b"tea pot"),
    ],
)
def test_statuses_and_bodies_arrive_as_they_are(
    port: int, path: str, status: int, name: str, value: str | None, body: bytes
) -> None:
    response, content = ask(port, "GET", f"/api/stock{path}", Accept_Encoding="gzip")
    assert (response.status, response.headers[name]) == (status, value)
    if path == "/packed":
        content, body = gzip.decompress(content), gzip.decompress(body)
    assert content == body


def test_large_bodies_pass_both_ways(port: int) -> None:
    sent = os.urandom(9 * 1024 * 1024)
    _, body = ask(port, "PUT", "/api/stock/batch", sent)
    assert json.loads(body)["body"] == hashlib.sha256(sent).hexdigest()
    _, body = ask(port, "PUT", "/api/stock/batch", iter([sent[:1000], sent[1000:]]))  # in chunks
    assert json.loads(body)["body"] == hashlib.sha256(sent).hexdigest()
    assert ask(port, "GET", "/api/stock/long")[1] == LONG


def problem_of(response: http.client.HTTPResponse, body: bytes) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(body)
    assert document["status"] == response.status
    return document


@pytest.mark.parametrize(
    ("path", "name"), [("/api/catalog/products", "catalog"), ("/api/stock/hangs-up", "stock")]
)
def test_a_service_that_does_not_answer_is_a_problem(port: int, path: str, name: str) -> None:
    response, body = ask(port, "POST", path, b"{}")
    problem = problem_of(response, body)
    assert (problem["status"], problem["code"]) == (502, "bad_gateway")
    assert problem["detail"] == f"The {name} service does not answer."


def test_a_service_that_is_silent_is_a_problem() -> None:
    with socket.create_server((HOST, 0)) as silent:
        proxy = Proxy({"stock": silent.getsockname()[1]}, timeout_seconds=0.1)
        with serving(proxy) as port:
            response, body = ask(port, "GET", "/api/stock/health")
    assert problem_of(response, body)["code"] == "bad_gateway"


def test_a_response_that_breaks_off_is_not_taken_for_a_whole_one(port: int) -> None:
    with pytest.raises(http.client.IncompleteRead):
        ask(port, "GET", "/api/stock/breaks-off")
    assert ask(port, "GET", "/health")[0].status == 200


@pytest.mark.parametrize("path", ["/api/", "/api/stock", "/api/orders/1", "/api//stock/health", "/api/aws/"])
def test_there_is_nothing_else_below_the_prefix(port: int, path: str) -> None:
    response, body = ask(port, "GET", path)
    assert problem_of(response, body)["code"] == "not_found"


def test_bytes_that_belong_in_no_target_are_encoded(port: int) -> None:
    with socket.create_connection((HOST, port)) as connection:
        head = f"GET /api/stock/tea\x01 HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["target"] == "/tea%01"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://shop.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "shop.example"},
    ],
)
@pytest.mark.parametrize("path", ["/api/stock/orders", "/config.json", "/token?role=admin", "/inventory"])
def test_a_page_of_another_origin_gets_nothing(port: int, path: str, headers: dict[str, str]) -> None:
    response, body = ask(port, "POST" if path.startswith("/api") else "GET", path, None, **headers)
    assert problem_of(response, body)["code"] == "forbidden"
