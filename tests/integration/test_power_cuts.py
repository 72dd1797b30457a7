"""DynamoDB Local with its data on disk, killed in the middle of load: what was acknowledged is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from local.tables import create_tables
from tests.integration.ledger_checks import assert_all_fits
from tests.integration.processes import Service, distinct_free_ports, dynamodb, wait_until
from tests.integration.shop import Dice, Shop, Wire, by_each_writer, done, outcome
from tests.support.dynamodb_local import DynamoDBLocal, install

WRITERS = 8
CUTS = 3
LOAD_SECONDS = 3.0
DARK_SECONDS = 0.5
STOCK = 5_000
SETTLED = {"confirm": "confirmed", "cancel": "cancelled"}


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
    assert not [service.text()[-4000:] for service in services if "Traceback" in service.text()]


def test_what_was_acknowledged_outlives_power_cuts(
    database: DynamoDBLocal, shops: list[Shop], dice: Dice
) -> None:
    skus = shops[0].has_skus(4, stock=STOCK)
    is_over = threading.Event()
    lock = threading.Lock()
    acknowledged: dict[str, str] = {}
    restocked: set[str] = set()
    unanswered: list[str] = []

    def write(writer: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            where = shops[(writer + number) % 2]
            order_id = f"ORDER-{writer}-{number}"
            with lock:
                lines = [(sku, 1) for sku in dice.sample(skus, dice.randint(1, 3))]
                end = dice.choice(["place", "confirm", "cancel", "restock"])
            if end == "restock":
                answer = where.restock(lines[0][0], 1, key=order_id)
                if answer.is_success:
                    with lock:
                        restocked.add(answer.json()["transaction"]["transaction_id"])
                continue
            states = [("reserved", where.place(order_id, *lines))]
            if states[0][1].is_success and end != "place":
                states.append((SETTLED[end], getattr(where, end)(order_id)))
            with lock:
                for status, answer in states:
                    if answer.is_success:
                        acknowledged[order_id] = status
                    else:
                        assert outcome(answer) in ("503 busy", "503 database_unavailable"), answer.text
                        unanswered.append(order_id)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    try:
        for _ in range(CUTS):
            before = len(acknowledged)
            time.sleep(LOAD_SECONDS)
            wait_until(lambda before=before: len(acknowledged) > before, "orders are acknowledged")
            database.kill()
            time.sleep(DARK_SECONDS)
            database.start()
        before = len(acknowledged)
        wait_until(lambda: len(acknowledged) > before, "orders are acknowledged after the last cut")
    finally:
        is_over.set()
        for thread in writers:
            thread.join()
    print(f"{len(acknowledged)} orders acknowledged, {len(unanswered)} times none, {len(restocked)} restocks")
    assert unanswered, "no cut was in the middle of load"

    tables = assert_all_fits(dynamodb(database.url))
    records = {record["transaction_id"] for record in tables.records}
    assert restocked <= records
    for order_id, status in acknowledged.items():
        found = done(shops[0].order(order_id)).json()
        if order_id in unanswered:
            continue  # its settling may have been done or not
        assert found["status"] == status, (order_id, status, found)
        assert len(tables.records_of(order_id)) == len(found["lines"]) * (1 if status == "reserved" else 2)

    # Whoever got no answer sends the same again.
    for order_id in dict.fromkeys(unanswered):
        settled: list[httpx.Response] = by_each_writer(2, partial(shops[1].cancel, order_id))
        assert {outcome(answer) for answer in settled} <= {
            "200",
            "200 replayed",
            "409 order_confirmed",
        }
    assert_all_fits(dynamodb(database.url))
