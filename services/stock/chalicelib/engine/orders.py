"""Commands on orders, one by one and in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from inventory_common.dynamodb import expected_error
from inventory_common.dynamodb_limits import SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.errors import InvalidInput, InventoryError, OrderNotFound, OutcomeUnknown
from inventory_common.idempotency import id_of
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.ids import StockKey
from inventory_common.limits import RESPONSE_LINES_MAX
from inventory_common.owners import EVERY_OWNER, Owners
from inventory_common.pages import Page, PageRequest, encode_cursor
from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain import amendments, holds, placing, reopening, settlements
from ..domain.commands import (
    Actor,
    AmendOrder,
    BatchedCommand,
    ExtendHold,
    PlaceOrder,
    ReopenOrder,
    SettleOrder,
    sum_lines,
)
from ..domain.decisions import CurrentState, Decision, NeedsSaga
from ..domain.orders import Order, OrderOutcome, visible_order
from ..domain.settlements import CANCEL, CONFIRM, REFUND, SettlementType
from ..domain.stock_rules import CommandContext
from ..storage.orders import OrderStore
from .executor import Executor
from .sagas import Sagas
from .transaction_batch import Executed, UnitOfWork

__all__ = ["Orders"]

Settle = Callable[[CurrentState, SettleOrder, CommandContext], Decision]
"""A rule that settles an order."""

_BATCHED: Final[dict[str, tuple[SettlementType, Settle]]] = {
    "confirm": (CONFIRM, settlements.confirm),
    "cancel": (CANCEL, settlements.cancel),
    "refund": (REFUND, settlements.refund),
}


@value
class Orders:
    """Commands on orders, and reads of them."""

    orders: OrderStore
    executor: Executor
    sagas: Sagas
    clock: Clock
    retry_policy: RetryPolicy

    def get(self, order_id: str, owners: Owners = EVERY_OWNER, scope: Scope = EVERYTHING) -> Order:
        """Return what a scope sees of an order of some owners, or raise `OrderNotFound`."""
        found = visible_order(self.orders.get(order_id), self.clock(), owners, scope)
        if found is None:
            raise OrderNotFound(f"{order_id} was not found.")
        return found

    def due(self, due_before: str | None, page: PageRequest, owners: Owners = EVERY_OWNER) -> Page:
        """List orders of some owners whose hold, or saga's lease, ends before a time, by default now."""
        found = self.orders.due(due_before or self.clock(), page, owners)
        next_cursor = None if found.after is None else encode_cursor(found.after)
        return Page([order.document() for order in found.orders], next_cursor)

    def place(self, command: PlaceOrder, actor: Actor) -> OrderOutcome:
        """Reserve all lines of an order, or none.

        Raises
        ------
        InvalidInput, OrderExists, OrderCancelled, OrderInProgress, SkuNotFound, SkuInactive, ProductInactive,
        InsufficientStock, Busy
        """
        command = replace(command, lines=sum_lines(command.lines))
        deadline = self.retry_policy.deadline()
        if len(command.lines) > SINGLE_ITEM_ORDER_LINES_MAX:
            return self.sagas.place(command, actor, deadline)
        outcome = self.executor.execute(_place(command, actor), deadline)
        if isinstance(outcome, NeedsSaga):
            return self.sagas.place(command, actor, deadline, outcome.contended)
        return _order_outcome(outcome)

    def confirm(self, command: SettleOrder, actor: Actor) -> OrderOutcome:
        """Confirm the reserved units of an order, all or part of them.

        Raises
        ------
        OrderNotFound, OrderCancelled, ReservationExpired, SkuNotFound, QuantityExceedsReserved,
        IdempotencyKeyReused, Busy
        """
        return self._settle(CONFIRM, settlements.confirm, command, actor)

    def cancel(self, command: SettleOrder, actor: Actor) -> OrderOutcome:
        """Release the reserved units of an order, all or part of them.

        Raises
        ------
        OrderNotFound, OrderCancelled, OrderConfirmed, SkuNotFound, QuantityExceedsReserved,
        IdempotencyKeyReused, Busy
        """
        return self._settle(CANCEL, settlements.cancel, command, actor)

    def refund(self, command: SettleOrder, actor: Actor) -> OrderOutcome:
        """Refund the confirmed units of an order, all or part of them.

        Raises
        ------
        OrderNotFound, SkuNotFound, RefundExceedsConfirmed, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._settle(REFUND, settlements.refund, command, actor)

    def extend(self, command: ExtendHold, actor: Actor) -> OrderOutcome:
        """Extend the hold of an order.

        Raises
        ------
        OrderNotFound, OrderCancelled, OrderConfirmed, ReservationExpired, IdempotencyKeyReused, Busy
        """
        outcome = self.executor.execute(
            UnitOfWork(
                decide=lambda state, context: holds.extend(state, command, context),
                actor=actor,
                order_id=command.order_id,
                idempotency_id=id_of(command.idempotency_key),
            )
        )
        assert isinstance(outcome, Executed), "an extension is one transaction"
        return _order_outcome(outcome)

    def amend(self, command: AmendOrder, actor: Actor) -> OrderOutcome:
        """Change what an order reserves, all of it or nothing; always in one transaction.

        Raises
        ------
        OrderNotFound, OrderCancelled, OrderConfirmed, ReservationExpired, InvalidInput, TooManyChanges,
        SkuNotFound, SkuInactive, ProductInactive, InsufficientStock, IdempotencyKeyReused, Busy
        """
        deadline = self.retry_policy.deadline()
        sought = self._keys_to_amend(command)
        outcome = self.executor.execute(
            UnitOfWork(
                decide=lambda state, context: amendments.amend(state, command, sought, context),
                actor=actor,
                keys=sought,
                order_id=command.order_id,
                idempotency_id=id_of(command.idempotency_key),
                extends_order=True,
            ),
            deadline,
        )
        assert isinstance(outcome, Executed), "an amend is one transaction"
        return _order_outcome(outcome)

    def reopen(self, command: ReopenOrder, actor: Actor) -> OrderOutcome:
        """Reserve again what the last cancellation or expiry of an order released, all of it or nothing.

        Raises
        ------
        OrderNotFound, NotReopenable, TooManyChanges, SkuInactive, ProductInactive, InsufficientStock,
        IdempotencyKeyReused, Busy
        """
        outcome = self.executor.execute(
            UnitOfWork(
                decide=lambda state, context: reopening.reopen(state, command, context),
                actor=actor,
                order_id=command.order_id,
                idempotency_id=id_of(command.idempotency_key),
                extends_order=True,
            )
        )
        assert isinstance(outcome, Executed), "a reopen is one transaction"
        return _order_outcome(outcome)

    def batch(self, commands: Sequence[BatchedCommand], actor: Actor) -> list[OrderOutcome | InventoryError]:
        """Execute commands on orders, many in one transaction, and return the outcome of each.

        Each command succeeds or fails independently; commands on the same order run in their sequence.
        Orders beyond `RESPONSE_LINES_MAX` lines are reported as `OutcomeUnknown`, although their commands
        were executed: sending them again returns them.
        """
        deadline = self.retry_policy.deadline()
        work: dict[int, UnitOfWork] = {}
        outcomes: dict[int, OrderOutcome | InventoryError] = {}
        for number, command in enumerate(commands):
            try:
                work[number] = _batched(command, actor)
            except InvalidInput as refusal:
                outcomes[number] = refusal
        # A saga runs before later commands of the batch, which may be on the same order.
        executed = self.executor.execute_all(list(work.values()), deadline)
        for number, outcome in zip(work, executed, strict=True):
            match outcome:
                case Executed():
                    outcomes[number] = _order_outcome(outcome)
                case InventoryError():
                    outcomes[number] = outcome
                case NeedsSaga():
                    outcomes[number] = self._batched_saga(commands[number], actor, deadline, outcome)
        return _limited([outcomes[number] for number in range(len(commands))])

    def _settle(
        self, settlement: SettlementType, rule: Settle, command: SettleOrder, actor: Actor
    ) -> OrderOutcome:
        deadline = self.retry_policy.deadline()
        if command.lines is not None and len(command.lines) > SINGLE_ITEM_ORDER_LINES_MAX:
            return self.sagas.settle(settlement, command, actor, deadline)
        outcome = self.executor.execute(_settle(rule, command, actor), deadline)
        if isinstance(outcome, NeedsSaga):
            return self.sagas.settle(settlement, command, actor, deadline, outcome)
        return _order_outcome(outcome)

    def _keys_to_amend(self, command: AmendOrder) -> tuple[StockKey, ...]:
        """Return the SKUs that an amend needs, as far as one transaction can write them.

        A command may name more lines than change: then the order is read first, to know those.
        """
        if len(command.lines) <= SINGLE_ITEM_ORDER_LINES_MAX:
            return tuple(command.lines)
        order = self.orders.get(command.order_id)
        changes = {} if order is None else amendments.changes_of(order, command)
        return tuple(changes) if len(changes) <= SINGLE_ITEM_ORDER_LINES_MAX else ()

    def _batched_saga(
        self, command: BatchedCommand, actor: Actor, deadline: float, needed: NeedsSaga
    ) -> OrderOutcome | InventoryError:
        try:
            if command.command == "place":
                return self.sagas.place(command.place(), actor, deadline, needed.contended)
            settlement, _ = _BATCHED[command.command]
            return self.sagas.settle(settlement, command.settle(), actor, deadline, needed)
        except Exception as failure:
            error = expected_error(failure)
            if error is None:
                raise
            return error


def _place(command: PlaceOrder, actor: Actor) -> UnitOfWork:
    return UnitOfWork(
        decide=lambda state, context: placing.place(state, command, context),
        actor=actor,
        keys=tuple(line.key for line in command.lines),
        order_id=command.order_id,
        creates_order=True,
        may_become_saga=len(command.lines) > 1,
    )


def _settle(rule: Settle, command: SettleOrder, actor: Actor) -> UnitOfWork:
    return UnitOfWork(
        decide=lambda state, context: rule(state, command, context),
        actor=actor,
        # The SKUs that are known before the order is read: those of the named lines.
        keys=tuple(command.lines or ()),
        order_id=command.order_id,
        idempotency_id=id_of(command.idempotency_key),
        may_become_saga=command.lines is None or (len(command.lines) > 1 and command.is_keyed),
    )


def _batched(command: BatchedCommand, actor: Actor) -> UnitOfWork:
    if command.command == "place":
        return _place(command.place(), actor)
    _, rule = _BATCHED[command.command]
    return _settle(rule, command.settle(), actor)


def _order_outcome(executed: Executed) -> OrderOutcome:
    assert executed.order is not None, (
        "every command on an order leaves one: tombstones outlive idempotency records"
    )
    return OrderOutcome(executed.order, replayed=executed.write_set is None)


def _limited(
    outcomes: Sequence[OrderOutcome | InventoryError],
) -> list[OrderOutcome | InventoryError]:
    """Replace the orders that do not fit into the response."""
    limited: list[OrderOutcome | InventoryError] = []
    lines = 0
    for outcome in outcomes:
        if isinstance(outcome, OrderOutcome):
            lines += len(outcome.order.lines)
            if lines > RESPONSE_LINES_MAX:
                outcome = OutcomeUnknown(
                    "The response is full; please send this command again to get its result."
                )
        limited.append(outcome)
    return limited
