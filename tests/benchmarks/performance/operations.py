"""The operations that are measured: what is asked, and what it must read and write by the schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tests.benchmarks.performance.shape import CATEGORY, LOW, PAGE, PRODUCT, VENDOR, a_moment, sku_id

__all__ = ["NOT_TIMED", "OPERATIONS", "Ask", "Operation", "Reads"]

BATCH: Final = 49
BATCH_SKUS: Final = 33
"""Restocks of as many SKUs in one transaction: each writes its SKU, a record and an idempotency record."""


class Ask(NamedTuple):
    """A request: as whom, how and for what."""

    role: str
    method: str
    address: str
    body: Any = None
    key: str | None = None


@dataclass(frozen=True)
class Reads:
    """Items that have to be read in one call: the first or last so many of a table or an index."""

    place: str
    count: int
    consistent: bool = False


@dataclass(frozen=True)
class Operation:
    """What is measured under one name.

    Attributes
    ----------
    asks
        From the number of the repetition to its requests; the last one is measured, the others prepare it.
    reads, writes
        What it has to read, and how many items of each type it has to write: ``sku``, ``order``, ``record``,
        ``idempotency_record``, ``lookup``.
    calls
        The calls of DynamoDB that it may take, with the SKUs in the cache of its process.
    """

    name: str
    service: str
    asks: Callable[[int], Sequence[Ask]]
    reads: tuple[Reads, ...] = ()
    writes: tuple[tuple[str, int], ...] = ()
    calls: int = 1


def _lines(count: int) -> dict[str, Any]:
    return {"lines": [{"product_id": PRODUCT, "sku": sku_id(n), "quantity": 1} for n in range(count)]}


def _get(role: str, address: str) -> Callable[[int], Sequence[Ask]]:
    return lambda _: [Ask(role, "GET", address)]


def _stock(kind: str, body: dict[str, Any]) -> Callable[[int], Sequence[Ask]]:
    address = f"/products/{PRODUCT}/skus/{sku_id(0)}/{kind}"
    return lambda number: [Ask("vendor", "POST", address, body, key=f"{kind}-{number}")]


def _order(lines: int, *then: str) -> Callable[[int], Sequence[Ask]]:
    def asks(number: int) -> Sequence[Ask]:
        address = f"/orders/ORDER-{lines}-{'-'.join(then)}-{number}"
        place = Ask("orders", "PUT", address, _lines(lines))
        return [place, *(Ask("orders", "POST", f"{address}/{command}") for command in then)]

    return asks


def _amend(number: int) -> Sequence[Ask]:
    place, *_ = _order(1, "amend")(number)
    line = {"product_id": PRODUCT, "sku": sku_id(0), "quantity": 2}
    return [place, Ask("orders", "POST", f"{place.address}/amend", {"lines": [line]}, key=f"amend-{number}")]


def _reopen(number: int) -> Sequence[Ask]:
    place, cancel = _order(1, "cancel")(number + REOPENED_FROM)
    return [place, cancel, Ask("orders", "POST", f"{place.address}/reopen", key=f"reopen-{number}")]


def _batch(number: int) -> Sequence[Ask]:
    orders = [
        {"command": "place", "order_id": f"ORDER-batch-{number}-{n}", **_lines(1)} for n in range(BATCH)
    ]
    return [Ask("orders", "POST", "/orders/batch", {"orders": orders})]


def _change(
    sku: int, change: Callable[[int], dict[str, Any]], key: str = ""
) -> Callable[[int], Sequence[Ask]]:
    address = f"/products/{PRODUCT}/skus/{sku_id(sku)}"
    return lambda number: [
        Ask("vendor", "PATCH", address, change(number), key=f"{key}-{number}" if key else None)
    ]


def _barcode(number: int) -> dict[str, Any]:
    return {"barcode": f"CODE-{number}"}


def _find(count: int) -> Callable[[int], Sequence[Ask]]:
    skus = [f"/products/{PRODUCT}/skus/{sku_id(number)}" for number in range(10, 10 + count)]
    return lambda _: [
        *(Ask("vendor", "PATCH", address, {"barcode": "FOUND"}) for address in skus),
        Ask("vendor", "GET", f"/vendors/{VENDOR}/inventory?barcode=FOUND"),
    ]


def _restocks(count: int, skus: int) -> Callable[[int], Sequence[Ask]]:
    def asks(number: int) -> Sequence[Ask]:
        changes = [
            {"type": "restock", "product_id": PRODUCT, "sku": sku_id(n % skus), "quantity": 1}
            | {"idempotency_key": f"batch-{skus}-{number}-{n}"}
            for n in range(count)
        ]
        return [Ask("vendor", "POST", "/stock/batch", {"changes": changes})]

    return asks


REOPENED_FROM: Final = 1_000_000
"""Numbers of orders that nothing else cancels."""
PRODUCTS, INVENTORY, LOG = "Products-table", "VendorInventory", "StockTransactions"
ONE_LINE = (("sku", 1), ("order", 1), ("record", 1))
KEYED = (("sku", 1), ("record", 1), ("idempotency_record", 1))
ONE_SKU: Final = Reads(INVENTORY, 1, consistent=True)
KEYED_ORDER = (*ONE_LINE, ("idempotency_record", 1))
THE_ORDER = (Reads(f"{INVENTORY} order", 1, consistent=True),)

OPERATIONS: Final = (
    Operation("get_product", "catalog", _get("vendor", f"/products/{PRODUCT}"), (Reads(PRODUCTS, 1, True),)),
    Operation(
        "list_vendor_products",
        "catalog",
        _get("vendor", f"/vendors/{VENDOR}/products?limit={PAGE}"),
        (Reads(f"{PRODUCTS}/VendorProductsIndex", PAGE),),
    ),
    Operation(
        "browse_category",
        "catalog",
        _get("vendor", f"/products?category={CATEGORY}&limit={PAGE}"),
        (Reads(f"{PRODUCTS}/CategoryIndex", PAGE),),
    ),
    Operation(
        "get_sku",
        "stock",
        _get("vendor", f"/products/{PRODUCT}/skus/{sku_id(0)}"),
        (Reads(INVENTORY, 1, True),),
    ),
    Operation(
        "list_vendor_inventory",
        "stock",
        _get("vendor", f"/vendors/{VENDOR}/inventory?limit={PAGE}"),
        (Reads(f"{INVENTORY}/VendorInventoryIndex", PAGE),),
    ),
    Operation(
        "low_stock",
        "stock",
        _get("vendor", f"/vendors/{VENDOR}/low-stock?limit={PAGE}"),
        (Reads(f"{INVENTORY} bound", 1, True), Reads(f"{INVENTORY}/LowStockIndex low", LOW)),
        calls=2,
    ),
    Operation(
        "get_transaction",
        "audit",
        _get("auditor", "/transactions/TXN-00000042-e29b-41d4-a716-446655440000"),
        (Reads(LOG, 1, True),),
    ),
    Operation(
        "product_history",
        "audit",
        _get("auditor", f"/products/{PRODUCT}/transactions?limit={PAGE}"),
        (Reads(f"{LOG}/ProductTransactionIndex", PAGE),),
    ),
    Operation(
        "vendor_log",
        "audit",
        _get("auditor", f"/vendors/{VENDOR}/transactions?limit={PAGE}"),
        (Reads(f"{LOG}/VendorTransactionIndex", PAGE),),
    ),
    Operation(
        "sku_history",
        "audit",
        _get("auditor", f"/skus/{sku_id(0)}/transactions?limit={PAGE}"),
        (Reads(f"{LOG}/SKUTransactionIndex", PAGE),),
    ),
    Operation(
        "stock_at",
        "audit",
        _get("auditor", f"/skus/{sku_id(0)}/stock-at?time={a_moment(42)}"),
        (Reads(f"{LOG}/SKUTransactionIndex", 1),),
    ),
    Operation("restock", "stock", _stock("restocks", {"quantity": 1}), writes=KEYED),
    Operation(
        "adjust",
        "stock",
        _stock("adjustments", {"quantity_change": 1, "notes": "found behind the shelf"}),
        writes=KEYED,
    ),
    Operation("place_1", "stock", _order(1), writes=ONE_LINE),
    Operation("place_10", "stock", _order(10), writes=(("sku", 10), ("order", 1), ("record", 10))),
    Operation("place_49", "stock", _order(49), writes=(("sku", 49), ("order", 1), ("record", 49))),
    Operation("confirm_1", "stock", _order(1, "confirm"), THE_ORDER, ONE_LINE, calls=2),
    Operation("cancel_1", "stock", _order(1, "cancel"), THE_ORDER, ONE_LINE, calls=2),
    Operation("refund_1", "stock", _order(1, "confirm", "refund"), THE_ORDER, ONE_LINE, calls=2),
    Operation("batch_place_49", "stock", _batch, writes=(("sku", 1), ("order", BATCH), ("record", BATCH))),
    Operation(
        "batch_restock_33",
        "stock",
        _restocks(BATCH_SKUS, BATCH_SKUS),
        writes=(("sku", BATCH_SKUS), ("record", BATCH_SKUS), ("idempotency_record", BATCH_SKUS)),
    ),
    Operation(
        "batch_restock_49_of_one_sku",
        "stock",
        _restocks(BATCH, 1),
        writes=(("sku", 1), ("record", BATCH), ("idempotency_record", BATCH)),
    ),
)

FOUND: Final = 5
NOT_TIMED: Final = (
    Operation(
        "availability_100",
        "stock",
        lambda _: [Ask("vendor", "POST", "/availability", _lines(PAGE))],
        (ONE_SKU,) * PAGE,
    ),
    Operation(
        "change_price",
        "stock",
        _change(0, lambda number: {"unit_price": number + 1}, "price"),
        (ONE_SKU, ONE_SKU),
        (("sku", 1), ("idempotency_record", 1)),
        calls=3,
    ),
    Operation(
        "change_barcode",
        "stock",
        _change(1, _barcode),
        (ONE_SKU, ONE_SKU),
        (("sku", 1), ("lookup", 2)),
        calls=3,
    ),
    Operation(
        "change_barcode_with_key",
        "stock",
        _change(2, _barcode, "barcode"),
        (ONE_SKU, ONE_SKU),
        (("sku", 1), ("lookup", 2), ("idempotency_record", 1)),
        calls=3,
    ),
    Operation(
        "find_by_barcode",
        "stock",
        _find(FOUND),
        (Reads(f"{INVENTORY} lookup", FOUND, True), *[ONE_SKU] * FOUND),
        calls=2,
    ),
    Operation("amend_1", "stock", _amend, (*THE_ORDER, ONE_SKU), KEYED_ORDER, calls=2),
    Operation("reopen_1", "stock", _reopen, THE_ORDER, KEYED_ORDER, calls=2),
)
"""What is not in the bench: tests alone compare it with its floor."""
