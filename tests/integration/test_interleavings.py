"""Two commands in an exact order: the first is held at its commit until the second has finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import httpx
import pytest

from tests.integration.ledger_checks import Tables
from tests.integration.relay import Relay
from tests.integration.shop import Shop, done, outcome

CheckTables = Callable[[], Tables]
Request = Callable[[], httpx.Response]
Overtaken = Callable[..., AbstractContextManager[Future[httpx.Response]]]


@pytest.fixture
def overtaken(relay: Relay) -> Overtaken:
    """Hold a request at its write while the block runs; its response is the result of the future."""

    @contextmanager
    def run(request: Request, write: str = "TransactWriteItems") -> Iterator[Future[httpx.Response]]:
        with ThreadPoolExecutor(1) as pool, relay.hold_next(write) as held:
            future = pool.submit(request)
            held.wait_until_held()
            yield future

    return run


def test_the_last_unit_goes_to_the_first_to_commit(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(1)
    with overtaken(partial(relayed.place, "ORDER-SLOW", (sku, 1))) as slow:
        assert outcome(shop.place("ORDER-FAST", (sku, 1))) == "201"
    assert outcome(slow.result()) == "409 insufficient_stock"
    assert slow.result().json()["lines"][0]["available"] == 0
    assert list(check_tables().orders) == ["ORDER-FAST"]


def test_an_overtaken_order_reserves_from_the_remaining_stock(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    first, second = shop.has_skus(2, stock=5)
    with overtaken(partial(relayed.place, "ORDER-SLOW", (first, 2), (second, 2))) as slow:
        done(shop.place("ORDER-FAST", (first, 3)))
        done(shop.restock(second, 4))
    assert outcome(slow.result()) == "201"
    tables = check_tables()
    assert [r["order_id"] for r in tables.ledger(first.sku)[1:]] == ["ORDER-FAST", "ORDER-SLOW"]
    assert [r["transaction_type"] for r in tables.ledger(second.sku)[1:]] == ["restock", "order_placed"]


def test_a_refusal_reports_the_stock_after_the_faster_command(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(10)
    with overtaken(partial(relayed.place, "ORDER-SLOW", (sku, 8))) as slow:
        done(shop.place("ORDER-FAST", (sku, 3)))
        done(shop.confirm("ORDER-FAST"))
    assert slow.result().json()["lines"][0] == {
        "product_id": sku.product_id,
        "sku": sku.sku,
        "asked": 8,
        "available": 7,
    }
    check_tables()


def test_a_place_overtaken_by_its_cancel_is_refused(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(5)
    with overtaken(partial(relayed.place, "ORDER-1", (sku, 1))) as slow:
        assert done(shop.cancel("ORDER-1")).json()["lines"] == []
    assert outcome(slow.result()) == "409 order_cancelled"
    assert check_tables().records_of("ORDER-1") == []


def test_a_cancel_overtaken_by_its_place_releases_the_units(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(5)
    with overtaken(partial(relayed.cancel, "ORDER-1")) as slow:
        assert outcome(shop.place("ORDER-1", (sku, 2))) == "201"
    assert outcome(slow.result()) == "200"
    assert slow.result().json()["lines"][0]["cancelled"] == 2
    kinds = [record["transaction_type"] for record in check_tables().ledger(sku.sku)]
    assert kinds == ["restock", "order_placed", "order_cancelled"]


def test_a_confirm_overtaken_by_a_cancel_is_refused(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(5)
    done(shop.place("ORDER-1", (sku, 2)))
    with overtaken(partial(relayed.confirm, "ORDER-1")) as slow:
        done(shop.cancel("ORDER-1"))
    assert outcome(slow.result()) == "409 order_cancelled"
    check_tables()


def test_a_cancel_overtaken_by_a_confirm_is_refused(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(5)
    done(shop.place("ORDER-1", (sku, 2)))
    with overtaken(partial(relayed.cancel, "ORDER-1")) as slow:
        done(shop.confirm("ORDER-1"))
    assert outcome(slow.result()) == "409 order_confirmed"
    assert check_tables().skus[sku.sku]["current_stock"] == 3


def test_a_confirm_overtaken_by_itself_is_a_replay(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(5)
    done(shop.place("ORDER-1", (sku, 2)))
    with overtaken(partial(relayed.confirm, "ORDER-1")) as slow:
        done(shop.confirm("ORDER-1"))
    assert outcome(slow.result()) == "200 replayed"
    assert check_tables().skus[sku.sku]["current_stock"] == 3


@pytest.mark.parametrize("first", ["confirm", "cancel"])
@pytest.mark.parametrize("second", ["confirm", "cancel"])
def test_an_order_settled_between_the_reads_of_the_order_and_of_its_skus_is_settled_once(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables, first: str, second: str
) -> None:
    """
    ===========================  ==============================
    slow                         fast
    ===========================  ==============================
    reads the order: 2 reserved
    ..                           settles the order: 0 reserved
    reads the SKU: 0 reserved
    ===========================  ==============================
    """
    sku = shop.has_sku(5)
    done(shop.place("ORDER-1", (sku, 2)))
    with overtaken(partial(getattr(relayed, first), "ORDER-1"), "BatchGetItem") as slow:
        done(getattr(shop, second)("ORDER-1"))
    settled = {"confirm": "409 order_confirmed", "cancel": "409 order_cancelled"}[second]
    assert outcome(slow.result()) == ("200 replayed" if first == second else settled)
    check_tables()


def test_a_confirm_overtaken_by_sales_of_the_same_sku_settles_its_own_units(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(10)
    done(shop.place("ORDER-1", (sku, 2)))
    with overtaken(partial(relayed.confirm, "ORDER-1")) as slow:
        done(shop.place("ORDER-2", (sku, 3)))
        done(shop.confirm("ORDER-2"))
    assert outcome(slow.result()) == "200"
    item = check_tables().skus[sku.sku]
    assert (item["current_stock"], item["reserved_stock"]) == (5, 0)


def test_a_restock_overtaken_by_itself_is_a_replay(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(0)
    with overtaken(partial(relayed.restock, sku, 7, key="delivery-1")) as slow:
        fast = done(shop.restock(sku, 7, key="delivery-1")).json()
    assert outcome(slow.result()) == "200 replayed"
    assert slow.result().json()["transaction"] == fast["transaction"]
    assert len(check_tables().ledger(sku.sku)) == 1


def test_a_restock_overtaken_by_another_with_the_same_key_is_refused(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(0)
    with overtaken(partial(relayed.restock, sku, 7, key="delivery-1")) as slow:
        done(shop.restock(sku, 8, key="delivery-1"))
    assert outcome(slow.result()) == "422 idempotency_key_reused"
    assert check_tables().skus[sku.sku]["current_stock"] == 8


def test_an_order_overtaken_by_itself_is_a_replay(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(10)
    with overtaken(partial(relayed.place, "ORDER-1", (sku, 1), (sku, 2))) as slow:
        done(shop.place("ORDER-1", (sku, 3)))
    assert outcome(slow.result()) == "200 replayed"
    assert check_tables().skus[sku.sku]["reserved_stock"] == 3


def test_an_order_overtaken_by_another_with_its_id_is_refused(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    first, second = shop.has_skus(2, stock=10)
    with overtaken(partial(relayed.place, "ORDER-1", (first, 1))) as slow:
        done(shop.place("ORDER-1", (second, 1)))
    assert outcome(slow.result()) == "409 order_exists"
    assert check_tables().skus[first.sku]["reserved_stock"] == 0


def test_a_product_created_twice_with_one_key_at_once_is_one_product(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    with overtaken(partial(relayed.create_product, key="import-1")) as slow:
        fast = done(shop.create_product(key="import-1")).json()
    assert outcome(slow.result()) == "200 replayed"
    assert slow.result().json() == fast
    assert list(check_tables().products) == [fast["product_id"]]


def test_a_sku_is_not_created_for_a_product_that_was_deactivated_meanwhile(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    existing = shop.has_sku(0)
    late = existing._replace(sku=f"{existing.sku}-LATE")
    with overtaken(partial(relayed.create_sku, late)) as slow:
        assert shop.deactivate_product(late.product_id).status_code == 204
    assert outcome(slow.result()) == "409 product_inactive"
    assert list(check_tables().skus) == [existing.sku]


def test_a_sku_that_exists_meanwhile_is_refused(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    existing = shop.has_sku(0)
    late = existing._replace(sku=f"{existing.sku}-LATE")
    with overtaken(partial(relayed.create_sku, late, variant_name="slow")) as slow:
        done(shop.create_sku(late, variant_name="fast"))
        done(shop.restock(late, 3))
    assert outcome(slow.result()) == "409 sku_exists"
    item = check_tables().skus[late.sku]
    assert (item["variant_name"], item["current_stock"]) == ("fast", 3)


def test_a_slow_creation_does_not_lower_the_low_stock_bound(
    shop: Shop, relayed: Shop, overtaken: Overtaken, check_tables: CheckTables
) -> None:
    product_id = shop.has_product()
    first = shop.has_sku(0, product_id=product_id, variant="A", reorder_threshold=1)
    slow_sku = first._replace(sku=f"SKU-{product_id}-B")
    with overtaken(partial(relayed.create_sku, slow_sku, reorder_threshold=5), "UpdateItem") as slow:
        shop.has_sku(0, product_id=product_id, variant="C", reorder_threshold=90)
    assert outcome(slow.result()) == "201"
    tables = check_tables()
    assert tables.bounds == {first.vendor_id: 90}
    url = f"{shop.stock}/vendors/{first.vendor_id}/low-stock"
    assert len(shop.listed(url, "vendor", first.vendor_id)) == 3
