"""Orders that take several transactions: what drives them from step to step.

A process may die between any two calls.  Then the next retry of the request, or the sweeper once the order's
lease has run out, runs the same functions: what has been done is found done.
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
from inventory_common.skus import Sku
from inventory_common.values import value

from . import steps
from .commands import OrderLineRequest, PlaceOrder, SettleOrder, Source
from .inventory_gateway import InventoryGateway
from .orders import Order, OrderLine, Phase, SettledOrder
from .reservations import CANCEL, REFUND, Settlement, require_on_offer
from .snapshot import Commit, NeedsSteps, Snapshot
from .stock_rules import Occasion, require_room
from .transactor import Decide, Done, Task, Transactor

__all__ = ["Sagas"]

_NOT_TO_BE_HAD = (InsufficientStock, ProductInactive, SkuInactive, SkuNotFound)
_Thing = TypeVar("_Thing")

Keys = Sequence[tuple[str, str]]
"""SKUs of a step: ``(product_id, sku)``."""

Contested = frozenset[str]
"""SKUs at which other writers were always faster."""

Take = Callable[[Snapshot, Sequence[str], Occasion], Commit | None]
"""Takes a step of some SKUs, by their ids; None if that was done before."""


@value
class Sagas:
    """Brings orders from step to step; `StockService` and `Sweeper` make it."""

    gateway: InventoryGateway
    transactor: Transactor

    def place(
        self, command: PlaceOrder, source: Source, deadline: float, contested: Contested = frozenset()
    ) -> SettledOrder:
        """Reserve an order's lines step by step: all, or in the end none.

        A place that was given up in the middle is given back first, if nobody has got that far.

        Raises
        ------
        InventoryError
            As `reservations.place` does; what had been reserved is given back by then.
        Busy
            If time runs out; the same request goes on from there, or the sweeper gives all back.
        """
        found = self.gateway.order(command.order_id)
        if found is not None and steps.is_given_up(found, command):
            self._release(found, source.request_id, deadline)
            found = None
        # In one sequence, however they are sent: a line's place in it says which part keeps it.
        command = replace(command, lines=tuple(sorted(command.lines, key=lambda line: line.sku)))
        if found is None and len(command.lines) > SINGLE_ITEM_ORDER_LINES_MAX:
            self._require_on_offer(command, deadline)
        by_sku = {line.sku: line for line in command.lines}

        def take(seen: Snapshot, skus: Sequence[str], occasion: Occasion) -> Commit | None:
            return steps.place_some(seen, command, [by_sku[sku] for sku in skus], occasion)

        try:
            groups = _chunks(_keys(command.lines), ORDER_PART_LINES_MAX)
            placed = self._in_steps(command.order_id, source, groups, take, deadline, contested)
        except _NOT_TO_BE_HAD:
            turned = self._one(
                command.order_id,
                source,
                lambda seen, occasion: steps.begin_release(seen, occasion, command=command),
                deadline,
            )
            if turned.commit is not None and turned.commit.order is not None:
                self._release(turned.commit.order, source.request_id, deadline)
            # The step knows of its own lines alone; if there is time, all of them are told.
            with suppress(Busy):
                require_on_offer(command.lines, self._skus_of(command.lines, deadline))
            raise
        if placed.order.phase is Phase.PLACING:
            # What had been placed was given back meanwhile: the sweeper took us for dead.
            raise Busy(f"{command.order_id} has to be placed from the beginning; please try again.")
        return placed

    def settle(
        self,
        settlement: Settlement,
        command: SettleOrder,
        source: Source,
        deadline: float,
        contested: Contested = frozenset(),
    ) -> SettledOrder:
        """Confirm, cancel or refund all of an order step by step.

        Raises
        ------
        InventoryError
            As the command does when it is done at once; nothing has begun then.
        Busy
            If time runs out; the same request goes on from there, or the sweeper does.
        """
        self._require_own_key(command)
        if settlement is REFUND and command.restock:
            self._require_room(command.order_id, deadline)
        begun = self._one(
            command.order_id,
            source,
            lambda seen, occasion: steps.begin_settlement(seen, settlement, command, occasion),
            deadline,
            idempotency_id=None
            if command.idempotency_key is None
            else command.idempotency_key.idempotency_id,
        )
        order = begun.order
        assert order is not None
        if order.phase is not settlement.phase:
            return SettledOrder(order, replayed=True)
        return self._settle_on(order, settlement, source, deadline, contested)

    def expire(self, order_id: str, source: Source, deadline: float) -> bool:
        """Give back step by step what an order holds after its hold has ended; False if that is not so."""
        begun = self._one(order_id, source, steps.begin_expiry, deadline)
        if begun.commit is None or begun.commit.order is None:
            return False
        self._settle_on(begun.commit.order, CANCEL, source, deadline)
        return True

    def go_on(self, order_id: str, source: Source, deadline: float) -> bool:
        """Bring an order to its end whose command was left in the middle; False if that is not so."""
        order = self.gateway.order(order_id)
        if order is None or order.errand is None or order.errand.lease_until > self.transactor.clock():
            return False
        if order.phase is Phase.PLACING:
            turned = self._one(order_id, source, steps.begin_release, deadline)
            if turned.commit is None or turned.commit.order is None:
                return False
            order = turned.commit.order
        if order.phase is Phase.RELEASING:
            self._release(order, source.request_id, deadline)
        else:
            self._settle_on(order, steps.SETTLEMENTS[order.phase], source, deadline)
        return True

    # How

    def _require_on_offer(self, command: PlaceOrder, deadline: float) -> None:
        """Refuse an order that cannot be had, before anything of it is written."""
        try:
            require_on_offer(command.lines, self._skus_of(command.lines, deadline))
        except _NOT_TO_BE_HAD:
            # Somebody may have placed the order since it was looked for, with these very units.
            if self.gateway.order(command.order_id) is None:
                raise

    def _require_room(self, order_id: str, deadline: float) -> None:
        """Refuse a refund whose units the stock cannot hold, before anything of it is written.

        Raises
        ------
        StockLimitExceeded
        """
        order = self.gateway.order(order_id)
        if order is None or order.phase is not Phase.IDLE:
            return
        units = REFUND.remaining(order)
        lines = [line for sku, line in order.lines.items() if units[sku]]
        skus = self._skus_of(lines, deadline)
        for line in lines:
            require_room(skus[line.sku], units[line.sku])

    def _skus_of(self, lines: Sequence[OrderLineRequest | OrderLine], deadline: float) -> dict[str, Sku]:
        """Read the SKUs of lines, in as many calls as it takes."""
        skus: dict[str, Sku] = {}
        for some in _chunks(lines, TRANSACTION_ITEMS_MAX):
            self.transactor.require_time(deadline)
            skus |= self.gateway.read(_keys(some)).skus
        return skus

    def _require_own_key(self, command: SettleOrder) -> None:
        """Refuse a key that stands for another command: where one has begun already, no write would tell.

        Raises
        ------
        IdempotencyKeyReused
        """
        idempotency_key = command.idempotency_key
        if idempotency_key is not None:
            found = self.gateway.read(
                idempotency_records=[idempotency_key.idempotency_id]
            ).idempotency_records
            idempotency_key.replayed_record(
                found.get(idempotency_key.idempotency_id), self.transactor.clock()
            )

    def _settle_on(
        self,
        order: Order,
        settlement: Settlement,
        source: Source,
        deadline: float,
        contested: Contested = frozenset(),
    ) -> SettledOrder:
        remaining = settlement.remaining(order)
        lines = [line for sku, line in order.lines.items() if remaining[sku]]

        def take(seen: Snapshot, skus: Sequence[str], occasion: Occasion) -> Commit | None:
            return steps.settle_some(seen, settlement, skus, occasion)

        try:
            return self._in_steps(order.order_id, source, _by_part(lines), take, deadline, contested)
        except StockLimitExceeded as full:
            # There was room when it began, and it cannot go back any more.
            raise Busy(f"{full} {order.order_id} goes on being refunded when there is room.") from full

    def _release(self, order: Order, request_id: str, deadline: float) -> None:
        source = Source(steps.PERFORMED_BY, request_id)
        lines = [line for line in order.lines.values() if line.reserved]
        # Whoever took this process for dead may have given back the rest, and removed the order.
        with suppress(OrderNotFound):
            self._in_steps(order.order_id, source, _by_part(lines), steps.release_some, deadline)
        self._one(order.order_id, source, lambda seen, _: steps.remove(seen), deadline)

    def _in_steps(
        self,
        order_id: str,
        source: Source,
        groups: Iterable[Keys],
        take: Take,
        deadline: float,
        contested: Contested = frozenset(),
    ) -> SettledOrder:
        """Take a step for each group of SKUs; those at which it always loses get steps of their own."""
        pending = deque(part for some in groups for part in _divided(some, contested))
        order: Order | None = None
        replayed = False
        while pending:
            some = pending.popleft()
            task = Task(
                decide=_step(take, [sku for _, sku in some]),
                source=source,
                skus=tuple(some),
                order_id=order_id,
                is_divisible=len(some) > 1,
                asks_turn=len(some) == 1 and some[0][1] in contested,
            )
            try:
                done = self.transactor.carry_out(task, deadline)
            except NeedsSteps as divided:
                contested |= divided.contested
                pending.extendleft(reversed(_divided(some, divided.contested)))
                continue
            # Of all who take steps on one order, whoever takes the last has done it; it is told to no other.
            order, replayed = done.order, done.commit is None
            if order is None or order.phase is Phase.IDLE:
                break
        if order is None:
            raise OrderNotFound(f"There is no {order_id}.")
        return SettledOrder(order, replayed)

    def _one(
        self,
        order_id: str,
        source: Source,
        decide: Callable[[Snapshot, Occasion], Commit | None],
        deadline: float,
        idempotency_id: str | None = None,
    ) -> Done:
        return self.transactor.carry_out(
            Task(decide=decide, source=source, order_id=order_id, idempotency_id=idempotency_id), deadline
        )


def _step(take: Take, skus: Sequence[str]) -> Decide:
    return lambda seen, occasion: take(seen, skus, occasion)


def _keys(lines: Iterable[OrderLineRequest | OrderLine]) -> list[tuple[str, str]]:
    return [(line.product_id, line.sku) for line in lines]


def _by_part(lines: Iterable[OrderLine]) -> Iterator[Keys]:
    """Group lines for steps, each of one part's."""
    by_part = sorted(lines, key=lambda line: (line.part, line.sku))
    for _, of_part in groupby(by_part, key=lambda line: line.part):
        yield from _chunks(_keys(of_part), ORDER_PART_LINES_MAX)


def _divided(some: Keys, contested: Contested) -> list[Keys]:
    """Return each contested SKU as a group of its own, and what is not contested as one.

    The contested ones come first: where an order cannot be had, it is for them, and little is given back.
    """
    alone: list[Keys] = [[key] for key in some if key[1] in contested]
    rest = [key for key in some if key[1] not in contested]
    return [*alone, rest] if rest else alone


def _chunks(things: Sequence[_Thing], size: int) -> Iterator[list[_Thing]]:
    for begin in range(0, len(things), size):
        yield list(things[begin : begin + size])
