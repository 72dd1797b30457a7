"""The six transaction types: the log record of each, and its effect on the SKU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.integration.ledger_checks import assert_consistent
from tests.integration.shop import VENDOR, Shop, Sku, done
from tests.specification.the_specification import TRANSACTION_TYPES

ORDER = "ORDER-12345"
ORDER_SYSTEM = "client:local-order-system"

SHOWN = (
    "transaction_type",
    "quantity_change",
    "stock_before",
    "stock_after",
    "reserved_before",
    "reserved_after",
    "order_id",
    "notes",
    "performed_by",
)

LastRecord = Callable[[], dict[str, Any]]


@pytest.fixture
def sku(shop: Shop) -> Sku:
    """A SKU with fifty units, by one restock."""
    return shop.has_sku(50)


@pytest.fixture
def last_record(shop: Shop, sku: Sku, client: Any) -> LastRecord:
    """Return the newest record of the SKU, after checking that all tables are consistent with it."""

    def last_record() -> dict[str, Any]:
        assert_consistent(client)
        records = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor")
        record, found = records[0], shop.sku(sku)
        assert record["stock_after"] == found["current_stock"]
        assert record["reserved_after"] == found["reserved_stock"]
        assert (record["product_id"], record["sku"], record["vendor_id"]) == (*sku[1:], sku.vendor_id)
        return {name: record[name] for name in SHOWN}

    return last_record


def record(kind: str, change: int, stock: tuple[int, int], reserved: tuple[int, int], **who: Any) -> Any:
    return {
        "transaction_type": kind,
        "quantity_change": change,
        "stock_before": stock[0],
        "stock_after": stock[1],
        "reserved_before": reserved[0],
        "reserved_after": reserved[1],
        "order_id": None,
        "notes": None,
        "performed_by": ORDER_SYSTEM,
    } | who


def adjust(shop: Shop, sku: Sku, key: str = "count-1", **body: Any) -> httpx.Response:
    url = f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}/adjustments"
    return shop.ask("POST", url, "vendor", sku.vendor_id, body=body, key=key)


def refund(shop: Shop, **body: Any) -> httpx.Response:
    return shop.ask("POST", f"{shop.stock}/orders/{ORDER}/refund", "orders", body=body or None)


def test_restock_adds_to_the_stock(shop: Shop, sku: Sku, last_record: LastRecord) -> None:
    done(shop.restock(sku, 25, notes="Monthly restock shipment"))
    assert last_record() == record(
        "restock", +25, (50, 75), (0, 0), performed_by=VENDOR, notes="Monthly restock shipment"
    )


def test_order_placed_reserves_only(shop: Shop, sku: Sku, last_record: LastRecord) -> None:
    done(shop.place(ORDER, (sku, 5)))
    assert last_record() == record("order_placed", 0, (50, 50), (0, 5), order_id=ORDER)


def test_order_confirmed_deducts_the_stock(shop: Shop, sku: Sku, last_record: LastRecord) -> None:
    done(shop.place(ORDER, (sku, 5)))
    done(shop.confirm(ORDER))
    assert last_record() == record("order_confirmed", -5, (50, 45), (5, 0), order_id=ORDER)


def test_order_cancelled_releases_the_reservation(shop: Shop, sku: Sku, last_record: LastRecord) -> None:
    done(shop.place(ORDER, (sku, 5)))
    done(shop.cancel(ORDER))
    assert last_record() == record("order_cancelled", 0, (50, 50), (5, 0), order_id=ORDER)


def test_refund_returns_items_to_inventory(shop: Shop, sku: Sku, last_record: LastRecord) -> None:
    done(shop.place(ORDER, (sku, 5)))
    done(shop.confirm(ORDER))
    done(refund(shop))
    assert last_record() == record("refund", +5, (45, 50), (0, 0), order_id=ORDER)


def test_refund_of_units_that_cannot_be_sold_again_is_logged_and_adds_nothing(
    shop: Shop, sku: Sku, last_record: LastRecord
) -> None:
    done(shop.place(ORDER, (sku, 5)))
    done(shop.confirm(ORDER))
    done(refund(shop, restock=False))
    assert last_record() == record("refund", 0, (45, 45), (0, 0), order_id=ORDER)


@pytest.mark.parametrize(("change", "after"), [(+3, 53), (-3, 47)])
def test_manual_adjustment_goes_either_way(
    shop: Shop, sku: Sku, last_record: LastRecord, change: int, after: int
) -> None:
    done(adjust(shop, sku, quantity_change=change, notes="counted again"))
    assert last_record() == record(
        "manual_adjustment", change, (50, after), (0, 0), performed_by=VENDOR, notes="counted again"
    )


def test_manual_adjustment_to_what_was_counted(shop: Shop, sku: Sku, last_record: LastRecord) -> None:
    done(adjust(shop, sku, counted_stock=48, expected_stock=50, notes="yearly count"))
    assert last_record() == record(
        "manual_adjustment", -2, (50, 48), (0, 0), performed_by=VENDOR, notes="yearly count"
    )


def test_manual_adjustment_to_what_was_expected_records_that_it_was_counted(
    shop: Shop, sku: Sku, last_record: LastRecord
) -> None:
    done(adjust(shop, sku, counted_stock=50, expected_stock=50, notes="yearly count"))
    assert last_record() == record(
        "manual_adjustment", 0, (50, 50), (0, 0), performed_by=VENDOR, notes="yearly count"
    )


def test_a_change_of_another_sign_than_the_types_is_refused(shop: Shop, sku: Sku, client: Any) -> None:
    for quantity in (0, -5):
        assert shop.restock(sku, quantity).status_code == 422
        assert shop.place(ORDER, (sku, quantity)).status_code == 422
    assert adjust(shop, sku, quantity_change=0, notes="nothing").status_code == 422
    assert adjust(shop, sku, quantity_change=-51, notes="more than there are").status_code == 409
    assert len(assert_consistent(client).ledger(sku.sku)) == 1


def test_there_are_six_types_and_no_seventh_is_accepted(shop: Shop, sku: Sku) -> None:
    url = f"{shop.audit}/skus/{sku.sku}/transactions"
    for kind in TRANSACTION_TYPES:
        done(shop.ask("GET", url, "auditor", params={"transaction_type": kind}))
    assert len(TRANSACTION_TYPES) == 6
    response = shop.ask("GET", url, "auditor", params={"transaction_type": "theft"})
    assert response.status_code == 422


@pytest.mark.parametrize("kind", TRANSACTION_TYPES)
def test_every_type_has_its_test(kind: str) -> None:
    assert [name for name in globals() if name.startswith(f"test_{kind}_")]
