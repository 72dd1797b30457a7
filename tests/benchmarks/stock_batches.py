"""Restocks a second of many SKUs through the stock service: in batches and one by one, in one run.

Run: ``python -m tests.benchmarks.stock_batches [--engine dynamodb-local]``.  One client restocks every SKU
once in a batch and once by single requests, in alternation, so that a busy machine slows both alike.  The
service handles the requests in this process, from the token to the log line, with its SKUs in the cache.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import partial
from statistics import median
from typing import Any

from inventory_common.ids import StockKey
from inventory_common.limits import BATCH_CHANGES_MAX
from local.tables import create_tables
from services.stock.chalicelib.bootstrap import rest_service
from tests.benchmarks.batches import cpu_ms_of, rate_of
from tests.benchmarks.hot_shop import PRODUCT, connect_to, patient_engine, put_sku, storage_over
from tests.benchmarks.performance.shape import keep, records
from tests.benchmarks.performance.stage import Client, settings
from tests.support.engines import ENGINES, engine

ROUNDS = 5
DEADLINE_SECONDS = 60.0
SKUS = [f"SKU-{PRODUCT}-V{number:03}" for number in range(BATCH_CHANGES_MAX)]

Send = Callable[..., Any]
"""Posts a body to an address, with an Idempotency-Key or none, and returns the body of the response."""


def batch(send: Send, name: str) -> None:
    """Restock every SKU in one request."""
    changes = [
        {"type": "restock", "product_id": PRODUCT, "sku": sku, "quantity": 1, "idempotency_key": name}
        for sku in SKUS
    ]
    results = send("/stock/batch", {"changes": changes})["results"]
    assert {result["status_code"] for result in results} == {201}


def singles(send: Send, name: str) -> None:
    """Restock every SKU in a request of its own."""
    for sku in SKUS:
        address = f"/products/{PRODUCT}/skus/{sku}/restocks"
        assert send(address, {"quantity": 1}, name)["transaction"]["sku"] == sku


def measure(endpoint_url: str, token: str) -> float:
    """Print the rates of some rounds and their medians, and return the ratio of these."""
    client = connect_to(endpoint_url)
    create_tables(client)
    # First: DynamoDB Local goes through the records of all streams as far as the table's own first one.
    keep(client, "StockTransactions", records(1))
    for sku in SKUS:
        put_sku(client, sku)
    storage = storage_over(client)
    service = rest_service(patient_engine(storage, DEADLINE_SECONDS))
    door = Client(service)

    def send(address: str, body: Mapping[str, Any], key: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} | ({} if key is None else {"Idempotency-Key": key})
        answer = service(door.event("POST", address, headers, json.dumps(body)), None)
        assert answer["statusCode"] in (200, 201), answer
        return json.loads(answer["body"])

    def rate(work: Callable[[Send, str], None], name: str) -> float:
        with open(os.devnull, "w", encoding="utf-8") as log, redirect_stdout(log):
            return rate_of(len(SKUS), partial(work, send, name))

    rate(batch, "warm")
    rates: dict[str, list[float]] = {"batch": [], "singles": []}
    for number in range(ROUNDS):
        rates["batch"].append(rate(batch, f"batch-{number}"))
        rates["singles"].append(rate(singles, f"single-{number}"))
        many, one = (each[-1] for each in rates.values())
        print(f"round {number + 1}: {many:7,.0f}/s in batches, {one:5,.0f}/s one by one")
    with open(os.devnull, "w", encoding="utf-8") as log, redirect_stdout(log):
        costs = [
            cpu_ms_of(len(SKUS), partial(work, send, f"cpu-{work.__name__}")) for work in (batch, singles)
        ]
    for sku in SKUS:
        found = storage.skus.get(StockKey.of(sku))
        assert found is not None
        assert found.sequence == 1 + 2 * ROUNDS + 2
    many, one = (median(each) for each in rates.values())
    print(f"median:  {many:7,.0f}/s in batches, {one:5,.0f}/s one by one: {many / one:.1f} times")
    print(f"CPU of the service, a restock: {costs[0]:.2f} ms in batches, {costs[1]:.2f} ms one by one")
    return many / one


def main() -> None:
    """Measure on the engine of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stock_batches")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="embedded")
    arguments = parser.parse_args()
    with engine(arguments.engine) as endpoint_url, settings() as environment:
        os.environ.update(environment)
        measure(endpoint_url, json.loads(environment["TOKENS"])["admin"])


if __name__ == "__main__":
    main()
