"""Orders that take several transactions: running their sagas from step to step.

A process may die between any two calls.  Then the next retry of the request, or the sweeper once the saga's
lease has expired, runs the same functions; a step that was taken before is recognised as executed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from inventory_common.dynamodb_limits import (
    ORDER_PART_LINES_MAX,
    SINGLE_ITEM_ORDER_LINES_MAX,
    TRANSACTION_ITEMS_MAX,
)
from inventory_common.errors import (
    Busy,
    InsufficientStock,
    OrderNotFound,
    ProductInactive,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.idempotency import id_of
from inventory_common.ids import StockKey
from inventory_common.skus import Sku
from inventory_common.values import value

from ..domain import saga_steps
from ..domain.commands import Actor, LineRequest, PlaceOrder, SettleOrder
from ..domain.decisions import CurrentState, Decision, NeedsSaga
from ..domain.orders import Order, OrderLine, OrderOutcome, SagaState
from ..domain.placing import require_available
from ..domain.settlements import CANCEL, REFUND, Settlement
from ..domain.stock_rules import CommandContext, require_room
from ..storage.orders import OrderStore
from ..storage.state import StateStore
from .executor import Executor
from .transaction_batch import Decide, Executed, UnitOfWork

__all__ = ["Sagas"]

_CANNOT_BE_RESERVED = (InsufficientStock, ProductInactive, SkuInactive, SkuNotFound)
_T = TypeVar("_T")

_NOTHING_CONTENDED: frozenset[StockKey] = frozenset()

Step = Callable[[CurrentState, Sequence[StockKey], CommandContext], Decision]
"""Decides a step for some SKUs."""


@value
class Sagas:
    """Runs sagas from step to step."""

    orders: OrderStore
    state: StateStore
    executor: Executor

    def place(
        self,
        command: PlaceOrder,
        actor: Actor,
        deadline: float,
        contended: frozenset[StockKey] = _NOTHING_CONTENDED,
    ) -> OrderOutcome:
        """Reserve an order's lines step by step: all, or in the end none.

        If an earlier place of the same lines failed, what it reserved is released first.

        Raises
        ------
        InventoryError
            As `placing.place` does; what had been reserved is released by then.
        Busy
            If the time is over; the same request continues, or the sweeper releases everything.
        """
        existing = self.orders.get(command.order_id)
        if existing is not None and saga_steps.is_released(existing, command):
            self._release(existing, actor.request_id, deadline)
            existing = None
        # In one order, however they were sent: a line's position determines the part that contains it.
        command = replace(command, lines=tuple(sorted(command.lines, key=lambda line: line.key.sku)))
        if existing is None and len(command.lines) > SINGLE_ITEM_ORDER_LINES_MAX:
            self._require_available(command, deadline)
        lines = {line.key: line for line in command.lines}

        def step(state: CurrentState, keys: Sequence[StockKey], context: CommandContext) -> Decision:
            return saga_steps.place_step(state, command, [lines[key] for key in keys], context)

        try:
            groups = _chunks(list(lines), ORDER_PART_LINES_MAX)
            placed = self._run_steps(command.order_id, actor, groups, step, deadline, contended)
        except _CANNOT_BE_RESERVED:
            self._release_failed(command, actor, deadline)
            # The step knows its own lines alone; if there is time, the error names every short line.
            with suppress(Busy):
                require_available(command.lines, self._skus_of(command.lines, deadline))
            raise
        if placed.order.saga_state is SagaState.PLACING:
            # What had been reserved was released meanwhile: the sweeper assumed that this process had died.
            raise Busy(f"{command.order_id} has to be placed from the beginning; please try again.")
        return placed

    def settle(
        self,
        settlement: Settlement,
        command: SettleOrder,
        actor: Actor,
        deadline: float,
        contended: frozenset[StockKey] = _NOTHING_CONTENDED,
    ) -> OrderOutcome:
        """Confirm, cancel or refund all of an order step by step.

        Raises
        ------
        InventoryError
            As the command does in one transaction; nothing has begun then.
        Busy
            If the time is over; the same request continues, or the sweeper does.
        """
        self._require_own_key(command)
        if settlement is REFUND and command.restock:
            self._require_room(command.order_id, deadline)
        begun = self._execute(
            command.order_id,
            actor,
            lambda state, context: saga_steps.begin_settlement(state, settlement, command, context),
            deadline,
            idempotency_id=id_of(command.idempotency_key),
        )
        order = begun.order
        assert order is not None, "an unknown order is refused"
        if order.saga_state is not settlement.saga_state:
            return OrderOutcome(order, replayed=True)
        return self._continue_settlement(order, settlement, actor, deadline, contended)

    def expire(self, order_id: str, actor: Actor, deadline: float) -> bool:
        """Release step by step what an order reserves after its hold has expired; return whether it was
        released.
        """
        begun = self._execute(order_id, actor, saga_steps.begin_expiry, deadline)
        if begun.write_set is None or begun.write_set.order is None:
            return False
        self._continue_settlement(begun.write_set.order, CANCEL, actor, deadline)
        return True

    def resume(self, order_id: str, actor: Actor, deadline: float) -> bool:
        """Finish the saga of an order whose lease has expired; return whether there was one."""
        order = self.orders.get(order_id)
        if order is None or order.saga is None or order.saga.lease_until > self.executor.clock():
            return False
        if order.saga.state is SagaState.PLACING:
            failed = self._execute(order_id, actor, saga_steps.begin_release, deadline)
            if failed.write_set is None or failed.write_set.order is None:
                return False
            order = failed.write_set.order
        if order.saga_state is SagaState.RELEASING:
            self._release(order, actor.request_id, deadline)
        else:
            assert order.saga is not None, "a saga that is not placing stays until its last step"
            self._continue_settlement(order, saga_steps.SETTLEMENTS[order.saga.state], actor, deadline)
        return True

    # Checks before the first write

    def _require_available(self, command: PlaceOrder, deadline: float) -> None:
        """Refuse an order that cannot be reserved, before any of it is written."""
        try:
            require_available(command.lines, self._skus_of(command.lines, deadline))
        except _CANNOT_BE_RESERVED:
            # The order may have been placed since it was read, and have reserved these very units.
            if self.orders.get(command.order_id) is None:
                raise

    def _require_room(self, order_id: str, deadline: float) -> None:
        """Refuse a refund whose units would exceed the maximum stock, before any of it is written.

        Raises
        ------
        StockLimitExceeded
        """
        order = self.orders.get(order_id)
        if order is None or order.saga is not None:
            return
        remaining = REFUND.remaining(order)
        skus = self._skus_of([order.lines[key] for key in remaining], deadline)
        for key, quantity in remaining.items():
            require_room(skus[key], quantity)

    def _require_own_key(self, command: SettleOrder) -> None:
        """Refuse a key that stands for another command: if a saga has begun already, no write would find out.

        Raises
        ------
        IdempotencyKeyReused
        """
        key = command.idempotency_key
        if key is not None:
            found = self.state.read(idempotency_records=[key.idempotency_id]).idempotency_records
            key.replayed_record(found.get(key.idempotency_id), self.executor.clock())

    def _skus_of(self, lines: Sequence[LineRequest | OrderLine], deadline: float) -> dict[StockKey, Sku]:
        """Read the SKUs of lines, in as many calls as it takes."""
        skus: dict[StockKey, Sku] = {}
        for some in _chunks([line.key for line in lines], TRANSACTION_ITEMS_MAX):
            self.executor.require_time(deadline)
            skus |= self.state.read(some).skus
        return skus

    # Steps

    def _continue_settlement(
        self,
        order: Order,
        settlement: Settlement,
        actor: Actor,
        deadline: float,
        contended: frozenset[StockKey] = _NOTHING_CONTENDED,
    ) -> OrderOutcome:
        lines = [order.lines[key] for key in settlement.remaining(order)]

        def step(state: CurrentState, keys: Sequence[StockKey], context: CommandContext) -> Decision:
            return saga_steps.settle_step(state, settlement, keys, context)

        try:
            return self._run_steps(order.order_id, actor, _by_part(lines), step, deadline, contended)
        except StockLimitExceeded as full:
            # There was room when it began, and it cannot be undone any more.
            raise Busy(f"{full} The refund of {order.order_id} continues when there is room.") from full

    def _release_failed(self, command: PlaceOrder, actor: Actor, deadline: float) -> None:
        failed = self._execute(
            command.order_id,
            actor,
            lambda state, context: saga_steps.begin_release(state, context, command=command),
            deadline,
        )
        if failed.write_set is not None and failed.write_set.order is not None:
            self._release(failed.write_set.order, actor.request_id, deadline)

    def _release(self, order: Order, request_id: str, deadline: float) -> None:
        actor = Actor(saga_steps.PERFORMED_BY, request_id)
        lines = [line for line in order.lines.values() if line.reserved]
        # A process that assumed this one had died may have released the rest, and removed the order.
        with suppress(OrderNotFound):
            self._run_steps(order.order_id, actor, _by_part(lines), saga_steps.release_step, deadline)
        self._execute(order.order_id, actor, lambda state, _: saga_steps.remove(state), deadline)

    def _run_steps(
        self,
        order_id: str,
        actor: Actor,
        groups: Iterable[Sequence[StockKey]],
        step: Step,
        deadline: float,
        contended: frozenset[StockKey] = _NOTHING_CONTENDED,
    ) -> OrderOutcome:
        """Take a step for each group of SKUs, and for each contended SKU a step of its own."""
        pending = deque(part for keys in groups for part in _divided(keys, contended))
        order: Order | None = None
        replayed = False
        while pending:
            keys = pending.popleft()
            work = UnitOfWork(
                decide=_decide_step(step, keys),
                actor=actor,
                keys=tuple(keys),
                order_id=order_id,
                may_become_saga=len(keys) > 1,
                needs_lease=len(keys) == 1 and keys[0] in contended,
            )
            outcome = self.executor.execute(work, deadline)
            if isinstance(outcome, NeedsSaga):
                contended |= outcome.contended
                pending.extendleft(reversed(_divided(keys, outcome.contended)))
                continue
            # Of all who take steps on one order, whoever takes the last one has executed the command.
            order, replayed = outcome.order, outcome.write_set is None
            if order is None or order.saga is None:
                break
        if order is None:
            raise OrderNotFound(f"{order_id} was not found.")
        return OrderOutcome(order, replayed)

    def _execute(
        self,
        order_id: str,
        actor: Actor,
        decide: Decide,
        deadline: float,
        idempotency_id: str | None = None,
    ) -> Executed:
        work = UnitOfWork(decide=decide, actor=actor, order_id=order_id, idempotency_id=idempotency_id)
        outcome = self.executor.execute(work, deadline)
        assert isinstance(outcome, Executed), "beginning or ending a saga is one transaction"
        return outcome


def _decide_step(step: Step, keys: Sequence[StockKey]) -> Decide:
    return lambda state, context: step(state, keys, context)


def _by_part(lines: Iterable[OrderLine]) -> Iterator[list[StockKey]]:
    """Group the SKUs of lines for steps, each of one part."""
    by_part = sorted(lines, key=lambda line: (line.part, line.sku))
    for _, of_part in groupby(by_part, key=lambda line: line.part):
        yield from _chunks([line.key for line in of_part], ORDER_PART_LINES_MAX)


def _divided(keys: Sequence[StockKey], contended: frozenset[StockKey]) -> list[list[StockKey]]:
    """Return each contended SKU as a group of its own, and the others as one.

    The contended ones come first: if an order fails, it fails over them, and little has to be released.
    """
    alone = [[key] for key in keys if key in contended]
    rest = [key for key in keys if key not in contended]
    return [*alone, rest] if rest else alone


def _chunks(members: Sequence[_T], size: int) -> Iterator[list[_T]]:
    for begin in range(0, len(members), size):
        yield list(members[begin : begin + size])
