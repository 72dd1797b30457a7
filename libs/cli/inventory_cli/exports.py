"""Exports: rows of products, SKUs, stock, open orders and the log, which an import accepts.

A full export reads a vendor's inventory and its products, a thousand at a time.  SKUs that change meanwhile
are not missed (`StockClient.inventory`), and the order of products does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inventory_client import Product, Sku
from inventory_client.audit import Search
from inventory_common.ids import sku_prefix
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_imports.resources import ACTIVE_FLAG, PRODUCT, SKU, Resource

from .profiles import Session

__all__ = ["EXPORTS", "Export"]

Documents = Iterator[dict[str, Any]]

_ALL_HOLDS: Final = "9999-12-31T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Export:
    """An export: its columns, which the import of the same name has too, and its rows."""

    columns: Sequence[str]
    rows: Callable[[Session, Sequence[str]], Documents]


def _products(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for product in _products_of(session, vendor_ids):
        yield product.document()


def _skus(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for product, sku in _skus_of(session, vendor_ids):
        yield sku.document() | _identifiers(product, sku)


def _stock(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for product, sku in _skus_of(session, vendor_ids):
        yield sku.document() | _identifiers(product, sku) | {"counted_stock": sku.current_stock}


def _orders(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for order in session.stock.orders_due(_ALL_HOLDS):
        for line in order.lines:
            yield {
                "order_id": order.order_id,
                "vendor_id": line.vendor_id,
                "sku": line.sku,
                "quantity": line.placed,
                "status": "reserved",
            }


def _log(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for vendor_id in vendor_ids:
        for record in session.audit.records_of_vendor(vendor_id, Search(order="asc")):
            yield record.document()


def _products_of(session: Session, vendor_ids: Sequence[str]) -> Iterator[Product]:
    for vendor_id in vendor_ids:
        yield from session.catalog.products_of_vendor(vendor_id)


def _skus_of(session: Session, vendor_ids: Sequence[str]) -> Iterator[tuple[Product, Sku]]:
    """Yield the SKUs of vendors with their products: by the product's creation, then by id."""
    for vendor_id in vendor_ids:
        by_product: dict[str, list[Sku]] = {}
        for sku in session.stock.inventory(vendor_id):
            by_product.setdefault(sku.product_id, []).append(sku)
        # After the SKUs: then the list has the product of each, as a product is created before its SKUs.
        for product in session.catalog.products_of_vendor(vendor_id):
            for sku in sorted(by_product.pop(product.product_id, ()), key=lambda sku: sku.sku):
                yield product, sku
        for product_id, skus in by_product.items():  # the index of the list may lag
            product = session.catalog.product(product_id)
            for sku in skus:
                yield product, sku


def _identifiers(product: Product, sku: Sku) -> dict[str, Any]:
    """Return what identifies a SKU in another inventory too, if its product has an external id."""
    variant = sku.sku.removeprefix(sku_prefix(product.product_id))
    return {"external_id": product.external_id, "variant": variant}


_PRODUCT_IDENTIFIERS: Final = ("vendor_id", "external_id", "product_id")


def _columns(identifiers: Sequence[str], resource: Resource) -> tuple[str, ...]:
    """Return the columns that identify a resource, then the attributes that can be set."""
    attributes = (name for name in resource.created if name not in identifiers)
    return (*identifiers, *attributes, ACTIVE_FLAG)


EXPORTS: Final[Mapping[str, Export]] = {
    "products": Export(_columns(_PRODUCT_IDENTIFIERS, PRODUCT), _products),
    "skus": Export(_columns((*_PRODUCT_IDENTIFIERS, "variant"), SKU), _skus),
    "stock": Export((*_PRODUCT_IDENTIFIERS, "variant", "counted_stock"), _stock),
    "orders": Export(("order_id", "vendor_id", "sku", "quantity", "status"), _orders),
    "log": Export(RECORD_ATTRIBUTES, _log),
}
