"""What a SKU's log says of one moment: its stock then, and which orders hold units of it now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from typing import Any

from inventory_common.errors import SkuNotFound
from inventory_common.identity import Scope
from inventory_common.ids import transaction_id
from inventory_common.items import from_item
from inventory_common.limits import (
    RESERVATION_RECORDS_MAX,
    TIMELINE_RECORDS_MAX,
    VERIFICATION_EXTRA_READS_MAX,
)
from inventory_common.pages import PageRequest, Period
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord, TransactionType
from inventory_common.values import value

from .log_gateway import LogGateway
from .timeline import Timeline

__all__ = ["Reservations", "StockAt", "reservations", "stock_at", "timeline"]


@value
class StockAt:
    """A SKU's stock at a moment; `record` is the last one by then, None before the first."""

    time: str
    record: TransactionRecord | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        record = self.record
        stock = record.stock_after if record else 0
        reserved = record.reserved_after if record else 0
        return {
            "time": self.time,
            "current_stock": stock,
            "reserved_stock": reserved,
            "available_stock": stock - reserved,
            "transaction": record and record.document(),
        }


@value
class Reservation:
    """Units of a SKU that an order holds; `expires_at` is None if the order's own item is not there."""

    order_id: str
    quantity: int
    placed_at: str
    age_seconds: int
    expires_at: str | None


@value
class Reservations:
    """Who holds units of a SKU as of its record number `sequence`, oldest first.

    `unaccounted` are reserved units whose orders were placed before the records that were read.
    """

    sku: str
    sequence: int
    reserved_stock: int
    held: list[Reservation]
    unaccounted: int

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        return {
            "sku": self.sku,
            "sequence": self.sequence,
            "reserved_stock": self.reserved_stock,
            "reservations": [asdict(each) for each in self.held],
            "unaccounted": self.unaccounted,
        }


def stock_at(gateway: LogGateway, sku: str, moment: str, scope: Scope) -> StockAt:
    """Return a SKU's stock at a moment: one item is read, before the first record two.

    Raises
    ------
    SkuNotFound
    """
    item = gateway.item_at(sku, moment)
    if item is None:
        _live(gateway, sku, scope)
        return StockAt(moment, None)
    record = TransactionRecord.from_item(item)
    if not scope.covers(record.vendor_id):
        raise SkuNotFound(f"There is no {sku}.")
    return StockAt(moment, record)


def reservations(gateway: LogGateway, sku: str, scope: Scope, now: str) -> Reservations:
    """Return which orders hold units of a SKU, folded from its log, newest record first.

    What an order has settled is known when its place is come by.  As soon as what is found held is all that
    the SKU has reserved, nothing older holds any: the cost follows the age of the oldest open order, not the
    length of the log.

    Raises
    ------
    SkuNotFound
    """
    live = _live(gateway, sku, scope)
    settled: Counter[str] = Counter()
    held: dict[str, tuple[int, str]] = {}
    unaccounted = live.reserved_stock
    records = _newest_first(gateway, sku, live.sequence) if unaccounted else iter(())
    for number, record in enumerate(records, start=1):
        order_id = record.order_id or ""
        match record.transaction_type:
            case TransactionType.ORDER_CONFIRMED | TransactionType.ORDER_CANCELLED:
                settled[order_id] += record.quantity
            case TransactionType.ORDER_PLACED:
                units = record.quantity - settled.pop(order_id, 0)
                if units > 0:
                    held[order_id] = (units, record.timestamp)
                    unaccounted -= units
        if unaccounted <= 0 or number == RESERVATION_RECORDS_MAX:
            break
    due = {order["product_id"]: order.get("expires_at") for order in _orders(gateway, held)}
    return Reservations(
        sku,
        live.sequence,
        live.reserved_stock,
        [
            Reservation(order_id, units, placed_at, _seconds(placed_at, now), due.get(order_id))
            for order_id, (units, placed_at) in reversed(held.items())
        ],
        unaccounted,
    )


def timeline(gateway: LogGateway, sku: str, period: Period, scope: Scope, now: str) -> Timeline:
    """Return a SKU's records of a period, the newest of them if there are many.

    Raises
    ------
    SkuNotFound
    """
    live = _live(gateway, sku, scope)
    newest = Period(period.first, period.end, descending=True)
    items, after = gateway.items_of_sku(sku, PageRequest(TIMELINE_RECORDS_MAX), newest)
    records = [TransactionRecord.from_item(item) for item in reversed(items)]
    last = records[-1].timestamp if records else now
    end = now if period.end is None else min(now, period.end)
    return Timeline(sku, live.reorder_threshold, records, max(end, last), is_cut=after is not None)


def _live(gateway: LogGateway, sku: str, scope: Scope) -> Sku:
    item = gateway.sku_item(sku)
    live = None if item is None else Sku.from_item(item)
    if live is None or not scope.covers(live.vendor_id):
        raise SkuNotFound(f"There is no {sku}.")
    return live


def _newest_first(gateway: LogGateway, sku: str, sequence: int) -> Iterator[TransactionRecord]:
    """Yield a SKU's records from a number down; what the index does not show yet is read by its id."""
    # The end of the index is looked at like a record number 0: what is missing before it is asked for, too.
    for item in chain(gateway.walk_sku(sku, descending=True), (None,)):
        shown = 0 if item is None else from_item(item, ("sequence",)).get("sequence", 0)
        if shown > sequence:
            continue  # written since the SKU was read
        for number in range(sequence, max(shown, sequence - VERIFICATION_EXTRA_READS_MAX), -1):
            yield from map(TransactionRecord.from_item, gateway.items_of_id(transaction_id(sku, number))[:1])
        if item is None:
            return
        yield TransactionRecord.from_item(item)
        sequence = shown - 1


def _orders(gateway: LogGateway, order_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    for item in gateway.orders(order_ids):
        yield from_item(item, ("product_id", "expires_at"))


def _seconds(earlier: str, later: str) -> int:
    return max(0, int((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()))
