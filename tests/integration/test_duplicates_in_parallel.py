"""Duplicates of one command do not fight each other: calls of DynamoDB of both, and their responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.integration.ledger_checks import Tables
from tests.integration.processes import Service, wait_until
from tests.integration.shop import Shop, Sku, done, together

CheckTables = Callable[[], Tables]
ROUNDS = 5


def confirm_as_batch(shop: Shop, order_id: str) -> httpx.Response:
    body = {"orders": [{"order_id": order_id, "command": "confirm"}]}
    return shop.ask("POST", f"{shop.stock}/orders/batch", "orders", body=body)


def calls_of(services: list[Service], responses: list[httpx.Response]) -> list[int]:
    """Return the calls of DynamoDB of each request, as the services log them."""
    ids = [response.headers["X-Request-Id"] for response in responses]
    found: dict[str, int] = {}

    def all_are_written() -> bool:
        for service in services[2:4]:
            for text in service.text().splitlines():
                line = json.loads(text)
                if line.get("request_id") in ids and "dynamodb_calls" in line:
                    found[line["request_id"]] = line["dynamodb_calls"]
        return len(found) == len(ids)

    wait_until(all_are_written, "a line for every response", 10)
    return [found[each] for each in ids]


def ordered(shop: Shop, skus: list[Sku], order_id: str) -> str:
    done(shop.place(order_id, *[(sku, 1) for sku in skus]))
    return order_id


@pytest.mark.parametrize(
    ("lines", "copies", "most_calls"),
    [
        (41, 2, 16),  # one transaction
        (41, 8, 80),
        (100, 2, 40),  # a saga of three steps
    ],
)
def test_batches_that_confirm_one_order_at_once(
    shop: Shop,
    second_process: Shop,
    services: list[Service],
    check_tables: CheckTables,
    lines: int,
    copies: int,
    most_calls: int,
) -> None:
    skus = shop.has_skus(lines, stock=ROUNDS)
    calls: list[int] = []
    for number in range(ROUNDS):
        order_id = ordered(shop, skus, f"ORDER-{number}")
        responses = together(
            [partial(confirm_as_batch, where, order_id) for where in [shop, second_process] * (copies // 2)]
        )
        results = [done(response).json()["results"][0] for response in responses]
        assert {result["status_code"] for result in results} <= {200, 202}
        assert 200 in {result["status_code"] for result in results}
        calls.append(sum(calls_of(services, responses)))
    print(f"calls of {copies} batches that confirm {lines} lines at once: {calls}")
    assert max(calls) <= most_calls
    tables = check_tables()
    for number in range(ROUNDS):
        kinds = [record["transaction_type"] for record in tables.records_of(f"ORDER-{number}")]
        assert sorted(kinds) == ["order_confirmed"] * lines + ["order_placed"] * lines
