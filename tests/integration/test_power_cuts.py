"""DynamoDB Local with its data on disk, killed under load: acknowledged commands survive.

One exception is the engine's: it acknowledges a transaction before it is on disk, so the last one before each
power cut may be lost as a whole (`tests/benchmarks/durability.py` shows it without the services).
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from local.tables import create_tables
from tests.integration.ledger_checks import assert_consistent
from tests.integration.processes import Service, distinct_free_ports, dynamodb, wait_until
from tests.integration.shop import Dice, Shop, Wire, by_each_writer, outcome
from tests.support.dynamodb_local import DynamoDBLocal, install

WRITERS = 8
CUTS = 3
LOAD_SECONDS = 3.0
DARK_SECONDS = 0.5
LAST_MOMENT_SECONDS = 0.25
"""How long before the power cut the last transaction may have been acknowledged."""
STOCK = 5_000
NOT_DONE = ("202", "503 busy", "503 database_unavailable", "503 outcome_unknown")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[DynamoDBLocal]:
    data = tmp_path / "data"
    data.mkdir()
    database = DynamoDBLocal(install(), data)
    database.start()
    yield database
    database.stop()


@pytest.fixture
def shops(database: DynamoDBLocal, tmp_path: Path) -> Iterator[list[Shop]]:
    """Two processes of the stock service on the database."""
    create_tables(dynamodb(database.url))
    ports = distinct_free_ports()
    services = [
        Service(name, ports, database.url, tmp_path)
        for name in ("front", "catalog", "stock", "stock", "audit")
    ]
    try:
        for service in services:
            service.wait_until_healthy()
        front, catalog, stock, second, audit = (service.url for service in services)
        wire = Wire(front)
        shop = Shop(wire, catalog, stock, audit)
        yield [shop, shop.at(stock=second)]
        wire.http.close()
    finally:
        codes = {service.stop() for service in services}
    assert codes <= {0}
    assert not [service.text()[-4000:] for service in services if '"code":"internal_error"' in service.text()]


class Sent(NamedTuple):
    """A command on an order, and when it was acknowledged; None if no response said that it is done."""

    command: Callable[[], httpx.Response]
    acknowledged_at: float | None


class Acknowledged:
    """What writers sent, what was acknowledged, and when the power was cut."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.orders: dict[str, list[Sent]] = defaultdict(list)
        self.restocks: dict[str, float] = {}
        self.lost: dict[str, float] = {}
        self.cuts: list[float] = []

    def order(self, order_id: str, command: Callable[[], httpx.Response]) -> bool:
        """Send a command and record the response; return whether the order's next command makes sense."""
        response = command()
        is_done = response.status_code in (200, 201)
        with self.lock:
            if outcome(response) == "404 order_not_found":
                return False  # its place is lost, which is checked later
            if not is_done:
                assert outcome(response) in NOT_DONE, response.text
            self.orders[order_id].append(Sent(command, time.monotonic() if is_done else None))
        return is_done

    def restock(self, response: httpx.Response) -> None:
        if response.is_success:
            with self.lock:
                self.restocks[response.json()["transaction"]["transaction_id"]] = time.monotonic()

    def check_lost(self) -> None:
        """Check that at most the last transaction before each power cut is lost."""
        of_cut: Counter[float] = Counter()
        for name, moment in self.lost.items():
            cut = min(self.cuts, key=lambda cut: abs(cut - moment))
            assert cut - moment < LAST_MOMENT_SECONDS, (name, moment, self.cuts)
            of_cut[cut] += 1
        assert max(of_cut.values(), default=0) <= 1, of_cut


def test_acknowledged_commands_survive_power_cuts(
    database: DynamoDBLocal, shops: list[Shop], dice: Dice
) -> None:
    skus = shops[0].has_skus(4, stock=STOCK)
    is_over = threading.Event()
    acknowledged = Acknowledged()

    def write(writer: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            where = shops[(writer + number) % 2]
            order_id = f"ORDER-{writer}-{number}"
            with acknowledged.lock:
                lines = [(sku, 1) for sku in dice.sample(skus, dice.randint(1, 3))]
                end = dice.choice(["place", "confirm", "cancel", "restock"])
            if end == "restock":
                acknowledged.restock(where.restock(lines[0][0], 1, key=order_id))
                continue
            is_placed = acknowledged.order(order_id, partial(where.place, order_id, *lines))
            if is_placed and end != "place":
                acknowledged.order(order_id, partial(getattr(where, end), order_id))

    def has_more_orders(than: int) -> bool:
        return len(acknowledged.orders) > than

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    try:
        for _ in range(CUTS):
            before = len(acknowledged.orders)
            time.sleep(LOAD_SECONDS)
            wait_until(partial(has_more_orders, before), "orders are acknowledged")
            database.kill()
            acknowledged.cuts.append(time.monotonic())
            time.sleep(DARK_SECONDS)
            database.start()
        before = len(acknowledged.orders)
        wait_until(partial(has_more_orders, before), "orders are acknowledged after the last cut")
    finally:
        is_over.set()
        for thread in writers:
            thread.join()
    unacknowledged = [
        order_id for order_id, sent in acknowledged.orders.items() if sent[-1].acknowledged_at is None
    ]
    assert unacknowledged, "no power cut came under load"

    # A settlement that a cut interrupted between two steps is finished first: until then the order accepts no
    # other command.
    for order_id in unacknowledged:
        order = shops[0].order(order_id)
        if order.is_success and order.json()["status"] in ("confirming", "cancelling"):
            settle, _ = acknowledged.orders[order_id][-1]
            assert {outcome(response) for response in by_each_writer(2, settle)} <= {"200", "200 replayed"}

    # All commands are sent again: acknowledged ones are replays, and the others are executed.
    for order_id, sent in acknowledged.orders.items():
        for command, acknowledged_at in sent:
            found = {outcome(response) for response in by_each_writer(2, command)}
            assert found <= {"200", "201", "200 replayed", "409 order_cancelled"}, (order_id, found)
            # An order that was cancelled since it was placed is not placed again.
            is_kept = found in ({"200 replayed"}, {"409 order_cancelled"})
            if acknowledged_at is not None and not is_kept:
                acknowledged.lost[order_id] = acknowledged_at

    tables = assert_consistent(dynamodb(database.url))
    records = {record["transaction_id"] for record in tables.records}
    acknowledged.lost |= {
        record: moment for record, moment in acknowledged.restocks.items() if record not in records
    }
    print(
        f"{len(acknowledged.orders)} orders and {len(acknowledged.restocks)} restocks acknowledged, "
        f"{len(unacknowledged)} orders without a response, "
        f"{len(acknowledged.lost)} lost after {CUTS} power cuts"
    )
    acknowledged.check_lost()
