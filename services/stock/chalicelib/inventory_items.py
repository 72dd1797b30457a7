"""What the items of VendorInventory look like, by sort key.

====================  =====================  ==============================================================
``product_id``        ``sku``                item
====================  =====================  ==============================================================
``PROD-…``            ``SKU-PROD-…-…``       a SKU
``ORDER-…``           ``#ORDER``             an order; while it holds units, ``vendor_id`` and
                                             ``last_updated`` put it into VendorInventoryIndex by due time
``#MARKER#…``         ``#MARKER``            what an Idempotency-Key stands for, until ``ttl``
``VENDOR-…``          ``#LOW-STOCK-BOUND``   no reorder threshold of the vendor is above its ``bound``
====================  =====================  ==============================================================

No index lists anything but SKUs and, in VendorInventoryIndex, open orders under partitions of their own:
markers and bounds carry none of the indexes' keys.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

from inventory_common.idempotency import Marker
from inventory_common.items import Item, from_item, to_item
from inventory_common.schema import TTL_ATTRIBUTE, VENDOR_INVENTORY
from inventory_common.skus import Sku

from .orders import Order, OrderLine
from .snapshot import Snapshot

__all__ = [
    "SKU_SORT_PREFIX",
    "bound_key",
    "marker_key",
    "order_item",
    "order_key",
    "order_of",
    "sku_key",
    "snapshot_of",
]

SKU_SORT_PREFIX: Final = "SKU-"
_ORDER_SORT: Final = "#ORDER"
_MARKER_SORT: Final = "#MARKER"
_BOUND_SORT: Final = "#LOW-STOCK-BOUND"
_OPEN_ORDERS: Final = "OPEN-ORDERS#"
_OPEN_ORDERS_SHARDS: Final = 16
"""So many partitions share the index writes of all open orders."""


def sku_key(product_id: str, sku: str) -> Item:
    """Return the key of a SKU."""
    return to_item({"product_id": product_id, "sku": sku})


def order_key(order_id: str) -> Item:
    """Return the key of an order."""
    return to_item({"product_id": order_id, "sku": _ORDER_SORT})


def marker_key(marker_id: str) -> Item:
    """Return the key of an idempotency marker."""
    return to_item({"product_id": marker_id, "sku": _MARKER_SORT})


def bound_key(vendor_id: str) -> Item:
    """Return the key of a vendor's low-stock bound."""
    return to_item({"product_id": vendor_id, "sku": _BOUND_SORT})


def snapshot_of(items: Iterable[Item]) -> Snapshot:
    """Sort items of VendorInventory by what they are; others are left out."""
    skus: dict[str, Sku] = {}
    order: Order | None = None
    marker: Marker | None = None
    for item in items:
        sort = item["sku"]["S"] if "sku" in item else ""
        if sort.startswith(SKU_SORT_PREFIX):
            skus[sort] = Sku.from_item(item)
        elif sort == _ORDER_SORT:
            order = order_of(item)
        elif sort == _MARKER_SORT:
            marker = Marker.from_item(item, VENDOR_INVENTORY.partition_key)
    return Snapshot(skus=skus, order=order, marker=marker)


def order_of(item: Item) -> Order:
    """Read an order."""
    attributes = from_item(item)
    return Order(
        order_id=attributes["product_id"],
        lines={sku: OrderLine(sku=sku, **figures) for sku, figures in attributes["lines"].items()},
        created_at=attributes["created_at"],
        version=attributes["version"],
        expires_at=attributes.get("expires_at"),
        cancel_reason=attributes.get("cancel_reason"),
        lapses_at=attributes.get(TTL_ATTRIBUTE),
    )


def order_item(order: Order) -> Item:
    """Write an order; while it holds units, VendorInventoryIndex lists it by the end of its hold."""
    lines = {
        sku: {name: value for name, value in line.document().items() if name != "sku"}
        for sku, line in order.lines.items()
    }
    due = {"vendor_id": _open_orders(order.order_id), "last_updated": order.expires_at}
    return order_key(order.order_id) | to_item(
        {
            "lines": lines,
            "created_at": order.created_at,
            "version": order.version,
            "expires_at": order.expires_at,
            "cancel_reason": order.cancel_reason,
            TTL_ATTRIBUTE: order.lapses_at,
            **(due if order.reserved else {}),
        }
    )


def _open_orders(order_id: str) -> str:
    """Return the partition of VendorInventoryIndex that lists the order while it is due some time."""
    return f"{_OPEN_ORDERS}{zlib.crc32(order_id.encode()) % _OPEN_ORDERS_SHARDS}"
