"""How long an order reserves its units: expiring and extending."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.commands import ExtendHold, SettleOrder
from chalicelib.domain.decisions import NOTHING_TO_WRITE, NeedsSkus
from chalicelib.domain.holds import expire, extend
from chalicelib.domain.orders import EXPIRED, Order, OrderCommand
from chalicelib.domain.settlements import cancel
from inventory_common.errors import (
    IdempotencyKeyReused,
    OrderCancelled,
    OrderConfirmed,
    OrderNotFound,
    ReservationExpired,
)
from inventory_common.ids import StockKey
from inventory_common.limits import TOMBSTONE_SECONDS
from inventory_common.timestamps import plus_seconds

from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    WHITE,
    a_context,
    a_key,
    a_line,
    a_sku,
    a_state,
    an_order,
    order_of,
    write_set_of,
)

TOMORROW = plus_seconds(NOW, 86_400)
AT_THE_END = a_context(TOMORROW, order_id=ORDER)
JUST_BEFORE = a_context("2026-02-24T10:29:59.999999Z", order_id=ORDER)
CONTEXT = a_context(order_id=ORDER)


def a_tombstone() -> Order:
    return order_of(cancel(a_state(), SettleOrder(ORDER), CONTEXT))


# Expiry


def test_an_expired_order_releases_all_that_it_reserves() -> None:
    order = an_order(a_line(BLACK, reserved=5), a_line(WHITE, reserved=1), version=3)
    state = a_state(a_sku(BLACK, 50, 7), a_sku(WHITE, 1, 1), order=order)
    write_set = write_set_of(expire(state, AT_THE_END))
    assert write_set.order == an_order(
        a_line(BLACK, cancelled=5, records=[1], released=(5, 4)),
        a_line(WHITE, cancelled=1, records=[1], released=(1, 4)),
        version=4,
        cancel_reason="expired",
        last_release=4,
        after=OrderCommand.EXPIRE,
        at=AT_THE_END.now,
    )
    assert (write_set.replaced_order, write_set.idempotency_record) == (order, None)
    assert [(m.after.sku, m.after.current_stock, m.after.reserved_stock) for m in write_set.movements] == [
        (BLACK, 50, 2),
        (WHITE, 1, 0),
    ]
    assert {m.record.transaction_type for m in write_set.movements} == {"order_cancelled"}
    assert {m.record.command for m in write_set.movements} == {"expire"}
    assert {m.record.order_id for m in write_set.movements} == {ORDER}


def test_a_hold_expires_at_its_end_and_not_before() -> None:
    state = a_state(a_sku(BLACK, 5, 5), order=an_order(a_line(reserved=5)))
    assert expire(state, JUST_BEFORE) == NOTHING_TO_WRITE
    assert write_set_of(expire(state, AT_THE_END))


def test_an_expiry_releases_reserved_units_and_leaves_confirmed_ones() -> None:
    order = an_order(
        a_line(BLACK, reserved=2, confirmed=3, refunded=1), a_line(WHITE, confirmed=1), version=2
    )
    write_set = write_set_of(expire(a_state(a_sku(BLACK, 9, 2), order=order), AT_THE_END))
    assert write_set.order == an_order(
        a_line(BLACK, confirmed=3, cancelled=2, refunded=1, records=[1], released=(2, 3)),
        a_line(WHITE, confirmed=1),
        version=3,
        cancel_reason=EXPIRED,
        last_release=3,
        after=OrderCommand.EXPIRE,
        at=AT_THE_END.now,
    )
    assert [movement.record.quantity for movement in write_set.movements] == [2]


@pytest.mark.parametrize(
    "order",
    [
        None,
        an_order(a_line(confirmed=5)),
        an_order(a_line(cancelled=5), cancel_reason="requested"),
        an_order(a_line(cancelled=5), cancel_reason=EXPIRED),
        a_tombstone(),
    ],
    ids=["unknown", "confirmed", "cancelled", "expired before", "tombstone"],
)
def test_an_order_that_reserves_nothing_does_not_expire(order: Order | None) -> None:
    assert expire(a_state(order=order), AT_THE_END) == NOTHING_TO_WRITE


def test_an_expiry_needs_the_skus_of_which_the_order_reserves_units() -> None:
    order = an_order(a_line(BLACK, reserved=1), a_line(WHITE, confirmed=1))
    assert expire(a_state(order=order), AT_THE_END) == NeedsSkus([StockKey(PRODUCT, BLACK)])


@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_reserved_units_of_a_deactivated_sku_are_released(flag: str) -> None:
    state = a_state(a_sku(BLACK, 5, 5, **{flag: False}), order=an_order(a_line(reserved=5)))
    assert write_set_of(expire(state, AT_THE_END))


# Extension


@pytest.mark.parametrize(
    ("now", "hold_seconds", "expires_at"),
    [
        (NOW, 86_401, "2026-02-24T10:30:01.000000Z"),
        (NOW, 2_592_000, "2026-03-25T10:30:00.000000Z"),
        (TOMORROW, 60, "2026-02-24T10:31:00.000000Z"),
    ],
    ids=["a second more", "the most", "after its end"],
)
def test_an_extended_hold_ends_the_given_seconds_from_now(
    now: str, hold_seconds: int, expires_at: str
) -> None:
    order = an_order(a_line(reserved=2, confirmed=1), version=3)
    write_set = write_set_of(extend(a_state(order=order), ExtendHold(ORDER, hold_seconds), a_context(now)))
    assert write_set.order == an_order(a_line(reserved=2, confirmed=1), version=4, expires_at=expires_at)
    assert (write_set.movements, write_set.replaced_order, write_set.idempotency_record) == ((), order, None)


@pytest.mark.parametrize("hold_seconds", [60, 86_399, 86_400])
def test_a_hold_is_never_shortened(hold_seconds: int) -> None:
    state = a_state(order=an_order(a_line(reserved=2)))
    assert extend(state, ExtendHold(ORDER, hold_seconds), CONTEXT) == NOTHING_TO_WRITE


def test_an_extension_with_a_key_is_executed_once() -> None:
    order = an_order(a_line(reserved=2), version=3)
    key = a_key("key", "a")
    write_set = write_set_of(extend(a_state(order=order), ExtendHold(ORDER, 86_401, key), CONTEXT))
    assert write_set.order is not None
    assert write_set.idempotency_record == key.record([{"order_id": ORDER}], NOW)
    after = a_state(order=write_set.order, idempotency_record=write_set.idempotency_record)
    replayed = extend(after, ExtendHold(ORDER, 86_401, key), a_context(TOMORROW))
    assert replayed == NOTHING_TO_WRITE, "executed before, whatever the time is"
    with pytest.raises(IdempotencyKeyReused):
        extend(after, ExtendHold(ORDER, 90_000, a_key("key", "b")), CONTEXT)


def test_an_extension_with_a_key_that_does_not_lengthen_the_hold_writes_a_record_too() -> None:
    order = an_order(a_line(reserved=2), version=3)
    write_set = write_set_of(extend(a_state(order=order), ExtendHold(ORDER, 60, a_key("key")), CONTEXT))
    assert write_set.idempotency_record is not None
    assert write_set.order == replace(order, version=4)


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (None, OrderNotFound),
        (an_order(a_line(confirmed=5)), OrderConfirmed),
        (an_order(a_line(confirmed=5, refunded=5)), OrderConfirmed),
        (an_order(a_line(confirmed=1, cancelled=1), cancel_reason="requested"), OrderConfirmed),
        (an_order(a_line(cancelled=5), cancel_reason="requested"), OrderCancelled),
        (an_order(a_line(cancelled=5), cancel_reason=EXPIRED), ReservationExpired),
        (an_order(a_line(confirmed=1, cancelled=1), cancel_reason=EXPIRED), ReservationExpired),
        (a_tombstone(), OrderCancelled),
    ],
    ids=["unknown", "confirmed", "refunded", "partly", "cancelled", "expired", "rest expired", "tombstone"],
)
def test_an_order_that_reserves_nothing_is_not_extended(
    order: Order | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        extend(a_state(order=order), ExtendHold(ORDER, 3_600), CONTEXT)


def test_an_expired_tombstone_is_no_order_to_extend() -> None:
    expired = a_context(plus_seconds(NOW, TOMBSTONE_SECONDS))
    with pytest.raises(OrderNotFound):
        extend(a_state(order=a_tombstone()), ExtendHold(ORDER, 3_600), expired)
