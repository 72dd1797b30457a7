"""Restocking a SKU."""

from __future__ import annotations

from typing import Any

import pytest
from fixed_ledger_key import LEDGER_KEY
from front_door import Client

from inventory_common.ids import transaction_id
from inventory_common.ledger_keys import to_base64url
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.transactions import record_hash

from ..shop import (
    BLACK,
    NEW_SKU_BODY,
    PRODUCT,
    RESTOCKS_PATH,
    SERVED_SKU,
    SKU_PATH,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_sku,
)


@pytest.mark.usefixtures("product")
def test_a_restock_returns_its_log_record_and_the_sku(shop: Client, vendor: str, clock: Clock) -> None:
    shop.post(SKUS_PATH, NEW_SKU_BODY, vendor)
    clock.advance(60)
    body = {"quantity": 25, "notes": "monthly"}
    answer = shop.post(RESTOCKS_PATH, body, vendor, idempotency_key="k", x_request_id="req-1")
    record = answer.json["transaction"]
    assert answer.status == 201
    assert record == {
        "transaction_id": transaction_id(BLACK, 1),
        "timestamp": "2026-02-23T10:31:00.000000Z",
        "product_id": PRODUCT,
        "sku": BLACK,
        "vendor_id": VENDOR,
        "transaction_type": "restock",
        "quantity_change": 25,
        "stock_before": 0,
        "stock_after": 25,
        "order_id": None,
        "performed_by": VENDOR,
        "notes": "monthly",
        "sequence": 1,
        "quantity": 25,
        "reserved_before": 0,
        "reserved_after": 0,
        "request_id": "req-1",
        "form": 1,
        "command": "restock",
        "reason": None,
        "order_step": None,
        "order_previous": None,
        "previous_hash": FIRST_PREVIOUS_HASH,
        "hash": record_hash(record),
        "signature": to_base64url(LEDGER_KEY.sign(record_hash(record))),
        "key_id": "test-1",
    }
    assert answer.json["sku"] == SERVED_SKU | {
        "current_stock": 25,
        "available_stock": 25,
        "last_updated": "2026-02-23T10:31:00.000000Z",
        "sequence": 1,
        "ledger_hash": record["hash"],
        "version": 2,
        "last_transaction_at": record["timestamp"],
        "last_transaction_id": record["transaction_id"],
        "low_stock_flag": False,
    }
    assert answer.headers["X-Request-Id"] == "req-1"
    assert shop.get(SKU_PATH, vendor).json == answer.json["sku"]


@pytest.mark.usefixtures("stocked")
def test_a_restock_that_is_sent_twice_is_executed_once(
    shop: Client, vendor: str, tables: Tables, clock: Clock
) -> None:
    first = shop.post(RESTOCKS_PATH, {"quantity": 25}, vendor, idempotency_key="k")
    clock.advance(86_400)
    again = shop.post(RESTOCKS_PATH, '{ "quantity": 25 }', vendor, idempotency_key="k")
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(tables.records()) == 1


@pytest.mark.usefixtures("stocked")
def test_a_replay_returns_the_first_record_and_the_current_sku(shop: Client, vendor: str) -> None:
    first = shop.post(RESTOCKS_PATH, {"quantity": 25}, vendor, idempotency_key="k")
    shop.post(RESTOCKS_PATH, {"quantity": 1}, vendor, idempotency_key="k2")
    again = shop.post(RESTOCKS_PATH, {"quantity": 25}, vendor, idempotency_key="k")
    assert again.json["transaction"] == first.json["transaction"]
    assert again.json["sku"]["current_stock"] == 76


@pytest.mark.usefixtures("stocked")
def test_an_idempotency_key_stands_for_one_principal_path_and_payload_for_a_day(
    shop: Client, vendor: str, admin: str, tables: Tables, clock: Clock
) -> None:
    body = {"quantity": 25}
    shop.post(RESTOCKS_PATH, body, vendor, idempotency_key="k")
    reused = shop.post(RESTOCKS_PATH, {"quantity": 26}, vendor, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert len(tables.records()) == 1
    assert shop.post(RESTOCKS_PATH, body, admin, idempotency_key="k").status == 201
    assert shop.post(f"{SKUS_PATH}/{WHITE}/restocks", body, vendor, idempotency_key="k").status == 201
    assert shop.post(RESTOCKS_PATH, body, vendor, idempotency_key="K").status == 201
    assert len(tables.records()) == 4
    clock.advance(86_401)
    assert shop.post(RESTOCKS_PATH, body, vendor, idempotency_key="k").status == 201
    assert len(tables.records()) == 5


@pytest.mark.usefixtures("stocked")
def test_a_restock_requires_an_idempotency_key(shop: Client, vendor: str, tables: Tables) -> None:
    answer = shop.post(RESTOCKS_PATH, {"quantity": 25}, vendor)
    assert (answer.status, answer.code) == (400, "idempotency_key_required")
    for key in ("", "a b", "é", "x" * 256):
        answer = shop.post(RESTOCKS_PATH, {"quantity": 25}, vendor, idempotency_key=key)
        assert (answer.status, answer.code) == (400, "invalid_idempotency_key")
    assert shop.post(RESTOCKS_PATH, {"quantity": 25}, vendor, idempotency_key="x" * 255).status == 201
    assert len(tables.records()) == 1


@pytest.mark.parametrize(
    ("sku", "status", "code"),
    [
        (a_sku(is_active=False), 409, "sku_inactive"),
        (a_sku(product_is_active=False), 409, "product_inactive"),
        (a_sku(current=1_000_000_000), 409, "stock_limit_exceeded"),
        (a_sku(WHITE), 404, "sku_not_found"),
    ],
    ids=["deactivated", "product deactivated", "full", "absent"],
)
def test_a_restock_of_a_deactivated_full_or_unknown_sku_is_refused(
    shop: Client, vendor: str, tables: Tables, sku: Sku, status: int, code: str
) -> None:
    tables.put(sku)
    answer = shop.post(RESTOCKS_PATH, {"quantity": 1}, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (status, code)
    assert tables.records() == []


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001, 1.5, "1", True, None, [1]])
def test_a_quantity_is_a_whole_number_from_one_to_a_million(shop: Client, vendor: str, quantity: Any) -> None:
    answer = shop.post(RESTOCKS_PATH, {"quantity": quantity}, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.quantity"]


@pytest.mark.usefixtures("stocked")
def test_the_length_of_notes_is_limited_in_bytes(shop: Client, vendor: str) -> None:
    def status_with(notes: str, key: str) -> int:
        body = {"quantity": 1, "notes": notes}
        return shop.post(RESTOCKS_PATH, body, vendor, idempotency_key=key).status

    assert status_with("🎧" * 75, "a") == 201
    assert status_with("🎧" * 75 + "!", "b") == 422
    assert status_with("x" * 300, "c") == 201
