"""The functions of a service that streams invoke, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from local.environment import service_environment
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
    assert subscriptions["stock"] == {"product_changed": True, "sku_changed": True}
    assert subscriptions["audit"] == {"stock_changed": True, "log_changed": True}


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
