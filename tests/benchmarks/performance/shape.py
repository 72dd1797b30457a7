"""A shop of one size and shape in the tables, as the specification's own samples are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final

from inventory_common.items import Item, to_item
from inventory_common.products import Product
from inventory_common.transactions import TransactionRecord
from tests.support.sample_skus import a_sku

__all__ = [
    "BETWEEN",
    "CATEGORY",
    "HIGH_THRESHOLD",
    "LOW",
    "PAGE",
    "PRODUCT",
    "VENDOR",
    "a_moment",
    "keep",
    "mixed_skus",
    "products",
    "records",
    "sku_id",
    "skus",
    "the_bound",
]

VENDOR: Final = "VENDOR-001"
PRODUCT: Final = "PROD-E4F9A"
CATEGORY: Final = "Electronics"
PAGE: Final = 100
SKUS_OF_PRODUCT: Final = 100
LOW: Final = 10
"""SKUs of the vendor that are low."""

BETWEEN: Final = 40
"""SKUs above their own threshold and not above the vendor's highest, where thresholds are mixed."""

THRESHOLD: Final = 10
HIGH_THRESHOLD: Final = 500
LOW_STOCK: Final = 5
PLENTY: Final = 1_000_000
BATCH_WRITES_MAX: Final = 25
WAVE_BATCHES: Final = 100
WRITERS: Final = 4
BEGIN: Final = datetime(2026, 2, 23, 10, 30, tzinfo=UTC)


def a_moment(seconds: int) -> str:
    """Return a moment of the shop's time."""
    return f"{BEGIN + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.000000Z}"


def product_id(number: int) -> str:
    """Return the id of a product of the shop; the first is `PRODUCT`."""
    return f"PROD-{number:07}" if number else PRODUCT


def sku_id(number: int) -> str:
    """Return the id of a SKU of the shop; a product has a hundred."""
    return f"SKU-{product_id(number // SKUS_OF_PRODUCT)}-{number:07}"


def products(count: int) -> Iterator[Item]:
    """Products of one vendor, all in one category; the first is `PRODUCT`."""
    for number in range(count):
        yield Product(
            product_id=product_id(number),
            vendor_id=VENDOR,
            product_name="Wireless Bluetooth Headphones",
            description="Premium over-ear headphones with active noise cancellation",
            category=CATEGORY,
            subcategory="Audio",
            brand="SoundMax",
            base_price=90,
            images=[
                f"https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img{n}.jpg"
                for n in (1, 2)
            ],
            tags=["wireless", "bluetooth", "audio", "headphones"],
            is_active=True,
            created_at=a_moment(number),
            updated_at=a_moment(number),
            version=1,
        ).to_item()


def skus(count: int) -> Iterator[Item]:
    """SKUs of the vendor, the first hundred of `PRODUCT`; the last ones are low."""
    for number in range(count):
        yield sku(number, stock=LOW_STOCK if number >= count - LOW else PLENTY)


def mixed_skus(count: int) -> Iterator[Item]:
    """The same SKUs with other thresholds: the first one's is high, and some others have less than that."""
    yield sku(0, stock=PLENTY, threshold=HIGH_THRESHOLD)
    for number in range(1, count):
        if number >= count - LOW:
            yield sku(number, stock=LOW_STOCK)
        else:
            yield sku(number, stock=HIGH_THRESHOLD if number <= BETWEEN else PLENTY)


def sku(number: int, stock: int, threshold: int = THRESHOLD) -> Item:
    """A SKU of the vendor."""
    return a_sku(
        sku_id(number),
        product_id=product_id(number // SKUS_OF_PRODUCT),
        vendor_id=VENDOR,
        variant_attributes={"color": "Black", "size": "Large"},
        current_stock=stock,
        reorder_threshold=threshold,
        last_updated=a_moment(number),
        last_updated_by=VENDOR,
    ).to_item()


def the_bound(threshold: int = THRESHOLD) -> Item:
    """The bound under which the vendor's low SKUs are looked for."""
    return to_item({"product_id": VENDOR, "sku": "#LOW-STOCK-BOUND", "bound": threshold})


def records(count: int) -> Iterator[Item]:
    """Restocks of the first SKU, in their sequence."""
    for number in range(count):
        yield TransactionRecord(
            transaction_id=f"TXN-{number:08}-e29b-41d4-a716-446655440000",
            timestamp=a_moment(number),
            product_id=PRODUCT,
            sku=sku_id(0),
            vendor_id=VENDOR,
            transaction_type="restock",
            quantity_change=25,
            stock_before=25 * number,
            stock_after=25 * (number + 1),
            performed_by=VENDOR,
            notes="Monthly restock shipment from warehouse",
            sequence=number + 1,
            quantity=25,
            reserved_before=0,
            reserved_after=0,
            request_id="3f8a0c52-7a55-4f1e-9d0c-2f6f3b1f0a10",
            form=1,
            command="restock",
            previous_hash="0" * 64,
            hash="f" * 64,
            signature="A" * 86,
            key_id="test-1",
        ).to_item()


def keep(client: Any, table: str, items: Iterable[Item]) -> None:
    """Write items, many to a call and some calls at once."""
    rest = iter(items)
    batches = iter(lambda: list(islice(rest, BATCH_WRITES_MAX)), [])
    with ThreadPoolExecutor(WRITERS) as writers:
        while wave := list(islice(batches, WAVE_BATCHES)):
            list(writers.map(partial(_write, client, table), wave))


def _write(client: Any, table: str, items: list[Item]) -> None:
    puts: list[Any] = [{"PutRequest": {"Item": item}} for item in items]
    while puts:
        answer = client.batch_write_item(RequestItems={table: puts})
        puts = answer["UnprocessedItems"].get(table, [])
