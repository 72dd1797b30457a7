"""The reference model: SKUs and orders as design 3 describes them, in memory, one command at a time.

It is the oracle of all tests here and shares no code with the service: the effects of each transaction
type, the refusals and the responses to replayed commands are written down a second time, from the design.  A
command on an order may also be executed as a saga, in steps (design 2.8): `model_steps` defines the steps,
this module the responses while a saga is in progress.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.support.small_limits import PART_LINES_MAX, SETTLEMENT_ACTIONS_MAX, SINGLE_ITEM_LINES_MAX

KEY_SECONDS: Final = 86_400
TOMBSTONE_SECONDS: Final = 30 * 86_400
STOCK_MAX: Final = 1_000_000_000

EFFECTS: Final = {
    #                   current  reserved   per unit
    "restock":           (+1,     0),
    "order_placed":      (0,     +1),
    "order_confirmed":   (-1,    -1),
    "order_cancelled":   (0,     -1),
    "refund":            (+1,     0),
    "manual_adjustment": (+1,     0),
}  # fmt: skip


# The commands.  `lines` are (SKU, units), and one SKU may occur twice.


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
class StockCount:
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
class Amend:
    """Reserve so many units of each line from now on."""

    order_id: str
    lines: tuple[tuple[str, int], ...]
    key: str


@dataclass(frozen=True)
class Reopen:
    """Reserve again what the last cancellation or expiry released."""

    order_id: str
    key: str
    hold_seconds: int = 86_400


@dataclass(frozen=True)
class Extend:
    order_id: str
    hold_seconds: int


@dataclass(frozen=True)
class Expire:
    """What the sweeper does without a request."""

    order_id: str


@dataclass(frozen=True)
class SetActive:
    sku: str
    active: bool


Command = Restock | Adjust | StockCount | Place | Settle | Amend | Reopen | Extend | Expire | SetActive
SagaCommand = Place | Settle | Expire

SAGA_STATES: Final = {"confirm": "confirming", "cancel": "cancelling", "refund": "refunding"}


class Refused(Exception):
    """The command is refused; `code` is that of the problem."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Entry(NamedTuple):
    """A record of the log: the movement, and the SKU's stock after it."""

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
    """The flag of its product that was set last."""

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
    """Lines by SKU; without lines it is the tombstone of an order that was cancelled before it was placed, or
    was accepted and could not be reserved.

    While a saga is in progress, `saga_state` is not `idle` and `saga_command` is its command.
    """

    lines: dict[str, Line]
    since: float
    expires_at: float
    cancel_reason: str | None = None
    saga_state: str = "idle"
    saga_command: SagaCommand | None = None
    was_settled_in_part: bool = False
    pending: dict[str, int] | None = None
    """What a saga that settles named lines has still to settle; None if it settles all that remains.  What an
    acknowledged place has still to reserve."""
    is_acknowledged: bool = False
    """Whether a place that is in progress was answered with 202."""
    parts: dict[str, int] = field(default_factory=dict)
    """The number of the part that stores each line; empty if the order is one item."""
    first_placed: dict[str, int] | None = None
    """The units of the place, once an amend has changed them."""
    last_released: dict[str, int] = field(default_factory=dict)
    """What the last cancellation or expiry has released, until the order is reopened."""

    def total(self, figure: str) -> int:
        return sum(getattr(line, figure) for line in self.lines.values())

    def is_joined_by(self, command: Settle) -> bool:
        """Return whether a command continues the saga in progress: its own, or one of the whole order."""
        if self.saga_state != SAGA_STATES[command.kind]:
            return False
        return self.pending is None if command.lines is None else self.saga_command == command

    def view(self) -> Hashable:
        """Return what the API shows of it: while a saga is in progress, its state is the status."""
        lines = ((sku, *vars(line).values()) for sku, line in self.lines.items() if line.placed)
        status = None if self.saga_state == "idle" else self.saga_state
        return tuple(sorted(lines)), self.cancel_reason, status

    def missing(self) -> dict[str, int]:
        """Return the units that are still to be reserved, of an order that is being placed."""
        assert isinstance(self.saga_command, Place)
        requested = summed(self.saga_command.lines)
        return {sku: quantity for sku, quantity in requested.items() if sku not in self.lines}


def parts_of(skus: Iterable[str]) -> dict[str, int]:
    """Return the number of the part of each line of a new order; none if it is one item."""
    in_order = sorted(skus)
    if len(in_order) <= SINGLE_ITEM_LINES_MAX:
        return {}
    return {sku: position // PART_LINES_MAX + 1 for position, sku in enumerate(in_order)}


def summed(lines: tuple[tuple[str, int], ...]) -> dict[str, int]:
    units: dict[str, int] = {}
    for sku, quantity in lines:
        units[sku] = units.get(sku, 0) + quantity
    return units


@dataclass
class Shop:
    """All SKUs, all orders, and the Idempotency-Keys that have not expired; `now` in seconds."""

    skus: dict[str, Sku] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    keys: dict[str, tuple[Command, float]] = field(default_factory=dict)
    now: float = 0.0
    skew_seconds: float = 0.0
    """How far the clock of a process may be ahead or behind."""

    def execute(self, command: Command) -> list[Entry]:
        """Execute a command and return the new records of the log; none if it was executed before."""
        if self.is_replay(command):
            return []
        for code in self.refusals(command):
            raise Refused(code)
        key = getattr(command, "key", None)
        if key is not None:
            self.keys[key] = (command, self.now)
        match command:
            case Restock(sku, quantity):
                return [self.move(sku, "restock", quantity)]
            case Adjust(sku, change):
                return [self.move(sku, "manual_adjustment", change)]
            case StockCount(sku, counted, expected):
                return [self.move(sku, "manual_adjustment", counted - expected)]
            case SetActive(sku, active):
                self.skus[sku].active = active
                return []
            case Place():
                return self._place(command)
            case Settle():
                return self._settle(command)
            case Amend():
                return self._amend(command)
            case Reopen():
                return self._reopen(command)
            case Extend(order_id, hold_seconds):
                self.orders[order_id].expires_at = self.now + hold_seconds
                return []
            case Expire(order_id):
                order = self.orders[order_id]
                order.cancel_reason = "expired"
                return self.cancel(order_id, {sku: line.reserved for sku, line in order.lines.items()})

    def possible_codes(self, command: Command) -> set[str]:
        """Return the codes that a response may have now: `done`, `replayed`, or every possible refusal."""
        if isinstance(command, Extend) and not any(self.refusals(command)):
            # Whether it extends the hold depends on the clock of the process.
            adds = self.now + command.hold_seconds - self.orders[command.order_id].expires_at
            possible = {"done": adds > -self.skew_seconds, "replayed": adds <= self.skew_seconds}
            return {code for code, is_possible in possible.items() if is_possible}
        order_in_progress = self._codes_while_in_progress(command)
        if order_in_progress is not None:
            return order_in_progress
        if self.is_replay(command):
            return {"replayed"}
        return set(self.refusals(command)) or {"done"}

    def order(self, order_id: str) -> Order | None:
        """Return an order; a tombstone expires after 30 days."""
        order = self.orders.get(order_id)
        if order is not None and not order.lines and order.since + TOMBSTONE_SECONDS <= self.now:
            return None
        return order

    def _codes_while_in_progress(self, command: Command) -> set[str] | None:
        """Return the possible codes while a saga of the order is in progress; None if there is none."""
        order = self.order(getattr(command, "order_id", ""))
        if order is None or order.saga_state == "idle":
            return None
        known = self._command_of_key(command)
        if known not in (None, command):
            return {"idempotency_key_reused"}
        if _lacks_key(command, order):
            return {"idempotency_key_required"}
        match command:
            case Place(_, lines) if isinstance(order.saga_command, Place):
                if order.saga_state == "releasing":
                    return {"order_in_progress"}
                if summed(order.saga_command.lines) != summed(lines):
                    return {"order_exists"}
                if order.is_acknowledged:
                    return {"done"}
                # A retry continues the saga, up to a line that cannot be reserved.
                return {"done", *self.unreservable(order.missing())}
            case Place(_, lines):
                return {"order_in_progress"} if _placed(order) == summed(lines) else {"order_exists"}
            case Settle() if order.is_joined_by(command):
                return {"done"}
        return {"replayed"} if known == command else {"order_in_progress"}

    # Was it executed before?

    def is_replay(self, command: Command) -> bool:
        known = self._command_of_key(command)
        if known is not None:
            return known == command
        match command:
            case SetActive(sku, active):
                return self.skus[sku].active is active
            case Extend(order_id, hold_seconds):
                order = self.order(order_id)
                ends_at = self.now + hold_seconds + self.skew_seconds
                return order is not None and order.total("reserved") > 0 and order.expires_at >= ends_at
            case Place(order_id, lines):
                order = self.order(order_id)
                return order is not None and not _has_ended(order) and _placed(order) == summed(lines)
            case Settle(kind, order_id, None):
                order = self.order(order_id)
                if order is None or _lacks_key(command, order):
                    return False
                held, confirmed = order.total("reserved"), order.total("confirmed")
                return {
                    "confirm": not held and confirmed > 0 and order.cancel_reason != "expired",
                    "cancel": not held and (order.total("cancelled") > 0 or not order.lines),
                    "refund": 0 < order.total("refunded") == confirmed,
                }[kind]
        return False

    def _command_of_key(self, command: Command) -> Command | None:
        known, since = self.keys.get(getattr(command, "key", None) or "", (None, 0.0))
        return known if since + KEY_SECONDS > self.now else None

    # Is it refused?

    def refusals(self, command: Command) -> Iterator[str]:
        """Yield the codes with which a command may be refused, if it is executed in one transaction."""
        order = self.order(getattr(command, "order_id", ""))
        if order is not None and order.saga_state != "idle":
            yield "order_in_progress"
            return
        if self._command_of_key(command) not in (None, command):
            yield "idempotency_key_reused"
        match command:
            case Restock(sku, quantity):
                yield from self._refusals_of_inactive(sku)
                if self.skus[sku].current + quantity > STOCK_MAX:
                    yield "stock_limit_exceeded"
            case Adjust(sku, change):
                yield from self._refusals_of_adjustment(sku, change)
            case StockCount(sku, counted, expected):
                if self.skus[sku].current != expected:
                    yield "count_stale"
                else:
                    yield from self._refusals_of_adjustment(sku, counted - expected)
            case Place(order_id, lines):
                yield from self._refusals_of_place(order_id, summed(lines))
            case Settle():
                yield from self._refusals_of_settle(command)
            case Amend():
                yield from self._refusals_of_amend(command)
            case Reopen(order_id):
                order = self.order(order_id)
                if order is None:
                    yield "order_not_found"
                elif order.total("reserved") or not order.last_released:
                    yield "not_reopenable"
                elif _takes_too_much(order, order.last_released):
                    yield "too_many_changes"
                else:
                    yield from self.unreservable(order.last_released)
            case Extend(order_id):
                order = self.order(order_id)
                if order is None:
                    yield "order_not_found"
                elif not order.total("reserved"):
                    yield _code_of_settled(order)
            case Expire(order_id):
                order = self.order(order_id)
                if order is None or not order.total("reserved"):
                    yield "nothing_held"
                elif self.now + self.skew_seconds < order.expires_at:
                    yield "not_due"

    def _refusals_of_inactive(self, sku: str) -> Iterator[str]:
        if not self.skus[sku].active:
            yield "sku_inactive"
        if not self.skus[sku].product_active:
            yield "product_inactive"

    def _refusals_of_adjustment(self, sku: str, change: int) -> Iterator[str]:
        if self.skus[sku].current + change < self.skus[sku].reserved:
            yield "adjustment_below_reserved"
        if self.skus[sku].current + change > STOCK_MAX:
            yield "stock_limit_exceeded"

    def _refusals_of_place(self, order_id: str, units: Mapping[str, int]) -> Iterator[str]:
        order = self.order(order_id)
        if order is not None:
            if order.lines and _placed(order) != units:
                yield "order_exists"
            elif _has_ended(order):
                yield _code_of_settled(order)
            return
        yield from self.unreservable(units)

    def unreservable(self, units: Mapping[str, int]) -> Iterator[str]:
        for sku, quantity in units.items():
            if sku not in self.skus:
                yield "sku_not_found"
                continue
            yield from self._refusals_of_inactive(sku)
            if self.skus[sku].available < quantity:
                yield "insufficient_stock"

    def _refusals_of_settle(self, command: Settle) -> Iterator[str]:
        order = self.order(command.order_id)
        kind, whole = command.kind, command.lines is None
        if order is None:
            if not (kind == "cancel" and whole):
                yield "order_not_found"
            return
        if _lacks_key(command, order):
            yield "idempotency_key_required"
            return
        held, confirmed = order.total("reserved"), order.total("confirmed")
        if kind == "confirm" and not held and (not confirmed or order.cancel_reason == "expired"):
            yield _code_of_settled(order)
        elif kind == "cancel" and not held and confirmed:
            yield "order_confirmed"
        elif not whole and not order.lines:
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

    def _refusals_of_amend(self, command: Amend) -> Iterator[str]:
        order = self.order(command.order_id)
        if order is None:
            yield "order_not_found"
            return
        changes = self._changes(command)
        grown = order.lines.keys() | changes.keys()
        if any(sku not in order.lines for sku, units in summed(command.lines).items() if not units):
            yield "sku_not_found"
        elif not order.total("reserved"):
            yield "order_confirmed" if order.total("confirmed") else _code_of_settled(order)
        elif _takes_too_much(order, changes) or not (order.parts or len(grown) <= SINGLE_ITEM_LINES_MAX):
            yield "too_many_changes"
        else:
            yield from self.unreservable({sku: units for sku, units in changes.items() if units > 0})

    # What it changes

    def move(
        self, sku: str, kind: str, quantity: int, order_id: str | None = None, *, sellable: bool = True
    ) -> Entry:
        stock, (current, reserved) = self.skus[sku], EFFECTS[kind] if sellable else (0, 0)
        stock.current += current * quantity
        stock.reserved += reserved * quantity
        assert 0 <= stock.reserved <= stock.current, (sku, kind, quantity, stock)
        change = current * quantity
        return Entry(sku, kind, abs(quantity), change, stock.current, stock.reserved, order_id)

    def _place(self, command: Place) -> list[Entry]:
        units = summed(command.lines)
        lines = {sku: Line(quantity, quantity) for sku, quantity in units.items()}
        self.orders[command.order_id] = Order(
            lines, self.now, self.now + command.hold_seconds, parts=parts_of(units)
        )
        return [self.move(sku, "order_placed", q, command.order_id) for sku, q in units.items()]

    def _changes(self, command: Amend) -> dict[str, int]:
        lines = self.orders[command.order_id].lines
        reserved = {sku: line.reserved for sku, line in lines.items()}
        changes = {sku: units - reserved.get(sku, 0) for sku, units in summed(command.lines).items()}
        return {sku: units for sku, units in changes.items() if units}

    def _amend(self, command: Amend) -> list[Entry]:
        order_id, order, changes = command.order_id, self.orders[command.order_id], self._changes(command)
        order.was_settled_in_part = True
        order.first_placed = _placed(order)
        if not order.total("confirmed") and order.total("reserved") + sum(changes.values()) == 0:
            order.cancel_reason = "requested"
            return self.cancel(order_id, {sku: -units for sku, units in changes.items()})
        order.parts = _parts_after(order, changes)
        entries = []
        for sku, units in changes.items():
            line = order.lines.setdefault(sku, Line(0, 0))
            line.placed += units
            line.reserved += units
            kind = "order_placed" if units > 0 else "order_cancelled"
            entries.append(self.move(sku, kind, abs(units), order_id))
        return entries

    def _reopen(self, command: Reopen) -> list[Entry]:
        order = self.orders[command.order_id]
        units, order.last_released = order.last_released, {}
        for sku, quantity in units.items():
            order.lines[sku].cancelled -= quantity
            order.lines[sku].reserved += quantity
        order.cancel_reason, order.was_settled_in_part = None, True
        order.expires_at = self.now + command.hold_seconds
        return [self.move(sku, "order_placed", quantity, command.order_id) for sku, quantity in units.items()]

    def _settle(self, command: Settle) -> list[Entry]:
        order_id, order = command.order_id, self.order(command.order_id)
        if order is None:
            self.orders[order_id] = Order({}, self.now, self.now, "requested")
            return []
        entries = self.settle(command, self.units(command))
        order.was_settled_in_part |= command.lines is not None and is_mixed(order)
        return entries

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

    def release(self, order_id: str, units: Mapping[str, int]) -> list[Entry]:
        """Undo the place of whole lines: it is as if they had never been placed."""
        for sku, quantity in units.items():
            line = self.orders[order_id].lines.pop(sku)
            assert (line.placed, line.reserved) == (quantity, quantity), line
        return [self.move(sku, "order_cancelled", q, order_id) for sku, q in units.items() if q]

    def cancel(self, order_id: str, units: Mapping[str, int]) -> list[Entry]:
        order = self.orders[order_id]
        if order.saga_state == "idle":
            order.last_released = {}
        order.last_released |= {sku: quantity for sku, quantity in units.items() if quantity}
        for sku, quantity in units.items():
            self.orders[order_id].lines[sku].reserved -= quantity
            self.orders[order_id].lines[sku].cancelled += quantity
        return [self.move(sku, "order_cancelled", q, order_id) for sku, q in units.items() if q]

    def units(self, command: Settle) -> dict[str, int]:
        """Return the units of a command: those it names, or all that can be settled."""
        if command.lines is not None:
            return summed(command.lines)
        figure = "refundable" if command.kind == "refund" else "reserved"
        units = {sku: getattr(line, figure) for sku, line in self.orders[command.order_id].lines.items()}
        return {sku: quantity for sku, quantity in units.items() if quantity}


def _placed(order: Order) -> dict[str, int]:
    """Return the lines of the place, whatever an amend has made of them."""
    if order.first_placed is not None:
        return order.first_placed
    return {sku: line.placed for sku, line in order.lines.items()}


def _parts_after(order: Order, changes: Iterable[str]) -> dict[str, int]:
    """Return the parts of an order's lines after an amend: new ones fill the last part, and then others."""
    parts = dict(order.parts)
    for sku in changes if parts else ():
        if sku not in order.lines:
            last = max(parts.values())
            is_full = [*parts.values()].count(last) == PART_LINES_MAX
            parts[sku] = last + is_full
    return parts


def _takes_too_much(order: Order, changes: Mapping[str, int]) -> bool:
    """Return whether lines take more than one transaction: two actions each, each part, order and key."""
    parts = _parts_after(order, changes)
    return 2 * len(changes) + len({parts[sku] for sku in changes if parts}) + 2 > SETTLEMENT_ACTIONS_MAX


def _lacks_key(command: Command, order: Order) -> bool:
    """Return whether a whole command has no key although an earlier one settled part of the order."""
    is_whole = isinstance(command, Settle) and command.lines is None
    return is_whole and order.was_settled_in_part and getattr(command, "key", None) is None


def is_mixed(order: Order) -> bool:
    """Return whether the units of an order have different fates so far."""
    fates = {"reserved", "refundable", "cancelled", "refunded"}
    return sum(order.total(fate) > 0 for fate in fates) > 1


def _has_ended(order: Order) -> bool:
    """Return whether an order was wholly cancelled, or has expired."""
    return not order.total("reserved") and not order.total("confirmed")


def _code_of_settled(order: Order) -> str:
    """Return the code for an order that no longer reserves anything."""
    if order.cancel_reason == "expired":
        return "reservation_expired"
    return "order_confirmed" if order.total("confirmed") else "order_cancelled"
