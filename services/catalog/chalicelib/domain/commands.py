"""The service's commands, validated and independent of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import Scope
from inventory_common.pages import Period
from inventory_common.preconditions import IfMatch
from inventory_common.products import NewProduct
from inventory_common.values import value

__all__ = ["BrowseCategory", "ChangeProduct", "CreateProduct", "ListVendorProducts"]


@value(kw_only=True)
class CreateProduct:
    """Create a product of `vendor_id`, whether or not its attributes name the vendor too."""

    vendor_id: str
    attributes: NewProduct
    idempotency_key: IdempotencyKey | None


@value(kw_only=True)
class ChangeProduct:
    """Set some attributes of a product; None removes an optional one."""

    product_id: str
    changes: Mapping[str, Any]
    if_match: IfMatch
    scope: Scope
    idempotency_key: IdempotencyKey | None = None


@value(kw_only=True)
class BrowseCategory:
    """List products of a category; a filter that is None does not apply."""

    category: str
    active: bool = True
    subcategory: str | None = None
    brand: str | None = None
    tag: str | None = None
    min_price: Decimal | int | None = None
    max_price: Decimal | int | None = None


@value(kw_only=True)
class ListVendorProducts:
    """List products of a vendor, inactive ones too; a filter that is None does not apply.

    `external_id` is the vendor's own id, exactly; `name` is how a name begins, in capitals or not.
    """

    vendor_id: str
    period: Period = Period()
    external_id: str | None = None
    name: str | None = None
