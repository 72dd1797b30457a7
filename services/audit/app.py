"""The audit service's application, as Lambda and the local stack import it: routes, streams and schedules."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.bootstrap import (
    archive_verification,
    digest_writer,
    finding_routes,
    key_routes,
    order_routes,
    reconciler,
    rest_service,
    sku_routes,
    stream_auditor,
    stream_batches,
    transaction_routes,
)
from inventory_common.schedules import Report
from inventory_common.streams import LOG_CHANGES, STOCK_CHANGES, ItemChange

app = rest_service()
transactions = transaction_routes()
app.add(transactions, sku_routes(), order_routes(), finding_routes(), key_routes())

auditor = stream_auditor()
batches = stream_batches(auditor)
reconciliation = reconciler()
digests = digest_writer()
verification = archive_verification()


@app.on_changes(STOCK_CHANGES)
def stock_changed(changes: Sequence[ItemChange]) -> None:
    """Report changes of stock that have no log record, of a SKU's vendor, and of orders by somebody else."""
    batches.stock_changed(changes)


@app.on_changes(LOG_CHANGES)
def log_changed(changes: Sequence[ItemChange]) -> None:
    """Archive new log records, and report those that no change of stock has, were changed or removed."""
    batches.log_changed(changes)


@app.on_schedule("rate(1 day)")
def reconcile(request_id: str) -> Report:
    """Compare log, balance, owner and open orders of every SKU, the due index, and low-stock bounds."""
    found = reconciliation.run()
    return Report(found.fields(), list(found.lines()), found.is_clean)


@app.on_schedule("rate(1 day)")
def write_digest(request_id: str) -> Report:
    """Sign the head hash of every SKU."""
    written = digests.write()
    return Report({"digest": written.text}, [written.text], written.is_clean)


@app.on_schedule("rate(1 day)")
def verify_archive(request_id: str) -> Report:
    """Check archive, digests and tables against each other, and report each fault as a finding."""
    found = verification.run()
    return Report(found.fields(), list(found.lines()), found.is_clean)
