"""The rules of owners, without AWS: whose orders a caller sees, and what it places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from chalicelib.domain import holds, placing, saga_steps, settlements
from chalicelib.domain.commands import Actor, ExtendHold, SettleOrder
from chalicelib.domain.decisions import NEEDS_SAGA, NOTHING_TO_WRITE
from chalicelib.domain.orders import EXPIRED, REQUESTED, Order, SagaState
from chalicelib.domain.settlements import CANCEL, CONFIRM, REFUND, SettlementType
from chalicelib.domain.stock_rules import CommandContext
from inventory_common.errors import (
    IdempotencyKeyRequired,
    OrderCancelled,
    OrderExists,
    OrderNotFound,
    PreconditionFailed,
)
from inventory_common.owners import EVERY_OWNER, Owners
from inventory_common.preconditions import IfMatch

from ..shop import (
    BLACK,
    NOW,
    ORDER,
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
)

WEB = Owners("web")
TILL = Owners("till", ("default",))


def context_of(owners: Owners) -> CommandContext:
    return replace(a_context(order_id=ORDER), actor=Actor("client:any", "request-1", owners))


def a_tombstone(owner: str) -> Order:
    attributes: dict[str, Any] = {"cancel_reason": REQUESTED, "ttl": 9_999_999_999, "version": 3}
    return Order(order_id=ORDER, lines={}, created_at=NOW, owner=owner, **attributes)


def begin(kind: SettlementType, state: Any, context: Any) -> Any:
    return saga_steps.begin_settlement(state, kind, SettleOrder(ORDER), context)


SETTLE: dict[str, Callable[[Any, Any], Any]] = {
    "confirm": lambda state, context: settlements.confirm(state, SettleOrder(ORDER), context),
    "cancel": lambda state, context: settlements.cancel(state, SettleOrder(ORDER), context),
    "refund": lambda state, context: settlements.refund(state, SettleOrder(ORDER), context),
    "extend": lambda state, context: holds.extend(state, ExtendHold(ORDER, 600), context),
    **{f"begin {kind.saga_state}": partial(begin, kind) for kind in (CONFIRM, CANCEL, REFUND)},
}


@pytest.mark.parametrize("command", SETTLE.values(), ids=SETTLE)
@pytest.mark.parametrize("saga", [None, *(SagaState)])
def test_every_command_on_an_order_of_another_owner_is_not_found(
    command: Any, saga: SagaState | None
) -> None:
    of_web = an_order(a_line(reserved=1, confirmed=2), owner="web", saga=saga and a_saga(saga))
    with pytest.raises(OrderNotFound):
        command(a_state(a_sku(current=9, reserved=1), order=of_web), context_of(TILL))


@pytest.mark.parametrize("saga", [None, *(SagaState)])
def test_the_id_of_another_owners_order_is_taken(saga: SagaState | None) -> None:
    of_web = an_order(a_line(reserved=1), owner="web", saga=saga and a_saga(saga))
    state = a_state(a_sku(current=9, reserved=1), order=of_web)
    command = replace(an_order_of((BLACK, 1)), owner="till")
    for owners in (TILL, EVERY_OWNER):
        with pytest.raises(OrderExists) as refusal:
            placing.place(state, command, context_of(owners))
        assert str(refusal.value) == f"{ORDER} exists."
        with pytest.raises(OrderExists):
            saga_steps.place_step(state, command, command.lines, context_of(owners))
    assert not saga_steps.is_releasing(of_web, command)
    assert saga_steps.begin_release(state, command, context_of(TILL)) is NOTHING_TO_WRITE


@pytest.mark.parametrize("cancel_reason", [REQUESTED, EXPIRED])
def test_a_place_again_says_nothing_of_another_owners_order(cancel_reason: str) -> None:
    of_web = an_order(a_line(cancelled=1), owner="web", cancel_reason=cancel_reason)
    state = a_state(a_sku(current=9), order=of_web)
    command = replace(an_order_of((BLACK, 1)), owner="till")
    for owners in (TILL, EVERY_OWNER):
        context = context_of(owners)
        places: tuple[Callable[[], object], ...] = (
            partial(placing.place, state, command, context),
            partial(saga_steps.place_step, state, command, command.lines, context),
        )
        for place in places:
            with pytest.raises(OrderExists) as refusal:
                place()
            assert (str(refusal.value), refusal.value.members) == (f"{ORDER} exists.", {})


@pytest.mark.parametrize("kind", [CONFIRM, CANCEL, REFUND], ids=lambda kind: kind.saga_state)
@pytest.mark.parametrize("lines", [None, units((BLACK, 1))], ids=["whole", "part"])
def test_no_condition_or_key_of_a_command_shows_another_owners_order(
    kind: SettlementType, lines: Any
) -> None:
    """Each of these commands of the owner itself is refused, or a replay, because of what the order is."""
    of_web = an_order(a_line(reserved=2, confirmed=2), owner="web", version=7)
    key = a_key()
    state = a_state(
        a_sku(current=9, reserved=2), order=of_web, idempotency_record=key.record([{"order_id": ORDER}], NOW)
    )
    rule = {CONFIRM: settlements.confirm, CANCEL: settlements.cancel, REFUND: settlements.refund}[kind]
    refusals: list[tuple[SettleOrder, Any]] = [
        (SettleOrder(ORDER, lines, if_match=IfMatch(frozenset({"3"}))), PreconditionFailed),
        (SettleOrder(ORDER, lines, key), None),
    ]
    if lines is None:
        refusals.append((SettleOrder(ORDER), IdempotencyKeyRequired))
    for command, refusal in refusals:
        if refusal is None:
            assert rule(state, command, context_of(WEB)) is NOTHING_TO_WRITE
        else:
            with pytest.raises(refusal):
                rule(state, command, context_of(WEB))
        with pytest.raises(OrderNotFound):
            rule(state, command, context_of(TILL))
        with pytest.raises(OrderNotFound):
            saga_steps.begin_settlement(state, kind, command, context_of(TILL))


def test_a_place_is_repeated_by_who_sees_the_order() -> None:
    of_default = an_order(a_line(reserved=1))
    state = a_state(a_sku(current=9, reserved=1), order=of_default)
    mine = replace(an_order_of((BLACK, 1)), owner="till")
    assert placing.place(state, mine, context_of(TILL)) is NOTHING_TO_WRITE
    assert placing.place(state, an_order_of((BLACK, 1)), context_of(EVERY_OWNER)) is NOTHING_TO_WRITE
    placing_now = a_state(a_sku(), order=an_order(a_line(reserved=1), saga=a_saga(SagaState.PLACING)))
    assert placing.place(placing_now, mine, context_of(TILL)) is NEEDS_SAGA


@pytest.mark.parametrize("owners", [TILL, WEB])
def test_an_order_has_the_owner_of_its_place(owners: Owners) -> None:
    command = replace(an_order_of((BLACK, 1)), owner=owners.own)
    placed = order_of(placing.place(a_state(a_sku(current=9)), command, context_of(owners)))
    assert (placed.owner, placed.version) == (owners.own, 1)
    step = saga_steps.place_step(a_state(a_sku(current=9)), command, command.lines, context_of(owners))
    begun = order_of(step)
    assert (begun.owner, begun.version) == (owners.own, 1)


@pytest.mark.parametrize("owners", [WEB, TILL, EVERY_OWNER])
def test_a_tombstone_has_the_owner_of_who_cancelled(owners: Owners) -> None:
    cancelled = settlements.cancel(a_state(), SettleOrder(ORDER), context_of(owners))
    assert order_of(cancelled).owner == owners.own


@pytest.mark.parametrize("owner", ["web", "*"])
def test_a_tombstone_of_the_owner_or_of_all_refuses_a_place(owner: str) -> None:
    state = a_state(a_sku(current=9), order=a_tombstone(owner))
    command = replace(an_order_of((BLACK, 1)), owner="web")
    places: tuple[Callable[[], object], ...] = (
        lambda: placing.place(state, command, context_of(WEB)),
        lambda: saga_steps.place_step(state, command, command.lines, context_of(WEB)),
        lambda: placing.place(state, command, context_of(EVERY_OWNER)),
    )
    for place in places:
        with pytest.raises(OrderCancelled):
            place()


def test_a_tombstone_of_another_owner_is_replaced() -> None:
    tombstone = a_tombstone("web")
    state = a_state(a_sku(current=9), order=tombstone)
    command = replace(an_order_of((BLACK, 1)), owner="till")
    for decision in (
        placing.place(state, command, context_of(TILL)),
        saga_steps.place_step(state, command, command.lines, context_of(TILL)),
        # Who sees all sees the tombstone; but it is not of the owner that the place names.
        placing.place(state, command, context_of(EVERY_OWNER)),
        saga_steps.place_step(state, command, command.lines, context_of(EVERY_OWNER)),
    ):
        placed = order_of(decision)
        assert (placed.owner, placed.version, placed.reserved) == ("till", 4, 1)
        assert (placed.ttl, placed.cancel_reason) == (None, None)
        assert decision.replaced_order is tombstone  # type: ignore[union-attr]
    with pytest.raises(OrderNotFound):
        settlements.cancel(state, SettleOrder(ORDER), context_of(TILL))
