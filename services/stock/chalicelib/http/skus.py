"""The routes of SKUs and their lists."""

from __future__ import annotations

from typing import Any, Final

from chalice.app import Response

from inventory_common.attributes import BarcodeText
from inventory_common.bodies import Changes
from inventory_common.declarations import NO_CONTENT, ResponseSpec, route
from inventory_common.errors import ProductInactive, ProductNotFound, SkuExists, SkuNotFound
from inventory_common.ids import StockKey
from inventory_common.requests import Parameter, Request, bulk_paging
from inventory_common.responses import json_response, no_content, page_response
from inventory_common.skus import SKU_MEMBERS, NewSku, Sku
from inventory_common.values import value

from ..domain.commands import ChangeSku, CreateSku
from ..engine.skus import ChangedSku, Skus
from .access import INVENTORY_READERS, SKU_READERS, VENDORS, actor_of
from .bodies import NEW_SKU, SKU_PATCH

__all__ = ["InventoryRoutes", "SkuRoutes"]

_SKUS: Final = "skus"
_STOCK: Final = "stock"
_ONE: Final = ResponseSpec(Sku, etag=True, no_store=True)
_LIST: Final = ResponseSpec(Sku, no_store=True)
_BARCODE: Final = Parameter(
    BarcodeText(), "Only SKUs with this barcode; it must match exactly. A page has at most 100 of them."
)


@value
class SkuRoutes:
    """The SKUs of a product."""

    skus: Skus

    @route(
        "POST",
        "/products/{product_id}/skus",
        tag=_SKUS,
        allowed_roles=VENDORS,
        body=NEW_SKU,
        idempotency="optional",
        response=ResponseSpec(Sku, status=201, etag=True, location=True),
        errors=[ProductNotFound, ProductInactive, SkuExists],
    )
    def create_sku(self, request: Request[NewSku], product_id: str) -> Response:
        """Create a variant of a product."""
        command = CreateSku(
            product_id=product_id,
            attributes=request.body,
            scope=request.scope,
            idempotency_key=request.idempotency_key,
        )
        created = self.skus.create(command, actor_of(request))
        return json_response(
            created.sku.document(),
            status=201,
            location=f"{request.path}/{created.sku.sku}",
            replayed=created.replayed,
            etag=created.sku.details_version,
        )

    @route(
        "GET",
        "/products/{product_id}/skus",
        tag=_SKUS,
        allowed_roles=SKU_READERS,
        paged=True,
        response=_LIST,
    )
    def list_skus_of_product(self, request: Request[None], product_id: str) -> Response:
        """List a product's SKUs."""
        return page_response(self.skus.of_product(product_id, request.scope, request.page), request)

    @route(
        "GET",
        "/products/{product_id}/skus/{sku}",
        tag=_SKUS,
        allowed_roles=SKU_READERS,
        response=_ONE,
        errors=[SkuNotFound],
    )
    def get_sku(self, request: Request[None], product_id: str, sku: str) -> Response:
        """Return a SKU with its stock.

        The ETag is that of the attributes which PATCH and DELETE may change: a sale does not change it.
        """
        found = self.skus.get(StockKey(product_id, sku), request.scope)
        return json_response(found.document(), etag=found.details_version)

    @route(
        "PATCH",
        "/products/{product_id}/skus/{sku}",
        tag=_SKUS,
        allowed_roles=VENDORS,
        body=SKU_PATCH,
        idempotency="optional",
        versioned=True,
        response=_ONE,
        errors=[SkuNotFound],
    )
    def change_sku(self, request: Request[Changes], product_id: str, sku: str) -> Response:
        """Change attributes of a SKU, but not its stock; ``{"is_active": true}`` reactivates it.

        Attributes that have the wanted values already are no change, and 200 whatever If-Match expects.  With
        an Idempotency-Key, a repeated request returns the SKU as it is now, and undoes nobody's later change.
        """
        changed, replayed = self._change(request, StockKey(product_id, sku), request.body)
        return json_response(changed.document(), replayed=replayed, etag=changed.details_version)

    @route(
        "DELETE",
        "/products/{product_id}/skus/{sku}",
        tag=_SKUS,
        allowed_roles=VENDORS,
        idempotency="optional",
        versioned=True,
        response=NO_CONTENT,
        errors=[SkuNotFound],
    )
    def deactivate_sku(self, request: Request[None], product_id: str, sku: str) -> Response:
        """Deactivate a SKU; the SKU and its stock remain.

        An inactive SKU is 204, whatever If-Match expects.  With an Idempotency-Key, a repeated request
        changes nothing, even if the SKU was reactivated since.
        """
        changed = self._change(request, StockKey(product_id, sku), {"is_active": False})
        return no_content(replayed=changed.replayed)

    def _change(self, request: Request[Any], key: StockKey, changes: Changes) -> ChangedSku:
        command = ChangeSku(
            key=key,
            changes=changes,
            if_match=request.if_match,
            scope=request.scope,
            idempotency_key=request.idempotency_key,
        )
        return self.skus.change(command, actor_of(request))


@value
class InventoryRoutes:
    """Lists of a vendor's SKUs."""

    skus: Skus

    @route(
        "GET",
        "/vendors/{vendor_id}/inventory",
        tag=_STOCK,
        allowed_roles=INVENTORY_READERS,
        query={"barcode": _BARCODE, **bulk_paging(SKU_MEMBERS)},
        paged=True,
        response=_LIST,
    )
    def list_inventory(self, request: Request[None], vendor_id: str) -> Response:
        """List a vendor's SKUs, newest change first; with `barcode`, those that have it, by id.

        Inactive SKUs are listed too. The list without `barcode` is not a snapshot. A SKU that changes while
        pages are read moves to the top, onto a page that has been read, so that a walk through the pages may
        miss it. To have every SKU, keep the newest
        `last_updated` of the first page. After the last page, read the list from the top again, until a SKU's
        `last_updated` is more than 30 seconds older than that: a change in progress may have an earlier time
        than one that was listed. Repeat this while it takes several pages and shows a SKU for the first time.
        """
        barcode = request.query["barcode"]
        if barcode is None:
            return page_response(self.skus.of_vendor(vendor_id, request.page), request)
        return page_response(self.skus.of_barcode(vendor_id, barcode, request.page), request)

    @route(
        "GET",
        "/vendors/{vendor_id}/low-stock",
        tag=_STOCK,
        allowed_roles=INVENTORY_READERS,
        paged=True,
        response=_LIST,
    )
    def list_low_stock(self, request: Request[None], vendor_id: str) -> Response:
        """List a vendor's active SKUs of active products that are low, lowest stock first."""
        return page_response(self.skus.low_stock_of_vendor(vendor_id, request.page), request)
