"""Orders a second of several writers in batches and one by one, over many SKUs, in one run.

Run: ``python -m tests.benchmarks.concurrent_batches [--engine dynamodb-local] [--writers 1 8 16]``.

Each writer is a process and places orders of one unit of random SKUs through the stock service's code, in
batches of 49 or one after another, in alternation, so that a busy machine slows both alike.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from statistics import median
from typing import Any

from inventory_common.errors import InventoryError
from inventory_common.ids import StockKey
from local.tables import create_tables
from services.stock.chalicelib.domain.commands import BatchedCommand, LineRequest, PlaceOrder
from services.stock.chalicelib.engine.orders import Orders
from tests.benchmarks.hot_shop import ACTOR, PRODUCT, connect_to, counted_engine, put_sku
from tests.support.engines import ENGINES, engine

ROUNDS = 3
WARM_UP_SECONDS = 8.0
BATCH_ORDERS = 49
REPORT_SECONDS = 120.0
"""After which a writer that has not reported counts as crashed."""


@dataclass(slots=True)
class Work:
    """What one writer, or all of them, have done."""

    placed: int = 0
    refused: int = 0
    transactions: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, other: Work) -> None:
        self.placed += other.placed
        self.refused += other.refused
        self.transactions += other.transactions
        self.seconds += other.seconds


def sku(number: int) -> str:
    """Return a SKU by its number."""
    return f"SKU-{PRODUCT}-V{number:04}"


def place(orders: Orders, order_ids: list[str], lines: Sequence[tuple[LineRequest, ...]], work: Work) -> None:
    """Place orders, several as one batch."""
    try:
        if len(order_ids) == 1:
            orders.place(PlaceOrder(order_id=order_ids[0], lines=lines[0], hold_seconds=86_400), ACTOR)
            outcomes: list[Any] = [None]
        else:
            commands = [
                BatchedCommand(order_id, "place", each)
                for order_id, each in zip(order_ids, lines, strict=True)
            ]
            outcomes = list(orders.batch(commands, ACTOR))
    except InventoryError as error:
        outcomes = [error]
    refused = sum(isinstance(outcome, InventoryError) for outcome in outcomes)
    work.refused += refused
    work.placed += len(outcomes) - refused


def write(name: str, endpoint_url: str, size: int, skus: int, start: Any, stop: Event, results: Any) -> None:
    """Place so many orders at once until `stop` is set, and report."""
    stock, state = counted_engine(connect_to(endpoint_url))
    dice, work, number = random.Random(name), Work(), 0
    start.wait()
    while not stop.is_set():
        began = time.perf_counter()
        chosen = [(LineRequest(StockKey.of(sku(dice.randrange(skus))), 1),) for _ in range(size)]
        place(stock.orders, [f"ORDER-{name}-{number}-{n}" for n in range(size)], chosen, work)
        work.seconds.append(time.perf_counter() - began)
        number += 1
    work.transactions = state.sent
    results.put(work)


def run(
    endpoint_url: str, writers: int, size: int, skus: int, seconds: float, label: str
) -> tuple[float, Work]:
    """Let writers work for some time; return their orders a second and their work.

    The last batches end after that time, and their time counts too.
    """
    context = multiprocessing.get_context("spawn")
    results, stop, start = context.Queue(), context.Event(), context.Barrier(writers + 1)
    processes = [
        context.Process(target=write, args=(f"{label}-{n}", endpoint_url, size, skus, start, stop, results))
        for n in range(writers)
    ]
    for process in processes:
        process.start()
    start.wait(REPORT_SECONDS)
    began = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    work = Work()
    for _ in processes:
        work.add(results.get(timeout=REPORT_SECONDS))
    took = time.perf_counter() - began
    for process in processes:
        process.join()
    return work.placed / took, work


def measure(endpoint_url: str, writers: list[int], skus: int, seconds: float) -> None:
    """Print the rates of all numbers of writers, and their ratios."""
    client = connect_to(endpoint_url)
    create_tables(client)
    for number in range(skus):
        put_sku(client, sku(number))
    run(endpoint_url, 2, 1, skus, WARM_UP_SECONDS, "WARM")
    for count in writers:
        ratios = []
        for number in range(ROUNDS):
            one, single = run(endpoint_url, count, 1, skus, seconds, f"S{count}-{number}")
            many, batched = run(endpoint_url, count, BATCH_ORDERS, skus, seconds, f"B{count}-{number}")
            ratios.append(many / one)
            print(
                f"{count:2} writers, {skus} SKUs: one by one {one:6.1f}/s, in batches {many:6.1f}/s "
                f"({many / one:.2f} of it), {single.transactions / max(single.placed, 1):.2f} and "
                f"{batched.transactions / max(batched.placed, 1):.2f} transactions an order; a batch took "
                f"{median(batched.seconds):.2f} s, the longest {max(batched.seconds):.2f} s; "
                f"{single.refused} and {batched.refused} orders were busy",
                flush=True,
            )
        print(f"median: {count} writers place {median(ratios):.2f} times as many in batches", flush=True)


def main() -> None:
    """Measure on the engine of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.concurrent_batches")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="embedded")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 8, 16])
    parser.add_argument("--skus", type=int, default=100)
    arguments = parser.parse_args()
    with engine(arguments.engine) as endpoint_url:
        print("engine:", arguments.engine)
        measure(endpoint_url, arguments.writers, arguments.skus, arguments.seconds)


if __name__ == "__main__":
    main()
