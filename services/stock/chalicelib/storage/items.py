"""The items of VendorInventory, by key.

====================  =====================  ==============================================================
``product_id``        ``sku``                item
====================  =====================  ==============================================================
``PROD-…``            ``SKU-PROD-…-…``       a SKU
``ORDER-…``           ``#ORDER``             an order; as long as it will be due, ``vendor_id`` and
                                             ``last_updated`` put it into VendorInventoryIndex
``ORDER-…``           ``#PART-001`` …        lines of an order that has too many for one item
``#MARKER#…``         ``#MARKER``            the idempotency record of an Idempotency-Key, until ``ttl``
``#ALERT#…``          ``#ALERT``             an alert that was sent, until ``ttl``
``VENDOR-…``          ``#LOW-STOCK-BOUND``   no reorder threshold of the vendor exceeds its ``bound``; a
                                             plan to lower it is in ``lowering_to``, ``lowering_at``
``BARCODE#…``         ``#SKU-PROD-…-…``      a lookup item, which is its key alone: the SKU has the barcode in
                                             ``BARCODE#{vendor_id}#{barcode}``
====================  =====================  ==============================================================

While a writer holds a priority lease on a SKU, its item also has `turn_until`.

The indexes contain only SKUs and, in VendorInventoryIndex, open orders under partitions of their own:
idempotency records, alerts, bounds and lookup items have none of the indexes' keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey
from inventory_common.items import Item, to_item
from inventory_common.malformed_items import MalformedItem
from inventory_common.order_items import ORDER_SORT
from inventory_common.schema import VENDOR_INVENTORY
from inventory_common.skus import Sku

from ..domain.decisions import ReadSet
from ..domain.orders import Order
from .database import Database
from .order_items import order_from_item

__all__ = [
    "SKU_SORT_PREFIX",
    "idempotency_record_key",
    "is_order",
    "read_set_of",
    "sent_alert_key",
    "sku_key",
]

SKU_SORT_PREFIX: Final = "SKU-"
_IDEMPOTENCY_SORT: Final = "#MARKER"
_ALERT_SORT: Final = "#ALERT"


def sku_key(key: StockKey) -> Item:
    """Return the primary key of a SKU."""
    return to_item({"product_id": key.product_id, "sku": key.sku})


def idempotency_record_key(idempotency_id: str) -> Item:
    """Return the primary key of an idempotency record."""
    return to_item({"product_id": idempotency_id, "sku": _IDEMPOTENCY_SORT})


def sent_alert_key(alert_id: str) -> Item:
    """Return the primary key of an alert that was sent."""
    return to_item({"product_id": f"{_ALERT_SORT}#{alert_id}", "sku": _ALERT_SORT})


def is_order(key: Item) -> bool:
    """Return whether an item, or the key of one in any table, is that of an order."""
    return key.get("sku") == {"S": ORDER_SORT}


def read_set_of(items: Iterable[Item], database: Database) -> ReadSet:
    """Read the SKUs, orders and idempotency records among items; products and other items are ignored."""
    skus: dict[StockKey, Sku] = {}
    orders: dict[str, Order] = {}
    records: dict[str, IdempotencyRecord] = {}
    malformed: set[StockKey | str] = set()
    malformed_items = database.malformed
    for item in items:
        partition_key, sort_key = item["product_id"]["S"], item["sku"]["S"] if "sku" in item else ""
        try:
            if sort_key.startswith(SKU_SORT_PREFIX):
                sku = malformed_items.read(VENDOR_INVENTORY, item, Sku.from_item)
                skus[sku.key] = sku
            elif sort_key == ORDER_SORT:
                order = database.read_sealed(item, order_from_item)
                orders[order.order_id] = order
            elif sort_key == _IDEMPOTENCY_SORT:
                record = malformed_items.read(VENDOR_INVENTORY, item, _idempotency_record)
                records[record.idempotency_id] = record
        except MalformedItem:
            is_sku = sort_key.startswith(SKU_SORT_PREFIX)
            malformed.add(StockKey(partition_key, sort_key) if is_sku else partition_key)
    return ReadSet(skus=skus, orders=orders, idempotency_records=records, malformed=frozenset(malformed))


def _idempotency_record(item: Item) -> IdempotencyRecord:
    return IdempotencyRecord.from_item(item, VENDOR_INVENTORY.partition_key)
