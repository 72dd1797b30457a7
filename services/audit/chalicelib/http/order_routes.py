"""The route of an order's log records."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from inventory_common.declarations import ResponseSpec, route
from inventory_common.errors import OrderNotFound, TooManyRecords
from inventory_common.identity import Role
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_common.owners import EVERY_OWNER, owners_of
from inventory_common.requests import Request, bulk_paging
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from ..engine.order_records import OrderRecords
from .list_response import EXPORT_MEDIA_TYPES, list_response

__all__ = ["OrderRoutes"]


@value
class OrderRoutes:
    """The route of an order's log records; `bootstrap` makes it."""

    records: OrderRecords
    order_owners: Mapping[str, tuple[str, ...]]

    @route(
        "GET",
        "/orders/{order_id}/transactions",
        allowed_roles=frozenset(Role),
        query=bulk_paging(RECORD_ATTRIBUTES),
        paged=True,
        response=ResponseSpec(TransactionRecord, other_media_types=EXPORT_MEDIA_TYPES),
        errors=[OrderNotFound, TooManyRecords],
    )
    def list_order_transactions(self, request: Request[None], order_id: str) -> Response:
        """List the log records of an order, of all its lines, newest first; a vendor sees those of its lines.

        They are found by the order: one that was cancelled, or has expired, has its records here as long as
        it is stored; one that is stored no more, as it could not be placed, is not found.  The logs of the
        SKUs alone have the records of an earlier place of the order that was undone, and those before a
        record that is missing.  A page reads the last record of each line, and all that are newer than its
        end: if these are more than 5,000, it is refused.
        """
        is_vendor = request.scope.vendor_id is not None  # its machines too, for orders of any owner
        owners = EVERY_OWNER if is_vendor else owners_of(request.principal.client_id, self.order_owners)
        pages = self.records.of_order(order_id, request.scope, owners)
        return list_response(request, pages, RECORD_ATTRIBUTES)
