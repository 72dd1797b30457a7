"""The sweeper: gives back what orders hold after their holds have ended.

It is started every minute, and works through due orders alone: VendorInventoryIndex lists them by due
time.  The index may lag and another sweeper may be at work; each order is decided on its own item, read
consistently, and written on condition of its version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from inventory_common.contention import Persistence
from inventory_common.errors import InventoryError
from inventory_common.limits import SWEEP_SECONDS_MAX
from inventory_common.pages import PageRequest
from inventory_common.timestamps import Clock
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


@value
class Sweeper:
    """Works through due orders; `bootstrap` makes it."""

    gateway: InventoryGateway
    clock: Clock
    persistence: Persistence

    def sweep(self, request_id: str) -> Mapping[str, int]:
        """Release every hold that has ended, for at most `SWEEP_SECONDS_MAX`.

        Returns
        -------
        Mapping[str, int]
            How many orders were `released`; `completed`, whose command had been left in the middle; `settled`
            by others before; and `failed`, to be tried again by the next sweep.
        """
        source = Source(_PERFORMED_BY, request_id)
        stop_at = self.persistence.monotonic() + SWEEP_SECONDS_MAX
        swept = Counter(released=0, completed=0, settled=0, failed=0)
        for orders in self._due_orders():
            swept.update(self._bring_to_an_end(orders, source))
            if self.persistence.monotonic() > stop_at:
                break
        return swept

    def _bring_to_an_end(self, orders: Sequence[Order], source: Source) -> Iterator[str]:
        at_once = [order for order in orders if order.phase is Phase.IDLE and not order.parts]
        transactor = Transactor(self.gateway, self.clock, self.persistence)
        sagas = Sagas(self.gateway, transactor)
        tasks = [_expiry(order, source) for order in at_once]
        outcomes = transactor.carry_out_all(tasks)
        for order, outcome in zip(at_once, outcomes, strict=True):
            match outcome:
                case InventoryError():
                    yield "failed"
                case NeedsSteps():
                    yield self._in_steps("released", sagas.expire, order, source)
                case Done():
                    yield "settled" if outcome.commit is None else "released"
        for order in orders:
            if order.phase is Phase.IDLE and order.parts:
                yield self._in_steps("released", sagas.expire, order, source)
            elif order.phase is not Phase.IDLE:
                yield self._in_steps("completed", sagas.go_on, order, source)

    def _in_steps(
        self, word: str, work: Callable[[str, Source, float], bool], order: Order, source: Source
    ) -> str:
        try:
            return word if work(order.order_id, source, self.persistence.deadline()) else "settled"
        except InventoryError:
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
