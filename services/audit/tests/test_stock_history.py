"""A SKU's stock at a point in time, and the orders that hold its units now."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from front_door import Client, Tokens
from refusal_walk import aws_calls

from chalicelib.domain import reservations
from chalicelib.domain.reservations import Reservations
from chalicelib.engine.stock_history import StockHistory
from inventory_common.identity import EVERYTHING
from inventory_common.items import to_item
from inventory_common.order_items import order_key
from inventory_common.timestamps import plus_seconds

from .ledger import BLACK, NOW, OTHER_VENDOR, WHITE, a_ledger, a_sku, keep, keep_sku
from .stored_log import CountingLog, StoredLog

LEDGER = a_ledger(60, seed=7)
FUTURE = "9999-12-31T23:59:59.999999Z"


@pytest.fixture
def auditor(tokens: Tokens, dynamodb: Any) -> str:
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    return tokens.of_role("auditor")


def stock(audit: Client, token: str, time: str, sku: str = BLACK) -> Any:
    response = audit.get(f"/skus/{sku}/stock-at?time={time}", token)
    assert response.status == 200, response
    return response.json


def test_the_stock_at_a_time_is_that_after_the_last_record(audit: Client, auditor: str) -> None:
    record = LEDGER[20]
    between = plus_seconds(record.timestamp, 30)
    assert stock(audit, auditor, between) == {
        "time": between,
        "current_stock": record.stock_after,
        "reserved_stock": record.reserved_after,
        "available_stock": record.stock_after - record.reserved_after,
        "transaction": record.document(),
    }


def test_a_record_at_exactly_that_time_counts(audit: Client, auditor: str) -> None:
    record = LEDGER[20]
    assert stock(audit, auditor, record.timestamp)["transaction"]["sequence"] == 21
    just_before = record.timestamp.replace("00.000000", "59.999999").replace(":51:", ":50:")
    assert just_before < record.timestamp
    assert stock(audit, auditor, just_before)["transaction"]["sequence"] == 20


def test_before_the_first_record_the_stock_is_0(audit: Client, auditor: str) -> None:
    assert stock(audit, auditor, NOW) == {
        "time": NOW,
        "current_stock": 0,
        "reserved_stock": 0,
        "available_stock": 0,
        "transaction": None,
    }


@pytest.mark.parametrize("time", [FUTURE, "0001-01-01T00:00:00Z", "2026-02-23T12:30:00%2B02:00"])
def test_any_time_is_accepted(audit: Client, auditor: str, time: str) -> None:
    assert stock(audit, auditor, time)["current_stock"] == (LEDGER[-1].stock_after if time == FUTURE else 0)


@pytest.mark.parametrize("query", ["", "?time=", "?time=yesterday", "?time=2026-02-23T10:30:00"])
def test_a_time_is_required(audit: Client, auditor: str, query: str) -> None:
    response = audit.get(f"/skus/{BLACK}/stock-at{query}", auditor)
    assert (response.status, response.code) == (422, "invalid_input")


@pytest.mark.parametrize("time", [NOW, FUTURE])
def test_another_vendors_stock_is_not_found(audit: Client, tokens: Tokens, auditor: str, time: str) -> None:
    response = audit.get(f"/skus/{BLACK}/stock-at?time={time}", tokens.vendor(OTHER_VENDOR))
    assert (response.status, response.code) == (404, "sku_not_found")


@pytest.mark.parametrize(("time", "calls"), [(FUTURE, ["Query"]), (NOW, ["Query", "GetItem"])])
def test_at_most_two_items_are_read(audit: Client, auditor: str, time: str, calls: list[str]) -> None:
    with aws_calls() as made:
        stock(audit, auditor, time)
    assert made == calls


def test_one_item_is_read_however_long_the_log_is() -> None:
    class CountingItems(StoredLog):
        items = 0

        def item_at(self, sku: str, moment: str) -> Any:
            found = [item for item in self.by_time if item["timestamp"]["S"] <= moment]
            self.items += 1
            return found[-1] if found else None

    stored = CountingItems([record.to_item() for record in LEDGER], None)
    assert history_of(stored).stock_at(BLACK, LEDGER[3].timestamp, EVERYTHING).record == LEDGER[3]
    assert stored.items == 1


def history_of(stored: Any) -> StockHistory:
    """Return the histories of a log in memory."""
    return StockHistory(stored, stored, stored, lambda: FUTURE)


def reservations_of(stored: CountingLog) -> Reservations:
    return history_of(stored).reservations(BLACK, EVERYTHING)


# Reservations


def held_by_log() -> Counter[str]:
    held: Counter[str] = Counter()
    for record in LEDGER:
        change = record.reserved_after - record.reserved_before
        held[record.order_id or ""] += change
    return +held


def test_the_orders_that_hold_units_follow_from_the_log(audit: Client, auditor: str, dynamodb: Any) -> None:
    held = held_by_log()
    assert held, "some order holds units"
    order_id = next(iter(held))
    expires_at = "2026-02-24T10:30:00.000000Z"
    dynamodb.put_item(
        TableName="VendorInventory", Item=order_key(order_id) | to_item({"expires_at": expires_at})
    )
    found = audit.get(f"/skus/{BLACK}/reservations", auditor).json
    assert {each["order_id"]: each["quantity"] for each in found["reservations"]} == held
    assert found["reserved_stock"] == LEDGER[-1].reserved_after == sum(held.values())
    assert (found["unaccounted"], found["sequence"], found["sku"]) == (0, 60, BLACK)
    placed = [each["placed_at"] for each in found["reservations"]]
    assert placed == sorted(placed)
    assert min(each["age_seconds"] for each in found["reservations"]) > 0
    due = {each["order_id"]: each["expires_at"] for each in found["reservations"]}
    assert due == {**dict.fromkeys(held), order_id: expires_at}


def test_a_sku_without_reservations_has_an_empty_list(audit: Client, auditor: str, dynamodb: Any) -> None:
    keep_sku(dynamodb, a_sku([], WHITE))
    assert audit.get(f"/skus/{WHITE}/reservations", auditor).json == {
        "sku": WHITE,
        "sequence": 0,
        "reserved_stock": 0,
        "reservations": [],
        "unaccounted": 0,
    }


def stored_log(ledger: list[Any]) -> CountingLog:
    return CountingLog([record.to_item() for record in ledger], a_sku(ledger).to_item())


def test_no_record_older_than_the_oldest_open_order_is_read() -> None:
    ledger = a_ledger(400, seed=3)
    stored = stored_log(ledger)
    found = reservations_of(stored)
    oldest = min(each.placed_at for each in found.reservations)
    [place] = [record.sequence for record in ledger if record.timestamp == oldest]
    assert stored.count == 400 - place + 1
    assert found.unaccounted == 0


@pytest.mark.parametrize("lag", [1, 30])
def test_records_that_the_index_does_not_show_yet_count(lag: int) -> None:
    stored = stored_log(LEDGER)
    stored.by_time = stored.by_time[:-lag]
    found = reservations_of(stored)
    assert {each.order_id: each.quantity for each in found.reservations} == held_by_log()
    stored.by_time = []
    found = reservations_of(stored_log(LEDGER[:20]))
    assert found.unaccounted == 0


def test_records_written_after_the_sku_was_read_do_not_count() -> None:
    stored = stored_log(LEDGER)
    stored.sku = a_sku(LEDGER[:40]).to_item()
    found = reservations_of(stored)
    assert sum(each.quantity for each in found.reservations) == LEDGER[39].reserved_after
    assert (found.unaccounted, found.sequence) == (0, 40)


def test_units_of_orders_older_than_the_records_read_are_unaccounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservations, "RESERVATION_RECORDS_MAX", 3)
    ledger = a_ledger(400, seed=3)
    found = reservations_of(stored_log(ledger))
    assert found.unaccounted == ledger[-1].reserved_after - sum(each.quantity for each in found.reservations)
    assert found.unaccounted > 0
