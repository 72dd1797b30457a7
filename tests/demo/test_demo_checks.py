"""What must hold between a SKU, its log and its orders."""

from dataclasses import replace

import pytest

from demo.api import Order, OrderLine, Record, Sku
from demo.checks import Balance, check, check_sku, fold, reserved_units

SKU = "SKU-PROD-A1B2C-STD"
LOG = [
    Record(SKU, 1, "restock", 50, +50, None),
    Record(SKU, 2, "order_placed", 20, 0, "ORDER-1"),
    Record(SKU, 3, "order_placed", 7, 0, "ORDER-2"),
    Record(SKU, 4, "order_confirmed", 15, -15, "ORDER-1"),
    Record(SKU, 5, "order_cancelled", 5, 0, "ORDER-1"),
    Record(SKU, 6, "refund", 2, +2, "ORDER-1"),
    Record(SKU, 7, "refund", 1, 0, "ORDER-1"),
    Record(SKU, 8, "manual_adjustment", 3, -3, None),
]
STOCK = Sku("PROD-A1B2C", SKU, "VENDOR-001", 34, 7, 27, 10, 8)
OPEN = Order("ORDER-2", "reserved", (OrderLine("PROD-A1B2C", SKU, 7, 7, 0),))
SETTLED = Order("ORDER-1", "partially_refunded", (OrderLine("PROD-A1B2C", SKU, 20, 0, 15),))


def sentences(mismatches):
    return [str(mismatch) for mismatch in mismatches]


def test_a_log_folds_to_its_balance_in_any_order():
    assert fold(LOG) == fold(reversed(LOG)) == Balance(34, 7, 8)


def test_an_empty_log_folds_to_nothing():
    assert fold([]) == Balance(0, 0, 0)


def test_orders_hold_what_they_have_reserved():
    assert reserved_units([OPEN, SETTLED]) == {SKU: 7}


def test_a_sku_that_fits_has_no_mismatch():
    assert check([SKU], {SKU: STOCK}, LOG, [OPEN, SETTLED]) == []


@pytest.mark.parametrize(
    ("figure", "found", "sources"),
    [
        ("current_stock", 33, ["its log adds up to 34"]),
        ("reserved_stock", 8, ["its log adds up to 7", "its open orders hold 7"]),
        ("available_stock", 26, ["current less reserved is 27"]),
        ("sequence", 9, ["the records in its log are 8"]),
    ],
)
def test_a_planted_mismatch_is_found(figure, found, sources):
    planted = replace(STOCK, **{figure: found})
    told = sentences(check_sku(planted, fold(LOG), 7))
    for source in sources:
        assert f"{SKU}: {figure} is {found}, but {source}" in told


def test_a_record_missing_from_the_log_is_found():
    without = [record for record in LOG if record.sequence != 7]
    assert sentences(check([SKU], {SKU: STOCK}, without, [OPEN, SETTLED])) == [
        f"{SKU}: sequence is 8, but the records in its log are 7"
    ]


def test_a_reservation_without_an_order_is_found():
    assert sentences(check([SKU], {SKU: STOCK}, LOG, [SETTLED])) == [
        f"{SKU}: reserved_stock is 7, but its open orders hold 0"
    ]


@pytest.mark.parametrize(("expected", "log", "orders"), [([SKU], [], []), ([], LOG, []), ([], [], [OPEN])])
def test_a_sku_that_should_be_in_the_inventory_and_is_not_is_found(expected, log, orders):
    assert sentences(check(expected, {}, log, orders)) == [
        f"{SKU}: its count in the inventory is 0, but it should be 1"
    ]
