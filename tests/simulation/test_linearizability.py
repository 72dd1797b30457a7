"""Real threads on one SKU, without the scheduler: their history is linearizable."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import now
from local.embedded_aws import embedded_aws
from local.tables import create_tables
from services.stock.chalicelib.bootstrap import engine_of, storage_of
from services.stock.chalicelib.domain.commands import Actor
from tests.simulation.engine import engine_client
from tests.simulation.faulty_client import NO_FAULTS
from tests.simulation.linearizability import Operation, is_linearizable
from tests.simulation.model import Adjust, Place, Restock, Settle, Shop, Sku
from tests.simulation.simulator import SKUS, Simulation
from tests.simulation.translation import Defect, GetOrder, GetSku, Request, Response, send
from tests.support.fixed_ledger_key import FixedLedgerKey

SKU = SKUS[0]
THREADS = 5
ORDERS = 4
REQUESTS_EACH = 8
HISTORIES = 4


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client for all threads, of an engine of their own: the other client has a single connection."""
    with embedded_aws() as endpoint_url:
        yield engine_client(endpoint_url, connections=THREADS)


def draw(random: Random, thread: int, number: int) -> Request:
    order_id = f"ORDER-{random.randint(1, ORDERS)}"
    key = f"key-{thread}-{number}"
    requests: list[Request] = [
        Place(order_id, ((SKU, random.randint(1, 4)),)),
        Place(order_id, ((SKU, random.randint(1, 4)),)),
        Settle("confirm", order_id),
        Settle("cancel", order_id),
        Settle("refund", order_id, ((SKU, 1),), key),
        Settle("confirm", order_id, ((SKU, 1),), key),
        Restock(SKU, random.randint(1, 3), key),
        Adjust(SKU, random.choice((-2, -1, 1)), key),
        GetOrder(order_id),
        GetSku(SKU),
    ]
    return random.choice(requests)


def recorded(client: Any, prefix: str, seed: int) -> tuple[Shop, list[Operation]]:
    """Run threads on a new shop; return its state before, and their requests with the responses."""
    create_tables(client, prefix)
    simulation = Simulation(client, prefix, 0, NO_FAULTS)
    simulation.open()
    operations: list[Operation] = []
    defects: list[Defect] = []
    start = threading.Barrier(THREADS)

    def work(thread: int) -> None:
        random = Random(f"{seed}-{thread}")
        engine = engine_of(storage_of(client, simulation.settings, FixedLedgerKey()), now, RetryPolicy())
        start.wait()
        for number in range(REQUESTS_EACH):
            request = draw(random, thread, number)
            began = time.monotonic()
            try:
                response = send(engine, request, Actor("client:real", f"{thread}-{number}"))
            except Defect as defect:
                defects.append(defect)
                return
            # Busy: nothing was executed.
            if response.code != "busy":
                operations.append(Operation(request, response, began, time.monotonic()))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine = engine_of(storage_of(client, simulation.settings, FixedLedgerKey()), now, RetryPolicy())
    reads: list[Request] = [GetSku(SKU), *(GetOrder(f"ORDER-{number}") for number in range(1, ORDERS + 1))]
    for last in reads:
        began = time.monotonic()
        response = send(engine, last, Actor("client:real", "last"))
        operations.append(Operation(last, response, began, time.monotonic()))
    if defects:
        raise defects[0]
    return simulation.history.shop, operations


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_history_of_threads_on_one_sku_is_linearizable(client: Any, seed: int) -> None:
    print(f"seed {seed}")
    shop, operations = recorded(client, f"history-{seed}-", seed)
    assert len(operations) > THREADS * REQUESTS_EACH // 2
    assert is_linearizable(shop, operations), "\n".join(
        f"{each.began:.6f} {each.ended:.6f} {each.request} {each.response}"
        for each in sorted(operations, key=lambda each: each.began)
    )


STOCK_OF_TEN = Shop(skus={"A": Sku(10)})
SIX = Response("done", view=((("A", 6, 6, 0, 0, 0),), None, None))
SHORT = Response("insufficient_stock", is_refusal=True)


def place(order_id: str, response: Response, began: float, ended: float) -> Operation:
    return Operation(Place(order_id, (("A", 6),)), response, began, ended)


def get(current: int, reserved: int, began: float, ended: float) -> Operation:
    return Operation(GetSku("A"), Response("read", view=(current, reserved, True, True)), began, ended)


@pytest.mark.parametrize(
    ("operations", "is_possible"),
    [
        ([place("ORDER-1", SIX, 0, 3), place("ORDER-2", SHORT, 1, 2)], True),
        ([place("ORDER-1", SHORT, 0, 3), place("ORDER-2", SIX, 1, 2)], True),
        ([place("ORDER-1", SIX, 0, 3), place("ORDER-2", SIX, 1, 2)], False),
        ([place("ORDER-1", SHORT, 0, 3)], False),
        # A read that overlaps a place shows it or not; one that begins later shows it.
        ([place("ORDER-1", SIX, 0, 3), get(10, 0, 1, 2)], True),
        ([place("ORDER-1", SIX, 0, 3), get(10, 6, 1, 2), get(10, 6, 2.5, 4)], True),
        ([place("ORDER-1", SIX, 0, 3), get(10, 6, 1, 2), get(10, 0, 2.5, 4)], False),
        ([place("ORDER-1", SIX, 0, 1), get(10, 0, 2, 3)], False),
    ],
)
def test_a_history_is_linearizable_if_it_has_an_order(operations: list[Operation], is_possible: bool) -> None:
    assert is_linearizable(deepcopy(STOCK_OF_TEN), operations) is is_possible
