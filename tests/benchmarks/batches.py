"""Reservations a second on one SKU through the stock service's code: batches and single orders in one run.

Run: ``python -m tests.benchmarks.batches [--dynamodb-local FOLDER] [--profile]``.  FOLDER holds
DynamoDBLocal.jar; without it the embedded engine serves.  One writer sends both, in turns, so that a busy
machine slows both alike.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from local.embedded_aws import embedded_aws
from local.ports import free_port
from local.tables import create_tables

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "services" / "stock"))

PRODUCT = "PROD-E4F9A"
SKU = f"SKU-{PRODUCT}-BLK-L"
ROUNDS = 7
BATCH_ORDERS = 490
SINGLE_ORDERS = 60
START_SECONDS = 30.0


@contextmanager
def dynamodb_local(folder: Path) -> Iterator[str]:
    """Run DynamoDB Local on a free port of this machine, in memory."""
    port = free_port()
    process = subprocess.Popen(
        [
            *("java", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"),
            *("-inMemory", "-sharedDb", "-port", str(port)),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_until_ready(client: Any) -> None:
    """Return when the engine answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.list_tables()
            return
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def rate_of(count: int, work: Callable[[], object]) -> float:
    """Return how many a second `work` does, if it does `count`."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def cpu_ms_of(count: int, work: Callable[[], object]) -> float:
    """Return the milliseconds of this process's CPU time that each of `count` takes."""
    before = time.process_time()
    work()
    return 1_000 * (time.process_time() - before) / count


def measure(endpoint_url: str, *, profile: bool) -> None:
    """Print the rates of some rounds, their medians and the ratio of these."""
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint_url,
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    os.environ.update(settings)

    from chalicelib.commands import BatchedOrder, OrderLineRequest, PlaceOrder, Source
    from chalicelib.inventory_gateway import InventoryGateway
    from chalicelib.stock_service import SettledOrder, StockService
    from inventory_common.contention import Persistence
    from inventory_common.dynamodb import connect
    from inventory_common.settings import Settings
    from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
    from inventory_common.timestamps import now

    client = connect()
    wait_until_ready(client)
    create_tables(client)
    client.put_item(
        TableName="VendorInventory",
        Item=Sku(
            product_id=PRODUCT,
            sku=SKU,
            vendor_id="VENDOR-001",
            variant_name="Black - Large",
            current_stock=1_000_000,
            reserved_stock=0,
            reorder_threshold=10,
            unit_price=90,
            last_updated=now(),
            last_updated_by="VENDOR-001",
            is_active=True,
            sequence=0,
            ledger_hash=FIRST_PREVIOUS_HASH,
            version=1,
            product_is_active=True,
            product_version=1,
        ).to_item(),
    )
    gateway = InventoryGateway(
        client,
        Settings(jwks_url="", token_issuer="", token_audiences=(), machine_client_ids=()),
    )
    # A machine that is too slow is measured, not refused.
    stock = StockService(gateway, now, Persistence(deadline_seconds=60.0))
    source = Source("client:benchmark", "benchmark")
    lines = (OrderLineRequest(PRODUCT, SKU, 1),)

    def batch(name: str) -> None:
        commands = [BatchedOrder(f"ORDER-{name}-{number}", "place", lines) for number in range(BATCH_ORDERS)]
        results = stock.batch(commands, source)
        assert all(isinstance(result, SettledOrder) and not result.replayed for result in results)

    def singles(name: str) -> None:
        for number in range(SINGLE_ORDERS):
            command = PlaceOrder(order_id=f"ORDER-{name}-{number}", lines=lines, hold_seconds=86_400)
            assert not stock.place(command, source).replayed

    batch("warm-b")
    singles("warm-s")
    batched, single = [], []
    for number in range(ROUNDS):
        batched.append(rate_of(BATCH_ORDERS, lambda n=number: batch(f"b{n}")))
        single.append(rate_of(SINGLE_ORDERS, lambda n=number: singles(f"s{n}")))
        print(f"round {number + 1}: {batched[-1]:7,.0f}/s in batches, {single[-1]:5,.0f}/s one by one")
    costs = (
        cpu_ms_of(BATCH_ORDERS, lambda: batch("cpu-b")),
        cpu_ms_of(SINGLE_ORDERS, lambda: singles("cpu-s")),
    )
    found = gateway.sku(PRODUCT, SKU)
    assert found is not None
    assert found.reserved_stock == found.sequence == (ROUNDS + 2) * (BATCH_ORDERS + SINGLE_ORDERS)
    many, one = median(batched), median(single)
    print(f"median:  {many:7,.0f}/s in batches, {one:5,.0f}/s one by one: {many / one:.1f} times")
    print(f"CPU of the service, an order: {costs[0]:.2f} ms in batches, {costs[1]:.2f} ms one by one")
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(batch, "profiled")
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    """Measure on the engine that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.batches")
    parser.add_argument("--dynamodb-local", type=Path, metavar="FOLDER")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.dynamodb_local
    with embedded_aws() if folder is None else dynamodb_local(folder) as endpoint_url:
        print("engine:", "embedded" if folder is None else "DynamoDB Local")
        measure(endpoint_url, profile=arguments.profile)


if __name__ == "__main__":
    main()
