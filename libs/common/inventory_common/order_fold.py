"""An order's line as the sum of its log records.  No I/O.

Each record of an order changes the figures of one line, by its type and command: `FOLD`.  Placed P, reserved
R, confirmed C, cancelled X and refunded F units are always those that the records add up to, with ``P = R + C
+ X`` and ``0 <= F <= C <= P``.  An order that could not be placed leaves a fold of P = 0; if it is placed
again, its line has a new chain of records, and the fold adds up all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from .transactions import Command, TransactionType

__all__ = ["FOLD", "NO_UNITS", "LineFold", "OrderLines", "Units"]


class Units(NamedTuple):
    """The units of an order's line, or what one unit of a record adds to them."""

    placed: int = 0
    reserved: int = 0
    confirmed: int = 0
    cancelled: int = 0
    refunded: int = 0

    def plus(self, units: Units, quantity: int = 1) -> Units:
        """Return these units and `quantity` times other ones."""
        return Units(*(own + quantity * other for own, other in zip(self, units, strict=True)))

    @property
    def is_possible(self) -> bool:
        """Whether a line can have them."""
        placed, reserved, confirmed, cancelled, refunded = self
        return (
            placed == reserved + confirmed + cancelled
            and min(reserved, cancelled) >= 0
            and 0 <= refunded <= confirmed <= placed
        )


NO_UNITS: Final = Units()

FOLD: Final[Mapping[tuple[str, str], Units]] = {
    (TransactionType.ORDER_PLACED, Command.PLACE): Units(placed=+1, reserved=+1),
    (TransactionType.ORDER_PLACED, Command.AMEND): Units(placed=+1, reserved=+1),
    (TransactionType.ORDER_PLACED, Command.REOPEN): Units(reserved=+1, cancelled=-1),
    (TransactionType.ORDER_CANCELLED, Command.AMEND): Units(placed=-1, reserved=-1),
    (TransactionType.ORDER_CANCELLED, Command.RELEASE): Units(placed=-1, reserved=-1),
    (TransactionType.ORDER_CANCELLED, Command.CANCEL): Units(reserved=-1, cancelled=+1),
    (TransactionType.ORDER_CANCELLED, Command.EXPIRE): Units(reserved=-1, cancelled=+1),
    (TransactionType.ORDER_CONFIRMED, Command.CONFIRM): Units(reserved=-1, confirmed=+1),
    (TransactionType.REFUND, Command.REFUND): Units(refunded=+1),
}
"""What one unit of a record of this type and command adds to the figures of an order's line."""


class LineFold(NamedTuple):
    """An order's line after some of its records.

    `steps` counts the records of its last chain; `last_record` is the sequence of the last of them.
    """

    units: Units = NO_UNITS
    steps: int = 0
    last_record: int | None = None

    def after(self, record: Mapping[str, Any]) -> LineFold:
        """Return the line after another record, as the API serves it, whatever that contains."""
        effect = FOLD.get((str(record.get("transaction_type")), str(record.get("command"))), NO_UNITS)
        quantity, sequence, step = (record.get(name) for name in ("quantity", "sequence", "order_step"))
        return LineFold(
            self.units.plus(effect, quantity if type(quantity) is int else 0),
            step if type(step) is int else self.steps,
            sequence if type(sequence) is int else self.last_record,
        )

    def begins_with(self, record: Mapping[str, Any]) -> bool:
        """Return whether a record begins a chain: the line's first one, or one after a place was undone."""
        return record.get("order_step") == 1 and not self.units.placed


@dataclass(slots=True)
class OrderLines:
    """The lines that orders have of one SKU, by order, while its log is read record by record.

    A log that is not read from its first record on shows the figures of those lines alone that begin later:
    of the others, `figures_unknown`, only the links between records are checked.
    """

    is_from_the_start: bool = True
    by_order: dict[str, LineFold] = field(default_factory=dict)
    figures_unknown: set[str] = field(default_factory=set)

    def add(self, record: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        """Add a record; return ``(attribute, expected, found)`` where it does not continue its line."""
        order_id = record.get("order_id")
        if not isinstance(order_id, str):
            return []
        line = self.by_order.get(order_id)
        found: list[tuple[str, Any, Any]] = []
        if line is None:
            line = LineFold()
            if not self.is_from_the_start and record.get("order_step") != 1:
                self.figures_unknown.add(order_id)
        elif line.begins_with(record):
            self.figures_unknown.discard(order_id)
        if line.steps or order_id not in self.figures_unknown:
            found = _links(line, record)
        after = self.by_order[order_id] = line.after(record)
        if order_id not in self.figures_unknown and not after.units.is_possible:
            found.append(("quantity", f"at most what {order_id} has left", record.get("quantity")))
        return found


def _links(line: LineFold, record: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    if line.begins_with(record):
        return []
    expected = {"order_step": line.steps + 1, "order_previous": line.last_record}
    return [(name, value, record.get(name)) for name, value in expected.items() if record.get(name) != value]
