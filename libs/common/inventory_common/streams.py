"""Changes of items as DynamoDB Streams deliver them: at least once, the changes of each item in their order.

A handler has to accept the same change twice, and the changes of different items in any order.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

from .dynamodb import measured
from .items import Item
from .log_lines import Level, exception_fields, log_event
from .order_items import ORDER_SORT, PART_SORT
from .schema import PRODUCTS, STOCK_TRANSACTIONS, VENDOR_INVENTORY, Table
from .values import value

__all__ = [
    "BATCH_SIZE",
    "LOG_CHANGES",
    "PRODUCT_CHANGES",
    "SKU_AND_ORDER_CHANGES",
    "SKU_CHANGES",
    "STOCK_CHANGES",
    "BatchHandler",
    "ChangeFailed",
    "ItemChange",
    "StreamSubscription",
    "one_by_one",
    "process_batch",
]

BATCH_SIZE: Final = 100
"""Changes of a batch, unless a function gains from more."""


@value
class StreamSubscription:
    """The changes of some types of item: those items of a table whose key attribute begins with a prefix.

    The event source mapping filters by the prefixes, so that changes of other items invoke no function.
    Without prefixes, it has the changes of all items.  A function is invoked with up to `batch_size` changes.
    """

    table: Table
    key_attribute: str
    prefixes: tuple[str, ...] = ()
    batch_size: int = BATCH_SIZE

    def matches(self, key: Item) -> bool:
        """Return whether the subscription includes the changes of the item with this key."""
        return not self.prefixes or bool(key[self.key_attribute]["S"].startswith(self.prefixes))


PRODUCT_CHANGES: Final = StreamSubscription(PRODUCTS, "product_id", ("PROD-",))
SKU_CHANGES: Final = StreamSubscription(VENDOR_INVENTORY, "sku", ("SKU-",))
SKU_AND_ORDER_CHANGES: Final = StreamSubscription(VENDOR_INVENTORY, "sku", ("SKU-", ORDER_SORT))
"""The changes of SKUs and of the main items of orders."""
STOCK_CHANGES: Final = StreamSubscription(VENDOR_INVENTORY, "sku", ("SKU-", ORDER_SORT, PART_SORT))
"""The changes of SKUs, orders and their parts."""
# All items: one whose id is not that of a record is the most suspicious one.
LOG_CHANGES: Final = StreamSubscription(STOCK_TRANSACTIONS, "transaction_id")


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


BatchHandler = Callable[[Sequence[ItemChange]], None]
"""Handles the changes of a batch, in their order; it raises `ChangeFailed` to name the first one that it
could not handle."""


class ChangeFailed(Exception):
    """A change of a batch could not be handled; all changes before it in the batch were."""

    def __init__(self, change: ItemChange) -> None:
        super().__init__(change.sequence_number)
        self.change = change


def one_by_one(handle: Callable[[ItemChange], None]) -> BatchHandler:
    """Return a handler of batches that handles each change by itself, up to the first failure."""

    def handle_all(changes: Sequence[ItemChange]) -> None:
        for change in changes:
            try:
                handle(change)
            except Exception as error:
                raise ChangeFailed(change) from error

    return handle_all


def process_batch(
    event: Mapping[str, Any],
    subscription: StreamSubscription,
    handle_all: BatchHandler,
    service: str,
) -> dict[str, Any]:
    """Handle a batch of records in order, up to the first failure, from which Lambda delivers them again.

    Parameters
    ----------
    event
        The event that Lambda passes to a function that reads a stream.
    subscription
        The changes to handle; others are skipped.
    handle_all
        Called once with all changes, unless there are none.  After an error other than `ChangeFailed`, all
        of them are delivered again.
    service
        The application's name, for the log, which has one line for each batch.

    Returns
    -------
    dict
        The response of a function whose event source mapping has ``ReportBatchItemFailures``.
    """
    level: Level = "INFO"
    failed: dict[str, str] = {}
    with measured() as usage:
        changes, unreadable = _matching(event["Records"], subscription)
        handled = len(changes)
        try:
            if changes:
                handle_all(changes)
        except Exception as error:
            change = error.change if isinstance(error, ChangeFailed) else changes[0]
            handled = changes.index(change)
            failed = _failure(change.sequence_number, error)
        else:
            if unreadable is not None:
                failed = _failure(*unreadable)
    if failed:
        level = "ERROR"
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
    return {"batchItemFailures": [{"itemIdentifier": failed["sequence_number"]}] if failed else []}


def _matching(
    records: Sequence[Mapping[str, Any]], subscription: StreamSubscription
) -> tuple[list[ItemChange], tuple[str, Exception] | None]:
    """Return the changes up to the first record that cannot be read, and that record's number and error."""
    changes: list[ItemChange] = []
    for record in records:
        sequence_number = record["dynamodb"]["SequenceNumber"]
        try:
            change = ItemChange.from_record(record)
            if subscription.matches(change.key):
                changes.append(change)
        except Exception as error:
            return changes, (sequence_number, error)
    return changes, None


def _failure(sequence_number: str, error: Exception) -> dict[str, str]:
    cause = error.__cause__ if isinstance(error, ChangeFailed) else error
    assert isinstance(cause, Exception), "a failed change names its cause"
    return {"sequence_number": sequence_number, **exception_fields(cause)}
