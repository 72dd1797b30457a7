"""The five data consistency rules: each is kept, and requests that would violate it are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.integration.ledger_checks import assert_consistent, everything_in, read_tables
from tests.integration.shop import VENDOR, Shop, Sku, done, outcome
from tests.specification.recorder import Call, Recorder
from tests.specification.routes import routes_of
from tests.specification.the_specification import (
    CONSISTENCY_RULES,
    INVENTORY,
    PRODUCTS,
    TRANSACTION_TYPES,
    TRANSACTIONS,
)

ORDER = "ORDER-12345"
TRANSACTION = "TransactWriteItems"
OTHER_METHODS = ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def sku_url(shop: Shop, sku: Sku) -> str:
    return f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}"


def adjust(shop: Shop, sku: Sku, change: int, key: str) -> httpx.Response:
    body = {"quantity_change": change, "notes": "counted"}
    return shop.ask("POST", f"{sku_url(shop, sku)}/adjustments", "vendor", sku.vendor_id, body=body, key=key)


def has_sku_on_order(shop: Shop) -> Sku:
    """A SKU with fifty units, three of them reserved."""
    sku = shop.has_sku(50)
    done(shop.place("ORDER-TO-CANCEL", (sku, 3)))
    return sku


def stock_changes(shop: Shop, sku: Sku) -> dict[str, Callable[[], httpx.Response]]:
    """Every command that moves the stock of such a SKU, in an order in which all succeed."""
    return {
        "restock": lambda: shop.restock(sku, 10),
        "order_placed": lambda: shop.place(ORDER, (sku, 9)),
        "order_confirmed": lambda: shop.confirm(ORDER),
        "order_cancelled": lambda: shop.cancel("ORDER-TO-CANCEL"),
        "refund": lambda: shop.ask("POST", f"{shop.stock}/orders/{ORDER}/refund", "orders"),
        "manual_adjustment": lambda: adjust(shop, sku, -1, key="count"),
    }


@contextmanager
def meanwhile(
    recorder: Recorder, request: Callable[[], httpx.Response]
) -> Iterator[tuple[list[Call], Callable[[], httpx.Response]]]:
    """Run the block between a request's read and its write; yield all calls, and the held write."""
    with (
        ThreadPoolExecutor(1) as pool,
        recorder.recording() as calls,
        recorder.hold_next(TRANSACTION) as held,
    ):
        response = pool.submit(request)
        held.wait_until_held()

        def finish() -> httpx.Response:
            held.release()
            return response.result()

        yield calls, finish


# 1  Product Creation: must create Product before creating SKUs


def test_product_creation_comes_before_its_skus(shop: Shop, client: Any) -> None:
    nobody = Sku(VENDOR, "PROD-00000", "SKU-PROD-00000-L")
    before = everything_in(client)
    assert outcome(shop.create_sku(nobody)) == "404 product_not_found"
    assert everything_in(client) == before

    product_id = shop.has_product()
    assert outcome(shop.create_sku(Sku(VENDOR, product_id, f"SKU-{product_id}-L"))) == "201"


def test_product_creation_of_the_same_vendor_comes_before_its_skus(shop: Shop, client: Any) -> None:
    theirs = shop.has_product("VENDOR-002")
    before = everything_in(client)
    assert outcome(shop.create_sku(Sku(VENDOR, theirs, f"SKU-{theirs}-L"))) == "404 product_not_found"
    ours = shop.has_product(VENDOR)
    assert outcome(shop.create_sku(Sku(VENDOR, ours, f"SKU-{theirs}-L"))) == "422 invalid_input"
    assert everything_in(client)[INVENTORY] == before[INVENTORY]


def test_product_creation_is_a_condition_of_the_write_of_a_sku_itself(
    shop: Shop, client: Any, recorder: Recorder
) -> None:
    """A product that is deactivated between the read and the write gets no SKU."""
    product_id = shop.has_product()
    sku = Sku(VENDOR, product_id, f"SKU-{product_id}-L")
    with meanwhile(recorder, lambda: shop.create_sku(sku)) as (calls, finish):
        [check] = [action for action in calls[-1].actions if action.table == PRODUCTS]
        assert (check.kind, check.request["Key"]) == ("ConditionCheck", {"product_id": {"S": product_id}})
        done(shop.deactivate_product(product_id))
        assert outcome(finish()) == "409 product_inactive"
    assert read_tables(client).skus == {}


# 2  Stock Updates: must log transaction in StockTransactions table atomically


def test_stock_updates_and_their_log_records_are_one_transaction(
    shop: Shop, recorder: Recorder, client: Any
) -> None:
    sku = has_sku_on_order(shop)
    for kind, change in stock_changes(shop, sku).items():
        with recorder.recording() as calls:
            done(change())
        [write] = [call for call in calls if call.operation not in ("GetItem", "BatchGetItem")]
        assert write.operation == TRANSACTION, kind
        [update] = [
            action for action in write.actions if action.request.get("Key", {}).get("sku") == {"S": sku.sku}
        ]
        [put] = [action for action in write.actions if action.table == TRANSACTIONS]
        assert (update.kind, update.table, put.kind) == ("Update", INVENTORY, "Put")
        assert put.request["Item"]["transaction_type"] == {"S": kind}
        assert_consistent(client)


@pytest.mark.parametrize("kind", TRANSACTION_TYPES)
def test_stock_updates_whose_log_record_cannot_be_written_leave_the_stock_alone(
    shop: Shop, client: Any, recorder: Recorder, kind: str
) -> None:
    sku = has_sku_on_order(shop)
    for name, change in stock_changes(shop, sku).items():
        if name == kind:
            break
        done(change())
    before = everything_in(client)
    with meanwhile(recorder, change) as (calls, finish):
        [put] = [action for action in calls[-1].actions if action.table == TRANSACTIONS]
        in_the_way = {name: put.request["Item"][name] for name in ("transaction_id", "timestamp")}
        client.put_item(TableName=TRANSACTIONS, Item=in_the_way)
        response = finish()
    assert outcome(response) == "500 internal_error"
    client.delete_item(TableName=TRANSACTIONS, Key=in_the_way)
    assert everything_in(client) == before


def test_stock_updates_that_conflict_with_a_faster_one_leave_one_log_record_each(
    shop: Shop, client: Any, recorder: Recorder
) -> None:
    sku = shop.has_sku(10)
    with meanwhile(recorder, lambda: shop.restock(sku, 5, key="slow")) as (calls, finish):
        done(shop.restock(sku, 20, key="fast"))
        done(finish())
    attempts = [call for call in calls if call.operation == TRANSACTION]
    assert len(attempts) == 3, "the slow command's first, the fast one's, the slow one's second"
    ledger = assert_consistent(client).ledger(sku.sku)
    assert [(each["stock_before"], each["stock_after"]) for each in ledger] == [(0, 10), (10, 30), (30, 35)]


def test_stock_updates_that_are_refused_are_not_logged(shop: Shop, client: Any) -> None:
    sku = shop.has_sku(5)
    before = everything_in(client)
    assert outcome(shop.place(ORDER, (sku, 6))) == "409 insufficient_stock"
    assert outcome(adjust(shop, sku, -6, key="k")) == "409 adjustment_below_reserved"
    assert outcome(shop.confirm(ORDER)) == "404 order_not_found"
    assert everything_in(client) == before


# 3  Available Stock: always calculated as (current_stock - reserved_stock)


def test_available_stock_is_calculated_by_every_change(shop: Shop, client: Any) -> None:
    sku = has_sku_on_order(shop)
    found = {}
    for kind, change in stock_changes(shop, sku).items():
        done(change())
        served, stored = shop.sku(sku), read_tables(client).skus[sku.sku]
        assert served["available_stock"] == served["current_stock"] - served["reserved_stock"]
        assert stored["available_stock"] == stored["current_stock"] - stored["reserved_stock"]
        found[kind] = served["available_stock"]
    assert found == {
        "restock": 57,
        "order_placed": 48,
        "order_confirmed": 48,
        "order_cancelled": 51,
        "refund": 60,
        "manual_adjustment": 59,
    }


def test_available_stock_is_calculated_even_if_a_wrong_one_is_stored(shop: Shop, client: Any) -> None:
    sku = shop.has_sku(10)
    done(shop.place(ORDER, (sku, 4)))
    client.update_item(
        TableName=INVENTORY,
        Key={"product_id": {"S": sku.product_id}, "sku": {"S": sku.sku}},
        UpdateExpression="SET available_stock = :wrong",
        ExpressionAttributeValues={":wrong": {"N": "99"}},
    )
    assert shop.sku(sku)["available_stock"] == 6
    [listed] = shop.listed(f"{shop.stock}/vendors/{VENDOR}/inventory", "vendor", VENDOR)
    assert listed["available_stock"] == 6
    assert outcome(shop.place("ORDER-2", (sku, 7))) == "409 insufficient_stock"
    done(shop.place("ORDER-2", (sku, 6)))
    assert_consistent(client)


@pytest.mark.parametrize("name", ["available_stock", "current_stock", "reserved_stock"])
def test_available_stock_and_its_operands_cannot_be_sent(shop: Shop, client: Any, name: str) -> None:
    sku = shop.has_sku(10)
    before = everything_in(client)
    sent: dict[str, Any] = {name: 5}
    assert outcome(shop.create_sku(sku._replace(sku=f"{sku.sku}-B"), **sent)) == "422 invalid_input"
    patched = shop.ask("PATCH", sku_url(shop, sku), "vendor", VENDOR, body=sent)
    assert outcome(patched) == "422 invalid_input"
    assert outcome(shop.restock(sku, 1, **sent)) == "422 invalid_input"
    assert everything_in(client) == before


# 4  Soft Deletes: is_active flag used instead of deletion


def test_soft_deletes_keep_the_product(shop: Shop, client: Any, recorder: Recorder) -> None:
    product_id = shop.has_product()
    url = f"{shop.catalog}/products/{product_id}"
    before = done(shop.ask("GET", url, "vendor", VENDOR)).json()
    with recorder.recording() as calls:
        assert done(shop.deactivate_product(product_id)).status_code == 204
    assert [call.operation for call in calls] == ["GetItem", "UpdateItem"]
    assert read_tables(client).products[product_id]["is_active"] == "false"
    after = done(shop.ask("GET", url, "vendor", VENDOR)).json()
    assert before["is_active"] is True
    assert after["is_active"] is False
    moved = {"is_active", "updated_at", "version"}
    assert {name for name in before if before[name] != after[name]} == moved
    assert outcome(shop.ask("GET", url)) == "404 product_not_found", "customers no longer see it"

    back = done(shop.ask("PATCH", url, "vendor", VENDOR, body={"is_active": True})).json()
    assert back["is_active"] is True


def test_soft_deletes_keep_the_sku_its_stock_and_its_log(shop: Shop, client: Any, recorder: Recorder) -> None:
    sku = shop.has_sku(50)
    done(shop.place(ORDER, (sku, 5)))
    before, log = shop.sku(sku), everything_in(client)[TRANSACTIONS]
    with recorder.recording() as calls:
        assert done(shop.ask("DELETE", sku_url(shop, sku), "vendor", VENDOR)).status_code == 204
    assert [call.operation for call in calls] == ["BatchGetItem", "UpdateItem"]
    after = shop.sku(sku)
    assert after["is_active"] is read_tables(client).skus[sku.sku]["is_active"] is False
    moved = {"details_version", "is_active", "last_updated", "last_updated_by", "version"}
    assert {name for name in before if before[name] != after[name]} == moved
    assert everything_in(client)[TRANSACTIONS] == log
    assert outcome(shop.place("ORDER-2", (sku, 1))) == "409 sku_inactive"


def test_soft_deletes_are_the_only_ones(shop: Shop, client: Any) -> None:
    """A product that is deleted twice, by its vendor and by an admin, still exists."""
    sku = shop.has_sku(5)
    for role, vendor_id in (("vendor", VENDOR), ("vendor", VENDOR), ("admin", None)):
        for url in (sku_url(shop, sku), f"{shop.catalog}/products/{sku.product_id}"):
            assert done(shop.ask("DELETE", url, role, vendor_id)).status_code == 204
    tables = read_tables(client)
    assert (set(tables.products), set(tables.skus)) == ({sku.product_id}, {sku.sku})


# 5  Immutable Logs: StockTransactions never updated or deleted


def test_immutable_logs_keep_their_records_unchanged(shop: Shop, client: Any) -> None:
    sku = has_sku_on_order(shop)
    kept = set(everything_in(client)[TRANSACTIONS])
    for change in stock_changes(shop, sku).values():
        done(change())
        log = set(everything_in(client)[TRANSACTIONS])
        assert kept < log, "one more, and all before it unchanged"
        kept = log
    done(shop.ask("PATCH", sku_url(shop, sku), "vendor", VENDOR, body={"variant_name": "Another"}))
    done(shop.ask("DELETE", sku_url(shop, sku), "vendor", VENDOR))
    done(shop.deactivate_product(sku.product_id))
    assert set(everything_in(client)[TRANSACTIONS]) == kept
    assert len(kept) == 2 + 6


def test_immutable_logs_have_get_routes_only() -> None:
    methods = [route.method for route in routes_of("audit")]
    assert len(methods) >= 4
    assert set(methods) == {"GET"}


@pytest.mark.parametrize("method", OTHER_METHODS)
def test_immutable_logs_can_only_be_read_through_the_routes_of_the_audit_service(
    shop: Shop, client: Any, recorder: Recorder, method: str
) -> None:
    sku = shop.has_sku(5)
    record = shop.sku(sku)["last_transaction_id"]
    ids = {"transaction_id": record, "order_id": ORDER, **sku._asdict()}
    before = everything_in(client)
    with recorder.recording() as calls:
        for route in routes_of("audit"):
            url = shop.audit + route.path.format(**ids)
            response = shop.ask(method, url, "admin", body={"notes": "rewritten"})
            assert response.status_code == 405, (method, url, response.text)
            assert response.headers["Allow"] == "GET"
    assert calls == []
    assert everything_in(client) == before


def test_immutable_logs_refuse_a_record_that_exists_already(
    shop: Shop, client: Any, recorder: Recorder
) -> None:
    """The service's put, sent again with other content."""
    sku = shop.has_sku(5)
    with recorder.recording() as calls:
        done(shop.restock(sku, 5))
    [put] = [action for action in calls[-1].actions if action.table == TRANSACTIONS]
    before = everything_in(client)
    rewritten: dict[str, Mapping[str, Any]] = {**put.request["Item"], "stock_after": {"N": "1000"}}
    with pytest.raises(client.exceptions.TransactionCanceledException) as refused:
        client.transact_write_items(TransactItems=[{"Put": {**put.request, "Item": rewritten}}])
    [reason] = refused.value.response["CancellationReasons"]
    assert reason["Code"] == "ConditionalCheckFailed"
    assert everything_in(client) == before


def test_immutable_logs_have_no_second_record_with_the_same_id(
    shop: Shop, client: Any, recorder: Recorder
) -> None:
    """Id and timestamp are the key: a put alone would not conflict, but the SKU's sequence prevents it."""
    sku = shop.has_sku(5)
    with meanwhile(recorder, lambda: shop.restock(sku, 5)) as (calls, finish):
        actions = [{action.kind: dict(action.request)} for action in calls[-1].actions]
        done(finish())
    [put] = [action["Put"] for action in actions if action.get("Put", {}).get("TableName") == TRANSACTIONS]
    put["Item"] = {**put["Item"], "timestamp": {"S": "2099-01-01T00:00:00.000000Z"}}
    before = everything_in(client)
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=actions)
    assert everything_in(client) == before


@pytest.mark.parametrize("rule", CONSISTENCY_RULES)
def test_every_rule_has_its_tests(rule: str) -> None:
    beginning = f"test_{rule.lower().replace(' ', '_')}_"
    assert len([name for name in globals() if name.startswith(beginning)]) >= 2, beginning
