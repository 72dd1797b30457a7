"""Copies of a request whose command is run by a saga: one executes it, and the others are its replays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.orders import OrderOutcome
from chalicelib.domain.settlements import CANCEL, CONFIRM, REFUND
from inventory_common.errors import IdempotencyKeyReused
from inventory_common.ids import StockKey

from ..crashes import ProcessDied
from ..large_orders import MULTI_PART_LINES, Ledger, a_large_order, sku_id
from ..other_writers import InconsistentStateStore, InterruptedStateStore
from ..process import Process
from ..shop import ACTOR, ORDER, a_key, units

Dying = Callable[[int], Process]


def test_a_line_that_a_copy_of_the_request_has_reserved_is_not_short(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(60, stock=2)
    copies: list[OrderOutcome] = []

    def place_copy() -> None:
        assert process.orders.get(ORDER).status == "placing"
        copies.append(process.place(a_large_order(60)))

    # The SKUs are read before the first write, in the first step, and in the second one.
    state = InconsistentStateStore(process.storage.state, place_copy, number=3)
    placed = process.through(state=state).place(a_large_order(60))
    assert [outcome.replayed for outcome in (*copies, placed)] == [False, True]
    assert placed.order.status == "reserved"
    assert ledger.totals() == (120, 120)


def test_an_order_that_a_copy_of_the_request_places_meanwhile_is_not_short(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(60, stock=2)
    copies: list[OrderOutcome] = []

    # The order is read first and does not exist; its SKUs are read after the copy has reserved them.
    def place_copy() -> None:
        copies.append(process.place(a_large_order(60)))

    state = InconsistentStateStore(process.storage.state, place_copy)
    placed = process.through(state=state).place(a_large_order(60))
    assert [outcome.replayed for outcome in (*copies, placed)] == [False, True]


def test_the_key_of_another_command_does_not_continue_a_saga(
    process: Process, dying: Dying, ledger: Ledger
) -> None:
    ledger.put_skus(MULTI_PART_LINES)
    process.place(a_large_order(MULTI_PART_LINES))
    process.confirm(SettleOrder(ORDER, units((sku_id(0), 1)), a_key("key", "a part")))
    with pytest.raises(ProcessDied):
        dying(6).confirm(SettleOrder(ORDER, None, a_key("rest")))
    assert process.orders.get(ORDER).saga_state == "confirming"
    with pytest.raises(IdempotencyKeyReused):
        process.confirm(SettleOrder(ORDER, None, a_key("key", "all")))
    assert process.orders.get(ORDER).saga_state == "confirming"


@pytest.mark.parametrize("name", ["confirm", "cancel", "refund"])
def test_a_replay_finishes_the_saga_of_its_copy_before_it_returns(
    process: Process, dying: Dying, ledger: Ledger, name: str
) -> None:
    """The copy ran a saga and died; then the transaction of this one fails on that very order and record."""
    ledger.put_skus(2)
    process.place(a_large_order(2))
    if name == "refund":
        process.confirm(SettleOrder(ORDER))
    settlement = {"confirm": CONFIRM, "cancel": CANCEL, "refund": REFUND}[name]
    command = SettleOrder(ORDER, None, a_key("key"))

    def begin() -> None:
        # A refund reads the order and its SKUs first, to find out whether the stock has room.
        sagas = dying(5 if name == "refund" else 3).sagas
        with pytest.raises(ProcessDied):
            sagas.settle(settlement, command, ACTOR, process.retry_policy.deadline())
        assert process.orders.get(ORDER).saga_state is settlement.saga_state

    state = InterruptedStateStore(process.storage.state, begin)
    settled = getattr(process.through(state=state), name)(command)
    assert settled.order.saga_state is None
    assert StockKey.of(sku_id(0)) not in settlement.remaining(settled.order)
