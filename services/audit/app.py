"""The audit service's routes: from a checked request to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chalice.app import Response

from chalicelib.answers import FindingAnswer, ReservationsAnswer, StockAtAnswer, VerificationAnswer
from chalicelib.audit_service import Search
from chalicelib.bootstrap import (
    audit_service,
    digests,
    finding_log,
    reconciliation,
    rest_service,
    stream_audit,
)
from chalicelib.exports import export, form_of
from chalicelib.findings import FINDING_ATTRIBUTES
from chalicelib.log_gateway import LogPage
from chalicelib.timeline import draw
from inventory_common.declarations import ResponseSpec
from inventory_common.errors import ArchiveUnavailable, SkuNotFound, TransactionNotFound
from inventory_common.identity import Role
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_common.limits import VERIFICATION_RECORDS_MAX
from inventory_common.pages import PageRequest
from inventory_common.requests import Parameter, Request, moment, one_of, read_period, whole_number
from inventory_common.responses import Headers, answer, linked, listing
from inventory_common.streams import LOG_CHANGES, SKU_CHANGES, ItemChange
from inventory_common.transactions import TransactionRecord, TransactionType

app = rest_service()
audit = audit_service()
findings = finding_log()
auditing = stream_audit()
reconciling = reconciliation()
digesting = digests()

PERIOD = {
    "from": Parameter(moment, "Only records of then or later."),
    "to": Parameter(moment, "Only records of before then; later than `from`."),
}
SEARCH = {
    **PERIOD,
    "transaction_type": Parameter(one_of(*TransactionType), "Only records of this type."),
    "order": Parameter(one_of("asc", "desc"), "By time: oldest or newest first.", default="desc"),
}
VERIFIED_AT_ONCE = {
    "limit": Parameter(
        whole_number(VERIFICATION_RECORDS_MAX),
        "How many records are checked at once.",
        default=VERIFICATION_RECORDS_MAX,
    ),
}
PICTURE: Headers = {
    "Content-Type": "image/svg+xml",
    # Opened by itself it is a document of this origin: it may style itself, and nothing else.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
EXPORTS = {
    "text/csv": "With `Accept: text/csv`: a line for each item, as many as an answer holds.",
    "application/x-ndjson": "With `Accept: application/x-ndjson`: an object a line, as many as fit.",
}
RECORDS = ResponseSpec(TransactionRecord, also=EXPORTS)
LOG_READERS = {Role.VENDOR, Role.AUDITOR, Role.ADMIN}


@app.route(
    "/transactions/{transaction_id}",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    serves=ResponseSpec(TransactionRecord, etag=True),
    errors=[TransactionNotFound],
)
def get_transaction(request: Request, transaction_id: str) -> Response:
    """Show a log record."""
    record = audit.record(transaction_id, request.scope)
    return answer(record.document(), etag=record.hash)


@app.route(
    "/products/{product_id}/transactions",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    query=SEARCH,
    paged=True,
    serves=RECORDS,
)
def list_product_transactions(request: Request, product_id: str) -> Response:
    """List a product's log, newest first if not asked otherwise."""
    search = _search(request)
    return _listed(request, lambda page: audit.records_of_product(product_id, request.scope, search, page))


@app.route(
    "/vendors/{vendor_id}/transactions",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    query=SEARCH,
    paged=True,
    serves=RECORDS,
)
def list_vendor_transactions(request: Request, vendor_id: str) -> Response:
    """List a vendor's log, newest first if not asked otherwise."""
    search = _search(request)
    return _listed(request, lambda page: audit.records_of_vendor(vendor_id, search, page))


@app.route(
    "/skus/{sku}/transactions",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    query=SEARCH,
    paged=True,
    serves=RECORDS,
)
def list_sku_transactions(request: Request, sku: str) -> Response:
    """List a SKU's log, newest first if not asked otherwise."""
    search = _search(request)
    return _listed(request, lambda page: audit.records_of_sku(sku, request.scope, search, page))


@app.route(
    "/skus/{sku}/verification",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    query=VERIFIED_AT_ONCE,
    paged=True,
    serves=ResponseSpec(VerificationAnswer, whole_page=True),
    errors=[SkuNotFound],
)
def verify_sku(request: Request, sku: str) -> Response:
    """Check a SKU's log, record by record, and the live SKU against it."""
    found = audit.verification(sku, request.scope, request.page)
    return linked(answer(found.document()), request, found.next_cursor)


@app.route(
    "/skus/{sku}/stock-at",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    query={"time": Parameter(moment, "The moment; a record at exactly it counts.", required=True)},
    serves=ResponseSpec(StockAtAnswer),
    errors=[SkuNotFound],
)
def get_stock_at(request: Request, sku: str) -> Response:
    """Tell a SKU's stock at a moment, and the record that made it so."""
    return answer(audit.stock_at(sku, request.query["time"], request.scope).document())


@app.route(
    "/skus/{sku}/reservations",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    serves=ResponseSpec(ReservationsAnswer),
    errors=[SkuNotFound],
)
def get_reservations(request: Request, sku: str) -> Response:
    """Tell which orders hold units of a SKU now."""
    return answer(audit.reservations(sku, request.scope).document())


@app.route(
    "/skus/{sku}/timeline.svg",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    query=PERIOD,
    serves=ResponseSpec(str, media_type="image/svg+xml"),
    errors=[SkuNotFound],
)
def get_timeline(request: Request, sku: str) -> Response:
    """Draw a SKU's stock, reserved units and threshold over time, its records marked by type."""
    period = read_period(request.query, "from", "to")
    return Response(draw(audit.timeline(sku, period, request.scope)), PICTURE)


@app.route(
    "/findings",
    methods=["GET"],
    allowed_roles=LOG_READERS,
    paged=True,
    serves=ResponseSpec(FindingAnswer, also=EXPORTS),
    unavailable=ArchiveUnavailable,
)
def list_findings(request: Request) -> Response:
    """List what was done to stock and log behind the services, newest first."""
    return _listed(request, lambda page: findings.list(request.scope, page), FINDING_ATTRIBUTES)


@app.on_change(SKU_CHANGES)
def stock_changed(change: ItemChange) -> None:
    """Find changes of stock that no log record accounts for."""
    auditing.stock_changed(change)


@app.on_change(LOG_CHANGES)
def log_changed(change: ItemChange) -> None:
    """Archive new log records, and find those that were changed or removed."""
    auditing.log_changed(change)


@app.on_schedule("rate(1 day)")
def reconcile(request_id: str) -> Mapping[str, int]:
    """Compare log, balance and open orders of every SKU."""
    return reconciling.run().fields()


@app.on_schedule("rate(1 day)")
def write_digest(request_id: str) -> Mapping[str, str]:
    """Sign the head hash of every SKU."""
    return {"digest": digesting.write()}


def _listed(
    request: Request, read: Callable[[PageRequest], LogPage], columns: Sequence[str] = RECORD_ATTRIBUTES
) -> Response:
    """Serve a page as JSON, or as much as an answer holds in the form that was asked for."""
    form = form_of(request.accept)
    if form is None:
        return listing(read(request.page), request)
    made = export(read, form, columns, request.page, is_page="limit" in request.query_as_sent)
    return linked(Response(made.text, form.headers), request, made.next_cursor)


def _search(request: Request) -> Search:
    return Search(read_period(request.query, "from", "to"), request.query["transaction_type"])
