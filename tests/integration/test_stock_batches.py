"""Batches of restocks and adjustments beside single commands and orders, through two processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tests.integration.ledger_checks import Tables, everything_in
from tests.integration.shop import Dice, Shop, Sku, done, outcome, retry_while_busy, together

SKUS = 40
STOCK = 100
BATCHES = 4
SINGLES = 20
ORDERS = 20

CheckTables = Callable[[], Tables]
Change = dict[str, Any]
Result = dict[str, Any]


def restocking(sku: Sku, quantity: int, key: str) -> Change:
    ids = {"product_id": sku.product_id, "sku": sku.sku, "idempotency_key": key}
    return {"type": "restock", "quantity": quantity} | ids


def adjusting(sku: Sku, change: int, key: str) -> Change:
    ids = {"product_id": sku.product_id, "sku": sku.sku, "idempotency_key": key}
    return {"type": "adjustment", "quantity_change": change, "notes": "counted"} | ids


def send(shop: Shop, changes: Sequence[Change], vendor_id: str) -> list[Result]:
    sent = shop.ask("POST", f"{shop.stock}/stock/batch", "vendor", vendor_id, body={"changes": list(changes)})
    results: list[Result] = done(sent).json()["results"]
    assert [result["sku"] for result in results] == [change["sku"] for change in changes]
    return results


def send_while_busy(shop: Shop, changes: Sequence[Change], vendor_id: str) -> list[Result]:
    """Send a batch, and again those of its changes that are busy; return all results."""
    results = dict(enumerate(send(shop, changes, vendor_id)))
    for _ in range(50):
        busy = [number for number, result in results.items() if result["status_code"] == 503]
        if not busy:
            return [results[number] for number in range(len(changes))]
        print(f"busy: {len(busy)} of {len(changes)}")
        results |= zip(busy, send(shop, [changes[number] for number in busy], vendor_id), strict=True)
    raise AssertionError("still busy after 50 attempts")


def statuses(results: Sequence[Result]) -> Counter[int]:
    return Counter(result["status_code"] for result in results)


def test_batches_single_restocks_and_orders_of_the_same_skus_lose_no_unit(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(SKUS, stock=STOCK)
    vendor = skus[0].vendor_id
    shops = [shop, second_process]

    def batch(number: int) -> int:
        changes = [
            restocking(sku, 3, f"batch-{number}-a") if n % 2 else adjusting(sku, -1, f"batch-{number}-a")
            for n, sku in enumerate(dice.shuffled(skus))
        ]
        changes += [restocking(skus[0], 1, f"batch-{number}-{n}") for n in range(30)]
        results = send_while_busy(shops[number % 2], changes, vendor)
        assert statuses(results).keys() <= {200, 201}
        return sum(result["transaction"]["quantity_change"] for result in results)

    def one_by_one(number: int) -> int:
        for n in range(SINGLES):
            restock = partial(shops[number % 2].restock, dice.choice(skus[:4]), 1, key=f"single-{number}-{n}")
            done(retry_while_busy(restock))
        return SINGLES

    def place(number: int) -> int:
        for n in range(ORDERS):
            lines = [(sku, 1) for sku in dice.sample(skus[:6], 2)]
            order = partial(shops[number % 2].place, f"ORDER-{number}-{n}", *lines)
            assert outcome(retry_while_busy(order)).split(" ")[0] in ("200", "201", "409")
        return 0

    jobs = [partial(work, number) for number in range(BATCHES) for work in (batch, one_by_one, place)]
    added = sum(together(jobs))
    tables = check_tables()
    assert sum(item["current_stock"] for item in tables.skus.values()) == STOCK * SKUS + added
    changed = [record for record in tables.records if record["transaction_type"] != "order_placed"]
    assert len(changed) == SKUS + BATCHES * (SKUS + 30 + SINGLES)


def test_a_batch_that_many_send_at_once_is_executed_once(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(SKUS, stock=0)
    changes = [restocking(sku, n + 1, f"delivery-{n % 3}") for n in range(2) for sku in skus]
    copies = together(
        [
            partial(send_while_busy, [shop, second_process][n % 2], changes, skus[0].vendor_id)
            for n in range(6)
        ]
    )
    for number in range(len(changes)):
        results = [copy[number] for copy in copies]
        assert statuses(results)[201] <= 1
        assert statuses(results).keys() <= {200, 201}
        assert len({result["transaction"]["transaction_id"] for result in results}) == 1
    tables = check_tables()
    assert len(tables.records) == len(changes)
    assert {tables.skus[sku.sku]["current_stock"] for sku in skus} == {3}


def test_a_repeated_batch_and_single_restock_return_the_first_records(
    shop: Shop, second_process: Shop, client: Any, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(SKUS, stock=0)
    changes = [restocking(sku, 5, "delivery-1") for sku in skus]
    first = send(shop, changes, skus[0].vendor_id)
    before = everything_in(client)
    again = send(second_process, changes, skus[0].vendor_id)
    alone = [second_process.restock(sku, 5, key="delivery-1") for sku in skus[:3]]
    assert (statuses(first), statuses(again)) == ({201: SKUS}, {200: SKUS})
    assert [result["transaction"] for result in again] == [result["transaction"] for result in first]
    assert [outcome(response) for response in alone] == ["200 replayed"] * 3
    assert [response.json()["transaction"] for response in alone] == [
        result["transaction"] for result in first[:3]
    ]
    assert everything_in(client) == before
    check_tables()
