"""Reservations a second on one SKU through the stock service's code: batches and single orders in one run.

Run: ``python -m tests.benchmarks.batches [--engine dynamodb-local] [--profile]``.  One writer sends both, in
alternation, so that a busy machine slows both alike.  The baseline is the engine's own limit: the
transactions of batches, sent again by a client that decides nothing.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from statistics import median
from typing import Any

from inventory_common.ids import StockKey
from local.tables import create_tables
from services.stock.chalicelib.domain.commands import BatchedCommand, PlaceOrder
from services.stock.chalicelib.domain.orders import OrderOutcome
from tests.benchmarks.hot_shop import ACTOR, HOT, ONE_UNIT, connect_to, patient_engine, put_sku, storage_over
from tests.support.engines import ENGINES, engine

ROUNDS = 7
BATCH_ORDERS = 490
SINGLE_ORDERS = 60
DEADLINE_SECONDS = 60.0


def rate_of(count: int, work: Callable[[], object]) -> float:
    """Return how many a second `work` completes, if it completes `count`."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def cpu_ms_of(count: int, work: Callable[[], object]) -> float:
    """Return the milliseconds of this process's CPU time that each of `count` takes."""
    before = time.process_time()
    work()
    return 1_000 * (time.process_time() - before) / count


Sent = list[dict[str, Any]]


@contextmanager
def recording(client: Any) -> Iterator[Sent]:
    """Yield the list of transactions that a client sends within the block."""
    sent: Sent = []

    def keep(params: dict[str, Any], **_: Any) -> None:
        sent.append(deepcopy(params))

    event = "provide-client-params.dynamodb.TransactWriteItems"
    client.meta.events.register(event, keep)
    try:
        yield sent
    finally:
        client.meta.events.unregister(event, keep)


def measure_bare(endpoint_url: str, sent: Sequence[Sent]) -> float:
    """Return the orders a second of a client that sends these transactions, each list as one round."""
    client = connect_to(endpoint_url)
    create_tables(client)
    put_sku(client, HOT)

    def send(some: Sent) -> None:
        for params in some:
            client.transact_write_items(**params)

    send(sent[0])
    return median(rate_of(BATCH_ORDERS, partial(send, some)) for some in sent[1:])


def measure(endpoint_url: str, *, profile: bool) -> tuple[float, list[Sent]]:
    """Print the rates of some rounds, their medians and the ratio of these.

    Returns
    -------
    tuple
        The orders a second in batches, and the transactions of as many batches on a SKU of their own.
    """
    client = connect_to(endpoint_url)
    create_tables(client)
    put_sku(client, HOT)
    storage = storage_over(client)
    orders = patient_engine(storage, DEADLINE_SECONDS).orders

    def batch(name: str) -> None:
        commands = [
            BatchedCommand(f"ORDER-{name}-{number}", "place", ONE_UNIT) for number in range(BATCH_ORDERS)
        ]
        results = orders.batch(commands, ACTOR)
        assert all(isinstance(result, OrderOutcome) and not result.replayed for result in results)

    def singles(name: str) -> None:
        for number in range(SINGLE_ORDERS):
            command = PlaceOrder(order_id=f"ORDER-{name}-{number}", lines=ONE_UNIT, hold_seconds=86_400)
            assert not orders.place(command, ACTOR).replayed

    recorded = []
    for number in range(ROUNDS + 1):
        with recording(client) as sent:
            batch(f"warm-{number}")
        recorded.append(sent)
    singles("warm-s")
    batched, single = [], []
    for number in range(ROUNDS):
        batched.append(rate_of(BATCH_ORDERS, partial(batch, f"b{number}")))
        single.append(rate_of(SINGLE_ORDERS, partial(singles, f"s{number}")))
        print(f"round {number + 1}: {batched[-1]:7,.0f}/s in batches, {single[-1]:5,.0f}/s one by one")
    costs = (
        cpu_ms_of(BATCH_ORDERS, lambda: batch("cpu-b")),
        cpu_ms_of(SINGLE_ORDERS, lambda: singles("cpu-s")),
    )
    found = storage.skus.get(StockKey.of(HOT))
    assert found is not None
    assert (
        found.reserved_stock
        == found.sequence
        == ((2 * ROUNDS + 2) * BATCH_ORDERS + (ROUNDS + 2) * SINGLE_ORDERS)
    )
    many, one = median(batched), median(single)
    print(f"median:  {many:7,.0f}/s in batches, {one:5,.0f}/s one by one: {many / one:.1f} times")
    print(f"CPU of the service, an order: {costs[0]:.2f} ms in batches, {costs[1]:.2f} ms one by one")
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(batch, "profiled")
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return many, recorded


def main() -> None:
    """Measure on the engine of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.batches")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="embedded")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    with engine(arguments.engine) as endpoint_url:
        rate, sent = measure(endpoint_url, profile=arguments.profile)
    # A new engine: in this one the orders exist already.
    with engine(arguments.engine) as endpoint_url:
        bare = measure_bare(endpoint_url, sent)
    print(f"a bare client with the same transactions: {bare:,.0f}/s; the service is at {rate / bare:.2f}")


if __name__ == "__main__":
    main()
