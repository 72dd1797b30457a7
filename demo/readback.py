"""Read the whole shop back over HTTP, and check whether it is consistent."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from demo.api import Stack
from demo.checks import Mismatch, check
from demo.load import Listing
from demo.phases import Phases
from demo.shop import Shop
from inventory_client import Order, Product, Sku, TransactionRecord


@dataclass(frozen=True)
class Found:
    """What was read; `mismatches` is empty if it is consistent."""

    products: tuple[Product, ...]
    skus: tuple[Sku, ...]
    low_stock: tuple[Sku, ...]
    records: tuple[TransactionRecord, ...]
    orders: tuple[Order, ...]
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True)
class _VendorFound:
    products: list[Product]
    skus: list[Sku]
    low_stock: list[Sku]
    records: list[TransactionRecord]


def read_back(stack: Stack, facts: Shop, listings: Iterable[Listing], phases: Phases) -> Found:
    """Read everything, and check it.

    The lists come from indexes that may lag behind their tables, and others may use the stack
    meanwhile: a mismatch counts only if a second read finds it too.
    """
    expected_skus = [listing.sku for listing in listings]
    found = _read(stack, facts, expected_skus, phases)
    if found.mismatches:
        found = _read(stack, facts, expected_skus, phases)
    return found


def _read(stack: Stack, facts: Shop, expected_skus: list[str], phases: Phases) -> Found:
    read_vendor = partial(_read_vendor, stack)
    vendor_ids = [vendor.vendor_id for vendor in facts.vendors]
    vendors = list(phases.together("Reading vendors back", read_vendor, vendor_ids))
    records = tuple(record for vendor in vendors for record in vendor.records)

    # Other orders than the demo's may reserve its units too; the log names them.
    logged = {record.order_id for record in records if record.order_id is not None}
    order_ids = sorted(logged | {order.order_id for order in facts.orders})
    orders = tuple(phases.together("Reading orders back", stack.orders.order, order_ids))

    # By id: a list by last change is not a snapshot and may contain a SKU twice.
    skus = {sku.sku: sku for vendor in vendors for sku in vendor.skus}
    return Found(
        products=tuple(product for vendor in vendors for product in vendor.products),
        skus=tuple(skus.values()),
        low_stock=tuple(sku for vendor in vendors for sku in vendor.low_stock),
        records=records,
        orders=orders,
        mismatches=tuple(check(expected_skus, skus, records, orders)),
    )


def _read_vendor(stack: Stack, vendor_id: str) -> _VendorFound:
    return _VendorFound(
        products=list(stack.catalog_of(vendor_id).products_of_vendor(vendor_id)),
        skus=list(stack.stock_of(vendor_id).inventory(vendor_id)),
        low_stock=list(stack.stock_of(vendor_id).low_stock(vendor_id)),
        records=list(stack.audit.records_of_vendor(vendor_id)),
    )
