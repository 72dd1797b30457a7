"""An order is amended: it reserves more or fewer units from now on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.amendments import amend
from chalicelib.domain.commands import AmendOrder, SettleOrder
from chalicelib.domain.decisions import NOTHING_TO_WRITE, CurrentState, Decision, NeedsSkus
from chalicelib.domain.orders import (
    EXPIRED,
    INSUFFICIENT_STOCK,
    LastCommand,
    Order,
    OrderCommand,
    OrderLine,
    SagaState,
)
from chalicelib.domain.placing import place
from chalicelib.domain.settlements import cancel, confirm
from inventory_common.errors import (
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    InsufficientStock,
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    OrderInProgress,
    OrderNotFound,
    PreconditionFailed,
    ProductInactive,
    ReservationExpired,
    SkuInactive,
    SkuNotFound,
    TooManyChanges,
)
from inventory_common.ids import StockKey
from inventory_common.limits import QUANTITY_MAX
from inventory_common.preconditions import IfMatch

from ..large_orders import sku_id
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    VENDOR,
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
RED = f"SKU-{PRODUCT}-RED-L"


def an_amend(*lines: tuple[str, int], **rest: Any) -> AmendOrder:
    return AmendOrder(ORDER, units(*lines), **{"idempotency_key": a_key(), **rest})


def amended(state: CurrentState, *lines: tuple[str, int], **rest: Any) -> Decision:
    """What an amend decides whose SKUs were all sought."""
    command = an_amend(*lines, **rest)
    return amend(state, command, command.lines, CONTEXT)


def two_lines(**differences: Any) -> CurrentState:
    """Five black units, confirmed two of them, and three white ones; 20 of 50 and 3 of 4 are reserved."""
    black = a_line(BLACK, reserved=3, confirmed=2, records=[3, 9])
    order = an_order(black, a_line(WHITE, reserved=3, records=[1]), version=3, **differences)
    skus = a_sku(BLACK, 50, 20, sequence=20), a_sku(WHITE, 4, 3, sequence=7), a_sku(RED, 5, 1, sequence=2)
    return a_state(*skus, order=order)


def stored(state: CurrentState) -> Order:
    assert state.order is not None
    return state.order


@pytest.mark.parametrize(
    ("quantity", "line", "movement"),
    [
        (4, (6, 4, 2), ("order_placed", 1, 21)),
        (33, (35, 33, 2), ("order_placed", 30, 50)),
        (2, (4, 2, 2), ("order_cancelled", 1, 19)),
        (0, (2, 0, 2), ("order_cancelled", 3, 17)),
    ],
    ids=["one more", "all that is available", "one fewer", "none"],
)
def test_a_line_reserves_what_the_amend_says_and_its_confirmed_units_stay(
    quantity: int, line: tuple[int, int, int], movement: tuple[str, int, int]
) -> None:
    state = two_lines()
    write_set = write_set_of(amended(state, (BLACK, quantity)))
    order = order_of(write_set)
    black, white = order.lines[StockKey(PRODUCT, BLACK)], order.lines[StockKey(PRODUCT, WHITE)]
    assert (black.placed, black.reserved, black.confirmed) == line
    assert (black.records, black.last_record) == (3, 21)
    assert white == stored(state).lines[white.key], "it is not named"
    assert (order.version, order.expires_at) == (4, stored(state).expires_at)
    assert write_set.replaced_order == state.order
    [moved] = write_set.movements
    record = moved.record
    assert (record.transaction_type, record.quantity, moved.after.reserved_stock) == movement
    assert (record.command, record.order_id, record.quantity_change) == ("amend", ORDER, 0)
    assert (record.order_step, record.order_previous) == (3, 9)
    assert write_set.idempotency_record == a_key().record([{"order_id": ORDER}], NOW)


def test_a_new_line_is_placed_beside_the_others() -> None:
    state = two_lines()
    write_set = write_set_of(amended(state, (RED, 4), (WHITE, 0)))
    order = order_of(write_set)
    assert order.lines[StockKey(PRODUCT, RED)] == a_line(RED, reserved=4, records=[3])
    white = order.lines[StockKey(PRODUCT, WHITE)]
    assert (white.placed, white.reserved, white.records, white.last_record) == (0, 0, 2, 8)
    by_sku = {movement.key.sku: movement.record for movement in write_set.movements}
    assert {sku: (each.transaction_type, each.command) for sku, each in by_sku.items()} == {
        RED: ("order_placed", "amend"),
        WHITE: ("order_cancelled", "amend"),
    }
    assert (by_sku[RED].order_step, by_sku[RED].order_previous) == (1, None)
    assert by_sku[RED].vendor_id == VENDOR


def test_a_line_that_was_amended_to_nothing_can_reserve_units_again() -> None:
    line = replace(a_line(WHITE, records=[1, 2]), placed=0)
    state = a_state(a_sku(WHITE, 4, 0, sequence=2), order=an_order(line, a_line(BLACK, reserved=1)))
    write_set = write_set_of(amended(state, (WHITE, 2)))
    assert order_of(write_set).lines[line.key] == a_line(WHITE, reserved=2, records=[1, 2, 3])
    [movement] = write_set.movements
    assert (movement.record.order_step, movement.record.order_previous) == (3, 2)


def test_an_amend_that_changes_nothing_writes_its_key_alone() -> None:
    write_set = write_set_of(amended(two_lines(), (BLACK, 3), (WHITE, 3)))
    assert (write_set.movements, order_of(write_set).version) == ((), 4)
    assert write_set.idempotency_record is not None, "a late retry would undo another amend"


def test_an_amend_to_nothing_at_all_is_a_cancel_of_the_whole_order() -> None:
    order = an_order(a_line(BLACK, reserved=5, records=[1]), a_line(WHITE, reserved=1, cancelled=2))
    state = a_state(a_sku(BLACK, 50, 5, sequence=1), a_sku(WHITE, 4, 1, sequence=2), order=order)
    write_set = write_set_of(amended(state, (BLACK, 0), (WHITE, 0)))
    after = order_of(write_set)
    assert (after.status, after.cancel_reason) == ("cancelled", "requested")
    assert {key.sku: (line.placed, line.cancelled) for key, line in after.lines.items()} == {
        BLACK: (5, 5),
        WHITE: (3, 3),
    }
    assert {movement.record.command for movement in write_set.movements} == {"cancel"}
    assert after.last_command == LastCommand(OrderCommand.CANCEL, CONTEXT.command_id(after.version))


def test_an_amend_that_leaves_confirmed_units_alone_is_no_cancel() -> None:
    write_set = write_set_of(amended(two_lines(), (BLACK, 0), (WHITE, 0)))
    after = order_of(write_set)
    assert (after.status, after.cancel_reason) == ("confirmed", None)
    assert {movement.record.command for movement in write_set.movements} == {"amend"}
    assert after.last_command == LastCommand(OrderCommand.AMEND, CONTEXT.command_id(after.version))


# What it refuses


def test_every_short_line_is_named_with_the_units_that_it_adds() -> None:
    with pytest.raises(InsufficientStock) as refused:
        amended(two_lines(), (BLACK, 34), (WHITE, 5), (RED, 4))
    assert refused.value.members["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 31, "available": 30},
        {"product_id": PRODUCT, "sku": WHITE, "asked": 2, "available": 1},
    ]


@pytest.mark.parametrize(
    ("flag", "refusal"), [("is_active", SkuInactive), ("product_is_active", ProductInactive)]
)
def test_a_deactivated_sku_is_given_back_but_not_reserved(flag: str, refusal: type[Exception]) -> None:
    state = two_lines()
    black = StockKey(PRODUCT, BLACK)
    switched: dict[str, Any] = {flag: False}
    state = replace(state, skus={**state.skus, black: replace(state.skus[black], **switched)})
    assert write_set_of(amended(state, (BLACK, 2)))
    with pytest.raises(refusal):
        amended(state, (BLACK, 4))


@pytest.mark.parametrize("quantity", [0, 1])
def test_a_sku_that_does_not_exist_is_no_line(quantity: int) -> None:
    with pytest.raises(SkuNotFound):
        amended(two_lines(), (f"SKU-{PRODUCT}-NONE", quantity))


@pytest.mark.parametrize("sku", [WHITE, RED])
def test_skus_that_were_not_read_are_asked_for(sku: str) -> None:
    state = replace(two_lines(), skus={})
    assert amend(state, an_amend((sku, 1)), (), CONTEXT) == NeedsSkus([StockKey(PRODUCT, sku)])


def test_a_sku_that_reserves_less_than_the_order_was_read_at_another_time() -> None:
    state = a_state(a_sku(BLACK, 50, 2), order=an_order(a_line(BLACK, reserved=3)))
    assert amended(state, (BLACK, 1)) == NeedsSkus([StockKey(PRODUCT, BLACK)])


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (None, OrderNotFound),
        (an_order(a_line(confirmed=5)), OrderConfirmed),
        (an_order(a_line(confirmed=5, refunded=5)), OrderConfirmed),
        (an_order(a_line(confirmed=1, cancelled=1), cancel_reason=EXPIRED), OrderConfirmed),
        (an_order(a_line(cancelled=5), cancel_reason="requested"), OrderCancelled),
        (an_order(a_line(cancelled=5), cancel_reason=EXPIRED), ReservationExpired),
        (an_order(cancel_reason="requested", ttl=2_000_000_000), OrderCancelled),
        (an_order(cancel_reason=INSUFFICIENT_STOCK, ttl=2_000_000_000), OrderCancelled),
        (an_order(cancel_reason="requested", ttl=1), OrderNotFound),
        (an_order(a_line(reserved=5), saga=a_saga(SagaState.CONFIRMING)), OrderInProgress),
        (an_order(a_line(reserved=5), owner="another"), None),
    ],
)
def test_an_order_that_reserves_nothing_is_not_amended(
    order: Order | None, refusal: type[Exception] | None
) -> None:
    state = a_state(a_sku(BLACK, 50, 5), order=order)
    if refusal is None:
        assert write_set_of(amended(state, (BLACK, 4))), "the caller sees every owner's orders"
        return
    with pytest.raises(refusal):
        amended(state, (BLACK, 4))


def test_an_amend_with_a_key_is_executed_once() -> None:
    state = two_lines()
    write_set = write_set_of(amended(state, (BLACK, 4), idempotency_key=a_key("key", "a")))
    later = order_of(amended(two_lines(), (BLACK, 1)))
    after = a_state(order=later, idempotency_record=write_set.idempotency_record)
    assert amended(after, (BLACK, 4), idempotency_key=a_key("key", "a")) == NOTHING_TO_WRITE
    stale = {"if_match": IfMatch(frozenset({"3"})), "idempotency_key": a_key("key", "a")}
    assert amended(after, (BLACK, 4), **stale) == NOTHING_TO_WRITE
    with pytest.raises(IdempotencyKeyReused):
        amended(after, (BLACK, 5), idempotency_key=a_key("key", "b"))


def test_an_amend_of_another_version_is_refused() -> None:
    assert write_set_of(amended(two_lines(), (BLACK, 4), if_match=IfMatch(frozenset({"3"}))))
    with pytest.raises(PreconditionFailed):
        amended(two_lines(), (BLACK, 4), if_match=IfMatch(frozenset({"2"})))


def test_a_line_never_places_more_units_than_an_order_can_request() -> None:
    def state(reserved: int, confirmed: int) -> CurrentState:
        line = a_line(BLACK, reserved=reserved, confirmed=confirmed)
        return a_state(a_sku(BLACK, 10 * QUANTITY_MAX, reserved), order=an_order(line))

    assert write_set_of(amended(state(1, 0), (BLACK, QUANTITY_MAX)))
    assert write_set_of(amended(state(1, 1), (BLACK, QUANTITY_MAX - 1)))
    with pytest.raises(InvalidInput):
        amended(state(1, 1), (BLACK, QUANTITY_MAX))


# What follows from it


def test_a_place_is_compared_with_the_lines_that_were_placed_first() -> None:
    order = an_order(a_line(BLACK, reserved=3), a_line(WHITE, reserved=2))
    state = a_state(a_sku(BLACK, 50, 3), a_sku(WHITE, 4, 2), order=order)
    first = order_of(amended(state, (BLACK, 4)))
    skus = a_sku(BLACK, 50, 4), a_sku(WHITE, 4, 2)
    second = order_of(amended(a_state(*skus, order=first), (WHITE, 0), idempotency_key=a_key("2")))
    for after in (first, second):
        again = a_state(order=after)
        assert place(again, an_order_of((WHITE, 2), (BLACK, 3)), CONTEXT) == NOTHING_TO_WRITE
        with pytest.raises(OrderExists):
            place(again, an_order_of((BLACK, 4), (WHITE, 2)), CONTEXT)


@pytest.mark.parametrize("command", [cancel, confirm])
def test_a_whole_command_after_an_amend_has_to_be_identified(command: Any) -> None:
    state = a_state(a_sku(BLACK, 50, 3), order=an_order(a_line(BLACK, reserved=3)))
    after = a_state(a_sku(BLACK, 50, 4), order=order_of(amended(state, (BLACK, 4))))
    with pytest.raises(IdempotencyKeyRequired):
        command(after, SettleOrder(ORDER), CONTEXT)
    assert write_set_of(command(after, SettleOrder(ORDER, None, a_key("2")), CONTEXT))


# How many lines change


def lines_of(count: int, parts: Sequence[int] = (0,)) -> list[OrderLine]:
    """Lines of two reserved units; the part of each is the next of `parts`, the last one that of the rest."""
    return [
        replace(a_line(sku_id(number), reserved=2), part=parts[min(number, len(parts) - 1)])
        for number in range(count)
    ]


def large(count: int, parts: Sequence[int] = (0,), more: int = 0) -> CurrentState:
    """An order of so many lines, and SKUs of these and some more."""
    skus = [a_sku(sku_id(number), 5, 2 if number < count else 0) for number in range(count + more)]
    return a_state(*skus, order=an_order(*lines_of(count, parts), parts=max(parts)))


def to(quantity: int, numbers: range) -> list[tuple[str, int]]:
    return [(sku_id(number), quantity) for number in numbers]


def test_an_order_of_one_item_is_amended_in_all_its_lines() -> None:
    assert len(write_set_of(amended(large(49), *to(1, range(49)))).movements) == 49


def test_an_order_of_one_item_does_not_grow_beyond_it() -> None:
    grown = order_of(amended(large(48, more=1), *to(1, range(48, 49))))
    assert (len(grown.lines), grown.parts) == (49, 0)
    with pytest.raises(TooManyChanges):
        amended(large(49, more=1), *to(1, range(49, 50)))


PARTS_OF_48 = (1,) * 48 + (2,) * 48 + (3,)


def test_the_lines_that_change_fit_into_one_transaction() -> None:
    state = large(100, PARTS_OF_48)
    assert len(write_set_of(amended(state, *to(1, range(48)))).movements) == 48, "one part: 99 writes"
    assert len(write_set_of(amended(state, *to(1, range(24, 72)))).movements) == 48, "two parts: 100"
    three_parts = [*to(1, range(23, 70)), *to(1, range(96, 97))]
    with pytest.raises(TooManyChanges, match="101 writes"):
        amended(state, *three_parts)
    with pytest.raises(TooManyChanges, match="102 writes"):
        amended(state, *to(1, range(24, 73)))


def test_lines_that_stay_do_not_count() -> None:
    state = large(100, PARTS_OF_48)
    assert len(write_set_of(amended(state, *to(2, range(99)), *to(1, range(99, 100)))).movements) == 1


def test_new_lines_of_an_order_in_parts_fill_the_last_part_and_then_another() -> None:
    state = large(50, (1,) * 48 + (2,), more=48)
    filled = order_of(amended(state, *to(1, range(50, 96))))
    assert filled.parts == 2
    assert sum(line.part == 2 for line in filled.lines.values()) == 48
    grown = order_of(amended(state, *to(1, range(50, 97))))
    assert grown.parts == 3
    assert [sum(line.part == part for line in grown.lines.values()) for part in (1, 2, 3)] == [48, 48, 1]


def test_an_order_in_parts_grows_to_a_thousand_lines() -> None:
    parts = [number // 48 + 1 for number in range(999)]
    grown = order_of(amended(large(999, parts, more=1), *to(1, range(999, 1_000))))
    assert (len(grown.lines), grown.parts) == (1_000, 21)
    full = large(1_000, [number // 48 + 1 for number in range(1_000)], more=1)
    with pytest.raises(TooManyChanges):
        amended(full, *to(1, range(1_000, 1_001)))
