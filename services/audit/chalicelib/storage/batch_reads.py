"""Reads of many items by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import DatabaseUnavailable
from inventory_common.items import Item
from inventory_common.tuning import READ_ROUNDS_MAX

__all__ = ["batch_get"]


def batch_get(
    client: DynamoDBClient, table: str, keys: Sequence[Item], attributes: Sequence[str] = ()
) -> Iterator[Item]:
    """Yield those items that exist, read consistently, in any order; all attributes, or only those named.

    Raises
    ------
    DatabaseUnavailable
        If DynamoDB keeps leaving keys unprocessed.
    """
    projection: dict[str, Any] = {}
    if attributes:
        names = {f"#{name}": name for name in attributes}
        projection = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    waiting = list(keys)
    for _ in range(READ_ROUNDS_MAX + len(waiting) // TRANSACTION_ITEMS_MAX):
        if not waiting:
            return
        batch, waiting = waiting[:TRANSACTION_ITEMS_MAX], waiting[TRANSACTION_ITEMS_MAX:]
        response = client.batch_get_item(
            RequestItems={table: {"Keys": batch, "ConsistentRead": True, **projection}}
        )
        yield from response["Responses"].get(table, ())
        # BatchGetItem succeeds even if DynamoDB throttled some of its keys.
        waiting += response["UnprocessedKeys"].get(table, {}).get("Keys", ())
    if waiting:
        raise DatabaseUnavailable("The database is not available at the moment; please try again.")
