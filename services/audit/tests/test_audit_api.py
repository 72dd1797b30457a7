"""The audit service as its clients see it: every route, every header, every error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from front_door import Client, Tokens

from inventory_common.pages import Position, encode_cursor
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import record_hash

from .ledger import BLACK, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, a_record, keep

LISTS = [
    f"/products/{PRODUCT}/transactions",
    f"/vendors/{VENDOR}/transactions",
    f"/skus/{BLACK}/transactions",
]


@pytest.fixture
def vendor(tokens: Tokens) -> str:
    return tokens.vendor()


def test_a_record_is_served_with_all_of_its_attributes(audit: Client, vendor: str, dynamodb: Any) -> None:
    record = a_record(order_id="ORDER-12345", notes="Monthly restock shipment from warehouse")
    keep(dynamodb, record)
    response = audit.get(f"/transactions/{record.transaction_id}", vendor)
    assert response.status == 200
    assert response.json == {
        "transaction_id": record.transaction_id,
        "timestamp": "2026-02-23T10:31:00.000000Z",
        "product_id": PRODUCT,
        "sku": BLACK,
        "vendor_id": VENDOR,
        "transaction_type": "restock",
        "quantity_change": 5,
        "stock_before": 0,
        "stock_after": 5,
        "order_id": "ORDER-12345",
        "performed_by": VENDOR,
        "notes": "Monthly restock shipment from warehouse",
        "sequence": 1,
        "quantity": 5,
        "reserved_before": 0,
        "reserved_after": 0,
        "request_id": "request-1",
        "form": 1,
        "command": "restock",
        "reason": None,
        "order_step": None,
        "order_previous": None,
        "previous_hash": FIRST_PREVIOUS_HASH,
        "hash": record.hash,
        "signature": record.signature,
        "key_id": "test-1",
    }
    assert response.headers["ETag"] == f'"{record.hash}"'
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("notes", [None, "L'été 🎧", 'say "no"\\', "1e5 \u2028"])
def test_the_hash_of_a_served_record_can_be_recomputed(
    audit: Client, vendor: str, dynamodb: Any, notes: str | None
) -> None:
    keep(dynamodb, a_record(notes=notes))
    [listed] = audit.get(LISTS[0], vendor).json["items"]
    single = audit.get(f"/transactions/{listed['transaction_id']}", vendor)
    assert single.json == listed
    assert listed["notes"] == notes
    assert listed["order_id"] is None
    assert record_hash(json.loads(single.text)) == listed["hash"]


@pytest.mark.parametrize("address", LISTS)
def test_the_pages_of_a_log_hold_each_record_once_newest_first(
    audit: Client, vendor: str, dynamodb: Any, address: str
) -> None:
    keep(
        dynamodb,
        *(a_record(BLACK, n) for n in (3, 1, 7, 2, 6, 5, 4)),
        a_record("SKU-PROD-00000-A", 9, vendor_id=OTHER_VENDOR),
    )
    pages = audit.walk(f"{address}?limit=3", vendor)
    assert [len(page) for page in pages][:2] == [3, 3]
    assert [record["sequence"] for page in pages for record in page] == [7, 6, 5, 4, 3, 2, 1]
    assert audit.get(address, vendor).json["items"] == [record for page in pages for record in page]


def test_a_products_log_covers_all_of_its_skus_and_a_skus_log_only_that_sku(
    audit: Client, vendor: str, dynamodb: Any
) -> None:
    keep(dynamodb, a_record(BLACK, 1), a_record(WHITE, 2))
    assert [record["sku"] for record in audit.get(LISTS[0], vendor).json["items"]] == [WHITE, BLACK]
    assert [record["sku"] for record in audit.get(LISTS[2], vendor).json["items"]] == [BLACK]


def test_the_pages_hold_records_of_the_same_time_once_each(audit: Client, vendor: str, dynamodb: Any) -> None:
    moment = "2026-02-23T10:30:00.000000Z"
    skus = [f"SKU-{PRODUCT}-V{n}" for n in range(7)]
    keep(dynamodb, *(a_record(sku, timestamp=moment) for sku in skus))
    for address in LISTS[:2]:
        pages = audit.walk(f"{address}?limit=2", vendor)
        assert sorted(record["sku"] for page in pages for record in page) == skus


@pytest.mark.parametrize("address", LISTS)
def test_an_empty_log_is_an_empty_list(audit: Client, vendor: str, address: str) -> None:
    response = audit.get(address, vendor)
    assert (response.status, response.json) == (200, {"items": [], "next_cursor": None})
    assert "Link" not in response.headers


def test_an_absent_record_is_not_found(audit: Client, vendor: str) -> None:
    response = audit.get(f"/transactions/{a_record().transaction_id}", vendor)
    assert (response.status, response.code) == (404, "transaction_not_found")


@pytest.mark.parametrize(
    "address",
    [
        "/transactions/550e8400-e29b-41d4-a716-446655440000",
        "/transactions/TXN-550E8400-E29B-41D4-A716-446655440000",
        "/transactions/TXN-1",
        "/products/PROD-1/transactions",
        "/skus/SKU-1/transactions",
        f"/skus/{BLACK}%0A/transactions",
    ],
)
def test_an_invalid_id_is_refused(audit: Client, vendor: str, address: str) -> None:
    response = audit.get(address, vendor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert response.json["errors"][0]["path"].startswith("path.")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "color=red", "limit=1&limit=1", "fields=colour", "fields="]
)
def test_an_invalid_query_is_refused(audit: Client, vendor: str, address: str, query: str) -> None:
    response = audit.get(f"{address}?{query}", vendor)
    assert (response.status, response.code) == (422, "invalid_input")


@pytest.mark.parametrize("address", LISTS)
def test_a_thousand_records_are_read_at_once_with_the_members_named(
    audit: Client, vendor: str, dynamodb: Any, address: str
) -> None:
    keep(dynamodb, *(a_record(BLACK, number) for number in range(1, 1_002)))
    response = audit.get(f"{address}?limit=1000&fields=sequence,sku", vendor)
    assert response.json["items"] == [{"sequence": number, "sku": BLACK} for number in range(1_001, 1, -1)]
    assert response.json["next_cursor"] is not None


def test_a_cursor_from_another_log_is_refused(audit: Client, vendor: str, dynamodb: Any) -> None:
    keep(dynamodb, a_record(BLACK, 1), a_record(BLACK, 2))
    cursor = audit.get(f"{LISTS[2]}?limit=1", vendor).json["next_cursor"]
    for address in (*LISTS[:2], f"/skus/{WHITE}/transactions"):
        response = audit.get(f"{address}?cursor={cursor}", vendor)
        assert (response.status, response.code) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    "change",
    [{"vendor_id": OTHER_VENDOR}, {"timestamp": 5}, {"transaction_id": ""}, {"more": "x"}],
    ids=["another vendor", "no text", "empty", "more"],
)
def test_a_forged_cursor_is_refused(audit: Client, vendor: str, change: dict[str, Any]) -> None:
    record = a_record()
    position: Position = {
        "vendor_id": VENDOR,
        "timestamp": record.timestamp,
        "transaction_id": record.transaction_id,
    }
    assert audit.get(f"{LISTS[1]}?cursor={encode_cursor(position)}", vendor).status == 200
    response = audit.get(f"{LISTS[1]}?cursor={encode_cursor(position | change)}", vendor)
    assert (response.status, response.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", [*LISTS, f"/transactions/{a_record().transaction_id}"])
def test_the_log_cannot_be_written(audit: Client, tokens: Tokens, method: str, address: str) -> None:
    response = audit.send(method, address, tokens.of_role("admin"), {})
    assert (response.status, response.code) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET"


def test_an_unknown_path_is_refused(audit: Client) -> None:
    assert audit.get("/transactions").code == "route_not_found"


def test_the_health_route_returns_ok(audit: Client) -> None:
    response = audit.get("/health", x_request_id="req-1")
    assert (response.status, response.json) == (200, {"status": "ok", "service": "inventory-audit"})
    assert response.headers["X-Request-Id"] == "req-1"
