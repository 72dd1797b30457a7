"""What the items of VendorInventory look like, by sort key.

====================  =====================  ==============================================================
``product_id``        ``sku``                item
====================  =====================  ==============================================================
``PROD-…``            ``SKU-PROD-…-…``       a SKU
``ORDER-…``           ``#ORDER``             an order; while it holds units, ``vendor_id`` and
                                             ``last_updated`` put it into VendorInventoryIndex by due time
``ORDER-…``           ``#PART-001`` …        lines of an order that has too many for one item
``#MARKER#…``         ``#MARKER``            what an Idempotency-Key stands for, until ``ttl``
``#ALERT#…``          ``#ALERT``             an alert that was sent, until ``ttl``
``VENDOR-…``          ``#LOW-STOCK-BOUND``   no reorder threshold of the vendor is above its ``bound``;
                                             a plan to lower it is in ``lowering_to``, ``lowering_at``
====================  =====================  ==============================================================

Beside its attributes a SKU has `turn_until` while other writers are asked to leave it to one of them.

No index lists anything but SKUs and, in VendorInventoryIndex, open orders under partitions of their own:
markers, alerts and bounds carry none of the indexes' keys.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from inventory_common.idempotency import IdempotencyRecord
from inventory_common.items import Item, from_item, to_item
from inventory_common.order_items import OPEN_ORDERS, ORDER_SORT, PART_SORT, order_key, part_key
from inventory_common.schema import TTL_ATTRIBUTE, VENDOR_INVENTORY
from inventory_common.skus import Sku
from inventory_common.values import value

from .orders import Errand, Order, OrderLine, Phase
from .snapshot import Readings

__all__ = [
    "OPEN_ORDERS",
    "SKU_SORT_PREFIX",
    "LowStockBound",
    "alert_key",
    "bound_key",
    "changed_lines",
    "idempotency_record_key",
    "is_order_key",
    "order_head",
    "order_item",
    "order_key",
    "order_of",
    "part_item",
    "part_key",
    "readings_of",
    "sku_key",
    "whole_order",
]

SKU_SORT_PREFIX: Final = "SKU-"
_MARKER_SORT: Final = "#MARKER"
_ALERT_SORT: Final = "#ALERT"
_BOUND_SORT: Final = "#LOW-STOCK-BOUND"


def sku_key(product_id: str, sku: str) -> Item:
    """Return the key of a SKU."""
    return to_item({"product_id": product_id, "sku": sku})


def is_order_key(key: Item) -> bool:
    """Tell whether a key of any table, or an item, is that of an order."""
    return key.get("sku") == {"S": ORDER_SORT}


def idempotency_record_key(idempotency_id: str) -> Item:
    """Return the key of an idempotency marker."""
    return to_item({"product_id": idempotency_id, "sku": _MARKER_SORT})


def alert_key(alert_id: str) -> Item:
    """Return the key of an alert that was sent."""
    return to_item({"product_id": f"{_ALERT_SORT}#{alert_id}", "sku": _ALERT_SORT})


def bound_key(vendor_id: str) -> Item:
    """Return the key of a vendor's low-stock bound."""
    return to_item({"product_id": vendor_id, "sku": _BOUND_SORT})


@value
class LowStockBound:
    """No reorder threshold of the vendor is above `bound`; a plan to lower it stands for a while first."""

    vendor_id: str
    bound: int
    lowering_to: int | None = None
    lowering_at: str | None = None

    @property
    def needed(self) -> int:
        """What a threshold may be without the bound being touched."""
        return self.bound if self.lowering_to is None else self.lowering_to

    @classmethod
    def from_item(cls, item: Item) -> LowStockBound:
        """Read a bound."""
        read = from_item(item)
        lowering_to, lowering_at = read.get("lowering_to"), read.get("lowering_at")
        return cls(read["product_id"], read["bound"], lowering_to, lowering_at)

    def to_item(self) -> Item:
        """Write a bound."""
        plan = {"lowering_to": self.lowering_to, "lowering_at": self.lowering_at}
        return bound_key(self.vendor_id) | to_item({"bound": self.bound, **plan})


def readings_of(items: Iterable[Item]) -> Readings:
    """Sort items of VendorInventory by what they are; others are left out."""
    skus: dict[str, Sku] = {}
    orders: dict[str, Order] = {}
    idempotency_records: dict[str, IdempotencyRecord] = {}
    for item in items:
        sort = item["sku"]["S"] if "sku" in item else ""
        if sort.startswith(SKU_SORT_PREFIX):
            skus[sort] = Sku.from_item(item)
        elif sort == ORDER_SORT:
            order = order_of(item)
            orders[order.order_id] = order
        elif sort == _MARKER_SORT:
            idempotency_record = IdempotencyRecord.from_item(item, VENDOR_INVENTORY.partition_key)
            idempotency_records[idempotency_record.idempotency_id] = idempotency_record
    return Readings(skus=skus, orders=orders, idempotency_records=idempotency_records)


def order_of(item: Item) -> Order:
    """Read an order; one that has parts is whole only with them."""
    attributes = from_item(item)
    errand = attributes.get("errand")
    parts = attributes.get("parts", 0)
    return Order(
        order_id=attributes["product_id"],
        lines=_lines_of(attributes, part=0),
        created_at=attributes["created_at"],
        version=attributes["version"],
        expires_at=attributes.get("expires_at"),
        cancel_reason=attributes.get("cancel_reason"),
        ttl=attributes.get(TTL_ATTRIBUTE),
        phase=Phase(attributes.get("phase", Phase.IDLE)),
        errand=None if errand is None else Errand(**errand),
        parts=parts,
        is_whole=not parts,
    )


def whole_order(order: Order, parts: Iterable[Item]) -> Order | None:
    """Return the order with its parts; None if one of them was read later than the order was.

    The order's own item is read first.  A part changes with it and carries its version: no part may be newer,
    and then none can have changed in between.
    """
    lines = dict(order.lines)
    for item in parts:
        attributes = from_item(item)
        if attributes["version"] > order.version:
            return None
        lines |= _lines_of(attributes, part=int(attributes["sku"].removeprefix(PART_SORT)))
    return replace(order, lines=lines, is_whole=True)


def order_item(order: Order) -> Item:
    """Write an order's own item."""
    return order_head(order) | to_item({"lines": _stored_lines(order, part=0)})


def order_head(order: Order) -> Item:
    """Write an order's own item but for its lines; while it is due some time, an index lists it by then."""
    errand = order.errand and {
        name: value for name, value in asdict(order.errand).items() if value is not None
    }
    due_at = order.due_at
    due = {} if due_at is None else {"vendor_id": _open_orders(order.order_id), "last_updated": due_at}
    return order_key(order.order_id) | to_item(
        {
            "created_at": order.created_at,
            "version": order.version,
            "expires_at": order.expires_at,
            "cancel_reason": order.cancel_reason,
            TTL_ATTRIBUTE: order.ttl,
            "phase": None if order.phase is Phase.IDLE else order.phase.value,
            "errand": errand,
            "parts": order.parts or None,
            **due,
        }
    )


def changed_lines(former: Order, latter: Order) -> Item:
    """Write the lines of an order's own item that are new or have changed, each under its SKU."""
    return to_item(
        {
            sku: _stored_line(line)
            for sku, line in latter.lines.items()
            if not line.part and former.lines.get(sku) != line
        }
    )


def part_item(order: Order, part: int) -> Item:
    """Write a part of an order; it carries the version that it changed with."""
    attributes = {"lines": _stored_lines(order, part), "version": order.version}
    return part_key(order.order_id, part) | to_item(attributes)


def _lines_of(attributes: Mapping[str, Any], part: int) -> dict[str, OrderLine]:
    return {sku: OrderLine(sku=sku, part=part, **figures) for sku, figures in attributes["lines"].items()}


def _stored_lines(order: Order, part: int) -> dict[str, dict[str, Any]]:
    return {sku: _stored_line(line) for sku, line in order.lines.items() if line.part == part}


def _stored_line(line: OrderLine) -> dict[str, Any]:
    return {name: value for name, value in line.document().items() if name != "sku"}


def _open_orders(order_id: str) -> str:
    """Return the partition of VendorInventoryIndex that lists the order while it is due some time."""
    return OPEN_ORDERS[zlib.crc32(order_id.encode()) % len(OPEN_ORDERS)]
