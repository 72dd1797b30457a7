"""The steps of a command on an order, as design 2.8 and 3 describe them, on the model of `model`.

::

    (none) ── PlaceSome ──► placing ── PlaceSome, the last ──► idle ── Begin ──► confirming, …
                               │ Turn                            ▲                   │ SettleSome, the last
                               ▼                                 └───────────────────┘
    (none) ◄──── Remove ─── releasing

Each step is one transaction.  Nothing moves when an order is turned, begun or removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests.simulation.model import PHASES, Entry, Expire, Line, Order, Place, Refused, Settle, Shop, summed


class Some(frozenset[str]):
    """SKUs, printed in an order of their own: a set's is another in each process."""

    def __repr__(self) -> str:
        return f"{{{', '.join(sorted(self))}}}"


@dataclass(frozen=True)
class PlaceSome:
    place: Place
    some: frozenset[str]


@dataclass(frozen=True)
class Turn:
    """No more lines are placed: what has been is given back."""

    order_id: str


@dataclass(frozen=True)
class ReleaseSome:
    order_id: str
    some: frozenset[str]


@dataclass(frozen=True)
class Remove:
    """It has given back all, and goes as if it had never been placed."""

    order_id: str


@dataclass(frozen=True)
class Begin:
    """Let everybody see what is to be done with all of an order."""

    command: Settle | Expire


@dataclass(frozen=True)
class SettleSome:
    order_id: str
    some: frozenset[str]


Step = PlaceSome | Turn | ReleaseSome | Remove | Begin | SettleSome

KINDS: Final = {
    (None, "placing"): PlaceSome,
    ("placing", "placing"): PlaceSome,
    ("placing", "idle"): PlaceSome,
    ("placing", "releasing"): Turn,
    ("releasing", "releasing"): ReleaseSome,
    ("releasing", None): Remove,
    **{("idle", phase): Begin for phase in PHASES.values()},
    **{(phase, phase): SettleSome for phase in PHASES.values()},
    **{(phase, "idle"): SettleSome for phase in PHASES.values()},
}
"""The step that takes an order from one phase to another; what is not here is none."""


def take(shop: Shop, step: Step) -> list[Entry]:
    """Take a step, and return what the log gains.

    Raises
    ------
    Refused
        If it may not be taken as things stand.
    """
    match step:
        case PlaceSome(place, some):
            return _place_some(shop, place, some)
        case Turn(order_id):
            _require_phase(shop, order_id, "placing").phase = "releasing"
            return []
        case ReleaseSome(order_id, some):
            order = _require_phase(shop, order_id, "releasing")
            _require_lines(some, (sku for sku, line in order.lines.items() if line.reserved))
            return shop.cancel(order_id, {sku: order.lines[sku].reserved for sku in some})
        case Remove(order_id):
            if _require_phase(shop, order_id, "releasing").total("reserved"):
                raise Refused("it still holds units")
            del shop.orders[order_id]
            return []
        case Begin(command):
            return _begin(shop, command)
        case SettleSome(order_id, some):
            return _settle_some(shop, order_id, some)


def _place_some(shop: Shop, place: Place, some: frozenset[str]) -> list[Entry]:
    order = shop.order(place.order_id)
    if order is None:
        order = Order({}, shop.now, shop.now + place.hold_seconds, None, "placing", place)
    elif order.phase != "placing" or summed(_placing(order).lines) != summed(place.lines):
        raise Refused("nobody places that")
    missing = order.missing()
    _require_lines(some, missing)
    for code in shop.not_to_be_had({sku: missing[sku] for sku in some}):
        raise Refused(code)
    shop.orders[place.order_id] = order
    order.lines |= {sku: Line(missing[sku], missing[sku]) for sku in some}
    _end_if(order, not order.missing())
    return [shop.move(sku, "order_placed", missing[sku], place.order_id) for sku in some]


def _begin(shop: Shop, command: Settle | Expire) -> list[Entry]:
    order = shop.order(command.order_id)
    if order is None or shop.repeats(command) or (isinstance(command, Settle) and command.lines is not None):
        raise Refused("there is nothing to begin")
    for code in shop.objections(command):
        raise Refused(code)
    if isinstance(command, Settle) and command.key is not None:
        shop.keys[command.key] = (command, shop.now)
    order.phase = PHASES[command.kind] if isinstance(command, Settle) else "cancelling"
    order.errand = command
    return []


def _settle_some(shop: Shop, order_id: str, some: frozenset[str]) -> list[Entry]:
    order = shop.order(order_id)
    if order is None or not isinstance(order.errand, Settle | Expire):
        raise Refused("nobody settles it")
    errand = order.errand
    command = errand if isinstance(errand, Settle) else Settle("cancel", order_id)
    remaining = shop.units(command)
    _require_lines(some, remaining)
    entries = shop.settle(command, {sku: remaining[sku] for sku in some})
    if isinstance(errand, Expire):
        order.cancel_reason = "expired"
    _end_if(order, not shop.units(command))
    return entries


def _end_if(order: Order, is_at_its_end: bool) -> None:
    if is_at_its_end:
        order.phase, order.errand = "idle", None


def _require_phase(shop: Shop, order_id: str, phase: str) -> Order:
    order = shop.order(order_id)
    if order is None or order.phase != phase:
        raise Refused(f"it is not {phase}")
    return order


def _require_lines(some: frozenset[str], of: Iterable[str]) -> None:
    if not some or not some <= {*of}:
        raise Refused(f"{sorted(some)} are not lines for this step")


def _placing(order: Order) -> Place:
    assert isinstance(order.errand, Place)
    return order.errand
