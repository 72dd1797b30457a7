"""What the zips log at level DEBUG, under Lambda's own runtime client: no token, no secret, no body."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from front_door import MACHINE, Tokens

from deploy.package import Package
from inventory_common.schema import PRODUCTS, STOCK_TRANSACTIONS, VENDOR_INVENTORY
from tests.deploying.lambda_runtime import LambdaRuntime
from tests.deploying.zip_runner import ZipRunner
from tests.deploying.zips_on_lambda import (
    SECRET,
    SESSION_TOKEN,
    Invoke,
    changed,
    request,
)
from tools.operations import EVENT

NOTES = f"Notes {secrets.token_hex(8)}"
PRODUCT_NAME = f"Product {secrets.token_hex(8)}"
ORDER_NOTES = f"Cancelled {secrets.token_hex(8)}"
HARMLESS = ["bcdocs", "concurrent.futures"]
"""Loggers without requests or responses: of the documents of clients, and of callbacks that fail."""


def test_at_debug_libraries_would_log_session_tokens_and_items(
    runtime: LambdaRuntime, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """What the test below searches for is found in the output of a function that does not limit them."""
    (tmp_path / "app.py").write_text(
        "import boto3\n"
        "def handler(event, _):\n"
        "    item = {'product_id': {'S': 'PROD-DEBUG'}, 'notes': {'S': event['notes']}}\n"
        f"    boto3.client('dynamodb').put_item(TableName='{PRODUCTS.name}', Item=item)\n"
    )
    _, output = runtime.run(tmp_path, "app.handler", [{"notes": NOTES}], environment)
    assert SESSION_TOKEN in output
    assert NOTES in output
    assert '"level": "DEBUG"' in output


def test_at_debug_no_function_logs_a_token_a_secret_or_a_body(
    invoke: Invoke, client: Callable[[str], Any], tokens: Tokens, environment: Mapping[str, str]
) -> None:
    vendor, orders = tokens.vendor(), tokens.machine(MACHINE, "inventory/orders")
    auditor = tokens.of_role("auditor")
    outputs = {}

    body: dict[str, Any] = {"product_name": PRODUCT_NAME, "category": "Audio", "base_price": 89.99}
    created, outputs["catalog/api"] = invoke(
        "catalog", "app", request("POST", "/products", "/products", vendor, body)
    )
    assert created[0]["statusCode"] == 201, created
    product_id = json.loads(created[0]["body"])["product_id"]

    sku = f"SKU-{product_id}-BLACK"
    skus, of_product = f"/products/{product_id}/skus", "/products/{product_id}/skus"
    line = {"product_id": product_id, "sku": sku, "quantity": 5}
    new = {"sku": sku, "variant_name": "Black", "unit_price": 89.99, "reorder_threshold": 10}
    restock = {"quantity": 12, "notes": NOTES}
    cancel = {"reason": "customer", "notes": ORDER_NOTES}
    answers, outputs["stock/api"] = invoke(
        "stock",
        "app",
        request("POST", skus, of_product, vendor, new),
        request("POST", f"{skus}/{sku}/restocks", f"{of_product}/{{sku}}/restocks", vendor, restock),
        request("PUT", "/orders/ORDER-1", "/orders/{order_id}", orders, {"lines": [line]}),
        request("POST", "/orders/ORDER-1/cancel", "/orders/{order_id}/cancel", orders, cancel),
    )
    assert [answer["statusCode"] for answer in answers] == [201, 201, 201, 200], answers

    database = client("dynamodb")
    stored = database.scan(TableName=VENDOR_INVENTORY.name)["Items"]
    (item,) = [each for each in stored if each["sku"]["S"] == sku]
    records = database.scan(TableName=STOCK_TRANSACTIONS.name)["Items"]
    _, outputs["stock/sku_changed"] = invoke("stock", "sku_changed", changed(("product_id", "sku"), item))
    _, outputs["audit/log_changed"] = invoke(
        "audit",
        "log_changed",
        *(changed(("transaction_id", "timestamp"), record) for record in records),
    )
    _, outputs["audit/write_digest"] = invoke("audit", "write_digest", dict(EVENT))
    _, outputs["audit/verify_archive"] = invoke("audit", "verify_archive", dict(EVENT))
    of_sku = "/skus/{sku}/verification"
    answers, outputs["audit/api"] = invoke(
        "audit", "app", request("GET", f"/skus/{sku}/verification", of_sku, auditor)
    )
    assert answers[0]["statusCode"] == 200, answers

    objects = client("s3")
    archived = objects.list_objects_v2(Bucket=environment["ARCHIVE_BUCKET"])["Contents"]
    assert {each["Key"].split("/")[0] for each in archived} >= {"log", "digests"}, archived
    key = client("secretsmanager").get_secret_value(SecretId=environment["LEDGER_KEY_SECRET"])["SecretString"]
    forbidden = {
        "the role's secret": SECRET,
        "the role's session token": SESSION_TOKEN,
        "the vendor's token": vendor,
        "the order system's token": orders,
        "the auditor's token": auditor,
        "the log's key": json.loads(key)["private_key"],
        "the body of a product": PRODUCT_NAME,
        "the body of a restock": NOTES,
        "the body of a cancellation": ORDER_NOTES,
        "a header": "Authorization",
    }
    found = [
        (function, what)
        for function, output in outputs.items()
        for what, text in forbidden.items()
        if text in output
    ]
    assert found == []
    for function, output in outputs.items():
        levels = {json.loads(line)["level"] for line in output.splitlines()}
        assert levels == {"INFO"}, function


@pytest.mark.parametrize("service", ["catalog", "stock", "audit"])
def test_no_library_that_a_zip_loads_logs_below_warning(
    service: str, packages: dict[str, Package], run: ZipRunner
) -> None:
    """A library that is added, or logs under another name, fails this test until it is looked at."""
    program = (
        "import json, logging\n"
        "logging.getLogger().setLevel('DEBUG')\n"
        "import app, jwt, cryptography.hazmat.primitives.asymmetric.rsa\n"
        "loggers = {name: each for name, each in logging.root.manager.loggerDict.items()\n"
        "           if isinstance(each, logging.Logger)}\n"
        "print(json.dumps(sorted(n for n, each in loggers.items()\n"
        "                        if each.isEnabledFor(logging.INFO) and n != app.app.app_name)))"
    )
    assert [name for name in run(packages[service], program) if name not in HARMLESS] == []
