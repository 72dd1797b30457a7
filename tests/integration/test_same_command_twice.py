"""A command that many send at once is executed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import httpx

from tests.integration.ledger_checks import Tables
from tests.integration.shop import (
    Dice,
    Shop,
    by_each_writer,
    by_writers,
    done,
    outcomes,
    retry_while_busy,
    together,
)

WRITERS = 16

CheckTables = Callable[[], Tables]


def test_every_order_that_many_confirm_and_cancel_twice_is_settled_once(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(6, stock=100)
    order_ids = [f"ORDER-{number}" for number in range(32)]
    for order_id in order_ids:
        done(shop.place(order_id, *[(sku, dice.randint(1, 3)) for sku in dice.sample(skus, 2)]))
    requests = dice.shuffled(
        [
            partial(getattr(where, command), order_id)
            for order_id in order_ids
            for command in ("confirm", "confirm", "cancel", "cancel")
            for where in [dice.choice([shop, second_process])]
        ]
    )

    responses = by_writers(WRITERS, requests)

    tables = check_tables()
    ends: Counter[str] = Counter()
    for order_id in order_ids:
        status = done(shop.order(order_id)).json()["status"]
        ends[status] += 1
        commands = [r for r in tables.records_of(order_id) if r["transaction_type"] != "order_placed"]
        kind = {"confirmed": "order_confirmed", "cancelled": "order_cancelled"}[status]
        assert [record["transaction_type"] for record in commands] == [kind, kind]
        assert len({record["request_id"] for record in commands}) == 1
        refusal = {"confirmed": "409 order_confirmed", "cancelled": "409 order_cancelled"}[status]
        mine = [a for a in responses if f"/{order_id}/" in str(a.request.url)]
        assert outcomes(mine) == {"200": 1, "200 replayed": 1, refusal: 2}
    print(f"orders by status: {dict(ends)}")


def test_restocks_with_the_same_key_are_one_restock(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(0)
    both = [shop, second_process] * (WRITERS // 2)

    responses = together(
        [partial(retry_while_busy, partial(each.restock, sku, 7, key="delivery-1")) for each in both]
    )

    assert outcomes(responses) == {"201": 1, "200 replayed": WRITERS - 1}
    assert len({response.json()["transaction"]["transaction_id"] for response in responses}) == 1
    tables = check_tables()
    assert [record["quantity"] for record in tables.ledger(sku.sku)] == [7]
    assert tables.skus[sku.sku]["current_stock"] == 7


def test_a_key_used_for_two_restocks_at_once_executes_one(shop: Shop, check_tables: CheckTables) -> None:
    sku = shop.has_sku(0)
    requests = [
        partial(retry_while_busy, partial(shop.restock, sku, 1 + n % 2, key="k")) for n in range(WRITERS)
    ]

    responses = together(requests)

    assert outcomes(responses) == {
        "201": 1,
        "200 replayed": WRITERS // 2 - 1,
        "422 idempotency_key_reused": WRITERS // 2,
    }
    assert len(check_tables().ledger(sku.sku)) == 1


def test_restocks_with_different_keys_are_all_executed(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(0)
    requests = [
        partial([shop, second_process][n % 2].restock, sku, 1, key=f"delivery-{n}") for n in range(64)
    ]
    assert outcomes(by_writers(WRITERS, requests)) == {"201": 64}
    assert check_tables().skus[sku.sku]["current_stock"] == 64


def test_the_same_order_placed_by_many_is_one_reservation(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    first, second = shop.has_skus(2, stock=100)
    both = [shop, second_process] * (WRITERS // 2)
    lines = [[(first, 2), (second, 3)], [(second, 1), (first, 2), (second, 2)]]

    responses = together(
        [
            partial(retry_while_busy, partial(each.place, "ORDER-1", *lines[n // 2 % 2]))
            for n, each in enumerate(both)
        ]
    )

    assert outcomes(responses) == {"201": 1, "200 replayed": WRITERS - 1}
    assert len({response.text for response in responses}) == 1
    tables = check_tables()
    assert len(tables.records_of("ORDER-1")) == 2
    assert tables.skus[first.sku]["reserved_stock"] == 2


def test_an_order_id_placed_with_different_lines_has_one_winner(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(WRITERS, stock=10)
    both = [shop, second_process] * (WRITERS // 2)

    responses = together(
        [
            partial(retry_while_busy, partial(each.place, "ORDER-1", (sku, 1)))
            for each, sku in zip(both, skus, strict=True)
        ]
    )

    assert outcomes(responses) == {"201": 1, "409 order_exists": WRITERS - 1}
    tables = check_tables()
    [record] = tables.records_of("ORDER-1")
    [winner] = [response for response in responses if response.status_code == 201]
    assert [line["sku"] for line in winner.json()["lines"]] == [record["sku"]]


def test_a_place_concurrent_with_its_cancel_is_refused_or_released_as_a_whole(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(3, stock=100)
    endings: Counter[str] = Counter()
    for number in range(24):
        order_id = f"ORDER-{number}"
        lines = [(sku, 1) for sku in dice.shuffled(skus)]
        where = dice.shuffled([shop, second_process])
        place = partial(retry_while_busy, partial(where[0].place, order_id, *lines))
        cancel = partial(retry_while_busy, partial(where[1].cancel, order_id))

        placed, cancelled = together([place, cancel])

        assert cancelled.status_code == 200, cancelled.text
        assert cancelled.json()["status"] == "cancelled"
        if placed.status_code == 201:
            endings["released"] += 1
            assert [line["cancelled"] for line in cancelled.json()["lines"]] == [1, 1, 1]
        else:
            endings["refused"] += 1
            assert placed.json()["code"] == "order_cancelled"
            assert cancelled.json()["lines"] == []
    print(f"orders by their ends: {dict(endings)}")
    tables = check_tables()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [0, 0, 0]


def test_a_product_created_by_many_with_the_same_key_is_one_product(
    shop: Shop, check_tables: CheckTables
) -> None:
    responses = by_each_writer(WRITERS, partial(shop.create_product, key="import-1"))
    assert outcomes(responses) == {"201": 1, "200 replayed": WRITERS - 1}
    [product_id] = check_tables().products
    assert {response.json()["product_id"] for response in responses} == {product_id}


def test_a_sku_created_by_many_exists_once(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(0)
    sibling = sku._replace(sku=f"{sku.sku}-2")
    both = [shop, second_process] * (WRITERS // 2)
    keyed = together([partial(retry_while_busy, partial(each.create_sku, sibling, key="k")) for each in both])
    assert outcomes(keyed) == {"201": 1, "200 replayed": WRITERS - 1}

    third = sku._replace(sku=f"{sku.sku}-3")
    unkeyed = together([partial(retry_while_busy, partial(each.create_sku, third)) for each in both])
    assert outcomes(unkeyed) == {"201": 1, "409 sku_exists": WRITERS - 1}
    assert len(check_tables().skus) == 3


def test_a_product_deactivated_while_skus_are_created_gets_none_afterwards(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    for _ in range(6):
        product_id = shop.has_product()
        new = shop.has_sku(0, product_id=product_id)
        skus = [new._replace(sku=f"SKU-{product_id}-N{n}") for n in range(WRITERS)]
        requests: list[Callable[[], httpx.Response]] = [partial(shop.deactivate_product, product_id)]
        for number, sku in enumerate(skus):
            requests.append(
                partial(retry_while_busy, partial([shop, second_process][number % 2].create_sku, sku))
            )

        removed, *responses = together(requests)

        assert removed.status_code == 204
        assert outcomes(responses).keys() <= {"201", "409 product_inactive"}
        for response in responses:
            if response.status_code == 201:
                assert response.json()["product_version"] == 1
        late = second_process.create_sku(new._replace(sku=f"SKU-{product_id}-LATE"))
        assert late.status_code == 409
        assert late.json()["code"] == "product_inactive"
    tables = check_tables()
    assert {item["product_version"] for item in tables.skus.values()} == {1}
