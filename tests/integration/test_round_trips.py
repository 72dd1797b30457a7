"""What a command costs when nothing contends: its calls of DynamoDB, counted on their way there."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.ledger_checks import Tables
from tests.integration.relay import Relay
from tests.integration.shop import Shop, done

READ, READ_MANY, LIST, WRITE, RAISE = "GetItem", "BatchGetItem", "Query", "TransactWriteItems", "UpdateItem"


def test_stock_commands_take_one_round_trip_on_what_is_remembered_else_two_and_settling_one_more(
    shop: Shop, relayed: Shop, relay: Relay, all_fits: Callable[[], Tables]
) -> None:
    skus = shop.has_skus(49, stock=10)
    one, lines = skus[0], [(sku, 1) for sku in skus]

    def calls_of(command: Callable[[], object]) -> list[str]:
        with relay.calls() as calls:
            command()
        return calls

    assert calls_of(lambda: done(relayed.restock(one, 1, key="k"))) == [READ_MANY, WRITE]
    # A repetition is found by the condition of its marker, an order's by that of the order.
    assert calls_of(lambda: done(relayed.restock(one, 1, key="k"))) == [WRITE, READ_MANY, READ_MANY]
    assert calls_of(lambda: done(relayed.place("ORDER-1", *lines))) == [READ_MANY, WRITE]
    assert calls_of(lambda: done(relayed.place("ORDER-1", *lines))) == [WRITE, READ_MANY]
    assert calls_of(lambda: done(relayed.confirm("ORDER-1"))) == [READ_MANY, WRITE]
    assert calls_of(lambda: done(relayed.confirm("ORDER-1"))) == [READ_MANY]
    assert calls_of(lambda: done(relayed.place("ORDER-2", *lines))) == [WRITE]
    assert calls_of(lambda: done(relayed.cancel("ORDER-2"))) == [READ_MANY, WRITE]
    assert calls_of(lambda: done(relayed.cancel("ORDER-2"))) == [READ_MANY]
    assert calls_of(lambda: done(relayed.cancel("ORDER-UNKNOWN"))) == [READ_MANY, WRITE]
    assert calls_of(lambda: relayed.confirm("ORDER-NEVER")) == [READ_MANY, READ_MANY]
    assert calls_of(lambda: done(relayed.restock(one, 1, key="k2"))) == [WRITE]
    # A refusal writes nothing, reads what was remembered, and looks whether the order is there by now.
    assert calls_of(lambda: relayed.place("ORDER-3", (one, 1_000))) == [READ_MANY, READ_MANY]
    # What another process changed is found by the condition, and no read is needed.
    done(shop.restock(one, 5))
    assert calls_of(lambda: done(relayed.place("ORDER-4", (one, 1)))) == [WRITE, WRITE]
    assert calls_of(lambda: done(relayed.place("ORDER-5", (one, 1)))) == [READ_MANY, WRITE]
    # An order's SKUs that are not remembered are read with it once more, so that all is of one moment.
    done(shop.restock(one, 5))
    done(relayed.place("ORDER-6", (one, 1)))
    assert calls_of(lambda: done(relayed.confirm("ORDER-6"))) == [READ_MANY, READ_MANY, WRITE]
    all_fits()


def test_a_new_sku_takes_two_round_trips_and_one_more_where_it_raises_the_bound(
    shop: Shop, relayed: Shop, relay: Relay, all_fits: Callable[[], Tables]
) -> None:
    sku = shop.has_sku(0, reorder_threshold=5)
    with relay.calls() as calls:
        done(relayed.create_sku(sku._replace(sku=f"{sku.sku}-A"), reorder_threshold=5))
    assert calls == [READ_MANY, WRITE]
    with relay.calls() as calls:
        done(relayed.create_sku(sku._replace(sku=f"{sku.sku}-B"), reorder_threshold=6))
    assert calls == [READ_MANY, RAISE, WRITE]
    all_fits()


def test_questions_take_one_round_trip_and_low_stock_two(shop: Shop, relayed: Shop, relay: Relay) -> None:
    sku = shop.has_sku(3)
    done(shop.place("ORDER-1", (sku, 1)))
    record = shop.sku(sku)["last_transaction_id"]
    expected = {
        f"{relayed.catalog}/products/{sku.product_id}": ["GetItem"],
        f"{relayed.catalog}/vendors/{sku.vendor_id}/products": [LIST],
        f"{relayed.stock}/products/{sku.product_id}/skus": [LIST],
        f"{relayed.stock}/products/{sku.product_id}/skus/{sku.sku}": [READ],
        f"{relayed.stock}/vendors/{sku.vendor_id}/inventory": [LIST],
        f"{relayed.stock}/vendors/{sku.vendor_id}/low-stock": [READ, LIST],
        f"{relayed.stock}/orders/ORDER-1": [READ],
        f"{relayed.audit}/transactions/{record}": [LIST],
        f"{relayed.audit}/skus/{sku.sku}/transactions": [LIST],
        f"{relayed.audit}/vendors/{sku.vendor_id}/transactions": [LIST],
        f"{relayed.audit}/products/{sku.product_id}/transactions": [LIST],
    }
    found = {}
    for url in expected:
        with relay.calls() as calls:
            done(shop.ask("GET", url, "admin"))
        found[url] = calls
    assert found == expected
