"""Malicious and broken input: refused in one form, never a 5xx, and nothing is changed by it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.raw_http import RawResponse, exchange, request_bytes
from tests.integration.ledger_checks import everything_in
from tests.integration.processes import wait_until
from tests.integration.shop import Shop, Sku, done

VENDOR, RIVAL = "VENDOR-HURT", "VENDOR-RIVALOFHURT"
REQUEST_ID = "hurt-1"
MIB = 1024 * 1024
TXN = "TXN-00000000-0000-0000-0000-000000000000"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Victim:
    """A shop with a product, a SKU and an order, which must stay unchanged."""

    shop: Shop
    sku: Sku
    transaction_id: str

    def ask(
        self,
        method: str,
        target: str | bytes,
        body: bytes = b"",
        *,
        service: str = "stock",
        role: str = "admin",
        headers: Mapping[str, str | bytes] | None = None,
        chunked: bool = False,
    ) -> RawResponse:
        sent: dict[str, str | bytes] = {
            "Authorization": f"Bearer {self.shop.wire.token(role)}",
            "X-Request-Id": REQUEST_ID,
            "Content-Type": "application/json",
            "Idempotency-Key": "key-that-hurts",
        }
        sent = {name: value for name, value in (sent | dict(headers or {})).items() if value != ""}
        url = getattr(self.shop, service)
        return exchange(url, request_bytes(method, target, sent, body, chunked=chunked), method)

    @property
    def body_routes(self) -> dict[str, tuple[str, str, str]]:
        """Every route with a body: service, method, target."""
        product, sku = self.sku.product_id, self.sku.sku
        return {
            "product": ("catalog", "POST", "/products"),
            "sku": ("stock", "POST", f"/products/{product}/skus"),
            "restock": ("stock", "POST", f"/products/{product}/skus/{sku}/restocks"),
            "place": ("stock", "PUT", "/orders/ORDER-NEW"),
            "confirm": ("stock", "POST", "/orders/ORDER-HURT/confirm"),
            "cancel": ("stock", "POST", "/orders/ORDER-HURT/cancel"),
        }

    @property
    def lists(self) -> dict[str, tuple[str, str]]:
        """Every list: service, target."""
        product, sku = self.sku.product_id, self.sku.sku
        return {
            "products of vendor": ("catalog", f"/vendors/{VENDOR}/products"),
            "skus of product": ("stock", f"/products/{product}/skus"),
            "inventory": ("stock", f"/vendors/{VENDOR}/inventory"),
            "low stock": ("stock", f"/vendors/{VENDOR}/low-stock"),
            "log of product": ("audit", f"/products/{product}/transactions"),
            "log of vendor": ("audit", f"/vendors/{VENDOR}/transactions"),
            "log of sku": ("audit", f"/skus/{sku}/transactions"),
        }

    def whole_body(self, route: str) -> dict[str, Any]:
        """Return a valid body."""
        product, sku = self.sku.product_id, self.sku.sku
        return {
            "product": {
                "vendor_id": VENDOR,
                "product_name": "Tea",
                "category": "Drinks",
                "base_price": 1,
                "tags": ["a"],
            },
            "sku": {"sku": f"{sku}-2", "variant_name": "A", "unit_price": 1, "reorder_threshold": 1},
            "restock": {"quantity": 1, "notes": "a"},
            "place": {"lines": [{"product_id": product, "sku": sku, "quantity": 1}], "hold_seconds": 600},
            "confirm": {},
            "cancel": {},
        }[route]


@pytest.fixture(scope="module")
def victim(shop: Shop, client: Any) -> Victim:
    sku = shop.has_sku(100, vendor_id=VENDOR, reorder_threshold=200)
    other = shop.has_sku(3, vendor_id=VENDOR, product_id=sku.product_id, variant="OTHER")
    shop.has_product(VENDOR)
    of_rival = shop.has_sku(3, vendor_id=RIVAL)
    shop.has_product(RIVAL)
    done(shop.place("ORDER-HURT", (sku, 5)))

    def are_reported() -> bool:
        items = everything_in(client)["VendorInventory"]
        return all(
            any(f"#ALERT#low_stock:{low.sku}:" in item for item in items) for low in (sku, other, of_rival)
        )

    # A stream reports them: later, it would change the tables during a test.
    wait_until(are_reported, "an alert of each SKU with low stock")
    return Victim(shop, sku, shop.sku(sku)["last_transaction_id"])


@pytest.fixture(autouse=True)
def nothing_changes(victim: Victim, client: Any) -> Iterator[None]:
    before = everything_in(client)
    yield
    assert everything_in(client) == before


def assert_refused(
    response: RawResponse, status: int, code: str | None = None, *, echoed: bool = True
) -> None:
    reported = response.status, response.body[:300]
    assert response.status == status, reported
    assert response.headers["content-type"] == "application/problem+json", reported
    problem = response.document()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= problem.keys(), reported
    assert all(isinstance(problem[name], str) and problem[name] for name in problem.keys() - NOT_TEXT), (
        reported
    )
    assert problem["status"] == status, reported
    assert code in (None, problem["code"]), reported
    assert problem["request_id"] == response.headers["x-request-id"], reported
    assert (problem["request_id"] == REQUEST_ID) is echoed, reported
    assert b"Traceback" not in response.body
    if problem["code"] == "invalid_input":
        assert problem["errors"]
        assert all(error.keys() == {"path", "message"} for error in problem["errors"]), reported


NOT_TEXT = {"status", "errors", "lines", "skus"}
ROUTES = ["product", "sku", "restock", "place", "confirm", "cancel"]

NOT_JSON = {
    "nonsense": b"nonsense",
    "a truncated object": b'{"quantity": 1',
    "two objects": b"{}{}",
    "a comma too many": b'{"quantity": 1,}',
    "single quotes": b"{'quantity': 1}",
    "NaN": b"NaN",
    "NaN as a member": b'{"quantity": NaN}',
    "Infinity": b'{"quantity": Infinity}',
    "minus Infinity": b'{"base_price": -Infinity}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 brackets that close": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "no UTF-8": b'{"notes": "\xff\xfe"}',
    "UTF-8 of a surrogate": b'{"notes": "\xed\xa0\x80"}',
    "UTF-16": '{"quantity": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a control character": b'{"notes": "a\x00b"}',
    "a member twice": b'{"quantity": 1, "quantity": 2}',
    "10,000 digits": b'{"quantity": ' + b"9" * 10_000 + b"}",
    "a lone zero byte": b"\x00",
    "a space": b" ",
}

NO_OBJECT = {
    "null": b"null",
    "true": b"true",
    "a number": b"1",
    "a text": b'"text"',
    "a lone surrogate": b'"\\ud800"',
    "an array": b"[]",
    "an array of objects": b"[{}]",
    "an unknown field": b'{"unknown": 1}',
    "an unknown field with a surrogate": b'{"\\ud800": 1}',
    "an unknown field without a name": b'{"": null}',
    "10,000 unknown fields": json.dumps({f"field-{n}": n for n in range(10_000)}).encode(),
    "what the server sets": b'{"performed_by": "me", "current_stock": 9, "vendor_id": 1, "version": 9}',
    "a long unknown field": b'{"' + b"a" * 100_000 + b'": 1}',
    "deep, but not too deep": b'{"unknown": ' + b"[" * 200 + b"]" * 200 + b"}",
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", NOT_JSON)
def test_a_body_that_is_not_json_is_400(victim: Victim, route: str, name: str) -> None:
    service, method, target = victim.body_routes[route]
    response = victim.ask(method, target, NOT_JSON[name], service=service)
    assert_refused(response, 400, "invalid_json")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", NO_OBJECT)
def test_json_of_another_type_is_422(victim: Victim, route: str, name: str) -> None:
    service, method, target = victim.body_routes[route]
    response = victim.ask(method, target, NO_OBJECT[name], service=service)
    assert_refused(response, 422, "invalid_input")
    assert len(response.body) < 100_000


@pytest.mark.parametrize("route", ["product", "sku", "restock", "place"])
def test_a_body_that_is_missing_is_400(victim: Victim, route: str) -> None:
    service, method, target = victim.body_routes[route]
    assert_refused(victim.ask(method, target, service=service), 400, "invalid_json")


NO_INTEGERS = [
    "0",
    "-1",
    "1.0",
    "1.5",
    "1e2",
    "1e400",
    "-0.0",
    "1000001",
    "9" * 4000,
    "-" + "9" * 30,
    "true",
    "null",
    '"1"',
    "[1]",
    "{}",
]
NO_MONEY = [
    "-0.01",
    "-1",
    "10000000",
    "1e7",
    "1e400",
    "1e-400",
    "0.001",
    "1.999",
    '"1"',
    "true",
    "null",
    "[]",
]
NO_TEXTS = [
    "null",
    "1",
    "true",
    "[]",
    "{}",
    '""',
    '" "',
    '"\\ud800"',
    '"a\\udfffb"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"a\\nb"',
    '"\\u007f"',
    '"\\u0085"',
    '"' + "a" * 5_001 + '"',
    '"' + "ü" * 5_001 + '"',
]
FIELDS = {
    ("restock", "quantity"): NO_INTEGERS,
    ("restock", "notes"): [text for text in NO_TEXTS if text != "null"],
    ("sku", "reorder_threshold"): [n for n in NO_INTEGERS if n not in ("0", "1000001")] + ["1000000001"],
    ("sku", "unit_price"): NO_MONEY,
    ("sku", "variant_name"): NO_TEXTS,
    ("sku", "sku"): NO_TEXTS,
    ("product", "base_price"): NO_MONEY,
    ("product", "product_name"): NO_TEXTS,
    ("product", "category"): NO_TEXTS,
    ("product", "description"): [text for text in NO_TEXTS if text not in ("null", '"a\\nb"')] + ['"a\\tb"'],
    ("product", "vendor_id"): [*NO_TEXTS, '"vendor-1"', '"VENDOR-"', '"VENDOR-A\\n"', '"VENDOR-A/B"'],
    ("place", "hold_seconds"): [*(n for n in NO_INTEGERS if n != "1000001"), "59", "2592001"],
    ("place", "lines"): ["[]", "{}", "null", "1", "[1]", "[null]", "[[]]", '[{"sku": 1}]', "[{}]"],
}


@pytest.mark.parametrize(("route", "field"), FIELDS, ids=lambda value: value)
def test_values_outside_the_rules_are_422(victim: Victim, route: str, field: str) -> None:
    service, method, target = victim.body_routes[route]
    for value in FIELDS[route, field]:
        whole = {**victim.whole_body(route), field: "THE VALUE"}
        body = json.dumps(whole).replace('"THE VALUE"', value)
        response = victim.ask(method, target, body.encode(), service=service)
        assert_refused(response, 422, "invalid_input")


def test_invalid_lines_are_422(victim: Victim) -> None:
    line = victim.whole_body("place")["lines"][0]
    for lines in (
        [{**line, "quantity": 0}],
        [{**line, "quantity": 1.5}],
        [{**line, "quantity": 1_000_000}, {**line, "quantity": 1}],
        [{**line, "product_id": "PROD-ZZZZZ"}],
        [{**line, "sku": line["sku"].lower()}],
        [{**line, "sku": line["sku"] + "\n"}],
        [{**line, "sku": line["sku"] + "-"}],
        [{**line, "sku": f"SKU-{line['product_id']}-{'A' * 41}"}],
        [{**line, "vendor_id": VENDOR}],
        [line] * 1_001,
    ):
        body = json.dumps({"lines": lines}).encode()
        assert_refused(victim.ask("PUT", "/orders/ORDER-NEW", body), 422, "invalid_input")


def test_a_place_of_skus_that_do_not_exist_is_404(victim: Victim) -> None:
    product = victim.sku.product_id
    lines = [{"product_id": product, "sku": f"SKU-{product}-NO{n}", "quantity": 1} for n in range(49)]
    body = json.dumps({"lines": lines}).encode()
    assert_refused(victim.ask("PUT", "/orders/ORDER-NEW", body), 404, "sku_not_found")


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
@pytest.mark.parametrize("size", [MIB + 1, 12 * MIB], ids=["1 MiB and 1 byte", "12 MiB"])
@pytest.mark.parametrize("route", ["product", "restock", "confirm"])
def test_a_body_over_the_limit_is_413(victim: Victim, route: str, size: int, chunked: bool) -> None:
    service, method, target = victim.body_routes[route]
    body = b'{"notes": "' + b"a" * (size - 13) + b'"}'
    assert len(body) == size
    response = victim.ask(method, target, body, service=service, chunked=chunked)
    assert_refused(response, 413, "payload_too_large")


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_a_body_of_just_the_limit_is_read(victim: Victim, chunked: bool) -> None:
    _, method, target = victim.body_routes["restock"]
    body = b'{"quantity": 0}'.ljust(MIB)
    assert_refused(victim.ask(method, target, body, chunked=chunked), 422, "invalid_input")


@pytest.mark.parametrize("route", ROUTES)
def test_a_chunked_body_is_read(victim: Victim, route: str) -> None:
    service, method, target = victim.body_routes[route]
    response = victim.ask(method, target, b'{"unknown": 1}', service=service, chunked=True)
    assert_refused(response, 422, "invalid_input")


@pytest.mark.parametrize("route", ROUTES)
def test_a_content_type_that_is_not_json_is_415_and_none_counts_as_json(victim: Victim, route: str) -> None:
    service, method, target = victim.body_routes[route]
    for media_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        ";;;",
        "nonsense",
        b"\xff\xfe",
        "a" * 10_000,
    ):
        headers: dict[str, str | bytes] = {"Content-Type": media_type}
        response = victim.ask(method, target, b"{}", service=service, headers=headers)
        assert_refused(response, 415, "unsupported_media_type")
    for media_type in ("", "application/json; charset=utf-8", "APPLICATION/JSON"):
        headers = {"Content-Type": media_type}
        response = victim.ask(method, target, b'{"unknown": 1}', service=service, headers=headers)
        assert_refused(response, 422, "invalid_input")


IDS_THAT_HURT = [
    "%2F",
    "PROD-00000%2FA",
    "PROD-00000%252FA",
    "PROD-00000%2F..%2FPROD-00000",
    "%2e%2e",
    "..",
    ".",
    "PROD-00000%00",
    "PROD-00000%0A",
    "PROD-00000%0D%0AX-Injected:%201",
    "PROD-00000%20",
    "%20PROD-00000",
    "prod-00000",
    "PROD-0000",
    "PROD-IIIII",
    "PROD-0000000000000",
    "PROD-%EF%BC%90%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94",
    "%FF",
    "%ED%A0%80",
    "%",
    "%zz",
    "*",
    "null",
    "-1",
    "%23MARKER%23",
    "{product_id}",
    "SKU-PROD-00000-A",
    "ORDER-1",
    "VENDOR-1",
    "A" * 8_000,
]


# A lone byte, and a surrogate written as UTF-8 does not write it.
NOT_UTF8 = ("%FF", "%ED%A0%80")


@pytest.mark.parametrize("bad", IDS_THAT_HURT, ids=lambda bad: bad[:40])
def test_malformed_ids_in_the_path_are_refused(victim: Victim, bad: str) -> None:
    targets = {
        ("catalog", "GET", f"/products/{bad}"),
        ("catalog", "DELETE", f"/products/{bad}"),
        ("stock", "GET", f"/products/{bad}/skus/{victim.sku.sku}"),
        ("stock", "GET", f"/products/{victim.sku.product_id}/skus/{bad}"),
        ("stock", "GET", f"/orders/{bad}"),
        ("stock", "POST", f"/orders/{bad}/confirm"),
        ("audit", "GET", f"/transactions/{bad}"),
        ("audit", "GET", f"/skus/{bad}/transactions"),
    }
    for service, method, target in targets:
        response = victim.ask(method, target, service=service)
        if bad in NOT_UTF8:
            assert_refused(response, 400, "invalid_encoding")
            continue
        if "/skus/SKU-" in target and response.status == 200:
            assert response.document()["items"] == []
            continue
        assert response.status in (404, 405, 422), (method, target, response)
        assert_refused(response, response.status)
        assert "x-injected" not in response.headers


def test_an_encoded_slash_is_decoded_exactly_once(victim: Victim) -> None:
    for target in (
        f"/products%2F{victim.sku.product_id}",
        f"/products/{victim.sku.product_id}%2Fskus%2F{victim.sku.sku}",
        "/orders/ORDER-HURT%2Fcancel/cancel",
        "/orders/ORDER-HURT%252Fcancel/cancel",
    ):
        response = victim.ask("POST" if "cancel" in target else "GET", target)
        assert response.status in (404, 422)
        assert_refused(response, response.status)
    # A needlessly encoded id is the same id.
    encoded = "".join(f"%{ord(character):02X}" for character in victim.sku.product_id)
    response = victim.ask("GET", f"/products/{encoded}", service="catalog")
    assert (response.status, response.document()["product_id"]) == (200, victim.sku.product_id)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "//",
        "/nothing",
        "/products/../health",
        "/products/../../health",
        "/products/%2e%2e/health",
        "/../../../../etc/passwd",
        "/health/..",
        "/health/x",
        "//health",
        "/orders//confirm",
        "/orders/ORDER-1/confirm/confirm",
        "/products/PROD-00000/skus/SKU-PROD-00000-A/restocks/1",
        "/%00",
        "/%FF",
        "/a%20b",
        "/" + "a/" * 2_000,
        "/HEALTH",
        "/{product_id}",
        "*",
    ],
)
@pytest.mark.parametrize("service", ["catalog", "stock", "audit"])
def test_routes_that_do_not_exist_are_404(victim: Victim, service: str, target: str) -> None:
    response = victim.ask("GET", target, service=service)
    assert_refused(response, 404, "route_not_found")


@pytest.mark.parametrize("method", ["HEAD", "TRACE", "OPTIONS", "PATCH", "PUT", "FOO", "PROPFIND"])
def test_methods_that_a_route_does_not_have_are_405(victim: Victim, method: str) -> None:
    for service, target in {
        ("catalog", "/health"),
        ("catalog", "/products"),
        ("stock", "/orders/ORDER-HURT/cancel"),
        ("stock", f"/vendors/{VENDOR}/inventory"),
        ("audit", f"/transactions/{TXN}"),
    }:
        response = victim.ask(method, target, service=service)
        assert response.status == 405, (method, target, response)
        assert response.headers["allow"] in ("GET", "POST", "GET, POST")
        assert response.headers["x-request-id"] == REQUEST_ID
        if method == "HEAD":
            assert response.body == b""
        else:
            assert_refused(response, 405, "method_not_allowed")


LISTS = [
    "products of vendor",
    "skus of product",
    "inventory",
    "low stock",
    "log of product",
    "log of vendor",
    "log of sku",
]


# Lists that are read as a whole have larger pages.
BULK_LISTS = ("products of vendor", "inventory", "log of product", "log of vendor", "log of sku")
PAGE_MAX = dict.fromkeys(LISTS, 100) | dict.fromkeys(BULK_LISTS, 1_000)


@pytest.mark.parametrize("name", LISTS)
def test_invalid_limits_are_422(victim: Victim, name: str) -> None:
    service, target = victim.lists[name]
    assert victim.ask("GET", f"{target}?limit={PAGE_MAX[name]}", service=service).status == 200
    for limit in [
        "0",
        str(PAGE_MAX[name] + 1),
        "1001",
        "-1",
        "1.5",
        "1e1",
        "abc",
        "%EF%BC%91",
        "+1",
        "%2B1",
        "0x1",
        "",
        "9" * 5000,
    ]:
        response = victim.ask("GET", f"{target}?limit={limit}", service=service)
        assert_refused(response, 422, "invalid_input")
    assert_refused(victim.ask("GET", f"{target}?limit=1&limit=2", service=service), 422, "invalid_input")


def cursor_of(position: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


@pytest.mark.parametrize("name", LISTS)
def test_invalid_cursors_are_400(victim: Victim, name: str) -> None:
    service, target = victim.lists[name]
    for cursor in (
        "",
        "x",
        "!!!",
        "AAAA",
        "%00",
        "a" * 5_000,
        cursor_of(None),
        cursor_of([]),
        cursor_of({}),
        cursor_of("text"),
        cursor_of({"vendor_id": VENDOR}),
        cursor_of({"vendor_id": {"S": VENDOR}}),
        cursor_of({"vendor_id": VENDOR, "last_updated": 1, "product_id": "P", "sku": "S"}),
        cursor_of({"vendor_id": VENDOR, "last_updated": "\ud800", "product_id": "P", "sku": "S"}),
        cursor_of({"vendor_id": VENDOR, "current_stock": 10**40, "product_id": "P", "sku": "S"}),
        cursor_of({"vendor_id": VENDOR, "current_stock": True, "product_id": "P", "sku": "S"}),
        cursor_of({"vendor_id": VENDOR, "current_stock": 10**9, "product_id": "P", "sku": "S"}),
        cursor_of({"vendor_id": "", "timestamp": "", "transaction_id": ""}),
        base64.urlsafe_b64encode(b"[" * 3_000).decode(),
        base64.urlsafe_b64encode(b'{"vendor_id": NaN}').decode(),
    ):
        response = victim.ask("GET", f"{target}?cursor={cursor}", service=service)
        assert_refused(response, 400, "invalid_cursor")
    for cursor in NOT_UTF8:
        response = victim.ask("GET", f"{target}?cursor={cursor}", service=service)
        assert_refused(response, 400, "invalid_encoding")


def test_cursors_of_other_lists_and_of_other_vendors_are_400(victim: Victim) -> None:
    rivals = {
        "products of vendor": ("catalog", f"/vendors/{RIVAL}/products"),
        "log of vendor": ("audit", f"/vendors/{RIVAL}/transactions"),
    }
    cursors = {}
    for name, (service, target) in {**victim.lists, **{f"rival's {n}": t for n, t in rivals.items()}}.items():
        page = victim.ask("GET", f"{target}?limit=1", service=service).document()
        if page["next_cursor"] is not None:
            cursors[name] = page["next_cursor"]
    assert len(cursors) >= 7, cursors.keys()
    for name, (service, target) in victim.lists.items():
        for origin, cursor in cursors.items():
            response = victim.ask("GET", f"{target}?cursor={cursor}", service=service)
            if origin == name:
                assert response.status == 200
            else:
                assert_refused(response, 400, "invalid_cursor")


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"category=",
        b"category=%00",
        b"category=a%0Ab",
        b"category=" + b"a" * 201,
        b"category=" + b"a" * 8_000,
        b"category=a&category=b",
        b"category=a&unknown=1",
        b"category=a&limit",
        b"&&&",
        b"=",
        b"%",
        b"category=a&" + b"&".join(b"x%d=1" % n for n in range(500)),
    ],
    ids=lambda query: query[:30].decode(),
)
def test_invalid_queries_are_422(victim: Victim, query: bytes) -> None:
    response = victim.ask("GET", b"/products?" + query, service="catalog")
    assert_refused(response, 422, "invalid_input")


@pytest.mark.parametrize("query", [b"%FF", b"%ED%A0%80", b"%C0%AF", b"%", b"%E2%28%A1"], ids=repr)
def test_a_query_that_is_not_utf_8_is_refused_or_finds_nothing(victim: Victim, query: bytes) -> None:
    response = victim.ask("GET", b"/products?category=" + query, service="catalog")
    if response.status == 200:
        assert response.document() == {"items": [], "next_cursor": None}
    else:
        assert response.status in (400, 422)
        assert_refused(response, response.status)


@pytest.mark.parametrize("key", ["a b", "ä", b"\xff", "a" * 256, "\t"], ids=repr)
def test_malformed_idempotency_keys_are_400(victim: Victim, key: str | bytes) -> None:
    _, method, target = victim.body_routes["restock"]
    headers = {"Idempotency-Key": key}
    response = victim.ask(method, target, b'{"quantity": 1}', headers=headers)
    assert_refused(response, 400, "invalid_idempotency_key")


def test_a_restock_without_an_idempotency_key_is_400(victim: Victim) -> None:
    _, method, target = victim.body_routes["restock"]
    response = victim.ask(method, target, b'{"quantity": 1}', headers={"Idempotency-Key": ""})
    assert_refused(response, 400, "idempotency_key_required")


@pytest.mark.parametrize("sent", [" ", "a b", "a" * 65, "ä", b"\xff", "a;b", "a/b"], ids=repr)
def test_a_malformed_request_id_is_replaced(victim: Victim, sent: str | bytes) -> None:
    response = victim.ask("GET", "/nothing", headers={"X-Request-Id": sent})
    assert_refused(response, 404, "route_not_found", echoed=False)
    assert UUID.fullmatch(response.headers["x-request-id"])


@pytest.mark.parametrize(
    "authorization",
    [
        b"Bearer \xff\xfe",
        b"\xff",
        "Bearer ä",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer e30.e30.e30",
        "Bearer " + "a" * 20_000,
        "Digest x",
    ],
    ids=lambda value: repr(value)[:30],
)
@pytest.mark.parametrize("service", ["catalog", "stock", "audit"])
def test_malformed_tokens_are_401(victim: Victim, service: str, authorization: str | bytes) -> None:
    target = {"catalog": "/products?category=a", "stock": "/orders/ORDER-1", "audit": f"/transactions/{TXN}"}
    response = victim.ask("GET", target[service], service=service, headers={"Authorization": authorization})
    assert_refused(response, 401, "unauthenticated")


BROKEN_HTTP = {
    "no HTTP": b"nonsense\r\n\r\n",
    "a method in small letters": b"get /health HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    "a path that is not encoded": b"GET /\xff HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    "a query that is not encoded": b"GET /products?category=\xff HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    "a control character in a header": b"GET /health HTTP/1.1\r\nHost: [::1]\r\nX-Request-Id: a\x7f\r\n\r\n",
    "a length that is no number": b"POST /products HTTP/1.1\r\nHost: [::1]\r\nContent-Length: many\r\n\r\n",
    "a negative length": b"POST /products HTTP/1.1\r\nHost: [::1]\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST /x HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a header without a colon": b"GET /health HTTP/1.1\r\nHost: [::1]\r\nnonsense\r\n\r\n",
    "a header with a space": b"GET /health HTTP/1.1\r\nHost: [::1]\r\nX Y: 1\r\n\r\n",
    "headers without an end": b"GET /health HTTP/1.1\r\nHost: [::1]\r\nX-A: " + b"a" * 300_000 + b"\r\n\r\n",
    "a chunk that is no number": (
        b"POST /products HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
    ),
}


@pytest.mark.parametrize("name", BROKEN_HTTP)
@pytest.mark.parametrize("service", ["catalog", "stock", "audit"])
def test_broken_http_is_refused_in_the_same_form(victim: Victim, service: str, name: str) -> None:
    response = exchange(getattr(victim.shop, service), BROKEN_HTTP[name])
    assert 400 <= response.status < 500
    assert_refused(response, response.status, echoed=False)


def test_well_formed_ids_of_nothing_are_404(victim: Victim) -> None:
    product, sku = victim.sku.product_id, victim.sku.sku
    expected = {
        ("catalog", "GET", "/products/PROD-ZZZZZ"): "product_not_found",
        ("catalog", "DELETE", "/products/PROD-ZZZZZ"): "product_not_found",
        ("stock", "GET", f"/products/PROD-ZZZZZ/skus/{sku}"): "sku_not_found",
        ("stock", "GET", f"/products/{product}/skus/{sku}-ZZ"): "sku_not_found",
        ("stock", "GET", "/orders/ORDER-ZZZZZ"): "order_not_found",
        ("stock", "POST", "/orders/ORDER-ZZZZZ/confirm"): "order_not_found",
        ("audit", "GET", f"/transactions/{TXN}"): "transaction_not_found",
    }
    for (service, method, target), code in expected.items():
        assert_refused(victim.ask(method, target, service=service), 404, code)
