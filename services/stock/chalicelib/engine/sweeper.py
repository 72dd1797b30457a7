"""The sweeper: expires holds that have ended, and finishes abandoned sagas.

It runs every minute and reads only due orders, which VendorInventoryIndex lists by due time.  The index may
lag and another sweeper may be running, so each order is decided on its main item, read consistently, and
written on condition of its version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from inventory_common.dynamodb import expected_error
from inventory_common.errors import InventoryError
from inventory_common.pages import PageRequest
from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import Clock
from inventory_common.tuning import SWEEP_SECONDS_MAX
from inventory_common.values import value

from ..domain.commands import Actor
from ..domain.decisions import NeedsSaga
from ..domain.holds import expire
from ..domain.orders import Order
from ..storage.orders import OrderStore
from .executor import Executor
from .sagas import Sagas
from .transaction_batch import Executed, Outcome, UnitOfWork

__all__ = ["Sweeper"]

_PERFORMED_BY: Final = "system:expiry"
_PAGE_ORDERS: Final = 100

Result = Literal["released", "completed", "settled", "failed"]
"""What became of a due order; `settled`: another process was faster.  The names are fields of the log line.
"""


class _Swept(NamedTuple):
    """What became of an order, and an unexpected exception that it met."""

    result: Result
    unexpected: Exception | None = None


class _SagaWork(NamedTuple):
    """An order to process by a saga: with which function, and its result if there was something to do."""

    order_id: str
    run: Callable[[str, Actor, float], bool]
    result: Result


@value
class Sweeper:
    """Processes due orders."""

    orders: OrderStore
    executor: Executor
    sagas: Sagas
    clock: Clock
    retry_policy: RetryPolicy

    def sweep(self, request_id: str) -> Mapping[str, int]:
        """Process every due order, for at most `SWEEP_SECONDS_MAX`.

        Returns
        -------
        Mapping[str, int]
            How many orders were `released`; `completed`, whose saga had been abandoned; `settled`, where
            another process was faster; and `failed`, which the next sweep tries again.

        Raises
        ------
        Exception
            An unexpected one that an order met, after all other orders have been processed.
        """
        actor = Actor(_PERFORMED_BY, request_id)
        stop_at = self.retry_policy.monotonic() + SWEEP_SECONDS_MAX
        counts: Counter[str] = Counter(released=0, completed=0, settled=0, failed=0)
        unexpected: list[Exception] = []
        for orders in self._due_orders():
            for swept in self._process(orders, actor, stop_at):
                counts[swept.result] += 1
                if swept.unexpected is not None:
                    unexpected.append(swept.unexpected)
            if self.retry_policy.monotonic() > stop_at:
                break
        if unexpected:
            raise unexpected[0]
        return counts

    def _process(self, orders: Sequence[Order], actor: Actor, stop_at: float) -> Iterator[_Swept]:
        in_one_transaction = [order for order in orders if order.saga is None and not order.parts]
        by_saga: list[_SagaWork] = []
        for order, outcome in zip(
            in_one_transaction, self._expire_all(in_one_transaction, actor), strict=True
        ):
            match outcome:
                case _Swept():
                    yield outcome
                case InventoryError():
                    yield _Swept("failed")
                case NeedsSaga():
                    by_saga.append(_SagaWork(order.order_id, self.sagas.expire, "released"))
                case Executed():
                    yield _Swept("settled" if outcome.write_set is None else "released")
        for order in orders:
            if order.saga is not None:
                by_saga.append(_SagaWork(order.order_id, self.sagas.resume, "completed"))
            elif order.parts:
                by_saga.append(_SagaWork(order.order_id, self.sagas.expire, "released"))
        for work in by_saga:
            if self.retry_policy.monotonic() > stop_at:
                return  # the next sweep continues
            yield self._run(work, actor)

    def _expire_all(self, orders: Sequence[Order], actor: Actor) -> Iterator[Outcome | _Swept]:
        """Expire orders, many in one transaction, and yield what became of each.

        If one of them meets a defect, each of the rest has a transaction of its own: it stops no other order.
        """
        expired = 0
        try:
            for outcome in self.executor.execute_all([_expiry(order, actor) for order in orders]):
                expired += 1
                yield outcome
        except Exception:
            for order in orders[expired:]:
                try:
                    [outcome] = self.executor.execute_all([_expiry(order, actor)])
                except Exception as failure:
                    yield _Swept("failed", failure)
                else:
                    yield outcome

    def _run(self, work: _SagaWork, actor: Actor) -> _Swept:
        try:
            processed = work.run(work.order_id, actor, self.retry_policy.deadline())
        except Exception as failure:
            return _Swept("failed", failure if expected_error(failure) is None else None)
        return _Swept(work.result if processed else "settled")

    def _due_orders(self) -> Iterator[list[Order]]:
        # Orders that become due while it runs are left to the next run.
        due_before = self.clock()
        page = PageRequest(_PAGE_ORDERS)
        while True:
            due = self.orders.due(due_before, page)
            if due.orders:
                yield due.orders
            if due.after is None:
                return
            page = PageRequest(_PAGE_ORDERS, due.after)


def _expiry(order: Order, actor: Actor) -> UnitOfWork:
    # The lines only say which SKUs to read; the order is read again before it is decided.
    keys = tuple(line.key for line in order.lines.values() if line.reserved)
    return UnitOfWork(decide=expire, actor=actor, keys=keys, order_id=order.order_id, may_become_saga=True)
