"""What a command decides on an order that is between two steps, or kept in parts; without tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import PlaceOrder, SettleOrder
from chalicelib.orders import Errand, Order, Phase
from chalicelib.reservations import (
    CANCEL,
    CONFIRM,
    REFUND,
    Settlement,
    cancel,
    confirm,
    place,
    refund,
    require_same_lines,
)
from chalicelib.snapshot import NeedsSteps, Snapshot
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import InvalidInput, OrderInProgress

from .shop import BLACK, NOW, ORDER, PRODUCT, a_line, a_sku, a_key, a_context, an_order, an_order_of

WHEN = a_context()
LEASE = "2026-02-23T10:31:00.000000Z"
ERRAND = Errand(performed_by="web-shop", request_id="r", lease_until=LEASE)
WAYS: list[tuple[Callable[..., Any], Settlement]] = [(confirm, CONFIRM), (cancel, CANCEL), (refund, REFUND)]
BUSY = [Phase.PLACING, Phase.RELEASING, Phase.CONFIRMING, Phase.CANCELLING, Phase.REFUNDING]


def between(phase: Phase, **line: int) -> Order:
    return an_order(a_line(**(line or {"reserved": 2})), phase=phase, errand=ERRAND)


def test_the_phases_are_stored_and_told_under_these_names() -> None:
    assert [phase.value for phase in Phase] == [
        *("idle", "placing", "releasing", "confirming", "cancelling", "refunding")
    ]
    assert [between(phase).status.value for phase in BUSY[:2]] == ["placing", "releasing"]
    assert between(Phase.CONFIRMING).status.value == "reserved"
    assert ERRAND.restock


def test_an_order_is_due_when_its_lease_ends_or_else_its_hold() -> None:
    assert between(Phase.CONFIRMING).due_at == LEASE
    assert an_order(a_line(reserved=1), expires_at=NOW).due_at == NOW
    assert an_order(a_line(confirmed=1), expires_at=NOW).due_at is None


def test_an_order_kept_in_parts_is_no_tombstone_before_they_are_read() -> None:
    assert an_order().is_tombstone
    assert not an_order(parts=2).is_tombstone
    assert an_order().is_whole
    assert a_line(reserved=1).part == 0


@pytest.mark.parametrize("phase", BUSY[:2])
def test_a_place_of_an_order_that_is_being_placed_or_given_back_goes_on_in_steps(phase: Phase) -> None:
    seen = Snapshot(skus={BLACK: a_sku(current=9)}, order=between(phase))
    with pytest.raises(NeedsSteps):
        place(seen, an_order_of((BLACK, 2)), WHEN)


@pytest.mark.parametrize("phase", BUSY[2:])
def test_a_place_of_an_order_that_is_being_settled_is_a_repeated_one(phase: Phase) -> None:
    seen = Snapshot(skus={BLACK: a_sku(current=9)}, order=between(phase))
    assert place(seen, an_order_of((BLACK, 2)), WHEN) is None


def test_the_same_lines_wait_while_an_order_is_given_back() -> None:
    command: PlaceOrder = an_order_of((BLACK, 2))
    with pytest.raises(OrderInProgress, match=f"^{ORDER} is releasing; please try again.$"):
        require_same_lines(between(Phase.RELEASING), command)
    require_same_lines(between(Phase.CONFIRMING), command)


@pytest.mark.parametrize("phase", BUSY)
@pytest.mark.parametrize(("way", "settlement"), WAYS)
def test_a_whole_command_joins_its_own_kind_and_waits_for_any_other(
    way: Callable[..., Any], settlement: Settlement, phase: Phase
) -> None:
    line = {"confirmed": 2} if settlement is REFUND else {"reserved": 2}
    seen = Snapshot(skus={BLACK: a_sku(current=9, reserved=2)}, order=between(phase, **line))
    with pytest.raises(NeedsSteps if phase is settlement.phase else OrderInProgress):
        way(seen, SettleOrder(ORDER), WHEN)
    with pytest.raises(OrderInProgress):
        way(seen, SettleOrder(ORDER, {BLACK: 1}, a_key()), WHEN)


@pytest.mark.parametrize(("way", "settlement"), WAYS)
def test_a_repeated_key_of_what_has_begun_brings_it_to_its_end(
    way: Callable[..., Any], settlement: Settlement
) -> None:
    keyed = SettleOrder(ORDER, None, a_key())
    idempotency_record = a_key().idempotency_record([], NOW)
    for phase in BUSY:
        seen = Snapshot(order=between(phase, confirmed=2), idempotency_record=idempotency_record)
        if phase is settlement.phase:
            with pytest.raises(NeedsSteps):
                way(seen, keyed, WHEN)
        else:
            assert way(seen, keyed, WHEN) is None
        assert way(seen, replace(keyed, lines={BLACK: 1}), WHEN) is None


def test_a_cancel_of_an_unknown_order_by_a_key_that_did_it_is_a_repeated_one() -> None:
    idempotency_record = a_key().idempotency_record([], NOW)
    assert (
        cancel(Snapshot(idempotency_record=idempotency_record), SettleOrder(ORDER, None, a_key()), WHEN)
        is None
    )


def test_a_settlement_concerns_what_is_reserved_and_a_refund_what_has_left() -> None:
    order = an_order(a_line(reserved=3, confirmed=5, refunded=1))
    assert CONFIRM.remaining(order) == CANCEL.remaining(order) == {BLACK: 3}
    assert REFUND.remaining(order) == {BLACK: 4}
    skus = {BLACK: a_sku(current=9, reserved=0)}
    [movement], _ = REFUND.carry_out(Snapshot(skus=skus), order, {BLACK: 4}, WHEN)
    assert movement.after.current_stock == 13, "it comes into stock if nobody says otherwise"


def in_parts(count: int, parts: int) -> tuple[Snapshot, dict[str, int]]:
    """An order of many lines, spread over its parts, and a unit of each."""
    skus = [f"SKU-{PRODUCT}-V{number:04}" for number in range(count)]
    lines = [replace(a_line(sku, reserved=2), part=number % parts + 1) for number, sku in enumerate(skus)]
    order = an_order(*lines, parts=parts)
    return Snapshot(skus={sku: a_sku(sku, 9, 2) for sku in skus}, order=order), dict.fromkeys(skus, 1)


@pytest.mark.parametrize(("count", "parts"), [(48, 2), (47, 4), (38, 21), (49, 0)])
def test_what_one_transaction_takes_of_an_order_in_parts_is_settled_at_once(count: int, parts: int) -> None:
    seen, units = in_parts(count, parts or 1)
    if not parts:
        assert seen.order is not None
        seen = replace(seen, order=replace(seen.order, parts=0))
    assert parts == 0 or 2 * count + parts + 2 <= TRANSACTION_ITEMS_MAX
    assert confirm(seen, SettleOrder(ORDER, units, a_key()), WHEN) is not None


@pytest.mark.parametrize(("count", "parts"), [(48, 3), (49, 1), (49, 2)])
def test_more_than_one_transaction_takes_is_refused_in_part_and_goes_in_steps_whole(
    count: int, parts: int
) -> None:
    seen, units = in_parts(count, parts)
    assert 2 * count + parts + 2 > TRANSACTION_ITEMS_MAX
    with pytest.raises(NeedsSteps):
        confirm(seen, SettleOrder(ORDER), WHEN)
    with pytest.raises(InvalidInput) as refused:
        confirm(seen, SettleOrder(ORDER, units, a_key()), WHEN)
    [error] = refused.value.members["errors"]
    assert error["path"] == "body.lines"
    assert error["message"] == (
        f"names {count} of {count} lines of an order that is kept in parts, more than one transaction takes; "
        "please settle them by fewer at a time"
    )


@pytest.mark.parametrize(
    ("now", "is_expired"),
    [("2026-02-23T10:29:59.999999Z", False), (NOW, True), ("2026-02-23T10:30:00.000001Z", True)],
)
def test_an_order_is_expired_from_the_end_of_its_hold_on(now: str, is_expired: bool) -> None:
    order = an_order(a_line(reserved=1), expires_at=NOW)
    assert order.is_expired(now) is is_expired
    for phase in BUSY:
        assert not replace(order, phase=phase, errand=ERRAND).is_expired(now)
    assert not replace(order, expires_at=None).is_expired(now)
