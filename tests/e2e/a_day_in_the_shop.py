"""The day of a vendor, an order system and an auditor, from the first product to the proof of the log.

All of them use the client library, as their own programs would.  Tests run it on the local stack and on the
deployed services.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from inventory_client import (
    AuditClient,
    CatalogClient,
    LineRequest,
    LocalStackToken,
    Order,
    StockClient,
    problems,
)
from inventory_client.audit import Search
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord
from tests.integration.ledger_checks import assert_consistent
from tests.integration.shop import Shop

TEA, RIVAL = "VENDOR-TEAHOUSE", "VENDOR-RIVAL"


@dataclass
class Person:
    """The clients of one person for the three services."""

    catalog: CatalogClient
    stock: StockClient
    audit: AuditClient


MakePerson = Callable[..., Person]


@contextmanager
def people(shop: Shop, front_url: str) -> Iterator[MakePerson]:
    """Yield a function that makes clients for a role, of a vendor by its id; without a role, for anybody."""
    clients: list[Any] = []

    def of(role: str | None = None, vendor_id: str | None = None) -> Person:
        tokens = None if role is None else LocalStackToken(front_url, role, vendor_id)
        catalog = CatalogClient(shop.catalog, tokens)
        stock = StockClient(shop.stock, tokens)
        audit = AuditClient(shop.audit, tokens)
        clients.extend([catalog, stock, audit])
        return Person(catalog, stock, audit)

    yield of
    for client in clients:
        client.close()


def run_a_day(person: MakePerson, client: Any) -> None:
    """Assert what the services return on the whole day; `client` is of DynamoDB."""
    vendor, orders = person("vendor", TEA), person("orders")
    # Morning: the vendor creates a product, in two packs.
    product, _ = vendor.catalog.create_product(
        product_name="Darjeeling «First Flush»",
        description="Zarter Schwarztee, 2026er Ernte — 茶",
        category="Drinks/Tea",
        subcategory="Black",
        brand="Teahouse",
        base_price=Decimal("19.9"),
        images=["https://example.com/tea.jpg"],
        tags=["tea", "spring"],
    )
    product_id = product.product_id
    assert (product.base_price, product.is_active, product.vendor_id) == (Decimal("19.9"), True, TEA)
    assert product.created_at == product.updated_at
    small = vendor.stock.create_sku(
        product_id,
        f"SKU-{product_id}-100-G",
        variant_name="100 g",
        unit_price=Decimal("19.9"),
        reorder_threshold=10,
    ).result.sku
    large = vendor.stock.create_sku(
        product_id,
        f"SKU-{product_id}-1-KG",
        variant_name="1 kg",
        unit_price=Decimal("129.95"),
        reorder_threshold=2,
        variant_attributes={"weight": "1 kg"},
    ).result.sku

    def low_stock() -> list[str]:
        return sorted(sku.sku for sku in vendor.stock.low_stock(TEA))

    def figures() -> tuple[int, int, int]:
        sku = vendor.stock.sku(product_id, small)
        return sku.current_stock, sku.reserved_stock, sku.available_stock

    def lines(*units: tuple[str, int]) -> list[LineRequest]:
        return [LineRequest(product_id, sku, quantity) for sku, quantity in units]

    # Nothing is in stock: both are low.
    assert low_stock() == sorted([small, large])

    # A delivery arrives, and its message is sent twice.
    note = "Lieferung 17 ☕"
    delivery = vendor.stock.restock(product_id, small, 40, notes=note, idempotency_key="delivery-17")
    again = vendor.stock.restock(product_id, small, 40, notes=note, idempotency_key="delivery-17")
    assert (delivery.replayed, again.replayed) == (False, True)
    assert again.result.transaction == delivery.result.transaction
    assert delivery.result.transaction.performed_by == TEA
    with pytest.raises(problems.IdempotencyKeyReused):
        vendor.stock.restock(product_id, small, 41, idempotency_key="delivery-17")
    vendor.stock.restock(product_id, large, 3, idempotency_key="delivery-18")
    assert low_stock() == []

    # Anybody can browse to it.
    assert [found.product_id for found in person().catalog.browse("Drinks/Tea")] == [product_id]

    # Noon: a customer orders, pays, and gets the goods.
    order, replayed = orders.stock.place("ORDER-Noon-1", lines((small, 20), (large, 2), (small, 12)))
    assert (replayed, order.status) == (False, "reserved")
    assert units(order, "placed") == {small: 32, large: 2}
    assert figures() == (40, 32, 8)
    assert orders.stock.place("ORDER-Noon-1", lines((large, 2), (small, 32))).replayed
    with pytest.raises(problems.OrderExists):
        orders.stock.place("ORDER-Noon-1", lines((small, 1)))
    held = person("auditor").audit.reservations(small)
    assert [(hold.order_id, hold.quantity) for hold in held.reservations] == [("ORDER-Noon-1", 32)]
    confirmed, _ = orders.stock.confirm("ORDER-Noon-1")
    assert confirmed.status == "confirmed"
    assert units(confirmed, "confirmed") == {small: 32, large: 2}
    assert figures() == (8, 0, 8)
    assert orders.stock.confirm("ORDER-Noon-1").replayed
    with pytest.raises(problems.OrderConfirmed):
        orders.stock.cancel("ORDER-Noon-1")

    # Insufficient stock: the response says what is available, and nothing is reserved.
    with pytest.raises(problems.InsufficientStock) as short:
        orders.stock.place("ORDER-Noon-2", lines((small, 9), (large, 5)))
    assert {line.sku: (line.asked, line.available) for line in short.value.lines} == {
        small: (9, 8),
        large: (5, 1),
    }
    with pytest.raises(problems.OrderNotFound):
        orders.stock.order("ORDER-Noon-2")
    assert low_stock() == sorted([small, large])

    # Another customer cancels.
    orders.stock.place("ORDER-Noon-3", lines((small, 8)), hold_seconds=600)
    with pytest.raises(problems.InsufficientStock):
        orders.stock.place("ORDER-Noon-4", lines((small, 1)))
    cancelled, _ = orders.stock.cancel("ORDER-Noon-3")
    assert (cancelled.status, cancelled.cancel_reason) == ("cancelled", "requested")
    assert figures() == (8, 0, 8)
    with pytest.raises(problems.OrderCancelled):
        orders.stock.confirm("ORDER-Noon-3")
    # A cancel that arrives before its order.
    orders.stock.cancel("ORDER-Noon-5")
    with pytest.raises(problems.OrderCancelled):
        orders.stock.place("ORDER-Noon-5", lines((small, 1)))

    # Evening: the product is deactivated; its stock stays on record.
    vendor.catalog.deactivate_product(product_id)
    with pytest.raises(problems.ProductNotFound):
        person().catalog.product(product_id)
    kept = vendor.catalog.product(product_id)
    assert (kept.is_active, kept.version) == (False, 2)

    assert_the_log_is_sound(person("auditor").audit, vendor, product_id, small, large, delivery.result)
    # The vendor may read its own log; a rival sees nothing of all this.
    log = list(vendor.audit.records_of_vendor(TEA))
    assert log == list(person("auditor").audit.records_of_vendor(TEA))
    assert_invisible_to(person("vendor", RIVAL), product_id, small, log[0].transaction_id)
    assert_consistent(client)


def assert_the_log_is_sound(
    audit: AuditClient, vendor: Person, product_id: str, small: str, large: str, delivery: Any
) -> None:
    """Read the log as an auditor, and verify it."""
    log = list(audit.records_of_vendor(TEA))
    assert [(r.transaction_type, r.sku, r.quantity_change, r.quantity) for r in log] == [
        ("order_cancelled", small, 0, 8),
        ("order_placed", small, 0, 8),
        *both(log[2:4], ("order_confirmed", small, -32, 32), ("order_confirmed", large, -2, 2)),
        *both(log[4:6], ("order_placed", small, 0, 32), ("order_placed", large, 0, 2)),
        ("restock", large, 3, 3),
        ("restock", small, 40, 40),
    ]
    assert list(audit.records_of_product(product_id)) == log
    assert list(audit.records_of_vendor(TEA, Search(transaction_type="restock"))) == log[-2:]
    for sku in (small, large):
        ledger = list(audit.records_of_sku(sku))
        assert ledger == [record for record in log if record.sku == sku]
        assert_chain_is_valid(ledger[::-1], vendor.stock.sku(product_id, sku))
        assert audit.verification(sku).is_sound
        assert audit.reservations(sku).reservations == ()
        assert sku in audit.timeline_svg(sku)
    assert audit.record(log[0].transaction_id) == log[0]
    then = audit.stock_at(small, delivery.transaction.timestamp)
    assert (then.current_stock, then.reserved_stock) == (40, 0)


def units(order: Order, name: str) -> dict[str, int]:
    return {line.sku: getattr(line, name) for line in order.lines}


def both(records: list[TransactionRecord], *expected: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Return two rows in the order of the records: lines of one order may have one timestamp."""
    return sorted(expected, key=lambda row: [record.sku for record in records].index(row[1]))


def assert_chain_is_valid(ledger: list[TransactionRecord], sku: Sku) -> None:
    """Verify the chain of a ledger, oldest first, from the served records alone."""
    previous, stock, reserved = "0" * 64, 0, 0
    for sequence, record in enumerate(ledger, start=1):
        beside = ("hash", "signature", "key_id")
        content = {name: value for name, value in record.document().items() if name not in beside}
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == record.hash
        assert (record.sequence, record.previous_hash) == (sequence, previous)
        assert (record.stock_before, record.reserved_before) == (stock, reserved)
        assert record.stock_after == stock + record.quantity_change
        previous, stock, reserved = record.hash, record.stock_after, record.reserved_after
    assert (sku.ledger_hash, sku.current_stock, sku.reserved_stock) == (previous, stock, reserved)
    assert [record.timestamp for record in ledger] == sorted({record.timestamp for record in ledger})


def assert_invisible_to(rival: Person, product_id: str, sku: str, transaction_id: str) -> None:
    refusals: tuple[tuple[type[problems.Problem], Callable[[], object]], ...] = (
        (problems.ProductNotFound, lambda: rival.catalog.product(product_id)),
        (problems.ProductNotFound, lambda: rival.catalog.deactivate_product(product_id)),
        (problems.Forbidden, lambda: list(rival.catalog.products_of_vendor(TEA))),
        (problems.SkuNotFound, lambda: rival.stock.sku(product_id, sku)),
        (problems.SkuNotFound, lambda: rival.stock.restock(product_id, sku, 1)),
        (problems.Forbidden, lambda: list(rival.stock.inventory(TEA))),
        (problems.Forbidden, lambda: list(rival.stock.low_stock(TEA))),
        (problems.TransactionNotFound, lambda: rival.audit.record(transaction_id)),
        (problems.Forbidden, lambda: list(rival.audit.records_of_vendor(TEA))),
        (problems.SkuNotFound, lambda: rival.audit.verification(sku)),
        (problems.SkuNotFound, lambda: rival.audit.stock_at(sku, "2026-12-31T00:00:00Z")),
        (problems.SkuNotFound, lambda: rival.audit.reservations(sku)),
        (problems.SkuNotFound, lambda: rival.audit.timeline_svg(sku)),
        (problems.ProductNotFound, lambda: create_variant(rival.stock, product_id, f"{sku}-X")),
    )
    for refusal, ask in refusals:
        with pytest.raises(refusal):
            ask()
    for nothing in (
        rival.stock.skus_of_product(product_id),
        rival.audit.records_of_product(product_id),
        rival.audit.records_of_sku(sku),
        rival.catalog.products_of_vendor(RIVAL),
        rival.stock.inventory(RIVAL),
        rival.audit.records_of_vendor(RIVAL),
    ):
        assert list(nothing) == []


def create_variant(stock: StockClient, product_id: str, sku: str) -> object:
    return stock.create_sku(product_id, sku, variant_name="A pack", unit_price=1, reorder_threshold=1)
