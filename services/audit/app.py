"""The audit service's routes: from a checked request to an answer."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.audit_service import Search
from chalicelib.bootstrap import audit_service, rest_service
from inventory_common.declarations import Serves
from inventory_common.errors import TransactionNotFound
from inventory_common.identity import Role
from inventory_common.requests import Parameter, Request, moment, one_of, read_period
from inventory_common.responses import answer, listing
from inventory_common.transactions import TransactionRecord, TransactionType

app = rest_service()
audit = audit_service()

SEARCH = {
    "from": Parameter(moment, "Only records of then or later."),
    "to": Parameter(moment, "Only records of before then; later than `from`."),
    "transaction_type": Parameter(one_of(*TransactionType), "Only records of this type."),
    "order": Parameter(one_of("asc", "desc"), "By time: oldest or newest first.", default="desc"),
}
RECORDS = Serves(TransactionRecord)
LOG_READERS = {Role.VENDOR, Role.AUDITOR, Role.ADMIN}


@app.route(
    "/transactions/{transaction_id}",
    methods=["GET"],
    may=LOG_READERS,
    serves=Serves(TransactionRecord, etag=True),
    refuses=[TransactionNotFound],
)
def get_transaction(request: Request, transaction_id: str) -> Response:
    """Show a log record."""
    record = audit.record(transaction_id, request.scope)
    return answer(record.document(), etag=record.hash)


@app.route(
    "/products/{product_id}/transactions",
    methods=["GET"],
    may=LOG_READERS,
    query=SEARCH,
    paged=True,
    serves=RECORDS,
)
def list_product_transactions(request: Request, product_id: str) -> Response:
    """List a product's log, newest first if not asked otherwise."""
    found = audit.records_of_product(product_id, request.scope, _search(request), request.page)
    return listing(found, request)


@app.route(
    "/vendors/{vendor_id}/transactions",
    methods=["GET"],
    may=LOG_READERS,
    query=SEARCH,
    paged=True,
    serves=RECORDS,
)
def list_vendor_transactions(request: Request, vendor_id: str) -> Response:
    """List a vendor's log, newest first if not asked otherwise."""
    return listing(audit.records_of_vendor(vendor_id, _search(request), request.page), request)


@app.route(
    "/skus/{sku}/transactions", methods=["GET"], may=LOG_READERS, query=SEARCH, paged=True, serves=RECORDS
)
def list_sku_transactions(request: Request, sku: str) -> Response:
    """List a SKU's log, newest first if not asked otherwise."""
    return listing(audit.records_of_sku(sku, request.scope, _search(request), request.page), request)


def _search(request: Request) -> Search:
    return Search(read_period(request.query, "from", "to"), request.query["transaction_type"])
