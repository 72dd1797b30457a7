"""From the services to rows that an import takes: products, then their SKUs, stock, open orders, the log.

A full export walks a vendor's products by their creation, and each product's SKUs: neither moves while it is
walked, as the list of a vendor's inventory does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inventory_client import Product, Sku
from inventory_client.audit import Search
from inventory_common.ids import sku_prefix

from .profiles import Session

__all__ = ["EXPORTS", "Export"]

Documents = Iterator[dict[str, Any]]

_ALL_HOLDS: Final = "9999-12-31T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: its columns, which an import of the same name takes, and its rows."""

    columns: Sequence[str]
    rows: Callable[[Session, Sequence[str]], Documents]


def _products(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for product in _products_of(session, vendor_ids):
        yield product.document()


def _skus(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for product, sku in _skus_of(session, vendor_ids):
        yield sku.document() | _named(product, sku)


def _stock(session: Session, vendor_ids: Sequence[str]) -> Documents:
    for product, sku in _skus_of(session, vendor_ids):
        yield sku.document() | _named(product, sku) | {"counted_stock": sku.current_stock}


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
    for product in _products_of(session, vendor_ids):
        for sku in session.stock.skus_of_product(product.product_id):
            yield product, sku


def _named(product: Product, sku: Sku) -> dict[str, Any]:
    """Return what names a SKU in another inventory, too, if its product has an external id."""
    variant = sku.sku.removeprefix(sku_prefix(product.product_id))
    return {"external_id": product.external_id, "variant": variant}


EXPORTS: Final[Mapping[str, Export]] = {
    "products": Export(
        (
            *("vendor_id", "external_id", "product_id", "product_name", "description", "category"),
            *("subcategory", "brand", "base_price", "images", "tags", "is_active"),
        ),
        _products,
    ),
    "skus": Export(
        (
            *("vendor_id", "external_id", "product_id", "variant", "variant_name", "variant_attributes"),
            *("unit_price", "reorder_threshold", "is_active"),
        ),
        _skus,
    ),
    "stock": Export(("vendor_id", "external_id", "product_id", "variant", "counted_stock"), _stock),
    "orders": Export(("order_id", "vendor_id", "sku", "quantity", "status"), _orders),
    "log": Export(
        (
            *("transaction_id", "timestamp", "product_id", "sku", "vendor_id", "transaction_type"),
            *("quantity_change", "stock_before", "stock_after", "order_id", "performed_by", "notes"),
            *("sequence", "quantity", "reserved_before", "reserved_after", "request_id"),
            *("previous_hash", "hash"),
        ),
        _log,
    ),
}
