"""Writers on one hot SKU: what many get done beside what one does, and wide orders among them.

Run: ``python -m tests.benchmarks.contention [--engine dynamodb-local] [--seconds 5] [--writers 8]``.

Each writer is a process of its own and places orders of one unit through the stock service's code, one after
another.  Printed are the orders a second of one writer and of all together (*goodput*), the attempts that an
order took, and how many orders of 49 lines that contain the hot SKU get through beside them, with the
product's own bounds of attempts and time.
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

from local.tables import create_tables
from tests.benchmarks.hot_shop import HOT, PRODUCT, connect_to, gateway_of, put_sku
from tests.support.engines import ENGINES, engine

ROUNDS = 3
WARM_UP_SECONDS = 10.0
WIDE_ORDERS = 30
WIDE_LINES = 49
REPORT_SECONDS = 400.0
"""After which a writer that has not reported is taken for dead."""


@dataclass(slots=True)
class Work:
    """What one writer did."""

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


def service_on(endpoint_url: str) -> tuple[Any, list[int]]:
    """Return the service with its own persistence, and the number of its transactions, in a list of one."""
    from chalicelib.stock_service import StockService
    from inventory_common.retry_policy import RetryPolicy
    from inventory_common.timestamps import now

    gateway = gateway_of(connect_to(endpoint_url))
    sent = [0]
    commit = gateway.commit

    def counted(*arguments: Any, **named: Any) -> None:
        sent[0] += 1
        commit(*arguments, **named)

    gateway.commit = counted
    return StockService(gateway, now, RetryPolicy()), sent


def write(name: str, endpoint_url: str, lines: int, start: Any, stop: Event, results: Any, most: int) -> None:
    """Place orders until told to stop, or as many as there are to be, and report."""
    stock, sent = service_on(endpoint_url)

    from chalicelib.commands import OrderLineRequest, PlaceOrder, Source
    from inventory_common.errors import Busy

    source = Source("client:benchmark", "benchmark")
    skus = [HOT, *(f"SKU-{PRODUCT}-V{n:04}" for n in range(1, lines))]
    asked = tuple(OrderLineRequest(PRODUCT, sku, 1) for sku in skus)
    work, number = Work(), 0
    start.wait()
    while not stop.is_set() and number < most:
        sent[0] = 0
        began = time.perf_counter()
        try:
            order = PlaceOrder(order_id=f"ORDER-{name}-{number}", lines=asked, hold_seconds=86_400)
            stock.place(order, source)
            work.placed += 1
            work.attempts[sent[0]] += 1
        except Busy:
            work.busy += 1
        work.seconds.append(time.perf_counter() - began)
        number += 1
    results.put((name, work))


def run(endpoint_url: str, writers: int, seconds: float, label: str, wide: int = 0) -> tuple[Work, Work]:
    """Let so many writers work for some time, or until the wide orders are through."""
    context = multiprocessing.get_context("spawn")
    results, stop = context.Queue(), context.Event()
    start = context.Barrier(writers + 1 + (1 if wide else 0))
    processes = [
        context.Process(
            target=write, args=(f"{label}-{n}", endpoint_url, 1, start, stop, results, 1_000_000_000)
        )
        for n in range(writers)
    ]
    if wide:
        processes.append(
            context.Process(
                target=write, args=(f"{label}-WIDE", endpoint_url, WIDE_LINES, start, stop, results, wide)
            )
        )
    for process in processes:
        process.start()
    start.wait(REPORT_SECONDS)
    all_narrow, all_wide = Work(), Work()
    if wide:
        _, all_wide = results.get(timeout=REPORT_SECONDS)
    else:
        time.sleep(seconds)
    stop.set()
    for _ in range(writers):
        all_narrow.add(results.get(timeout=REPORT_SECONDS)[1])
    for process in processes:
        process.join()
    return all_narrow, all_wide


def measure(endpoint_url: str, writers: int, seconds: float, wide_orders: int) -> None:
    """Print rates, ratios and attempts."""
    client = connect_to(endpoint_url)
    create_tables(client)
    for sku in [HOT, *(f"SKU-{PRODUCT}-V{n:04}" for n in range(1, WIDE_LINES))]:
        put_sku(client, sku)
    run(endpoint_url, 2, WARM_UP_SECONDS, "WARM")  # an engine on a virtual machine gets faster for a while
    ratios = []
    for number in range(ROUNDS):
        one, _ = run(endpoint_url, 1, seconds, f"ONE{number}")
        many, _ = run(endpoint_url, writers, seconds, f"MANY{number}")
        ratios.append(many.placed / one.placed)
        print(
            f"round {number + 1}: one writer {one.placed / seconds:6.1f}/s, {writers} writers "
            f"{many.placed / seconds:6.1f}/s ({ratios[-1]:.2f} of it), {many.attempts_per_order:.2f} "
            f"attempts an order, at most {max(many.attempts)}; the longest took {max(many.seconds):.2f} s, "
            f"{many.busy} were told to come back",
            flush=True,
        )
    print(f"median: {writers} writers get {median(ratios):.2f} of one writer's goodput")
    beside, wide = run(endpoint_url, writers, seconds, "BESIDE", wide=wide_orders)
    print(
        f"orders of {WIDE_LINES} lines beside {writers} writers: {wide.placed} of {wide_orders} placed, "
        f"{wide.attempts_per_order:.2f} attempts an order; the median took {median(wide.seconds):.2f} s, "
        f"the longest {max(wide.seconds):.2f} s; beside them {beside.placed} orders of one line, "
        f"{beside.busy} told to come back"
    )


def main() -> None:
    """Measure on the engine that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.contention")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="embedded")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--wide-orders", type=int, default=WIDE_ORDERS)
    arguments = parser.parse_args()
    with engine(arguments.engine) as endpoint_url:
        print("engine:", arguments.engine)
        measure(endpoint_url, arguments.writers, arguments.seconds, arguments.wide_orders)


if __name__ == "__main__":
    main()
