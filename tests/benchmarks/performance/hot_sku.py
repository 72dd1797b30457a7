"""Many writers on one SKU: what each way of writing gets done, and in how many attempts.

The product's ways are single orders and packs of them, placed and confirmed, and the sweeper.  Beside them
is the common pattern: it reads the SKU, decides, and writes on condition that it stands as it was read; it
comes back at once if it does not.  It writes an order and the SKU, and no log.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from itertools import count, islice
from typing import Any, Final

from botocore.exceptions import ClientError

from local.tables import create_tables
from tests.benchmarks.contention import REPORT_SECONDS, service_on
from tests.benchmarks.hot_shop import HOT, PRODUCT, connect_to, gateway_of, patient, put_sku
from tests.support.engines import engine

__all__ = ["measure"]

ENGINE: Final = "dynamodb-local"
WRITERS: Final = (1, 2, 4, 8, 16, 32)
SECONDS: Final = 4.0
WARM_UP_SECONDS: Final = 10.0
PACK: Final = 49
"""Orders of one line that one transaction holds, and a batch of this benchmark."""

PREPARED: Final = 3_920
"""Orders, of all writers together, that are there to be confirmed: more than there is time for."""

EXPIRING: Final = 980
ATTEMPTS_MAX: Final = 40
PATIENCE_SECONDS: Final = 60.0

Step = Callable[[], int]
"""Sends one request; returns the number of orders that it got done, none if there is nothing left to do."""

Writer = tuple[Step, list[int]]
"""What a process does over and over, and the number of transactions that it has sent, in a list of one."""


def measure() -> dict[str, Any]:
    """Return orders a second and attempts, by the way of writing and the number of writers."""
    found: dict[str, Any] = {way: {} for way in WAYS}
    with engine(ENGINE) as url:
        offer(url)
        run("place", "WARM", url, 2, WARM_UP_SECONDS)
        for writers in WRITERS:
            for way in ("place", "read_then_write", "batch_place", "confirm", "batch_confirm"):
                found[way][str(writers)] = run(way, f"{way}-{writers}", url, writers)
    with engine(ENGINE) as url:  # where no other orders are due
        offer(url)
        for writers in WRITERS:
            prepare(url, f"due-{writers}", EXPIRING)
            found["expire"][str(writers)] = run("expire", f"sweep-{writers}", url, writers, REPORT_SECONDS)
    return {"engine": ENGINE, **found}


def offer(url: str) -> None:
    """Make the tables and the SKU."""
    client = connect_to(url)
    create_tables(client)
    put_sku(client, HOT)


def run(way: str, name: str, url: str, writers: int, seconds: float = SECONDS) -> dict[str, float]:
    """Let so many processes write for some time, or until nothing is left to do.

    Returns
    -------
    dict
        ``orders_per_second``; ``attempts``, transactions sent for each that was needed; ``told_busy``,
        requests that were told to come back.
    """
    if way in OF_PREPARED:
        for n in range(writers):
            prepare(url, f"{name}-{n}", PREPARED // writers)
    context = multiprocessing.get_context("spawn")
    results, stop, start = context.Queue(), context.Event(), context.Barrier(writers + 1)
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
    if way == "expire":  # they share what there is, and the last one is through with it
        rate = orders / max(each["seconds"] for each in done)
    else:
        rate = sum(each["orders"] / each["seconds"] for each in done)
    orders_a_transaction = PACK if way in PACKED else 1
    return {
        "orders_per_second": rate,
        "attempts": sent * orders_a_transaction / max(orders, 1),
        "told_busy": busy,
    }


def work(way: str, name: str, url: str, writers: int, start: Any, stop: Any, results: Any) -> None:
    """Write in one way until told to stop or until nothing is left to do, and report."""
    from inventory_common.errors import Busy

    step, sent = WAYS[way](name, url, PREPARED // writers)
    start.wait()
    began, orders, busy, sent[0] = time.monotonic(), 0, 0, 0
    while not stop.is_set():
        try:
            if not (done := step()):
                break
            orders += done
        except Busy:
            busy += 1
    results.put({"orders": orders, "sent": sent[0], "busy": busy, "seconds": time.monotonic() - began})


def placing(name: str, url: str, _: int) -> Writer:
    """Place one order after another."""
    from chalicelib.commands import PlaceOrder

    stock, sent = service_on(url)
    numbers = count()

    def place() -> int:
        order = PlaceOrder(order_id=f"ORDER-{name}-{next(numbers)}", lines=one_unit(), hold_seconds=86_400)
        stock.place(order, source())
        return 1

    return place, sent


def confirming(name: str, url: str, orders: int) -> Writer:
    """Confirm one order after another, as many as there are."""
    from chalicelib.commands import SettleOrder

    stock, sent = service_on(url)
    left = iter(order_ids(name, orders))

    def confirm() -> int:
        if (order_id := next(left, None)) is None:
            return 0
        stock.confirm(SettleOrder(order_id), source())
        return 1

    return confirm, sent


def placing_packs(name: str, url: str, _: int) -> Writer:
    """Place one pack of orders after another."""
    stock, sent = service_on(url)
    numbers = count()
    return lambda: batch(stock, "place", order_ids(f"{name}-{next(numbers)}", PACK)), sent


def confirming_packs(name: str, url: str, orders: int) -> Writer:
    """Confirm one pack of orders after another, as many as there are."""
    stock, sent = service_on(url)
    left = iter(order_ids(name, orders))
    return lambda: batch(stock, "confirm", list(islice(left, PACK))), sent


def expiring(name: str, url: str, _: int) -> Writer:
    """Sweep once, as if a day had passed."""
    from chalicelib.sweeper import Sweeper
    from inventory_common.timestamps import now, plus_seconds

    stock, sent = service_on(url)
    sweeper = Sweeper(stock.gateway, lambda: plus_seconds(now(), 90_000), stock.retry_policy)
    return lambda: sweeper.sweep(name)["released"], sent


def reading_then_writing(name: str, url: str, _: int) -> Writer:
    """Place one order after another by the common pattern."""
    client, sent = connect_to(url), [0]
    key = {"product_id": {"S": PRODUCT}, "sku": {"S": HOT}}
    numbers = count()

    def place() -> int:
        from inventory_common.errors import Busy

        order = {"product_id": {"S": f"ORDER-{name}-{next(numbers)}"}, "sku": {"S": "#ORDER"}}
        for _ in range(ATTEMPTS_MAX):
            sent[0] += 1
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
        raise Busy("all attempts were lost")

    return place, sent


WAYS: Final[dict[str, Callable[[str, str, int], Writer]]] = {
    "place": placing,
    "read_then_write": reading_then_writing,
    "confirm": confirming,
    "batch_place": placing_packs,
    "batch_confirm": confirming_packs,
    "expire": expiring,
}
OF_PREPARED: Final = {"confirm", "batch_confirm"}
PACKED: Final = {"batch_place", "batch_confirm", "expire"}


def source() -> Any:
    """Return where the commands come from."""
    from chalicelib.commands import Source

    return Source("client:benchmark", "benchmark")


def one_unit() -> tuple[Any, ...]:
    """Return the lines of an order."""
    from chalicelib.commands import OrderLineRequest

    return (OrderLineRequest(PRODUCT, HOT, 1),)


def order_ids(name: str, orders: int) -> list[str]:
    """Return the ids of so many orders."""
    return [f"ORDER-{name}-{number}" for number in range(orders)]


def prepare(url: str, name: str, orders: int) -> None:
    """Place so many orders."""
    from chalicelib.stock_service import StockService
    from inventory_common.timestamps import now

    stock = StockService(gateway_of(connect_to(url)), now, patient(PATIENCE_SECONDS))
    left = iter(order_ids(name, orders))
    while pack := list(islice(left, PACK)):
        while batch(stock, "place", pack) < len(pack):
            pass


def batch(stock: Any, command: Any, ids: list[str]) -> int:
    """Send a batch; return how many of its orders are done.

    Raises
    ------
    Busy
        If none is.
    """
    from chalicelib.commands import BatchedOrder
    from chalicelib.stock_service import SettledOrder
    from inventory_common.errors import Busy

    if not ids:
        return 0
    lines = one_unit() if command == "place" else ()
    results = stock.batch([BatchedOrder(order_id, command, lines) for order_id in ids], source())
    done = sum(isinstance(result, SettledOrder) for result in results)
    if not done:
        raise Busy("all attempts were lost")
    return done
