"""Tables without items, for tests that share an engine, and many items at once in one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from local.table_definitions import Table
from local.tables import definitions

__all__ = ["empty_tables", "put_items"]

BATCH_WRITES_MAX: Final = 25


def empty_tables(client: Any) -> None:
    """Remove all items of all tables.

    To make the tables anew takes several times as long, and DynamoDB Local becomes slower with each table
    that it had: after three shops a transaction takes five times as long.
    """
    for name, table in definitions().items():
        _empty(client, name, table)


def put_items(client: Any, table: str, items: Iterable[dict[str, Any]]) -> None:
    """Store items under different keys."""
    _write(client, table, [{"PutRequest": {"Item": item}} for item in items])


def _empty(client: Any, name: str, table: Table) -> None:
    key = [table["partition_key"], table.get("sort_key")]
    names = {f"#{number}": part["name"] for number, part in enumerate(key) if part}
    pages = client.get_paginator("scan").paginate(
        TableName=name, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names
    )
    _write(client, name, [{"DeleteRequest": {"Key": item}} for page in pages for item in page["Items"]])


def _write(client: Any, table: str, requests: list[dict[str, Any]]) -> None:
    for begin in range(0, len(requests), BATCH_WRITES_MAX):
        written = client.batch_write_item(RequestItems={table: requests[begin : begin + BATCH_WRITES_MAX]})
        assert not written["UnprocessedItems"]
