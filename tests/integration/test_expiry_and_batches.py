"""Batches, single orders and sweepers on one stock, through several processes, on the embedded engine."""

from __future__ import annotations

import importlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import httpx
import pytest

from inventory_common.dynamodb import connect
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.timestamps import now, plus_seconds
from tests.integration.ledger_checks import Tables, everything_in
from tests.integration.processes import ROOT
from tests.integration.shop import Dice, Shop, Sku, done, insist, outcome, outcomes, together

WRITERS = 16
STOCK = 200
ORDERS = 240
RUNS = int(os.environ.get("RUNS") or 1)
"""How often the stock is sold out: `make sell-out RUNS=100`."""

AllFits = Callable[[], Tables]
Result = dict[str, Any]


def placing(order_id: str, *lines: tuple[Sku, int], **more: Any) -> dict[str, Any]:
    sent = [{"product_id": sku.product_id, "sku": sku.sku, "quantity": q} for sku, q in lines]
    return {"order_id": order_id, "lines": sent} | more


def send(shop: Shop, orders: Sequence[dict[str, Any]]) -> httpx.Response:
    return shop.ask("POST", f"{shop.stock}/orders/batch", "orders", body={"orders": list(orders)})


def results_of(answer: httpx.Response) -> list[Result]:
    results: list[Result] = done(answer).json()["results"]
    return results


def insist_on_all(shop: Shop, orders: Sequence[dict[str, Any]]) -> list[Result]:
    """Send a batch, and those of its orders again for which the service was too busy; return all results."""
    results = {result["order_id"]: result for result in results_of(send(shop, orders))}
    for _ in range(50):
        busy = [order for order in orders if results[order["order_id"]]["status_code"] == 503]
        if not busy:
            return [results[order["order_id"]] for order in orders]
        print(f"busy: {len(busy)} of {len(orders)}")
        results |= {result["order_id"]: result for result in results_of(send(shop, busy))}
    raise AssertionError("still busy after 50 attempts")


def told(result: Result) -> str:
    return (
        f"{result['status_code']} {result['problem']['code']}"
        if "problem" in result
        else str(result["status_code"])
    )


@pytest.mark.parametrize("run", range(RUNS))
def test_batches_and_single_orders_over_two_copies_sell_exactly_what_there_is(
    shop: Shop, second_copy: Shop, dice: Dice, all_fits: AllFits, run: int
) -> None:
    sku = shop.has_sku(STOCK)
    numbers = dice.shuffled(range(ORDERS))
    shops = [shop, second_copy]

    def in_batches(where: Shop, mine: Sequence[int]) -> list[str]:
        orders = [placing(f"ORDER-{number}", (sku, 1)) for number in mine]
        return [told(result) for part in _parts(orders, 10) for result in insist_on_all(where, part)]

    def one_by_one(where: Shop, mine: Sequence[int]) -> list[str]:
        return [outcome(insist(partial(where.place, f"ORDER-{number}", (sku, 1)))) for number in mine]

    shares = _parts(numbers, ORDERS // WRITERS)
    jobs = [
        partial(in_batches if writer % 2 else one_by_one, shops[writer // 2 % 2], share)
        for writer, share in enumerate(shares)
    ]
    answers = Counter(answer for found in together(jobs) for answer in found)

    # Who was told to be busy may have been served all the same.
    sold = answers["201"] + answers["200"] + answers["200 replayed"]
    assert sold == STOCK, answers
    assert answers["409 insufficient_stock"] == ORDERS - STOCK
    tables = all_fits()
    item = tables.skus[sku.sku]
    assert (item["current_stock"], item["reserved_stock"], item["available_stock"]) == (STOCK, STOCK, 0)
    placed = tables.ledger(sku.sku)[1:]
    assert [record["transaction_type"] for record in placed] == ["order_placed"] * STOCK
    assert len({record["order_id"] for record in placed}) == STOCK == len(tables.orders)


def _parts(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[first : first + size] for first in range(0, len(items), size)]


def test_batches_of_several_skus_beside_each_other_lose_no_unit(
    shop: Shop, second_copy: Shop, dice: Dice, all_fits: AllFits
) -> None:
    skus = shop.has_skus(4, stock=60)
    shops = [shop, second_copy]

    def life(writer: int) -> None:
        ids = [f"ORDER-{writer}-{number}" for number in range(20)]
        places = [
            placing(order_id, *[(sku, 1) for sku in dice.sample(skus, dice.randint(1, 3))])
            for order_id in ids
        ]
        ends = [{"order_id": order_id, "command": dice.choice(["confirm", "cancel"])} for order_id in ids]
        placed = insist_on_all(shops[writer % 2], places)
        assert set(map(told, placed)) <= {"201", "200", "409 insufficient_stock"}
        settled = insist_on_all(shops[1 - writer % 2], ends)
        assert set(map(told, settled)) <= {"200", "404 order_not_found"}

    together([partial(life, writer) for writer in range(8)])
    tables = all_fits()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [0] * 4


def test_a_batch_sent_again_whole_gives_the_same_results_as_replays(
    shop: Shop, second_copy: Shop, client: Any, all_fits: AllFits
) -> None:
    skus = shop.has_skus(3, stock=90)
    orders = [placing(f"ORDER-{n}", (skus[n % 3], 1), (skus[(n + 1) % 3], 1)) for n in range(120)]
    first = results_of(send(shop, orders))
    before = everything_in(client)
    again = results_of(send(second_copy, orders))
    assert [result["order_id"] for result in again] == [f"ORDER-{n}" for n in range(120)]
    assert Counter(map(told, first)) == {"201": 120}
    assert Counter(map(told, again)) == {"200": 120}
    assert [result["order"] for result in again] == [result["order"] for result in first]
    assert everything_in(client) == before
    all_fits()


def test_one_batch_sent_by_many_at_once_is_done_once(
    shop: Shop, second_copy: Shop, all_fits: AllFits
) -> None:
    sku = shop.has_sku(500)
    orders = [placing(f"ORDER-{n}", (sku, 1)) for n in range(60)]
    found = together([partial(insist_on_all, [shop, second_copy][n % 2], orders) for n in range(6)])
    for number in range(60):
        made = Counter(told(results[number]) for results in found)
        assert made["201"] <= 1
        assert made["201"] + made["200"] == 6
    tables = all_fits()
    assert len(tables.ledger(sku.sku)) == 61
    assert tables.skus[sku.sku]["reserved_stock"] == 60


# Expiry


@pytest.fixture
def sweeper_module(aws_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The stock service's sweeper, for a clock of the test's own."""
    monkeypatch.syspath_prepend(str(ROOT / "services" / "stock"))
    for name, value in {
        "AWS_ENDPOINT_URL_DYNAMODB": aws_url,
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }.items():
        monkeypatch.setenv(name, value)
    yield importlib.import_module("chalicelib.sweeper")
    for name in [name for name in sys.modules if name.partition(".")[0] == "chalicelib"]:
        del sys.modules[name]


@pytest.fixture
def sweep_in_an_hour(sweeper_module: ModuleType) -> Callable[[str], dict[str, int]]:
    """Sweep as of an hour from now, each time with a client of its own."""
    settings = Settings(jwks_url="", token_issuer="", token_audiences=(), machine_client_ids=())

    def sweep(name: str) -> dict[str, int]:
        gateway = sweeper_module.InventoryGateway(connect(), settings)
        sweeper = sweeper_module.Sweeper(gateway, lambda: plus_seconds(now(), 3_600), RetryPolicy())
        return dict(sweeper.sweep(name))

    return sweep


def test_two_sweepers_at_once_beside_confirms_lose_no_unit(
    shop: Shop,
    second_copy: Shop,
    dice: Dice,
    all_fits: AllFits,
    sweep_in_an_hour: Callable[[str], dict[str, int]],
) -> None:
    skus = shop.has_skus(3, stock=200)
    orders = [
        placing(f"ORDER-{n}", *[(sku, 1) for sku in dice.sample(skus, dice.randint(1, 3))], hold_seconds=60)
        for n in range(150)
    ]
    held = [placing(f"ORDER-HELD-{n}", (skus[0], 1)) for n in range(10)]
    assert {told(result) for result in results_of(send(shop, [*orders, *held]))} == {"201"}

    def confirm_some(where: Shop, numbers: Sequence[int]) -> dict[str, int]:
        return outcomes([insist(partial(where.confirm, f"ORDER-{number}")) for number in numbers])

    chosen = dice.sample(range(150), 60)
    first, second, *confirmed = together(
        [
            partial(sweep_in_an_hour, "sweep-1"),
            partial(sweep_in_an_hour, "sweep-2"),
            partial(confirm_some, shop, chosen[:30]),
            partial(confirm_some, second_copy, chosen[30:]),
        ]
    )
    print("sweeps:", first, second, "confirms:", confirmed)
    last = sweep_in_an_hour("sweep-3")
    assert last["failed"] == 0

    tables = all_fits()
    kinds = Counter(
        (r["order_id"], r["sku"], r["transaction_type"]) for r in tables.records if r.get("order_id")
    )
    assert set(kinds.values()) == {1}
    ends: Counter[str] = Counter()
    for order in orders:
        lines = tables.orders[order["order_id"]]["lines"].values()
        assert {line["reserved"] for line in lines} == {0}
        [end] = {"confirmed" if line["confirmed"] else "cancelled" for line in lines}
        ends[end] += 1
        assert (tables.orders[order["order_id"]].get("cancel_reason") == "expired") == (end == "cancelled")
        settled = [r for r in tables.records_of(order["order_id"]) if r["transaction_type"] != "order_placed"]
        assert len(settled) == len(lines)
        by = {r["performed_by"] for r in settled}
        assert ("system:expiry" in by) == (end == "cancelled")
    answered: Counter[str] = Counter()
    for each in confirmed:
        answered.update(each)
    assert answered.keys() <= {"200", "200 replayed", "409 reservation_expired"}
    assert ends["confirmed"] == answered["200"] + answered["200 replayed"]
    assert first["released"] + second["released"] + last["released"] == ends["cancelled"]
    for order in held:
        assert tables.orders[order["order_id"]]["lines"][skus[0].sku]["reserved"] == 1


def test_a_confirm_that_comes_with_the_sweeper_is_done_or_refused_never_half(
    shop: Shop, all_fits: AllFits, sweep_in_an_hour: Callable[[str], dict[str, int]]
) -> None:
    skus = shop.has_skus(3, stock=100)
    endings: Counter[str] = Counter()
    for number in range(10):
        order_id = f"ORDER-{number}"
        done(shop.place(order_id, *[(sku, 1) for sku in skus], hold_seconds=60))
        _, answer = together(
            [partial(sweep_in_an_hour, "sweep"), partial(insist, partial(shop.confirm, order_id))]
        )
        order = done(shop.order(order_id)).json()
        endings[outcome(answer)] += 1
        expected = {"200": "confirmed", "409 reservation_expired": "cancelled"}[outcome(answer)]
        assert order["status"] == expected
    print(f"confirms by their answers: {dict(endings)}")
    tables = all_fits()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [0] * 3


def test_due_orders_are_walked_each_once_in_pages_of_any_size(shop: Shop) -> None:
    sku = shop.has_sku(100)
    orders = [placing(f"ORDER-{n}", (sku, 1), hold_seconds=60) for n in range(60)]
    assert {told(result) for result in results_of(send(shop, orders))} == {"201"}
    done(shop.confirm("ORDER-7"))
    done(shop.ask("POST", f"{shop.stock}/orders/ORDER-8/extend", "orders", body={"hold_seconds": 86_400}))
    for limit in (1, 7, 100):
        found: list[str] = []
        params: dict[str, str | int] = {"due_before": plus_seconds(now(), 3_600), "limit": limit}
        for _ in range(100):
            page = done(shop.ask("GET", f"{shop.stock}/orders", "orders", params=params)).json()
            found += [order["order_id"] for order in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert sorted(found) == sorted({f"ORDER-{n}" for n in range(60)} - {"ORDER-7", "ORDER-8"})
