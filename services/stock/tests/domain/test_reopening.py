"""A cancelled or expired order reserves again what was released last."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.amendments import amend
from chalicelib.domain.commands import AmendOrder, ReopenOrder, SettleOrder
from chalicelib.domain.decisions import NOTHING_TO_WRITE, CurrentState, Decision, NeedsSkus
from chalicelib.domain.holds import expire
from chalicelib.domain.orders import INSUFFICIENT_STOCK, LastCommand, Order, OrderCommand, SagaState
from chalicelib.domain.placing import place
from chalicelib.domain.reopening import reopen
from chalicelib.domain.settlements import cancel, confirm
from inventory_common.errors import (
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    InsufficientStock,
    NotReopenable,
    OrderInProgress,
    OrderNotFound,
    PreconditionFailed,
    ProductInactive,
    SkuInactive,
    TooManyChanges,
)
from inventory_common.ids import StockKey
from inventory_common.preconditions import IfMatch
from inventory_common.timestamps import plus_seconds

from ..large_orders import sku_id
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    WHITE,
    a_context,
    a_key,
    a_line,
    a_saga,
    a_sku,
    a_state,
    an_order,
    an_order_of,
    order_of,
    units,
    write_set_of,
)

CONTEXT = a_context(order_id=ORDER)
KEY = a_key("reopen")


def a_reopen(**rest: Any) -> ReopenOrder:
    return ReopenOrder(ORDER, **{"hold_seconds": 600, "idempotency_key": KEY, **rest})


def reopened(state: CurrentState, **rest: Any) -> Decision:
    return reopen(state, a_reopen(**rest), CONTEXT)


def after(state: CurrentState, decision: Decision) -> CurrentState:
    """The state after a decision is committed, without the record of its key."""
    write_set = write_set_of(decision)
    moved = {movement.key: movement.after for movement in write_set.movements}
    return replace(state, skus={**state.skus, **moved}, order=write_set.order)


def placed(black: int = 5, white: int = 3) -> CurrentState:
    """An order of two lines, which reserve all that their SKUs have but one unit each."""
    order = an_order(a_line(BLACK, reserved=black, records=[1]), a_line(WHITE, reserved=white, records=[1]))
    skus = a_sku(BLACK, black + 1, black, sequence=1), a_sku(WHITE, white + 1, white, sequence=1)
    return a_state(*skus, order=order)


def cancelled(state: CurrentState, *lines: tuple[str, int], key: str = "cancel") -> CurrentState:
    named = units(*lines) if lines else None
    return after(state, cancel(state, SettleOrder(ORDER, named, a_key(key)), CONTEXT))


def figures(order: Order | None) -> dict[str, tuple[int, int, int, int]]:
    assert order is not None
    return {
        key.sku: (line.placed, line.reserved, line.confirmed, line.cancelled)
        for key, line in order.lines.items()
    }


def test_a_reopened_order_reserves_what_its_cancel_released() -> None:
    state = cancelled(placed())
    write_set = write_set_of(reopened(state))
    order = order_of(write_set)
    assert figures(order) == {BLACK: (5, 5, 0, 0), WHITE: (3, 3, 0, 0)}
    assert (order.status, order.cancel_reason) == ("reserved", None)
    assert (order.version, order.expires_at) == (3, plus_seconds(NOW, 600))
    assert order.last_command == LastCommand(OrderCommand.REOPEN, CONTEXT.command_id(3))
    assert write_set.replaced_order == state.order
    assert write_set.idempotency_record == KEY.record([{"order_id": ORDER}], NOW)
    for movement in write_set.movements:
        record = movement.record
        assert (record.transaction_type, record.command, record.order_id) == ("order_placed", "reopen", ORDER)
        assert (record.order_step, record.order_previous) == (3, 2)
        assert movement.after.available_stock == 1


def test_an_order_whose_hold_expired_is_reopened() -> None:
    late = a_context(plus_seconds(NOW, 86_400), order_id=ORDER)
    state = placed()
    expired = after(state, expire(state, late))
    order = order_of(reopen(expired, a_reopen(), late))
    assert (order.status, order.cancel_reason) == ("reserved", None)
    assert order.expires_at == plus_seconds(NOW, 87_000)


def test_what_an_earlier_cancel_released_stays_cancelled() -> None:
    state = cancelled(cancelled(placed(), (BLACK, 5), (WHITE, 1)))
    assert figures(order_of(reopened(state))) == {BLACK: (5, 0, 0, 5), WHITE: (3, 2, 0, 1)}


def test_the_last_of_two_cancels_of_lines_is_reopened() -> None:
    state = cancelled(cancelled(placed(), (WHITE, 3), key="1"), (BLACK, 5), key="2")
    assert figures(order_of(reopened(state))) == {BLACK: (5, 5, 0, 0), WHITE: (3, 0, 0, 3)}


def test_confirmed_lines_stand_beside_reopened_ones() -> None:
    state = placed()
    state = after(state, confirm(state, SettleOrder(ORDER, units((BLACK, 2)), a_key("1")), CONTEXT))
    order = order_of(reopened(cancelled(state)))
    assert figures(order) == {BLACK: (5, 3, 2, 0), WHITE: (3, 3, 0, 0)}
    assert order.status == "partially_confirmed"


def test_an_amend_to_nothing_is_reopened_as_a_cancel() -> None:
    state = placed()
    command = AmendOrder(ORDER, units((BLACK, 0), (WHITE, 0)), a_key("amend"))
    state = after(state, amend(state, command, command.lines, CONTEXT))
    assert figures(order_of(reopened(state))) == {BLACK: (5, 5, 0, 0), WHITE: (3, 3, 0, 0)}


def test_units_that_an_amend_gave_back_are_not_reopened() -> None:
    state = placed()
    command = AmendOrder(ORDER, units((BLACK, 1)), a_key("amend"))
    state = cancelled(after(state, amend(state, command, command.lines, CONTEXT)))
    assert figures(order_of(reopened(state))) == {BLACK: (1, 1, 0, 0), WHITE: (3, 3, 0, 0)}


def test_an_order_is_reopened_as_often_as_it_was_cancelled() -> None:
    state = cancelled(placed())
    for number in range(3):
        state = after(state, reopened(state, idempotency_key=a_key(f"reopen {number}")))
        with pytest.raises(NotReopenable):
            reopened(state, idempotency_key=a_key("again"))
        state = cancelled(state, key=f"cancel {number}")
    assert figures(state.order) == {BLACK: (5, 0, 0, 5), WHITE: (3, 0, 0, 3)}


def test_after_a_reopen_and_a_confirm_nothing_is_left_to_reopen() -> None:
    state = cancelled(placed())
    state = after(state, reopened(state))
    state = after(state, confirm(state, SettleOrder(ORDER, None, a_key("1")), CONTEXT))
    with pytest.raises(NotReopenable):
        reopened(state, idempotency_key=a_key("again"))


# What it refuses


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (None, OrderNotFound),
        (an_order(a_line(reserved=5)), NotReopenable),
        (an_order(a_line(reserved=4, cancelled=1, released=(1, 2)), last_release=2), NotReopenable),
        (an_order(a_line(confirmed=5)), NotReopenable),
        (an_order(a_line(cancelled=5), cancel_reason="requested"), NotReopenable),
        (an_order(cancel_reason="requested", ttl=2_000_000_000), NotReopenable),
        (an_order(cancel_reason=INSUFFICIENT_STOCK, ttl=2_000_000_000), NotReopenable),
        (an_order(cancel_reason="requested", ttl=1), OrderNotFound),
        (an_order(a_line(cancelled=5), saga=a_saga(SagaState.CANCELLING)), OrderInProgress),
    ],
)
def test_an_order_of_which_nothing_was_released_or_that_reserves_units_is_not_reopened(
    order: Order | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        reopened(a_state(a_sku(BLACK, 50, 5), order=order))


def test_all_lines_are_reserved_or_none() -> None:
    state = cancelled(placed())
    for key, sku in state.skus.items():
        state = replace(state, skus={**state.skus, key: replace(sku, reserved_stock=sku.current_stock - 2)})
    with pytest.raises(InsufficientStock) as refused:
        reopened(state)
    assert refused.value.members["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 5, "available": 2},
        {"product_id": PRODUCT, "sku": WHITE, "asked": 3, "available": 2},
    ]


@pytest.mark.parametrize(
    ("flag", "refusal"), [("is_active", SkuInactive), ("product_is_active", ProductInactive)]
)
def test_a_deactivated_sku_is_not_reserved_again(flag: str, refusal: type[Exception]) -> None:
    state = cancelled(placed())
    white = StockKey(PRODUCT, WHITE)
    switched: dict[str, Any] = {flag: False}
    state = replace(state, skus={**state.skus, white: replace(state.skus[white], **switched)})
    with pytest.raises(refusal):
        reopened(state)


def test_the_skus_of_the_lines_are_asked_for() -> None:
    state = cancelled(cancelled(placed(), (BLACK, 5)))
    assert reopened(replace(state, skus={})) == NeedsSkus([StockKey(PRODUCT, WHITE)])


def test_a_reopen_is_executed_once() -> None:
    state = cancelled(placed())
    write_set = write_set_of(reopened(state))
    later = cancelled(after(state, write_set), key="later")
    later = replace(later, idempotency_record=write_set.idempotency_record)
    assert reopened(later) == NOTHING_TO_WRITE
    with pytest.raises(IdempotencyKeyReused):
        reopened(later, idempotency_key=a_key("reopen", "another body"))


def test_a_reopen_of_another_version_is_refused() -> None:
    state = cancelled(placed())
    assert write_set_of(reopened(state, if_match=IfMatch(frozenset({"2"}))))
    with pytest.raises(PreconditionFailed):
        reopened(state, if_match=IfMatch(frozenset({"1"})))


def large(count: int, parts: int) -> CurrentState:
    """A cancelled order of so many lines, in parts of 48 lines."""
    lines = [
        replace(a_line(sku_id(number), cancelled=2, released=(2, 5)), part=number // 48 + 1 if parts else 0)
        for number in range(count)
    ]
    order = an_order(*lines, parts=parts, last_release=5)
    return a_state(*(a_sku(sku_id(number), 5) for number in range(count)), order=order)


def test_the_lines_fit_into_one_transaction() -> None:
    assert len(write_set_of(reopened(large(49, parts=0))).movements) == 49
    assert len(write_set_of(reopened(large(48, parts=1))).movements) == 48
    with pytest.raises(TooManyChanges, match="102 writes"):
        reopened(large(49, parts=2))


# What follows from it


def test_the_place_sent_again_is_a_replay() -> None:
    state = cancelled(placed())
    state = after(state, reopened(state))
    assert place(state, an_order_of((BLACK, 5), (WHITE, 3)), CONTEXT) == NOTHING_TO_WRITE


def test_a_late_duplicate_of_the_cancel_does_not_cancel_the_reopened_order() -> None:
    state = placed()
    state = after(state, cancel(state, SettleOrder(ORDER), CONTEXT))
    state = after(state, reopened(state))
    with pytest.raises(IdempotencyKeyRequired):
        cancel(state, SettleOrder(ORDER), CONTEXT)
    assert figures(cancelled(state, key="cancel again").order) == {BLACK: (5, 0, 0, 5), WHITE: (3, 0, 0, 3)}
