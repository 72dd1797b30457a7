"""The service's commands and questions: read, decide, commit, and again if another writer was first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import NamedTuple

from inventory_common.dynamodb import expected_error
from inventory_common.dynamodb_limits import SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.errors import (
    Busy,
    InvalidInput,
    InventoryError,
    OrderNotFound,
    SkuExists,
    SkuNotFound,
)
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import Scope
from inventory_common.ids import product_of, sku_prefix
from inventory_common.limits import RESPONSE_LINES_MAX
from inventory_common.pages import Page, PageRequest, encode_cursor
from inventory_common.retry_policy import RetryPolicy
from inventory_common.skus import Sku
from inventory_common.timestamps import Clock
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from . import holds, reservations, stock_changes
from .commands import (
    AdjustStock,
    BatchedOrder,
    ChangeSku,
    CreateSku,
    ExtendHold,
    PlaceOrder,
    Restock,
    SettleOrder,
    Source,
)
from .inventory_gateway import InventoryGateway, LostRace
from .memory import Memory
from .orders import Order, SettledOrder
from .reservations import Settlement
from .sagas import Sagas
from .sku_rules import changed_sku, new_sku
from .snapshot import Commit, NeedsSteps, Snapshot
from .stock_rules import Occasion
from .transactor import Decide, Done, Task, Transactor

__all__ = ["CreatedSku", "SettledOrder", "StockChanged", "StockService"]


class CreatedSku(NamedTuple):
    """A SKU, and whether its creation had been done before."""

    sku: Sku
    replayed: bool


class StockChanged(NamedTuple):
    """The record of a change and the SKU, and whether it had been done before."""

    record: TransactionRecord
    sku: Sku
    replayed: bool


@value
class StockService:
    """What the stock service does; `bootstrap` makes it."""

    gateway: InventoryGateway
    clock: Clock
    retry_policy: RetryPolicy
    memory: Memory = field(default_factory=Memory)

    # Questions

    def sku(self, product_id: str, sku: str, scope: Scope) -> Sku:
        """Return a SKU, or raise `SkuNotFound`."""
        found = self.gateway.sku(product_id, sku)
        if found is None or not scope.covers(found.vendor_id):
            raise SkuNotFound(f"There is no {sku}.")
        return found

    def skus_of_product(self, product_id: str, scope: Scope, page: PageRequest) -> Page:
        """List a product's SKUs; another vendor's product has none to show."""
        found = self.gateway.skus_of_product(product_id, page)
        covered = all(scope.covers(sku["vendor_id"]) for sku in found.documents)
        return found if covered else Page([], None)

    def skus_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs, newest change first."""
        return self.gateway.skus_of_vendor(vendor_id, page)

    def low_stock_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs that need a restock, lowest stock first."""
        return self.gateway.low_stock_of_vendor(vendor_id, page)

    def order(self, order_id: str) -> Order:
        """Return an order, or raise `OrderNotFound`."""
        found = reservations.standing(self.gateway.order(order_id), self.clock())
        if found is None:
            raise OrderNotFound(f"There is no {order_id}.")
        return found

    def orders_due(self, due_before: str | None, page: PageRequest) -> Page:
        """List orders that hold units and are due before a moment, now if none is given."""
        orders, after = self.gateway.orders_due(due_before or self.clock(), page)
        next_cursor = None if after is None else encode_cursor(after)
        return Page([order.document() for order in orders], next_cursor)

    # Commands

    def create_sku(self, command: CreateSku, source: Source) -> CreatedSku:
        """Offer a variant of an active product of one's own.

        Raises
        ------
        InvalidInput, IdempotencyKeyReused, ProductNotFound, ProductInactive, SkuExists, Busy
        """
        if not command.sku.startswith(sku_prefix(command.product_id)):
            raise InvalidInput([("body.sku", f"should begin with {sku_prefix(command.product_id)}")])
        idempotency_key = command.idempotency_key
        for _ in self.retry_policy.attempts():
            product, bound, idempotency_record = self.gateway.product_and_bound(
                command.product_id,
                command.scope.vendor_id,
                None if idempotency_key is None else idempotency_key.idempotency_id,
            )
            now = self.clock()
            if idempotency_key and idempotency_key.replayed_record(idempotency_record, now):
                return CreatedSku(self.sku(command.product_id, command.sku, command.scope), replayed=True)
            sku = new_sku(command, product, source, now)
            done = [{"product_id": sku.product_id, "sku": sku.sku}]
            try:
                self.gateway.add_sku(
                    sku,
                    bound,
                    None if idempotency_key is None else idempotency_key.idempotency_record(done, now),
                )
                return CreatedSku(sku, replayed=False)
            except LostRace as race:
                if sku.sku in race.found.skus and not self._is_done(idempotency_key, now):
                    raise SkuExists(f"{sku.sku} exists already.") from race
        raise AssertionError("attempts end by raising Busy")

    def change_sku(self, command: ChangeSku, source: Source) -> Sku:
        """Set attributes of a SKU, and return it as it stands then; what is so already is no change.

        Raises
        ------
        SkuNotFound, PreconditionFailed, Busy
        """
        key = (command.product_id, command.sku)
        readings = self.gateway.read([key])
        for _ in self.retry_policy.attempts():
            sku = readings.skus.get(command.sku)
            if sku is None or not command.scope.covers(sku.vendor_id):
                raise SkuNotFound(f"There is no {command.sku}.")
            command.if_match.require(sku.version)
            next_version = changed_sku(sku, command, source, self.clock())
            if next_version is None:
                return sku
            try:
                self.gateway.update_sku(sku, to=next_version)
                return next_version
            except LostRace as race:
                readings = readings.updated(race.found)
        raise AssertionError("attempts end by raising Busy")

    def restock(self, command: Restock, source: Source) -> StockChanged:
        """Take units into stock.

        Raises
        ------
        SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change_stock(
            command, source, lambda seen, occasion: stock_changes.restock(seen, command, occasion)
        )

    def adjust(self, command: AdjustStock, source: Source) -> StockChanged:
        """Correct the stock.

        Raises
        ------
        SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change_stock(
            command, source, lambda seen, occasion: stock_changes.adjust(seen, command, occasion)
        )

    def place(self, command: PlaceOrder, source: Source) -> SettledOrder:
        """Reserve every line of an order, or nothing.

        Raises
        ------
        InvalidInput, OrderExists, OrderCancelled, SkuNotFound, SkuInactive, ProductInactive,
        InsufficientStock, Busy
        """
        command = replace(command, lines=reservations.sum_lines(command.lines))
        deadline = self.retry_policy.deadline()
        if len(command.lines) > SINGLE_ITEM_ORDER_LINES_MAX:
            return self._sagas.place(command, source, deadline)
        try:
            return _settled(self._transactor.carry_out(_placing(command, source), deadline))
        except NeedsSteps as steps:
            return self._sagas.place(command, source, deadline, steps.contested)

    def confirm(self, command: SettleOrder, source: Source) -> SettledOrder:
        """Settle what an order holds, all or part.

        Raises
        ------
        OrderNotFound, OrderCancelled, ReservationExpired, SkuNotFound, QuantityExceedsReserved,
        IdempotencyKeyReused, Busy
        """
        return self._settle(reservations.CONFIRM, reservations.confirm, command, source)

    def cancel(self, command: SettleOrder, source: Source) -> SettledOrder:
        """Release what an order holds, all or part.

        Raises
        ------
        OrderNotFound, OrderCancelled, OrderConfirmed, SkuNotFound, QuantityExceedsReserved,
        IdempotencyKeyReused, Busy
        """
        return self._settle(reservations.CANCEL, reservations.cancel, command, source)

    def refund(self, command: SettleOrder, source: Source) -> SettledOrder:
        """Take back what has left for an order, all or part.

        Raises
        ------
        OrderNotFound, SkuNotFound, RefundExceedsConfirmed, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._settle(reservations.REFUND, reservations.refund, command, source)

    def extend(self, command: ExtendHold, source: Source) -> SettledOrder:
        """Let an order hold its units for longer.

        Raises
        ------
        OrderNotFound, OrderCancelled, OrderConfirmed, ReservationExpired, IdempotencyKeyReused, Busy
        """
        task = Task(
            decide=lambda seen, occasion: holds.extend(seen, command, occasion),
            source=source,
            order_id=command.order_id,
            idempotency_id=None
            if command.idempotency_key is None
            else command.idempotency_key.idempotency_id,
        )
        return _settled(self._transactor.carry_out(task))

    def batch(self, commands: Sequence[BatchedOrder], source: Source) -> list[SettledOrder | InventoryError]:
        """Carry out commands on orders, many to a transaction, and tell what became of each.

        Each is done or refused by itself, as it would be alone; those on one order in their sequence.  Whose
        order has no room in the answer, after `RESPONSE_LINES_MAX` lines, is told to send it again.
        """
        deadline = self.retry_policy.deadline()
        tasks: dict[int, Task] = {}
        results: dict[int, SettledOrder | InventoryError] = {}
        for number, command in enumerate(commands):
            try:
                tasks[number] = _batched(command, source)
            except InvalidInput as refusal:
                results[number] = refusal
        # Steps are taken before later commands of the batch, which may be on the same order.
        outcomes = self._transactor.carry_out_all(list(tasks.values()), deadline)
        for number, outcome in zip(tasks, outcomes, strict=True):
            match outcome:
                case Done():
                    results[number] = _settled(outcome)
                case InventoryError():
                    results[number] = outcome
                case NeedsSteps(contested=contested):
                    results[number] = self._batched_in_steps(commands[number], source, deadline, contested)
        return _as_many_as_an_answer_holds([results[number] for number in range(len(commands))])

    # How

    @property
    def _transactor(self) -> Transactor:
        return Transactor(self.gateway, self.clock, self.retry_policy, self.memory)

    @property
    def _sagas(self) -> Sagas:
        return Sagas(self.gateway, self._transactor)

    def _settle(
        self, settlement: Settlement, at_once: Settle, command: SettleOrder, source: Source
    ) -> SettledOrder:
        deadline = self.retry_policy.deadline()
        try:
            return _settled(self._transactor.carry_out(_settling(at_once, command, source), deadline))
        except NeedsSteps as steps:
            return self._sagas.settle(settlement, command, source, deadline, steps.contested)

    def _batched_in_steps(
        self, command: BatchedOrder, source: Source, deadline: float, contested: frozenset[str]
    ) -> SettledOrder | InventoryError:
        try:
            match command.command:
                case "place":
                    return self._sagas.place(_placed(command), source, deadline, contested)
                case "confirm":
                    whole = SettleOrder(command.order_id)
                    return self._sagas.settle(reservations.CONFIRM, whole, source, deadline, contested)
                case "cancel":
                    whole = SettleOrder(command.order_id)
                    return self._sagas.settle(reservations.CANCEL, whole, source, deadline, contested)
        except Exception as error:
            refusal = expected_error(error)
            if refusal is None:
                raise
            return refusal

    def _change_stock(self, command: Restock | AdjustStock, source: Source, decide: Decide) -> StockChanged:
        done = self._transactor.carry_out(
            Task(
                decide=decide,
                source=source,
                skus=((command.product_id, command.sku),),
                idempotency_id=command.idempotency_key.idempotency_id,
                notes=command.notes,
            )
        )
        if done.commit is not None:
            [movement] = done.commit.movements
            return StockChanged(movement.record, movement.after, replayed=False)
        assert done.snapshot.idempotency_record is not None
        # The SKU of the snapshot may be of a moment before the marker.
        record, sku = self.gateway.record_and_sku(
            done.snapshot.idempotency_record.done[0], command.product_id, command.sku
        )
        return StockChanged(record, sku, replayed=True)

    def _is_done(self, idempotency_key: IdempotencyKey | None, now: str) -> bool:
        if idempotency_key is None:
            return False
        idempotency_record = self.gateway.read(
            idempotency_records=[idempotency_key.idempotency_id]
        ).idempotency_records.get(idempotency_key.idempotency_id)
        return idempotency_key.replayed_record(idempotency_record, now) is not None


Settle = Callable[[Snapshot, SettleOrder, Occasion], Commit | None]
"""A way to settle an order in one transaction."""


def _as_many_as_an_answer_holds(
    results: Sequence[SettledOrder | InventoryError],
) -> list[SettledOrder | InventoryError]:
    shown: list[SettledOrder | InventoryError] = []
    lines = 0
    for result in results:
        if isinstance(result, SettledOrder):
            lines += len(result.order.lines)
            if lines > RESPONSE_LINES_MAX:
                result = Busy("The orders before it fill the answer; please send it again.")
        shown.append(result)
    return shown


def _placing(command: PlaceOrder, source: Source) -> Task:
    return Task(
        decide=lambda seen, occasion: reservations.place(seen, command, occasion),
        source=source,
        skus=tuple((line.product_id, line.sku) for line in command.lines),
        order_id=command.order_id,
        makes_order=True,
        is_divisible=len(command.lines) > 1,
    )


def _settling(decide: Settle, command: SettleOrder, source: Source) -> Task:
    return Task(
        decide=lambda seen, occasion: decide(seen, command, occasion),
        source=source,
        # What is known of the command's items before its order is: its lines, if it has any.
        skus=tuple((product_of(sku), sku) for sku in command.lines or ()),
        order_id=command.order_id,
        idempotency_id=None if command.idempotency_key is None else command.idempotency_key.idempotency_id,
        is_divisible=command.lines is None,
    )


def _batched(command: BatchedOrder, source: Source) -> Task:
    match command.command:
        case "place":
            return _placing(_placed(command), source)
        case "confirm":
            return _settling(reservations.confirm, SettleOrder(command.order_id), source)
        case "cancel":
            return _settling(reservations.cancel, SettleOrder(command.order_id), source)


def _placed(command: BatchedOrder) -> PlaceOrder:
    lines = reservations.sum_lines(command.lines)
    return PlaceOrder(order_id=command.order_id, lines=lines, hold_seconds=command.hold_seconds)


def _settled(done: Done) -> SettledOrder:
    assert done.order is not None
    return SettledOrder(done.order, replayed=done.commit is None)
