"""The sweeper: gives back what orders hold after their holds have ended.

It is started every minute, and works through due orders alone: VendorInventoryIndex lists them by due
time.  The index may lag and another sweeper may be at work; each order is decided on its own item, read
consistently, and written on condition of its version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from inventory_common.dynamodb import expected_error
from inventory_common.errors import InventoryError
from inventory_common.pages import PageRequest
from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import Clock
from inventory_common.tuning import SWEEP_SECONDS_MAX
from inventory_common.values import value

from .commands import Source
from .holds import expire
from .inventory_gateway import InventoryGateway
from .orders import Order, Phase
from .sagas import Sagas
from .snapshot import NeedsSteps
from .transactor import Done, Task, Transactor

__all__ = ["Sweeper"]

_PERFORMED_BY = "system:expiry"
_DUE_ORDERS_AT_ONCE = 100


Work = Callable[[str, Source, float], bool]
"""Brings an order of this id to an end, by a deadline; False if there is nothing to do."""


@dataclass(slots=True)
class _Run:
    """One run: as whom, until when, what became of the orders, and the defects that it met."""

    source: Source
    stop_at: float
    swept: Counter[str] = field(default_factory=lambda: Counter(released=0, completed=0, settled=0, failed=0))
    defects: list[Exception] = field(default_factory=list)


@value
class Sweeper:
    """Works through due orders; `bootstrap` makes it."""

    gateway: InventoryGateway
    clock: Clock
    retry_policy: RetryPolicy

    def sweep(self, request_id: str) -> Mapping[str, int]:
        """Release every hold that has ended, for at most `SWEEP_SECONDS_MAX`.

        Returns
        -------
        Mapping[str, int]
            How many orders were `released`; `completed`, whose command had been left in the middle; `settled`
            by others before; and `failed`, to be tried again by the next sweep.

        Raises
        ------
        Exception
            A defect of ours that an order has met, in the end: the others do not wait for it to be mended.
        """
        run = _Run(Source(_PERFORMED_BY, request_id), self.retry_policy.monotonic() + SWEEP_SECONDS_MAX)
        for orders in self._due_orders():
            self._bring_to_an_end(orders, run)
            if self.retry_policy.monotonic() > run.stop_at:
                break
        if run.defects:
            raise run.defects[0]
        return run.swept

    def _bring_to_an_end(self, orders: Sequence[Order], run: _Run) -> None:
        at_once = [order for order in orders if order.phase is Phase.IDLE and not order.parts]
        transactor = Transactor(self.gateway, self.clock, self.retry_policy)
        sagas = Sagas(self.gateway, transactor)
        in_steps: list[tuple[str, Work, Order]] = []
        outcomes = transactor.carry_out_all([_expiry(order, run.source) for order in at_once])
        for order, outcome in zip(at_once, outcomes, strict=True):
            match outcome:
                case InventoryError():
                    run.swept["failed"] += 1
                case NeedsSteps():
                    in_steps.append(("released", sagas.expire, order))
                case Done():
                    run.swept["settled" if outcome.commit is None else "released"] += 1
        for order in orders:
            if order.phase is Phase.IDLE and order.parts:
                in_steps.append(("released", sagas.expire, order))
            elif order.phase is not Phase.IDLE:
                in_steps.append(("completed", sagas.go_on, order))
        for word, work, order in in_steps:
            if self.retry_policy.monotonic() > run.stop_at:
                return
            run.swept[self._in_steps(word, work, order, run)] += 1

    def _in_steps(self, word: str, work: Work, order: Order, run: _Run) -> str:
        try:
            return word if work(order.order_id, run.source, self.retry_policy.deadline()) else "settled"
        except Exception as error:
            if expected_error(error) is None:
                run.defects.append(error)
            return "failed"

    def _due_orders(self) -> Iterator[list[Order]]:
        # Those that come due while it works are the next one's.
        due_before = self.clock()
        page = PageRequest(_DUE_ORDERS_AT_ONCE)
        while True:
            orders, after = self.gateway.orders_due(due_before, page)
            if orders:
                yield orders
            if after is None:
                return
            page = PageRequest(_DUE_ORDERS_AT_ONCE, after)


def _expiry(order: Order, source: Source) -> Task:
    # Which SKUs to read is a hint; the decision is on the order as it stands.
    skus = tuple((line.product_id, line.sku) for line in order.lines.values() if line.reserved)
    return Task(decide=expire, source=source, skus=skus, order_id=order.order_id, is_divisible=True)
