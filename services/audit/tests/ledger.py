"""Builders for tests: logs as the stock service writes them, and their SKUs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import sample_skus
from fixed_ledger_key import LEDGER_KEY
from stored_items import put_items

from chalicelib.domain.order_proofs import lines_in_log
from chalicelib.domain.reconciliation import totals_of
from inventory_common.bound_items import bound_key
from inventory_common.ids import StockKey, transaction_id
from inventory_common.items import Item, to_item
from inventory_common.order_fold import LineFold
from inventory_common.order_items import open_orders_partition, order_key, part_key
from inventory_common.products import Product
from inventory_common.seals import sealed
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import NO_EFFECT, RULES, TransactionRecord, TransactionType

NOW = "2026-02-23T10:30:00.000000Z"
PRODUCT = "PROD-E4F9A"
VENDOR = "VENDOR-001"
OTHER_VENDOR = "VENDOR-002"
BLACK = f"SKU-{PRODUCT}-BLK-L"
WHITE = f"SKU-{PRODUCT}-WHT-L"


def a_record(sku: str = BLACK, sequence: int = 1, **differences: Any) -> TransactionRecord:
    """Return a restock of five units, a minute after the previous record."""
    attributes: dict[str, Any] = {
        "transaction_id": transaction_id(sku, sequence),
        "timestamp": plus_seconds(NOW, 60 * sequence),
        "product_id": sku.removeprefix("SKU-")[: len(PRODUCT)],
        "sku": sku,
        "vendor_id": VENDOR,
        "transaction_type": "restock",
        "quantity_change": 5,
        "stock_before": 5 * (sequence - 1),
        "stock_after": 5 * sequence,
        "performed_by": VENDOR,
        "sequence": sequence,
        "quantity": 5,
        "reserved_before": 0,
        "reserved_after": 0,
        "request_id": "request-1",
        "command": _command_of(differences.get("transaction_type", "restock")),
        "previous_hash": FIRST_PREVIOUS_HASH,
    }
    return TransactionRecord.signed_by(LEDGER_KEY, **attributes | differences)


def _command_of(transaction_type: str) -> str:
    """Return the usual command of a type; that of an unknown type is itself."""
    known = {each.value: rules.commands[0].value for each, rules in RULES.items()}
    known["order_cancelled"] = "cancel"
    return known.get(transaction_type, transaction_type)


def keep(client: Any, *records: TransactionRecord) -> None:
    put_items(client, "StockTransactions", (record.to_item() for record in records))


def a_ledger(length: int, sku: str = BLACK, *, seed: int = 1) -> list[TransactionRecord]:
    """Return an intact log with records of all types, each of which continues the previous one."""
    dice = random.Random(seed)
    records: list[TransactionRecord] = []
    stock, reserved, previous_hash = 0, 0, FIRST_PREVIOUS_HASH
    lines: dict[str, LineFold] = {}
    for sequence in range(1, length + 1):
        transaction_type, quantity, order_id, sign = _next_transaction(dice, stock, reserved, lines, sequence)
        effect = RULES[transaction_type].effect if sign else NO_EFFECT
        before, reserved_before = stock, reserved
        stock += effect.current_stock * quantity * sign
        reserved += effect.reserved_stock * quantity
        line = lines.get(order_id or "", LineFold())
        record = a_record(
            sku,
            sequence,
            order_step=None if order_id is None else line.steps + 1,
            order_previous=None if order_id is None else line.last_record,
            transaction_type=transaction_type.value,
            quantity_change=stock - before,
            stock_before=before,
            stock_after=stock,
            order_id=order_id,
            reason="damaged" if transaction_type is TransactionType.REFUND else None,
            notes="counted, 3 % broken" if transaction_type is TransactionType.MANUAL_ADJUSTMENT else None,
            quantity=quantity,
            reserved_before=reserved_before,
            reserved_after=reserved,
            previous_hash=previous_hash,
        )
        if order_id is not None:
            lines[order_id] = line.after(record.document())
        previous_hash = record.hash
        records.append(record)
    return records


def _next_transaction(
    dice: random.Random, stock: int, reserved: int, lines: dict[str, LineFold], sequence: int
) -> tuple[TransactionType, int, str | None, int]:
    """Draw the next transaction; the last member is 0 for a refund whose units do not return to stock."""
    free = stock - reserved
    choice = dice.randrange(7)
    held = sorted(order_id for order_id, line in lines.items() if line.units.reserved)
    sold = sorted(order_id for order_id, line in lines.items() if line.units.confirmed > line.units.refunded)
    if choice in (0, 1) and free > 0:
        return TransactionType.ORDER_PLACED, dice.randint(1, min(free, 5)), f"ORDER-{sequence}", 1
    if choice in (2, 3) and held:
        order_id = dice.choice(held)
        quantity = dice.randint(1, lines[order_id].units.reserved)
        settled = TransactionType.ORDER_CONFIRMED if choice == 2 else TransactionType.ORDER_CANCELLED
        return settled, quantity, order_id, 1
    if choice == 4 and sold:
        return TransactionType.REFUND, 1, dice.choice(sold), dice.randint(0, 1)
    if choice == 5 and free > 3:
        return TransactionType.MANUAL_ADJUSTMENT, 3, None, -1
    return TransactionType.RESTOCK, dice.randint(1, 9), None, 1


def held_in(records: Sequence[TransactionRecord]) -> dict[str, int]:
    """Return the units that each order holds at the end of a SKU's log."""
    return dict(totals_of(record.document() for record in records).held)


def a_sku(records: Sequence[TransactionRecord], sku: str = BLACK, **differences: Any) -> Sku:
    """Return the live SKU at the end of its log."""
    last = records[-1] if records else None
    attributes: dict[str, Any] = {
        "product_id": PRODUCT,
        "current_stock": last.stock_after if last else 0,
        "reserved_stock": last.reserved_after if last else 0,
        "unit_price": 5,
        "last_updated": last.timestamp if last else NOW,
        "sequence": len(records),
        "ledger_hash": last.hash if last else FIRST_PREVIOUS_HASH,
        "version": len(records) + 1,
        "last_transaction_at": last.timestamp if last else None,
        "last_transaction_id": last.transaction_id if last else None,
    }
    return sample_skus.a_sku(sku, **attributes | differences)


def a_product(product_id: str = PRODUCT, **differences: Any) -> Product:
    attributes: dict[str, Any] = {
        "product_id": product_id,
        "vendor_id": VENDOR,
        "product_name": "Headphones",
        "category": "Electronics",
        "base_price": 90,
        "is_active": True,
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
    }
    return Product(**attributes | differences)


def keep_product(client: Any, product: Product | None = None) -> None:
    item = (product or a_product()).to_item()
    client.put_item(TableName="Products-table", Item=item)


def keep_bound(client: Any, bound: int = 10, vendor_id: str = VENDOR) -> None:
    item = bound_key(vendor_id) | to_item({"bound": bound})
    client.put_item(TableName="VendorInventory", Item=item)


def a_line(reserved: int, sku: str = BLACK) -> dict[str, Any]:
    """Return a line of an order that holds all that it has placed."""
    product_id = StockKey.of(sku).product_id
    figures = {"confirmed": 0, "cancelled": 0, "refunded": 0}
    return {
        "product_id": product_id,
        "vendor_id": VENDOR,
        "placed": reserved,
        "reserved": reserved,
        **figures,
    }


def an_order(
    order_id: str, lines: dict[str, Any], *, part: int = 0, parts: int = 0, **attributes: Any
) -> Item:
    """Return an order as the stock service stores it, or a part of one.

    It is listed among those that are due if it holds units, or is said to have parts.
    """
    if part:
        return part_key(order_id, part) | to_item({"lines": lines, "version": 1, **attributes})
    ends = plus_seconds(NOW, 3_600)
    holds_units = parts or any(line.get("reserved") for line in lines.values() if isinstance(line, dict))
    due = {"vendor_id": open_orders_partition(order_id), "last_updated": ends} if holds_units else {}
    own = {"lines": lines, "version": 1, "created_at": NOW, "expires_at": ends, "parts": parts or None}
    return order_key(order_id) | to_item(own | due | attributes)


def keep_order(
    client: Any, order_id: str, units: int, sku: str = BLACK, *, part: int = 0, **attributes: Any
) -> None:
    """Keep an order that holds units of a SKU, in a part of it if that has a number."""
    lines = {sku: a_line(units, sku)} if units else {}
    items = [an_order(order_id, lines, part=part, **attributes)]
    if part:
        items.append(an_order(order_id, {}, parts=part))
    put_items(client, "VendorInventory", items)


def order_items_of(records: Sequence[TransactionRecord], *, part_of: str = "") -> dict[str, list[Item]]:
    """Return the sealed items of the orders of a SKU's log, by order; that of `part_of` has a part."""
    kept: dict[str, list[Item]] = {}
    for order_id, line in lines_in_log([record.document() for record in records]).items():
        sku = records[0].sku
        figures = line.units._asdict() | {"records": line.steps, "last_record": line.last_record}
        stored = {sku: a_line(line.units.reserved, sku) | figures}
        if order_id == part_of:
            items = [an_order(order_id, {}, parts=2), an_order(order_id, stored, part=2)]
        else:
            items = [an_order(order_id, stored)]
        kept[order_id] = [sealed(item, LEDGER_KEY) for item in items]
    return kept


def keep_sku(client: Any, sku: Sku) -> None:
    client.put_item(TableName="VendorInventory", Item=sku.to_item())
