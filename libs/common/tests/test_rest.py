"""A small service with routes of every kind, called with the events that API Gateway sends."""

import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, EndpointConnectionError
from chalice.app import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_common import schema
from inventory_common.attributes import NO_CONTROL_CHARACTERS, Items, Name, OneOf, Price, Quantity, Text
from inventory_common.bodies import body
from inventory_common.browser_headers import DATA_POLICY, SECURITY_HEADERS
from inventory_common.budgets import Budget, Budgets
from inventory_common.declarations import NO_CONTENT, PUBLIC, ResponseSpec, route
from inventory_common.dynamodb import connect
from inventory_common.errors import Busy, InventoryError, SkuNotFound, Unauthenticated
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import ANYBODY, EVERYTHING, Principal, Role, Scope, TokenVerifier
from inventory_common.pages import Listing, Page, PageRequest, Position, encode_cursor
from inventory_common.preconditions import ANY_VERSION, IfMatch
from inventory_common.requests import Parameter, Request
from inventory_common.responses import json_response, no_content, page_response
from inventory_common.rest import RestService
from inventory_common.settings import Settings
from inventory_common.timestamps import timestamp

Event = Callable[..., dict[str, Any]]

ORIGIN = "https://shop.example"
LIMIT_BYTES = 1_048_576

VENDOR = Principal("VENDOR-001", frozenset({Role.VENDOR}), "VENDOR-001")
PRINCIPALS = {
    "Bearer vendor": VENDOR,
    "Bearer vendor-2": Principal("VENDOR-002", frozenset({Role.VENDOR}), "VENDOR-002"),
    "Bearer orders": Principal("client:orders-1", frozenset({Role.ORDERS})),
    "Bearer auditor": Principal("user:2", frozenset({Role.AUDITOR})),
    "Bearer admin": Principal("user:1", frozenset({Role.ADMIN})),
    "Bearer nobody": Principal("user:3", frozenset()),
}


class Tokens:
    """Verifies the tokens in `PRINCIPALS`."""

    def principal(self, authorization: str | None) -> Principal:
        if authorization is None:
            return ANYBODY
        if authorization not in PRINCIPALS:
            raise Unauthenticated("The token does not verify.")
        return PRINCIPALS[authorization]


@body
class Thing:
    """A product."""

    name: Name
    price: Price = 0


@body
class Restock:
    """Units that came in."""

    quantity: Quantity
    attributes: Annotated[dict[Name, Name], Items(20)] | None = None


@body
class Lines:
    """Lines of an order."""

    lines: Annotated[list[Restock], Items(1_000)] | None = None


OBJECT = ResponseSpec(dict)
CREATED = ResponseSpec(dict, status=201, etag=True, location=True)


class Shop:
    """A service whose routes record their requests, and fail on demand."""

    def __init__(self, cors_origins: tuple[str, ...] = (ORIGIN,), budgets: Budgets | None = None) -> None:
        self.requests: list[Request[Any]] = []
        self.arguments: list[dict[str, str]] = []
        self.page = Page([], None)
        self.failure: Exception | None = None
        verifier: Any = Tokens()
        self.app = RestService("shop", verifier=verifier, cors_origins=cors_origins, budgets=budgets)
        self.app.add(self)

    @route("GET", "/products/{product_id}", allowed_roles=PUBLIC, response=OBJECT)
    def show_product(self, request: Request[None], product_id: str) -> Response:
        self._record(request, product_id=product_id)
        return json_response({"price": Decimal("89.90")}, etag=3)

    @route("PATCH", "/products/{product_id}", allowed_roles={Role.VENDOR}, body=Thing, response=OBJECT)
    def change_product(self, request: Request[Thing], product_id: str) -> Response:
        self._record(request, product_id=product_id)
        return json_response({"price": Decimal("89.90")}, etag=3)

    @route("DELETE", "/products/{product_id}", allowed_roles={Role.VENDOR}, response=NO_CONTENT)
    def delete_product(self, request: Request[None], product_id: str) -> Response:
        self._record(request, product_id=product_id)
        return no_content()

    @route(
        "GET",
        "/products",
        allowed_roles=PUBLIC,
        query={
            "category": Parameter(Text(10, NO_CONTROL_CHARACTERS), "The category.", required=True),
            "active": Parameter(OneOf(("true", "false")), "Whether it is active.", default="true"),
        },
        paged=True,
        response=OBJECT,
    )
    def list_products(self, request: Request[None]) -> Response:
        self._record(request)
        return page_response(self.page, request)

    @route(
        "POST",
        "/products",
        allowed_roles={Role.VENDOR},
        body=Thing,
        idempotency="optional",
        response=CREATED,
    )
    def create_product(self, request: Request[Thing]) -> Response:
        self._record(request)
        return json_response({"name": "x"}, status=201, location=f"{request.path}/1", etag=1)

    @route(
        "GET",
        "/vendors/{vendor_id}/inventory",
        allowed_roles={Role.VENDOR, Role.ADMIN},
        paged=True,
        response=OBJECT,
    )
    def list_inventory(self, request: Request[None], vendor_id: str) -> Response:
        self._record(request, vendor_id=vendor_id)
        return page_response(self.page, request)

    @route(
        "POST",
        "/vendors/{vendor_id}/products/{product_id}/restocks",
        allowed_roles={Role.VENDOR, Role.ADMIN},
        body=Restock,
        idempotency="required",
        response=CREATED,
    )
    def restock(self, request: Request[Restock], vendor_id: str, product_id: str) -> Response:
        self._record(request, vendor_id=vendor_id, product_id=product_id)
        return json_response({"name": "x"}, status=201, location=f"{request.path}/1", etag=1)

    @route(
        "POST",
        "/orders/{order_id}/confirm",
        allowed_roles={Role.ORDERS},
        body=Lines,
        body_required=False,
        idempotency="optional",
        weight=lambda body: max(1, len(body.lines or ())),
        response=OBJECT,
    )
    def confirm_order(self, request: Request[Lines], order_id: str) -> Response:
        self._record(request, order_id=order_id)
        return json_response({"price": Decimal("89.90")}, etag=3)

    def _record(self, request: Request[Any], **arguments: str) -> None:
        self.requests.append(request)
        self.arguments.append(arguments)
        if self.failure is not None:
            raise self.failure


class Reply:
    """A response, which is checked against the conventions for every response."""

    def __init__(self, response: dict[str, Any]) -> None:
        json.dumps(response).encode()
        self.status: int = response["statusCode"]
        self.headers: dict[str, str] = response["headers"]
        assert response["multiValueHeaders"] == {}
        assert all(isinstance(value, str) and value.isprintable() for value in self.headers.values())
        assert self.headers["X-Request-Id"]
        assert self.headers["X-Content-Type-Options"] == "nosniff"
        assert self.headers["Content-Security-Policy"] == DATA_POLICY
        text: str = response["body"]
        self.body: Any = json.loads(text.encode()) if text else None
        if self.status >= 400:
            assert self.headers["Content-Type"] == "application/problem+json"
            assert self.body is not None
            assert self.body["status"] == self.status
            assert self.body["request_id"] == self.headers["X-Request-Id"]
            assert self.body["type"] == f"urn:inventory:problem:{self.body['code']}"
            assert self.body["title"]
            assert "detail" in self.body
            assert "Traceback" not in text
        elif self.status != 204:
            assert self.headers["Content-Type"] == "application/json"

    @property
    def errors(self) -> dict[str, str]:
        """The message of each error, by its path."""
        return {error["path"]: error["message"] for error in self.body["errors"]}


@pytest.fixture
def shop() -> Shop:
    return Shop()


Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Logged:
    """The lines that were logged since the last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def call(shop: Shop, event: Event) -> Callable[..., Reply]:
    """Send a request as a principal: ``call("GET", "/products/PROD-E4F9A", …, as_="vendor")``."""

    def send(method: str, path: str, *, as_: str | None = None, headers: Any = None, **parts: Any) -> Reply:
        sent = {**(headers or {}), **({} if as_ is None else {"authorization": f"Bearer {as_}"})}
        return Reply(shop.app(event(method, path, headers=sent, **parts), None))

    return send


Call = Callable[..., Reply]

PRODUCT = {"resource": "/products/{product_id}", "parameters": {"product_id": "PROD-E4F9A"}}
INVENTORY = {"resource": "/vendors/{vendor_id}/inventory", "parameters": {"vendor_id": "VENDOR-001"}}
ID_OF = {"vendor_id": "VENDOR-001", "product_id": "PROD-E4F9A", "order_id": "ORDER-1"}
BODILESS = ("/products", "/products/{product_id}", "/vendors/{vendor_id}/inventory", "/health")
CONFIRM = {"resource": "/orders/{order_id}/confirm", "parameters": {"order_id": "ORDER-1"}}


def _restock(vendor: str = "VENDOR-001", product: str = "PROD-E4F9A") -> dict[str, Any]:
    return {
        "resource": "/vendors/{vendor_id}/products/{product_id}/restocks",
        "parameters": {"vendor_id": vendor, "product_id": product},
    }


# Budgets


def test_a_request_takes_its_weight_of_its_senders_budget(event: Event, logged: Logged) -> None:
    shop = Shop(budgets=Budgets(client=Budget(rate=100, burst=3), monotonic=lambda: 0.0))

    def confirm(body: str | None, as_: str = "orders") -> Reply:
        headers = {"authorization": f"Bearer {as_}"}
        return Reply(
            shop.app(event("POST", "/orders/ORDER-1/confirm", headers=headers, body=body, **CONFIRM), None)
        )

    two_lines = '{"lines":[{"quantity":1},{"quantity":2}]}'
    assert [confirm(None).status, confirm(two_lines).status, confirm(None).status] == [200, 200, 429]
    refused = confirm(two_lines)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert refused.body["code"] == "too_many_requests"
    assert len(shop.requests) == 2
    assert logged()[-1]["code"] == "too_many_requests"


def test_a_request_that_is_refused_for_its_body_takes_one(event: Event) -> None:
    shop = Shop(budgets=Budgets(client=Budget(rate=100, burst=2), monotonic=lambda: 0.0))
    headers = {"authorization": "Bearer orders"}

    def statuses(body: str) -> int:
        sent = event("POST", "/orders/ORDER-1/confirm", headers=headers, body=body, **CONFIRM)
        return Reply(shop.app(sent, None)).status

    assert [statuses("{") for _ in range(3)] == [400, 400, 429]


def test_a_token_and_a_role_are_checked_before_a_budget(event: Event) -> None:
    shop = Shop(budgets=Budgets(vendor=Budget(rate=100, burst=0)))
    for name, status in (("vendor", 403), ("unknown", 401)):
        headers = {"authorization": f"Bearer {name}"}
        sent = event("POST", "/orders/ORDER-1/confirm", headers=headers, **CONFIRM)
        assert Reply(shop.app(sent, None)).status == status


def test_a_public_route_counts_senders_whom_it_knows(event: Event) -> None:
    shop = Shop(budgets=Budgets(vendor=Budget(rate=100, burst=1), monotonic=lambda: 0.0))

    def statuses(**headers: str) -> list[int]:
        sent = event("GET", "/products/PROD-E4F9A", headers=headers, **PRODUCT)
        return [Reply(shop.app(sent, None)).status for _ in range(2)]

    assert statuses(authorization="Bearer vendor") == [200, 429]
    assert statuses(authorization="Bearer vendor-2") == [200, 429]
    assert statuses(authorization="Bearer admin") == [200, 200]
    assert statuses() == [200, 200]


# The request of a route


def test_a_route_receives_the_checked_request_and_its_path_parameters(shop: Shop, call: Call) -> None:
    path = "/vendors/VENDOR-001/products/PROD-E4F9A/restocks"
    headers = {"Idempotency-Key": "key-1", "X-Request-Id": "request-1"}
    reply = call("POST", path, as_="vendor", body='{"quantity":5}', headers=headers, **_restock())
    assert reply.status == 201
    assert shop.arguments == [{"vendor_id": "VENDOR-001", "product_id": "PROD-E4F9A"}]
    [request] = shop.requests
    assert request.principal == VENDOR
    assert request.scope == Scope("VENDOR-001")
    assert request.request_id == reply.headers["X-Request-Id"] == "request-1"
    assert request.path == path
    assert request.body == Restock(quantity=5)
    assert request.query == {}
    assert request.idempotency_key is not None


def test_a_response_has_the_status_and_headers_of_its_route(call: Call) -> None:
    reply = call("POST", "/products", as_="vendor", body='{"name":"x"}')
    assert reply.status == 201
    assert reply.headers["Location"] == "/products/1"
    assert reply.headers["ETag"] == '"1"'
    reply = call("GET", "/products/PROD-E4F9A", **PRODUCT)
    assert (reply.status, reply.body, reply.headers["ETag"]) == (200, {"price": 89.9}, '"3"')
    assert call("DELETE", "/products/PROD-E4F9A", as_="vendor", **PRODUCT).status == 204


def test_an_encoded_path_parameter_is_decoded_exactly_once(shop: Shop, call: Call) -> None:
    encoded = {**PRODUCT, "parameters": {"product_id": "%50ROD%2DE4F9A"}}
    assert call("GET", "/products/%50ROD%2DE4F9A", **encoded).status == 200
    assert shop.arguments == [{"product_id": "PROD-E4F9A"}]
    twice = {**PRODUCT, "parameters": {"product_id": quote("%50ROD-E4F9A")}}
    assert call("GET", "/products/%2550ROD-E4F9A", **twice).status == 422


def test_a_request_without_headers_and_parameters_is_served(shop: Shop) -> None:
    sent = {
        "path": "/health",
        "headers": None,
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {"httpMethod": "GET", "resourcePath": "/health", "path": "/dev/health"},
    }
    assert Reply(shop.app(sent, None)).body == {"status": "ok", "service": "shop"}


def test_health_needs_no_token_and_ignores_one(call: Call) -> None:
    assert call("GET", "/health").status == 200
    assert call("GET", "/health", as_="somebody unknown").status == 200


@pytest.mark.parametrize("name", ["authorization", "Authorization", "AUTHORIZATION"])
def test_the_name_of_the_authorization_header_is_case_insensitive(shop: Shop, call: Call, name: str) -> None:
    assert call("GET", "/products/PROD-E4F9A", headers={name: "Bearer vendor"}, **PRODUCT).status == 200
    assert shop.requests[0].principal == VENDOR


# Roles


def test_a_public_route_is_open_without_a_token_and_with_every_valid_one(shop: Shop, call: Call) -> None:
    for name in (None, "vendor", "orders", "auditor", "admin", "nobody"):
        assert call("GET", "/products/PROD-E4F9A", as_=name, **PRODUCT).status == 200
    assert shop.requests[0].principal is ANYBODY
    assert {request.scope for request in shop.requests} == {EVERYTHING}


def test_a_public_route_refuses_an_invalid_token(call: Call) -> None:
    reply = call("GET", "/products/PROD-E4F9A", as_="forged", **PRODUCT)
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_route_for_roles_responds_401_without_a_token_and_403_without_the_role(call: Call) -> None:
    reply = call("GET", "/vendors/VENDOR-001/inventory", **INVENTORY)
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
    for name in ("orders", "auditor", "nobody"):
        assert call("GET", "/vendors/VENDOR-001/inventory", as_=name, **INVENTORY).status == 403
    assert call("GET", "/vendors/VENDOR-001/inventory", as_="admin", **INVENTORY).status == 200


def test_another_vendor_in_the_path_is_forbidden_to_vendors_only(shop: Shop, call: Call) -> None:
    for vendor in ("VENDOR-002", "VENDOR-0010", "vendor-001", "", "VENDOR%2D002"):
        parts = {**INVENTORY, "parameters": {"vendor_id": vendor}}
        assert call("GET", f"/vendors/{vendor}/inventory", as_="vendor", **parts).status == 403
    other = {**INVENTORY, "parameters": {"vendor_id": "VENDOR-002"}}
    assert call("GET", "/vendors/VENDOR-002/inventory", as_="admin", **other).status == 200
    own = {**INVENTORY, "parameters": {"vendor_id": "VENDOR%2D001"}}
    assert call("GET", "/vendors/VENDOR%2D001/inventory", as_="vendor", **own).status == 200
    assert [request.scope for request in shop.requests] == [EVERYTHING, Scope("VENDOR-001")]


def test_a_value_of_a_parameter_can_be_reserved_for_roles(shop: Shop, call: Call) -> None:
    class Things:
        @route(
            "GET",
            "/things",
            allowed_roles=PUBLIC,
            allowed_roles_by_query={("active", "false"): {Role.ADMIN}},
            query={"active": Parameter(OneOf(("true", "false")), "Whether it is active.")},
            response=NO_CONTENT,
        )
        def list_things(self, request: Request[None]) -> Response:
            return no_content()

    shop.app.add(Things())
    for query in ({}, {"active": ["true"]}):
        assert call("GET", "/things", query=query).status == 204
    for values in (["false"], ["true", "false"]):
        assert call("GET", "/things", query={"active": values}).status == 401
        assert call("GET", "/things", as_="vendor", query={"active": values}).status == 403
    assert call("GET", "/things", as_="admin", query={"active": ["false"]}).status == 204


# The order of the checks


def test_the_checks_have_their_order(call: Call) -> None:
    # Everything is wrong at first; each step corrects the error of the previous response.
    sent: dict[str, Any] = {
        "as_": "forged",
        "headers": {"Content-Type": "text/plain"},
        "body": "{" * (LIMIT_BYTES + 1),
        "query": {"colour": ["blue"]},
        **_restock("VENDOR-002", "PROD-1"),
    }
    corrections: list[tuple[dict[str, Any], int, str]] = [
        ({}, 401, "unauthenticated"),
        ({"as_": None}, 401, "unauthenticated"),
        ({"as_": "orders"}, 403, "forbidden"),
        ({"as_": "vendor"}, 403, "forbidden"),
        (_restock("VENDOR-001", "PROD-1"), 413, "payload_too_large"),
        ({"body": "{"}, 415, "unsupported_media_type"),
        ({"headers": {}}, 400, "invalid_json"),
        ({"body": '{"quantity":0}'}, 400, "idempotency_key_required"),
        ({"headers": {"Idempotency-Key": "a b"}}, 400, "invalid_idempotency_key"),
        ({"headers": {"Idempotency-Key": "key-1"}}, 422, "invalid_input"),
        ({"body": '{"quantity":1}'}, 422, "invalid_input"),
        ({"query": {}}, 422, "invalid_input"),
        (_restock(), 201, ""),
    ]
    for correction, status, code in corrections:
        sent |= correction
        reply = call("POST", "/vendors/x/products/y/restocks", **sent)
        assert (reply.status, reply.body.get("code", "")) == (status, code)


def test_an_invalid_cursor_is_reported_before_invalid_parameters(call: Call) -> None:
    reply = call("GET", "/products", query={"cursor": ["x"], "limit": ["0"]})
    assert (reply.status, reply.body["code"]) == (400, "invalid_cursor")


def test_all_invalid_parts_of_a_request_are_reported_at_once(call: Call) -> None:
    reply = call(
        "POST",
        "/vendors/x/products/y/restocks",
        as_="admin",
        headers={"Idempotency-Key": "key-1"},
        query={"colour": ["blue"], "limit": ["5"]},
        body='{"quantity":1.5,"price":1}',
        **_restock("VENDOR-?", "PROD-1"),
    )
    assert reply.status == 422
    assert set(reply.errors) == {
        "query.colour",
        "query.limit",
        "path.vendor_id",
        "path.product_id",
        "body.quantity",
        "body.price",
    }
    assert reply.errors["body.quantity"].startswith("should be")
    assert reply.errors["body.price"] == "is not a field of this request"


def test_a_route_is_not_called_for_a_refused_request(shop: Shop, call: Call) -> None:
    call("POST", "/products", as_="vendor", body='{"name":""}')
    call("POST", "/products", body='{"name":"x"}')
    call("GET", "/products", query={})
    assert shop.requests == []


# Bodies


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ("{}", "body.name", "is required"),
        ('{"name":"x","colour":1}', "body.colour", "is not a field of this request"),
        ('{"name":5}', "body.name", "should be a string"),
        ('{"name":""}', "body.name", "should have 1 to 200 characters"),
        (
            '{"name":" "}',
            "body.name",
            "should not be blank, and should have no control characters",
        ),
        ('{"name":"x","price":"1"}', "body.price", "should be a number"),
        ('{"name":"x","price":0.001}', "body.price", "should have at most 2 fractional digits"),
        ("[]", "body", "should be a JSON object"),
        ("null", "body", "should be a JSON object"),
        ('"x"', "body", "should be a JSON object"),
    ],
)
def test_an_error_in_a_body_is_reported_with_its_path(call: Call, body: str, path: str, message: str) -> None:
    reply = call("POST", "/products", as_="vendor", body=body)
    assert reply.status == 422
    assert reply.errors == {path: message}


def test_an_error_in_a_list_is_reported_with_its_position(call: Call) -> None:
    body = '{"lines":[{"quantity":1},{"quantity":0},{"quantity":1,"attributes":{"size":""}}]}'
    reply = call("POST", "/orders/ORDER-1/confirm", as_="orders", body=body, **CONFIRM)
    assert set(reply.errors) == {"body.lines[1].quantity", "body.lines[2].attributes.size"}


def test_a_hundred_of_a_thousand_errors_are_reported(call: Call) -> None:
    body = json.dumps({"lines": [{"quantity": 0}] * 1_000})
    reply = call("POST", "/orders/ORDER-1/confirm", as_="orders", body=body, **CONFIRM)
    assert reply.status == 422
    assert len(reply.body["errors"]) == 100


@pytest.mark.parametrize("body", [None, "", b""])
def test_an_absent_body_that_is_required_is_invalid_json(call: Call, body: str | bytes | None) -> None:
    reply = call("POST", "/products", as_="vendor", body=body)
    assert (reply.status, reply.body["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("body", [None, "", "{}"])
def test_an_absent_body_that_is_not_required_is_read_as_an_empty_object(
    shop: Shop, call: Call, body: str | None
) -> None:
    assert call("POST", "/orders/ORDER-1/confirm", as_="orders", body=body, **CONFIRM).status == 200
    assert shop.requests[0].body == Lines()


def test_a_body_in_base64_is_read(shop: Shop, call: Call) -> None:
    assert call("POST", "/products", as_="vendor", body='{"name":"Caf\u00e9"}'.encode()).status == 201
    assert shop.requests[0].body == Thing(name="Caf\u00e9")


def test_the_body_of_a_route_without_one_is_ignored(call: Call) -> None:
    reply = call("GET", "/products/PROD-E4F9A", body="{", headers={"Content-Type": "text/plain"}, **PRODUCT)
    assert reply.status == 200


@pytest.mark.parametrize(
    "body",
    [
        '{"name":NaN}',
        '{"name":"a","name":"b"}',
        "[" * 100_000,
        "\ufeff{}",
        b"\xff",
        "\ud800",
        '{"price":1e9999999999999999999999}',
    ],
)
def test_the_response_to_a_body_that_is_not_json_is_400(call: Call, body: str | bytes) -> None:
    reply = call("POST", "/products", as_="vendor", body=body)
    assert (reply.status, reply.body["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(
    "body",
    [
        r'{"name":"\ud800"}',
        r'{"name":"\u0000"}',
        r'{"\ud800":1}',
        r'{"name":"x","\u0000":1}',
        '{"name":"x","price":1e999999}',
    ],
)
def test_texts_and_numbers_that_cannot_be_stored_are_invalid(call: Call, body: str) -> None:
    assert call("POST", "/products", as_="vendor", body=body).status == 422


# Query parameters and pages


def test_parameters_are_read_or_have_their_defaults(shop: Shop, call: Call) -> None:
    assert call("GET", "/products", query={"category": ["Audio"]}).status == 200
    [request] = shop.requests
    assert request.query == {"category": "Audio", "active": "true", "limit": 25, "cursor": None}
    assert request.page == PageRequest(25, None)


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({}, {"query.category": "is required"}),
        ({"category": ["a", "a"]}, {"query.category": "should be given once"}),
        ({"category": ["a"], "limit": ["5", "6"]}, {"query.limit": "should be given once"}),
        ({"category": ["a"], "colour": ["b"]}, {"query.colour": "is not a parameter of this request"}),
        ({"category": ["a"], "Limit": ["5"]}, {"query.Limit": "is not a parameter of this request"}),
    ],
)
def test_an_unknown_a_repeated_and_a_missing_parameter_are_invalid(
    call: Call, query: dict[str, list[str]], errors: dict[str, str]
) -> None:
    reply = call("GET", "/products", query=query)
    assert reply.status == 422
    assert reply.errors == errors


@pytest.mark.parametrize("value", ["", "x" * 11, "a\n", "\ud800"])
def test_a_parameter_that_its_type_refuses_is_invalid(call: Call, value: str) -> None:
    reply = call("GET", "/products", query={"category": [value]})
    assert reply.status == 422
    assert set(reply.errors) == {"query.category"}


@pytest.mark.parametrize(
    "query",
    [
        {"category": ["\ufffd"]},
        {"category": ["a\ufffdb"]},
        {"category": ["a", "\ufffd"]},
        {"category": ["a"], "\ufffd": ["b"]},
        {"category": ["a"], "unheard": ["\ufffd"]},
        {"category": ["a"], "limit": ["\ufffd"]},
    ],
    ids=ascii,
)
def test_a_query_that_is_not_utf_8_is_refused(call: Call, query: dict[str, list[str]]) -> None:
    # API Gateway decodes the query, and puts U+FFFD in the place of bytes that are not UTF-8.
    reply = call("GET", "/products", query=query)
    assert (reply.status, reply.body["code"]) == (400, "invalid_encoding")


@pytest.mark.parametrize("encoded", ["%FF", "PROD-%C3", "%EF%BF%BD", "%ED%A0%80", "PROD-E4F9A%C0%80"])
def test_a_path_segment_that_is_not_utf_8_is_refused(call: Call, encoded: str) -> None:
    reply = call(
        "GET",
        f"/products/{encoded}",
        resource="/products/{product_id}",
        parameters={"product_id": encoded},
    )
    assert (reply.status, reply.body["code"]) == (400, "invalid_encoding")


@pytest.mark.parametrize("name", ["\ud800", "a\n", "x" * 10_000, ""])
def test_an_unknown_parameter_with_any_name_is_invalid(call: Call, name: str) -> None:
    assert call("GET", "/products", query={"category": ["a"], name: ["b"]}).status == 422


def test_a_route_that_is_not_a_list_has_neither_limit_nor_cursor(call: Call) -> None:
    reply = call("GET", "/products/PROD-E4F9A", query={"limit": ["5"], "cursor": ["x"]}, **PRODUCT)
    assert set(reply.errors) == {"query.limit", "query.cursor"}


@pytest.mark.parametrize(("sent", "limit"), [("1", 1), ("25", 25), ("99", 99), ("100", 100)])
def test_a_limit_of_one_to_a_hundred_is_accepted(shop: Shop, call: Call, sent: str, limit: int) -> None:
    assert call("GET", "/products", query={"category": ["a"], "limit": [sent]}).status == 200
    assert shop.requests[0].page.limit == limit


@pytest.mark.parametrize(
    "sent",
    [
        "0",
        "101",
        "1000",
        "-1",
        "+5",
        "5.0",
        "5e1",
        "",
        " 5",
        "5 ",
        "five",
        "0x5",
        "\u0663",
        "\u00b2",
        "9" * 5_000,
    ],
)
def test_any_other_limit_is_invalid(call: Call, sent: str) -> None:
    reply = call("GET", "/products", query={"category": ["a"], "limit": [sent]})
    assert reply.status == 422
    expected = (
        "should be 1 to 100" if re.fullmatch("-?[0-9]{1,4}", sent) else "should be an integer from 1 to 100"
    )
    assert reply.errors == {"query.limit": expected}


def test_a_repeated_cursor_is_invalid(call: Call) -> None:
    cursor = encode_cursor({"product_id": "PROD-E4F9A"})
    reply = call("GET", "/products", query={"category": ["a"], "cursor": [cursor, cursor]})
    assert reply.errors == {"query.cursor": "should be given once"}


def test_the_link_is_the_address_of_the_next_page_of_the_same_listing(shop: Shop, call: Call) -> None:
    position: Position = {"category": "Grains/Cereals & Co", "is_active": "true", "product_id": "PROD-E4F9A"}
    shop.page = Page([{"a": 1}], encode_cursor(position))
    query = {"category": ["A/B & C+\u00e9"], "limit": ["2"]}
    first = call("GET", "/products", query=query, stage="/dev")
    assert first.body["next_cursor"] == encode_cursor(position)
    address, relation = first.headers["Link"].split("; ")
    assert relation == 'rel="next"'
    link = urlsplit(address.strip("<>"))
    assert link.path == "/dev/products"
    followed = parse_qs(link.query, strict_parsing=True)
    assert followed == {**query, "cursor": [encode_cursor(position)]}
    second = call("GET", "/products", query=followed, stage="/dev")
    assert second.status == 200
    assert shop.requests[1].page == PageRequest(2, position)
    assert shop.requests[1].query["category"] == "A/B & C+\u00e9"
    # The address of the third page has one cursor, not two.
    third = urlsplit(second.headers["Link"].split("; ")[0].strip("<>"))
    assert len(parse_qs(third.query)["cursor"]) == 1


def test_a_cursor_of_another_vendors_listing_is_refused(shop: Shop, call: Call) -> None:
    position: Position = {"vendor_id": "VENDOR-002", "created_at": "2026", "product_id": "PROD-E4F9A"}
    query = {"cursor": [encode_cursor(position)]}
    call("GET", "/vendors/VENDOR-001/inventory", as_="vendor", query=query, **INVENTORY)
    products = Listing(schema.VENDOR_PRODUCTS_INDEX, "VENDOR-001")
    with pytest.raises(InventoryError, match="does not belong"):
        products.query("t", shop.requests[0].page)


# Idempotency keys


def _idempotency_key_of(shop: Shop, call: Call, body: str, as_: str = "vendor", key: str = "key-1") -> Any:
    assert call("POST", "/products", as_=as_, body=body, headers={"Idempotency-Key": key}).status == 201
    return shop.requests[-1].idempotency_key


def test_equal_json_has_the_same_key_and_the_same_hash(shop: Shop, call: Call) -> None:
    first = _idempotency_key_of(shop, call, '{"name":"x","price":89.90}')
    assert _idempotency_key_of(shop, call, ' { "price" : 89.90, "name" : "\\u0078" } ') == first
    assert (
        _idempotency_key_of(shop, call, '{"name":"y","price":89.90}').idempotency_id == first.idempotency_id
    )
    assert _idempotency_key_of(shop, call, '{"name":"y","price":89.90}').payload_hash != first.payload_hash


def test_the_same_key_of_two_principals_has_two_ids(shop: Shop, call: Call) -> None:
    one, other = (
        _idempotency_key_of(shop, call, '{"name":"x"}', as_=name) for name in ("vendor", "vendor-2")
    )
    assert one.idempotency_id != other.idempotency_id
    assert one.payload_hash == other.payload_hash


def test_another_key_and_another_path_have_other_ids(shop: Shop, call: Call) -> None:
    first = _idempotency_key_of(shop, call, '{"name":"x"}')
    assert _idempotency_key_of(shop, call, '{"name":"x"}', key="key-2").idempotency_id != first.idempotency_id
    ids = set()
    for order in ("ORDER-1", "ORDER-2"):
        parts = {**CONFIRM, "parameters": {"order_id": order}}
        call("POST", f"/orders/{order}/confirm", as_="orders", headers={"Idempotency-Key": "key-1"}, **parts)
        idempotency_key = shop.requests[-1].idempotency_key
        assert idempotency_key is not None
        ids.add(idempotency_key.idempotency_id)
    assert len(ids) == 2


def test_another_encoding_of_the_same_path_has_the_same_key(shop: Shop, call: Call) -> None:
    for order in ("ORDER-1", "ORDER%2D1", "%4FRDER-1"):
        parts = {**CONFIRM, "parameters": {"order_id": order}}
        call("POST", f"/orders/{order}/confirm", as_="orders", headers={"Idempotency-Key": "key-1"}, **parts)
    assert len({request.idempotency_key for request in shop.requests}) == 1


def test_the_stage_is_not_a_part_of_the_key(shop: Shop, call: Call) -> None:
    for stage in ("", "/dev"):
        call(
            "POST",
            "/products",
            as_="vendor",
            body='{"name":"x"}',
            headers={"Idempotency-Key": "1"},
            stage=stage,
        )
    assert shop.requests[0].idempotency_key == shop.requests[1].idempotency_key


def test_a_command_without_the_header_has_no_key(shop: Shop, call: Call) -> None:
    assert call("POST", "/products", as_="vendor", body='{"name":"x"}').status == 201
    assert shop.requests[0].idempotency_key is None


@pytest.mark.parametrize(
    ("path", "as_", "body", "parts", "expected"),
    [
        (
            "/products",
            "vendor",
            '{"name":"Caf\u00e9","price":89.90}',
            {},
            IdempotencyKey(
                "#MARKER#79921251c0ec0659a681ca672eb65d33629d85e0d30b389493a8371654623ee3",
                "7e9f0af87899263215877c4e31df194ed4e819ace492a36dc66b3f96d047e423",
            ),
        ),
        (
            "/vendors/VENDOR-001/products/PROD-E4F9A/restocks",
            "vendor",
            '{"quantity":5,"attributes":{"b":"x","a":"y"}}',
            _restock(),
            IdempotencyKey(
                "#MARKER#68a526a960267f9245d298debee609ffe56e700a88ab56eac2bd758096461425",
                "23201d135290bfb2d8986b21c6c5aedb0dfabc8b14bc7f99ebd0e810d36b0208",
            ),
        ),
        (
            "/orders/ORDER-1/confirm",
            "orders",
            None,
            CONFIRM,
            IdempotencyKey(
                "#MARKER#454c97a242e923e3cfee59eef813015dd220f256009237ac833bd964a017849d",
                "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            ),
        ),
    ],
    ids=["creation", "restock", "confirmation without a body"],
)
def test_the_key_of_a_request_never_changes(
    shop: Shop,
    call: Call,
    path: str,
    as_: str,
    body: str | None,
    parts: dict[str, Any],
    expected: IdempotencyKey,
) -> None:
    # Clients repeat commands across a deployment: with another id, a command would be executed twice.
    call("POST", path, as_=as_, body=body, headers={"Idempotency-Key": "key-1"}, **parts)
    assert shop.requests[0].idempotency_key == expected


def test_a_member_of_the_body_can_require_a_key(shop: Shop, call: Call) -> None:
    class Refunds:
        @route(
            "POST",
            "/refunds",
            allowed_roles={Role.ORDERS},
            body=Lines,
            idempotency="optional",
            key_required_with="lines",
            response=NO_CONTENT,
        )
        def refund(self, request: Request[Lines]) -> Response:
            return no_content()

    shop.app.add(Refunds())
    partial = '{"lines":[{"quantity":1}]}'
    assert call("POST", "/refunds", as_="orders", body=partial).body["code"] == "idempotency_key_required"
    assert (
        call("POST", "/refunds", as_="orders", body=partial, headers={"Idempotency-Key": "1"}).status == 204
    )
    for whole in ("{}", '{"lines":null}'):
        assert call("POST", "/refunds", as_="orders", body=whole).status == 204
    assert call("POST", "/refunds", as_="orders", body="[]").status == 422


def test_the_versions_of_if_match_reach_a_route_that_accepts_them(shop: Shop, call: Call) -> None:
    received: list[IfMatch] = []

    class Things:
        @route("DELETE", "/things", allowed_roles={Role.VENDOR}, versioned=True, response=NO_CONTENT)
        def delete(self, request: Request[None]) -> Response:
            received.append(request.if_match)
            return no_content()

    shop.app.add(Things())
    call("DELETE", "/things", as_="vendor", headers={"If-Match": '"3"'})
    call("DELETE", "/things", as_="vendor")
    assert received == [IfMatch(frozenset({"3"})), ANY_VERSION]
    call("DELETE", "/products/PROD-E4F9A", as_="vendor", headers={"If-Match": '"3"'}, **PRODUCT)
    assert shop.requests[0].if_match == ANY_VERSION


def test_a_key_is_ignored_by_a_route_that_does_not_accept_one(shop: Shop, call: Call) -> None:
    headers = {"Idempotency-Key": "a b"}
    assert call("DELETE", "/products/PROD-E4F9A", as_="vendor", headers=headers, **PRODUCT).status == 204
    assert shop.requests[0].idempotency_key is None


# Unknown routes and methods


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "TRACE"])
def test_the_response_to_an_unknown_path_is_404(call: Call, method: str) -> None:
    reply = call(method, "/nowhere", as_="forged")
    assert (reply.status, reply.body["code"]) == (404, "route_not_found")


@pytest.mark.parametrize("method", ["PUT", "HEAD", "TRACE", "OPTIONS", "get", "\u00e9"])
def test_the_response_to_an_unknown_method_is_405_with_the_allowed_ones(call: Call, method: str) -> None:
    reply = call(method, "/products/PROD-E4F9A", **PRODUCT)
    assert (reply.status, reply.body["code"]) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "DELETE, GET, PATCH"


# Requests from other origins


def test_a_listed_origin_may_read_the_response(call: Call) -> None:
    for path, parts in (("/products/PROD-E4F9A", PRODUCT), ("/nowhere", {})):
        headers = call("GET", path, headers={"Origin": ORIGIN}, **parts).headers
        assert headers["Access-Control-Allow-Origin"] == ORIGIN
        assert headers["Vary"] == "Accept-Encoding, Origin"
        exposed = set(headers["Access-Control-Expose-Headers"].split(", "))
        assert exposed == {"ETag", "Idempotent-Replayed", "Link", "Location", "Retry-After", "X-Request-Id"}


@pytest.mark.parametrize(
    "origin", [None, "", "https://shop.example.evil", "https://SHOP.example", "null", "*"]
)
def test_another_origin_may_not_read_the_response(call: Call, origin: str | None) -> None:
    headers = call("GET", "/products/PROD-E4F9A", headers={"Origin": origin}, **PRODUCT).headers
    assert [name for name in headers if name.startswith("Access-Control")] == []
    assert headers["Vary"] == "Accept-Encoding, Origin"


def test_a_preflight_request_of_a_listed_origin_needs_no_token(call: Call) -> None:
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    reply = call("OPTIONS", "/products/PROD-E4F9A", headers=preflight, **PRODUCT)
    assert (reply.status, reply.body) == (204, None)
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert reply.headers["Access-Control-Allow-Methods"] == "DELETE, GET, PATCH"
    accepted = set(reply.headers["Access-Control-Allow-Headers"].split(", "))
    assert accepted == {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-Id"}
    assert int(reply.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://other.example", "Access-Control-Request-Method": "PATCH"},
        {"Access-Control-Request-Method": "PATCH"},
        {"Origin": ORIGIN},
        {},
    ],
)
def test_the_response_to_any_other_options_request_is_405(call: Call, headers: dict[str, str]) -> None:
    assert call("OPTIONS", "/products/PROD-E4F9A", headers=headers, **PRODUCT).status == 405


def test_a_service_without_origins_sends_no_cors_headers(event: Event) -> None:
    shop = Shop(cors_origins=())
    reply = Reply(shop.app(event("GET", "/health", headers={"Origin": ORIGIN}), None))
    assert set(reply.headers) == {"Content-Type", "Vary", "X-Request-Id", *SECURITY_HEADERS}


# Request ids


def test_the_request_id_is_returned_in_every_response(call: Call) -> None:
    headers = {"x-request-id": "request-1"}
    for path in ("/health", "/nowhere", "/products"):
        assert call("GET", path, headers=headers).headers["X-Request-Id"] == "request-1"


@pytest.mark.parametrize("sent", ["", "a" * 65, "a b", "a\r\nSet-Cookie: x", "\u00e9"])
def test_a_malformed_request_id_is_replaced(shop: Shop, call: Call, sent: str) -> None:
    reply = call("GET", "/products/PROD-E4F9A", headers={"X-Request-Id": sent}, **PRODUCT)
    assert reply.headers["X-Request-Id"] == shop.requests[0].request_id != sent


# Failures


def test_an_error_of_the_route_becomes_a_problem_document(shop: Shop, call: Call) -> None:
    shop.failure = SkuNotFound("SKU-1 was not found.", sku="SKU-1")
    reply = call("GET", "/products/PROD-E4F9A", headers={"Origin": ORIGIN}, **PRODUCT)
    assert (reply.status, reply.body["code"]) == (404, "sku_not_found")
    assert reply.body["detail"] == "SKU-1 was not found."
    assert reply.body["sku"] == "SKU-1"
    assert "ETag" not in reply.headers


def test_the_numbers_in_an_error_are_exact(shop: Shop, call: Call) -> None:
    shop.failure = Busy("Later.", unit_price=Decimal("89.99"))
    reply = call("GET", "/products/PROD-E4F9A", **PRODUCT)
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert reply.body["unit_price"] == 89.99


@pytest.mark.parametrize(
    "failure", [ValueError("a secret"), KeyError("a secret"), AssertionError("a secret")]
)
def test_an_unexpected_exception_is_in_the_log_and_not_in_the_response(
    shop: Shop, call: Call, logged: Logged, failure: Exception
) -> None:
    shop.failure = failure
    reply = call("GET", "/products/PROD-E4F9A", headers={"X-Request-Id": "request-1"}, **PRODUCT)
    assert (reply.status, reply.body["code"]) == (500, "internal_error")
    assert "secret" not in json.dumps(reply.body)
    assert type(failure).__name__ not in json.dumps(reply.body)
    [line] = logged()
    assert (line["level"], line["status"], line["code"]) == ("ERROR", 500, "internal_error")
    assert line["request_id"] == "request-1"
    assert line["exception"] == type(failure).__name__
    assert "Traceback" in line["stack"]
    assert "in _record" in line["stack"]
    # The message of an exception may quote the request.
    assert "a secret" not in json.dumps(line)


def test_the_response_during_throttling_is_503_with_the_time_of_a_retry(
    shop: Shop, call: Call, logged: Logged
) -> None:
    code = "ProvisionedThroughputExceededException"
    shop.failure = ClientError({"Error": {"Code": code, "Message": "m"}}, "GetItem")
    reply = call("GET", "/products/PROD-E4F9A", **PRODUCT)
    assert (reply.status, reply.body["code"]) == (503, "database_unavailable")
    assert reply.headers["Retry-After"] == "1"
    [line] = logged()
    assert (line["level"], line["code"]) == ("ERROR", "database_unavailable")
    assert code in line["exception"]


def test_the_response_without_a_database_is_503(shop: Shop, call: Call, logged: Logged) -> None:
    shop.failure = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert call("GET", "/products/PROD-E4F9A", **PRODUCT).status == 503
    assert "EndpointConnectionError" in logged()[0]["exception"]


# The log


def test_a_request_is_logged_in_one_line(call: Call, logged: Logged) -> None:
    headers = {"Idempotency-Key": "key-1", "X-Request-Id": "request-1"}
    path = "/vendors/VENDOR-001/products/PROD-E4F9A/restocks"
    call("POST", path, as_="vendor", body='{"quantity":5}', headers=headers, **_restock())
    [line] = logged()
    assert timestamp(line["timestamp"]) == line.pop("timestamp")
    assert 0 <= line.pop("duration_ms") < 60_000
    assert line == {
        "level": "INFO",
        "message": "request",
        "service": "shop",
        "request_id": "request-1",
        "aws_request_id": None,
        "method": "POST",
        "route": "/vendors/{vendor_id}/products/{product_id}/restocks",
        "vendor_id": "VENDOR-001",
        "product_id": "PROD-E4F9A",
        "principal": "VENDOR-001",
        "roles": ["vendor"],
        "status": 201,
        "code": None,
        "dynamodb_calls": 0,
        "dynamodb_retries": 0,
        "read_units": 0.0,
        "write_units": 0.0,
    }


def test_a_line_has_the_invocation_id_of_lambdas_own_lines(shop: Shop, event: Event, logged: Logged) -> None:
    shop.app(event("GET", "/health"), SimpleNamespace(aws_request_id="8f507cfc"))
    assert logged()[0]["aws_request_id"] == "8f507cfc"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"path": "/health"}, (200, None, "/health")),
        ({"path": "/nowhere"}, (404, "route_not_found", None)),
        ({"method": "PUT", "path": "/products"}, (405, "method_not_allowed", "/products")),
        ({"method": "POST", "path": "/products"}, (401, "unauthenticated", "/products")),
        ({"method": "POST", "path": "/products", "as_": "orders"}, (403, "forbidden", "/products")),
        ({"path": "/products"}, (422, "invalid_input", "/products")),
        (
            {
                "method": "OPTIONS",
                "path": "/products",
                "headers": {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"},
            },
            (204, None, "/products"),
        ),
    ],
)
def test_every_response_is_logged(
    call: Call, logged: Logged, sent: dict[str, Any], expected: tuple[int, str | None, str | None]
) -> None:
    reply = call(**{"method": "GET"} | sent)
    [line] = logged()
    assert (line["status"], line["code"], line["route"]) == expected
    assert line["level"] == "INFO"
    assert line["method"] == sent.get("method", "GET")
    assert line["request_id"] == reply.headers["X-Request-Id"]
    assert "exception" not in line
    assert "stack" not in line


def test_a_temporary_error_is_logged_as_a_warning(shop: Shop, call: Call, logged: Logged) -> None:
    shop.failure = Busy("Later.")
    call("GET", "/products/PROD-E4F9A", **PRODUCT)
    [line] = logged()
    assert (line["level"], line["status"], line["code"]) == ("WARN", 503, "busy")
    assert "exception" not in line


@pytest.mark.parametrize(
    ("as_", "principal", "roles", "vendor_id"),
    [
        (None, "anonymous", [], None),
        ("vendor-2", "VENDOR-002", ["vendor"], "VENDOR-002"),
        ("orders", "client:orders-1", ["orders"], None),
        ("admin", "user:1", ["admin"], None),
        ("forged", None, [], None),
    ],
)
def test_a_line_names_the_principal(
    call: Call,
    logged: Logged,
    as_: str | None,
    principal: str | None,
    roles: list[str],
    vendor_id: str | None,
) -> None:
    call("GET", "/products/PROD-E4F9A", as_=as_, **PRODUCT)
    [line] = logged()
    assert (line["principal"], line["roles"], line["vendor_id"]) == (principal, roles, vendor_id)


def test_a_line_names_the_vendor_in_the_path(call: Call, logged: Logged) -> None:
    other = {**INVENTORY, "parameters": {"vendor_id": "VENDOR-002"}}
    for as_, status in (("admin", 200), ("vendor", 403)):
        assert call("GET", "/vendors/VENDOR-002/inventory", as_=as_, **other).status == status
        [line] = logged()
        assert line["vendor_id"] == "VENDOR-002"
    assert line["principal"] == "VENDOR-001"


def test_a_malformed_id_is_not_logged(call: Call, logged: Logged) -> None:
    call("GET", "/products/eyJhbGciOi.x", **{**PRODUCT, "parameters": {"product_id": "eyJhbGciOi.x"}})
    [line] = logged()
    assert "product_id" not in line
    assert "eyJhbGciOi" not in json.dumps(line)


@pytest.mark.parametrize("name", ['VENDOR-1\n{"level":"ERROR"}', "user:\u2028\ud800", "x" * 10_000])
def test_the_name_of_a_principal_cannot_forge_a_line(
    monkeypatch: pytest.MonkeyPatch, call: Call, logged: Logged, name: str
) -> None:
    monkeypatch.setitem(PRINCIPALS, "Bearer odd", Principal(name, frozenset()))
    call("GET", "/products/PROD-E4F9A", as_="odd", **PRODUCT)
    [line] = logged()
    assert (line["principal"], line["level"]) == (name, "INFO")


SECRET = "T0kenSecret"
secrets = st.sampled_from(["", "Bearer ", "\n", "eyJhbGciOi.", "\ud800", "é"]).map(
    lambda start: f"{start}{SECRET}"
)
places = st.sets(
    st.sampled_from(["authorization", "headers", "query", "body", "path", "parameters", "method", "failure"]),
    min_size=1,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=secrets,
    places=places,
    route=st.sampled_from([*BODILESS, "/orders/{order_id}/confirm", "/nowhere"]),
    as_=st.sampled_from(["vendor", "admin", "orders", None]),
)
def test_no_text_that_a_client_chooses_freely_is_logged(
    shop: Shop,
    event: Event,
    capsys: pytest.CaptureFixture[str],
    value: str,
    places: set[str],
    route: str,
    as_: str | None,
) -> None:
    headers = {} if as_ is None else {"Authorization": f"Bearer {as_}"}
    if "authorization" in places:
        headers["Authorization"] = value
    if "headers" in places:
        named = ("Idempotency-Key", "X-Request-Id", "If-Match", "Origin", "User-Agent", "Content-Type")
        headers |= dict.fromkeys(named, f"{value} of a header")
    shop.failure = ValueError(f"invalid: {value!r}", value) if "failure" in places else None
    names = [part.strip("{}") for part in route.split("/") if part.startswith("{")]
    sent = event(
        value if "method" in places else "POST" if "order_id" in names else "GET",
        f"/{value}" if "path" in places else route,
        resource=f"/{value}" if "path" in places else route,
        parameters={name: value if "parameters" in places else ID_OF[name] for name in names},
        query={"category": [value], value: [value]} if "query" in places else None,
        headers=headers,
        body=json.dumps({value: value, "lines": value}) if "body" in places else None,
    )
    shop.app(sent, None)
    written = capsys.readouterr().out
    assert len(written.splitlines()) == 1
    assert json.loads(written)["message"] == "request"
    assert SECRET not in written


def test_concurrent_requests_are_logged_separately(
    shop: Shop, event: Event, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _client_without_database(monkeypatch)
    barrier = threading.Barrier(8, timeout=30)

    class Orders:
        @route("GET", "/orders/{order_id}", allowed_roles={Role.ORDERS, Role.VENDOR}, response=NO_CONTENT)
        def show_order(self, request: Request[None], order_id: str) -> Response:
            barrier.wait()  # until eight requests are in the route at once
            for _ in range(int(order_id.removeprefix("ORDER-"))):
                client.get_item(TableName="t", Key={"k": {"S": "1"}})
            return no_content()

    shop.app.add(Orders())

    def send(number: int) -> None:
        as_ = ("orders", "vendor", "vendor-2")[number % 3]
        sent = {"X-Request-Id": f"request-{number}", "Authorization": f"Bearer {as_}"}
        parameters = {"order_id": f"ORDER-{number}"}
        path, resource = f"/orders/ORDER-{number}", "/orders/{order_id}"
        shop.app(event("GET", path, resource=resource, parameters=parameters, headers=sent), None)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(40)))
    found = {line["request_id"]: line for line in logged()}
    assert len(found) == 40
    for number in range(40):
        line = found[f"request-{number}"]
        principal = PRINCIPALS[("Bearer orders", "Bearer vendor", "Bearer vendor-2")[number % 3]]
        assert (line["order_id"], line["principal"]) == (f"ORDER-{number}", principal.name)
        assert (line["dynamodb_calls"], line["read_units"]) == (number, number * 0.5)


def _client_without_database(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a client whose every read consumes half a unit."""

    def respond(request: Any, **_: Any) -> AWSResponse:
        response = AWSResponse(request.url, 200, {}, None)
        response._content = b'{"ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}}'
        return response

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "test")
    client = connect()
    client.meta.events.register("before-send.dynamodb", respond)
    return client


def test_a_failing_log_does_not_change_the_response(
    shop: Shop, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("inventory_common.rest.log_event", fail)
    assert Reply(shop.app(event("GET", "/health"), None)).status == 200
    shop.failure = ValueError()
    assert Reply(shop.app(event("GET", "/products/PROD-E4F9A", **PRODUCT), None)).status == 500


def test_chalice_does_not_log(shop: Shop) -> None:
    assert shop.app.log.handlers == []


# Any request

headers = st.dictionaries(
    st.sampled_from(
        ["Origin", "Content-Type", "Idempotency-Key", "X-Request-Id", "Access-Control-Request-Method"]
    ),
    st.text(max_size=30) | st.sampled_from(["application/json", "key-1", ORIGIN]),
)
tokens = st.sampled_from([*PRINCIPALS, "Bearer forged", None])
queries = st.dictionaries(
    st.sampled_from(["limit", "cursor", "category", "active"]) | st.text(),
    st.lists(st.text() | st.sampled_from(["5", encode_cursor({"a": 1})]), min_size=1, max_size=2),
    max_size=4,
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "price", "quantity", "lines", "attributes"]) | st.text(), inner
        )
    ),
    max_leaves=8,
)
bodies = st.none() | st.binary() | st.text() | documents.map(json.dumps)
ids = st.text() | st.sampled_from(["VENDOR-001", "PROD-E4F9A", "ORDER-1", "%50ROD-E4F9A", "%ff"])
routes = st.sampled_from(
    [
        "/products",
        "/products/{product_id}",
        "/vendors/{vendor_id}/inventory",
        "/vendors/{vendor_id}/products/{product_id}/restocks",
        "/orders/{order_id}/confirm",
        "/health",
        "/nowhere",
    ]
)


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"]),
    resource=routes,
    token=tokens,
    headers=headers,
    query=queries,
    body=bodies,
    data=st.data(),
)
def test_the_response_to_any_request_is_not_500(
    shop: Shop,
    event: Event,
    method: str,
    resource: str,
    token: str | None,
    headers: dict[str, str],
    query: dict[str, list[str]],
    body: str | bytes | None,
    data: st.DataObject,
) -> None:
    names = [part.strip("{}") for part in resource.split("/") if part.startswith("{")]
    parameters = {name: data.draw(ids) for name in names}
    sent = headers if token is None else {**headers, "Authorization": token}
    path = resource.format(**parameters)
    parts = {"resource": resource, "parameters": parameters, "query": query, "headers": sent, "body": body}
    reply = Reply(shop.app(event(method, path, **parts), None))
    assert reply.status in {200, 201, 204, 400, 401, 403, 404, 405, 413, 415, 422}


# The application itself


def test_a_service_is_created_from_its_settings(event: Event) -> None:
    app = RestService.from_settings(
        "inventory-audit",
        Settings(
            jwks_url="http://127.0.0.1:1/",
            token_issuer="https://issuer.example",
            token_audiences=("shop",),
            machine_client_ids=("orders-1",),
            cors_origins=(ORIGIN,),
        ),
    )

    class Things:
        @route("GET", "/things", allowed_roles={Role.ADMIN}, response=OBJECT)
        def list_things(self, request: Request[None]) -> Response:
            return json_response({})

    app.add(Things())
    reply = Reply(app(event("GET", "/health", headers={"Origin": ORIGIN}), None))
    assert reply.body == {"status": "ok", "service": "inventory-audit"}
    assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
    for headers, status in ((None, 401), ({"Authorization": "Basic x"}, 401)):
        assert Reply(app(event("GET", "/things", headers=headers), None)).status == status


def test_a_service_verifies_tokens_with_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Any, ...]] = []
    monkeypatch.setattr(TokenVerifier, "__init__", lambda _, *arguments: made.append(arguments))
    chosen = Settings(
        jwks_url="http://127.0.0.1:1/", token_issuer="i", token_audiences=("a",), machine_client_ids=("c",)
    )
    RestService.from_settings("shop", chosen)
    assert made == [("http://127.0.0.1:1/", "i", ("a",), ("c",))]


def test_a_registered_route_has_the_name_and_docstring_of_its_method(shop: Shop) -> None:
    class Things:
        @route("GET", "/new", allowed_roles=PUBLIC, response=NO_CONTENT)
        def show(self, request: Request[None]) -> Response:
            """Show something."""
            return no_content()

    shop.app.add(Things())
    registered = shop.app.routes["/new"]["GET"].view_function
    assert (registered.__name__, registered.__doc__) == ("show", "Show something.")


def test_routes_are_registered_in_the_order_of_their_classes_base_classes_first(shop: Shop) -> None:
    class Readable:
        @route("GET", "/b", allowed_roles=PUBLIC, response=NO_CONTENT)
        def second(self, request: Request[None]) -> Response:
            return no_content()

        @route("GET", "/a", allowed_roles=PUBLIC, response=NO_CONTENT)
        def first(self, request: Request[None]) -> Response:
            return no_content()

        def helper(self) -> None: ...

    class Writable(Readable):
        @route("DELETE", "/a", allowed_roles=PUBLIC, response=NO_CONTENT)
        def delete(self, request: Request[None]) -> Response:
            return no_content()

    class Others:
        @route("GET", "/c", allowed_roles=PUBLIC, response=NO_CONTENT)
        def third(self, request: Request[None]) -> Response:
            return no_content()

    before = len(shop.app.routes)
    shop.app.add(Writable(), Others())
    assert list(shop.app.routes)[before:] == ["/b", "/a", "/c"]
    assert set(shop.app.routes["/a"]) == {"GET", "DELETE"}


def test_an_event_that_cannot_be_read_gets_a_response(shop: Shop, logged: Logged) -> None:
    reply = Reply(shop.app({"requestContext": {}}, None))
    assert reply.status == 500
    [line] = logged()
    assert (line["status"], line["exception"]) == (500, "KeyError")
    assert (line["method"], line["route"]) == (None, None)
