"""The calls of DynamoDB that each command makes without contention."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.ledger_checks import Tables
from tests.integration.relay import Relay
from tests.integration.shop import Shop, done

READ, READ_MANY, LIST, WRITE, RAISE = "GetItem", "BatchGetItem", "Query", "TransactWriteItems", "UpdateItem"


def test_stock_commands_take_one_round_trip_with_cached_skus_and_two_without(
    shop: Shop, relayed: Shop, relay: Relay, check_tables: Callable[[], Tables]
) -> None:
    skus = shop.has_skus(49, stock=10)
    one, lines = skus[0], [(sku, 1) for sku in skus]

    def calls_of(command: Callable[[], object]) -> list[str]:
        with relay.calls() as calls:
            command()
        return calls

    assert calls_of(lambda: done(relayed.restock(one, 1, key="k"))) == [READ_MANY, WRITE]
    # A replay is found by the condition of the idempotency record, or of the order.
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
    # A refusal writes nothing, reads the cached SKUs again, and checks whether the order exists by now.
    assert calls_of(lambda: relayed.place("ORDER-3", (one, 1_000))) == [READ_MANY, READ_MANY]
    # The failed condition returns what another process changed, and no read is needed.
    done(shop.restock(one, 5))
    assert calls_of(lambda: done(relayed.place("ORDER-4", (one, 1)))) == [WRITE, WRITE]
    assert calls_of(lambda: done(relayed.place("ORDER-5", (one, 1)))) == [READ_MANY, WRITE]
    # SKUs of an order that are not cached are read together with the order again.
    done(shop.restock(one, 5))
    done(relayed.place("ORDER-6", (one, 1)))
    assert calls_of(lambda: done(relayed.confirm("ORDER-6"))) == [READ_MANY, READ_MANY, WRITE]
    check_tables()


def test_a_new_sku_takes_two_round_trips_and_one_more_if_it_raises_the_bound(
    shop: Shop, relayed: Shop, relay: Relay, check_tables: Callable[[], Tables]
) -> None:
    sku = shop.has_sku(0, reorder_threshold=5)
    with relay.calls() as calls:
        done(relayed.create_sku(sku._replace(sku=f"{sku.sku}-A"), reorder_threshold=5))
    assert calls == [READ_MANY, WRITE]
    with relay.calls() as calls:
        done(relayed.create_sku(sku._replace(sku=f"{sku.sku}-B"), reorder_threshold=6))
    assert calls == [READ_MANY, RAISE, WRITE]
    check_tables()


def test_reads_take_one_round_trip_and_low_stock_two(shop: Shop, relayed: Shop, relay: Relay) -> None:
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
