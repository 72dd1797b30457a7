"""The rules of stock at their edges: each refused one step beyond what is allowed, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import Count, SettleOrder
from chalicelib.orders import OrderLine
from chalicelib.reservations import cancel, confirm, refund, standing, sum_lines, sum_settled
from chalicelib.snapshot import Commit, IncompleteSnapshot, Snapshot
from chalicelib.stock_changes import adjust
from chalicelib.stock_rules import Occasion, move
from inventory_common.dynamodb_limits import SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.errors import (
    AdjustmentBelowReserved,
    CountStale,
    IdempotencyKeyReused,
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderNotFound,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    ReservationExpired,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.identity import Scope
from inventory_common.limits import QUANTITY_MAX, STOCK_MAX
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.transactions import TransactionType

from .shop import (
    BLACK,
    NOW,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    a_line,
    a_sku,
    an_adjustment,
    a_key,
    a_context,
    an_order,
    an_order_of,
)

Command = Callable[[Snapshot, SettleOrder, Occasion], Commit | None]

WHEN = a_context(notes="counted")
REFUND = TransactionType.REFUND
OF_ORDER = a_context(order_id=ORDER)
ADJUSTED = TransactionType.MANUAL_ADJUSTMENT


def holding(*skus: Sku, idempotency_record: IdempotencyRecord | None = None) -> Snapshot:
    return Snapshot(skus={sku.sku: sku for sku in skus}, idempotency_record=idempotency_record)


# What comes back


@pytest.mark.parametrize(
    ("restock", "current", "change"), [(True, 57, +7), (False, 50, 0)], ids=["sellable", "unsellable"]
)
def test_what_comes_back_enters_the_stock_unless_it_cannot_be_sold(
    restock: bool, current: int, change: int
) -> None:
    moved = move(a_sku(current=50, reserved=20), REFUND, 7, a_context(order_id=ORDER), restock=restock)
    assert (moved.after.current_stock, moved.after.reserved_stock) == (current, 20)
    record = moved.record
    assert (record.transaction_type, record.quantity, record.quantity_change) == ("refund", 7, change)
    assert (record.stock_before, record.stock_after) == (50, current)
    assert (record.reserved_before, record.reserved_after) == (20, 20)
    assert record.order_id == ORDER


def test_unsellable_goods_are_a_link_of_the_chain_like_others() -> None:
    before = a_sku(current=50, version=4)
    moved = move(before, REFUND, 7, a_context(), restock=False)
    assert moved.after == replace(
        before,
        sequence=1,
        ledger_hash=moved.record.hash,
        last_transaction_at=NOW,
        last_transaction_id=moved.record.transaction_id,
        last_updated_by="client:order-system",
        version=5,
    )


def test_unsellable_goods_come_back_though_the_sku_is_full() -> None:
    assert move(a_sku(current=STOCK_MAX), REFUND, 7, WHEN, restock=False).after.current_stock == STOCK_MAX
    with pytest.raises(StockLimitExceeded):
        move(a_sku(current=STOCK_MAX), REFUND, 1, WHEN)


@pytest.mark.parametrize("kind", [REFUND, ADJUSTED])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_what_is_not_offered_comes_back_and_is_counted(kind: TransactionType, flag: str) -> None:
    moved = move(a_sku(current=5, **{flag: False}), kind, 1, WHEN)
    assert moved.after.current_stock == 6
    assert not moved.needs_active


# Corrections


@pytest.mark.parametrize(
    ("correction", "change"),
    [
        (-7, -7),
        (+7, +7),
        (-30, -30),
        (Count(43, 50), -7),
        (Count(57, 50), +7),
        (Count(50, 50), 0),
        (Count(20, 50), -30),
    ],
    ids=str,
)
def test_a_correction_moves_the_stock_by_the_change_or_to_the_count(
    correction: int | Count, change: int
) -> None:
    commit = adjust(holding(a_sku(current=50, reserved=20)), an_adjustment(correction), WHEN)
    assert commit is not None
    [movement] = commit.movements
    assert (movement.after.current_stock, movement.after.reserved_stock) == (50 + change, 20)
    record = movement.record
    assert record.transaction_type == "manual_adjustment"
    assert (record.quantity, record.quantity_change) == (abs(change), change)
    assert (record.order_id, record.notes) == (None, "counted")
    assert commit.order is None
    assert commit.idempotency_record == a_key().idempotency_record(
        [{"transaction_id": record.transaction_id, "timestamp": record.timestamp}], NOW
    )


FIGURES = {"current_stock": 50, "reserved_stock": 20, "available_stock": 30}


@pytest.mark.parametrize("correction", [-31, -50, -51, Count(19, 50), Count(0, 50)], ids=str)
def test_no_fewer_are_left_than_are_reserved(correction: int | Count) -> None:
    with pytest.raises(AdjustmentBelowReserved) as refused:
        adjust(holding(a_sku(current=50, reserved=20)), an_adjustment(correction), WHEN)
    assert refused.value.members == FIGURES


@pytest.mark.parametrize("count", [Count(60, 49), Count(60, 51), Count(50, 0), Count(0, 30)], ids=str)
def test_a_count_of_what_the_books_no_longer_say_is_stale(count: Count) -> None:
    with pytest.raises(CountStale) as refused:
        adjust(holding(a_sku(current=50, reserved=20)), an_adjustment(count), WHEN)
    assert refused.value.members == FIGURES


@pytest.mark.parametrize("correction", [2, Count(STOCK_MAX + 1, STOCK_MAX - 1)], ids=str)
def test_a_correction_fills_a_sku_no_further_than_its_limit(correction: int | Count) -> None:
    with pytest.raises(StockLimitExceeded):
        adjust(holding(a_sku(current=STOCK_MAX - 1)), an_adjustment(correction), WHEN)
    assert adjust(holding(a_sku(current=STOCK_MAX - 1)), an_adjustment(1), WHEN) is not None


@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_what_is_not_offered_is_corrected(flag: str) -> None:
    assert adjust(holding(a_sku(current=50, **{flag: False})), an_adjustment(-7), WHEN) is not None


def test_another_vendors_stock_is_not_corrected() -> None:
    seen = holding(a_sku(current=50))
    with pytest.raises(SkuNotFound):
        adjust(seen, an_adjustment(-7, scope=Scope(OTHER_VENDOR)), WHEN)
    assert adjust(seen, an_adjustment(-7, scope=Scope(VENDOR)), WHEN) is not None


def test_a_sku_that_is_not_there_is_not_corrected() -> None:
    with pytest.raises(SkuNotFound):
        adjust(holding(a_sku(WHITE, 50)), an_adjustment(-7, BLACK), WHEN)


def test_a_correction_is_made_once() -> None:
    done = a_key().idempotency_record([], NOW)
    # What would be refused now was done then.
    assert adjust(holding(a_sku(current=3), idempotency_record=done), an_adjustment(-7), WHEN) is None
    assert (
        adjust(holding(a_sku(current=3), idempotency_record=done), an_adjustment(Count(1, 9)), WHEN) is None
    )
    with pytest.raises(IdempotencyKeyReused):
        adjust(
            holding(a_sku(), idempotency_record=done),
            an_adjustment(1, idempotency_key=a_key(body="other")),
            WHEN,
        )
    with pytest.raises(SkuNotFound):
        adjust(holding(a_sku(), idempotency_record=done), an_adjustment(1, scope=Scope(OTHER_VENDOR)), WHEN)


def test_the_key_of_a_correction_is_free_again_a_day_later() -> None:
    seen = holding(a_sku(), idempotency_record=a_key().idempotency_record([], NOW))
    assert adjust(seen, an_adjustment(1), a_context(plus_seconds(NOW, 86_400))) is None
    assert adjust(seen, an_adjustment(1), a_context(plus_seconds(NOW, 86_401))) is not None


# Parts of an order

SIX = a_line(BLACK, reserved=3, confirmed=2, cancelled=1)
"""Six black ones were ordered; each command below meets them so, with 50 in stock and 20 reserved in all."""


def of_six(*others: OrderLine, **rest: Any) -> Snapshot:
    return replace(holding(a_sku(current=50, reserved=20), **rest), order=an_order(SIX, *others, version=3))


@pytest.mark.parametrize(
    ("command", "quantity", "line", "stock"),
    [
        (confirm, 1, a_line(BLACK, 2, 3, 1), (49, 19)),
        (confirm, 3, a_line(BLACK, 0, 5, 1), (47, 17)),
        (confirm, None, a_line(BLACK, 0, 5, 1), (47, 17)),
        (cancel, 1, a_line(BLACK, 2, 2, 2), (50, 19)),
        (cancel, 3, a_line(BLACK, 0, 2, 4), (50, 17)),
        (cancel, None, a_line(BLACK, 0, 2, 4), (50, 17)),
        (refund, 1, a_line(BLACK, 3, 2, 1, 1), (51, 20)),
        (refund, 2, a_line(BLACK, 3, 2, 1, 2), (52, 20)),
        (refund, None, a_line(BLACK, 3, 2, 1, 2), (52, 20)),
    ],
)
def test_a_part_moves_its_units_and_leaves_the_rest(
    command: Command, quantity: int | None, line: OrderLine, stock: tuple[int, int]
) -> None:
    lines = None if quantity is None else {BLACK: quantity}
    other = a_line(WHITE, cancelled=4)
    seen = of_six(other)
    commit = command(seen, SettleOrder(ORDER, lines), OF_ORDER)
    assert commit is not None
    reason = "requested" if command is cancel else None
    assert commit.order == an_order(line, other, version=4, cancel_reason=reason)
    assert commit.replaced_order == seen.order
    assert commit.idempotency_record is None
    [movement] = commit.movements
    assert (movement.after.current_stock, movement.after.reserved_stock) == stock
    assert movement.record.order_id == ORDER


@pytest.mark.parametrize("restock", [True, False])
def test_a_refund_restocks_all_its_lines_or_none(restock: bool) -> None:
    order = an_order(a_line(BLACK, confirmed=2), a_line(WHITE, confirmed=3))
    seen = replace(holding(a_sku(BLACK, 50), a_sku(WHITE, 7)), order=order)
    commit = refund(seen, SettleOrder(ORDER, restock=restock), OF_ORDER)
    assert commit is not None
    moved = [(m.after.sku, m.after.current_stock, m.record.quantity) for m in commit.movements]
    assert moved == ([(BLACK, 52, 2), (WHITE, 10, 3)] if restock else [(BLACK, 50, 2), (WHITE, 7, 3)])
    assert commit.order is not None
    assert commit.order.status == "refunded"


@pytest.mark.parametrize("command", [confirm, cancel])
def test_one_unit_more_than_a_line_holds_is_not_settled(command: Command) -> None:
    more = a_line(WHITE, reserved=5)
    with pytest.raises(QuantityExceedsReserved) as refused:
        command(of_six(more), SettleOrder(ORDER, {BLACK: 4, WHITE: 5}), OF_ORDER)
    assert refused.value.members == {"lines": [{"sku": BLACK, "asked": 4, "reserved": 3}]}


def test_one_unit_more_than_has_left_does_not_come_back() -> None:
    order = an_order(a_line(BLACK, confirmed=5, refunded=2), a_line(WHITE, confirmed=5))
    seen = replace(holding(a_sku(BLACK, 50), a_sku(WHITE, 50)), order=order)
    with pytest.raises(RefundExceedsConfirmed) as refused:
        refund(seen, SettleOrder(ORDER, {BLACK: 4, WHITE: 5}), OF_ORDER)
    assert refused.value.members == {"lines": [{"sku": BLACK, "asked": 4, "refundable": 3}]}
    assert refund(seen, SettleOrder(ORDER, {BLACK: 3, WHITE: 5}), OF_ORDER) is not None


@pytest.mark.parametrize("line", [a_line(reserved=5), a_line(cancelled=5)], ids=["reserved", "cancelled"])
def test_an_order_of_which_nothing_has_left_is_not_refunded(line: OrderLine) -> None:
    with pytest.raises(RefundExceedsConfirmed) as refused:
        refund(Snapshot(order=an_order(line)), SettleOrder(ORDER), OF_ORDER)
    assert refused.value.members == {"lines": []}


def test_a_cancel_that_came_before_its_order_leaves_nothing_to_refund() -> None:
    tombstone = an_order(expires_at=None, cancel_reason="requested", ttl=epoch_seconds(NOW) + 1)
    with pytest.raises(RefundExceedsConfirmed):
        refund(Snapshot(order=tombstone), SettleOrder(ORDER), OF_ORDER)


def test_such_a_cancel_knows_no_lines() -> None:
    tombstone = an_order(expires_at=None, cancel_reason="requested", ttl=epoch_seconds(NOW) + 1)
    with pytest.raises(OrderCancelled):
        cancel(Snapshot(order=tombstone), SettleOrder(ORDER, {BLACK: 1}), OF_ORDER)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (confirm, a_line(confirmed=5)),
        (confirm, a_line(confirmed=5, refunded=5)),
        (confirm, a_line(confirmed=3, cancelled=2)),
        (cancel, a_line(cancelled=5)),
        (cancel, a_line(confirmed=3, cancelled=2)),
        (refund, a_line(confirmed=5, refunded=5)),
        (refund, a_line(reserved=2, confirmed=5, refunded=5)),
    ],
)
def test_the_whole_of_an_order_is_settled_once(command: Command, line: OrderLine) -> None:
    assert command(Snapshot(order=an_order(line)), SettleOrder(ORDER), OF_ORDER) is None


def test_what_is_reserved_besides_what_was_settled_is_settled_then() -> None:
    for command in (confirm, cancel):
        commit = command(of_six(), SettleOrder(ORDER), OF_ORDER)
        assert commit is not None
        assert commit.order is not None
        assert commit.order.reserved == 0


@pytest.mark.parametrize(
    ("command", "line", "refusal"),
    [
        (confirm, a_line(cancelled=5), OrderCancelled),
        (confirm, a_line(confirmed=5), QuantityExceedsReserved),
        (confirm, a_line(confirmed=3, cancelled=2), QuantityExceedsReserved),
        (cancel, a_line(cancelled=5), QuantityExceedsReserved),
        (cancel, a_line(confirmed=5), OrderConfirmed),
        (cancel, a_line(confirmed=3, cancelled=2), OrderConfirmed),
        (refund, a_line(confirmed=5, refunded=5), RefundExceedsConfirmed),
    ],
)
def test_no_part_is_settled_of_what_holds_nothing(
    command: Command, line: OrderLine, refusal: type[Exception]
) -> None:
    seen = replace(holding(a_sku(current=50, reserved=20)), order=an_order(line))
    with pytest.raises(refusal):
        command(seen, SettleOrder(ORDER, {BLACK: 1}), OF_ORDER)


def test_an_expired_hold_is_told_from_a_cancelled_order() -> None:
    gone = an_order(a_line(cancelled=5), cancel_reason="expired")
    for lines in (None, {BLACK: 1}):
        with pytest.raises(ReservationExpired):
            confirm(Snapshot(order=gone), SettleOrder(ORDER, lines), OF_ORDER)


@pytest.mark.parametrize("lines", [None, {BLACK: 2}], ids=["whole", "part"])
def test_what_an_expiry_has_not_released_can_still_be_confirmed(lines: dict[str, int] | None) -> None:
    order = an_order(a_line(reserved=2, cancelled=3), cancel_reason="expired")
    seen = replace(holding(a_sku(current=50, reserved=20)), order=order)
    commit = confirm(seen, SettleOrder(ORDER, lines), OF_ORDER)
    assert commit is not None
    assert commit.order is not None
    assert commit.order.confirmed == 2


@pytest.mark.parametrize("command", [confirm, cancel, refund])
@pytest.mark.parametrize("lines", [None, {BLACK: 1}], ids=["whole", "part"])
def test_a_settlement_with_a_key_is_done_once_and_for_one_body(
    command: Command, lines: dict[str, int] | None
) -> None:
    done = a_key().idempotency_record([], NOW)
    assert command(of_six(idempotency_record=done), SettleOrder(ORDER, lines, a_key()), OF_ORDER) is None
    with pytest.raises(IdempotencyKeyReused):
        command(of_six(idempotency_record=done), SettleOrder(ORDER, lines, a_key(body="other")), OF_ORDER)
    lapsed = a_context(plus_seconds(NOW, 86_401), order_id=ORDER)
    commit = command(of_six(idempotency_record=done), SettleOrder(ORDER, lines, a_key()), lapsed)
    assert commit is not None
    assert commit.idempotency_record == a_key().idempotency_record([{"order_id": ORDER}], lapsed.now)


@pytest.mark.parametrize("command", [confirm, cancel, refund])
def test_what_an_order_does_not_have_is_named(command: Command) -> None:
    red = f"SKU-{PRODUCT}-RED"
    with pytest.raises(SkuNotFound) as refused:
        command(of_six(), SettleOrder(ORDER, {WHITE: 1, BLACK: 1, red: 1}), OF_ORDER)
    assert refused.value.members == {"skus": [WHITE, red]}


@pytest.mark.parametrize("command", [confirm, cancel, refund])
def test_part_of_an_order_that_is_not_known_is_not_found(command: Command) -> None:
    with pytest.raises(OrderNotFound):
        command(Snapshot(), SettleOrder(ORDER, {BLACK: 1}), OF_ORDER)


def test_a_cancel_of_an_unknown_order_with_a_key_leaves_both_its_marks() -> None:
    commit = cancel(Snapshot(), SettleOrder(ORDER, None, a_key()), OF_ORDER)
    assert commit is not None
    assert commit.order is not None
    assert commit.order.is_tombstone
    assert commit.idempotency_record == a_key().idempotency_record([{"order_id": ORDER}], NOW)


@pytest.mark.parametrize("command", [confirm, cancel])
def test_a_sku_that_reserves_less_than_one_of_its_orders_is_of_another_moment(command: Command) -> None:
    for reserved, torn in ((4, True), (5, False)):
        seen = replace(
            holding(a_sku(BLACK, 50, reserved), a_sku(WHITE, 50, 9)),
            order=an_order(a_line(BLACK, reserved=5), a_line(WHITE, reserved=5)),
        )
        if torn:
            with pytest.raises(IncompleteSnapshot) as incomplete:
                command(seen, SettleOrder(ORDER), OF_ORDER)
            assert incomplete.value.skus == [(PRODUCT, BLACK), (PRODUCT, WHITE)]
        else:
            assert command(seen, SettleOrder(ORDER), OF_ORDER) is not None


@pytest.mark.parametrize(
    ("command", "line"),
    [(confirm, {"reserved": 1}), (cancel, {"reserved": 1}), (refund, {"confirmed": 1})],
)
def test_one_missing_sku_is_read_together_with_all_of_the_order(
    command: Command, line: dict[str, int]
) -> None:
    order = an_order(a_line(BLACK, **line), a_line(WHITE, **line))
    with pytest.raises(IncompleteSnapshot) as incomplete:
        command(replace(holding(a_sku(BLACK, 50, 9)), order=order), SettleOrder(ORDER), OF_ORDER)
    assert incomplete.value.skus == [(PRODUCT, BLACK), (PRODUCT, WHITE)]


# Lines of a settlement


def test_the_units_of_one_sku_are_settled_as_one() -> None:
    assert sum_settled([(BLACK, 2), (WHITE, 1), (BLACK, 3)]) == {BLACK: 5, WHITE: 1}
    assert sum_settled(None) is None


def test_a_settlement_names_no_more_skus_than_an_order_has() -> None:
    named = [(f"SKU-{PRODUCT}-V{number}", 1) for number in range(SINGLE_ITEM_ORDER_LINES_MAX)]
    settled = sum_settled([*named, *named])
    assert settled is not None
    assert set(settled.values()) == {2}
    with pytest.raises(InvalidInput) as refused:
        sum_settled([*named, (BLACK, 1)])
    assert [error["path"] for error in refused.value.members["errors"]] == ["body.lines"]


# Orders


def test_a_quantity_over_the_limit_is_seen_beside_small_ones() -> None:
    lines = an_order_of((WHITE, 1), (BLACK, QUANTITY_MAX), (BLACK, 1)).lines
    with pytest.raises(InvalidInput) as refused:
        sum_lines(lines)
    assert [error["path"] for error in refused.value.members["errors"]] == ["body.lines"]
    assert len(sum_lines(lines[:2])) == 2


def test_what_has_not_come_back_yet_does_so_with_the_whole_order() -> None:
    order = an_order(a_line(BLACK, confirmed=5, refunded=5), a_line(WHITE, confirmed=5, refunded=2))
    seen = replace(holding(a_sku(BLACK, 50), a_sku(WHITE, 50)), order=order)
    commit = refund(seen, SettleOrder(ORDER), OF_ORDER)
    assert commit is not None
    assert [(moved.after.sku, moved.record.quantity) for moved in commit.movements] == [(WHITE, 3)]


@pytest.mark.parametrize(("seconds", "stands"), [(-1, True), (0, False), (1, False), (86_400, False)])
def test_a_tombstone_stands_until_it_lapses(seconds: int, stands: bool) -> None:
    tombstone = an_order(expires_at=None, cancel_reason="requested", ttl=epoch_seconds(NOW))
    assert standing(tombstone, plus_seconds(NOW, seconds)) == (tombstone if stands else None)


def test_an_order_with_lines_stands_for_ever() -> None:
    order = an_order(a_line(cancelled=1))
    assert standing(order, plus_seconds(NOW, 10**9)) is order
    assert standing(None, NOW) is None


def test_an_order_begins_with_its_first_version() -> None:
    assert an_order(a_line(reserved=1)).version == 1


@pytest.mark.parametrize("product_id", ["PROD-AAAAA", "PROD-ZZZZZ"])
def test_a_sku_is_not_there_under_another_product(product_id: str) -> None:
    command = replace(an_adjustment(1), product_id=product_id)
    with pytest.raises(SkuNotFound):
        adjust(Snapshot(skus={BLACK: a_sku(current=5)}), command, a_context())
