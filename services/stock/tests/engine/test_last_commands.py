"""An order says which command last changed what it holds: other systems hear of it by that."""

from __future__ import annotations

import pytest

from chalicelib.domain.commands import AmendOrder, ExtendHold, ReopenOrder, SettleOrder
from chalicelib.domain.orders import LastCommand, OrderCommand
from inventory_common.errors import InsufficientStock
from inventory_common.limits import TOMBSTONE_SECONDS

from ..large_orders import HOLD_SECONDS, Ledger, a_large_order, sku_id
from ..process import Process
from ..shop import ORDER, Clock, a_key, a_sku, units
from ..stores import RecordingStateStore


def last_command(process: Process) -> LastCommand:
    command = process.orders.get(ORDER).last_command
    assert command is not None
    return command


@pytest.mark.parametrize("count", [2, 60])
def test_each_command_that_changes_an_order_leaves_its_type_and_an_id_of_its_own(
    process: Process, ledger: Ledger, clock: Clock, sweeper: Process, count: int
) -> None:
    ledger.put_skus(count)
    process.place(a_large_order(count))
    commands = [last_command(process)]
    process.extend(ExtendHold(ORDER, HOLD_SECONDS + 60))
    assert last_command(process) == commands[0]

    process.amend(AmendOrder(ORDER, units((sku_id(1), 3)), a_key("0")))
    commands.append(last_command(process))
    process.confirm(SettleOrder(ORDER, units((sku_id(0), 1)), a_key("1")))
    commands.append(last_command(process))
    process.confirm(SettleOrder(ORDER, units((sku_id(0), 1)), a_key("1")))
    assert last_command(process) == commands[-1], "a replay is no command"
    process.refund(SettleOrder(ORDER, units((sku_id(0), 1)), a_key("2")))
    commands.append(last_command(process))
    process.cancel(SettleOrder(ORDER, units((sku_id(1), 1)), a_key("3")))
    commands.append(last_command(process))
    clock.advance(HOLD_SECONDS + 61)
    sweeper.sweep()
    commands.append(last_command(process))
    types = ["place", "amend", "confirm", "refund", "cancel", "expire"]
    assert [command.type.value for command in commands] == types
    assert len({command.id for command in commands}) == len(commands)


def test_a_reopen_is_a_command_too(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(2)
    process.place(a_large_order(2))
    process.cancel(SettleOrder(ORDER))
    cancelled = last_command(process)
    process.reopen(ReopenOrder(ORDER, HOLD_SECONDS, a_key("1")))
    assert last_command(process).type is OrderCommand.REOPEN
    assert last_command(process).id != cancelled.id


@pytest.mark.parametrize(
    ("command", "before"), [("place", None), ("confirm", "place"), ("cancel", "place"), ("refund", "confirm")]
)
def test_a_saga_leaves_its_command_in_its_last_step(
    process: Process, ledger: Ledger, command: str, before: str | None
) -> None:
    ledger.put_skus(120)
    if before is not None:
        process.place(a_large_order(120))
    if before == "confirm":
        process.confirm(SettleOrder(ORDER))
    recorded = RecordingStateStore(process.storage.state)
    recording = process.over(state=recorded)
    if before is None:
        recording.place(a_large_order(120))
    else:
        getattr(recording, command)(SettleOrder(ORDER))
    written = recorded.versions_written
    assert len(written) >= 3
    *steps, last = (None if each.last_command is None else each.last_command.type.value for each in written)
    assert (set(steps), last) == ({before}, command)


def test_a_command_of_several_steps_has_one_id_from_its_beginning(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(120)
    recorded = RecordingStateStore(process.storage.state)
    process.over(state=recorded).place(a_large_order(120))
    ids = {order.saga.command_id for order in recorded.versions_written if order.saga}
    assert ids == {last_command(process).id}


def test_the_cancel_of_an_unknown_order_is_its_command_and_a_later_place_another(
    process: Process, ledger: Ledger, clock: Clock
) -> None:
    ledger.put_skus(1)
    process.cancel(SettleOrder(ORDER))
    cancelled = last_command(process)
    assert cancelled.type is OrderCommand.CANCEL
    clock.advance(TOMBSTONE_SECONDS)
    process.place(a_large_order(1))
    assert last_command(process).type is OrderCommand.PLACE
    assert last_command(process).id != cancelled.id


def test_an_order_that_is_refused_before_it_was_accepted_leaves_nothing(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(2)
    ledger.put(a_sku(sku_id(1), 1))
    with pytest.raises(InsufficientStock):
        process.place(a_large_order(2))
    assert ledger.order_items() == set()
