"""The import of orders, which are recognized by their ids; an order is placed with all lines or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from inventory_client import BatchCommand, LineRequest, Order, Problem, problems
from inventory_common.ids import StockKey
from inventory_common.limits import BATCH_ORDER_LINES_MAX
from inventory_imports.orders import OrderRules
from inventory_imports.plans import Action

from ..profiles import Session
from .importer import Result, Undone, add_existing_products, read_missing
from .journal import Journal, State, Unit

__all__ = ["OrderImporter"]

_BATCH_LINES: Final = 100
"""With `batch_max`, smaller than the API allows: each batch has a deadline, which small ones meet on a busy
machine too."""


class OrderImporter:
    """Imports orders with any number of lines."""

    rules = OrderRules()
    # Concurrent batches would only conflict with each other at the same SKUs.
    concurrency_max = 1
    batch_max = 50

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write the orders, and the products that rows name by external id, into the journal."""
        add_existing_products(session, journal)
        order_ids = (unit.key for unit in journal.units(State.READ))
        read_missing(journal, order_ids, lambda order_id: _summary_or_none(session, order_id))

    def batches(self, units: Iterator[Unit]) -> Iterator[list[Unit]]:
        """Group orders for `POST /orders/batch`; an order with too many lines for it is sent alone."""
        batch: list[Unit] = []
        lines = 0
        for unit in units:
            count = len(unit.plan.target["lines"])
            if count > BATCH_ORDER_LINES_MAX:
                yield [unit]
                continue
            if batch and (len(batch) == self.batch_max or lines + count > _BATCH_LINES):
                yield batch
                batch, lines = [], 0
            batch.append(unit)
            lines += count
        if batch:
            yield batch

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Place the orders, and confirm or cancel those whose status requires it."""
        if len(batch[0].plan.target["lines"]) > BATCH_ORDER_LINES_MAX:
            return [self._execute_alone(session, unit) for unit in batch]
        refused: dict[int, Result] = {}
        # The commands of one batch are executed in no particular order, so that placing needs its own.
        for is_placing in (True, False):
            commands = {
                unit.number: command
                for unit in batch
                for command in _commands(unit)
                if unit.number not in refused and (command.command == "place") == is_placing
            }
            if commands:
                results = session.stock.batch(list(commands.values()))
                problem_of = dict(zip(commands, (result.problem for result in results), strict=True))
                for unit in batch:
                    if (problem := problem_of.get(unit.number)) is not None:
                        refused[unit.number] = self._refused(session, unit, problem, not is_placing)
        return [refused.get(unit.number) or _result(unit, None, is_placed=True) for unit in batch]

    def _refused(self, session: Session, unit: Unit, problem: Problem, is_placed: bool) -> Result:
        if isinstance(problem, problems.Unavailable | problems.OrderInProgress):
            # Nothing was changed: send the order alone, with the client's retries.
            return self._execute_alone(session, unit)
        return _result(unit, problem, is_placed=is_placed)

    def _execute_alone(self, session: Session, unit: Unit) -> Result:
        is_placed = False
        try:
            for command in _commands(unit):
                match command.command:
                    case "place":
                        session.stock.place(unit.key, command.lines, hold_seconds=command.hold_seconds)
                        is_placed = True
                    case "confirm":
                        session.stock.confirm(unit.key)
                    case "cancel":
                        session.stock.cancel(unit.key)
        except (problems.Conflict, problems.NotFound, problems.Invalid) as problem:
            return _result(unit, problem, is_placed=is_placed)
        return _result(unit, None, is_placed=True)

    def serial_key(self, unit: Unit) -> None:
        """Return None: orders do not depend on each other."""

    def find_sent(self, session: Session, journal: Journal) -> None:
        """Do nothing: an order is found by its id."""

    def undo(self, session: Session, unit: Unit, *, dry_run: bool) -> Undone:
        """Cancel what is reserved and refund what is confirmed, both as far as the import did it."""
        try:
            order = session.stock.order(unit.key)
        except problems.OrderNotFound:
            return Undone("nothing", "was not placed")
        before = unit.plan.target.get("confirmed_before", {})
        sold = {
            line.sku: units
            for line in order.lines
            if (units := line.confirmed - line.refunded - before.get(line.sku, 0)) > 0
        }
        reserved = order.reserved if unit.plan.action is Action.CREATE else 0
        if not dry_run:
            if reserved:
                session.stock.cancel(unit.key)
            if sold:
                session.stock.refund(unit.key, sold)
        shown = [f"cancel {reserved} units"] if reserved else []
        shown += [f"refund {sum(sold.values())} units"] if sold else []
        if not shown:
            return Undone("nothing", f"is {order.status}")
        return Undone("refund" if sold else "cancel", ", ".join(shown))


def _commands(unit: Unit) -> list[BatchCommand]:
    target = unit.plan.target
    commands = []
    if unit.plan.action is Action.CREATE:
        lines = [LineRequest(*StockKey.of(sku), quantity) for sku, quantity in target["lines"].items()]
        commands.append(BatchCommand(unit.key, "place", lines, target["hold"]))
    match target["wanted"]:
        case "confirmed":
            commands.append(BatchCommand(unit.key, "confirm"))
        case "cancelled":
            commands.append(BatchCommand(unit.key, "cancel"))
    return commands


def _result(unit: Unit, problem: Problem | None, *, is_placed: bool) -> Result:
    if problem is None or _is_cancelled_already(unit, problem):
        return Result(unit.number, State.DONE, unit.plan.target)
    placed = "placed, but " if is_placed and unit.plan.action is Action.CREATE else ""
    reason = f"{placed}{problem.code}: {problem.detail}"
    return Result(unit.number, State.HALF_DONE if placed else State.REJECTED, unit.plan.target, reason)


def _is_cancelled_already(unit: Unit, problem: Problem) -> bool:
    """Return whether an earlier run placed and cancelled an order that is to be cancelled."""
    is_ended = isinstance(problem, problems.OrderCancelled | problems.ReservationExpired)
    return is_ended and unit.plan.target["wanted"] == "cancelled"


def _summary_or_none(session: Session, order_id: str) -> tuple[str, dict[str, Any]] | None:
    try:
        return order_id, _summary(session.stock.order(order_id))
    except problems.OrderNotFound:
        return None


def _summary(order: Order) -> dict[str, Any]:
    return {
        "lines": {line.sku: line.placed for line in order.lines},
        "reserved": {line.sku: line.reserved for line in order.lines if line.reserved},
        "status": order.status,
        "cancel_reason": order.cancel_reason,
        "is_open": order.reserved > 0,
        "confirmed": order.confirmed,
        "confirmed_before": {
            line.sku: units for line in order.lines if (units := line.confirmed - line.refunded)
        },
    }
