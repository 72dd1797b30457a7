"""The invariants between a SKU, its log and its orders."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from demo.checks import Balance, Mismatch, check, check_sku, fold, reserved_units
from inventory_client import Order, OrderLine, TransactionRecord
from tests.support.fixed_ledger_key import LEDGER_KEY
from tests.support.sample_skus import a_sku

SKU = "SKU-PROD-A1B2C-STD"
NOON = "2026-01-01T12:00:00.000000Z"


def record(sequence: int, kind: str, quantity: int, change: int, order_id: str | None) -> TransactionRecord:
    return TransactionRecord.signed_by(
        LEDGER_KEY,
        transaction_id=f"TXN-{sequence}",
        timestamp=NOON,
        product_id="PROD-A1B2C",
        sku=SKU,
        vendor_id="VENDOR-001",
        transaction_type=kind,
        quantity_change=change,
        stock_before=0,
        stock_after=0,
        order_id=order_id,
        performed_by="somebody",
        sequence=sequence,
        quantity=quantity,
        reserved_before=0,
        reserved_after=0,
        request_id="request-1",
        command="place",
        previous_hash="0" * 64,
    )


def order(
    order_id: str,
    status: str,
    *,
    placed: int,
    reserved: int = 0,
    confirmed: int = 0,
    cancelled: int = 0,
    refunded: int = 0,
) -> Order:
    line = OrderLine("PROD-A1B2C", SKU, "VENDOR-001", placed, reserved, confirmed, cancelled, refunded)
    return Order(order_id, status, NOON, NOON, None, (line,))


LOG = [
    record(1, "restock", 50, +50, None),
    record(2, "order_placed", 20, 0, "ORDER-1"),
    record(3, "order_placed", 7, 0, "ORDER-2"),
    record(4, "order_confirmed", 15, -15, "ORDER-1"),
    record(5, "order_cancelled", 5, 0, "ORDER-1"),
    record(6, "refund", 2, +2, "ORDER-1"),
    record(7, "refund", 1, 0, "ORDER-1"),
    record(8, "manual_adjustment", 3, -3, None),
]
STOCK = a_sku(SKU, current_stock=34, reserved_stock=7, last_updated=NOON, sequence=8, version=9)
OPEN = order("ORDER-2", "reserved", placed=7, reserved=7)
SETTLED = order("ORDER-1", "partially_refunded", placed=20, confirmed=15, cancelled=5, refunded=3)


def sentences(mismatches: Iterable[Mismatch]) -> list[str]:
    return [str(mismatch) for mismatch in mismatches]


def test_a_log_adds_up_to_its_balance_in_any_order() -> None:
    assert fold(LOG) == fold(reversed(LOG)) == Balance(34, 7, 8)


def test_an_empty_log_adds_up_to_nothing() -> None:
    assert fold([]) == Balance(0, 0, 0)


def test_reserved_units_are_summed_over_orders() -> None:
    assert reserved_units([OPEN, SETTLED]) == {SKU: 7}


def test_a_consistent_sku_has_no_mismatch() -> None:
    assert check([SKU], {SKU: STOCK}, LOG, [OPEN, SETTLED]) == []


@pytest.mark.parametrize(
    ("figure", "found", "sources"),
    [
        ("current_stock", 33, ["its log adds up to 34"]),
        ("reserved_stock", 8, ["its log adds up to 7", "its open orders reserve 7"]),
        ("sequence", 9, ["the records in its log are 8"]),
    ],
)
def test_a_planted_mismatch_is_found(figure: str, found: int, sources: list[str]) -> None:
    planted_figure: dict[str, Any] = {figure: found}
    planted = replace(STOCK, **planted_figure)
    found_sentences = sentences(check_sku(planted, fold(LOG), 7))
    for source in sources:
        assert f"{SKU}: {figure} is {found}, but {source}" in found_sentences


def test_a_record_missing_from_the_log_is_found() -> None:
    without = [record for record in LOG if record.sequence != 7]
    assert sentences(check([SKU], {SKU: STOCK}, without, [OPEN, SETTLED])) == [
        f"{SKU}: sequence is 8, but the records in its log are 7"
    ]


def test_a_reservation_without_an_order_is_found() -> None:
    assert sentences(check([SKU], {SKU: STOCK}, LOG, [SETTLED])) == [
        f"{SKU}: reserved_stock is 7, but its open orders reserve 0"
    ]


@pytest.mark.parametrize(("expected", "log", "orders"), [([SKU], [], []), ([], LOG, []), ([], [], [OPEN])])
def test_a_sku_that_should_be_in_the_inventory_and_is_not_is_found(
    expected: list[str], log: list[TransactionRecord], orders: list[Order]
) -> None:
    assert sentences(check(expected, {}, log, orders)) == [
        f"{SKU}: its count in the inventory is 0, but it should be 1"
    ]
