"""Handlers of the changes of products and SKUs that the tables' streams deliver.

A change may be delivered twice, late, or to one process while another one processes a later change; every
handler tolerates that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from inventory_common.alert_topic import AlertTopic
from inventory_common.ids import StockKey
from inventory_common.items import Item
from inventory_common.malformed_items import MalformedItem
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.streams import ItemChange
from inventory_common.timestamps import Clock, moment_of
from inventory_common.values import value

from ..domain.low_stock import is_listed, low_stock_alert
from ..storage.products import ProductStore
from ..storage.sent_alerts import SentAlertStore
from ..storage.skus import SkuStore, Written

__all__ = ["StreamHandlers"]

_T = TypeVar("_T")


@value
class StreamHandlers:
    """The handlers of the service's streams."""

    products: ProductStore
    skus: SkuStore
    sent_alerts: SentAlertStore
    alerts: AlertTopic
    clock: Clock
    retry_policy: RetryPolicy

    def product_changed(self, change: ItemChange) -> None:
        """Set the product's flag on its SKUs if the product was activated or deactivated.

        The change only triggers the update: the product is read again, and its flag replaces only older ones,
        so a change that is delivered late or twice, or processed slowly, does no harm.
        """
        if change.before is None or change.after is None:
            return  # a new product has no SKUs, and products are never removed
        before, after = (
            _readable(self.products.read, change.before),
            _readable(self.products.read, change.after),
        )
        if after is None or (before is not None and before.is_active == after.is_active):
            return
        with suppress(MalformedItem):  # it is reported; a change that repairs it is delivered as well
            self._copy_flag(after.product_id)

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
        product = self.products.get(product_id)
        if product is not None:
            for key in self.skus.with_outdated_flag(product):
                self._set_flag(key, product)

    def _set_flag(self, key: StockKey, product: Product) -> None:
        for _ in self.retry_policy.attempts():
            if isinstance(self.skus.set_product_flag(key, product), Written):
                return
            # A transaction on the SKU is in progress.
        raise AssertionError("attempts end by raising Busy")


def _readable(read: Callable[[Item], _T], image: Item) -> _T | None:
    """Return what an image of a change says, None if it cannot be read: a retry could not read it either."""
    try:
        return read(image)
    except MalformedItem:
        return None
