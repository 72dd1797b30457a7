"""Many writers on one SKU: orders a second and attempts per order, beside the common pattern.

The common pattern reads the SKU, decides, and writes on condition that it stands as it was read; it comes
back at once if it does not.  It writes an order and the SKU, and no log.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError

from local.tables import create_tables
from tests.benchmarks import contention
from tests.benchmarks.hot_shop import HOT, PRODUCT, connect_to, gateway_of, patient, put_sku
from tests.support.engines import engine

__all__ = ["measure"]

ENGINE: Final = "dynamodb-local"
WRITERS: Final = (1, 2, 4, 8, 16, 32)
SECONDS: Final = 6.0
WARM_UP_SECONDS: Final = 10.0
BATCH: Final = 490
ATTEMPTS_MAX: Final = 40
PATIENCE_SECONDS: Final = 60.0


def measure() -> dict[str, Any]:
    """Return orders a second and attempts per order, by writers, of both; and the rates of batches."""
    with engine(ENGINE) as url:
        client = connect_to(url)
        create_tables(client)
        put_sku(client, HOT)
        contention.run(url, 2, WARM_UP_SECONDS, "WARM")
        product, pattern = {}, {}
        for writers in WRITERS:
            done, _ = contention.run(url, writers, SECONDS, f"W{writers}")
            product[str(writers)] = {
                "orders_per_second": done.placed / SECONDS,
                "attempts_per_order": done.attempts_per_order,
                "told_busy": done.busy,
            }
            pattern[str(writers)] = by_pattern(url, writers)
        return {"engine": ENGINE, "writers": product, "read_then_write": pattern, "batches": batches(client)}


def batches(client: Any) -> dict[str, float]:
    """Return orders a second of one writer that places, confirms and lets expire many at once."""
    from chalicelib.commands import BatchedOrder, OrderLineRequest, Source
    from chalicelib.stock_service import StockService
    from chalicelib.sweeper import Sweeper
    from inventory_common.timestamps import now, plus_seconds

    gateway, persistence = gateway_of(client), patient(PATIENCE_SECONDS)
    stock = StockService(gateway, now, persistence)
    source = Source("client:benchmark", "benchmark")
    lines = (OrderLineRequest(PRODUCT, HOT, 1),)

    def all_of(command: str, round_: str) -> None:
        stock.batch(
            [
                BatchedOrder(f"ORDER-{round_}-{n}", command, lines if command == "place" else ())
                for n in range(BATCH)
            ],
            source,
        )

    all_of("place", "warm")
    rates = {
        "place_per_second": rate(lambda: all_of("place", "first")),
        "confirm_per_second": rate(lambda: all_of("confirm", "first")),
    }
    all_of("place", "second")
    later = Sweeper(gateway, lambda: plus_seconds(now(), 90_000), persistence)
    swept: list[Any] = []
    rates["expire_per_second"] = rate(lambda: swept.append(later.sweep("benchmark")), count=1)
    rates["expire_per_second"] *= swept[0]["released"]
    return rates


def rate(work: Callable[[], Any], count: int = BATCH) -> float:
    """Return how many a second are done."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def by_pattern(url: str, writers: int) -> dict[str, float]:
    """Let so many processes place orders by the common pattern; return orders a second and attempts."""
    context = multiprocessing.get_context("spawn")
    results, stop, start = context.Queue(), context.Event(), context.Barrier(writers + 1)
    processes = [
        context.Process(target=read_then_write, args=(f"P{writers}-{n}", url, start, stop, results))
        for n in range(writers)
    ]
    for process in processes:
        process.start()
    start.wait(contention.REPORT_SECONDS)
    time.sleep(SECONDS)
    stop.set()
    totals = [results.get(timeout=contention.REPORT_SECONDS) for _ in processes]
    for process in processes:
        process.join()
    placed, attempts, given_up = (sum(each[n] for each in totals) for n in range(3))
    return {
        "orders_per_second": placed / SECONDS,
        "attempts_per_order": attempts / max(placed, 1),
        "told_busy": given_up,
    }


def read_then_write(name: str, url: str, start: Any, stop: Any, results: Any) -> None:
    """Place orders until told to stop; report how many, in how many attempts, and how many were given up."""
    client = connect_to(url)
    key = {"product_id": {"S": PRODUCT}, "sku": {"S": HOT}}
    placed = attempts = given_up = number = 0
    start.wait()
    while not stop.is_set():
        number += 1
        for _ in range(ATTEMPTS_MAX):
            attempts += 1
            seen = client.get_item(TableName="VendorInventory", Key=key, ConsistentRead=True)["Item"]
            order = {"product_id": {"S": f"ORDER-{name}-{number}"}, "sku": {"S": "#ORDER"}}
            update = {
                "TableName": "VendorInventory",
                "Key": key,
                "UpdateExpression": "ADD reserved_stock :one, version :one",
                "ConditionExpression": "version = :seen",
                "ExpressionAttributeValues": {":one": {"N": "1"}, ":seen": seen["version"]},
            }
            put = {"TableName": "VendorInventory", "Item": order}
            try:
                client.transact_write_items(TransactItems=[{"Update": update}, {"Put": put}])
            except ClientError:
                continue
            placed += 1
            break
        else:
            given_up += 1
    results.put((placed, attempts, given_up))
