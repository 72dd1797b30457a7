"""The log lines of real requests: one each, with its cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from tests.integration.processes import Service, wait_until
from tests.integration.relay import Relay
from tests.integration.shop import VENDOR, Shop, Sku, done, outcome, together
from tests.support.engines import ENGINE

WRITES = {"PutItem", "TransactWriteItems", "UpdateItem"}
READS = {"GetItem", "Query"} | ({"BatchGetItem"} if ENGINE == "dynamodb-local" else set())
"""The operations for which the engine returns consumed capacity."""

Logs = dict[str, Service]
Line = dict[str, Any]


@pytest.fixture
def logs(services: list[Service], relayed_services: list[Service]) -> Logs:
    """Every process by its address."""
    return {service.url: service for service in (*services[1:], *relayed_services)}


def lines_of(logs: Logs, responses: list[httpx.Response]) -> list[Line]:
    """Return the lines of responses, in their order; a line may be written a moment after its response."""
    found: dict[str, list[Line]] = {}

    def all_are_written() -> bool:
        found.clear()
        for url in {str(response.request.url.join("/")).rstrip("/") for response in responses}:
            for text in logs[url].text().splitlines():
                line = json.loads(text)
                found.setdefault(line["request_id"], []).append(line)
        return all(response.headers["X-Request-Id"] in found for response in responses)

    wait_until(all_are_written, "a line for every response", 10)
    lines = [found[response.headers["X-Request-Id"]] for response in responses]
    assert {len(each) for each in lines} == {1}
    return [line for [line] in lines]


def line_of(logs: Logs, response: httpx.Response) -> Line:
    return lines_of(logs, [response])[0]


def test_a_placed_order_is_logged_with_its_calls_and_units(shop: Shop, logs: Logs) -> None:
    skus = shop.has_skus(3, stock=10)
    line = line_of(logs, shop.place("ORDER-1", *[(sku, 1) for sku in skus]))
    assert line.pop("timestamp") > "2026"
    assert line.pop("duration_ms") > 0
    assert line.pop("aws_request_id")
    assert line.pop("request_id")
    # A transaction writes seven items: three SKUs, three records, the order.  Engines differ in what they
    # count for indexes; the embedded one returns no capacity for a BatchGetItem.
    assert line.pop("write_units") >= 14
    assert line.pop("read_units") >= 0
    assert line == {
        "level": "INFO",
        "message": "request",
        "service": "inventory-stock",
        "method": "PUT",
        "route": "/orders/{order_id}",
        "order_id": "ORDER-1",
        "principal": line["principal"],
        "roles": ["orders"],
        "vendor_id": None,
        "status": 201,
        "code": None,
        "dynamodb_calls": 1,  # the process has cached the SKUs
        "dynamodb_retries": 0,
    }
    assert line["principal"].startswith("client:")


def requests_of_all_types(shop: Shop, sku: Sku) -> list[Callable[[], httpx.Response]]:
    ask = shop.ask
    return [
        partial(ask, "GET", f"{shop.catalog}/products/{sku.product_id}"),
        shop.create_product,
        partial(shop.create_product, key="k"),
        partial(shop.restock, sku, 1, key="k"),
        partial(shop.restock, sku, 1, key="k"),
        partial(shop.place, "ORDER-1", (sku, 1)),
        partial(shop.place, "ORDER-2", (sku, 1_000)),
        partial(shop.confirm, "ORDER-1"),
        partial(shop.order, "ORDER-1"),
        partial(ask, "GET", f"{shop.stock}/vendors/{sku.vendor_id}/low-stock", "vendor", sku.vendor_id),
        partial(ask, "GET", f"{shop.audit}/skus/{sku.sku}/transactions", "auditor"),
        partial(ask, "GET", f"{shop.audit}/skus/{sku.sku}/transactions"),
        partial(ask, "GET", f"{shop.audit}/nowhere"),
        partial(ask, "GET", f"{shop.audit}/health"),
    ]


def test_the_logged_calls_are_those_that_reach_dynamodb(
    shop: Shop, relayed: Shop, relay: Relay, logs: Logs
) -> None:
    sku = shop.has_sku(50)
    for request in requests_of_all_types(relayed, sku):
        with relay.calls() as calls:
            response = request()
        line = line_of(logs, response)
        logged = (line["status"], line["dynamodb_calls"], line["dynamodb_retries"])
        assert logged == (response.status_code, len(calls), 0), (line, calls)
        # A replay is found by the condition of a write, and a failed condition returns no capacity.
        has_written = not WRITES.isdisjoint(calls) and "replayed" not in outcome(response)
        assert (line["write_units"] > 0) == has_written, (line, calls)
        assert (line["read_units"] > 0) == (not READS.isdisjoint(calls)), (line, calls)


def test_a_lost_response_is_one_call_and_a_retry(shop: Shop, relayed: Shop, relay: Relay, logs: Logs) -> None:
    sku = shop.has_sku(10)
    relay.drop_next_response("TransactWriteItems")
    line = line_of(logs, done(relayed.place("ORDER-1", (sku, 1))))
    assert (line["dynamodb_calls"], line["dynamodb_retries"]) == (2, 1)


def test_a_cancelled_transaction_is_logged_as_a_call(
    shop: Shop, relayed: Shop, relay: Relay, logs: Logs
) -> None:
    sku = shop.has_sku(10)
    relay.conflict_next(2)
    line = line_of(logs, done(relayed.place("ORDER-1", (sku, 1))))
    # Each conflict costs a transaction and, after the backoff, a read.
    assert (line["dynamodb_calls"], line["dynamodb_retries"]) == (6, 0)


def test_an_unavailable_database_is_logged_once_with_its_exception(
    shop: Shop, relayed: Shop, relay: Relay, logs: Logs
) -> None:
    sku = shop.has_sku(10)
    relay.drop_next_response("BatchGetItem", times=3)
    response = relayed.place("ORDER-1", (sku, 1))
    line = line_of(logs, response)
    assert (line["level"], line["status"], line["code"]) == ("ERROR", 503, "database_unavailable")
    assert (line["dynamodb_calls"], line["dynamodb_retries"]) == (1, 2)
    assert line["exception"].startswith("botocore.exceptions.")
    assert line["stack"].count("Traceback") >= 1


def test_a_write_whose_answers_are_all_lost_is_logged_with_the_exception_that_lost_them(
    shop: Shop, relayed: Shop, relay: Relay, logs: Logs
) -> None:
    sku = shop.has_sku(10)
    with relay.responses_dropped("TransactWriteItems"):
        response = relayed.place("ORDER-1", (sku, 1))
    line = line_of(logs, response)
    assert (line["level"], line["status"], line["code"]) == ("ERROR", 503, "outcome_unknown")
    assert line["dynamodb_calls"] > 2
    assert line["exception"].startswith("botocore.exceptions.")
    assert line["stack"].count("Traceback") >= 1


def test_concurrent_requests_have_a_line_each_with_their_own_calls(shop: Shop, logs: Logs) -> None:
    sku = shop.has_sku(100)
    product = f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}"
    nothing = f"{shop.stock}/health"
    jobs = [partial(shop.ask, "GET", nothing if n % 2 else product, "admin") for n in range(40)]
    responses = together(jobs)
    lines = lines_of(logs, responses)
    assert [line["dynamodb_calls"] for line in lines] == [0 if n % 2 else 1 for n in range(40)]


def test_neither_tokens_nor_request_contents_are_logged(
    shop: Shop, services: list[Service], logs: Logs
) -> None:
    secret = "N0tForTheLog"
    sku = shop.has_sku(10)
    responses = [
        shop.create_product(product_name=secret, category=secret, description=secret),
        shop.create_product(price=secret),
        shop.restock(sku, 1, key=secret, notes=secret),
        shop.ask("GET", f"{shop.catalog}/products", params={"category": secret}),
        shop.ask("GET", f"{shop.catalog}/products", params={secret: secret}),
        shop.ask("GET", f"{shop.catalog}/{secret}", "admin"),
        shop.ask("GET", f"{shop.stock}/orders/{secret}", "admin"),
        shop.ask("GET", f"{shop.audit}/skus/{sku.sku}/transactions", headers={"Authorization": secret}),
        shop.ask(
            "GET",
            f"{shop.audit}/nowhere",
            headers={"Authorization": f"Bearer {secret}", "X-Request-Id": "a b"},
        ),
    ]
    lines_of(logs, responses)
    texts = [service.text() for service in services]
    tokens = [shop.wire.token("admin"), shop.wire.token("vendor", VENDOR)]
    for forbidden in (secret, *tokens, *[token.rpartition(".")[2] for token in tokens]):
        assert not [text for text in texts if forbidden in text]
