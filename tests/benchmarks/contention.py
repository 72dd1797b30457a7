"""Writers on one contended SKU: the throughput of many and of one, and the progress of large orders.

Run: ``python -m tests.benchmarks.contention [--engine dynamodb-local] [--seconds 5] [--writers 8]``.

Each writer is a process and places orders of one unit through the stock service's code, one after another.
Printed are the orders a second of one writer and of all together (*goodput*), the attempts of an order, and
how many orders of 49 lines with the contended SKU are placed at the same time, within the product's own
limits of attempts and time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from statistics import median
from typing import Any

from inventory_common.errors import Busy
from inventory_common.ids import StockKey
from local.tables import create_tables
from services.stock.chalicelib.domain.commands import LineRequest, PlaceOrder
from tests.benchmarks.hot_shop import ACTOR, HOT, PRODUCT, connect_to, counted_engine, put_sku
from tests.support.engines import ENGINES, engine

ROUNDS = 3
WARM_UP_SECONDS = 10.0
LARGE_ORDERS = 30
LARGE_ORDER_LINES = 49
REPORT_SECONDS = 400.0
"""After which a writer that has not reported counts as crashed."""


@dataclass(slots=True)
class Work:
    """The work of one writer."""

    placed: int = 0
    busy: int = 0
    attempts: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def add(self, other: Work) -> None:
        self.placed += other.placed
        self.busy += other.busy
        self.attempts += other.attempts
        self.seconds += other.seconds

    @property
    def attempts_per_order(self) -> float:
        return sum(count * times for count, times in self.attempts.items()) / max(self.placed, 1)


def write(
    name: str, endpoint_url: str, lines: int, start: Any, stop: Event, results: Any, orders_max: int
) -> None:
    """Place orders until `stop` is set, or so many, and report."""
    stock, state = counted_engine(connect_to(endpoint_url))
    skus = [HOT, *(f"SKU-{PRODUCT}-V{n:04}" for n in range(1, lines))]
    requested = tuple(LineRequest(StockKey.of(sku), 1) for sku in skus)
    work, number = Work(), 0
    start.wait()
    while not stop.is_set() and number < orders_max:
        state.sent = 0
        began = time.perf_counter()
        try:
            order = PlaceOrder(order_id=f"ORDER-{name}-{number}", lines=requested, hold_seconds=86_400)
            stock.orders.place(order, ACTOR)
            work.placed += 1
            work.attempts[state.sent] += 1
        except Busy:
            work.busy += 1
        work.seconds.append(time.perf_counter() - began)
        number += 1
    results.put((name, work))


def run(endpoint_url: str, writers: int, seconds: float, label: str, large: int = 0) -> tuple[Work, Work]:
    """Let so many writers work for some time, or until the large orders are placed."""
    context = multiprocessing.get_context("spawn")
    results, stop = context.Queue(), context.Event()
    start = context.Barrier(writers + 1 + (1 if large else 0))
    processes = [
        context.Process(
            target=write, args=(f"{label}-{n}", endpoint_url, 1, start, stop, results, 1_000_000_000)
        )
        for n in range(writers)
    ]
    if large:
        processes.append(
            context.Process(
                target=write,
                args=(f"{label}-LARGE", endpoint_url, LARGE_ORDER_LINES, start, stop, results, large),
            )
        )
    for process in processes:
        process.start()
    start.wait(REPORT_SECONDS)
    small_work, large_work = Work(), Work()
    if large:
        _, large_work = results.get(timeout=REPORT_SECONDS)
    else:
        time.sleep(seconds)
    stop.set()
    for _ in range(writers):
        small_work.add(results.get(timeout=REPORT_SECONDS)[1])
    for process in processes:
        process.join()
    return small_work, large_work


def measure(endpoint_url: str, writers: int, seconds: float, large_orders: int) -> None:
    """Print rates, ratios and attempts."""
    client = connect_to(endpoint_url)
    create_tables(client)
    for sku in [HOT, *(f"SKU-{PRODUCT}-V{n:04}" for n in range(1, LARGE_ORDER_LINES))]:
        put_sku(client, sku)
    run(endpoint_url, 2, WARM_UP_SECONDS, "WARM")  # an engine on a virtual machine becomes faster for a while
    ratios = []
    for number in range(ROUNDS):
        one, _ = run(endpoint_url, 1, seconds, f"ONE{number}")
        many, _ = run(endpoint_url, writers, seconds, f"MANY{number}")
        ratios.append(many.placed / one.placed)
        print(
            f"round {number + 1}: one writer {one.placed / seconds:6.1f}/s, {writers} writers "
            f"{many.placed / seconds:6.1f}/s ({ratios[-1]:.2f} of it), {many.attempts_per_order:.2f} "
            f"attempts an order, at most {max(many.attempts)}; the longest took {max(many.seconds):.2f} s, "
            f"{many.busy} were busy",
            flush=True,
        )
    print(f"median: {writers} writers get {median(ratios):.2f} of one writer's goodput")
    small, large = run(endpoint_url, writers, seconds, "MIXED", large=large_orders)
    print(
        f"orders of {LARGE_ORDER_LINES} lines among {writers} writers: "
        f"{large.placed} of {large_orders} placed, "
        f"{large.attempts_per_order:.2f} attempts an order; the median took {median(large.seconds):.2f} s, "
        f"the longest {max(large.seconds):.2f} s; at the same time {small.placed} orders of one line, "
        f"{small.busy} busy"
    )


def main() -> None:
    """Measure on the engine of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.contention")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="embedded")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--large-orders", type=int, default=LARGE_ORDERS)
    arguments = parser.parse_args()
    with engine(arguments.engine) as endpoint_url:
        print("engine:", arguments.engine)
        measure(endpoint_url, arguments.writers, arguments.seconds, arguments.large_orders)


if __name__ == "__main__":
    main()
