"""A SKU's stock at a point in time or over a period, and the orders that hold its units now."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from inventory_common.errors import SkuNotFound
from inventory_common.identity import Scope
from inventory_common.ids import transaction_id
from inventory_common.limits import TIMELINE_RECORDS_MAX, VERIFICATION_EXTRA_READS_MAX
from inventory_common.pages import PageRequest, Period
from inventory_common.skus import Sku
from inventory_common.timestamps import Clock
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from ..domain.reservations import OpenOrders, Reservations
from ..domain.stock_at import StockAt
from ..domain.timeline import Timeline
from ..storage.inventory_stores import OrderStore, SkuStore
from ..storage.log_store import LogStore

__all__ = ["StockHistory"]


@value
class StockHistory:
    """Reads a SKU's history from its log; `bootstrap` makes it."""

    log: LogStore
    skus: SkuStore
    orders: OrderStore
    clock: Clock

    def stock_at(self, sku: str, moment: str, scope: Scope) -> StockAt:
        """Return a SKU's stock at a point in time; it reads one item, before the first record two.

        Raises
        ------
        SkuNotFound
        """
        item = self.log.item_at(sku, moment)
        if item is None:
            self._live(sku, scope)
            return StockAt(moment, None)
        record = self.log.read(item)
        if not scope.covers(record.vendor_id):
            raise _not_found(sku)
        return StockAt(moment, record)

    def reservations(self, sku: str, scope: Scope) -> Reservations:
        """Return the orders that hold units of a SKU now.

        Raises
        ------
        SkuNotFound
        """
        live = self._live(sku, scope)
        open_orders = OpenOrders(live.reserved_stock)
        if open_orders.needs_records:
            for record in self._newest_first(sku, live.sequence):
                open_orders.add(record)
                if not open_orders.needs_records:
                    break
        return Reservations(
            sku,
            live.sequence,
            live.reserved_stock,
            open_orders.reservations(self.orders.expiry_times(open_orders.order_ids), self.clock()),
            open_orders.unaccounted,
        )

    def timeline(self, sku: str, period: Period, scope: Scope) -> Timeline:
        """Return a SKU's records of a period, the newest of them if there are many.

        Raises
        ------
        SkuNotFound
        """
        now = self.clock()
        live = self._live(sku, scope)
        newest = Period(period.first, period.end, descending=True)
        items, after = self.log.items_of_sku(sku, PageRequest(TIMELINE_RECORDS_MAX), newest)
        records = list(self.log.readable(reversed(items)))
        last = records[-1].timestamp if records else now
        end = now if period.end is None else min(now, period.end)
        return Timeline(sku, live.reorder_threshold, records, max(end, last), is_truncated=after is not None)

    def _live(self, sku: str, scope: Scope) -> Sku:
        item = self.skus.sku_item(sku)
        live = None if item is None else Sku.from_item(item)
        if live is None or not scope.covers(live.vendor_id):
            raise _not_found(sku)
        return live

    def _newest_first(self, sku: str, sequence: int) -> Iterator[TransactionRecord]:
        """Yield a SKU's records from a sequence down; those that the index lacks are read by their ids."""
        # The end of the index counts as a record 0, so that records missing before it are read too.
        for item in chain(self.log.all_items_of_sku(sku, descending=True), (None,)):
            record = None if item is None else next(self.log.readable([item]), None)
            if item is not None and record is None:
                continue
            shown = 0 if record is None else record.sequence
            if shown > sequence:
                continue  # written since the SKU was read
            for number in range(sequence, max(shown, sequence - VERIFICATION_EXTRA_READS_MAX), -1):
                items = self.log.items_of_id(transaction_id(sku, number))
                yield from self.log.readable(items[:1])
            if record is None:
                return
            yield record
            sequence = shown - 1


def _not_found(sku: str) -> SkuNotFound:
    return SkuNotFound(f"{sku} was not found.")
