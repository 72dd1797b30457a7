"""DynamoDB is unreachable, silent, in conflict or loses a response: all is done or nothing, in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx

from local.embedded_aws import embedded_aws
from local.tables import create_tables
from tests.integration.ledger_checks import Tables, everything_in
from tests.integration.processes import StartServices, dynamodb
from tests.integration.relay import Relay
from tests.integration.shop import Shop, Sku, Wire, done, outcome, together

API_GATEWAY_WAITS_SECONDS = 29.0
REFUSED_SECONDS = 15.0
"""A write whose answer was lost is sent again for the ten seconds of its command; the last try ends later."""

Request = Callable[[], httpx.Response]


def requests_of_all_types(shop: Shop, sku: Sku) -> list[Request]:
    return [
        partial(shop.ask, "GET", f"{shop.catalog}/products/{sku.product_id}"),
        partial(shop.ask, "GET", f"{shop.catalog}/products", params={"category": "Drinks"}),
        shop.create_product,
        partial(shop.create_product, key="k"),
        partial(shop.deactivate_product, sku.product_id),
        partial(shop.ask, "GET", f"{shop.stock}/vendors/{sku.vendor_id}/inventory", "admin"),
        partial(shop.ask, "GET", f"{shop.stock}/vendors/{sku.vendor_id}/low-stock", "admin"),
        partial(shop.create_sku, sku._replace(sku=f"{sku.sku}-2")),
        partial(shop.restock, sku, 1),
        partial(shop.place, "ORDER-2", (sku, 1)),
        partial(shop.order, "ORDER-1"),
        partial(shop.confirm, "ORDER-1"),
        partial(shop.cancel, "ORDER-1"),
        partial(shop.ask, "GET", f"{shop.audit}/skus/{sku.sku}/transactions", "auditor"),
        partial(
            shop.ask, "GET", f"{shop.audit}/transactions/TXN-{'0' * 8}-0000-0000-0000-{'0' * 12}", "admin"
        ),
    ]


def commands_that_write(shop: Shop, sku: Sku) -> list[tuple[Request, str]]:
    return [
        (partial(shop.place, "ORDER-1", (sku, 2)), "201"),
        (partial(shop.confirm, "ORDER-1"), "200"),
        (partial(shop.restock, sku, 5, key="k"), "201"),
        (partial(shop.create_product, key="k"), "201"),
        (partial(shop.create_sku, sku._replace(sku=f"{sku.sku}-2"), key="k"), "201"),
    ]


def assert_unavailable(response: httpx.Response, elapsed_seconds: float, limit_seconds: float) -> None:
    request = f"{response.request.method} {response.url}"
    # A write that was sent, to a connection that may have worked, could have been executed.
    codes = {"database_unavailable"} | ({"outcome_unknown"} if response.request.method != "GET" else set())
    assert (request, response.status_code) == (request, 503)
    assert response.json()["code"] in codes, request
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) >= 1
    assert response.headers["X-Request-Id"] == response.json()["request_id"]
    assert elapsed_seconds < limit_seconds, request


def timed(request: Request) -> tuple[httpx.Response, float]:
    started = time.monotonic()
    return request(), time.monotonic() - started


def assert_healthy(shop: Shop) -> None:
    for url in (shop.catalog, shop.stock, shop.audit):
        assert outcome(shop.ask("GET", f"{url}/health")) == "200"


def test_without_dynamodb_every_response_is_503_and_the_services_stay_healthy(
    start: StartServices, wire: Wire
) -> None:
    with embedded_aws() as endpoint_url:
        create_tables(dynamodb(endpoint_url))
        catalog, stock, audit = start("catalog", "stock", "audit", dynamodb_url=endpoint_url)
        shop = Shop(wire, catalog.url, stock.url, audit.url)
        sku = shop.has_sku(10)
        done(shop.place("ORDER-1", (sku, 1)))

    for response, took in together([partial(timed, request) for request in requests_of_all_types(shop, sku)]):
        assert_unavailable(response, took, REFUSED_SECONDS)
    assert_healthy(shop)


def test_requests_to_a_silent_dynamodb_end_before_api_gateway_times_out(
    shop: Shop, relayed: Shop, relay: Relay, check_tables: Callable[[], Tables]
) -> None:
    sku = shop.has_sku(10)
    done(shop.place("ORDER-1", (sku, 1)))
    with relay.silence():
        requests = requests_of_all_types(relayed, sku)
        # Few requests for each service: more would queue for its eight threads.
        chosen = [requests[0], requests[2], *requests[8:12], requests[13]]
        for response, took in together([partial(timed, request) for request in chosen]):
            assert_unavailable(response, took, API_GATEWAY_WAITS_SECONDS)
        assert_healthy(relayed)

    for request in requests_of_all_types(relayed, sku)[8:12]:
        assert request().is_success
    check_tables()


def test_a_command_whose_response_is_lost_once_is_executed_once(
    shop: Shop, relayed: Shop, relay: Relay, check_tables: Callable[[], Tables]
) -> None:
    sku = shop.has_sku(10)
    for command, expected in commands_that_write(relayed, sku):
        relay.drop_next_response("TransactWriteItems")
        assert outcome(command()) == expected
    tables = check_tables()
    assert len(tables.products) == len(tables.skus) == 2
    assert [record["quantity"] for record in tables.ledger(sku.sku)] == [10, 2, 2, 5]


def test_a_command_whose_responses_are_all_lost_is_replayed_when_it_is_sent_again(
    shop: Shop, relayed: Shop, relay: Relay, check_tables: Callable[[], Tables]
) -> None:
    sku = shop.has_sku(10)
    for command, _ in commands_that_write(relayed, sku):
        with relay.responses_dropped("TransactWriteItems"):
            response, took = timed(command)
        assert outcome(response) == "503 outcome_unknown"
        assert took < API_GATEWAY_WAITS_SECONDS
        assert outcome(command()) == "200 replayed"
    tables = check_tables()
    assert len(tables.products) == len(tables.skus) == 2
    assert [record["quantity"] for record in tables.ledger(sku.sku)] == [10, 2, 2, 5]


def test_a_transaction_conflict_is_retried(
    shop: Shop, relayed: Shop, relay: Relay, check_tables: Callable[[], Tables]
) -> None:
    sku = shop.has_sku(10)
    for command, expected in commands_that_write(relayed, sku):
        relay.conflict_next(2)
        assert outcome(command()) == expected
    assert [record["quantity"] for record in check_tables().ledger(sku.sku)] == [10, 2, 2, 5]


def test_a_product_is_deactivated_while_a_transaction_checks_it(
    shop: Shop, relayed: Shop, relay: Relay, check_tables: Callable[[], Tables]
) -> None:
    # The transaction of a new SKU checks its product; DynamoDB refuses single writes of it meanwhile.
    product_id = shop.has_product()
    relay.conflict_next(2, "UpdateItem")
    assert relayed.deactivate_product(product_id).status_code == 204
    assert check_tables().products[product_id]["is_active"] == "false"


def test_endless_conflicts_end_in_503_and_nothing_is_written(
    shop: Shop, relayed: Shop, relay: Relay, client: Any, check_tables: Callable[[], Tables]
) -> None:
    sku = shop.has_sku(10)
    before = everything_in(client)
    relay.conflict_next(1_000)
    try:
        requests = [partial(relayed.place, f"ORDER-{n}", (sku, 1)) for n in range(4)]
        for response, took in together([partial(timed, request) for request in requests]):
            assert outcome(response) == "503 busy"
            assert int(response.headers["Retry-After"]) >= 1
            assert took < API_GATEWAY_WAITS_SECONDS
    finally:
        relay.conflict_next(0)
    assert everything_in(client) == before
    assert outcome(relayed.place("ORDER-1", (sku, 1))) == "201"
    check_tables()
