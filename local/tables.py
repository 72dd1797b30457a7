"""The DynamoDB tables, created from the one file that Terraform reads too.

``python -m local.tables create|check`` does so at the endpoint that the environment sets, and creates the
archive, the bus of events and the key that signs the stock log, if they are configured.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.archive import create_archive
from local.errors import StackError
from local.events import create_event_bus
from local.ledger_key import prepare_ledger_key
from local.table_definitions import Index, Key, Table, definitions

__all__ = ["create_tables", "definitions", "missing_tables"]

ACTIVE_SECONDS = 60.0
POLL_SECONDS = 0.02


def create_tables(client: Any, prefix: str = "") -> None:
    """Create the tables that do not exist yet, and return when all of them are usable.

    Existing tables, of a kept shop or of a database that stays, get the indexes that were declared since, and
    are left alone otherwise. Works against AWS, DynamoDB Local, ministack and moto.

    Parameters
    ----------
    client : Any
        A DynamoDB client of boto3: where to create them.
    prefix : str
        Put before each table's name; index names have none.
    """
    for name, table in definitions().items():
        try:
            client.create_table(**_create_request(prefix + name, table))
        except client.exceptions.ResourceInUseException:
            continue
        _wait_until_active(client, prefix + name)
        ttl_attribute = table.get("ttl_attribute")
        if ttl_attribute is not None:
            # CreateTable cannot set it.
            client.update_time_to_live(
                TableName=prefix + name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": ttl_attribute},
            )
    # Another process may be creating the ones that were left alone.
    for name, table in definitions().items():
        _wait_until_active(client, prefix + name)
        _create_missing_indexes(client, prefix + name, table)


def missing_tables(client: Any, prefix: str = "") -> list[str]:
    """Return the full names of the declared tables that do not exist."""
    return [name for name in map(prefix.__add__, definitions()) if not _status(client, name)]


def _create_missing_indexes(client: Any, full_name: str, table: Table) -> None:
    described = client.describe_table(TableName=full_name)["Table"]
    declared = table["global_secondary_indexes"]
    existing = {index["IndexName"] for index in described.get("GlobalSecondaryIndexes", ())}
    for name, index in declared.items():
        if name in existing:
            continue
        existing.add(name)
        owners = [each for each_name, each in declared.items() if each_name in existing]
        # DynamoDB creates one at a time.
        client.update_table(
            TableName=full_name,
            AttributeDefinitions=_attribute_definitions(table, *owners),
            GlobalSecondaryIndexUpdates=[{"Create": _index_request(name, index)}],
        )
        _wait_until_active(client, full_name, name)


def _attribute_definitions(*owners: Table | Index) -> list[dict[str, str]]:
    types = {key["name"]: key["type"] for owner in owners for key in _keys(owner)}
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def _index_request(name: str, index: Index) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": _key_schema(index),
        "Projection": {"ProjectionType": index["projection"]},
    }


def _create_request(full_name: str, table: Table) -> dict[str, Any]:
    indexes = table["global_secondary_indexes"]
    request: dict[str, Any] = {
        "TableName": full_name,
        "KeySchema": _key_schema(table),
        "AttributeDefinitions": _attribute_definitions(table, *indexes.values()),
        "BillingMode": table["billing_mode"],
    }
    if indexes:
        request["GlobalSecondaryIndexes"] = [_index_request(name, index) for name, index in indexes.items()]
    view_type = table.get("stream_view_type")
    if view_type is not None:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view_type}
    return request


def _keys(owner: Table | Index) -> list[Key]:
    sort_key = owner.get("sort_key")
    return [owner["partition_key"]] + ([sort_key] if sort_key is not None else [])


def _key_schema(owner: Table | Index) -> list[dict[str, str]]:
    return [
        {"AttributeName": key["name"], "KeyType": kind}
        for key, kind in zip(_keys(owner), ("HASH", "RANGE"), strict=False)
    ]


def _status(client: Any, full_name: str, index_name: str | None = None) -> str:
    """Return the status of a table, or of its index; empty if there is none."""
    try:
        table = client.describe_table(TableName=full_name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return ""
    if index_name is None or table["TableStatus"] != "ACTIVE":
        return str(table["TableStatus"])
    indexes = {each["IndexName"]: each for each in table.get("GlobalSecondaryIndexes", ())}
    return str(indexes.get(index_name, {}).get("IndexStatus", ""))


def _wait_until_active(client: Any, full_name: str, index_name: str | None = None) -> None:
    # boto3's own waiter first sleeps for 20 seconds.
    deadline = time.monotonic() + ACTIVE_SECONDS
    what = f"Table {full_name}" if index_name is None else f"Index {index_name} of {full_name}"
    while (status := _status(client, full_name, index_name)) != "ACTIVE":
        if time.monotonic() > deadline:
            raise StackError(f"{what} is {status or 'missing'}, not ACTIVE.")
        time.sleep(POLL_SECONDS)


def main() -> None:
    """Create or check the tables at the endpoint that the environment sets."""
    parser = argparse.ArgumentParser(prog="python -m local.tables")
    parser.add_argument("task", choices=["create", "check"])
    task = parser.parse_args().task
    prefix = os.environ.get("TABLE_NAME_PREFIX", "")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB", "AWS")
    # With the defaults, the command would wait for minutes if nothing listens there.
    config = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2})
    try:
        client = boto3.client("dynamodb", config=config)
        if task == "create":
            create_tables(client, prefix)
        elif missing := missing_tables(client, prefix):
            names = ", ".join(missing)
            sys.exit(f"Tables are missing at {endpoint}, and are created there by Terraform: {names}.")
        create_archive(os.environ)
    except (BotoCoreError, ClientError, StackError) as error:
        sys.exit(f"DynamoDB at {endpoint} cannot be used: {error}")
    try:
        create_event_bus(os.environ)
        prepare_ledger_key(os.environ)
    except (BotoCoreError, ClientError, StackError) as error:
        sys.exit(f"The bus of events, or the key that signs the stock log, cannot be made: {error}")


if __name__ == "__main__":
    main()
