"""The requests of the clients, and how they read the responses."""

import json
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from scripted import ORDER, PRODUCT, RECORD, SKU, SKU_ID, Script, problem

import inventory_client
from inventory_client import (
    AuditClient,
    AvailabilityLine,
    BatchCommand,
    CatalogClient,
    CategoryCount,
    ChangeCommand,
    LineRequest,
    PublicKey,
    PublicKeys,
    StockClient,
    TransactionType,
    UnexpectedAnswer,
    VendorCount,
    problems,
)
from inventory_client.audit import Search
from inventory_common.products import Product
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord


def page(items: list[Any], next_cursor: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"items": items, "next_cursor": next_cursor})


def asked(script: Script) -> list[str]:
    return [f"{request.method} {request.url.raw_path.decode()}" for request in script.requests]


def test_its_models_are_those_of_the_shared_library() -> None:
    assert isinstance(Script(httpx.Response(200, json=PRODUCT)).client(CatalogClient).product("P"), Product)
    assert isinstance(Script(httpx.Response(200, json=SKU)).client(StockClient).sku("P", "S"), Sku)
    found = Script(httpx.Response(200, json=RECORD)).client(AuditClient).record("T")
    assert isinstance(found, TransactionRecord)
    assert (found.transaction_type, found.quantity_change) == ("restock", 12)


def test_money_is_exact_in_both_directions() -> None:
    text = '{"base_price": 9999999.99, ' + httpx.Response(200, json=PRODUCT).text[1:].replace(
        '"base_price":89.99,', ""
    )
    script = Script(httpx.Response(201, text=text))
    done = script.client(CatalogClient).create_product(
        product_name="Tea", category="Tea", base_price=Decimal("0.10")
    )
    assert done.result.base_price == Decimal("9999999.99")
    assert b'"base_price":0.10' in script.requests[0].content


def test_an_unknown_member_is_ignored() -> None:
    script = Script(httpx.Response(200, json=PRODUCT | {"of_tomorrow": 1}))
    assert script.client(CatalogClient).product("PROD-E4F9A").product_name == "Tea"


def test_a_list_continues_after_an_empty_page() -> None:
    script = Script(page([PRODUCT], "a"), page([], "b"), page([PRODUCT, PRODUCT]))
    products = script.client(CatalogClient).products_of_vendor("VENDOR-001", order="desc")
    assert len(list(products)) == 3
    assert asked(script) == [
        "GET /vendors/VENDOR-001/products?limit=1000&order=desc",
        "GET /vendors/VENDOR-001/products?limit=1000&order=desc&cursor=a",
        "GET /vendors/VENDOR-001/products?limit=1000&order=desc&cursor=b",
    ]


def test_categories_and_vendors_are_read_with_their_numbers_of_products() -> None:
    script = Script(page([{"category": "Tea", "active_products": 3, "of_tomorrow": 1}]))
    assert list(script.client(CatalogClient).categories()) == [CategoryCount("Tea", 3)]
    script = Script(page([{"vendor_id": "VENDOR-1", "products": 4, "active_products": 3}]))
    assert list(script.client(CatalogClient).vendors()) == [VendorCount("VENDOR-1", 4, 3)]


def test_pages_are_fetched_when_needed() -> None:
    script = Script(page([PRODUCT, PRODUCT], "a"))
    products = script.client(CatalogClient).browse("Grains/Cereals")
    assert script.requests == []
    next(products)
    next(products)
    assert len(script.requests) == 1


def test_a_page_is_retried_and_nothing_is_lost() -> None:
    script = Script(page([PRODUCT], "a"), problem(503, "busy", {"Retry-After": "0"}), page([PRODUCT]))
    assert len(list(script.client(CatalogClient).browse("Tea"))) == 2


def test_a_category_may_hold_a_slash_and_prices_are_texts_of_their_digits() -> None:
    script = Script(page([]))
    catalog = script.client(CatalogClient)
    list(catalog.browse("Grains/Cereals", active=False, min_price=Decimal("0.50"), tag="spring"))
    assert asked(script) == [
        "GET /products?limit=100&category=Grains%2FCereals&active=false&tag=spring&min_price=0.50"
    ]


def test_a_path_is_encoded_once() -> None:
    script = Script(problem(404, "product_not_found"))
    with pytest.raises(problems.ProductNotFound):
        script.client(CatalogClient).product("a/b c%2F")
    assert asked(script) == ["GET /products/a%2Fb%20c%252F"]


def test_a_log_is_searched_by_period_type_and_order() -> None:
    script = Script(page([RECORD]))
    search = Search("2026-02-23T00:00:00Z", "2026-02-24T00:00:00Z", TransactionType.RESTOCK, "asc")
    [record] = script.client(AuditClient).records_of_sku(SKU_ID, search)
    assert record.sequence == 1
    assert dict(script.requests[0].url.params) == {
        "limit": "100",
        "from": "2026-02-23T00:00:00Z",
        "to": "2026-02-24T00:00:00Z",
        "transaction_type": "restock",
        "order": "asc",
    }
    list(script.client(AuditClient).records_of_product("PROD-E4F9A"))
    list(script.client(AuditClient).records_of_vendor("VENDOR-001"))
    assert asked(script)[1:] == [
        "GET /products/PROD-E4F9A/transactions?limit=100",
        "GET /vendors/VENDOR-001/transactions?limit=100",
    ]


DIFFERENCE = {
    "transaction_id": RECORD["transaction_id"],
    "kind": "stock_after",
    "expected": 12,
    "found": 80,
}
OF_THE_SKU = {"transaction_id": None, "kind": "current_stock", "expected": 12, "found": 80}


def verified(checked: int, findings: list[Any], next_cursor: str | None = None) -> httpx.Response:
    body = {"checked": checked, "head_hash": "1" * 64, "findings": findings, "next_cursor": next_cursor}
    return httpx.Response(200, json=body)


def test_a_log_is_verified_to_its_end_and_each_difference_reported_once() -> None:
    script = Script(
        verified(2, [OF_THE_SKU], "a"), verified(0, [], "b"), verified(1, [DIFFERENCE, OF_THE_SKU])
    )
    found = script.client(AuditClient).verification(SKU_ID)
    assert (found.checked, found.head_hash, found.is_sound) == (3, "1" * 64, False)
    assert [each.document() for each in found.findings] == [OF_THE_SKU, DIFFERENCE]
    assert asked(script) == [
        f"GET /skus/{SKU_ID}/verification",
        f"GET /skus/{SKU_ID}/verification?cursor=a",
        f"GET /skus/{SKU_ID}/verification?cursor=b",
    ]


def test_a_log_without_differences_is_sound() -> None:
    assert Script(verified(1, [])).client(AuditClient).verification(SKU_ID).is_sound


@pytest.mark.parametrize("record", [RECORD, None])
def test_stock_at_a_time_comes_with_the_last_record_before_it(record: dict[str, Any] | None) -> None:
    stock = {"time": "2026-02-23T10:30:00.000000Z", "current_stock": 12, "reserved_stock": 5}
    body = {**stock, "available_stock": 7, "transaction": record}
    script = Script(httpx.Response(200, json=body))
    found = script.client(AuditClient).stock_at(SKU_ID, "2026-02-23T16:00:00+05:30")
    assert (found.current_stock, found.reserved_stock, found.available_stock) == (12, 5, 7)
    assert found.transaction is None if record is None else isinstance(found.transaction, TransactionRecord)
    assert found.document() == body
    assert asked(script) == [f"GET /skus/{SKU_ID}/stock-at?time=2026-02-23T16%3A00%3A00%2B05%3A30"]


def test_reservations_are_listed_by_order() -> None:
    held = {
        "order_id": "ORDER-1",
        "quantity": 3,
        "placed_at": "2026-02-23T10:30:00.000000Z",
        "age_seconds": 60,
        "expires_at": None,
    }
    body = {"sku": SKU_ID, "sequence": 4, "reserved_stock": 5, "reservations": [held], "unaccounted": 2}
    script = Script(httpx.Response(200, json=body))
    found = script.client(AuditClient).reservations(SKU_ID)
    assert (found.sequence, found.reserved_stock, found.unaccounted) == (4, 5, 2)
    assert [each.document() for each in found.reservations] == [held]
    assert asked(script) == [f"GET /skus/{SKU_ID}/reservations"]


def test_a_timeline_is_a_picture() -> None:
    script = Script(httpx.Response(200, text="<svg/>", headers={"Content-Type": "image/svg+xml"}))
    audit = script.client(AuditClient)
    assert audit.timeline_svg(SKU_ID) == audit.timeline_svg(SKU_ID, since="2026") == "<svg/>"
    assert asked(script) == [f"GET /skus/{SKU_ID}/timeline.svg", f"GET /skus/{SKU_ID}/timeline.svg?from=2026"]


def test_another_media_type_is_refused() -> None:
    script = Script(httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(UnexpectedAnswer, match="text/html"):
        script.client(AuditClient).timeline_svg(SKU_ID)


def test_findings_are_listed_to_the_last() -> None:
    finding = {
        "finding_id": "FIND-1",
        "kind": "record_modified",
        "occurred_at": "2026-02-23T10:30:00.000000Z",
        "vendor_id": "VENDOR-001",
        "product_id": None,
        "sku": None,
        "transaction_id": None,
        "differences": [DIFFERENCE],
    }
    script = Script(page([finding], "a"), page([finding | {"of_tomorrow": 1}]))
    found = list(script.client(AuditClient).findings())
    assert [each.document() for each in found] == [finding, finding]
    assert found[0].differences[0].found == 80
    assert asked(script) == ["GET /findings?limit=100", "GET /findings?limit=100&cursor=a"]


def test_the_keys_of_the_log_are_read() -> None:
    keys = PublicKeys(
        [PublicKey("new", bytes(32), "2026-06-01T00:00:00.000000Z", None)],
    )
    script = Script(httpx.Response(200, json=keys.jwks() | {"of_tomorrow": 1}))
    assert script.client(AuditClient).ledger_keys() == keys
    assert asked(script) == ["GET /ledger-keys"]


@pytest.mark.parametrize(
    "body", [{}, {"keys": [{"kty": "RSA"}]}, {"keys": [{"kty": "OKP", "crv": "Ed25519"}]}]
)
def test_what_is_no_key_of_the_log_is_an_undocumented_answer(body: dict[str, Any]) -> None:
    script = Script(httpx.Response(200, json=body))
    with pytest.raises(UnexpectedAnswer):
        script.client(AuditClient).ledger_keys()


def test_a_command_reports_whether_it_was_replayed() -> None:
    script = Script(
        httpx.Response(201, json=ORDER),
        httpx.Response(200, json=ORDER, headers={"Idempotent-Replayed": "true"}),
    )
    stock = script.client(StockClient)
    lines = [LineRequest("PROD-E4F9A", SKU_ID, 5)]
    assert [stock.place("ORDER-1", lines, hold_seconds=60).replayed for _ in range(2)] == [False, True]
    assert script.requests[0].content == (
        b'{"lines":[{"product_id":"PROD-E4F9A","sku":"SKU-PROD-E4F9A-BLK-L","quantity":5}],"hold_seconds":60}'
    )


def test_an_order_sums_its_lines() -> None:
    order = Script(httpx.Response(200, json=ORDER)).client(StockClient).order("ORDER-1")
    assert (order.placed, order.reserved, order.confirmed) == (5, 3, 2)
    assert order.lines[0].vendor_id == "VENDOR-001"


def test_a_batch_returns_an_order_or_a_problem_per_command() -> None:
    refused = {
        "order_id": "ORDER-2",
        "status_code": 409,
        "problem": {"code": "order_cancelled", "status": 409, "detail": "Gone."},
    }
    results = [{"order_id": "ORDER-1", "status_code": 201, "order": ORDER}, refused]
    script = Script(httpx.Response(200, json={"results": results}))
    placed, cancelled = script.client(StockClient).batch(
        [BatchCommand("ORDER-1", lines=[LineRequest("P", "S", 1)]), BatchCommand("ORDER-2", "confirm")]
    )
    assert (placed.status_code, placed.order.status, placed.problem) == (201, "reserved", None)
    assert isinstance(cancelled.problem, problems.OrderCancelled)
    assert b'{"order_id":"ORDER-2","command":"confirm"}' in script.requests[0].content


def test_a_batch_of_changes_returns_a_record_or_a_problem_per_change() -> None:
    refused = {
        "sku": SKU_ID,
        "status_code": 409,
        "problem": {"code": "count_stale", "status": 409, "detail": "Gone.", "current_stock": 3},
    }
    results = [{"sku": SKU_ID, "status_code": 201, "transaction": RECORD}, refused]
    script = Script(httpx.Response(200, json={"results": results}))
    restocked, stale = script.client(StockClient).change_batch(
        [
            ChangeCommand.restock("P", SKU_ID, 5, idempotency_key="delivery-1"),
            ChangeCommand.count(
                "P", SKU_ID, counted_stock=5, expected_stock=4, notes="shelf", idempotency_key="count-1"
            ),
        ]
    )
    assert (restocked.status_code, restocked.problem) == (201, None)
    assert restocked.transaction.document() == RECORD
    assert (stale.sku, stale.transaction) == (SKU_ID, None)
    assert isinstance(stale.problem, problems.CountStale)
    assert asked(script) == ["POST /stock/batch"]
    ids = {"product_id": "P", "sku": SKU_ID}
    assert json.loads(script.requests[0].content) == {
        "changes": [
            {"type": "restock", "quantity": 5, "idempotency_key": "delivery-1"} | ids,
            {"type": "adjustment", "counted_stock": 5, "expected_stock": 4, "notes": "shelf"}
            | {"idempotency_key": "count-1"}
            | ids,
        ]
    }


def test_a_change_has_a_key_of_its_own_and_notes_if_there_are_any() -> None:
    first = ChangeCommand.restock("P", "S", 5, notes="first")
    other = ChangeCommand.adjustment("P", "S", -1, notes="broken")
    assert first.document()["notes"] == "first"
    assert (
        other.document().items() >= {"type": "adjustment", "quantity_change": -1, "notes": "broken"}.items()
    )
    assert "notes" not in ChangeCommand.restock("P", "S", 5).document()
    assert first.document()["idempotency_key"] != other.document()["idempotency_key"]


@pytest.mark.parametrize(
    ("kind", "call", "request_line"),
    [
        (CatalogClient, lambda c: c.deactivate_product("P", if_version=2), "DELETE /products/P"),
        (StockClient, lambda c: c.deactivate_sku("P", "S"), "DELETE /products/P/skus/S"),
        (StockClient, lambda c: list(c.skus_of_product("P")), "GET /products/P/skus?limit=100"),
        (StockClient, lambda c: list(c.inventory("V")), "GET /vendors/V/inventory?limit=1000"),
        (
            StockClient,
            lambda c: list(c.inventory_members("V", ["version", "sku"])),
            "GET /vendors/V/inventory?limit=1000&fields=version%2Csku%2Clast_updated",
        ),
        (
            CatalogClient,
            lambda c: list(c.product_members_of_vendor("V", ["tags"], order="desc")),
            "GET /vendors/V/products?limit=1000&order=desc&fields=tags",
        ),
        (
            CatalogClient,
            lambda c: list(c.products_of_vendor("V", external_id="A/1 #2")),
            "GET /vendors/V/products?limit=1000&external_id=A%2F1+%232",
        ),
        (
            CatalogClient,
            lambda c: list(c.product_members_of_vendor("V", ["tags"], name="Earl")),
            "GET /vendors/V/products?limit=1000&name=Earl&fields=tags",
        ),
        (CatalogClient, lambda c: list(c.categories()), "GET /categories?limit=100"),
        (CatalogClient, lambda c: list(c.vendors()), "GET /vendors?limit=100"),
        (
            AuditClient,
            lambda c: list(c.records_of_order("ORDER-1")),
            "GET /orders/ORDER-1/transactions?limit=1000",
        ),
        (
            AuditClient,
            lambda c: list(c.record_members_of_sku("S", ["notes", "sku"], Search(order="asc"))),
            "GET /skus/S/transactions?limit=1000&order=asc&fields=notes%2Csku",
        ),
        (
            AuditClient,
            lambda c: list(c.record_members_of_vendor("V", ["notes"])),
            "GET /vendors/V/transactions?limit=1000&fields=notes",
        ),
        (StockClient, lambda c: list(c.low_stock("V")), "GET /vendors/V/low-stock?limit=100"),
        (
            StockClient,
            lambda c: list(c.inventory("V", barcode="A/1#\u00e9")),
            "GET /vendors/V/inventory?limit=100&barcode=A%2F1%23%C3%A9",
        ),
        (StockClient, lambda c: list(c.orders_due()), "GET /orders?limit=100"),
        (StockClient, lambda c: list(c.orders_due("2026")), "GET /orders?limit=100&due_before=2026"),
    ],
)
def test_the_routes(kind: type[Any], call: Callable[[Any], object], request_line: str) -> None:
    script = Script(page([]))
    call(script.client(kind))
    assert asked(script) == [request_line]


def test_whole_orders_are_settled_by_their_ids() -> None:
    script = Script(httpx.Response(200, json=ORDER))
    stock = script.client(StockClient)
    stock.confirm("ORDER-1")
    stock.cancel("ORDER-1")
    stock.extend("ORDER-1", 600)
    assert asked(script) == [
        "POST /orders/ORDER-1/confirm",
        "POST /orders/ORDER-1/cancel",
        "POST /orders/ORDER-1/extend",
    ]
    assert script.requests[2].content == b'{"hold_seconds":600}'


def test_an_order_is_amended_to_the_quantities_of_its_lines() -> None:
    script = Script(httpx.Response(200, json=ORDER))
    lines = [LineRequest("PROD-E4F9A", SKU_ID, 3), LineRequest("PROD-E4F9A", f"{SKU_ID}-2", 0)]
    script.client(StockClient).amend("ORDER-1", lines, idempotency_key="amend-1")
    assert asked(script) == ["POST /orders/ORDER-1/amend"]
    [request] = script.requests
    assert request.headers["Idempotency-Key"] == "amend-1"
    assert json.loads(request.content) == {
        "lines": [
            {"product_id": "PROD-E4F9A", "sku": SKU_ID, "quantity": 3},
            {"product_id": "PROD-E4F9A", "sku": f"{SKU_ID}-2", "quantity": 0},
        ]
    }
    script.client(StockClient).amend("ORDER-1", lines)
    assert script.requests[1].headers["Idempotency-Key"]


@pytest.mark.parametrize(("hold_seconds", "content"), [(None, b""), (600, b'{"hold_seconds":600}')])
def test_an_order_is_reopened(hold_seconds: int | None, content: bytes) -> None:
    script = Script(httpx.Response(200, json=ORDER))
    script.client(StockClient).reopen("ORDER-1", hold_seconds, idempotency_key="reopen-1")
    assert asked(script) == ["POST /orders/ORDER-1/reopen"]
    [request] = script.requests
    assert (request.content, request.headers["Idempotency-Key"]) == (content, "reopen-1")
    script.client(StockClient).reopen("ORDER-1")
    assert script.requests[1].headers["Idempotency-Key"]


def test_skus_are_created_and_changed() -> None:
    script = Script(httpx.Response(200, json=SKU))
    stock = script.client(StockClient)
    done = stock.create_sku(
        "PROD-E4F9A",
        SKU_ID,
        variant_name="Black - Large",
        unit_price=Decimal("89.99"),
        reorder_threshold=10,
        variant_attributes=MappingProxyType({"color": "Black"}),
    )
    assert done.result.available_stock == 45
    assert json.loads(script.requests[0].content) == {
        "sku": SKU_ID,
        "variant_name": "Black - Large",
        "unit_price": 89.99,
        "reorder_threshold": 10,
        "variant_attributes": {"color": "Black"},
    }
    assert stock.change_sku("PROD-E4F9A", SKU_ID, {"variant_attributes": None}, if_version=4).version == 4
    assert script.requests[1].content == b'{"variant_attributes":null}'
    assert script.requests[1].headers["If-Match"] == '"4"'


def test_a_service_that_runs_says_so() -> None:
    assert Script(httpx.Response(200, json={"status": "ok"})).client(AuditClient).health()


def test_the_public_names_are_there() -> None:
    assert [name for name in inventory_client.__all__ if not hasattr(inventory_client, name)] == []


def test_an_owner_is_named_in_a_place_and_in_a_batch() -> None:
    script = Script(httpx.Response(201, json=ORDER))
    lines = [LineRequest("P", "S", 1)]
    script.client(StockClient).place("ORDER-1", lines, owner="web")
    assert json.loads(script.requests[0].content)["owner"] == "web"
    assert BatchCommand("ORDER-1", lines=lines, owner="web").document()["owner"] == "web"
    assert "owner" not in BatchCommand("ORDER-1", lines=lines).document()
    assert "owner" not in BatchCommand("ORDER-1", "confirm").document()


def test_availability_is_asked_of_skus_and_products_and_may_be_asked_again() -> None:
    line = {"product_id": "PROD-E4F9A", "quantity": 2, "is_available": True, "available_stock": 10}
    missing = line | {"sku": None, "is_available": False, "available_stock": 0}
    answer = {"lines": [line | {"sku": SKU_ID}, missing], "all_available": False}
    script = Script(problem(503, "database_unavailable"), httpx.Response(200, json=answer))
    lines = [AvailabilityLine("PROD-E4F9A", SKU_ID, 2), AvailabilityLine("PROD-00000")]
    found = script.client(StockClient).availability(lines)
    assert (found.all_available, [each.sku for each in found.lines]) == (False, [SKU_ID, None])
    assert (found.lines[0].is_available, found.lines[0].available_stock) == (True, 10)
    assert asked(script) == ["POST /availability"] * 2
    assert json.loads(script.requests[1].content) == {
        "lines": [
            {"product_id": "PROD-E4F9A", "sku": SKU_ID, "quantity": 2},
            {"product_id": "PROD-00000", "sku": None, "quantity": 1},
        ]
    }


def test_a_cancel_and_a_refund_have_a_reason_notes_and_restock_by_sku() -> None:
    script = Script(httpx.Response(200, json=ORDER))
    stock = script.client(StockClient)
    stock.cancel("ORDER-1", reason="customer_request")
    stock.refund("ORDER-1", {"S": 2, "T": 1}, restock={"S": False}, reason="broken", notes="On the way")
    stock.refund("ORDER-1", restock=False)
    stock.confirm("ORDER-1")
    assert [json.loads(request.content or b"null") for request in script.requests] == [
        {"reason": "customer_request"},
        {
            "reason": "broken",
            "notes": "On the way",
            "lines": [{"sku": "S", "quantity": 2, "restock": False}, {"sku": "T", "quantity": 1}],
        },
        {"restock": False},
        None,
    ]
    explained = ORDER | {"lines": [ORDER["lines"][0] | {"reason": "broken", "notes": "On the way"}]}
    order = Script(httpx.Response(200, json=explained)).client(StockClient).order("ORDER-1")
    assert (order.lines[0].reason, order.lines[0].notes) == ("broken", "On the way")


def test_a_settlement_of_a_batch_has_lines_a_key_and_a_reason() -> None:
    lines = [LineRequest("P", "S", 2)]
    refund = BatchCommand("ORDER-1", "refund", lines, restock=False, reason="broken", notes="On the way")
    assert refund.document() == {
        "order_id": "ORDER-1",
        "command": "refund",
        "lines": [{"sku": "S", "quantity": 2}],
        "restock": False,
        "reason": "broken",
        "notes": "On the way",
        "idempotency_key": refund.idempotency_key,
    }
    assert refund.document() == refund.document()
    other = BatchCommand("ORDER-1", "refund", lines)
    assert refund.idempotency_key
    assert refund.idempotency_key != other.idempotency_key
    assert BatchCommand("ORDER-1", "cancel", lines, idempotency_key="k").document()["idempotency_key"] == "k"
    assert BatchCommand("ORDER-1", "refund").document() == {"order_id": "ORDER-1", "command": "refund"}
    assert BatchCommand("ORDER-1", "confirm", idempotency_key="k").document()["idempotency_key"] == "k"
    assert BatchCommand("ORDER-1", "place", lines).idempotency_key is None


def test_the_single_request_has_the_lines_of_a_batch() -> None:
    script = Script(httpx.Response(200, json=ORDER))
    script.client(StockClient).confirm("ORDER-1", {"S": 2})
    command = BatchCommand("ORDER-1", "confirm", [LineRequest("P", "S", 2)])
    assert json.loads(script.requests[0].content)["lines"] == command.document()["lines"]
