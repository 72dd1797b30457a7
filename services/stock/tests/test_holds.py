"""How long an order holds its units, decided on what stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.commands import ExtendHold, SettleOrder
from chalicelib.holds import expire, extend
from chalicelib.orders import EXPIRED, Order
from chalicelib.reservations import cancel
from chalicelib.snapshot import IncompleteSnapshot, Snapshot
from inventory_common.errors import (
    IdempotencyKeyReused,
    OrderCancelled,
    OrderConfirmed,
    OrderNotFound,
    ReservationExpired,
)
from inventory_common.limits import TOMBSTONE_SECONDS
from inventory_common.timestamps import plus_seconds

from .shop import BLACK, NOW, ORDER, PRODUCT, WHITE, a_line, a_sku, a_key, a_context, an_order

TOMORROW = plus_seconds(NOW, 86_400)
AT_THE_END = a_context(TOMORROW, order_id=ORDER)
JUST_BEFORE = a_context("2026-02-24T10:29:59.999999Z", order_id=ORDER)
WHEN = a_context(order_id=ORDER)


def seen(order: Order | None, *skus: object) -> Snapshot:
    return Snapshot(order=order, skus={sku.sku: sku for sku in skus})


def tombstone() -> Order:
    commit = cancel(Snapshot(), SettleOrder(ORDER), WHEN)
    assert commit is not None
    assert commit.order is not None
    return commit.order


# Expiry


def test_an_order_whose_hold_has_ended_gives_back_all_that_it_holds() -> None:
    order = an_order(a_line(BLACK, reserved=5), a_line(WHITE, reserved=1), version=3)
    commit = expire(seen(order, a_sku(BLACK, 50, 7), a_sku(WHITE, 1, 1)), AT_THE_END)
    assert commit is not None
    assert commit.order == an_order(
        a_line(BLACK, cancelled=5), a_line(WHITE, cancelled=1), version=4, cancel_reason="expired"
    )
    assert (commit.replaced_order, commit.idempotency_record) == (order, None)
    assert [(m.after.sku, m.after.current_stock, m.after.reserved_stock) for m in commit.movements] == [
        (BLACK, 50, 2),
        (WHITE, 1, 0),
    ]
    assert {m.record.transaction_type for m in commit.movements} == {"order_cancelled"}
    assert {m.record.order_id for m in commit.movements} == {ORDER}


def test_a_hold_has_ended_at_its_very_end_and_not_before() -> None:
    held = seen(an_order(a_line(reserved=5)), a_sku(BLACK, 5, 5))
    assert expire(held, JUST_BEFORE) is None
    assert expire(held, AT_THE_END) is not None


def test_what_has_left_for_an_order_stays_with_it_when_the_rest_goes_back() -> None:
    order = an_order(
        a_line(BLACK, reserved=2, confirmed=3, refunded=1), a_line(WHITE, confirmed=1), version=2
    )
    commit = expire(seen(order, a_sku(BLACK, 9, 2)), AT_THE_END)
    assert commit is not None
    assert commit.order == an_order(
        a_line(BLACK, confirmed=3, cancelled=2, refunded=1),
        a_line(WHITE, confirmed=1),
        version=3,
        cancel_reason=EXPIRED,
    )
    assert [movement.record.quantity for movement in commit.movements] == [2]


@pytest.mark.parametrize(
    "order",
    [
        None,
        an_order(a_line(confirmed=5)),
        an_order(a_line(cancelled=5), cancel_reason="requested"),
        an_order(a_line(cancelled=5), cancel_reason=EXPIRED),
        tombstone(),
    ],
    ids=["unknown", "confirmed", "cancelled", "expired before", "tombstone"],
)
def test_an_order_that_holds_nothing_has_nothing_to_give_back(order: Order | None) -> None:
    assert expire(Snapshot(order=order), AT_THE_END) is None


def test_the_skus_of_an_order_are_asked_for_where_they_were_not_read() -> None:
    with pytest.raises(IncompleteSnapshot) as incomplete:
        expire(seen(an_order(a_line(BLACK, reserved=1), a_line(WHITE, confirmed=1))), AT_THE_END)
    assert incomplete.value.skus == [(PRODUCT, BLACK)]


@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_units_of_what_is_not_for_sale_any_more_come_back_too(flag: str) -> None:
    held = seen(an_order(a_line(reserved=5)), a_sku(BLACK, 5, 5, **{flag: False}))
    assert expire(held, AT_THE_END) is not None


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
def test_an_extended_order_holds_its_units_until_so_long_from_now(
    now: str, hold_seconds: int, expires_at: str
) -> None:
    order = an_order(a_line(reserved=2, confirmed=1), version=3)
    commit = extend(seen(order), ExtendHold(ORDER, hold_seconds), a_context(now))
    assert commit is not None
    assert commit.order == an_order(a_line(reserved=2, confirmed=1), version=4, expires_at=expires_at)
    assert (commit.movements, commit.replaced_order, commit.idempotency_record) == ((), order, None)


@pytest.mark.parametrize("hold_seconds", [60, 86_399, 86_400])
def test_a_hold_is_never_made_shorter(hold_seconds: int) -> None:
    assert extend(seen(an_order(a_line(reserved=2))), ExtendHold(ORDER, hold_seconds), WHEN) is None


def test_an_extension_with_a_key_is_remembered() -> None:
    order = an_order(a_line(reserved=2), version=3)
    keyed = ExtendHold(ORDER, 86_401, a_key("key", "a"))
    commit = extend(seen(order), keyed, WHEN)
    assert commit is not None
    assert commit.order is not None
    assert commit.idempotency_record == keyed.idempotency_key.idempotency_record([{"order_id": ORDER}], NOW)
    after = Snapshot(order=commit.order, idempotency_record=commit.idempotency_record)
    assert extend(after, keyed, a_context(TOMORROW)) is None, "done before, whatever the time is"
    with pytest.raises(IdempotencyKeyReused):
        extend(after, ExtendHold(ORDER, 90_000, a_key("key", "b")), WHEN)


def test_an_extension_with_a_key_that_changes_nothing_is_remembered_too() -> None:
    order = an_order(a_line(reserved=2), version=3)
    commit = extend(seen(order), ExtendHold(ORDER, 60, a_key("key")), WHEN)
    assert commit is not None
    assert commit.idempotency_record is not None
    assert commit.order == replace(order, version=4)


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
        (tombstone(), OrderCancelled),
    ],
    ids=["unknown", "confirmed", "refunded", "partly", "cancelled", "expired", "rest expired", "tombstone"],
)
def test_an_order_that_holds_nothing_is_not_extended(order: Order | None, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        extend(seen(order), ExtendHold(ORDER, 3_600), WHEN)


def test_a_lapsed_cancel_is_no_order_to_extend() -> None:
    lapsed = a_context(plus_seconds(NOW, TOMBSTONE_SECONDS))
    with pytest.raises(OrderNotFound):
        extend(seen(tombstone()), ExtendHold(ORDER, 3_600), lapsed)
