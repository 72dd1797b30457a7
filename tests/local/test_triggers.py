"""The functions of a service that streams invoke, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.environment import service_environment
from local.event_source import EventSource, connect_streams
from local.settings import DEFAULT_PORTS, SERVICES, SERVICES_FOLDER, TRIGGERED_SERVICES, Settings
from local.tables import create_tables

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 30

PRINT_FEEDS = """
import json
import sys
from pathlib import Path
from local.service import load_app

app = load_app(Path(sys.argv[1]))
functions = sys.modules["app"]
print(json.dumps({name: callable(getattr(functions, name)) for name in app.subscriptions}))
"""


def run(endpoint_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = service_environment(Settings(DEFAULT_PORTS, endpoint_url), os.environ)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment | {"TABLE_NAME_PREFIX": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
    )


def test_the_services_with_triggers_are_those_whose_application_has_subscriptions() -> None:
    subscriptions = {}
    for name in SERVICES:
        done = run("http://127.0.0.1:1", "-c", PRINT_FEEDS, str(SERVICES_FOLDER / name))
        assert done.returncode == 0, done.stderr
        subscriptions[name] = json.loads(done.stdout)
    assert {name for name in SERVICES if subscriptions[name]} == set(TRIGGERED_SERVICES)
    assert subscriptions["catalog"] == {"product_changed": True}
    assert subscriptions["stock"] == {"product_changed": True, "sku_changed": True}
    assert subscriptions["audit"] == {"stock_changed": True, "log_changed": True}


def test_records_have_the_form_in_which_lambda_delivers_them(
    aws_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Binary values are texts in base64, and times are numbers."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_endpoint)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    tables = boto3.client("dynamodb")
    tables.create_table(
        TableName="Binary",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    arn = tables.describe_table(TableName="Binary")["Table"]["LatestStreamArn"]
    events: list[Any] = []
    source = EventSource(connect_streams(), arn, lambda _: True, events.append)
    tables.put_item(TableName="Binary", Item={"id": {"S": "1"}, "hash": {"B": b"\x00\x01"}})
    assert source.poll()
    [event] = events
    [record] = event["Records"]
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "1"}, "hash": {"B": "AAE="}}
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], int | float)
    assert source.poll_to_the_end()


def test_a_stream_that_does_not_exist_is_an_error_of_the_client(
    aws_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_endpoint)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    with pytest.raises(ClientError):
        connect_streams().get_records(ShardIterator="none of its own")


@pytest.mark.parametrize("table", ["Products-table", "VendorInventory"])
def test_a_table_without_a_stream_is_reported_in_one_sentence(aws_endpoint: str, table: str) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=aws_endpoint,
        region_name="ap-south-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "product_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "product_id", "KeyType": "HASH"}],
    )
    create_tables(client)
    done = run(aws_endpoint, "-m", "local.triggers", "stock")
    assert done.returncode == 1
    assert done.stderr == f"Table {table} has no stream; enable one with new and old images.\n"
    assert done.stdout == ""
