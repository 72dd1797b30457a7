"""The created tables, compared with the file that declares them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.ports import free_port
from local.tables import create_tables, definitions, missing_tables

ROOT = Path(__file__).resolve().parents[2]
DECLARED = json.loads((ROOT / "terraform" / "platform" / "tables.auto.tfvars.json").read_text())["tables"]
ACCESS: dict[str, Any] = {
    "region_name": "ap-south-1",
    "aws_access_key_id": "local",
    "aws_secret_access_key": "local",
}


@pytest.fixture(params=["ministack", "moto"])
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "moto":
        with mock_aws():
            yield boto3.client("dynamodb", **ACCESS)
        return
    endpoint = request.getfixturevalue("aws_endpoint")
    yield boto3.client("dynamodb", endpoint_url=endpoint, **ACCESS)


def keys(description: dict[str, Any], types: dict[str, str]) -> dict[str, dict[str, str]]:
    names = {"HASH": "partition_key", "RANGE": "sort_key"}
    return {
        names[key["KeyType"]]: {"name": key["AttributeName"], "type": types[key["AttributeName"]]}
        for key in description["KeySchema"]
    }


def as_declared(client: Any, full_name: str) -> dict[str, Any]:
    """Describe a table in the form of the declaring file."""
    table = client.describe_table(TableName=full_name)["Table"]
    assert table["TableStatus"] == "ACTIVE"
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    ttl = client.describe_time_to_live(TableName=full_name)["TimeToLiveDescription"]
    enabled = ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    return {
        **keys(table, types),
        **({"ttl_attribute": ttl["AttributeName"]} if enabled else {}),
        "global_secondary_indexes": {
            index["IndexName"]: {
                **keys(index, types),
                "projection": index["Projection"]["ProjectionType"],
            }
            for index in table["GlobalSecondaryIndexes"]
        },
        "billing_mode": table["BillingModeSummary"]["BillingMode"],
        "stream_view_type": table["StreamSpecification"]["StreamViewType"],
    }


def test_every_table_is_created_as_the_file_declares_it(client: Any) -> None:
    create_tables(client)
    assert sorted(client.list_tables()["TableNames"]) == sorted(DECLARED)
    assert {name: as_declared(client, name) for name in DECLARED} == DECLARED


def test_definitions_equal_the_file() -> None:
    assert definitions() == DECLARED


def test_a_prefix_is_put_before_every_table_name(client: Any) -> None:
    create_tables(client, prefix="dev-")
    assert sorted(client.list_tables()["TableNames"]) == sorted(f"dev-{name}" for name in DECLARED)


def test_an_existing_table_is_left_alone(client: Any) -> None:
    create_tables(client)
    item = {"product_id": {"S": "PROD-00001"}}
    client.put_item(TableName="Products-table", Item=item)
    client.delete_table(TableName="StockTransactions")
    create_tables(client)
    assert missing_tables(client) == []
    assert client.get_item(TableName="Products-table", Key=item)["Item"] == item


def test_an_existing_table_gets_the_indexes_that_were_declared_later(client: Any) -> None:
    name, declared = "VendorInventory", DECLARED["VendorInventory"]
    names = {"partition_key": "HASH", "sort_key": "RANGE"}
    of_table = {role: declared[role] for role in names}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": key["name"], "AttributeType": key["type"]} for key in of_table.values()
        ],
        KeySchema=[{"AttributeName": key["name"], "KeyType": names[role]} for role, key in of_table.items()],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": declared["stream_view_type"]},
    )
    client.update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": declared["ttl_attribute"]},
    )
    item = {
        "product_id": {"S": "PROD-00001"},
        "sku": {"S": "SKU-PROD-00001-A"},
        "vendor_id": {"S": "VENDOR-001"},
        "last_updated": {"S": "2026-02-23T10:30:00.000000Z"},
    }
    client.put_item(TableName=name, Item=item)
    create_tables(client)
    assert as_declared(client, name) == declared
    [found] = client.query(
        TableName=name,
        IndexName="VendorInventoryIndex",
        KeyConditionExpression="vendor_id = :vendor",
        ExpressionAttributeValues={":vendor": {"S": "VENDOR-001"}},
    )["Items"]
    assert found == item


def test_missing_tables_are_named(client: Any) -> None:
    create_tables(client, prefix="dev-")
    client.delete_table(TableName="dev-VendorInventory")
    assert missing_tables(client, prefix="dev-") == ["dev-VendorInventory"]
    assert missing_tables(client) == list(DECLARED)


def test_two_processes_may_create_the_tables_at_once(aws_endpoint: str) -> None:
    errors: list[Exception] = []

    def create() -> None:
        client = boto3.session.Session().client("dynamodb", endpoint_url=aws_endpoint, **ACCESS)
        try:
            create_tables(client, prefix="twice-")
            assert missing_tables(client, prefix="twice-") == []
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def tables_command(task: str, endpoint: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "ap-south-1",
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "TABLE_NAME_PREFIX": "cli-",
    }
    return subprocess.run(
        [sys.executable, "-m", "local.tables", task],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command_checks_and_creates(aws_endpoint: str) -> None:
    before = tables_command("check", aws_endpoint)
    assert before.returncode == 1
    assert before.stderr.count("\n") == 1
    assert all(f"cli-{name}" in before.stderr for name in DECLARED)
    assert tables_command("create", aws_endpoint).returncode == 0
    assert tables_command("check", aws_endpoint).returncode == 0


def test_an_unreachable_endpoint_is_reported_in_one_sentence() -> None:
    result = tables_command("create", f"http://127.0.0.1:{free_port()}")
    assert result.returncode == 1
    assert result.stderr.startswith("DynamoDB at http://127.0.0.1:")
    assert result.stderr.count("\n") == 1
