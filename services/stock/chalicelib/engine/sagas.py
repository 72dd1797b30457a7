"""Runs sagas step by step: commands on orders that take several DynamoDB transactions.

A process may die between any two calls.  The next retry of the request, or the sweeper after the saga's lease
has expired, then runs the same functions; steps that were already taken are recognised.  While another
process takes the steps, as for a duplicate of the request, this one waits for it: to take the same ones would
make conflicts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import Final, TypeVar

from inventory_common.dynamodb import expected_error
from inventory_common.dynamodb_limits import (
    ORDER_PART_LINES_MAX,
    SINGLE_ITEM_ORDER_LINES_MAX,
    TRANSACTION_ITEMS_MAX,
)
from inventory_common.errors import (
    Busy,
    InsufficientStock,
    OutcomeUnknown,
    ProductInactive,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
    Unavailable,
)
from inventory_common.idempotency import id_of
from inventory_common.ids import StockKey
from inventory_common.skus import Sku
from inventory_common.values import value

from ..domain import saga_steps
from ..domain.commands import Actor, LineRequest, PlaceOrder, SettleOrder
from ..domain.decisions import NEEDS_SAGA, CurrentState, Decision, NeedsSaga
from ..domain.orders import Order, OrderLine, OrderOutcome, SagaState, visible_order
from ..domain.placing import require_available, short_lines
from ..domain.settlements import CANCEL, REFUND, SettlementType, is_saga_of
from ..domain.stock_rules import CommandContext, require_room
from ..storage.orders import OrderStore
from ..storage.state import StateStore
from .executor import Executor
from .transaction_batch import Decide, Executed, UnitOfWork

__all__ = ["Sagas"]

_CANNOT_BE_RESERVED = (InsufficientStock, ProductInactive, SkuInactive, SkuNotFound)
_T = TypeVar("_T")

_NOTHING_CONTENDED: frozenset[StockKey] = frozenset()

_POLL_SECONDS: Final = 0.2
"""The longest pause before an order is read again whose saga another process runs."""
_ACKNOWLEDGE_SECONDS: Final = 3.0
"""How long after the deadline of a place its acknowledgement may begin; it is within the time of a request,
even if the last call to DynamoDB is slow."""

_IDLE_POLLS_MAX: Final = 5
"""Reads without progress, half a second together, after which the other process is not waited for."""

Step = Callable[[CurrentState, Sequence[StockKey], CommandContext], Decision]
"""Decides a step for some SKUs."""


@value
class Sagas:
    """Runs sagas step by step."""

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
        """Reserve an order's lines step by step: in the end all, or none.

        If an earlier attempt with the same lines failed, what it reserved is released first.  If time runs
        out after it has begun, it is acknowledged, and finishes later: when the same command is sent again,
        or by the sweeper.

        Raises
        ------
        InventoryError
            The errors of `placing.place`; by then, everything reserved has been released.
        Busy
            If time runs out and it could not be acknowledged; the same request continues, or the sweeper
            releases everything.
        """
        existing = self.orders.get(command.order_id)
        if existing is not None and saga_steps.is_placing(existing, command):
            existing = self._wait_for_others(existing, deadline)
        if existing is not None and saga_steps.is_releasing(existing, command):
            self._release(existing, actor.request_id, deadline)
            existing = None
        elif existing is not None and saga_steps.is_acknowledged_place_of(existing, command):
            try:
                continued = self._continue_place(existing, actor, deadline, may_finish_later=True)
            except Exception as failure:
                if not isinstance(expected_error(failure), Unavailable):
                    raise
                return OrderOutcome(existing, replayed=False, finishes_later=True)
            if continued is not None:
                return continued
        # A line's position decides which part stores it, so a retry with the lines in another sequence
        # agrees.
        command = replace(command, lines=tuple(sorted(command.lines, key=lambda line: line.key.sku)))
        if existing is None and len(command.lines) > SINGLE_ITEM_ORDER_LINES_MAX:
            self._require_available(command, deadline)
        lines = {line.key: line for line in command.lines}

        def step(state: CurrentState, keys: Sequence[StockKey], context: CommandContext) -> Decision:
            return saga_steps.place_step(state, command, [lines[key] for key in keys], context)

        try:
            groups = _chunks(list(lines), ORDER_PART_LINES_MAX)
            placed = self._run_steps(
                command.order_id, actor, groups, step, deadline, contended, waits_for_others=True
            )
        except _CANNOT_BE_RESERVED as refusal:
            standing = self._release_unplaceable(command, actor, deadline)
            if standing is not None and standing.is_acknowledged_place:
                # A duplicate has acknowledged it: it is not refused before that one's order is.
                return OrderOutcome(standing, replayed=False, finishes_later=True)
            if isinstance(refusal, InsufficientStock):
                # A step sees only its own lines.  If there is time, the error lists every short line.  Any
                # other refusal stands: a copy may have placed the order since, which makes its lines short.
                with suppress(Busy):
                    require_available(command.lines, self._skus_of(command.lines, deadline))
            raise
        except Exception as failure:
            if not isinstance(expected_error(failure), Unavailable):
                raise
            acknowledged = self._acknowledge(command, actor, deadline + _ACKNOWLEDGE_SECONDS)
            if acknowledged is None:
                raise
            return acknowledged
        if placed is None or placed.order.saga_state is SagaState.PLACING:
            # A duplicate could not be placed, or the sweeper assumed that this process had died.
            raise Busy(f"{command.order_id} was released while it was being placed; please place it again.")
        return placed

    def settle(
        self,
        settlement: SettlementType,
        command: SettleOrder,
        actor: Actor,
        deadline: float,
        needed: NeedsSaga = NEEDS_SAGA,
    ) -> OrderOutcome:
        """Confirm, cancel or refund all of an order, or many named lines, step by step.

        If time runs out after it has begun, it finishes later: when the same command is sent again, or by the
        sweeper.

        Raises
        ------
        InventoryError
            The errors of the command in one transaction; then nothing has begun.
        """
        is_replay = self._is_replay(command)
        try:
            if settlement is REFUND and not is_replay:
                self._require_room(command, actor, deadline)
            begun = self._begin_settlement(settlement, command, actor, deadline)
            order = begun.order
            assert order is not None, "an unknown order is refused"
            if begun.write_set is None and is_saga_of(order, settlement, command):
                order = self._wait_for_others(order, deadline)
                assert order is not None, "an order that is settled is not removed"
        except Exception as failure:
            if needed.running is None or not isinstance(expected_error(failure), Unavailable):
                raise
            return OrderOutcome(needed.running, replayed=False, finishes_later=True)
        if not is_saga_of(order, settlement, command):
            return OrderOutcome(order, replayed=True)
        return self._continue_settlement(
            order, settlement, actor, deadline, needed.contended, may_finish_later=True
        )

    def _wait_for_others(self, order: Order, deadline: float) -> Order | None:
        """Wait while another process takes the steps of an order's saga, and return the order.

        None if it was removed.  The saga may be in progress still: its lease has expired, its process makes
        no progress, or time has run out.
        """
        retry_policy = self.executor.retry_policy
        idle = 0
        current: Order | None = order
        while (
            current is not None
            and current.saga is not None
            and current.saga.lease_until > self.executor.clock()
            and idle < _IDLE_POLLS_MAX
            and retry_policy.monotonic() + _POLL_SECONDS < deadline
        ):
            retry_policy.pause(_POLL_SECONDS)
            known, current = current.version, self.orders.get_main(order.order_id)
            idle = idle + 1 if current is not None and current.version == known else 0
        return None if current is None else self.orders.with_all_lines(current)

    def _begin_settlement(
        self, settlement: SettlementType, command: SettleOrder, actor: Actor, deadline: float
    ) -> Executed:
        """Begin to settle an order; its saga may have begun before, or may be finished."""
        return self._execute(
            command.order_id,
            actor,
            lambda state, context: saga_steps.begin_settlement(state, settlement, command, context),
            deadline,
            idempotency_id=id_of(command.idempotency_key),
        )

    def expire(self, order_id: str, actor: Actor, deadline: float) -> bool:
        """Expire an order's hold step by step; return whether it had ended."""
        begun = self._execute(order_id, actor, saga_steps.begin_expiry, deadline)
        if begun.write_set is None or begun.write_set.order is None:
            return False
        self._continue_settlement(begun.write_set.order, CANCEL, actor, deadline)
        return True

    def resume(self, order_id: str, actor: Actor, deadline: float) -> bool:
        """Finish an abandoned saga, whose lease has expired; return whether there was one."""
        order = self.orders.get(order_id)
        if order is None or order.saga is None or order.saga.lease_until > self.executor.clock():
            return False
        if order.is_acknowledged_place:
            self._continue_place(order, actor, deadline)
            return True
        if order.saga.state is SagaState.PLACING:
            begun = self._execute(order_id, actor, saga_steps.begin_release_of_abandoned, deadline)
            if begun.write_set is None or begun.write_set.order is None:
                return False
            order = begun.write_set.order
        if order.saga_state is SagaState.RELEASING:
            self._release(order, actor.request_id, deadline)
        else:
            assert order.saga is not None, "a saga that is not placing stays until its last step"
            self._continue_settlement(order, saga_steps.SETTLEMENTS[order.saga.state], actor, deadline)
        return True

    # Checks before the first write

    def _require_available(self, command: PlaceOrder, deadline: float) -> None:
        """Refuse an order that cannot be reserved, before the first write."""
        try:
            require_available(command.lines, self._skus_of(command.lines, deadline))
        except _CANNOT_BE_RESERVED:
            # The shortage may be this very order, placed since it was read: its saga finds out.
            if self.orders.get(command.order_id) is None:
                raise

    def _require_room(self, command: SettleOrder, actor: Actor, deadline: float) -> None:
        """Refuse a refund that would exceed the maximum stock, before the first write.

        Raises
        ------
        StockLimitExceeded
        """
        whole = self.orders.get(command.order_id)
        order = visible_order(whole, self.executor.clock(), actor.owners, command.scope)
        if whole is None or whole.saga is not None or order is None:
            return
        remaining = REFUND.remaining(order)
        if command.lines is not None:
            # What exceeds the order is refused for that.
            named = command.lines.items()
            remaining = {key: min(units, remaining[key]) for key, units in named if key in remaining}
        remaining = {key: units for key, units in remaining.items() if command.restocks(key)}
        skus = self._skus_of([order.lines[key] for key in remaining], deadline)
        for key, quantity in remaining.items():
            require_room(skus[key], quantity)

    def _is_replay(self, command: SettleOrder) -> bool:
        """Return whether the command has begun before; refuse a key that was used with another body.

        A command that joins a saga in progress writes nothing whose condition would detect it.

        Raises
        ------
        IdempotencyKeyReused
        """
        key = command.idempotency_key
        if key is None:
            return False
        found = self.state.read(idempotency_records=[key.idempotency_id]).idempotency_records
        return key.replayed_record(found.get(key.idempotency_id), self.executor.clock()) is not None

    def _skus_of(self, lines: Sequence[LineRequest | OrderLine], deadline: float) -> dict[StockKey, Sku]:
        """Read the SKUs of lines, in as many calls as it takes."""
        skus: dict[StockKey, Sku] = {}
        for keys in _chunks([line.key for line in lines], TRANSACTION_ITEMS_MAX):
            self.executor.require_time(deadline)
            read_set = self.state.read(keys)
            read_set.require_readable(keys)
            skus |= read_set.skus
        return skus

    # Steps

    def _continue_settlement(
        self,
        order: Order,
        settlement: SettlementType,
        actor: Actor,
        deadline: float,
        contended: frozenset[StockKey] = _NOTHING_CONTENDED,
        *,
        may_finish_later: bool = False,
    ) -> OrderOutcome:
        saga = order.saga
        assert saga is not None, "a settlement in steps has a saga"
        lines = [order.lines[key] for key in saga_steps.units_to_settle(order, settlement)]

        def step(state: CurrentState, keys: Sequence[StockKey], context: CommandContext) -> Decision:
            return saga_steps.settle_step(state, settlement, keys, context, saga.idempotency_id)

        begun = order if may_finish_later else None
        try:
            settled = self._run_steps(
                order.order_id,
                actor,
                _by_part(lines),
                step,
                deadline,
                contended,
                begun,
                waits_for_others=may_finish_later,
            )
        except StockLimitExceeded as full:
            # There was room when it began, and it cannot be undone.
            raise Busy(f"{full} The refund of {order.order_id} continues once there is room.") from full
        assert settled is not None, "a saga that settles has lines left, and its order is not removed"
        return settled

    def _acknowledge(self, command: PlaceOrder, actor: Actor, deadline: float) -> OrderOutcome | None:
        """Mark a place that has begun as one that finishes by itself.

        None if it has not begun, cannot be had at the moment, or the database is not available.

        Raises
        ------
        OrderExists, OrderCancelled, ReservationExpired, OrderInProgress
            If other processes have placed the order with other lines, released or settled it.
        OutcomeUnknown
            If it may have been marked.
        """
        try:
            self.executor.require_time(deadline)
            order = self.orders.get(command.order_id)
            if order is None:
                return None
            is_placing = order.saga_state is SagaState.PLACING
            unplaced = [line for line in command.lines if is_placing and line.key not in order.lines]
            skus = self._skus_of(unplaced, deadline)
            if short_lines(unplaced, skus):
                return None
            marked = self._execute(
                command.order_id,
                actor,
                lambda state, context: saga_steps.acknowledge_place(state, command, skus, context),
                deadline,
            ).order
        except Exception as failure:
            error = expected_error(failure)
            if not isinstance(error, Unavailable) or isinstance(error, OutcomeUnknown):
                raise
            return None
        if marked is not None and saga_steps.is_acknowledged_place_of(marked, command):
            return OrderOutcome(marked, replayed=False, finishes_later=True)
        if marked is None or marked.saga is not None or marked.is_tombstone:
            return None
        return OrderOutcome(marked, replayed=True)

    def _continue_place(
        self, order: Order, actor: Actor, deadline: float, *, may_finish_later: bool = False
    ) -> OrderOutcome | None:
        """Reserve what an acknowledged place has still to reserve; None if it cannot be had or is settled."""
        groups = _by_part(order.lines[line.key] for line in saga_steps.lines_to_place(order))
        step = saga_steps.continue_place_step
        begun = order if may_finish_later else None
        try:
            placed = self._run_steps(
                order.order_id,
                actor,
                groups,
                step,
                deadline,
                begun=begun,
                waits_for_others=may_finish_later,
            )
        except _CANNOT_BE_RESERVED as refusal:
            if self._refuse(order, actor, deadline):
                return None
            if may_finish_later:
                return OrderOutcome(order, replayed=False, finishes_later=True)
            raise Busy(f"{refusal} {order.order_id} is placed once there is enough.") from refusal
        return None if placed is None or placed.replayed else placed

    def _refuse(self, order: Order, actor: Actor, deadline: float) -> bool:
        """Release an acknowledged order that cannot be placed; return whether it cannot."""
        lines = saga_steps.lines_to_place(order)
        short = short_lines(lines, self._skus_of(lines, deadline))
        if not short:
            return False  # there was too little a moment ago
        begun = self._execute(
            order.order_id,
            actor,
            lambda state, context: saga_steps.begin_refusal(state, short, context),
            deadline,
        )
        if begun.write_set is not None and begun.write_set.order is not None:
            self._release(begun.write_set.order, actor.request_id, deadline)
        return True

    def _release_unplaceable(self, command: PlaceOrder, actor: Actor, deadline: float) -> Order | None:
        """Release what an order has reserved that cannot be placed; return it if it is not released."""
        begun = self._execute(
            command.order_id,
            actor,
            lambda state, context: saga_steps.begin_release(state, command, context),
            deadline,
        )
        if begun.write_set is None or begun.write_set.order is None:
            return begun.order
        self._release(begun.write_set.order, actor.request_id, deadline)
        return None

    def _release(self, order: Order, request_id: str, deadline: float) -> None:
        actor = Actor(saga_steps.PERFORMED_BY, request_id)
        lines = [line for line in order.lines.values() if line.reserved]
        self._run_steps(order.order_id, actor, _by_part(lines), saga_steps.release_step, deadline)
        self._execute(order.order_id, actor, saga_steps.end_release, deadline)

    def _run_steps(
        self,
        order_id: str,
        actor: Actor,
        groups: Iterable[Sequence[StockKey]],
        step: Step,
        deadline: float,
        contended: frozenset[StockKey] = _NOTHING_CONTENDED,
        begun: Order | None = None,
        *,
        waits_for_others: bool = False,
    ) -> OrderOutcome | None:
        """Take a step for each group of SKUs, and a separate step for each contended SKU.

        `begun` is an order whose saga finishes later if a step cannot be taken now.  A process that
        `waits_for_others` and finds a step taken leaves the next one to that other process.  Returns None if
        there is no group, or no order: another process may have removed it.
        """
        pending = deque(divided for keys in groups for divided in _divided(keys, contended))
        order = begun
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
            try:
                outcome = self.executor.execute(work, deadline)
            except Exception as failure:
                if begun is None or not isinstance(expected_error(failure), Unavailable | StockLimitExceeded):
                    raise
                assert order is not None, "it has begun"
                return OrderOutcome(order, replayed=False, finishes_later=True)
            if isinstance(outcome, NeedsSaga):
                contended |= outcome.contended
                pending.extendleft(reversed(_divided(keys, outcome.contended)))
                continue
            # If several processes take steps, the one that takes the last step has executed the command.
            order, replayed = outcome.order, outcome.write_set is None
            if replayed and waits_for_others and order is not None and order.saga is not None:
                # Another process has taken this step, and is taking the next one.
                known, order = order, self._wait_for_others(order, deadline)
                if begun is None and order is not None and not order.has_saga_of(known):
                    # It has ended, and the order may have been changed since: the step decides.
                    pending.appendleft(keys)
                    continue
            if order is None or order.saga is None or (begun is not None and not order.has_saga_of(begun)):
                break
        return None if order is None else OrderOutcome(order, replayed)

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
    """Group the SKUs of lines for steps: at most one part each."""
    by_part = sorted(lines, key=lambda line: (line.part, line.sku))
    for _, of_part in groupby(by_part, key=lambda line: line.part):
        yield from _chunks([line.key for line in of_part], ORDER_PART_LINES_MAX)


def _divided(keys: Sequence[StockKey], contended: frozenset[StockKey]) -> list[list[StockKey]]:
    """Return each contended SKU as a group of its own, and the others as one.

    The contended ones come first: if an order cannot be placed, it most likely fails on them, and little has
    to be released.
    """
    alone = [[key] for key in keys if key in contended]
    rest = [key for key in keys if key not in contended]
    return [*alone, rest] if rest else alone


def _chunks(members: Sequence[_T], size: int) -> Iterator[list[_T]]:
    for begin in range(0, len(members), size):
        yield list(members[begin : begin + size])
