"""Fixtures of several test modules: the declared tables, a DynamoDB in memory, and API Gateway's events."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from frozen_values import freeze_values
from hypothesis import settings
from moto import mock_aws

freeze_values()
# Without deadlines: a busy machine is not a defect of the code under test.
settings.register_profile("patient", deadline=None, print_blob=True)
settings.load_profile("patient")

DECLARATION = Path("terraform", "platform", "tables.auto.tfvars.json")


@pytest.fixture(scope="session")
def declared_tables() -> dict[str, Any]:
    """The tables that the platform declares."""
    root = next(folder for folder in Path(__file__).parents if (folder / DECLARATION).is_file())
    tables: dict[str, Any] = json.loads((root / DECLARATION).read_text())["tables"]
    return tables


@pytest.fixture
def dynamodb(declared_tables: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an emulated DynamoDB in this process, with the declared tables, which are empty."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="ap-south-1")
        for name, table in declared_tables.items():
            client.create_table(TableName=name, **_schema(table))
        yield client


def _schema(table: dict[str, Any]) -> dict[str, Any]:
    indexes = table["global_secondary_indexes"]
    attributes = {
        key["name"]: key["type"]
        for table_or_index in (table, *indexes.values())
        for key in (table_or_index["partition_key"], table_or_index.get("sort_key"))
        if key
    }
    return {
        "BillingMode": table["billing_mode"],
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": data_type} for name, data_type in attributes.items()
        ],
        "KeySchema": _keys(table),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": name,
                "KeySchema": _keys(index),
                "Projection": {"ProjectionType": index["projection"]},
            }
            for name, index in indexes.items()
        ],
    }


def _keys(table_or_index: dict[str, Any]) -> list[dict[str, str]]:
    keys = {"HASH": table_or_index["partition_key"], "RANGE": table_or_index.get("sort_key")}
    return [{"AttributeName": key["name"], "KeyType": key_type} for key_type, key in keys.items() if key]


Event = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def event() -> Event:
    """Return the events that API Gateway sends: ``event("GET", "/products/PROD-1", resource=…)``."""

    def make(
        method: str,
        path: str,
        *,
        resource: str | None = None,
        parameters: dict[str, str] | None = None,
        query: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
        body: str | bytes | None = None,
        stage: str = "",
    ) -> dict[str, Any]:
        return {
            "path": path,
            "headers": headers,
            "pathParameters": parameters,
            "multiValueQueryStringParameters": query,
            "body": b64encode(body).decode() if isinstance(body, bytes) else body,
            "isBase64Encoded": isinstance(body, bytes),
            "requestContext": {"httpMethod": method, "resourcePath": resource or path, "path": stage + path},
        }

    return make
