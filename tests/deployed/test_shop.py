"""The deployed services at work: a shop's day, streams, alerts, findings."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.deployed.cloud import BACKLOG_SECONDS, Cloud, Tokens
from tests.deployed.deployed_services import Deployed
from tests.e2e.a_day_in_the_shop import people, run_a_day
from tests.integration.processes import ROOT, wait_until
from tests.integration.shop import Shop, Sku, done, outcome

STREAM_SECONDS = 30.0


@pytest.fixture(scope="module")
def inbox(cloud: Cloud, outputs: dict[str, Any]) -> str:
    """A queue that receives the business alerts, as a subscriber's does."""
    sqs = cloud.client("sqs")
    url = str(sqs.create_queue(QueueName="subscriber-of-the-test")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": outputs["alert_topic_arn"]}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    subscribed = cloud.client("sns").subscribe(
        TopicArn=outputs["alert_topic_arn"], Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True
    )
    assert subscribed["SubscriptionArn"]
    return url


def test_the_services_accept_tokens_of_cognito(
    held_order: tuple[str, Sku], shop: Shop, tokens: Tokens, outputs: dict[str, Any]
) -> None:
    _, sku = held_order
    url = f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}"
    assert outcome(shop.ask("GET", url)) == "401 unauthenticated"
    for role in ("orders", "auditor", "admin"):
        assert shop.ask("GET", url, role).status_code == 200
    assert outcome(shop.ask("GET", f"{shop.audit}/vendors/{sku.vendor_id}/transactions", "orders")) == (
        "403 forbidden"
    )


def test_each_service_serves_its_document_and_its_page(deployed: Deployed) -> None:
    for service, url in deployed.urls.items():
        with httpx.Client(trust_env=False, timeout=30.0) as http:
            document = http.get(f"{url}/openapi.json")
            assert document.json() == json.loads(
                (ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8")
            )
            assert "<redoc " in http.get(f"{url}/docs").text
            script = http.get(f"{url}/docs/redoc.standalone.js")
            assert script.status_code == 200
            assert script.headers["Content-Type"].startswith("text/javascript")


def test_a_day_in_the_shop(shop: Shop, front_url: str, client: Any) -> None:
    with people(shop, front_url) as person:
        run_a_day(person, client)


def test_a_vendors_machine_is_that_vendor(shop: Shop, tokens: Tokens) -> None:
    headers = {"Authorization": f"Bearer {tokens.of_machine('acme-erp')}"}
    body = {"product_name": "Anvil", "category": "Tools", "base_price": 99.5}
    created = httpx.post(f"{shop.catalog}/products", json=body, headers=headers, trust_env=False)
    assert created.status_code == 201, created.text
    assert created.json()["vendor_id"] == "VENDOR-ACME"
    other = httpx.get(f"{shop.catalog}/vendors/VENDOR-001/products", headers=headers, trust_env=False)
    assert outcome(other) == "403 forbidden"


def test_requests_without_a_route_are_problems(shop: Shop) -> None:
    for method, path, expected in (
        ("GET", "/nothing", "404 route_not_found"),
        ("DELETE", "/health", "405 method_not_allowed"),
        ("GET", "/vendors/VENDOR-001/nothing/at/all", "404 route_not_found"),
    ):
        response = shop.ask(method, f"{shop.stock}{path}")
        assert outcome(response) == expected
        assert response.headers["Content-Type"] == "application/problem+json"


def test_a_low_stock_alert_reaches_its_subscribers(cloud: Cloud, inbox: str, shop: Shop) -> None:
    sku = shop.has_sku(10, reorder_threshold=4)
    done(shop.place("ORDER-Low-1", (sku, 7)))
    done(shop.confirm("ORDER-Low-1"))
    sqs = cloud.client("sqs")
    alerts: list[dict[str, Any]] = []

    def is_reported() -> bool:
        response = sqs.receive_message(QueueUrl=inbox, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        alerts.extend(
            json.loads(json.loads(each["Body"])["Message"]) for each in response.get("Messages", ())
        )
        return any(alert["sku"] == sku.sku for alert in alerts)

    wait_until(is_reported, "the alert of a low SKU", STREAM_SECONDS)
    (alert,) = [alert for alert in alerts if alert["sku"] == sku.sku]
    assert (alert["kind"], alert["vendor_id"], alert["current_stock"]) == ("low_stock", sku.vendor_id, 3)


def test_a_deactivated_product_reaches_its_skus(shop: Shop) -> None:
    sku = shop.has_sku(5)
    assert shop.deactivate_product(sku.product_id).status_code == 204
    wait_until(lambda: not shop.sku(sku)["product_is_active"], "the flag of the SKU", STREAM_SECONDS)
    assert outcome(shop.place("ORDER-Late-1", (sku, 1))).startswith("409 ")


def test_the_log_is_archived_and_the_services_cause_no_findings(
    cloud: Cloud, outputs: dict[str, Any], shop: Shop
) -> None:
    sku = shop.has_sku(5)
    archived = cloud.wait_until_archived(outputs["archive_bucket"], sku.sku)
    (record,) = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor", limit=10)
    assert archived[0] == record
    assert shop.listed(f"{shop.audit}/findings", "auditor") == []


def test_stock_that_is_changed_behind_the_services_is_a_finding(client: Any, shop: Shop) -> None:
    sku = shop.has_sku(5)

    def set_stock(units: int) -> None:
        client.update_item(
            TableName="VendorInventory",
            Key={"product_id": {"S": sku.product_id}, "sku": {"S": sku.sku}},
            UpdateExpression="SET current_stock = :n",
            ExpressionAttributeValues={":n": {"N": f"{units}"}},
        )

    set_stock(500)
    found: list[Any] = []

    def is_reported() -> bool:
        found[:] = shop.listed(f"{shop.audit}/findings", "vendor", sku.vendor_id)
        return any(finding["sku"] == sku.sku for finding in found)

    wait_until(is_reported, "the finding", BACKLOG_SECONDS)
    (finding,) = [finding for finding in found if finding["sku"] == sku.sku]
    assert (finding["kind"], finding["vendor_id"]) == ("stock_without_record", sku.vendor_id)
    set_stock(5)  # the tables are compared with the log later
