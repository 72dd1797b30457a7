"""The catalog service's entry points: its REST API, and a Lambda function for its stream and its schedule."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib import bootstrap
from inventory_common.schedules import Report
from inventory_common.streams import PRODUCT_CHANGES, ItemChange

app = bootstrap.rest_service()
products = bootstrap.product_routes()
counts = bootstrap.count_routes()
app.add(products, counts)
stream_handlers = bootstrap.stream_handlers()
recount = bootstrap.recount()
events = bootstrap.product_events()


@app.on_changes(PRODUCT_CHANGES)
def product_changed(changes: Sequence[ItemChange]) -> None:
    """Count products for their categories and vendors, and send their events."""
    stream_handlers.products_changed(changes)
    events.products_changed(changes)


@app.on_schedule("rate(1 day)")
def recount_products(request_id: str) -> Report:
    """Compare the numbers of products of all categories and vendors with the products, and correct them."""
    found = recount.run()
    return Report(found, [", ".join(f"{name} {number}" for name, number in found.items())])
