"""The routes of log records: one by its id, and lists by product, vendor and SKU."""

from __future__ import annotations

from typing import Final

from chalice.app import Response

from inventory_common.attributes import OneOf
from inventory_common.declarations import ResponseSpec, route
from inventory_common.errors import TransactionNotFound
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_common.requests import ORDER, Parameter, Request, bulk_paging, read_period
from inventory_common.responses import json_response
from inventory_common.transactions import TransactionRecord, TransactionType
from inventory_common.values import value

from ..engine.log_reader import LogReader, RecordFilter
from .list_response import EXPORT_MEDIA_TYPES, list_response
from .log_requests import LOG_READERS, PERIOD

__all__ = ["TransactionRoutes"]

_SEARCH: Final = {
    **PERIOD,
    "transaction_type": Parameter(OneOf(tuple(TransactionType)), "Only records of this type."),
    "order": Parameter(ORDER, "By time, oldest (`asc`) or newest (`desc`) first.", default="desc"),
    **bulk_paging(RECORD_ATTRIBUTES),
}
_RECORDS: Final = ResponseSpec(TransactionRecord, other_media_types=EXPORT_MEDIA_TYPES)


@value
class TransactionRoutes:
    """The routes of log records; `bootstrap` makes it."""

    records: LogReader

    @route(
        "GET",
        "/transactions/{transaction_id}",
        allowed_roles=LOG_READERS,
        response=ResponseSpec(TransactionRecord, etag=True),
        errors=[TransactionNotFound],
    )
    def get_transaction(self, request: Request[None], transaction_id: str) -> Response:
        """Get a log record."""
        record = self.records.record(transaction_id, request.scope)
        return json_response(record.document(), etag=record.hash)

    @route(
        "GET",
        "/products/{product_id}/transactions",
        allowed_roles=LOG_READERS,
        query=_SEARCH,
        paged=True,
        response=_RECORDS,
    )
    def list_product_transactions(self, request: Request[None], product_id: str) -> Response:
        """List a product's log records, newest first by default."""
        wanted = _filter(request)
        return list_response(
            request,
            lambda page: self.records.records_of_product(product_id, request.scope, wanted, page),
            RECORD_ATTRIBUTES,
        )

    @route(
        "GET",
        "/vendors/{vendor_id}/transactions",
        allowed_roles=LOG_READERS,
        query=_SEARCH,
        paged=True,
        response=_RECORDS,
    )
    def list_vendor_transactions(self, request: Request[None], vendor_id: str) -> Response:
        """List a vendor's log records, newest first by default."""
        wanted = _filter(request)
        return list_response(
            request,
            lambda page: self.records.records_of_vendor(vendor_id, wanted, page),
            RECORD_ATTRIBUTES,
        )

    @route(
        "GET",
        "/skus/{sku}/transactions",
        allowed_roles=LOG_READERS,
        query=_SEARCH,
        paged=True,
        response=_RECORDS,
    )
    def list_sku_transactions(self, request: Request[None], sku: str) -> Response:
        """List a SKU's log records, newest first by default."""
        wanted = _filter(request)
        return list_response(
            request,
            lambda page: self.records.records_of_sku(sku, request.scope, wanted, page),
            RECORD_ATTRIBUTES,
        )


def _filter(request: Request[None]) -> RecordFilter:
    return RecordFilter(read_period(request.query, "from", "to"), request.query["transaction_type"])
