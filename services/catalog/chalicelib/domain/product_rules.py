"""Who owns a new product, what it becomes when it is changed, and who can see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from inventory_common.errors import Forbidden, InvalidInput, ProductNotFound
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.identity import Principal, Scope
from inventory_common.pages import within
from inventory_common.products import Product
from inventory_common.values import value

from .commands import ChangeProduct, CreateProduct, ListVendorProducts

__all__ = [
    "ProductChange",
    "change_product",
    "changed",
    "is_listed",
    "is_visible",
    "new_product",
    "owner_of_new_product",
]


@value
class ProductChange:
    """What a change of a product writes.

    Attributes
    ----------
    before
        The product that it was decided on.
    after
        Its next version; None if the product has the wanted attributes already.
    idempotency_record
        The record of the command, if it has an Idempotency-Key.
    """

    before: Product
    after: Product | None
    idempotency_record: IdempotencyRecord | None


def owner_of_new_product(named: str | None, scope: Scope) -> str:
    """Return the vendor that will own a new product: a vendor itself, or whom an admin names.

    Raises
    ------
    InvalidInput
        If an admin names no vendor.
    Forbidden
        If a vendor names another vendor.
    """
    if scope.vendor_id is None:
        if named is None:
            raise InvalidInput([("body.vendor_id", "is required of an admin")])
        return named
    if named is not None and not scope.covers(named):
        raise Forbidden("A vendor can create products for itself only.")
    return scope.vendor_id


def new_product(command: CreateProduct, product_id: str, now: str) -> Product:
    """Return the product that a command creates: active, in its first version."""
    attributes: dict[str, Any] = {**command.attributes, "vendor_id": command.vendor_id}
    return Product(
        **attributes, product_id=product_id, is_active=True, created_at=now, updated_at=now, version=1
    )


def changed(product: Product, changes: Mapping[str, Any], now: str) -> Product | None:
    """Return the product's next version with some attributes set; None if all have these values already."""
    if replace(product, **changes) == product:
        return None
    return replace(product, **changes, updated_at=now, version=product.version + 1)


def change_product(
    product: Product | None, record: IdempotencyRecord | None, command: ChangeProduct, now: str
) -> ProductChange | IdempotencyRecord:
    """Decide a change of a product; return its `record` if it was executed before.

    The attributes that are wanted already are no change, whatever If-Match expects (RFC 9110, 13.1.1): the
    response to an earlier request may have been lost.

    Raises
    ------
    ProductNotFound, IdempotencyKeyReused, PreconditionFailed
    """
    if product is None or not command.scope.covers(product.vendor_id):
        raise ProductNotFound(f"{command.product_id} was not found.")
    key = command.idempotency_key
    executed = None if key is None else key.replayed_record(record, now)
    if executed is not None:
        return executed
    after = changed(product, command.changes, now)
    if after is not None:
        command.if_match.require(product.version)
    results = [{"product_id": product.product_id}]
    return ProductChange(product, after, None if key is None else key.record(results, now))


def is_visible(product: Product, principal: Principal) -> bool:
    """Return whether a principal can see a product: an active one is public, an inactive one is visible to
    its vendor, auditors and admins.
    """
    return product.is_active or principal.oversees(product.vendor_id)


def is_listed(product: Product, wanted: ListVendorProducts) -> bool:
    """Return whether a product is one that a list of its vendor's products is to have."""
    period = within(wanted.period)
    return (
        product.vendor_id == wanted.vendor_id
        and (period is None or period.admits(product.created_at))
        and wanted.external_id in (None, product.external_id)
        and (wanted.name is None or _folded(product.product_name).startswith(_folded(wanted.name)))
    )


def _folded(text: str) -> str:
    """Return a text in the form in which names are compared: without case, an accented letter as one."""
    return normalize("NFC", normalize("NFC", text).casefold())
