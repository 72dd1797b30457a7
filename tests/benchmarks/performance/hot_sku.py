"""Many writers on one SKU: the throughput of each way of writing, and its attempts.

The product's ways are single orders and batches of them, placed and confirmed, and the sweeper.  The baseline
is the common pattern: it reads the SKU, decides, and writes on condition that it has not changed; if it has,
it tries again at once.  It writes an order and the SKU, and no log.

Of single orders, it is also measured how long they take, and whether they are committed in the order in which
they arrive.  An order arrives when its request begins, by the machine's monotonic clock, which all processes
share.  Its place among the commits is that of its record in the SKU's log: the end of the request would not
do, as a writer may learn late that another one has committed its order.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from bisect import bisect, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, Final, Literal, Protocol

from botocore.exceptions import ClientError

from inventory_common.errors import Busy, Unavailable
from inventory_common.schema import SKU_TRANSACTION_INDEX
from inventory_common.timestamps import now, plus_seconds
from local.tables import create_tables
from services.stock.chalicelib.bootstrap import Engine
from services.stock.chalicelib.domain.commands import BatchedCommand, PlaceOrder, SettleOrder
from services.stock.chalicelib.domain.orders import OrderOutcome
from tests.benchmarks.contention import REPORT_SECONDS
from tests.benchmarks.hot_shop import (
    ACTOR,
    HOT,
    ONE_UNIT,
    PRODUCT,
    connect_to,
    counted_engine,
    patient_engine,
    put_sku,
    storage_over,
)
from tests.support.engines import engine
from tools.load.report import percentile

__all__ = ["PLACE_WRITERS", "WRITERS", "measure", "overtaken", "run"]

ENGINE: Final = "dynamodb-local"
WRITERS: Final = (1, 2, 4, 8, 16, 32)
PLACE_WRITERS: Final = (*WRITERS, 64)
"""Of single orders alone: most of the time of a run is the start of its processes."""
SECONDS: Final = 4.0
WARM_UP_SECONDS: Final = 10.0
FAIR_SECONDS: Final = 1.0
"""By how much an order has to arrive before another to be expected before it in the log."""
BATCH: Final = 49
"""Orders of one line that fit into one transaction: a batch of this benchmark."""

PREPARED: Final = 3_920
"""Orders, of all writers together, that are placed to be confirmed: more than there is time for."""

EXPIRING: Final = 980
ATTEMPTS_MAX: Final = 40
DEADLINE_SECONDS: Final = 60.0

Step = Callable[[], int]
"""Sends one request; returns the number of orders that it completed, 0 if there is nothing left to do."""


class Sent(Protocol):
    """Counts the transactions that were sent."""

    sent: int


@dataclass
class StockCount:
    """A count of transactions."""

    sent: int = 0


Writer = tuple[Step, Sent]
"""What a process repeats, and the count of the transactions that it has sent."""


def measure() -> dict[str, Any]:
    """Return orders a second and attempts, by the way of writing and the number of writers."""
    found: dict[str, Any] = {way: {} for way in WAYS}
    with engine(ENGINE) as url:
        create_shop(url)
        run("place", "WARM", url, 2, WARM_UP_SECONDS)
        for writers in PLACE_WRITERS:
            for way in ("place", "read_then_write", "batch_place", "confirm", "batch_confirm"):
                if way == "place" or writers in WRITERS:
                    found[way][str(writers)] = run(way, f"{way}-{writers}", url, writers)
    with engine(ENGINE) as url:  # without other due orders
        create_shop(url)
        for writers in WRITERS:
            prepare(url, f"due-{writers}", EXPIRING)
            found["expire"][str(writers)] = run("expire", f"sweep-{writers}", url, writers, REPORT_SECONDS)
    return {"engine": ENGINE, **found}


def create_shop(url: str) -> None:
    """Create the tables and the SKU."""
    client = connect_to(url)
    create_tables(client)
    put_sku(client, HOT)


def run(way: str, name: str, url: str, writers: int, seconds: float = SECONDS) -> dict[str, float]:
    """Let so many processes write for some time, or until nothing is left to do.

    Returns
    -------
    dict
        ``orders_per_second``; ``attempts``, transactions sent for each that was needed; ``told_busy``,
        requests whose response was 503.  Of single orders also ``median_seconds``, ``p99_seconds`` and
        ``slowest_seconds`` of all requests, and ``overtaken``.
    """
    if way in OF_PREPARED:
        for n in range(writers):
            prepare(url, f"{name}-{n}", PREPARED // writers)
    context = multiprocessing.get_context("spawn")
    results, stop, start = context.Queue(), context.Event(), context.Barrier(writers + 1)
    created = now()
    processes = [
        context.Process(target=work, args=(way, f"{name}-{n}", url, writers, start, stop, results))
        for n in range(writers)
    ]
    for process in processes:
        process.start()
    start.wait(REPORT_SECONDS)
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    done = [results.get(timeout=REPORT_SECONDS) for _ in processes]
    timer.cancel()
    for process in processes:
        process.join()
    orders, sent, busy = (sum(each[what] for each in done) for what in ("orders", "sent", "busy"))
    if way == "expire":  # they share the due orders, and the last one ends when all are released
        rate = orders / max(each["seconds"] for each in done)
    else:
        rate = sum(each["orders"] / each["seconds"] for each in done)
    orders_a_transaction = BATCH if way in BATCHED else 1
    found = {
        "orders_per_second": rate,
        "attempts": sent * orders_a_transaction / max(orders, 1),
        "told_busy": busy,
    }
    if way == "place":
        requests = {order_id: times for each in done for order_id, times in each["requests"].items()}
        found |= waits_of(requests.values())
        committed = committed_orders(connect_to(url), created)
        found["overtaken"] = overtaken([requests[order_id][0] for order_id in committed])
        assert orders <= len(committed) <= orders + busy, "each placed order has its record in the log"
    return found


def waits_of(requests: Iterable[tuple[float, float]]) -> dict[str, float]:
    """Return the seconds that requests took, of which begin and end are given."""
    seconds = sorted(end - begin for begin, end in requests)
    return {
        "median_seconds": percentile(seconds, 50),
        "p99_seconds": percentile(seconds, 99),
        "slowest_seconds": seconds[-1],
    }


def committed_orders(client: Any, since: str) -> list[str]:
    """Return the orders of the SKU's log from a moment on, in the order of their commits."""
    pages = client.get_paginator("query").paginate(
        TableName=SKU_TRANSACTION_INDEX.table.name,
        IndexName=SKU_TRANSACTION_INDEX.index_name,
        KeyConditionExpression="sku = :sku AND #timestamp >= :since",
        ExpressionAttributeNames={"#timestamp": "timestamp"},
        ExpressionAttributeValues={":sku": {"S": HOT}, ":since": {"S": since}},
    )
    return [item["order_id"]["S"] for page in pages for item in page["Items"]]


def overtaken(arrivals: Sequence[float]) -> float:
    """Return the share of pairs of orders that were committed in another order than they had arrived.

    Pairs are of orders of which one arrived at least `FAIR_SECONDS` before the other; without any, it is 0.

    Parameters
    ----------
    arrivals
        When they arrived, in the order of their commits.

    Examples
    --------
    >>> overtaken([1.0, 2.5, 0.0, 5.0])  # the third has been overtaken by two, of six pairs
    0.3333333333333333
    >>> overtaken([0.5, 0.0])
    0.0
    """
    by_arrival = sorted((arrived, place) for place, arrived in enumerate(arrivals))
    waiting, earlier = iter(by_arrival), list[int]()
    following = next(waiting, None)
    pairs = found = 0
    for arrived, place in by_arrival:
        while following is not None and following[0] <= arrived - FAIR_SECONDS:
            insort(earlier, following[1])
            following = next(waiting, None)
        pairs += len(earlier)
        found += len(earlier) - bisect(earlier, place)
    return found / max(pairs, 1)


def work(way: str, name: str, url: str, writers: int, start: Any, stop: Any, results: Any) -> None:
    """Write in one way until `stop` is set or nothing is left to do, and report."""
    step, count_of = WAYS[way](name, url, PREPARED // writers)
    start.wait()
    count_of.sent = 0
    began, orders, busy, requests = time.monotonic(), 0, 0, list[tuple[float, float]]()
    while not stop.is_set():
        arrived = time.monotonic()
        try:
            if not (done := step()):
                break
            orders += done
        except Unavailable:  # if the engine answers too late, the order may have been placed all the same
            busy += 1
        requests.append((arrived, time.monotonic()))
    results.put(
        {
            "orders": orders,
            "sent": count_of.sent,
            "busy": busy,
            "seconds": time.monotonic() - began,
            "requests": dict(zip(order_ids(name, len(requests)), requests, strict=True)),
        }
    )


def placing(name: str, url: str, _: int) -> Writer:
    """Place one order after another."""
    stock, state = counted_engine(connect_to(url))
    numbers = count()

    def place() -> int:
        order = PlaceOrder(order_id=f"ORDER-{name}-{next(numbers)}", lines=ONE_UNIT, hold_seconds=86_400)
        stock.orders.place(order, ACTOR)
        return 1

    return place, state


def confirming(name: str, url: str, orders: int) -> Writer:
    """Confirm one order after another, up to so many."""
    stock, state = counted_engine(connect_to(url))
    remaining = iter(order_ids(name, orders))

    def confirm() -> int:
        if (order_id := next(remaining, None)) is None:
            return 0
        stock.orders.confirm(SettleOrder(order_id), ACTOR)
        return 1

    return confirm, state


def placing_batches(name: str, url: str, _: int) -> Writer:
    """Place one batch of orders after another."""
    stock, state = counted_engine(connect_to(url))
    numbers = count()
    return lambda: batch(stock, "place", order_ids(f"{name}-{next(numbers)}", BATCH)), state


def confirming_batches(name: str, url: str, orders: int) -> Writer:
    """Confirm one batch of orders after another, up to so many orders."""
    stock, state = counted_engine(connect_to(url))
    remaining = iter(order_ids(name, orders))
    return lambda: batch(stock, "confirm", list(islice(remaining, BATCH))), state


def expiring(name: str, url: str, _: int) -> Writer:
    """Sweep once, as if a day had passed."""
    stock, state = counted_engine(connect_to(url), lambda: plus_seconds(now(), 90_000))
    return lambda: stock.sweeper.sweep(name)["released"], state


def reading_then_writing(name: str, url: str, _: int) -> Writer:
    """Place one order after another by the common pattern."""
    client, transactions = connect_to(url), StockCount()
    key = {"product_id": {"S": PRODUCT}, "sku": {"S": HOT}}
    numbers = count()

    def place() -> int:
        order = {"product_id": {"S": f"ORDER-{name}-{next(numbers)}"}, "sku": {"S": "#ORDER"}}
        for _ in range(ATTEMPTS_MAX):
            transactions.sent += 1
            seen = client.get_item(TableName="VendorInventory", Key=key, ConsistentRead=True)["Item"]
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
            return 1
        raise Busy("all attempts conflicted")

    return place, transactions


WAYS: Final[dict[str, Callable[[str, str, int], Writer]]] = {
    "place": placing,
    "read_then_write": reading_then_writing,
    "confirm": confirming,
    "batch_place": placing_batches,
    "batch_confirm": confirming_batches,
    "expire": expiring,
}
OF_PREPARED: Final = {"confirm", "batch_confirm"}
BATCHED: Final = {"batch_place", "batch_confirm", "expire"}


def order_ids(name: str, orders: int) -> list[str]:
    """Return the ids of so many orders."""
    return [f"ORDER-{name}-{number}" for number in range(orders)]


def prepare(url: str, name: str, orders: int) -> None:
    """Place so many orders."""
    stock = patient_engine(storage_over(connect_to(url)), DEADLINE_SECONDS)
    remaining = iter(order_ids(name, orders))
    while ids := list(islice(remaining, BATCH)):
        while batch(stock, "place", ids) < len(ids):
            pass


def batch(stock: Engine, command: Literal["place", "confirm"], ids: list[str]) -> int:
    """Send a batch; return how many of its orders were completed.

    Raises
    ------
    Busy
        If none was.
    """
    if not ids:
        return 0
    lines = ONE_UNIT if command == "place" else ()
    outcomes = stock.orders.batch([BatchedCommand(order_id, command, lines) for order_id in ids], ACTOR)
    completed = sum(isinstance(outcome, OrderOutcome) for outcome in outcomes)
    if not completed:
        raise Busy("all attempts conflicted")
    return completed
