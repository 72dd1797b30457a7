"""Exports: rows of products, SKUs, stock, open orders and the log, which an import accepts.

A full export reads a vendor's inventory and its products, a thousand at a time.  SKUs that change meanwhile
are not missed (`StockClient.inventory`), and the order of products does not change.

An order is exported as what it still reserves, for the rest of its hold: imported into an empty shop, that is
what is open.  Its other figures stand beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from inventory_client import Product, Sku
from inventory_client.audit import Search
from inventory_common.ids import sku_prefix
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_common.limits import HOLD_MAX_SECONDS, HOLD_MIN_SECONDS
from inventory_imports.resources import ACTIVE_FLAG, PRODUCT, SKU, Resource

from .profiles import Session

__all__ = ["EXPORTS", "RESTORED", "Export", "Read", "everything"]

Documents = Iterator[dict[str, Any]]
Read = Callable[[], object]
"""Called after each item that was read from a service."""

_ALL_HOLDS: Final = "9999-12-31T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Export:
    """An export: its columns, which the import of the same name has too, and its rows."""

    columns: Sequence[str]
    rows: Callable[[Session, Sequence[str], Read], Documents]


def everything(
    session: Session, vendor_ids: Sequence[str], read: Read
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of the exports in `RESTORED`, each with the export's name, from one walk over a shop."""
    for product, skus in _with_skus(session, vendor_ids, read):
        yield "products", product.document()
        for sku in skus:
            yield "skus", _sku_row(product, sku)
            yield "stock", _stock_row(product, sku)
    for line in _orders(session, vendor_ids, read):
        yield "orders", line


def _products(session: Session, vendor_ids: Sequence[str], read: Read) -> Documents:
    for vendor_id in vendor_ids:
        for product in session.catalog.products_of_vendor(vendor_id):
            read()
            yield product.document()


def _skus(session: Session, vendor_ids: Sequence[str], read: Read) -> Documents:
    for product, skus in _with_skus(session, vendor_ids, read):
        for sku in skus:
            yield _sku_row(product, sku)


def _stock(session: Session, vendor_ids: Sequence[str], read: Read) -> Documents:
    for product, skus in _with_skus(session, vendor_ids, read):
        for sku in skus:
            yield _stock_row(product, sku)


def _orders(session: Session, vendor_ids: Sequence[str], read: Read) -> Documents:
    now = datetime.now(UTC)
    for order in session.stock.orders_due(_ALL_HOLDS):
        read()
        for line in order.lines:
            if line.reserved:
                yield {
                    "order_id": order.order_id,
                    "vendor_id": line.vendor_id,
                    "sku": line.sku,
                    "quantity": line.reserved,
                    "status": "reserved",
                    "hold_seconds": _rest_of_hold(order.expires_at, now),
                    "placed": line.placed,
                    "confirmed": line.confirmed,
                    "cancelled": line.cancelled,
                    "refunded": line.refunded,
                }


def _rest_of_hold(expires_at: str | None, now: datetime) -> int | None:
    if expires_at is None:
        return None
    rest = (datetime.fromisoformat(expires_at) - now).total_seconds()
    return max(HOLD_MIN_SECONDS, min(HOLD_MAX_SECONDS, int(rest)))


def _log(session: Session, vendor_ids: Sequence[str], read: Read) -> Documents:
    for vendor_id in vendor_ids:
        for record in session.audit.records_of_vendor(vendor_id, Search(order="asc")):
            read()
            yield record.document()


def _with_skus(
    session: Session, vendor_ids: Sequence[str], read: Read
) -> Iterator[tuple[Product, Sequence[Sku]]]:
    """Yield the products of vendors by creation, each with its SKUs by id."""
    for vendor_id in vendor_ids:
        by_product: dict[str, list[Sku]] = {}
        for sku in session.stock.inventory(vendor_id):
            read()
            by_product.setdefault(sku.product_id, []).append(sku)
        # After the SKUs: then the list has the product of each, as a product is created before its SKUs.
        for product in session.catalog.products_of_vendor(vendor_id):
            read()
            yield product, _by_id(by_product.pop(product.product_id, ()))
        for product_id, skus in by_product.items():  # the index of the list may lag
            yield session.catalog.product(product_id), _by_id(skus)


def _by_id(skus: Sequence[Sku]) -> Sequence[Sku]:
    return sorted(skus, key=lambda sku: sku.sku)


def _sku_row(product: Product, sku: Sku) -> dict[str, Any]:
    return sku.document() | _identifiers(product, sku)


def _stock_row(product: Product, sku: Sku) -> dict[str, Any]:
    return _sku_row(product, sku) | {"counted_stock": sku.current_stock}


def _identifiers(product: Product, sku: Sku) -> dict[str, Any]:
    """Return what identifies a SKU in another inventory too, if its product has an external id."""
    variant = sku.sku.removeprefix(sku_prefix(product.product_id))
    return {"external_id": product.external_id, "variant": variant}


_PRODUCT_IDENTIFIERS: Final = ("vendor_id", "external_id", "product_id")


def _columns(identifiers: Sequence[str], resource: Resource) -> tuple[str, ...]:
    """Return the columns that identify a resource, then the attributes that can be set."""
    attributes = (name for name in resource.created if name not in identifiers)
    return (*identifiers, *attributes, ACTIVE_FLAG)


_ORDER_COLUMNS: Final = (
    "order_id",
    "vendor_id",
    "sku",
    "quantity",
    "status",
    "hold_seconds",
    *("placed", "confirmed", "cancelled", "refunded"),
)

EXPORTS: Final[Mapping[str, Export]] = {
    "products": Export(_columns(_PRODUCT_IDENTIFIERS, PRODUCT), _products),
    "skus": Export(_columns((*_PRODUCT_IDENTIFIERS, "variant"), SKU), _skus),
    "stock": Export((*_PRODUCT_IDENTIFIERS, "variant", "counted_stock"), _stock),
    "orders": Export(_ORDER_COLUMNS, _orders),
    "log": Export(RECORD_ATTRIBUTES, _log),
}
RESTORED: Final = ("products", "skus", "stock", "orders")
"""The exports from which imports restore a shop, in the order in which they require each other."""
