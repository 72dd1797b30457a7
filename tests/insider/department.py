"""Departments: a vendor's product with SKUs, orders and a log, all alike, made by the services themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from inventory_common.items import Item
from inventory_common.limits import BATCH_CHANGES_MAX, ORDER_LINES_MAX
from tests.insider.tables import Tables
from tests.integration.processes import wait_until
from tests.integration.shop import Shop, Sku, done, retry_while_busy

__all__ = ["Department", "LargeOrder", "open_department", "place_large_orders", "settle_largest_order"]

BARCODE = "4006381333931"
LARGE = 50
"""Lines of an order that is stored in parts."""


@dataclass(frozen=True)
class Department:
    """Two SKUs with some history, and three orders.

    Attributes
    ----------
    sold, held, cancelled
        An order that is confirmed, one unit of it refunded; one that holds units; one that was cancelled.
    as_placed
        The item of the sold order as it was before that was confirmed.
    earlier
        The items of both SKUs as they were after their restocks.
    """

    number: int
    vendor_id: str
    first: Sku
    second: Sku
    as_placed: Item
    earlier: tuple[Item, Item]

    @property
    def sold(self) -> str:
        return f"ORDER-{self.number}-SOLD"

    @property
    def held(self) -> str:
        return f"ORDER-{self.number}-HELD"

    @property
    def cancelled(self) -> str:
        return f"ORDER-{self.number}-CANCELLED"

    @property
    def product_id(self) -> str:
        return self.first.product_id

    @property
    def ghost(self) -> str:
        """The id of a SKU of a product that does not exist."""
        return f"SKU-PROD-G{self.number}-GHOST"

    def names(self, tables: Tables) -> set[str]:
        """Return the texts of which a finding about this department contains one, as its log is now."""
        records = tables.records_of_vendor(self.vendor_id)
        return {self.vendor_id, self.product_id, self.ghost, f"ORDER-{self.number}-"} | {
            record["transaction_id"]["S"] for record in records
        }


class LargeOrder(NamedTuple):
    """An order of so many lines that it is stored in parts, and its items as it was placed."""

    order_id: str
    as_placed: list[Item]


def open_department(shop: Shop, tables: Tables, number: int) -> Department:
    """Do a day's work in a new department of a vendor of its own."""
    vendor_id = f"VENDOR-{number}"
    first = shop.has_sku(50, vendor_id=vendor_id, barcode=BARCODE)
    second = shop.has_sku(20, vendor_id=vendor_id, product_id=first.product_id, variant="BOX")
    earlier = tables.sku(first), tables.sku(second)
    sold = f"ORDER-{number}-SOLD"
    done(shop.place(sold, (first, 5), (second, 2)))
    department = Department(number, vendor_id, first, second, tables.order(sold), earlier)
    done(shop.confirm(sold))
    one = {"lines": [{"sku": first.sku, "quantity": 1}]}
    _post(shop, f"{shop.stock}/orders/{sold}/refund", "orders", one, sold)
    done(shop.place(department.held, (first, 4), (second, 3)))
    done(shop.place(department.cancelled, (first, 2)))
    done(shop.cancel(department.cancelled))
    adjustments = f"{shop.stock}/products/{first.product_id}/skus/{first.sku}/adjustments"
    _post(shop, adjustments, "admin", {"quantity_change": -2, "notes": "broken"}, f"adjust-{number}")
    return department


def place_large_orders(shop: Shop, tables: Tables, count: int) -> list[LargeOrder]:
    """Place so many orders of the same SKUs, and confirm a line of each."""
    skus = shop.has_skus(LARGE, 10 * count)
    large = []
    for number in range(count):
        order_id = f"ORDER-LARGE-{number}"
        done(shop.place(order_id, *((sku, 2) for sku in skus)))
        large.append(LargeOrder(order_id, tables.order_items(order_id)))
        line = {"lines": [{"sku": skus[-1].sku, "quantity": 1}]}
        _post(shop, f"{shop.stock}/orders/{order_id}/confirm", "orders", line, order_id)
    return large


def settle_largest_order(shop: Shop) -> str:
    """Place an order of the most lines, settle parts of it, and return its id."""
    order_id = "ORDER-LARGEST"
    skus = shop.has_skus(ORDER_LINES_MAX, 0)
    for begin in range(0, len(skus), BATCH_CHANGES_MAX):
        _restock(shop, skus[begin : begin + BATCH_CHANGES_MAX])
    path = f"{shop.stock}/orders/{order_id}"
    done(retry_while_busy(lambda: shop.place(order_id, *((sku, 2) for sku in skus))))

    def settle(command: str, some: list[Sku]) -> None:
        body = {"lines": [{"sku": sku.sku, "quantity": 1} for sku in some]}
        done(
            retry_while_busy(lambda: shop.ask("POST", f"{path}/{command}", "orders", body=body, key=command))
        )

    settle("confirm", skus[:700])
    settle("cancel", skus[300:])
    settle("refund", skus[:200])
    return order_id


def _restock(shop: Shop, skus: list[Sku]) -> None:
    """Add five units to each SKU; those for which a busy machine had no time are sent again."""
    changes = [
        {"type": "restock", "product_id": each.product_id, "sku": each.sku, "quantity": 5}
        | {"idempotency_key": each.sku}
        for each in skus
    ]

    def are_done() -> bool:
        sent = shop.ask("POST", f"{shop.stock}/stock/batch", "admin", body={"changes": changes})
        return all(result["status_code"] < 300 for result in done(sent).json()["results"])

    wait_until(are_done, "all SKUs are stocked")


def _post(shop: Shop, url: str, role: str, body: Any, key: str) -> None:
    done(shop.ask("POST", url, role, body=body, key=key))
