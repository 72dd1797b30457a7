"""The catalog service's routes: from a checked request to a command, from its outcome to an answer."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import catalog_service, rest_service
from chalicelib.commands import CreateProduct
from chalicelib.product_rules import owner_of_new_product
from inventory_common.identity import Role
from inventory_common.limits import NAME_MAX_CHARACTERS
from inventory_common.requests import Parameter, Request, text
from inventory_common.responses import answer, listing, no_content
from inventory_common.rest import PUBLIC

app = rest_service()
catalog = catalog_service()

VENDORS = {Role.VENDOR, Role.ADMIN}
OVERSEERS = {Role.VENDOR, Role.AUDITOR, Role.ADMIN}

CATEGORY = Parameter(text(NAME_MAX_CHARACTERS), required=True)


@app.route("/products", methods=["POST"], may=VENDORS, body="NewProduct", idempotency="optional")
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
        intent=request.intent,
    )
    product, replayed = catalog.create(command)
    return answer(
        product.document(),
        status=201,
        location=f"{request.path}/{product.product_id}",
        replayed=replayed,
        etag=product.version,
    )


@app.route("/products", methods=["GET"], may=PUBLIC, query={"category": CATEGORY}, paged=True)
def browse_category(request: Request) -> Response:
    """List the active products of a category."""
    return listing(catalog.products_of_category(request.query["category"], request.page), request)


@app.route("/products/{product_id}", methods=["GET"], may=PUBLIC)
def get_product(request: Request, product_id: str) -> Response:
    """Show a product."""
    product = catalog.product(product_id, request.principal)
    return answer(product.document(), etag=product.version)


@app.route("/products/{product_id}", methods=["DELETE"], may=VENDORS)
def deactivate_product(request: Request, product_id: str) -> Response:
    """Take a product out of the shop; its record stays."""
    catalog.deactivate(product_id, request.scope)
    return no_content()


@app.route("/vendors/{vendor_id}/products", methods=["GET"], may=OVERSEERS, paged=True)
def list_vendor_products(request: Request, vendor_id: str) -> Response:
    """List a vendor's products, inactive ones too."""
    return listing(catalog.products_of_vendor(vendor_id, request.page), request)
