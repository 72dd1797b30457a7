"""The audit service's application, as Lambda and the local stack import it: routes, streams and schedules."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.bootstrap import (
    digest_writer,
    finding_routes,
    reconciler,
    rest_service,
    sku_routes,
    stream_auditor,
    transaction_routes,
)
from inventory_common.streams import LOG_CHANGES, SKU_CHANGES, ItemChange

app = rest_service()
transactions = transaction_routes()
app.add(transactions, sku_routes(), finding_routes())

auditor = stream_auditor()
reconciliation = reconciler()
digests = digest_writer()


@app.on_change(SKU_CHANGES)
def stock_changed(change: ItemChange) -> None:
    """Report changes of stock that have no log record, and of a SKU's vendor."""
    auditor.stock_changed(change)


@app.on_change(LOG_CHANGES)
def log_changed(change: ItemChange) -> None:
    """Archive new log records, and report those that were changed or removed, or lack SKU or product."""
    auditor.log_changed(change)


@app.on_schedule("rate(1 day)")
def reconcile(request_id: str) -> Mapping[str, int]:
    """Compare log, balance, owner and open orders of every SKU, the due index, and low-stock bounds."""
    return reconciliation.run().fields()


@app.on_schedule("rate(1 day)")
def write_digest(request_id: str) -> Mapping[str, str]:
    """Sign the head hash of every SKU."""
    return {"digest": digests.write()}
