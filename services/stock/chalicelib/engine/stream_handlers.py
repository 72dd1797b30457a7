"""Handlers of the changes of products, SKUs and orders that the tables' streams deliver.

A change may be delivered twice, late, or to one process while another one processes a later change; every
handler tolerates that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from inventory_common.alert_topic import AlertTopic
from inventory_common.errors import OrderDamaged
from inventory_common.event_bus import EventBus
from inventory_common.event_delivery import send_events
from inventory_common.events import Event
from inventory_common.ids import StockKey
from inventory_common.items import Item
from inventory_common.malformed_items import MalformedItem
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.streams import SKU_CHANGES, ChangeFailed, ItemChange, one_by_one
from inventory_common.timestamps import Clock, moment_of
from inventory_common.values import value

from ..domain.events import order_events, sku_events
from ..domain.low_stock import is_listed, low_stock_alert
from ..storage.orders import OrderStore
from ..storage.products import ProductStore
from ..storage.sent_alerts import SentAlertStore
from ..storage.skus import SkuStore, Written
from .side_by_side import side_by_side

__all__ = ["StreamHandlers"]

_T = TypeVar("_T")


@value
class StreamHandlers:
    """The handlers of the service's streams; `for_each` calls a function with each of some SKUs."""

    products: ProductStore
    skus: SkuStore
    orders: OrderStore
    sent_alerts: SentAlertStore
    alerts: AlertTopic
    events: EventBus
    clock: Clock
    retry_policy: RetryPolicy
    for_each: Callable[[Iterable[StockKey], Callable[[StockKey], None]], None] = side_by_side

    def products_changed(self, changes: Sequence[ItemChange]) -> None:
        """Set the flags of products that were activated or deactivated on their SKUs.

        The changes only trigger the updates: a product is read again, once for all its changes, and its flag
        replaces only older ones, so a change that is delivered late or twice, or processed slowly, does no
        harm.  Products with few changes come first: one that changes all the time keeps none of them waiting.

        Raises
        ------
        ChangeFailed
            With the first change of a product whose flag could not be set on all SKUs.
        """
        changes_of: dict[str, list[ItemChange]] = {}
        for change in changes:
            product_id = self._activated_or_deactivated(change)
            if product_id is not None:
                changes_of.setdefault(product_id, []).append(change)
        failures: list[tuple[ItemChange, Exception]] = []
        for product_id, own in sorted(changes_of.items(), key=lambda each: len(each[1])):
            try:
                self._copy_flag(product_id)
            except Exception as error:
                failures.append((own[0], error))
        if failures:
            failed, cause = min(failures, key=lambda each: changes.index(each[0]))
            raise ChangeFailed(failed) from cause

    def _activated_or_deactivated(self, change: ItemChange) -> str | None:
        """Return the id of the product if the change activates or deactivates it."""
        if change.before is None or change.after is None:
            return None  # a new product has no SKUs, and products are never removed
        before, after = (
            _readable(self.products.read, change.before),
            _readable(self.products.read, change.after),
        )
        if after is None or (before is not None and before.is_active == after.is_active):
            return None
        return after.product_id

    def inventory_changed(self, changes: Sequence[ItemChange]) -> None:
        """Send the events of changes of SKUs and orders, and the alerts of SKUs.

        The events of all changes are sent together.  If one cannot be sent, or an alert, the changes from
        that on are delivered again, and their events sent again with the same ids.

        Raises
        ------
        ChangeFailed
        """
        failed = send_events(changes, self._events_of, self.events)
        handled = changes if failed is None else changes[: changes.index(failed.change)]
        one_by_one(self.sku_changed)([change for change in handled if SKU_CHANGES.matches(change.key)])
        if failed is not None:
            raise ChangeFailed(failed.change) from failed.error

    def _events_of(self, change: ItemChange) -> Iterator[Event]:
        if change.after is None:
            return  # the place of an order was undone, or its tombstone has expired
        happened_at = moment_of(change.happened_at)
        if SKU_CHANGES.matches(change.key):
            sku = _readable(self.skus.read, change.after)
            if sku is not None:
                yield from sku_events(_readable(self.skus.read, change.before), sku, happened_at)
            return
        # An order that somebody else has written raises no event: the audit service reports it.
        order = _readable(self.orders.read, change.after)
        if order is not None:
            yield from order_events(_readable(self.orders.read, change.before), order, happened_at)

    def sku_changed(self, change: ItemChange) -> None:
        """Send an alert when a SKU enters the low-stock list: by a sale, a PATCH, or with its product."""
        if change.before is None or change.after is None:
            return  # a new SKU has no stock yet, and SKUs are never removed
        after = _readable(self.skus.read, change.after)
        if after is None or not is_listed(after):
            return
        before = _readable(self.skus.read, change.before)
        alert = low_stock_alert(before, after, moment_of(change.happened_at))
        if alert is None or self.sent_alerts.contains(alert.alert_id):
            return
        # Sent first: a process that dies between the two calls sends it again, rather than never.
        self.alerts.send(alert)
        self.sent_alerts.add(alert.alert_id, self.clock())

    def _copy_flag(self, product_id: str) -> None:
        with suppress(MalformedItem):  # it is reported; a change that repairs it is delivered as well
            product = self.products.get(product_id)
            if product is not None:
                self.for_each(self.skus.with_outdated_flag(product), partial(self._set_flag, product))

    def _set_flag(self, product: Product, key: StockKey) -> None:
        for _ in self.retry_policy.attempts():
            if isinstance(self.skus.set_product_flag(key, product), Written):
                return
            # A transaction on the SKU is in progress.
        raise AssertionError("attempts end by raising Busy")


def _readable(read: Callable[[Item], _T], image: Item | None) -> _T | None:
    """Return what an image of a change says, if there is one.

    None if it cannot be read: a retry could not read it either.
    """
    try:
        return None if image is None else read(image)
    except (MalformedItem, OrderDamaged):
        return None
