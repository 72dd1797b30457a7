"""Changes of items as DynamoDB Streams deliver them: at least once, the changes of each item in their order.

A handler has to accept the same change twice, and the changes of different items in any order.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

from .dynamodb import measured
from .items import Item
from .log_lines import Level, exception_fields, log_event
from .schema import PRODUCTS, STOCK_TRANSACTIONS, VENDOR_INVENTORY, Table
from .values import value

__all__ = [
    "LOG_CHANGES",
    "PRODUCT_CHANGES",
    "SKU_CHANGES",
    "ItemChange",
    "StreamSubscription",
    "process_batch",
]


@value
class StreamSubscription:
    """The changes of one type of item: those items of a table whose key attribute begins with a prefix.

    The event source mapping filters by the prefix, so that changes of other items invoke no function.
    """

    table: Table
    key_attribute: str
    prefix: str

    def matches(self, key: Item) -> bool:
        """Return whether the subscription includes the changes of the item with this key."""
        return bool(key[self.key_attribute]["S"].startswith(self.prefix))


PRODUCT_CHANGES: Final = StreamSubscription(PRODUCTS, "product_id", "PROD-")
SKU_CHANGES: Final = StreamSubscription(VENDOR_INVENTORY, "sku", "SKU-")
# The prefix is empty: an item whose id is not that of a record is the most suspicious one.
LOG_CHANGES: Final = StreamSubscription(STOCK_TRANSACTIONS, "transaction_id", "")


@value
class ItemChange:
    """One change of one item; `before` is None for a new item, `after` for a removed one.

    `sequence_number` is the number of the change in its stream; `happened_at` is in epoch seconds, which
    DynamoDB rounds to whole seconds.
    """

    key: Item
    before: Item | None
    after: Item | None
    sequence_number: str = ""
    happened_at: float = 0.0

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a record of a stream with new and old images."""
        change = record["dynamodb"]
        return cls(
            change["Keys"],
            _with_bytes(change.get("OldImage")),
            _with_bytes(change.get("NewImage")),
            change.get("SequenceNumber", ""),
            change.get("ApproximateCreationDateTime", 0.0),
        )


def _with_bytes(image: Item | None) -> Item | None:
    """Return an image whose binary attributes are bytes, as DynamoDB returns them: an event has base64."""
    if image is None:
        return None
    return {
        name: {"B": b64decode(attribute["B"])} if "B" in attribute else attribute
        for name, attribute in image.items()
    }


def process_batch(
    event: Mapping[str, Any],
    subscription: StreamSubscription,
    handle: Callable[[ItemChange], None],
    service: str,
) -> dict[str, Any]:
    """Handle a batch of records in order, up to the first failure, from which Lambda delivers them again.

    Parameters
    ----------
    event
        The event that Lambda passes to a function that reads a stream.
    subscription
        The changes to handle; others are skipped.
    handle
        Called once for each change.
    service
        The application's name, for the log, which has one line for each batch.

    Returns
    -------
    dict
        The response of a function whose event source mapping has ``ReportBatchItemFailures``.
    """
    failures: list[dict[str, str]] = []
    handled = 0
    level: Level = "INFO"
    failed: dict[str, str] = {}
    with measured() as usage:
        for record in event["Records"]:
            sequence_number = record["dynamodb"]["SequenceNumber"]
            try:
                change = ItemChange.from_record(record)
                if subscription.matches(change.key):
                    handle(change)
                    handled += 1
            except Exception as error:
                failures.append({"itemIdentifier": sequence_number})
                level, failed = "ERROR", {"sequence_number": sequence_number, **exception_fields(error)}
                break
    log_event(
        service,
        "changes",
        level=level,
        table=subscription.table.name,
        records=len(event["Records"]),
        handled=handled,
        **failed,
        **usage.fields(),
    )
    return {"batchItemFailures": failures}
