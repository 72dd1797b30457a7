"""The routes of products, and the bodies that they accept."""

from __future__ import annotations

from typing import Final

from chalice.app import Response

from inventory_common.attributes import NO_CONTROL_CHARACTERS, Money, OneOf, Text
from inventory_common.bodies import Changes, creation, merge_patch
from inventory_common.declarations import NO_CONTENT, PUBLIC, ResponseSpec, route
from inventory_common.errors import ExternalIdExists, ProductNotFound
from inventory_common.identity import Role
from inventory_common.limits import NAME_MAX_CHARACTERS
from inventory_common.products import PRODUCT_MEMBERS, NewProduct, Product
from inventory_common.requests import (
    MOMENT,
    ORDER,
    Parameter,
    Request,
    bulk_paging,
    read_period,
    require_range,
)
from inventory_common.responses import json_response, no_content, page_response
from inventory_common.values import value

from ..domain.commands import BrowseCategory, ChangeProduct, CreateProduct, ListVendorProducts
from ..domain.product_rules import owner_of_new_product
from ..engine.catalog import Catalog

__all__ = ["PRODUCT_PATCH", "ProductRoutes"]

PRODUCT_PATCH: Final = merge_patch(
    Product,
    "ProductPatch",
    "The attributes of a product to change: one that is absent stays, null removes an optional one.",
)

_WRITERS: Final = {Role.VENDOR, Role.ADMIN}
_OVERSEERS: Final = {Role.VENDOR, Role.AUDITOR, Role.ADMIN}

_NAME: Final = Text(NAME_MAX_CHARACTERS, NO_CONTROL_CHARACTERS)
_PRICE: Final = Money()
_BROWSE: Final = {
    "category": Parameter(_NAME, "The main category; must match exactly.", required=True),
    "active": Parameter(
        OneOf(("true", "false")),
        "`true` lists active products, `false` inactive ones.",
        default="true",
    ),
    "subcategory": Parameter(_NAME, "Only products of this subcategory."),
    "brand": Parameter(_NAME, "Only products of this brand."),
    "tag": Parameter(_NAME, "Only products with this tag."),
    "min_price": Parameter(_PRICE, "Only products whose base price is this or more."),
    "max_price": Parameter(
        _PRICE, "Only products whose base price is this or less; must not be below `min_price`."
    ),
}
_CREATED: Final = {
    "created_from": Parameter(MOMENT, "Only products created at this time or later."),
    "created_to": Parameter(
        MOMENT, "Only products created before this time; must be later than `created_from`."
    ),
    "order": Parameter(ORDER, "By creation time, oldest (`asc`) or newest (`desc`) first.", default="asc"),
}

_FOUND_BY: Final = {
    "external_id": Parameter(_NAME, "Only the product with this id of the vendor's own; must match exactly."),
    "name": Parameter(_NAME, "Only products whose name begins with this, in capitals or not."),
}

_ONE: Final = ResponseSpec(Product, etag=True)
_CREATED_ONE: Final = ResponseSpec(Product, status=201, etag=True, location=True)
_LIST: Final = ResponseSpec(Product)


@value
class ProductRoutes:
    """The routes of products; `bootstrap` makes it."""

    catalog: Catalog

    @route(
        "POST",
        "/products",
        allowed_roles=_WRITERS,
        body=creation(Product, NewProduct),
        idempotency="optional",
        response=_CREATED_ONE,
        errors=[ExternalIdExists],
    )
    def create_product(self, request: Request[NewProduct]) -> Response:
        """Create a product."""
        command = CreateProduct(
            vendor_id=owner_of_new_product(request.body.get("vendor_id"), request.scope),
            attributes=request.body,
            idempotency_key=request.idempotency_key,
        )
        product, replayed = self.catalog.create(command)
        return json_response(
            product.document(),
            status=201,
            location=f"{request.path}/{product.product_id}",
            replayed=replayed,
            etag=product.version,
        )

    @route(
        "GET",
        "/products",
        allowed_roles=PUBLIC,
        allowed_roles_by_query={("active", "false"): {Role.AUDITOR, Role.ADMIN}},
        query=_BROWSE,
        paged=True,
        response=_LIST,
    )
    def browse_category(self, request: Request[None]) -> Response:
        """List the products of a category, active ones by default."""
        query = request.query
        require_range(query, "min_price", "max_price")
        wanted = BrowseCategory(
            category=query["category"],
            active=query["active"] == "true",
            subcategory=query["subcategory"],
            brand=query["brand"],
            tag=query["tag"],
            min_price=query["min_price"],
            max_price=query["max_price"],
        )
        return page_response(self.catalog.browse(wanted, request.page), request)

    @route("GET", "/products/{product_id}", allowed_roles=PUBLIC, response=_ONE, errors=[ProductNotFound])
    def get_product(self, request: Request[None], product_id: str) -> Response:
        """Get a product."""
        product = self.catalog.product(product_id, request.principal)
        return json_response(product.document(), etag=product.version)

    @route(
        "PATCH",
        "/products/{product_id}",
        allowed_roles=_WRITERS,
        body=PRODUCT_PATCH,
        idempotency="optional",
        versioned=True,
        response=_ONE,
        errors=[ProductNotFound],
    )
    def change_product(self, request: Request[Changes], product_id: str) -> Response:
        """Change a product; ``{"is_active": true}`` reactivates it.

        Attributes that have the wanted values already are no change, and 200 whatever If-Match expects.  With
        an Idempotency-Key, a repeated request returns the product as it is now, and undoes nobody's later
        change.
        """
        product, replayed = self.catalog.change(_command(request, product_id, request.body))
        return json_response(product.document(), replayed=replayed, etag=product.version)

    @route(
        "DELETE",
        "/products/{product_id}",
        allowed_roles=_WRITERS,
        idempotency="optional",
        versioned=True,
        response=NO_CONTENT,
        errors=[ProductNotFound],
    )
    def deactivate_product(self, request: Request[None], product_id: str) -> Response:
        """Deactivate a product; it is not deleted.

        An inactive product is 204, whatever If-Match expects.  With an Idempotency-Key, a repeated request
        changes nothing, even if the product was reactivated since.
        """
        changed = self.catalog.change(_command(request, product_id, {"is_active": False}))
        return no_content(replayed=changed.replayed)

    @route(
        "GET",
        "/vendors/{vendor_id}/products",
        allowed_roles=_OVERSEERS,
        query={**_CREATED, **_FOUND_BY, **bulk_paging(PRODUCT_MEMBERS)},
        paged=True,
        response=_LIST,
    )
    def list_vendor_products(self, request: Request[None], vendor_id: str) -> Response:
        """List a vendor's products, inactive ones too.

        A product keeps its place in the list when it changes: a walk through the pages shows every product
        that existed when it began.  With `name`, `limit` counts the products that are compared, so that a
        page may have fewer or none, and a next page.  With `external_id` there is one page, and no cursor.
        """
        query = request.query
        wanted = ListVendorProducts(
            vendor_id=vendor_id,
            period=read_period(query, "created_from", "created_to"),
            external_id=query["external_id"],
            name=query["name"],
        )
        return page_response(self.catalog.products_of_vendor(wanted, request.page), request)


def _command(request: Request[Changes] | Request[None], product_id: str, changes: Changes) -> ChangeProduct:
    return ChangeProduct(
        product_id=product_id,
        changes=changes,
        if_match=request.if_match,
        scope=request.scope,
        idempotency_key=request.idempotency_key,
    )
