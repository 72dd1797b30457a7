"""Whose requests the local stack accepts: by the rules, and over HTTP by each kind of server."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice

from local.fetch import fetch
from local.front import Front
from local.gateway import Gateway
from local.ports import free_port
from local.same_machine import reason_to_refuse
from local.server import make_server
from local.settings import DEFAULT_PORTS, HOST, Settings
from tests.local.servers import stop

SHOP = "https://shop.example"
"""An origin that may send requests to the services (``CORS_ORIGINS``)."""

LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"}


def refused(method: str = "GET", *, opens_pages: bool = True, **headers: str) -> bool:
    sent = {"Host": "127.0.0.1:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}

    def header(name: str) -> str:
        return sent.get(name, "")

    return reason_to_refuse(method, header, origins={SHOP}, opens_pages=opens_pages) is not None


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "127.9.9.9:1", "localhost:8000", "LOCALHOST", "[::1]:8000"]
)
def test_a_program_of_this_machine_is_served(host: str) -> None:
    assert not refused(Host=host)
    assert not refused("POST", Host=host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "shop.example",
        "shop.example:8000",
        "127.0.0.1.shop.example",
        "localhost.shop.example",
        "shop.localhost",
        "127.0.0.1:8000, shop.example",
        "user@127.0.0.1",
        "127.0.0.1:8000\n",
        "10.0.0.1:8000",
        "0.0.0.0:8000",
    ],
)
def test_another_host_name_is_refused(host: str) -> None:
    assert refused(Host=host)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:8001",
        "http://localhost:8000",
        "https://127.0.0.1:8000",
        "http://127.0.0.1",
        "https://shop.example.evil.example",
    ],
)
def test_a_page_of_another_origin_is_refused(method: str, origin: str) -> None:
    assert refused(method, Origin=origin)


def test_own_pages_and_those_of_permitted_origins_are_served() -> None:
    assert not refused("POST", Origin="http://127.0.0.1:8000")
    assert not refused("POST", Origin="http://localhost:9", Host="localhost:9")
    assert not refused("OPTIONS", Origin=SHOP, Sec_Fetch_Site="cross-site")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
@pytest.mark.parametrize("dest", ["script", "image", "iframe", "empty", "object", ""])
def test_what_another_page_embeds_is_refused_even_without_an_origin(site: str, dest: str) -> None:
    assert refused(Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest=dest)
    assert refused(Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest=dest)


def test_a_link_of_another_page_opens_a_page_but_nothing_of_aws() -> None:
    link = {name.replace("-", "_"): value for name, value in LINK.items()}
    assert not refused(opens_pages=True, **link)
    assert refused("POST", opens_pages=True, **link)
    assert refused(opens_pages=False, **link)


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_the_address_bar_and_own_pages_are_served(site: str) -> None:
    assert not refused(Sec_Fetch_Site=site, opens_pages=False)


def services() -> Chalice:
    app = Chalice(app_name="echo")
    app.route("/token", methods=["GET", "POST"], content_types=["application/json", "text/plain"])(lambda: {})
    return app


@pytest.fixture(scope="module", params=["front", "service"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """The front page, which issues tokens, and a service."""
    application: Any = Front(Settings(DEFAULT_PORTS)) if request.param == "front" else Gateway(services())
    server = make_server(application, 0, [SHOP])
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.effective_port
    stop(server, thread)


def ask(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


FOREIGN = [
    {"Host": "rebound.example"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec_Fetch_Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/token?role=admin", "/health", "/.well-known/jwks.json", "/docs"])
def test_a_server_refuses_requests_of_foreign_pages(port: int, headers: dict[str, str], path: str) -> None:
    response, body = ask(port, "GET", path, None, **headers)
    problem = json.loads(body)
    assert (response.status, problem["code"]) == (403, "forbidden")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] is None
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert problem["detail"].endswith((".", "server."))


def test_a_server_has_no_body_for_a_refused_head_request(port: int) -> None:
    response, body = ask(port, "HEAD", "/token", Origin="http://evil.example")
    assert (response.status, body) == (403, b"")


def test_a_server_serves_programs_and_permitted_origins(port: int) -> None:
    address = "/token?role=admin"
    assert ask(port, "GET", address)[0].status == 200
    assert ask(port, "GET", address, Origin=SHOP)[0].status == 200
    assert ask(port, "GET", address, Origin=f"http://{HOST}:{port}")[0].status == 200


def of_aws(endpoint: str) -> int:
    return int(endpoint.rpartition(":")[2])


LIST_TABLES = {"X_Amz_Target": "DynamoDB_20120810.ListTables", "Content_Type": "application/x-amz-json-1.0"}


def test_the_embedded_aws_answers_programs(shared_aws: str) -> None:
    response, body = ask(of_aws(shared_aws), "POST", "/", b"{}", **LIST_TABLES)
    assert (response.status, "TableNames" in json.loads(body)) == (200, True)


@pytest.mark.parametrize(
    "headers", [*FOREIGN, {name.replace("-", "_"): value for name, value in LINK.items()}]
)
def test_the_embedded_aws_refuses_foreign_pages(shared_aws: str, headers: dict[str, str]) -> None:
    for method, sent in [("POST", LIST_TABLES), ("OPTIONS", {}), ("GET", {})]:
        response, body = ask(of_aws(shared_aws), method, "/", b"{}", **sent, **headers)
        assert (response.status, "TableNames" in str(body)) == (403, False)
        assert response.headers["Access-Control-Allow-Origin"] is None
        assert json.loads(body)["__type"] == "AccessDeniedException"


@pytest.mark.parametrize(
    "path",
    ["/_ministack/reset", "/_ministack/config", "/_ministack/ready", "/_aws/ses", "/_localstack/health"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_embedded_aws_cannot_be_administered(shared_aws: str, method: str, path: str) -> None:
    assert ask(of_aws(shared_aws), method, path)[0].status == 403


def test_the_embedded_aws_has_the_services_of_the_product_alone(shared_aws: str) -> None:
    status, text = fetch(f"{shared_aws}/_ministack/health")
    assert (status, set(json.loads(text)["services"])) == (
        200,
        {"dynamodb", "dynamodbstreams", "events", "kms", "s3", "secretsmanager", "sqs", "ssm"},
    )


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/2015-03-31/functions", {}),
        ("/2015-03-31/functions/f/invocations", {}),
        ("/", {"X_Amz_Target": "AWSStepFunctions.ListStateMachines"}),
        ("/", {"Content_Type": "application/x-www-form-urlencoded"}),
    ],
)
def test_the_embedded_aws_runs_no_code(shared_aws: str, path: str, headers: dict[str, str]) -> None:
    response, body = ask(of_aws(shared_aws), "POST", path, b"Action=ListRoles&Version=2010-05-08", **headers)
    assert (response.status, b"Unsupported service" in body) == (400, True)


def test_a_websocket_is_closed(shared_aws: str) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec_WebSocket_Version": "13",
    }
    assert ask(of_aws(shared_aws), "GET", "/", None, **upgrade)[0].status == 403


def test_a_port_is_of_no_importance() -> None:
    """A developer may reach the stack through a tunnel, at another port of the own machine."""
    assert not refused(Host=f"localhost:{free_port()}")
