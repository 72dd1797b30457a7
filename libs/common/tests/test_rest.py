"""A small service of every kind of route, called with the events that API Gateway sends."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, EndpointConnectionError
from chalice.app import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_common import schema
from inventory_common.dynamodb import connect
from inventory_common.errors import Busy, InventoryError, SkuNotFound, Unauthenticated
from inventory_common.fields import Body, Money, Name, Quantity
from inventory_common.identity import ANYBODY, EVERYTHING, Principal, Role, Scope, TokenVerifier
from inventory_common.pages import Listing, Page, PageRequest, encode_cursor
from inventory_common.requests import Parameter, Request, text
from inventory_common.responses import answer, listing, no_content
from inventory_common.rest import PUBLIC, RestService
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
    """Knows tokens by their names."""

    def principal(self, authorization: str | None) -> Principal:
        if authorization is None:
            return ANYBODY
        if authorization not in PRINCIPALS:
            raise Unauthenticated("The token does not verify.")
        return PRINCIPALS[authorization]


class Thing(Body):
    name: Name
    price: Money = 0


class Restock(Body):
    quantity: Quantity
    attributes: dict[Name, Name] | None = None


class Lines(Body):
    lines: list[Restock] | None = None


def _bodies() -> ModuleType:
    module = ModuleType("bodies")
    module.Thing, module.Restock, module.Lines = Thing, Restock, Lines  # type: ignore[attr-defined]
    return module


class Shop:
    """The service, what its routes were given, and what they are to do."""

    def __init__(self, cors_origins: tuple[str, ...] = (ORIGIN,)) -> None:
        self.requests: list[Request] = []
        self.arguments: list[dict[str, str]] = []
        self.page = Page([], None)
        self.failure: Exception | None = None
        verifier: Any = Tokens()
        self.app = RestService("shop", verifier=verifier, bodies=_bodies, cors_origins=cors_origins)
        route = self.app.route
        route("/products/{product_id}", methods=["GET"], allowed_roles=PUBLIC)(self.get)
        route("/products/{product_id}", methods=["PATCH"], allowed_roles={Role.VENDOR}, body="Thing")(
            self.get
        )
        route("/products/{product_id}", methods=["DELETE"], allowed_roles={Role.VENDOR})(self.delete)
        query = {"category": Parameter(text(10), required=True), "active": Parameter(str, default="true")}
        route("/products", methods=["GET"], allowed_roles=PUBLIC, query=query, paged=True)(self.list)
        route(
            "/products", methods=["POST"], allowed_roles={Role.VENDOR}, body="Thing", idempotency="optional"
        )(self.create)
        route(
            "/vendors/{vendor_id}/inventory",
            methods=["GET"],
            allowed_roles={Role.VENDOR, Role.ADMIN},
            paged=True,
        )(self.list)
        route(
            "/vendors/{vendor_id}/products/{product_id}/restocks",
            methods=["POST"],
            allowed_roles={Role.VENDOR, Role.ADMIN},
            body="Restock",
            idempotency="required",
        )(self.create)
        route(
            "/orders/{order_id}/confirm",
            methods=["POST"],
            allowed_roles={Role.ORDERS},
            body="Lines",
            body_required=False,
            idempotency="optional",
        )(self.get)

    def _enter(self, request: Request, arguments: dict[str, str]) -> None:
        self.requests.append(request)
        self.arguments.append(arguments)
        if self.failure is not None:
            raise self.failure

    def get(self, request: Request, **arguments: str) -> Response:
        self._enter(request, arguments)
        return answer({"price": Decimal("89.90")}, etag=3)

    def delete(self, request: Request, **arguments: str) -> Response:
        self._enter(request, arguments)
        return no_content()

    def create(self, request: Request, **arguments: str) -> Response:
        self._enter(request, arguments)
        return answer({"name": "x"}, status=201, location=f"{request.path}/1", etag=1)

    def list(self, request: Request, **arguments: str) -> Response:
        self._enter(request, arguments)
        return listing(self.page, request)


class Answer:
    """An answer, held against what every answer must be."""

    def __init__(self, answered: dict[str, Any]) -> None:
        json.dumps(answered).encode()
        self.status: int = answered["statusCode"]
        self.headers: dict[str, str] = answered["headers"]
        assert answered["multiValueHeaders"] == {}
        assert all(isinstance(value, str) and value.isprintable() for value in self.headers.values())
        assert self.headers["X-Request-Id"]
        text: str = answered["body"]
        self.body: Any = json.loads(text.encode()) if text else None
        if self.status >= 400:
            assert self.headers["Content-Type"] == "application/problem+json"
            assert self.body["status"] == self.status
            assert self.body["request_id"] == self.headers["X-Request-Id"]
            assert self.body["type"] == f"urn:inventory:problem:{self.body['code']}"
            assert self.body["title"]
            assert "detail" in self.body
            assert "Traceback" not in text
        elif self.status != 204:
            assert self.headers["Content-Type"] == "application/json"

    @property
    def faults(self) -> dict[str, str]:
        """Path to message of everything that is wrong."""
        return {fault["path"]: fault["message"] for fault in self.body["errors"]}


@pytest.fixture
def shop() -> Shop:
    return Shop()


Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Logged:
    """The lines of the log since the last look."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def call(shop: Shop, event: Event) -> Callable[..., Answer]:
    """Send a request as a principal: ``call("GET", "/products/PROD-E4F9A", …, as_="vendor")``."""

    def send(method: str, path: str, *, as_: str | None = None, headers: Any = None, **parts: Any) -> Answer:
        sent = {**(headers or {}), **({} if as_ is None else {"authorization": f"Bearer {as_}"})}
        return Answer(shop.app(event(method, path, headers=sent, **parts), None))

    return send


Call = Callable[..., Answer]

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


# What a route is given


def test_a_route_gets_the_checked_request_and_its_path_parameters(shop: Shop, call: Call) -> None:
    path = "/vendors/VENDOR-001/products/PROD-E4F9A/restocks"
    headers = {"Idempotency-Key": "key-1", "X-Request-Id": "request-1"}
    answered = call("POST", path, as_="vendor", body='{"quantity":5}', headers=headers, **_restock())
    assert answered.status == 201
    assert shop.arguments == [{"vendor_id": "VENDOR-001", "product_id": "PROD-E4F9A"}]
    [request] = shop.requests
    assert request.principal == VENDOR
    assert request.scope == Scope("VENDOR-001")
    assert request.request_id == answered.headers["X-Request-Id"] == "request-1"
    assert request.path == path
    assert request.body == Restock(quantity=5)
    assert request.query == {}
    assert request.idempotency_key is not None


def test_an_answer_has_the_route_s_status_and_headers(call: Call) -> None:
    answered = call("POST", "/products", as_="vendor", body='{"name":"x"}')
    assert answered.status == 201
    assert answered.headers["Location"] == "/products/1"
    assert answered.headers["ETag"] == '"1"'
    answered = call("GET", "/products/PROD-E4F9A", **PRODUCT)
    assert (answered.status, answered.body, answered.headers["ETag"]) == (200, {"price": 89.9}, '"3"')
    assert call("DELETE", "/products/PROD-E4F9A", as_="vendor", **PRODUCT).status == 204


def test_an_encoded_path_parameter_is_decoded_exactly_once(shop: Shop, call: Call) -> None:
    encoded = {**PRODUCT, "parameters": {"product_id": "%50ROD%2DE4F9A"}}
    assert call("GET", "/products/%50ROD%2DE4F9A", **encoded).status == 200
    assert shop.arguments == [{"product_id": "PROD-E4F9A"}]
    twice = {**PRODUCT, "parameters": {"product_id": quote("%50ROD-E4F9A")}}
    assert call("GET", "/products/%2550ROD-E4F9A", **twice).status == 422


def test_a_request_without_headers_or_maps_is_served(shop: Shop) -> None:
    sent = {
        "path": "/health",
        "headers": None,
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {"httpMethod": "GET", "resourcePath": "/health", "path": "/dev/health"},
    }
    assert Answer(shop.app(sent, None)).body == {"status": "ok", "service": "shop"}


def test_health_needs_no_token_and_looks_at_none(call: Call) -> None:
    assert call("GET", "/health").status == 200
    assert call("GET", "/health", as_="somebody unknown").status == 200


@pytest.mark.parametrize("name", ["authorization", "Authorization", "AUTHORIZATION"])
def test_a_token_is_found_under_any_capitals(shop: Shop, call: Call, name: str) -> None:
    assert call("GET", "/products/PROD-E4F9A", headers={name: "Bearer vendor"}, **PRODUCT).status == 200
    assert shop.requests[0].principal == VENDOR


# Who may


def test_a_public_route_is_open_to_anybody_and_to_every_good_token(shop: Shop, call: Call) -> None:
    for name in (None, "vendor", "orders", "auditor", "admin", "nobody"):
        assert call("GET", "/products/PROD-E4F9A", as_=name, **PRODUCT).status == 200
    assert shop.requests[0].principal is ANYBODY
    assert {request.scope for request in shop.requests} == {EVERYTHING}


def test_a_public_route_refuses_a_bad_token_all_the_same(call: Call) -> None:
    answered = call("GET", "/products/PROD-E4F9A", as_="forged", **PRODUCT)
    assert (answered.status, answered.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_route_for_roles_is_401_without_a_token_and_403_without_the_role(call: Call) -> None:
    answered = call("GET", "/vendors/VENDOR-001/inventory", **INVENTORY)
    assert (answered.status, answered.headers["WWW-Authenticate"]) == (401, "Bearer")
    for name in ("orders", "auditor", "nobody"):
        assert call("GET", "/vendors/VENDOR-001/inventory", as_=name, **INVENTORY).status == 403
    assert call("GET", "/vendors/VENDOR-001/inventory", as_="admin", **INVENTORY).status == 200


def test_another_vendor_in_the_path_is_forbidden_to_a_vendor_alone(shop: Shop, call: Call) -> None:
    for vendor in ("VENDOR-002", "VENDOR-0010", "vendor-001", "", "VENDOR%2D002"):
        parts = {**INVENTORY, "parameters": {"vendor_id": vendor}}
        assert call("GET", f"/vendors/{vendor}/inventory", as_="vendor", **parts).status == 403
    other = {**INVENTORY, "parameters": {"vendor_id": "VENDOR-002"}}
    assert call("GET", "/vendors/VENDOR-002/inventory", as_="admin", **other).status == 200
    own = {**INVENTORY, "parameters": {"vendor_id": "VENDOR%2D001"}}
    assert call("GET", "/vendors/VENDOR%2D001/inventory", as_="vendor", **own).status == 200
    assert [request.scope for request in shop.requests] == [EVERYTHING, Scope("VENDOR-001")]


# The order of the checks


def test_the_checks_come_in_their_order(call: Call) -> None:
    # Everything is wrong at first; each step puts right what the answer before complained of.
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
        answered = call("POST", "/vendors/x/products/y/restocks", **sent)
        assert (answered.status, answered.body.get("code", "")) == (status, code)


def test_a_bad_cursor_is_told_before_invalid_parameters(call: Call) -> None:
    answered = call("GET", "/products", query={"cursor": ["x"], "limit": ["0"]})
    assert (answered.status, answered.body["code"]) == (400, "invalid_cursor")


def test_all_that_is_invalid_is_told_at_once(call: Call) -> None:
    answered = call(
        "POST",
        "/vendors/x/products/y/restocks",
        as_="admin",
        headers={"Idempotency-Key": "key-1"},
        query={"colour": ["blue"], "limit": ["5"]},
        body='{"quantity":1.5,"price":1}',
        **_restock("VENDOR-?", "PROD-1"),
    )
    assert answered.status == 422
    assert set(answered.faults) == {
        "query.colour",
        "query.limit",
        "path.vendor_id",
        "path.product_id",
        "body.quantity",
        "body.price",
    }
    assert answered.faults["body.quantity"].startswith("should be")
    assert answered.faults["body.price"] == "is not a field of this request"


def test_a_route_is_not_entered_by_a_request_that_is_refused(shop: Shop, call: Call) -> None:
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
        ('{"name":5}', "body.name", "should be a valid string"),
        ('{"name":""}', "body.name", "should have at least 1 character"),
        ('{"name":" "}', "body.name", "should not be blank"),
        ('{"name":"x","price":"1"}', "body.price", "should be a number"),
        ('{"name":"x","price":0.001}', "body.price", "should have at most 2 fractional digits"),
        ("[]", "body", "should be a JSON object"),
        ("null", "body", "should be a JSON object"),
        ('"x"', "body", "should be a JSON object"),
    ],
)
def test_what_is_wrong_with_a_body_is_told_by_path(call: Call, body: str, path: str, message: str) -> None:
    answered = call("POST", "/products", as_="vendor", body=body)
    assert answered.status == 422
    assert answered.faults == {path: message}


def test_what_is_wrong_inside_a_list_is_told_by_position(call: Call) -> None:
    body = '{"lines":[{"quantity":1},{"quantity":0},{"quantity":1,"attributes":{"size":""}}]}'
    answered = call("POST", "/orders/ORDER-1/confirm", as_="orders", body=body, **CONFIRM)
    assert set(answered.faults) == {"body.lines[1].quantity", "body.lines[2].attributes.size"}


def test_a_thousand_faults_are_answered_with_a_hundred(call: Call) -> None:
    body = json.dumps({"lines": [{"quantity": 0}] * 1_000})
    answered = call("POST", "/orders/ORDER-1/confirm", as_="orders", body=body, **CONFIRM)
    assert answered.status == 422
    assert len(answered.body["errors"]) == 100


@pytest.mark.parametrize("body", [None, "", b""])
def test_a_body_that_is_required_and_absent_is_no_json(call: Call, body: str | bytes | None) -> None:
    answered = call("POST", "/products", as_="vendor", body=body)
    assert (answered.status, answered.body["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("body", [None, "", "{}"])
def test_a_body_that_is_not_required_counts_as_an_empty_object(
    shop: Shop, call: Call, body: str | None
) -> None:
    assert call("POST", "/orders/ORDER-1/confirm", as_="orders", body=body, **CONFIRM).status == 200
    assert shop.requests[0].body == Lines()


def test_a_body_in_base64_is_read(shop: Shop, call: Call) -> None:
    assert call("POST", "/products", as_="vendor", body='{"name":"Caf\u00e9"}'.encode()).status == 201
    assert shop.requests[0].body == Thing(name="Caf\u00e9")


def test_a_body_where_none_is_taken_is_not_looked_at(call: Call) -> None:
    answered = call(
        "GET", "/products/PROD-E4F9A", body="{", headers={"Content-Type": "text/plain"}, **PRODUCT
    )
    assert answered.status == 200


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
def test_what_is_no_json_is_answered_400(call: Call, body: str | bytes) -> None:
    answered = call("POST", "/products", as_="vendor", body=body)
    assert (answered.status, answered.body["code"]) == (400, "invalid_json")


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
def test_texts_and_numbers_that_nothing_can_hold_are_invalid(call: Call, body: str) -> None:
    assert call("POST", "/products", as_="vendor", body=body).status == 422


# Query parameters and pages


def test_parameters_are_read_and_defaulted(shop: Shop, call: Call) -> None:
    assert call("GET", "/products", query={"category": ["Audio"]}).status == 200
    [request] = shop.requests
    assert request.query == {"category": "Audio", "active": "true", "limit": 25, "cursor": None}
    assert request.page == PageRequest(25, None)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({}, {"query.category": "is required"}),
        ({"category": ["a", "a"]}, {"query.category": "must be given once"}),
        ({"category": ["a"], "limit": ["5", "6"]}, {"query.limit": "must be given once"}),
        ({"category": ["a"], "colour": ["b"]}, {"query.colour": "is not a parameter of this request"}),
        ({"category": ["a"], "Limit": ["5"]}, {"query.Limit": "is not a parameter of this request"}),
    ],
)
def test_an_unknown_a_repeated_or_a_missing_parameter_is_invalid(
    call: Call, query: dict[str, list[str]], faults: dict[str, str]
) -> None:
    answered = call("GET", "/products", query=query)
    assert answered.status == 422
    assert answered.faults == faults


@pytest.mark.parametrize("value", ["", "x" * 11, "a\n", "\ud800"])
def test_a_parameter_that_its_reader_refuses_is_invalid(call: Call, value: str) -> None:
    answered = call("GET", "/products", query={"category": [value]})
    assert answered.status == 422
    assert set(answered.faults) == {"query.category"}


@pytest.mark.parametrize("name", ["\ud800", "a\n", "x" * 10_000, ""])
def test_a_parameter_of_any_name_can_be_refused(call: Call, name: str) -> None:
    assert call("GET", "/products", query={"category": ["a"], name: ["b"]}).status == 422


def test_a_route_that_is_no_list_takes_neither_limit_nor_cursor(call: Call) -> None:
    answered = call("GET", "/products/PROD-E4F9A", query={"limit": ["5"], "cursor": ["x"]}, **PRODUCT)
    assert set(answered.faults) == {"query.limit", "query.cursor"}


@pytest.mark.parametrize(("sent", "limit"), [("1", 1), ("25", 25), ("99", 99), ("100", 100)])
def test_a_limit_of_one_to_a_hundred_is_taken(shop: Shop, call: Call, sent: str, limit: int) -> None:
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
    answered = call("GET", "/products", query={"category": ["a"], "limit": [sent]})
    assert answered.status == 422
    assert answered.faults == {"query.limit": "must be a whole number from 1 to 100"}


def test_a_repeated_cursor_is_invalid(call: Call) -> None:
    cursor = encode_cursor({"product_id": "PROD-E4F9A"})
    answered = call("GET", "/products", query={"category": ["a"], "cursor": [cursor, cursor]})
    assert answered.faults == {"query.cursor": "must be given once"}


def test_the_link_leads_to_the_next_page_of_the_same_listing(shop: Shop, call: Call) -> None:
    position = {"category": "Grains/Cereals & Co", "is_active": "true", "product_id": "PROD-E4F9A"}
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
    # The third page's address has one cursor, not two.
    third = urlsplit(second.headers["Link"].split("; ")[0].strip("<>"))
    assert len(parse_qs(third.query)["cursor"]) == 1


def test_a_cursor_of_another_vendor_s_listing_is_refused(shop: Shop, call: Call) -> None:
    position = {"vendor_id": "VENDOR-002", "created_at": "2026", "product_id": "PROD-E4F9A"}
    query = {"cursor": [encode_cursor(position)]}
    call("GET", "/vendors/VENDOR-001/inventory", as_="vendor", query=query, **INVENTORY)
    products = Listing(schema.VENDOR_PRODUCTS_INDEX, "VENDOR-001")
    with pytest.raises(InventoryError, match="does not belong"):
        products.query("t", shop.requests[0].page)


# Idempotency keys


def _idempotency_key_of(shop: Shop, call: Call, body: str, as_: str = "vendor", key: str = "key-1") -> Any:
    assert call("POST", "/products", as_=as_, body=body, headers={"Idempotency-Key": key}).status == 201
    return shop.requests[-1].idempotency_key


def test_equal_json_with_its_members_in_another_order_is_the_same_body(shop: Shop, call: Call) -> None:
    first = _idempotency_key_of(shop, call, '{"name":"x","price":89.90}')
    assert _idempotency_key_of(shop, call, ' { "price" : 89.90, "name" : "\\u0078" } ') == first
    assert (
        _idempotency_key_of(shop, call, '{"name":"y","price":89.90}').idempotency_id == first.idempotency_id
    )
    assert _idempotency_key_of(shop, call, '{"name":"y","price":89.90}').body_hash != first.body_hash


def test_two_principals_equal_keys_never_meet(shop: Shop, call: Call) -> None:
    one, other = (
        _idempotency_key_of(shop, call, '{"name":"x"}', as_=name) for name in ("vendor", "vendor-2")
    )
    assert one.idempotency_id != other.idempotency_id
    assert one.body_hash == other.body_hash


def test_another_key_or_another_path_is_another_command(shop: Shop, call: Call) -> None:
    first = _idempotency_key_of(shop, call, '{"name":"x"}')
    assert _idempotency_key_of(shop, call, '{"name":"x"}', key="key-2").idempotency_id != first.idempotency_id
    idempotency_records = set()
    for order in ("ORDER-1", "ORDER-2"):
        parts = {**CONFIRM, "parameters": {"order_id": order}}
        call("POST", f"/orders/{order}/confirm", as_="orders", headers={"Idempotency-Key": "key-1"}, **parts)
        idempotency_records.add(shop.requests[-1].idempotency_key.idempotency_id)
    assert len(idempotency_records) == 2


def test_another_spelling_of_the_same_request_is_the_same_command(shop: Shop, call: Call) -> None:
    for order in ("ORDER-1", "ORDER%2D1", "%4FRDER-1"):
        parts = {**CONFIRM, "parameters": {"order_id": order}}
        call("POST", f"/orders/{order}/confirm", as_="orders", headers={"Idempotency-Key": "key-1"}, **parts)
    assert len({request.idempotency_key for request in shop.requests}) == 1


def test_the_stage_is_no_part_of_a_command(shop: Shop, call: Call) -> None:
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


def test_a_command_without_a_key_has_no_intent(shop: Shop, call: Call) -> None:
    assert call("POST", "/products", as_="vendor", body='{"name":"x"}').status == 201
    assert shop.requests[0].idempotency_key is None


def test_a_key_is_ignored_where_none_is_understood(shop: Shop, call: Call) -> None:
    headers = {"Idempotency-Key": "a b"}
    assert call("DELETE", "/products/PROD-E4F9A", as_="vendor", headers=headers, **PRODUCT).status == 204
    assert shop.requests[0].idempotency_key is None


# Unknown routes and methods


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "TRACE"])
def test_an_unknown_path_is_answered_404(call: Call, method: str) -> None:
    answered = call(method, "/nowhere", as_="forged")
    assert (answered.status, answered.body["code"]) == (404, "route_not_found")


@pytest.mark.parametrize("method", ["PUT", "HEAD", "TRACE", "OPTIONS", "get", "\u00e9"])
def test_an_unknown_method_is_answered_405_with_those_that_there_are(call: Call, method: str) -> None:
    answered = call(method, "/products/PROD-E4F9A", **PRODUCT)
    assert (answered.status, answered.body["code"]) == (405, "method_not_allowed")
    assert answered.headers["Allow"] == "DELETE, GET, PATCH"


# Pages of other origins


def test_a_listed_origin_may_read_the_answer(call: Call) -> None:
    for path, parts in (("/products/PROD-E4F9A", PRODUCT), ("/nowhere", {})):
        headers = call("GET", path, headers={"Origin": ORIGIN}, **parts).headers
        assert headers["Access-Control-Allow-Origin"] == ORIGIN
        assert headers["Vary"] == "Origin"
        exposed = set(headers["Access-Control-Expose-Headers"].split(", "))
        assert exposed == {"ETag", "Idempotent-Replayed", "Link", "Location", "Retry-After", "X-Request-Id"}


@pytest.mark.parametrize(
    "origin", [None, "", "https://shop.example.evil", "https://SHOP.example", "null", "*"]
)
def test_another_origin_may_not(call: Call, origin: str | None) -> None:
    headers = call("GET", "/products/PROD-E4F9A", headers={"Origin": origin}, **PRODUCT).headers
    assert [name for name in headers if name.startswith("Access-Control")] == []
    assert headers["Vary"] == "Origin"


def test_a_preflight_of_a_listed_origin_is_answered_without_a_token(call: Call) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    answered = call("OPTIONS", "/products/PROD-E4F9A", headers=asked, **PRODUCT)
    assert (answered.status, answered.body) == (204, None)
    assert answered.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answered.headers["Access-Control-Allow-Methods"] == "DELETE, GET, PATCH"
    accepted = set(answered.headers["Access-Control-Allow-Headers"].split(", "))
    assert accepted == {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-Id"}
    assert int(answered.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://other.example", "Access-Control-Request-Method": "PATCH"},
        {"Access-Control-Request-Method": "PATCH"},
        {"Origin": ORIGIN},
        {},
    ],
)
def test_what_is_no_preflight_of_a_listed_origin_is_405(call: Call, headers: dict[str, str]) -> None:
    assert call("OPTIONS", "/products/PROD-E4F9A", headers=headers, **PRODUCT).status == 405


def test_a_service_without_origins_says_nothing_of_them(event: Event) -> None:
    shop = Shop(cors_origins=())
    answered = Answer(shop.app(event("GET", "/health", headers={"Origin": ORIGIN}), None))
    assert set(answered.headers) == {"Content-Type", "X-Request-Id"}


# Request ids


def test_a_request_id_is_echoed_in_answers_of_every_kind(call: Call) -> None:
    headers = {"x-request-id": "request-1"}
    for path, parts in (("/health", {}), ("/nowhere", {}), ("/products", {})):
        assert call("GET", path, headers=headers, **parts).headers["X-Request-Id"] == "request-1"


@pytest.mark.parametrize("sent", ["", "a" * 65, "a b", "a\r\nSet-Cookie: x", "\u00e9"])
def test_a_malformed_request_id_is_replaced(shop: Shop, call: Call, sent: str) -> None:
    answered = call("GET", "/products/PROD-E4F9A", headers={"X-Request-Id": sent}, **PRODUCT)
    assert answered.headers["X-Request-Id"] == shop.requests[0].request_id != sent


# Failures


def test_a_refusal_of_the_route_is_a_problem_document(shop: Shop, call: Call) -> None:
    shop.failure = SkuNotFound("There is no such SKU.", sku="SKU-1")
    answered = call("GET", "/products/PROD-E4F9A", headers={"Origin": ORIGIN}, **PRODUCT)
    assert (answered.status, answered.body["code"]) == (404, "sku_not_found")
    assert answered.body["detail"] == "There is no such SKU."
    assert answered.body["sku"] == "SKU-1"
    assert "ETag" not in answered.headers


def test_a_refusal_s_figures_are_exact(shop: Shop, call: Call) -> None:
    shop.failure = Busy("Later.", unit_price=Decimal("89.99"))
    answered = call("GET", "/products/PROD-E4F9A", **PRODUCT)
    assert (answered.status, answered.headers["Retry-After"]) == (503, "1")
    assert answered.body["unit_price"] == 89.99


@pytest.mark.parametrize(
    "failure", [ValueError("a secret"), KeyError("a secret"), AssertionError("a secret")]
)
def test_an_unexpected_exception_is_in_the_log_and_not_in_the_answer(
    shop: Shop, call: Call, logged: Logged, failure: Exception
) -> None:
    shop.failure = failure
    answered = call("GET", "/products/PROD-E4F9A", headers={"X-Request-Id": "request-1"}, **PRODUCT)
    assert (answered.status, answered.body["code"]) == (500, "internal_error")
    assert "secret" not in json.dumps(answered.body)
    assert type(failure).__name__ not in json.dumps(answered.body)
    [line] = logged()
    assert (line["level"], line["status"], line["code"]) == ("ERROR", 500, "internal_error")
    assert line["request_id"] == "request-1"
    assert line["exception"] == type(failure).__name__
    assert "Traceback" in line["stack"]
    assert "in _enter" in line["stack"]
    # What an exception says may quote what the client sent.
    assert "a secret" not in json.dumps(line)


def test_a_throttled_database_is_answered_503_with_when_to_come_again(
    shop: Shop, call: Call, logged: Logged
) -> None:
    code = "ProvisionedThroughputExceededException"
    shop.failure = ClientError({"Error": {"Code": code, "Message": "m"}}, "GetItem")
    answered = call("GET", "/products/PROD-E4F9A", **PRODUCT)
    assert (answered.status, answered.body["code"]) == (503, "database_unavailable")
    assert answered.headers["Retry-After"] == "1"
    [line] = logged()
    assert (line["level"], line["code"]) == ("ERROR", "database_unavailable")
    assert code in line["exception"]


def test_a_database_out_of_reach_is_answered_503(shop: Shop, call: Call, logged: Logged) -> None:
    shop.failure = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert call("GET", "/products/PROD-E4F9A", **PRODUCT).status == 503
    assert "EndpointConnectionError" in logged()[0]["exception"]


# The log


def test_a_request_is_one_line_that_says_who_did_what_and_how_it_ended(call: Call, logged: Logged) -> None:
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


def test_a_line_names_the_invocation_that_lambda_s_own_lines_name(
    shop: Shop, event: Event, logged: Logged
) -> None:
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
def test_every_answer_has_its_line(
    call: Call, logged: Logged, sent: dict[str, Any], expected: tuple[int, str | None, str | None]
) -> None:
    answered = call(**{"method": "GET"} | sent)
    [line] = logged()
    assert (line["status"], line["code"], line["route"]) == expected
    assert line["level"] == "INFO"
    assert line["method"] == sent.get("method", "GET")
    assert line["request_id"] == answered.headers["X-Request-Id"]
    assert "exception" not in line
    assert "stack" not in line


def test_a_refusal_for_the_time_being_is_a_warning(shop: Shop, call: Call, logged: Logged) -> None:
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
def test_a_line_names_who_asked(
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


def test_a_line_names_the_vendor_whose_things_were_asked_for(call: Call, logged: Logged) -> None:
    other = {**INVENTORY, "parameters": {"vendor_id": "VENDOR-002"}}
    for as_, status in (("admin", 200), ("vendor", 403)):
        assert call("GET", "/vendors/VENDOR-002/inventory", as_=as_, **other).status == status
        [line] = logged()
        assert line["vendor_id"] == "VENDOR-002"
    assert line["principal"] == "VENDOR-001"


def test_an_id_of_another_form_is_in_no_line(call: Call, logged: Logged) -> None:
    call("GET", "/products/eyJhbGciOi.x", **{**PRODUCT, "parameters": {"product_id": "eyJhbGciOi.x"}})
    [line] = logged()
    assert "product_id" not in line
    assert "eyJhbGciOi" not in json.dumps(line)


@pytest.mark.parametrize("name", ['VENDOR-1\n{"level":"ERROR"}', "user:\u2028\ud800", "x" * 10_000])
def test_a_principal_s_name_cannot_forge_a_line(
    monkeypatch: pytest.MonkeyPatch, call: Call, logged: Logged, name: str
) -> None:
    monkeypatch.setitem(PRINCIPALS, "Bearer odd", Principal(name, frozenset()))
    call("GET", "/products/PROD-E4F9A", as_="odd", **PRODUCT)
    [line] = logged()
    assert (line["principal"], line["level"]) == (name, "INFO")


MARKER = "T0kenMarker"
marked = st.sampled_from(["", "Bearer ", "\n", "eyJhbGciOi.", "\ud800", "é"]).map(
    lambda start: f"{start}{MARKER}"
)
places = st.sets(
    st.sampled_from(["authorization", "headers", "query", "body", "path", "parameters", "method", "failure"]),
    min_size=1,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=marked,
    places=places,
    route=st.sampled_from([*BODILESS, "/orders/{order_id}/confirm", "/nowhere"]),
    as_=st.sampled_from(["vendor", "admin", "orders", None]),
)
def test_nothing_that_a_client_wrote_freely_is_in_a_line(
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
    assert MARKER not in written


def test_lines_of_requests_at_once_each_have_their_own(
    shop: Shop, event: Event, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _answering_client(monkeypatch)
    arrived = threading.Barrier(8, timeout=30)

    def view(request: Request, order_id: str) -> Response:
        arrived.wait()  # all eight are in their routes at once
        for _ in range(int(order_id.removeprefix("ORDER-"))):
            client.get_item(TableName="t", Key={"k": {"S": "1"}})
        return no_content()

    shop.app.route("/orders/{order_id}", methods=["GET"], allowed_roles={Role.ORDERS, Role.VENDOR})(view)

    def ask(number: int) -> None:
        as_ = ("orders", "vendor", "vendor-2")[number % 3]
        sent = {"X-Request-Id": f"request-{number}", "Authorization": f"Bearer {as_}"}
        parameters = {"order_id": f"ORDER-{number}"}
        path, resource = f"/orders/ORDER-{number}", "/orders/{order_id}"
        shop.app(event("GET", path, resource=resource, parameters=parameters, headers=sent), None)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(40)))
    found = {line["request_id"]: line for line in logged()}
    assert len(found) == 40
    for number in range(40):
        line = found[f"request-{number}"]
        principal = PRINCIPALS[("Bearer orders", "Bearer vendor", "Bearer vendor-2")[number % 3]]
        assert (line["order_id"], line["principal"]) == (f"ORDER-{number}", principal.name)
        assert (line["dynamodb_calls"], line["read_units"]) == (number, number * 0.5)


def _answering_client(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the library's, whose every read costs half a unit."""

    def respond(request: Any, **_: Any) -> AWSResponse:
        response = AWSResponse(request.url, 200, {}, None)
        response._content = b'{"ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}}'
        return response

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "test")
    client = connect()
    client.meta.events.register("before-send.dynamodb", respond)
    return client


def test_a_log_that_fails_changes_no_answer(
    shop: Shop, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("inventory_common.rest.log_event", fail)
    assert Answer(shop.app(event("GET", "/health"), None)).status == 200
    shop.failure = ValueError()
    assert Answer(shop.app(event("GET", "/products/PROD-E4F9A", **PRODUCT), None)).status == 500


def test_chalice_writes_no_line_of_its_own(shop: Shop) -> None:
    assert shop.app.log.handlers == []


# Whatever is sent

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
def test_no_request_whatever_is_answered_500(
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
    answered = Answer(shop.app(event(method, path, **parts), None))
    assert answered.status in {200, 201, 204, 400, 401, 403, 404, 405, 413, 415, 422}


# The application itself


def test_a_service_is_made_from_its_settings(event: Event) -> None:
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
    app.route("/things", methods=["GET"], allowed_roles={Role.ADMIN})(lambda request: answer({}))
    answered = Answer(app(event("GET", "/health", headers={"Origin": ORIGIN}), None))
    assert answered.body == {"status": "ok", "service": "inventory-audit"}
    assert answered.headers["Access-Control-Allow-Origin"] == ORIGIN
    for headers, status in ((None, 401), ({"Authorization": "Basic x"}, 401)):
        assert Answer(app(event("GET", "/things", headers=headers), None)).status == status


def test_a_service_verifies_tokens_with_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Any, ...]] = []
    monkeypatch.setattr(TokenVerifier, "__init__", lambda _, *arguments: made.append(arguments))
    chosen = Settings(
        jwks_url="http://127.0.0.1:1/", token_issuer="i", token_audiences=("a",), machine_client_ids=("c",)
    )
    RestService.from_settings("shop", chosen)
    assert made == [("http://127.0.0.1:1/", "i", ("a",), ("c",))]


def test_a_decorated_route_stays_the_function_that_it_was(shop: Shop) -> None:
    def view(request: Request) -> Response:
        """Show something."""
        return no_content()

    assert shop.app.route("/new", methods=["GET"], allowed_roles=PUBLIC)(view) is view
    registered = shop.app.routes["/new"]["GET"].view_function
    assert (registered.__name__, registered.__doc__) == ("view", "Show something.")


def test_an_unreadable_event_is_answered_and_does_not_escape(shop: Shop, logged: Logged) -> None:
    answered = Answer(shop.app({"requestContext": {}}, None))
    assert answered.status == 500
    [line] = logged()
    assert (line["status"], line["exception"]) == (500, "KeyError")
    assert (line["method"], line["route"]) == (None, None)
