"""Commits that meet other writers: nothing is written, and the conflict shows what had changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixed_ledger_key import LEDGER_KEY

from chalicelib.bootstrap import Storage
from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import CurrentState, Decision, ReadSet, WriteSet
from chalicelib.domain.orders import OrderCommand
from chalicelib.domain.placing import place
from chalicelib.domain.settlements import cancel, confirm
from chalicelib.domain.stock_changes import restock
from chalicelib.domain.stock_rules import move_stock
from chalicelib.storage.skus import LeaseHeld
from chalicelib.storage.state import WriteConflict
from inventory_common.ids import StockKey
from inventory_common.seals import sealed
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import TransactionType

from ..process import Process
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    WHITE,
    Tables,
    a_context,
    a_key,
    a_line,
    a_restock,
    a_sku,
    an_order,
    an_order_of,
    write_set_of,
)
from ..stores import PLACED_ORDER_ITEM, commit, current_state, placed

CONTEXT = a_context(order_id=ORDER)
BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)
RED = f"SKU-{PRODUCT}-RED"

Settle = Callable[..., Decision]


def stored(tables: Tables) -> list[Any]:
    return [tables.items(table) for table in ("VendorInventory", "StockTransactions", "Products-table")]


def conflict_over(storage: Storage, tables: Tables, decision: Decision) -> WriteConflict:
    """Commit the write set of a decision, which must conflict and write nothing."""
    before = stored(tables)
    result = storage.state.commit([write_set_of(decision)])
    assert stored(tables) == before
    assert isinstance(result, WriteConflict), result
    return result


# SKUs


@pytest.mark.parametrize("command", ["restock", "place", "confirm", "cancel"])
def test_a_conflict_shows_the_sku_whose_stock_another_writer_changed(
    storage: Storage, tables: Tables, command: str
) -> None:
    state = placed(storage.state, tables)
    second_order = an_order_of((BLACK, 5), order_id="ORDER-2")
    decisions: dict[str, Callable[[], Decision]] = {
        "restock": lambda: restock(state, a_restock(), CONTEXT),
        "place": lambda: place(replace(state, order=None), second_order, CONTEXT),
        "confirm": lambda: confirm(state, SettleOrder(ORDER), CONTEXT),
        "cancel": lambda: cancel(state, SettleOrder(ORDER), CONTEXT),
    }
    decision = decisions[command]()
    commit(storage.state, restock(state, a_restock(7, idempotency_key=a_key("other")), CONTEXT))
    conflict = conflict_over(storage, tables, decision)
    assert conflict.found.skus == {BLACK_KEY: storage.skus.get(BLACK_KEY)}
    assert conflict.found.skus[BLACK_KEY].current_stock == 57
    assert conflict.contended == {BLACK_KEY}
    assert not conflict.is_leased


@pytest.mark.parametrize("command", ["restock", "place"])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_a_sku_that_was_deactivated_meanwhile_accepts_neither_restock_nor_order(
    storage: Storage, tables: Tables, command: str, flag: str
) -> None:
    tables.put(a_sku(current=50))
    state = current_state(storage.state, BLACK)
    if command == "restock":
        decision = restock(state, a_restock(), CONTEXT)
    else:
        decision = place(state, an_order_of((BLACK, 1)), CONTEXT)
    tables.set_attributes(BLACK, **{flag: {"BOOL": False}})
    conflict = conflict_over(storage, tables, decision)
    assert getattr(conflict.found.skus[BLACK_KEY], flag) is False
    assert not conflict.is_leased


@pytest.mark.parametrize("settle", [confirm, cancel])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_an_order_is_settled_although_its_sku_was_deactivated_meanwhile(
    storage: Storage, tables: Tables, settle: Settle, flag: str
) -> None:
    state = placed(storage.state, tables)
    tables.set_attributes(BLACK, **{flag: {"BOOL": False}})
    commit(storage.state, settle(state, SettleOrder(ORDER), CONTEXT))
    after = storage.skus.get(BLACK_KEY)
    assert after is not None
    assert after.reserved_stock == 0
    assert getattr(after, flag) is False


OTHER_ATTRIBUTES = {
    "variant_name": {"S": "Jet Black"},
    "unit_price": {"N": "79.5"},
    "reorder_threshold": {"N": "3"},
}


def test_a_sale_keeps_other_attributes_that_changed_meanwhile(storage: Storage, tables: Tables) -> None:
    tables.put(a_sku(current=50))
    state = current_state(storage.state, BLACK)
    tables.set_attributes(BLACK, **OTHER_ATTRIBUTES)
    commit(storage.state, place(state, an_order_of((BLACK, 25)), CONTEXT))
    after = storage.skus.get(BLACK_KEY)
    assert after is not None
    assert (after.variant_name, str(after.unit_price), after.reorder_threshold) == ("Jet Black", "79.5", 3)
    assert (after.reserved_stock, after.version) == (25, 3)


def test_a_command_that_returns_the_sku_conflicts_with_a_change_of_its_other_attributes(
    storage: Storage, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    state = current_state(storage.state, BLACK)
    tables.set_attributes(BLACK, **OTHER_ATTRIBUTES)
    conflict = conflict_over(storage, tables, restock(state, a_restock(25), CONTEXT))
    assert conflict.found.skus[BLACK_KEY].variant_name == "Jet Black"
    assert not conflict.is_leased


# Orders and idempotency records


@pytest.mark.parametrize("first", [confirm, cancel])
@pytest.mark.parametrize("second", [confirm, cancel])
def test_of_two_settlements_of_one_order_the_second_conflicts(
    storage: Storage, tables: Tables, first: Settle, second: Settle
) -> None:
    state = placed(storage.state, tables)
    decision = second(state, SettleOrder(ORDER), CONTEXT)
    commit(storage.state, first(state, SettleOrder(ORDER), CONTEXT))
    found = conflict_over(storage, tables, decision).found
    assert found.orders[ORDER] == storage.orders.get(ORDER)
    assert found.orders[ORDER].version == 2


def test_the_version_of_an_order_guards_it_although_its_skus_have_not_changed(
    storage: Storage, tables: Tables
) -> None:
    state = placed(storage.state, tables)
    decision = confirm(state, SettleOrder(ORDER), CONTEXT)
    tables.put_item(sealed(PLACED_ORDER_ITEM | {"version": {"N": "2"}}, LEDGER_KEY))
    assert conflict_over(storage, tables, decision).found.orders[ORDER].version == 2


def test_an_order_that_was_placed_meanwhile_is_not_overwritten(storage: Storage, tables: Tables) -> None:
    tables.put(a_sku(WHITE, current=50))
    decision = place(current_state(storage.state, WHITE), an_order_of((WHITE, 1)), CONTEXT)
    placed(storage.state, tables)
    found = conflict_over(storage, tables, decision).found
    order = an_order(a_line(reserved=5, records=[1]), after=OrderCommand.PLACE)
    assert found == ReadSet(orders={ORDER: order})


def test_an_order_that_was_cancelled_meanwhile_is_not_placed(storage: Storage, tables: Tables) -> None:
    tables.put(a_sku(current=50))
    decision = place(current_state(storage.state, BLACK), an_order_of((BLACK, 1)), CONTEXT)
    commit(storage.state, cancel(CurrentState(), SettleOrder(ORDER), CONTEXT))
    assert conflict_over(storage, tables, decision).found.orders[ORDER].is_tombstone


def test_the_cancel_of_an_unknown_order_conflicts_with_its_place(storage: Storage, tables: Tables) -> None:
    decision = cancel(current_state(storage.state), SettleOrder(ORDER), CONTEXT)
    placed(storage.state, tables)
    found = conflict_over(storage, tables, decision).found
    order = an_order(a_line(reserved=5, records=[1]), after=OrderCommand.PLACE)
    assert found == ReadSet(orders={ORDER: order})


def test_a_command_whose_idempotency_record_exists_conflicts(storage: Storage, tables: Tables) -> None:
    tables.put(a_sku(BLACK, 50), a_sku(WHITE, 50))
    decision = restock(current_state(storage.state, BLACK), a_restock(25), CONTEXT)
    first = restock(current_state(storage.state, WHITE), a_restock(1, WHITE), CONTEXT)
    record = commit(storage.state, first).idempotency_record
    assert record is not None
    found = conflict_over(storage, tables, decision).found
    assert found == ReadSet(idempotency_records={record.idempotency_id: record})


def test_a_conflict_shows_all_items_that_changed(storage: Storage, tables: Tables) -> None:
    skus = (BLACK, WHITE, RED)
    tables.put(*(a_sku(sku, current=50) for sku in skus))
    state = current_state(storage.state, *skus)
    decision = place(state, an_order_of(*((sku, 1) for sku in skus)), CONTEXT)
    commit(storage.state, restock(state, a_restock(1, WHITE, idempotency_key=a_key("a")), CONTEXT))
    commit(storage.state, place(state, an_order_of((BLACK, 1)), CONTEXT))
    conflict = conflict_over(storage, tables, decision)
    assert conflict.found.skus.keys() == {BLACK_KEY, WHITE_KEY} == conflict.contended
    assert ORDER in conflict.found.orders


def test_a_conflict_over_an_order_contends_no_sku(storage: Storage, tables: Tables) -> None:
    """A priority lease is of SKUs: no writer takes one of an order."""
    tables.put(a_sku(current=9))
    state = storage.state.read([BLACK_KEY]).state_of()
    commit(storage.state, place(state, an_order_of((BLACK, 1)), a_context()))
    order = storage.orders.get(ORDER)
    assert order is not None
    longer, longest = (
        WriteSet(
            movements=(),
            order=replace(order, version=order.version + 1, expires_at=plus_seconds(NOW, 90_000 + n)),
            replaced_order=order,
        )
        for n in (0, 1)
    )
    commit(storage.state, longer)
    assert conflict_over(storage, tables, longest).contended == frozenset()


# Priority leases


def test_a_conflict_says_that_a_sku_has_not_changed_but_is_leased(storage: Storage, tables: Tables) -> None:
    tables.put(a_sku(current=50))
    decision = place(current_state(storage.state, BLACK), an_order_of((BLACK, 1)), CONTEXT)
    leased = storage.skus.take_priority_leases([BLACK_KEY], NOW)
    assert not isinstance(leased, LeaseHeld)
    conflict = conflict_over(storage, tables, decision)
    assert conflict == WriteConflict(found=leased, contended=frozenset({BLACK_KEY}), is_leased=True)


@pytest.mark.parametrize(
    ("command", "change"),
    [
        ("place", {"sequence": {"N": "1"}}),
        ("place", {"ledger_hash": {"S": "f" * 64}}),
        ("place", {"is_active": {"BOOL": False}}),
        ("place", {"product_is_active": {"BOOL": False}}),
        ("restock", {"unit_price": {"N": "7"}}),
    ],
    ids=["sequence", "ledger_hash", "is_active", "product_is_active", "unit_price"],
)
def test_a_conflict_over_a_changed_sku_is_not_over_its_lease(
    storage: Storage, tables: Tables, command: str, change: dict[str, Any]
) -> None:
    """The command has to be decided again on the change; one that returns the SKU, on any change."""
    tables.put(a_sku(current=50))
    state = current_state(storage.state, BLACK)
    if command == "restock":
        decision = restock(state, a_restock(), CONTEXT)
    else:
        decision = place(state, an_order_of((BLACK, 1)), CONTEXT)
    tables.set_attributes(BLACK, **change)
    assert not isinstance(storage.skus.take_priority_leases([BLACK_KEY], NOW), LeaseHeld)
    conflict = conflict_over(storage, tables, decision)
    assert conflict.contended == {BLACK_KEY}
    assert not conflict.is_leased


@pytest.mark.parametrize(
    "change",
    [{"is_active": {"BOOL": False}}, {"product_is_active": {"BOOL": False}}, {"unit_price": {"N": "7"}}],
    ids=lambda change: next(iter(change)),
)
def test_a_change_that_a_settlement_does_not_depend_on_leaves_its_conflict_to_the_lease(
    storage: Storage, tables: Tables, change: dict[str, Any]
) -> None:
    state = placed(storage.state, tables)
    tables.set_attributes(BLACK, **change)
    assert not isinstance(storage.skus.take_priority_leases([BLACK_KEY], NOW), LeaseHeld)
    assert conflict_over(storage, tables, confirm(state, SettleOrder(ORDER), CONTEXT)).is_leased


# Cancellation reasons


class CancelledTransaction(ClientError):  # type: ignore[misc]
    """DynamoDB's answer to a transaction that it cancels."""


class CancellingClient:
    """A client whose transactions are cancelled for these reasons."""

    class exceptions:
        TransactionCanceledException = CancelledTransaction

    def __init__(self, *reasons: dict[str, Any]) -> None:
        self._reasons = list(reasons)

    def transact_write_items(self, **_: Any) -> None:
        response = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": self._reasons,
        }
        raise CancelledTransaction(response, "TransactWriteItems")


@pytest.fixture
def cancelled(process_over: Callable[[Any], Process]) -> Callable[..., Any]:
    """Commits a restock of the black variant in a transaction that is cancelled for these reasons."""
    movement = move_stock(a_sku(), TransactionType.RESTOCK, 1, a_context())

    def cancelled(*reasons: dict[str, Any]) -> Any:
        state = process_over(CancellingClient(*reasons)).storage.state
        return state.commit([WriteSet(movements=(movement,))])

    return cancelled


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_in_progress_or_throttling_is_a_conflict_without_image(
    cancelled: Callable[..., Any], code: str
) -> None:
    conflict = cancelled({"Code": code}, {"Code": "None"})
    assert conflict == WriteConflict(
        found=ReadSet(), contended=frozenset({BLACK_KEY}), has_failed_condition=False
    )


def test_a_transaction_in_progress_beside_a_failed_condition_is_a_conflict_with_the_image_of_the_latter(
    cancelled: Callable[..., Any],
) -> None:
    image = a_sku(current=7).to_item()
    conflict = cancelled({"Code": "ConditionalCheckFailed", "Item": image}, {"Code": "TransactionConflict"})
    assert isinstance(conflict, WriteConflict)
    assert conflict.found == ReadSet(skus={BLACK_KEY: a_sku(current=7)})
    assert not conflict.is_leased


def test_a_log_record_that_another_transaction_is_writing_is_a_conflict(
    cancelled: Callable[..., Any],
) -> None:
    # Two writers made the record of one sequence number; the first one's transaction is in progress.
    conflict = cancelled({"Code": "TransactionConflict"}, {"Code": "ConditionalCheckFailed"})
    assert isinstance(conflict, WriteConflict)
    assert conflict.found == ReadSet()


def test_a_transaction_that_dynamodb_rejects_as_invalid_is_a_defect(cancelled: Callable[..., Any]) -> None:
    with pytest.raises(CancelledTransaction):
        cancelled({"Code": "ValidationError"}, {"Code": "None"})


def test_a_log_record_that_its_sku_does_not_know_of_is_neither_overwritten_nor_ignored(
    storage: Storage, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    write_set = write_set_of(restock(current_state(storage.state, BLACK), a_restock(), CONTEXT))
    record = write_set.movements[0].record.to_item() | {"quantity": {"N": "9"}}
    tables.put_item(record, "StockTransactions")
    before = stored(tables)
    with pytest.raises(ClientError) as error:
        storage.state.commit([write_set])
    assert error.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert stored(tables) == before
