"""The stock service's entry points: its REST API, and a Lambda function for each stream and schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib import bootstrap
from inventory_common.streams import PRODUCT_CHANGES, SKU_AND_ORDER_CHANGES, ItemChange

app = bootstrap.rest_service()
stream_handlers = bootstrap.stream_handlers()
sweeper = bootstrap.sweeper()
low_stock_bounds = bootstrap.low_stock_bounds()


# Large batches: the flags of a product that changes often are set once for all its changes in a batch.
@app.on_changes(replace(PRODUCT_CHANGES, batch_size=1_000))
def product_changed(changes: Sequence[ItemChange]) -> None:
    """Set a product's flag on its SKUs when it is activated or deactivated."""
    stream_handlers.products_changed(changes)


@app.on_changes(SKU_AND_ORDER_CHANGES)
def sku_changed(changes: Sequence[ItemChange]) -> None:
    """Send the events of SKUs and orders, and an alert when a SKU enters the low-stock list."""
    stream_handlers.inventory_changed(changes)


@app.on_schedule("rate(1 minute)")
def expire_orders(request_id: str) -> Mapping[str, int]:
    """Release what orders reserve after their holds have expired, and finish abandoned sagas."""
    return sweeper.sweep(request_id)


@app.on_schedule("rate(1 day)")
def lower_bounds(request_id: str) -> Mapping[str, Any]:
    """Lower the low-stock bounds that no SKU needs any more, and raise those that are too low."""
    return low_stock_bounds.correct()
