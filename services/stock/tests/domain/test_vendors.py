"""What a vendor sees of an order, and how its cancels and refunds of its own lines are decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.orders import Order, OrderLine, SagaState, visible_order
from chalicelib.domain.settlements import cancel, refund
from inventory_common.errors import (
    OrderConfirmed,
    OrderInProgress,
    OrderNotFound,
    PreconditionFailed,
    SkuNotFound,
)
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.owners import Owners
from inventory_common.preconditions import IfMatch

from ..shop import (
    BLACK,
    NOW,
    ORDER,
    OTHER_VENDOR,
    VENDOR,
    WHITE,
    a_context,
    a_key,
    a_line,
    a_saga,
    a_sku,
    a_state,
    an_order,
    order_of,
    units,
)

OWN = Scope(VENDOR)
BLACK_KEY, WHITE_KEY = units((BLACK, 1), (WHITE, 1))


def of_others(**figures: Any) -> OrderLine:
    return replace(a_line(WHITE, **figures), vendor_id=OTHER_VENDOR)


def seen(order: Order, scope: Scope = OWN) -> Order:
    found = order.seen_by(scope)
    assert found is not None
    return found


def test_who_is_no_vendor_sees_the_whole_order() -> None:
    order = an_order(a_line(reserved=1), of_others(reserved=2))
    assert order.seen_by(EVERYTHING) is order


def test_a_vendor_sees_its_own_lines_and_their_status() -> None:
    order = an_order(a_line(confirmed=1, records=[1, 4]), of_others(reserved=2, records=[7]), version=9)
    own = seen(order)
    assert (list(own.lines), own.status, own.version) == ([BLACK_KEY], "confirmed", 2)
    others = seen(order, Scope(OTHER_VENDOR))
    assert (list(others.lines), others.status, others.version) == ([WHITE_KEY], "reserved", 1)
    assert order.seen_by(Scope("VENDOR-003")) is None
    assert an_order().seen_by(OWN) is None


def test_a_vendor_sees_why_an_order_was_cancelled_if_units_of_its_lines_were() -> None:
    order = an_order(a_line(reserved=1), of_others(cancelled=2), cancel_reason="requested")
    assert (seen(order).cancel_reason, seen(order, Scope(OTHER_VENDOR)).cancel_reason) == (None, "requested")


def test_a_vendor_whose_units_a_client_cancelled_does_not_see_that_those_of_others_expired() -> None:
    own, others = a_line(cancelled=1, released=(1, 2)), of_others(cancelled=2, released=(2, 3))
    order = an_order(own, others, cancel_reason="expired", last_release=3)
    assert (seen(order).cancel_reason, seen(order, Scope(OTHER_VENDOR)).cancel_reason) == (
        "requested",
        "expired",
    )


@pytest.mark.parametrize("state", SagaState)
def test_a_saga_of_the_whole_order_concerns_every_vendor(state: SagaState) -> None:
    order = an_order(a_line(confirmed=1), of_others(reserved=2), saga=a_saga(state))
    assert seen(order).status == state.value


def test_a_saga_of_named_lines_concerns_the_vendors_of_these() -> None:
    saga = a_saga(SagaState.CANCELLING, idempotency_id="#MARKER#1")
    order = an_order(a_line(reserved=1), replace(of_others(reserved=2), pending=1), saga=saga)
    assert seen(order).status == "reserved"
    assert seen(order, Scope(OTHER_VENDOR)).status == "cancelling"


def test_an_order_is_visible_if_its_owner_and_a_line_are() -> None:
    order = an_order(a_line(reserved=1), of_others(reserved=2), owner="web")
    assert visible_order(order, NOW, Owners("web"), OWN) == order.seen_by(OWN)
    assert visible_order(order, NOW, Owners("erp"), OWN) is None
    assert visible_order(order, NOW, Owners("web"), Scope("VENDOR-003")) is None
    assert visible_order(None, NOW, Owners("web"), OWN) is None


def a_command(*lines: tuple[str, int], if_match: IfMatch | None = None, vendor: str = VENDOR) -> SettleOrder:
    command = SettleOrder(ORDER, units(*lines), a_key(), scope=Scope(vendor))
    return command if if_match is None else replace(command, if_match=if_match)


def version(number: int) -> IfMatch:
    return IfMatch.read(f'"{number}"')


MIXED = an_order(a_line(confirmed=5, records=[1, 2]), of_others(reserved=2, records=[1]), version=2)


def test_a_vendors_refund_changes_its_own_line_alone() -> None:
    state = a_state(a_sku(BLACK, 5), order=MIXED)
    after = order_of(refund(state, a_command((BLACK, 2), if_match=version(2)), a_context(order_id=ORDER)))
    assert after.lines[BLACK_KEY].refunded == 2
    assert after.lines[WHITE_KEY] == MIXED.lines[WHITE_KEY]
    assert after.version == 3


def test_the_version_that_a_vendor_expects_is_that_of_its_lines() -> None:
    order = replace(MIXED, version=7)
    state = a_state(a_sku(BLACK, 5), order=order)
    refund(state, a_command((BLACK, 2), if_match=version(2)), a_context())
    with pytest.raises(PreconditionFailed):
        refund(state, a_command((BLACK, 2), if_match=version(7)), a_context())


def test_a_vendors_cancel_is_refused_for_its_own_lines_alone() -> None:
    state = a_state(a_sku(BLACK, 5), order=MIXED)
    with pytest.raises(OrderConfirmed):
        cancel(state, a_command((BLACK, 1)), a_context())
    with pytest.raises(SkuNotFound, match=f"has no line of {WHITE}"):
        refund(state, a_command((WHITE, 1)), a_context())
    for order in (MIXED, None):
        with pytest.raises(OrderNotFound):
            cancel(a_state(order=order), a_command((BLACK, 1), vendor="VENDOR-003"), a_context())


def test_a_vendor_waits_for_a_saga_of_other_lines_and_does_not_learn_which() -> None:
    saga = a_saga(SagaState.CANCELLING, idempotency_id="#MARKER#1")
    order = an_order(a_line(confirmed=5), replace(of_others(reserved=2), pending=1), saga=saga)
    with pytest.raises(OrderInProgress, match="is being changed at the moment"):
        refund(a_state(a_sku(BLACK, 5), order=order), a_command((BLACK, 1)), a_context())
