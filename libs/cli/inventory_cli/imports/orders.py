"""Importing orders: known again by their ids; an order is placed with all of its lines or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Final

from inventory_client import BatchCommand, LineRequest, Order, Problem, problems
from inventory_common.dynamodb_limits import SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.fields import Body
from inventory_common.ids import product_of

from ..profiles import Session
from .journal import Action, Journal, Plan, State, Unit
from .kind import Done, Refused, There, remember_products, sku_of
from .rows import OrderRow

__all__ = ["Orders"]

_BATCH_ORDERS: Final = 50
_BATCH_LINES: Final = 100
"""A batch has a deadline of its own: small ones come to their end on a busy machine, too."""
_READERS: Final = 8
_READ_AHEAD: Final = 200


class Orders:
    """Orders of any number of lines."""

    name = "orders"
    model: type[Body] = OrderRow
    is_whole = True
    # Batches pack already; two at once only meet each other at the same SKUs.
    concurrency_max = 1
    ignored: frozenset[str] = frozenset()

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the order's id."""
        return str(row.get("order_id", ""))

    def look(self, session: Session, journal: Journal) -> None:
        """Remember the orders as they stand, and the products that rows name by external id."""
        remember_products(session, journal)
        units = journal.units(State.READ)
        with ThreadPoolExecutor(_READERS) as pool:
            while chunk := [unit.key for unit in islice(units, _READ_AHEAD)]:
                found = pool.map(lambda order_id: _find(session, order_id), chunk)
                journal.remember((order.order_id, _summary(order)) for order in found if order is not None)

    def plan(self, rows: Sequence[Mapping[str, Any]], there: There) -> Plan:
        """Compare an order's rows with the order."""
        for name in ("status", "hold_seconds"):
            if len({row.get(name) for row in rows}) > 1:
                raise Refused(f"{name}: the order's rows differ")
        units: Counter[str] = Counter()
        for row in rows:
            units[sku_of(row, there)] += row["quantity"]
        target = {"lines": dict(units), "wanted": rows[0]["status"], "hold": rows[0].get("hold_seconds")}
        found = there(self.key(rows[0]))
        if found is None:
            return Plan(Action.CREATE, target=target)
        if found["lines"] != target["lines"]:
            raise Refused("the order exists with other lines")
        if found["is_open"] and target["wanted"] != "reserved":
            return Plan(Action.CHANGE, {"status": [found["status"], target["wanted"]]}, target)
        if not found["is_open"] and found["status"] == "cancelled" and target["wanted"] != "cancelled":
            raise Refused(f"the order is cancelled: {found['cancel_reason']}")
        if not found["is_open"] and found["confirmed"] and target["wanted"] == "cancelled":
            raise Refused("the order is confirmed")
        return Plan(Action.NONE, target=target)

    def bundles(self, units: Iterator[Unit]) -> Iterator[list[Unit]]:
        """Put orders together for `POST /orders/batch`; one of more lines than that takes goes alone."""
        bundle: list[Unit] = []
        lines = 0
        for unit in units:
            count = len(unit.plan.target["lines"])
            if count > SINGLE_ITEM_ORDER_LINES_MAX:
                yield [unit]
                continue
            if bundle and (len(bundle) == _BATCH_ORDERS or lines + count > _BATCH_LINES):
                yield bundle
                bundle, lines = [], 0
            bundle.append(unit)
            lines += count
        if bundle:
            yield bundle

    def carry_out(self, session: Session, bundle: Sequence[Unit]) -> list[Done]:
        """Place the orders, and settle those that are to be settled."""
        if len(bundle[0].plan.target["lines"]) > SINGLE_ITEM_ORDER_LINES_MAX:
            return [self._whole(session, unit) for unit in bundle]
        refused: dict[int, Done] = {}
        # A batch does not promise that an order is placed before its next command's turn: two batches do.
        for step in ("place", "settle"):
            commands = {
                unit.number: command
                for unit in bundle
                for command in _commands(unit)
                if unit.number not in refused and (command.command == "place") == (step == "place")
            }
            if commands:
                answers = session.stock.batch(list(commands.values()))
                refusals = dict(zip(commands, (answer.problem for answer in answers), strict=True))
                for unit in bundle:
                    if (refusal := refusals.get(unit.number)) is not None:
                        refused[unit.number] = self._refused(session, unit, refusal, step == "settle")
        return [refused.get(unit.number) or _done(unit, None, is_placed=True) for unit in bundle]

    def _refused(self, session: Session, unit: Unit, refusal: Problem, is_placed: bool) -> Done:
        if isinstance(refusal, problems.Unavailable | problems.OrderInProgress):
            # Nothing is half done: alone, and with the client's patience.
            return self._whole(session, unit)
        return _done(unit, refusal, is_placed=is_placed)

    def _whole(self, session: Session, unit: Unit) -> Done:
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
        except (problems.Conflict, problems.NotFound, problems.Invalid) as refusal:
            return _done(unit, refusal, is_placed=is_placed)
        return _done(unit, None, is_placed=True)

    def take_back(self, session: Session, unit: Unit) -> None:
        """Cancel what is reserved and take back what is confirmed."""
        order = session.stock.order(unit.key)
        if order.reserved:
            order = session.stock.cancel(unit.key).result
        if any(line.confirmed > line.refunded for line in order.lines):
            session.stock.refund(unit.key)


def _commands(unit: Unit) -> list[BatchCommand]:
    target = unit.plan.target
    commands = []
    if unit.plan.action is Action.CREATE:
        lines = [LineRequest(product_of(sku), sku, quantity) for sku, quantity in target["lines"].items()]
        commands.append(BatchCommand(unit.key, "place", lines, target["hold"]))
    match target["wanted"]:
        case "confirmed":
            commands.append(BatchCommand(unit.key, "confirm"))
        case "cancelled":
            commands.append(BatchCommand(unit.key, "cancel"))
    return commands


def _done(unit: Unit, refusal: Problem | None, *, is_placed: bool) -> Done:
    if refusal is None:
        return Done(unit.number, State.DONE, unit.plan.target)
    placed = "placed, but " if is_placed and unit.plan.action is Action.CREATE else ""
    return Done(unit.number, State.REJECTED, unit.plan.target, f"{placed}{refusal.code}: {refusal.detail}")


def _find(session: Session, order_id: str) -> Order | None:
    try:
        return session.stock.order(order_id)
    except problems.OrderNotFound:
        return None


def _summary(order: Order) -> dict[str, Any]:
    return {
        "lines": {line.sku: line.placed for line in order.lines},
        "status": order.status,
        "cancel_reason": order.cancel_reason,
        "is_open": order.reserved > 0,
        "confirmed": order.confirmed,
    }
