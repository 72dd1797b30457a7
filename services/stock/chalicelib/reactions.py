"""What the service does when products and SKUs have changed, as the tables' streams tell it.

A change may be told twice, late, or beside a later one by another process; each reaction bears that.
"""

from __future__ import annotations

from inventory_common.alert_topic import AlertTopic
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.skus import Sku
from inventory_common.streams import ItemChange
from inventory_common.timestamps import Clock
from inventory_common.values import value

from .inventory_gateway import InventoryGateway, LostRace
from .low_stock import low_stock_alert

__all__ = ["Reactions"]


@value
class Reactions:
    """The reactions; `bootstrap` makes them."""

    gateway: InventoryGateway
    alerts: AlertTopic
    clock: Clock
    retry_policy: RetryPolicy

    def product_changed(self, change: ItemChange) -> None:
        """Let a product's SKUs know whether it is active.

        The change is a hint.  What is written is the product as it stands now, over what is older: a change
        that is told late, or twice, or that a slow process still works on, overwrites nothing newer.
        """
        if change.before is None or change.after is None:
            return  # a new product has no SKUs yet; none is ever removed
        before, after = Product.from_item(change.before), Product.from_item(change.after)
        if before.is_active == after.is_active:
            return
        product = self.gateway.product(after.product_id)
        if product is None:
            return
        for sku in self.gateway.skus_older_than(product):
            self._tell(sku, product)

    def sku_changed(self, change: ItemChange) -> None:
        """Send one alert for each fall of a SKU to its threshold."""
        if change.before is None or change.after is None:
            return
        alert = low_stock_alert(Sku.from_item(change.before), Sku.from_item(change.after))
        if alert is None or self.gateway.is_sent(alert.alert_id):
            return
        # Sent first: a process that dies between the two sends it again, rather than never.
        self.alerts.send(alert)
        self.gateway.remember_sent(alert.alert_id, self.clock())

    def _tell(self, sku: str, product: Product) -> None:
        for _ in self.retry_policy.attempts():
            try:
                return self.gateway.set_product_activity(sku, product)
            except LostRace:
                continue  # a stock command has the SKU in its transaction
        raise AssertionError("attempts end by raising Busy")
