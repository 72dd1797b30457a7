"""The tables' streams for tests: changes are collected, and delivered when a test says so."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.engine.stream_handlers import StreamHandlers
from inventory_common.alerts import Alert
from inventory_common.event_bus import EventBus
from inventory_common.items import Item, to_item
from inventory_common.products import Product

from .process import Process
from .shop import PRODUCT, immediate

__all__ = [
    "ATTEMPTS",
    "HAPPENED_AT",
    "Outbox",
    "Streams",
    "a_product_change",
    "a_stream_record",
    "stream_handlers_of",
]

HAPPENED_AT = 1_771_844_400.0  # 2026-02-23T11:00:00Z
ATTEMPTS = 3
"""How often a handler tries to write a SKU on which a transaction is in progress."""


@dataclass
class Outbox:
    """A topic that collects alerts; a `broken` one refuses them."""

    sent: list[Alert] = field(default_factory=list)
    broken: bool = False

    def send(self, alert: Alert) -> None:
        if self.broken:
            raise ConnectionError("no such topic")
        self.sent.append(alert)


@dataclass(frozen=True)
class Streams:
    """The streams of the tables, delivered to the functions that Lambda invokes."""

    app: Any
    client: Any
    outbox: Outbox = field(default_factory=Outbox)

    @contextmanager
    def changes_of(self, *skus: str) -> Iterator[list[Item]]:
        """Yield a list that has a record of each SKU which the block has changed, once it has ended."""
        records: list[Item] = []
        before = {sku: self._item(sku) for sku in skus}
        yield records
        for sku in skus:
            after = self._item(sku)
            if after != before[sku]:
                records.append(a_stream_record(before[sku], after))

    def deliver_products(self, *records: Any) -> list[str]:
        """Deliver records of Products-table, and return the sequence numbers of those that failed."""
        return self._failed(self.app.product_changed({"Records": list(records)}, None))

    def deliver_skus(self, *records: Any) -> list[str]:
        """Deliver records of VendorInventory, and return the sequence numbers of those that failed."""
        return self._failed(self.app.sku_changed({"Records": list(records)}, None))

    def _failed(self, answer: Any) -> list[str]:
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def _item(self, sku: str) -> Item | None:
        key = to_item({"product_id": PRODUCT, "sku": sku})
        item: Item | None = self.client.get_item(TableName="VendorInventory", Key=key).get("Item")
        return item


def stream_handlers_of(process: Process, outbox: Any, events: Any = None) -> StreamHandlers:
    """Make the handlers of a process, which send alerts to an outbox, events to a bus, and retry without
    pauses.
    """
    storage = process.storage
    return StreamHandlers(
        products=storage.products,
        skus=storage.skus,
        orders=storage.orders,
        sent_alerts=storage.sent_alerts,
        alerts=outbox,
        events=events or EventBus(None),
        clock=process.clock,
        retry_policy=immediate(ATTEMPTS),
    )


def a_stream_record(before: Item | None, after: Item | None) -> Any:
    """Write a record of a stream; its sequence number ends with the version of the item."""
    image = after or before
    assert image is not None
    change: dict[str, Any] = {
        "Keys": {name: image[name] for name in ("product_id", "sku") if name in image},
        "SequenceNumber": f"{PRODUCT}-{image['version']['N']}",
        "ApproximateCreationDateTime": HAPPENED_AT,
    }
    change |= {"OldImage": _with_base64(before)} if before else {}
    change |= {"NewImage": _with_base64(after)} if after else {}
    return {"eventName": "MODIFY", "dynamodb": change}


def _with_base64(image: Item) -> Item:
    """Return an image as Lambda delivers it: binary attributes in base64."""
    return {
        name: {"B": b64encode(attribute["B"]).decode()} if "B" in attribute else attribute
        for name, attribute in image.items()
    }


def a_product_change(before: Product | None, after: Product) -> Any:
    """Write the record of a product's change."""
    return a_stream_record(before.to_item() if before else None, after.to_item())
