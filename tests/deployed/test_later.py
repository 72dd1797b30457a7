"""What takes long or adds much: the schedules, the log lines of all functions, the demo shop.

It comes after the tests of permissions: time passes meanwhile, and their functions read all tables and the
whole archive many times.  The console is deployed meanwhile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from typing import Any

import pytest

from tests.deployed.cloud import STAGE, Cloud
from tests.deployed.deployed_services import SERVICES, Deployed
from tests.e2e.demo_output import printed_counts
from tests.integration.ledger_checks import assert_consistent, read_tables, violations
from tests.integration.processes import ROOT, wait_until
from tests.integration.shop import Shop, Sku

pytestmark = pytest.mark.usefixtures("console_deploy")

DEMO_ORDERS = 150
"""All of them have been shipped."""
DEMO_SECONDS = 600
SCHEDULE_SECONDS = 200.0
LOG_SECONDS = 120.0


def test_an_expired_order_is_released_by_the_schedule(held_order: tuple[str, Sku], shop: Shop) -> None:
    order_id, sku = held_order
    wait_until(lambda: shop.order(order_id).json()["status"] == "cancelled", "the sweeper", SCHEDULE_SECONDS)
    assert shop.order(order_id).json()["cancel_reason"] == "expired"
    assert shop.sku(sku)["reserved_stock"] == 0
    newest = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor", limit=10)[0]
    assert (newest["transaction_type"], newest["performed_by"]) == ("order_cancelled", "system:expiry")


def log_lines(cloud: Cloud, group: str, pattern: str) -> list[str]:
    pages = cloud.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=group, filterPattern=pattern)
    return [event["message"] for page in found for event in page["events"]]


def test_every_function_writes_to_its_log_group(cloud: Cloud, deployed: Deployed, shop: Shop) -> None:
    request_id = str(uuid.uuid4())
    for url in deployed.urls.values():
        assert shop.ask("GET", f"{url}/health", headers={"X-Request-Id": request_id}).status_code == 200
    for service in SERVICES:
        group = f"/aws/lambda/inventory-{STAGE}-{service}-api"
        wait_until(
            lambda group=group: bool(log_lines(cloud, group, f'"{request_id}"')),  # type: ignore[misc]
            f"the line of request {request_id} in {group}",
            LOG_SECONDS,
        )
    for function in (
        "catalog/product_changed",
        "stock/sku_changed",
        "stock/product_changed",
        "stock/expire_orders",
        "audit/stock_changed",
        "audit/log_changed",
    ):
        service, name = function.split("/")
        group, line = f"/aws/lambda/inventory-{STAGE}-{service}-{name}", f'"inventory-{service}"'
        wait_until(
            lambda group=group, line=line: bool(log_lines(cloud, group, line)),  # type: ignore[misc]
            f"a line in {group}",
            LOG_SECONDS,
        )
    streams = cloud.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/inventory-")
    assert all(group.get("retentionInDays") for group in streams["logGroups"])


def test_the_demo_shop_over_api_gateway_is_no_finding(
    cloud: Cloud, deployed: Deployed, outputs: dict[str, Any], front_url: str, shop: Shop, client: Any
) -> None:
    products = read_tables(client).products.keys()
    urls = {f"{service.upper()}_URL": deployed.urls[service] for service in SERVICES}
    demo = subprocess.run(
        [sys.executable, "-m", "demo", "--orders", f"{DEMO_ORDERS}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "120", "FRONT_URL": front_url, **urls},
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
    )
    assert demo.returncode == 0, demo.stdout[-2000:] + demo.stderr[-2000:] + cloud.log_tail()
    found = printed_counts(demo.stdout)
    assert found["active"] == 67
    assert found["inactive"] == 10
    assert found["confirmed"] >= DEMO_ORDERS
    # Tests of permissions have stopped commands half-way; on a fast machine the schedule finishes them now.
    unfinished = "the sweeper to finish what was stopped"
    wait_until(lambda: not list(violations(read_tables(client))), unfinished, SCHEDULE_SECONDS)
    demo_products = assert_consistent(client).products.keys() - products
    assert len(demo_products) == 77

    last = shop.has_sku(1)
    cloud.wait_until_archived(outputs["archive_bucket"], last.sku)
    findings = map(json.dumps, shop.listed(f"{shop.audit}/findings", "auditor"))
    assert [finding for finding in findings if any(product in finding for product in demo_products)] == []
