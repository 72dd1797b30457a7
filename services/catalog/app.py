"""The catalog service's routes: from a checked request to a command, from its outcome to an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import catalog_service, rest_service
from chalicelib.commands import BrowseCategory, ChangeProduct, CreateProduct
from chalicelib.product_rules import owner_of_new_product
from inventory_common.declarations import DONE, ResponseSpec
from inventory_common.errors import ExternalIdExists, ProductNotFound
from inventory_common.identity import Role
from inventory_common.limits import NAME_MAX_CHARACTERS
from inventory_common.products import Product
from inventory_common.requests import (
    Parameter,
    Request,
    amount,
    moment,
    one_of,
    read_period,
    require_range,
    text,
)
from inventory_common.responses import answer, listing, no_content
from inventory_common.rest import PUBLIC

app = rest_service()
catalog = catalog_service()

VENDORS = {Role.VENDOR, Role.ADMIN}
OVERSEERS = {Role.VENDOR, Role.AUDITOR, Role.ADMIN}

NAME = text(NAME_MAX_CHARACTERS)
BROWSE = {
    "category": Parameter(NAME, "The main category, to the letter.", required=True),
    "active": Parameter(
        one_of("true", "false"),
        "Those that are in the shop, or for overseers those that are not.",
        default="true",
    ),
    "subcategory": Parameter(NAME, "Only those of this subcategory."),
    "brand": Parameter(NAME, "Only those of this brand."),
    "tag": Parameter(NAME, "Only those with this tag."),
    "min_price": Parameter(amount, "Only those whose base price is this or more."),
    "max_price": Parameter(amount, "Only those whose base price is this or less; not below `min_price`."),
}
CREATED = {
    "created_from": Parameter(moment, "Only those created then or later."),
    "created_to": Parameter(moment, "Only those created before then; later than `created_from`."),
    "order": Parameter(one_of("asc", "desc"), "By their creation: oldest or newest first.", default="asc"),
}

ONE = ResponseSpec(Product, etag=True)
CREATED_ONE = ResponseSpec(Product, status=201, etag=True, location=True)


@app.route(
    "/products",
    methods=["POST"],
    allowed_roles=VENDORS,
    body="NewProduct",
    idempotency="optional",
    serves=CREATED_ONE,
    errors=[ExternalIdExists],
)
def create_product(request: Request) -> Response:
    """Put a product into the catalog."""
    body = request.body
    command = CreateProduct(
        vendor_id=owner_of_new_product(body.vendor_id, request.scope),
        product_name=body.product_name,
        description=body.description,
        category=body.category,
        subcategory=body.subcategory,
        brand=body.brand,
        base_price=body.base_price,
        images=body.images,
        tags=body.tags,
        external_id=body.external_id,
        idempotency_key=request.idempotency_key,
    )
    product, replayed = catalog.create(command)
    return answer(
        product.document(),
        status=201,
        location=f"{request.path}/{product.product_id}",
        replayed=replayed,
        etag=product.version,
    )


@app.route(
    "/products",
    methods=["GET"],
    allowed_roles=PUBLIC,
    allowed_roles_by_query={("active", "false"): {Role.AUDITOR, Role.ADMIN}},
    query=BROWSE,
    paged=True,
    serves=ResponseSpec(Product),
)
def browse_category(request: Request) -> Response:
    """List products of a category, active ones if not asked otherwise."""
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
    return listing(catalog.browse(wanted, request.page), request)


@app.route(
    "/products/{product_id}", methods=["GET"], allowed_roles=PUBLIC, serves=ONE, errors=[ProductNotFound]
)
def get_product(request: Request, product_id: str) -> Response:
    """Show a product."""
    product = catalog.product(product_id, request.principal)
    return answer(product.document(), etag=product.version)


@app.route(
    "/products/{product_id}",
    methods=["PATCH"],
    allowed_roles=VENDORS,
    body="ProductPatch",
    versioned=True,
    serves=ONE,
    errors=[ProductNotFound],
)
def change_product(request: Request, product_id: str) -> Response:
    """Change a product; ``{"is_active": true}`` brings it back."""
    product = catalog.change(_change(request, product_id, request.body.model_dump(exclude_unset=True)))
    return answer(product.document(), etag=product.version)


@app.route(
    "/products/{product_id}",
    methods=["DELETE"],
    allowed_roles=VENDORS,
    versioned=True,
    serves=DONE,
    errors=[ProductNotFound],
)
def deactivate_product(request: Request, product_id: str) -> Response:
    """Take a product out of the shop; its record stays."""
    catalog.change(_change(request, product_id, {"is_active": False}))
    return no_content()


@app.route(
    "/vendors/{vendor_id}/products",
    methods=["GET"],
    allowed_roles=OVERSEERS,
    query=CREATED,
    paged=True,
    serves=ResponseSpec(Product),
)
def list_vendor_products(request: Request, vendor_id: str) -> Response:
    """List a vendor's products, inactive ones too."""
    period = read_period(request.query, "created_from", "created_to")
    return listing(catalog.products_of_vendor(vendor_id, period, request.page), request)


def _change(request: Request, product_id: str, changes: Mapping[str, Any]) -> ChangeProduct:
    return ChangeProduct(
        product_id=product_id, changes=changes, if_match=request.if_match, scope=request.scope
    )
