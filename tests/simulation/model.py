"""The reference model: SKUs and orders as design 3 describes them, in memory, one command at a time.

It is the oracle of all drivers here and shares no code with the service: the table of movements, the guards
and the answers to repeated commands are written down a second time, from the design.  A command on an order
may also be done in steps (design 2.8): what is a step stands in `model_steps`, what is answered meanwhile
here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

KEY_SECONDS: Final = 86_400
TOMBSTONE_SECONDS: Final = 30 * 86_400
STOCK_MAX: Final = 1_000_000_000

MOVES: Final = {
    #                   current  reserved   per unit
    "restock":           (+1,     0),
    "order_placed":      (0,     +1),
    "order_confirmed":   (-1,    -1),
    "order_cancelled":   (0,     -1),
    "refund":            (+1,     0),
    "manual_adjustment": (+1,     0),
}  # fmt: skip


# What a shop can be told.  `lines` are (SKU, units), and one SKU may stand there twice.


@dataclass(frozen=True)
class Restock:
    sku: str
    quantity: int
    key: str


@dataclass(frozen=True)
class Adjust:
    sku: str
    change: int
    key: str


@dataclass(frozen=True)
class Count:
    sku: str
    counted: int
    expected: int
    key: str


@dataclass(frozen=True)
class Place:
    order_id: str
    lines: tuple[tuple[str, int], ...]
    hold_seconds: int = 86_400


@dataclass(frozen=True)
class Settle:
    """Confirm, cancel or refund (`kind`); without `lines` all of the order."""

    kind: str
    order_id: str
    lines: tuple[tuple[str, int], ...] | None = None
    key: str | None = None
    restock: bool = True


@dataclass(frozen=True)
class Extend:
    order_id: str
    hold_seconds: int


@dataclass(frozen=True)
class Expire:
    """What the sweeper does, of its own accord."""

    order_id: str


@dataclass(frozen=True)
class Switch:
    sku: str
    active: bool


Command = Restock | Adjust | Count | Place | Settle | Extend | Expire | Switch
Errand = Place | Settle | Expire

PHASES: Final = {"confirm": "confirming", "cancel": "cancelling", "refund": "refunding"}


class Refused(Exception):
    """The command may not be done; `code` is the problem's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Entry(NamedTuple):
    """A line of the log: what moved, and what the SKU holds after it."""

    sku: str
    kind: str
    quantity: int
    quantity_change: int
    stock_after: int
    reserved_after: int
    order_id: str | None


@dataclass
class Sku:
    current: int = 0
    reserved: int = 0
    active: bool = True
    product_active: bool = True
    """What it was told of its product last."""

    @property
    def available(self) -> int:
        return self.current - self.reserved


@dataclass
class Line:
    placed: int
    reserved: int
    confirmed: int = 0
    cancelled: int = 0
    refunded: int = 0

    @property
    def refundable(self) -> int:
        return self.confirmed - self.refunded


@dataclass
class Order:
    """Lines by SKU; without lines it is the tombstone of an order cancelled before it was placed.

    While a command on it is between two steps, `phase` is not `idle` and `errand` is that command.
    """

    lines: dict[str, Line]
    since: float
    expires_at: float
    cancel_reason: str | None = None
    phase: str = "idle"
    errand: Errand | None = None

    def total(self, figure: str) -> int:
        return sum(getattr(line, figure) for line in self.lines.values())

    def view(self) -> Hashable:
        """Return what anybody sees of it; of the phases only those that are a status of their own."""
        lines = ((sku, *vars(line).values()) for sku, line in self.lines.items())
        status = self.phase if self.phase in ("placing", "releasing") else None
        return tuple(sorted(lines)), self.cancel_reason, status

    def missing(self) -> dict[str, int]:
        """Return the units that are still to be reserved, of an order that is being placed."""
        assert isinstance(self.errand, Place)
        asked = summed(self.errand.lines)
        return {sku: quantity for sku, quantity in asked.items() if sku not in self.lines}


def summed(lines: tuple[tuple[str, int], ...]) -> dict[str, int]:
    units: dict[str, int] = {}
    for sku, quantity in lines:
        units[sku] = units.get(sku, 0) + quantity
    return units


@dataclass
class Shop:
    """All SKUs, all orders, and the Idempotency-Keys that still count; `now` in seconds."""

    skus: dict[str, Sku] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    keys: dict[str, tuple[Command, float]] = field(default_factory=dict)
    now: float = 0.0
    skew_seconds: float = 0.0
    """How far a machine's clock may be ahead or behind."""

    def do(self, command: Command) -> list[Entry]:
        """Do a command and return what the log gains; nothing if it was done before."""
        if self.repeats(command):
            return []
        for code in self.objections(command):
            raise Refused(code)
        key = getattr(command, "key", None)
        if key is not None:
            self.keys[key] = (command, self.now)
        match command:
            case Restock(sku, quantity):
                return [self.move(sku, "restock", quantity)]
            case Adjust(sku, change):
                return [self.move(sku, "manual_adjustment", change)]
            case Count(sku, counted, expected):
                return [self.move(sku, "manual_adjustment", counted - expected)]
            case Switch(sku, active):
                self.skus[sku].active = active
                return []
            case Place():
                return self._place(command)
            case Settle():
                return self._settle(command)
            case Extend(order_id, hold_seconds):
                self.orders[order_id].expires_at = self.now + hold_seconds
                return []
            case Expire(order_id):
                order = self.orders[order_id]
                order.cancel_reason = "expired"
                return self.cancel(order_id, {sku: line.reserved for sku, line in order.lines.items()})

    def answers(self, command: Command) -> set[str]:
        """Return what may be answered as things stand: `done`, `repeated`, or every objection."""
        if isinstance(command, Extend) and not any(self.objections(command)):
            # Whether it adds anything, clocks that differ see differently.
            adds = self.now + command.hold_seconds - self.orders[command.order_id].expires_at
            likely = {"done": adds > -self.skew_seconds, "repeated": adds <= self.skew_seconds}
            return {answer for answer, may_be in likely.items() if may_be}
        meanwhile = self._answer_meanwhile(command)
        if meanwhile is not None:
            return meanwhile
        if self.repeats(command):
            return {"repeated"}
        return set(self.objections(command)) or {"done"}

    def order(self, order_id: str) -> Order | None:
        """Return an order; a tombstone is forgotten after 30 days."""
        order = self.orders.get(order_id)
        if order is not None and not order.lines and order.since + TOMBSTONE_SECONDS <= self.now:
            return None
        return order

    def _answer_meanwhile(self, command: Command) -> set[str] | None:
        """Return what may be answered of an order that is between two steps; None if it is not."""
        order = self.order(getattr(command, "order_id", ""))
        if order is None or order.phase == "idle":
            return None
        known = self._known_key(command)
        if known not in (None, command):
            return {"idempotency_key_reused"}
        match command:
            case Place(_, lines) if isinstance(order.errand, Place):
                if order.phase == "releasing":
                    return {"order_in_progress"}
                if summed(order.errand.lines) != summed(lines):
                    return {"order_exists"}
                # Whoever sends it again goes on with it, up to a line that cannot be had.
                return {"done", *self.not_to_be_had(order.missing())}
            case Place(_, lines):
                return {"repeated"} if _placed(order) == summed(lines) else {"order_exists"}
            case Settle(kind, _, None) if order.phase == PHASES[kind]:
                return {"done"}
        return {"repeated"} if known == command else {"order_in_progress"}

    # Was it done before?

    def repeats(self, command: Command) -> bool:
        known = self._known_key(command)
        if known is not None:
            return known == command
        match command:
            case Switch(sku, active):
                return self.skus[sku].active is active
            case Extend(order_id, hold_seconds):
                order = self.order(order_id)
                ends_at = self.now + hold_seconds + self.skew_seconds
                return order is not None and order.total("reserved") > 0 and order.expires_at >= ends_at
            case Place(order_id, lines):
                order = self.order(order_id)
                return order is not None and bool(order.lines) and _placed(order) == summed(lines)
            case Settle(kind, order_id, None):
                order = self.order(order_id)
                if order is None:
                    return False
                held, confirmed = order.total("reserved"), order.total("confirmed")
                return {
                    "confirm": not held and confirmed > 0 and order.cancel_reason != "expired",
                    "cancel": not held and (order.total("cancelled") > 0 or not order.lines),
                    "refund": 0 < order.total("refunded") == confirmed,
                }[kind]
        return False

    def _known_key(self, command: Command) -> Command | None:
        known, since = self.keys.get(getattr(command, "key", None) or "", (None, 0.0))
        return known if since + KEY_SECONDS > self.now else None

    # May it be done?

    def objections(self, command: Command) -> Iterator[str]:
        """Yield what a command may be refused with, if it is to be done at once."""
        order = self.order(getattr(command, "order_id", ""))
        if order is not None and order.phase != "idle":
            yield "order_in_progress"
            return
        if self._known_key(command) not in (None, command):
            yield "idempotency_key_reused"
        match command:
            case Restock(sku, quantity):
                yield from self._inactive(sku)
                if self.skus[sku].current + quantity > STOCK_MAX:
                    yield "stock_limit_exceeded"
            case Adjust(sku, change):
                yield from self._correction(sku, change)
            case Count(sku, counted, expected):
                if self.skus[sku].current != expected:
                    yield "count_stale"
                else:
                    yield from self._correction(sku, counted - expected)
            case Place(order_id, lines):
                yield from self._place_objections(order_id, summed(lines))
            case Settle():
                yield from self._settle_objections(command)
            case Extend(order_id):
                order = self.order(order_id)
                if order is None:
                    yield "order_not_found"
                elif not order.total("reserved"):
                    yield _ended(order)
            case Expire(order_id):
                order = self.order(order_id)
                if order is None or not order.total("reserved"):
                    yield "nothing_held"
                elif self.now + self.skew_seconds < order.expires_at:
                    yield "not_due"

    def _inactive(self, sku: str) -> Iterator[str]:
        if not self.skus[sku].active:
            yield "sku_inactive"
        if not self.skus[sku].product_active:
            yield "product_inactive"

    def _correction(self, sku: str, change: int) -> Iterator[str]:
        if self.skus[sku].current + change < self.skus[sku].reserved:
            yield "adjustment_below_reserved"
        if self.skus[sku].current + change > STOCK_MAX:
            yield "stock_limit_exceeded"

    def _place_objections(self, order_id: str, units: Mapping[str, int]) -> Iterator[str]:
        order = self.order(order_id)
        if order is not None:
            if not order.lines:
                yield "order_cancelled"
            elif _placed(order) != units:
                yield "order_exists"
            return
        yield from self.not_to_be_had(units)

    def not_to_be_had(self, units: Mapping[str, int]) -> Iterator[str]:
        for sku, quantity in units.items():
            if sku not in self.skus:
                yield "sku_not_found"
                continue
            yield from self._inactive(sku)
            if self.skus[sku].available < quantity:
                yield "insufficient_stock"

    def _settle_objections(self, command: Settle) -> Iterator[str]:
        order = self.order(command.order_id)
        kind, whole = command.kind, command.lines is None
        if order is None:
            if not (kind == "cancel" and whole):
                yield "order_not_found"
            return
        held, confirmed = order.total("reserved"), order.total("confirmed")
        if kind == "confirm" and not held and (not confirmed or order.cancel_reason == "expired"):
            yield _ended(order)
        elif kind == "cancel" and not held and confirmed:
            yield "order_confirmed"
        elif kind == "cancel" and not order.lines:
            yield "order_cancelled"
        else:
            figure = "refundable" if kind == "refund" else "reserved"
            units = self.units(command)
            for sku, quantity in units.items():
                if sku not in order.lines:
                    yield "sku_not_found"
                elif quantity > getattr(order.lines[sku], figure):
                    yield "refund_exceeds_confirmed" if kind == "refund" else "quantity_exceeds_reserved"
            if kind == "refund" and not units:
                yield "refund_exceeds_confirmed"

    # What it changes

    def move(
        self, sku: str, kind: str, quantity: int, order_id: str | None = None, *, sellable: bool = True
    ) -> Entry:
        stock, (current, reserved) = self.skus[sku], MOVES[kind] if sellable else (0, 0)
        stock.current += current * quantity
        stock.reserved += reserved * quantity
        assert 0 <= stock.reserved <= stock.current, (sku, kind, quantity, stock)
        change = current * quantity
        return Entry(sku, kind, abs(quantity), change, stock.current, stock.reserved, order_id)

    def _place(self, command: Place) -> list[Entry]:
        units = summed(command.lines)
        lines = {sku: Line(quantity, quantity) for sku, quantity in units.items()}
        self.orders[command.order_id] = Order(lines, self.now, self.now + command.hold_seconds)
        return [self.move(sku, "order_placed", q, command.order_id) for sku, q in units.items()]

    def _settle(self, command: Settle) -> list[Entry]:
        order_id, order = command.order_id, self.order(command.order_id)
        if order is None:
            self.orders[order_id] = Order({}, self.now, self.now, "requested")
            return []
        return self.settle(command, self.units(command))

    def settle(self, command: Settle, units: Mapping[str, int]) -> list[Entry]:
        order_id, order = command.order_id, self.orders[command.order_id]
        if command.kind == "cancel":
            order.cancel_reason = "requested"
            return self.cancel(order_id, units)
        entries = []
        for sku, quantity in units.items():
            line = order.lines[sku]
            if command.kind == "confirm":
                line.reserved -= quantity
                line.confirmed += quantity
                entries.append(self.move(sku, "order_confirmed", quantity, order_id))
            else:
                line.refunded += quantity
                entries.append(self.move(sku, "refund", quantity, order_id, sellable=command.restock))
        return entries

    def cancel(self, order_id: str, units: Mapping[str, int]) -> list[Entry]:
        for sku, quantity in units.items():
            self.orders[order_id].lines[sku].reserved -= quantity
            self.orders[order_id].lines[sku].cancelled += quantity
        return [self.move(sku, "order_cancelled", q, order_id) for sku, q in units.items() if q]

    def units(self, command: Settle) -> dict[str, int]:
        """Return the units that a command concerns: those it names, or all that can be settled."""
        if command.lines is not None:
            return summed(command.lines)
        figure = "refundable" if command.kind == "refund" else "reserved"
        units = {sku: getattr(line, figure) for sku, line in self.orders[command.order_id].lines.items()}
        return {sku: quantity for sku, quantity in units.items() if quantity}


def _placed(order: Order) -> dict[str, int]:
    return {sku: line.placed for sku, line in order.lines.items()}


def _ended(order: Order) -> str:
    """Return what a client is told of an order that holds nothing any more."""
    if order.cancel_reason == "expired":
        return "reservation_expired"
    return "order_confirmed" if order.total("confirmed") else "order_cancelled"
