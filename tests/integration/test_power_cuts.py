"""DynamoDB Local with its data on disk, killed in the middle of load: what was acknowledged is there.

With one exception that is the engine's own: it answers a transaction before it is on disk, so the last one
before each cut may be gone, whole (`tests/benchmarks/durability.py` shows it without any code of ours).
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
from tests.integration.ledger_checks import assert_all_fits
from tests.integration.processes import Service, distinct_free_ports, dynamodb, wait_until
from tests.integration.shop import Dice, Shop, Wire, by_each_writer, outcome
from tests.support.dynamodb_local import DynamoDBLocal, install

WRITERS = 8
CUTS = 3
LOAD_SECONDS = 3.0
DARK_SECONDS = 0.5
LAST_MOMENT_SECONDS = 0.25
"""How long before the end of the engine its last transaction may have been acknowledged."""
STOCK = 5_000


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
    """Two copies of the stock service on the database."""
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
    """A command on an order, and when it was told to be done; None if no answer came."""

    command: Callable[[], httpx.Response]
    told_at: float | None


class Acknowledged:
    """What writers sent and were told; and when the engine was cut off."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.orders: dict[str, list[Sent]] = defaultdict(list)
        self.restocks: dict[str, float] = {}
        self.gone: dict[str, float] = {}
        self.cuts: list[float] = []

    def order(self, order_id: str, command: Callable[[], httpx.Response]) -> bool:
        """Send a command and note the answer; return whether the order's next command makes sense."""
        answer = command()
        with self.lock:
            if outcome(answer) == "404 order_not_found":
                return False  # its place is gone, as will be found
            if not answer.is_success:
                assert outcome(answer) in ("503 busy", "503 database_unavailable"), answer.text
            self.orders[order_id].append(Sent(command, time.monotonic() if answer.is_success else None))
        return answer.is_success

    def restock(self, answer: httpx.Response) -> None:
        if answer.is_success:
            with self.lock:
                self.restocks[answer.json()["transaction"]["transaction_id"]] = time.monotonic()

    def check_gone(self) -> None:
        """Check that nothing is gone but what may be: the last transaction before a cut."""
        of_cut: Counter[float] = Counter()
        for name, moment in self.gone.items():
            cut = min(self.cuts, key=lambda cut: abs(cut - moment))
            assert cut - moment < LAST_MOMENT_SECONDS, (name, moment, self.cuts)
            of_cut[cut] += 1
        assert max(of_cut.values(), default=0) <= 1, of_cut


def test_what_was_acknowledged_outlives_power_cuts(
    database: DynamoDBLocal, shops: list[Shop], dice: Dice
) -> None:
    skus = shops[0].has_skus(4, stock=STOCK)
    is_over = threading.Event()
    told = Acknowledged()

    def write(writer: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            where = shops[(writer + number) % 2]
            order_id = f"ORDER-{writer}-{number}"
            with told.lock:
                lines = [(sku, 1) for sku in dice.sample(skus, dice.randint(1, 3))]
                end = dice.choice(["place", "confirm", "cancel", "restock"])
            if end == "restock":
                told.restock(where.restock(lines[0][0], 1, key=order_id))
                continue
            is_placed = told.order(order_id, partial(where.place, order_id, *lines))
            if is_placed and end != "place":
                told.order(order_id, partial(getattr(where, end), order_id))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    try:
        for _ in range(CUTS):
            before = len(told.orders)
            time.sleep(LOAD_SECONDS)
            wait_until(lambda before=before: len(told.orders) > before, "orders are acknowledged")
            database.kill()
            told.cuts.append(time.monotonic())
            time.sleep(DARK_SECONDS)
            database.start()
        before = len(told.orders)
        wait_until(lambda: len(told.orders) > before, "orders are acknowledged after the last cut")
    finally:
        is_over.set()
        for thread in writers:
            thread.join()
    unanswered = [order_id for order_id, sent in told.orders.items() if sent[-1].told_at is None]
    assert unanswered, "no cut was in the middle of load"

    # Everybody sends everything again: what was told to be done is found done, and the rest is done.
    for order_id, sent in told.orders.items():
        for command, told_at in sent:
            found = {outcome(answer) for answer in by_each_writer(2, command)}
            assert found <= {"200", "201", "200 replayed", "409 order_cancelled"}, (order_id, found)
            if told_at is not None and found != {"200 replayed"}:
                told.gone[order_id] = told_at

    tables = assert_all_fits(dynamodb(database.url))
    records = {record["transaction_id"] for record in tables.records}
    told.gone |= {record: moment for record, moment in told.restocks.items() if record not in records}
    print(
        f"{len(told.orders)} orders and {len(told.restocks)} restocks acknowledged, "
        f"{len(unanswered)} orders without an answer, {len(told.gone)} gone after {CUTS} cuts"
    )
    told.check_gone()
