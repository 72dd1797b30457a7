"""Batches, single orders and sweepers on the same SKUs, through several processes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import httpx
import pytest

from inventory_common.dynamodb import connect
from inventory_common.settings import Settings
from inventory_common.timestamps import now, plus_seconds
from services.stock.chalicelib.bootstrap import engine_of, storage_of
from tests.integration.ledger_checks import Tables, everything_in
from tests.integration.shop import Dice, Shop, Sku, done, outcome, outcomes, retry_while_busy, together
from tests.support.fixed_ledger_key import FixedLedgerKey

WRITERS = 16
STOCK = 200
ORDERS = 240
RUNS = int(os.environ.get("RUNS") or 1)
"""How often the stock is sold out: `make sell-out RUNS=100`."""

CheckTables = Callable[[], Tables]
Result = dict[str, Any]


def placing(order_id: str, *lines: tuple[Sku, int], **more: Any) -> dict[str, Any]:
    sent = [{"product_id": sku.product_id, "sku": sku.sku, "quantity": q} for sku, q in lines]
    return {"order_id": order_id, "lines": sent} | more


def send(shop: Shop, orders: Sequence[dict[str, Any]]) -> httpx.Response:
    return shop.ask("POST", f"{shop.stock}/orders/batch", "orders", body={"orders": list(orders)})


def idempotency_record_of(response: httpx.Response) -> list[Result]:
    results: list[Result] = done(response).json()["results"]
    return results


def retry_all_while_busy(shop: Shop, orders: Sequence[dict[str, Any]]) -> list[Result]:
    """Send a batch, and again those of its orders that are busy or not finished; return all results."""
    results = {result["order_id"]: result for result in idempotency_record_of(send(shop, orders))}
    for _ in range(50):
        busy = [order for order in orders if results[order["order_id"]]["status_code"] in (202, 503)]
        if not busy:
            return [results[order["order_id"]] for order in orders]
        print(f"busy: {len(busy)} of {len(orders)}")
        results |= {result["order_id"]: result for result in idempotency_record_of(send(shop, busy))}
    raise AssertionError("still busy after 50 attempts")


def outcome_of(result: Result) -> str:
    return (
        f"{result['status_code']} {result['problem']['code']}"
        if "problem" in result
        else str(result["status_code"])
    )


@pytest.mark.parametrize("run", range(RUNS))
def test_batches_and_single_orders_over_two_processes_sell_exactly_the_stock(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables, run: int
) -> None:
    sku = shop.has_sku(STOCK)
    numbers = dice.shuffled(range(ORDERS))
    shops = [shop, second_process]

    def in_batches(where: Shop, mine: Sequence[int]) -> list[str]:
        orders = [placing(f"ORDER-{number}", (sku, 1)) for number in mine]
        return [
            outcome_of(result) for part in _parts(orders, 10) for result in retry_all_while_busy(where, part)
        ]

    def one_by_one(where: Shop, mine: Sequence[int]) -> list[str]:
        return [
            outcome(retry_while_busy(partial(where.place, f"ORDER-{number}", (sku, 1)))) for number in mine
        ]

    shares = _parts(numbers, ORDERS // WRITERS)
    jobs = [
        partial(in_batches if writer % 2 else one_by_one, shops[writer // 2 % 2], share)
        for writer, share in enumerate(shares)
    ]
    responses = Counter(response for found in together(jobs) for response in found)

    # A busy order may have been placed all the same: its retry is a replay.
    sold = responses["201"] + responses["200"] + responses["200 replayed"]
    assert sold == STOCK, responses
    assert responses["409 insufficient_stock"] == ORDERS - STOCK
    tables = check_tables()
    item = tables.skus[sku.sku]
    assert (item["current_stock"], item["reserved_stock"], item["available_stock"]) == (STOCK, STOCK, 0)
    placed = tables.ledger(sku.sku)[1:]
    assert [record["transaction_type"] for record in placed] == ["order_placed"] * STOCK
    assert len({record["order_id"] for record in placed}) == STOCK == len(tables.orders)


def _parts(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[first : first + size] for first in range(0, len(items), size)]


def test_concurrent_batches_of_several_skus_lose_no_unit(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(4, stock=60)
    shops = [shop, second_process]

    def life(writer: int) -> None:
        ids = [f"ORDER-{writer}-{number}" for number in range(20)]
        places = [
            placing(order_id, *[(sku, 1) for sku in dice.sample(skus, dice.randint(1, 3))])
            for order_id in ids
        ]
        ends = [{"order_id": order_id, "command": dice.choice(["confirm", "cancel"])} for order_id in ids]
        placed = retry_all_while_busy(shops[writer % 2], places)
        refused = [each for each in placed if outcome_of(each) == "409 order_cancelled"]
        # Accepted first: it stays, as one that could not be had.
        assert all(each["problem"]["order"]["short_lines"] for each in refused)
        made = {outcome_of(each) for each in placed if each not in refused}
        assert made <= {"201", "200", "409 insufficient_stock"}
        settled = retry_all_while_busy(shops[1 - writer % 2], ends)
        of_refused = {each["order_id"] for each in refused}
        assert {outcome_of(each) for each in settled if each["order_id"] not in of_refused} <= {
            "200",
            "404 order_not_found",
        }

    together([partial(life, writer) for writer in range(8)])
    tables = check_tables()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [0] * 4


def test_a_repeated_batch_has_the_same_results_as_replays(
    shop: Shop, second_process: Shop, client: Any, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(3, stock=90)
    orders = [placing(f"ORDER-{n}", (skus[n % 3], 1), (skus[(n + 1) % 3], 1)) for n in range(120)]
    first = idempotency_record_of(send(shop, orders))
    before = everything_in(client)
    again = idempotency_record_of(send(second_process, orders))
    assert [result["order_id"] for result in again] == [f"ORDER-{n}" for n in range(120)]
    assert Counter(map(outcome_of, first)) == {"201": 120}
    assert Counter(map(outcome_of, again)) == {"200": 120}
    assert [result["order"] for result in again] == [result["order"] for result in first]
    assert everything_in(client) == before
    check_tables()


def test_a_batch_that_many_send_at_once_is_executed_once(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(500)
    orders = [placing(f"ORDER-{n}", (sku, 1)) for n in range(60)]
    found = together([partial(retry_all_while_busy, [shop, second_process][n % 2], orders) for n in range(6)])
    for number in range(60):
        made = Counter(outcome_of(results[number]) for results in found)
        assert made["201"] <= 1
        assert made["201"] + made["200"] == 6
    tables = check_tables()
    assert len(tables.ledger(sku.sku)) == 61
    assert tables.skus[sku.sku]["reserved_stock"] == 60


# Expiry


@pytest.fixture
def sweep_in_an_hour(aws_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, int]]:
    """Sweep with a clock that is an hour ahead, each time with a client of its own."""
    for name, value in {
        "AWS_ENDPOINT_URL_DYNAMODB": aws_url,
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings(jwks_url="", token_issuer="", token_audiences=(), machine_client_ids=())

    def sweep(name: str) -> dict[str, int]:
        engine = engine_of(
            storage_of(connect(), settings, FixedLedgerKey()), lambda: plus_seconds(now(), 3_600)
        )
        return dict(engine.sweeper.sweep(name))

    return sweep


def test_two_sweepers_and_concurrent_confirms_lose_no_unit(
    shop: Shop,
    second_process: Shop,
    dice: Dice,
    check_tables: CheckTables,
    sweep_in_an_hour: Callable[[str], dict[str, int]],
) -> None:
    skus = shop.has_skus(3, stock=200)
    orders = [
        placing(f"ORDER-{n}", *[(sku, 1) for sku in dice.sample(skus, dice.randint(1, 3))], hold_seconds=60)
        for n in range(150)
    ]
    held = [placing(f"ORDER-HELD-{n}", (skus[0], 1)) for n in range(10)]
    assert {outcome_of(result) for result in idempotency_record_of(send(shop, [*orders, *held]))} == {"201"}

    def confirm_some(where: Shop, numbers: Sequence[int]) -> dict[str, int]:
        return outcomes([retry_while_busy(partial(where.confirm, f"ORDER-{number}")) for number in numbers])

    chosen = dice.sample(range(150), 60)
    first, second, *confirmed = together(
        [
            partial(sweep_in_an_hour, "sweep-1"),
            partial(sweep_in_an_hour, "sweep-2"),
            partial(confirm_some, shop, chosen[:30]),
            partial(confirm_some, second_process, chosen[30:]),
        ]
    )
    print("sweeps:", first, second, "confirms:", confirmed)
    last = sweep_in_an_hour("sweep-3")
    assert last["failed"] == 0

    tables = check_tables()
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
    counted: Counter[str] = Counter()
    for each in confirmed:
        counted.update(each)
    assert counted.keys() <= {"200", "200 replayed", "409 reservation_expired"}
    assert ends["confirmed"] == counted["200"] + counted["200 replayed"]
    assert first["released"] + second["released"] + last["released"] == ends["cancelled"]
    for order in held:
        assert tables.orders[order["order_id"]]["lines"][skus[0].sku]["reserved"] == 1


def test_a_confirm_beside_the_sweeper_is_executed_or_refused_as_a_whole(
    shop: Shop, check_tables: CheckTables, sweep_in_an_hour: Callable[[str], dict[str, int]]
) -> None:
    skus = shop.has_skus(3, stock=100)
    endings: Counter[str] = Counter()
    for number in range(10):
        order_id = f"ORDER-{number}"
        done(shop.place(order_id, *[(sku, 1) for sku in skus], hold_seconds=60))
        jobs: list[Callable[[], Any]] = [
            partial(sweep_in_an_hour, "sweep"),
            partial(retry_while_busy, partial(shop.confirm, order_id)),
        ]
        _, response = together(jobs)
        order = done(shop.order(order_id)).json()
        endings[outcome(response)] += 1
        expected = {"200": "confirmed", "409 reservation_expired": "cancelled"}[outcome(response)]
        assert order["status"] == expected
    print(f"confirms by outcome: {dict(endings)}")
    tables = check_tables()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [0] * 3


def test_due_orders_are_listed_once_each_in_pages_of_any_size(shop: Shop) -> None:
    sku = shop.has_sku(100)
    orders = [placing(f"ORDER-{n}", (sku, 1), hold_seconds=60) for n in range(60)]
    assert {outcome_of(result) for result in idempotency_record_of(send(shop, orders))} == {"201"}
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
