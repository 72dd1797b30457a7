"""Tables without items, for tests that share an engine."""

from __future__ import annotations

from typing import Any, Final

from local.table_definitions import Table
from local.tables import definitions

__all__ = ["empty_tables"]

BATCH_WRITES_MAX: Final = 25


def empty_tables(client: Any) -> None:
    """Remove all items of all tables.

    To make the tables anew takes several times as long, and DynamoDB Local becomes slower with each table
    that it had: after three shops a transaction takes five times as long.
    """
    for name, table in definitions().items():
        _empty(client, name, table)


def _empty(client: Any, name: str, table: Table) -> None:
    key = [table["partition_key"], table.get("sort_key")]
    names = {f"#{number}": part["name"] for number, part in enumerate(key) if part}
    pages = client.get_paginator("scan").paginate(
        TableName=name, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names
    )
    deletes = [{"DeleteRequest": {"Key": item}} for page in pages for item in page["Items"]]
    for begin in range(0, len(deletes), BATCH_WRITES_MAX):
        client.batch_write_item(RequestItems={name: deletes[begin : begin + BATCH_WRITES_MAX]})
