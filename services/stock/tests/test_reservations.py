"""Decisions about orders, case by case: what is committed, what is refused, what was done before."""

from __future__ import annotations

import pytest

from chalicelib.commands import SettleOrder
from chalicelib.reservations import cancel, confirm, place, sum_lines
from chalicelib.snapshot import Readings, Snapshot
from chalicelib.stock_changes import restock
from inventory_common.errors import (
    IdempotencyKeyReused,
    InsufficientStock,
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    OrderNotFound,
    ProductInactive,
    ReservationExpired,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.identity import Scope
from inventory_common.limits import ORDER_LINES_MAX, QUANTITY_MAX, STOCK_MAX, TOMBSTONE_SECONDS
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds, plus_seconds

from .shop import (
    BLACK,
    NOW,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    a_line,
    a_restock,
    a_sku,
    a_key,
    a_context,
    an_order,
    an_order_of,
)

WHEN = a_context(order_id=ORDER)


def holding(*skus: Sku, **rest) -> Snapshot:
    return Snapshot(skus={sku.sku: sku for sku in skus}, **rest)


# Lines


def test_lines_of_one_sku_are_summed() -> None:
    summed = sum_lines(an_order_of((BLACK, 2), (WHITE, 1), (BLACK, 3)).lines)
    assert [(line.sku, line.quantity) for line in summed] == [(BLACK, 5), (WHITE, 1)]


def many(count: int) -> list[tuple[str, int]]:
    return [(f"SKU-{PRODUCT}-V{number}", 1) for number in range(count)]


def test_an_order_can_name_a_thousand_skus() -> None:
    assert ORDER_LINES_MAX == 1_000
    assert len(sum_lines(an_order_of(*many(1_000), *many(1_000)).lines)) == 1_000


def test_an_order_cannot_name_more_skus() -> None:
    with pytest.raises(InvalidInput) as refused:
        sum_lines(an_order_of(*many(1_001)).lines)
    assert refused.value.members["errors"][0]["path"] == "body.lines"


def test_the_limit_of_a_quantity_is_one_of_the_sum() -> None:
    half = QUANTITY_MAX // 2
    [line] = sum_lines(an_order_of((BLACK, half), (BLACK, half)).lines)
    assert line.quantity == QUANTITY_MAX
    with pytest.raises(InvalidInput):
        sum_lines(an_order_of((BLACK, half), (BLACK, half), (BLACK, 1)).lines)


# Place


def test_an_order_reserves_all_of_its_lines() -> None:
    seen = holding(a_sku(BLACK, 50, 5), a_sku(WHITE, 3))
    commit = place(seen, an_order_of((BLACK, 45), (WHITE, 3), hold_seconds=60), WHEN)
    assert commit.order == an_order(
        a_line(BLACK, reserved=45), a_line(WHITE, reserved=3), expires_at="2026-02-23T10:31:00.000000Z"
    )
    assert commit.replaced_order is None
    assert commit.idempotency_record is None
    assert [(m.after.sku, m.after.current_stock, m.after.reserved_stock) for m in commit.movements] == [
        (BLACK, 50, 50),
        (WHITE, 3, 3),
    ]
    assert {m.record.transaction_type for m in commit.movements} == {"order_placed"}
    assert {m.record.order_id for m in commit.movements} == {ORDER}


def test_the_lines_of_an_order_belong_to_the_vendors_of_their_skus() -> None:
    other = "SKU-PROD-00000-A"
    seen = holding(a_sku(BLACK, 1), a_sku(other, 1, vendor_id=OTHER_VENDOR))
    commit = place(seen, an_order_of((BLACK, 1), (other, 1)), WHEN)
    assert commit.order.lines[BLACK].vendor_id == VENDOR
    assert commit.order.lines[other].vendor_id == OTHER_VENDOR
    assert commit.order.lines[other].product_id == "PROD-00000"


def test_too_little_stock_names_every_short_line_and_what_there_is() -> None:
    third = f"SKU-{PRODUCT}-RED-L"
    seen = holding(a_sku(BLACK, 9, 5), a_sku(WHITE, 10), a_sku(third))
    with pytest.raises(InsufficientStock) as refused:
        place(seen, an_order_of((BLACK, 5), (WHITE, 10), (third, 1)), WHEN)
    assert refused.value.members["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 5, "available": 4},
        {"product_id": PRODUCT, "sku": third, "asked": 1, "available": 0},
    ]


def test_unknown_skus_are_named() -> None:
    third = f"SKU-{PRODUCT}-RED-L"
    with pytest.raises(SkuNotFound) as refused:
        place(holding(a_sku(WHITE, 1)), an_order_of((BLACK, 1), (WHITE, 1), (third, 1)), WHEN)
    assert refused.value.members == {"skus": [BLACK, third]}
    assert BLACK in refused.value.detail
    assert third in refused.value.detail


def test_a_deactivated_sku_cannot_be_ordered_even_where_stock_is_short_too() -> None:
    seen = holding(a_sku(BLACK, 0), a_sku(WHITE, 5, is_active=False))
    with pytest.raises(SkuInactive):
        place(seen, an_order_of((BLACK, 1), (WHITE, 1)), WHEN)


def test_a_sku_of_a_deactivated_product_cannot_be_ordered() -> None:
    with pytest.raises(ProductInactive):
        place(holding(a_sku(BLACK, 5, product_is_active=False)), an_order_of((BLACK, 1)), WHEN)


@pytest.mark.parametrize(
    "line",
    [a_line(reserved=2), a_line(confirmed=2), a_line(cancelled=2), a_line(confirmed=1, cancelled=1)],
    ids=["reserved", "confirmed", "cancelled", "both"],
)
def test_the_same_order_placed_again_is_left_as_it_stands(line) -> None:
    seen = holding(a_sku(BLACK, 0), order=an_order(line))
    assert place(seen, an_order_of((BLACK, 2), hold_seconds=999), WHEN) is None


@pytest.mark.parametrize(
    "asked",
    [[(BLACK, 1)], [(BLACK, 3)], [(WHITE, 2)], [(BLACK, 2), (WHITE, 1)]],
    ids=["fewer", "more", "another sku", "one more sku"],
)
def test_the_same_order_id_with_other_lines_is_refused(order_body) -> None:
    seen = holding(a_sku(BLACK, 99), a_sku(WHITE, 99), order=an_order(a_line(reserved=2)))
    with pytest.raises(OrderExists):
        place(seen, an_order_of(*order_body), WHEN)


# Confirm and cancel


def test_a_confirmed_order_takes_its_units_out_of_the_stock() -> None:
    order = an_order(a_line(BLACK, reserved=5), a_line(WHITE, reserved=1), version=3)
    commit = confirm(holding(a_sku(BLACK, 50, 7), a_sku(WHITE, 1, 1), order=order), SettleOrder(ORDER), WHEN)
    assert commit.order == an_order(a_line(BLACK, confirmed=5), a_line(WHITE, confirmed=1), version=4)
    assert commit.replaced_order == order
    assert [(m.after.current_stock, m.after.reserved_stock) for m in commit.movements] == [(45, 2), (0, 0)]
    assert {m.record.transaction_type for m in commit.movements} == {"order_confirmed"}


def test_a_cancelled_order_gives_its_units_back() -> None:
    order = an_order(a_line(BLACK, reserved=5), a_line(WHITE, reserved=1), version=3)
    commit = cancel(holding(a_sku(BLACK, 50, 7), a_sku(WHITE, 1, 1), order=order), SettleOrder(ORDER), WHEN)
    assert commit.order == an_order(
        a_line(BLACK, cancelled=5), a_line(WHITE, cancelled=1), version=4, cancel_reason="requested"
    )
    assert commit.replaced_order == order
    assert [(m.after.current_stock, m.after.reserved_stock) for m in commit.movements] == [(50, 2), (1, 0)]
    assert {m.record.transaction_type for m in commit.movements} == {"order_cancelled"}


@pytest.mark.parametrize("command", [confirm, cancel])
def test_lines_that_hold_nothing_any_more_are_not_touched_again(command) -> None:
    settled = a_line(WHITE, confirmed=1, cancelled=1)
    order = an_order(a_line(BLACK, reserved=5), settled)
    commit = command(holding(a_sku(BLACK, 5, 5), order=order), SettleOrder(ORDER), WHEN)
    assert [m.after.sku for m in commit.movements] == [BLACK]
    assert commit.order.lines[WHITE] == settled


@pytest.mark.parametrize("command", [confirm, cancel])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_an_order_for_a_deactivated_sku_can_be_settled(command, flag: str) -> None:
    seen = holding(a_sku(BLACK, 5, 5, **{flag: False}), order=an_order(a_line(reserved=5)))
    assert command(seen, SettleOrder(ORDER), WHEN).order.reserved == 0


def test_a_confirm_after_the_hold_wins_while_nothing_was_released() -> None:
    order = an_order(a_line(reserved=5), expires_at=NOW)
    late = a_context(plus_seconds(NOW, 3600), order_id=ORDER)
    assert (
        confirm(holding(a_sku(BLACK, 5, 5), order=order), SettleOrder(ORDER), late).order.status
        == "confirmed"
    )


def test_a_repeated_confirm_changes_nothing() -> None:
    assert confirm(Snapshot(order=an_order(a_line(confirmed=5))), SettleOrder(ORDER), WHEN) is None


@pytest.mark.parametrize("reason", ["requested", "expired"])
def test_a_repeated_cancel_changes_nothing(reason: str) -> None:
    assert (
        cancel(Snapshot(order=an_order(a_line(cancelled=5), cancel_reason=reason)), SettleOrder(ORDER), WHEN)
        is None
    )


def test_a_cancelled_order_cannot_be_confirmed() -> None:
    with pytest.raises(OrderCancelled):
        confirm(
            Snapshot(order=an_order(a_line(cancelled=5), cancel_reason="requested")), SettleOrder(ORDER), WHEN
        )


def test_an_expired_order_cannot_be_confirmed() -> None:
    with pytest.raises(ReservationExpired):
        confirm(
            Snapshot(order=an_order(a_line(cancelled=5), cancel_reason="expired")), SettleOrder(ORDER), WHEN
        )


@pytest.mark.parametrize("refunded", [0, 2, 5])
def test_a_confirmed_order_cannot_be_cancelled(refunded: int) -> None:
    with pytest.raises(OrderConfirmed):
        cancel(Snapshot(order=an_order(a_line(confirmed=5, refunded=refunded))), SettleOrder(ORDER), WHEN)


def test_an_unknown_order_cannot_be_confirmed() -> None:
    with pytest.raises(OrderNotFound):
        confirm(Snapshot(), SettleOrder(ORDER), WHEN)


# Tombstones


def test_the_cancel_of_an_unknown_order_is_remembered_for_thirty_days() -> None:
    commit = cancel(Snapshot(), SettleOrder(ORDER), WHEN)
    ttl = epoch_seconds(NOW) + 30 * 24 * 3600
    assert commit.order == an_order(expires_at=None, cancel_reason="requested", ttl=ttl)
    assert (commit.movements, commit.replaced_order, commit.idempotency_record) == ((), None, None)


def remembered() -> Snapshot:
    tombstone = cancel(Snapshot(), SettleOrder(ORDER), WHEN).order
    return holding(a_sku(BLACK, 5), order=tombstone)


def after(seconds: int):
    return a_context(plus_seconds(NOW, seconds), order_id=ORDER)


LAST_SECOND, LAPSED = after(TOMBSTONE_SECONDS - 1), after(TOMBSTONE_SECONDS)


def test_a_place_that_comes_after_its_cancel_is_refused() -> None:
    with pytest.raises(OrderCancelled):
        place(remembered(), an_order_of((BLACK, 1)), LAST_SECOND)


def test_a_confirm_that_comes_after_such_a_cancel_is_refused() -> None:
    with pytest.raises(OrderCancelled):
        confirm(remembered(), SettleOrder(ORDER), LAST_SECOND)


def test_such_a_cancel_repeated_changes_nothing() -> None:
    assert cancel(remembered(), SettleOrder(ORDER), LAST_SECOND) is None


def test_a_lapsed_cancel_counts_as_absent() -> None:
    assert place(remembered(), an_order_of((BLACK, 1)), LAPSED).order.status == "reserved"
    assert place(remembered(), an_order_of((BLACK, 1)), LAPSED).replaced_order is None
    assert cancel(remembered(), SettleOrder(ORDER), LAPSED).order.created_at == LAPSED.now
    assert cancel(remembered(), SettleOrder(ORDER), LAPSED).replaced_order is None
    with pytest.raises(OrderNotFound):
        confirm(remembered(), SettleOrder(ORDER), LAPSED)


# Restock


def test_a_restock_adds_units_and_leaves_a_marker_of_its_record() -> None:
    commit = restock(holding(a_sku(BLACK, 50, 5)), a_restock(25), a_context(notes="monthly"))
    [movement] = commit.movements
    assert (movement.after.current_stock, movement.after.reserved_stock) == (75, 5)
    assert movement.record.notes == "monthly"
    assert commit.order is None
    idempotency_key = a_key()
    assert (commit.idempotency_record.idempotency_id, commit.idempotency_record.body_hash) == (
        idempotency_key.idempotency_id,
        idempotency_key.body_hash,
    )
    assert commit.idempotency_record.done == [
        {"transaction_id": movement.record.transaction_id, "timestamp": movement.record.timestamp}
    ]


def test_the_same_restock_sent_again_is_not_done_again() -> None:
    idempotency_record = a_key().idempotency_record([], NOW)
    assert (
        restock(holding(a_sku(), idempotency_record=idempotency_record), a_restock(), a_context()) is None
    )


def test_a_restock_that_was_done_is_answered_though_the_sku_is_deactivated_since() -> None:
    seen = holding(
        a_sku(current=STOCK_MAX, is_active=False), idempotency_record=a_key().idempotency_record([], NOW)
    )
    assert restock(seen, a_restock(), a_context()) is None


def test_an_idempotency_key_stands_for_one_body() -> None:
    seen = holding(a_sku(), idempotency_record=a_key(body='{"quantity":1}').idempotency_record([], NOW))
    with pytest.raises(IdempotencyKeyReused):
        restock(seen, a_restock(2, idempotency_key=a_key(body='{"quantity":2}')), a_context())


@pytest.mark.parametrize("body", ["{}", '{"other":1}'])
def test_an_idempotency_key_is_free_again_a_day_later(body: str) -> None:
    seen = holding(a_sku(), idempotency_record=a_key(body=body).idempotency_record([], NOW))
    still = a_context(plus_seconds(NOW, 86_400))
    lapsed = a_context(plus_seconds(NOW, 86_401))
    assert restock(seen, a_restock(), lapsed) is not None
    if body == "{}":
        assert restock(seen, a_restock(), still) is None


def test_another_vendors_sku_cannot_be_restocked() -> None:
    with pytest.raises(SkuNotFound):
        restock(holding(a_sku()), a_restock(scope=Scope(OTHER_VENDOR)), a_context())
    assert restock(holding(a_sku()), a_restock(scope=Scope(VENDOR)), a_context())


def test_what_a_restock_did_is_not_shown_to_another_vendor() -> None:
    seen = holding(a_sku(), idempotency_record=a_key().idempotency_record([], NOW))
    with pytest.raises(SkuNotFound):
        restock(seen, a_restock(scope=Scope(OTHER_VENDOR)), a_context())


def test_an_unknown_sku_cannot_be_restocked() -> None:
    with pytest.raises(SkuNotFound):
        restock(Snapshot(), a_restock(), a_context())


@pytest.mark.parametrize(
    ("sku", "error"),
    [
        (a_sku(is_active=False), SkuInactive),
        (a_sku(product_is_active=False), ProductInactive),
        (a_sku(current=STOCK_MAX), StockLimitExceeded),
    ],
    ids=["deactivated", "product deactivated", "full"],
)
def test_a_sku_that_takes_no_stock_is_not_restocked(sku: Sku, error: type[Exception]) -> None:
    with pytest.raises(error):
        restock(holding(sku), a_restock(1), a_context())


# Snapshots


def test_newer_images_take_the_place_of_older_ones() -> None:
    order, settled = an_order(a_line(reserved=1)), an_order(a_line(confirmed=1))
    idempotency_record = a_key().idempotency_record([], NOW)
    older = Readings(skus={BLACK: a_sku(BLACK, 1), WHITE: a_sku(WHITE, 1)}, orders={ORDER: order})
    newer = older.updated(Readings(skus={BLACK: a_sku(BLACK, 2)}))
    assert newer == Readings(skus={BLACK: a_sku(BLACK, 2), WHITE: a_sku(WHITE, 1)}, orders={ORDER: order})
    newest = newer.updated(
        Readings(
            orders={ORDER: settled},
            idempotency_records={idempotency_record.idempotency_id: idempotency_record},
        )
    )
    assert newest.of(ORDER, idempotency_record.idempotency_id) == holding(
        a_sku(BLACK, 2), a_sku(WHITE, 1), order=settled, idempotency_record=idempotency_record
    )
    assert newest.updated(Readings()) == newest


def test_a_command_sees_its_own_order_and_marker_alone() -> None:
    order, idempotency_record = an_order(a_line(reserved=1)), a_key().idempotency_record([], NOW)
    readings = Readings(
        orders={ORDER: order}, idempotency_records={idempotency_record.idempotency_id: idempotency_record}
    )
    assert readings.of("ORDER-OTHER", "other") == Snapshot()
    assert readings.of(ORDER) == Snapshot(order=order)


def test_the_next_command_of_a_pack_sees_what_the_one_before_it_leaves() -> None:
    readings = Readings(skus={BLACK: a_sku(BLACK, 5)})
    commit = place(readings.of(ORDER), an_order_of((BLACK, 3)), a_context(order_id=ORDER))
    after = readings.after(commit)
    assert after.skus[BLACK].available_stock == 2
    assert after.orders[ORDER].reserved == 3
    with pytest.raises(InsufficientStock):
        place(after.of("ORDER-2"), an_order_of((BLACK, 3), order_id="ORDER-2"), a_context(order_id="ORDER-2"))
