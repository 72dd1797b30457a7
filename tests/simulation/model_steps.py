"""The steps of a command on an order, as design 2.8 and 3 describe them, on the model of `model`.

::

    (none) ── PlaceLines ──► placing ── PlaceLines, last step ──► idle ── BeginSettlement ──► confirming, …
                                │ BeginRelease                     ▲             SettleLines,  │
                                ▼                                  └────────────────last step──┘
    (none) ◄──── Remove ──── releasing ◄──► ReleaseLines
    idle   ◄──── Refuse ────────┘

Each step is one transaction.  `Acknowledge`, `BeginRelease`, `BeginSettlement`, `Refuse` and `Remove` move no
stock.  `Acknowledge` leaves an order in placing: it is not removed any more, but placed or refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests.simulation.model import (
    SAGA_STATES,
    Entry,
    Expire,
    Line,
    Order,
    Place,
    Refused,
    Settle,
    Shop,
    is_mixed,
    parts_of,
    summed,
)


class SkuSet(frozenset[str]):
    """SKUs, printed in sorted order: that of a set differs from process to process."""

    def __repr__(self) -> str:
        return f"{{{', '.join(sorted(self))}}}"


@dataclass(frozen=True)
class PlaceLines:
    place: Place
    skus: frozenset[str]


@dataclass(frozen=True)
class Acknowledge:
    """Record in an order what is still to be reserved, as its client will be answered 202."""

    order_id: str


@dataclass(frozen=True)
class BeginRelease:
    """The place has failed: no more lines are reserved, and those that are will be released."""

    order_id: str


@dataclass(frozen=True)
class ReleaseLines:
    order_id: str
    skus: frozenset[str]


@dataclass(frozen=True)
class Remove:
    """All its units are released: the order is removed as if it had never been placed."""

    order_id: str


@dataclass(frozen=True)
class Refuse:
    """All units of an acknowledged order are released: a tombstone says that it could not be placed."""

    order_id: str


@dataclass(frozen=True)
class BeginSettlement:
    """Record in the order that a saga settles all of it, or which units of named lines."""

    command: Settle | Expire


@dataclass(frozen=True)
class SettleLines:
    order_id: str
    skus: frozenset[str]


Step = (
    PlaceLines | Acknowledge | BeginRelease | ReleaseLines | Remove | Refuse | BeginSettlement | SettleLines
)

STEP_TYPES: Final[dict[tuple[str | None, str | None], type[Step]]] = {
    (None, "placing"): PlaceLines,
    ("placing", "placing"): PlaceLines,
    ("placing", "idle"): PlaceLines,
    ("placing", "releasing"): BeginRelease,
    ("releasing", "releasing"): ReleaseLines,
    ("releasing", None): Remove,
    **{("idle", saga_state): BeginSettlement for saga_state in SAGA_STATES.values()},
    **{(saga_state, saga_state): SettleLines for saga_state in SAGA_STATES.values()},
    **{(saga_state, "idle"): SettleLines for saga_state in SAGA_STATES.values()},
}
"""The step that takes an order from one saga state to another; other transitions are invalid.

`Acknowledge` is a `PlaceLines` without lines, `Refuse` a `Remove` that leaves a tombstone.
"""


def take(shop: Shop, step: Step) -> list[Entry]:
    """Take a step, and return the new records of the log.

    Raises
    ------
    Refused
        If it is invalid now.
    """
    match step:
        case PlaceLines(place, skus):
            return _place_lines(shop, place, skus)
        case Acknowledge(order_id):
            order = _require_state(shop, order_id, "placing")
            if order.is_acknowledged:
                raise Refused("it was acknowledged before")
            order.is_acknowledged, order.pending = True, order.missing()
            return []
        case BeginRelease(order_id):
            _require_state(shop, order_id, "placing").saga_state = "releasing"
            return []
        case ReleaseLines(order_id, skus):
            order = _require_state(shop, order_id, "releasing")
            _require_lines(skus, (sku for sku, line in order.lines.items() if line.reserved))
            return shop.release(order_id, {sku: order.lines[sku].reserved for sku in skus})
        case Remove(order_id):
            if _released(shop, order_id).is_acknowledged:
                raise Refused("its client knows that it was accepted")
            del shop.orders[order_id]
            return []
        case Refuse(order_id):
            if not _released(shop, order_id).is_acknowledged:
                raise Refused("it was not acknowledged")
            shop.orders[order_id] = Order({}, shop.now, shop.now, "insufficient_stock")
            return []
        case BeginSettlement(command):
            return _begin(shop, command)
        case SettleLines(order_id, skus):
            return _settle_lines(shop, order_id, skus)


def _place_lines(shop: Shop, place: Place, skus: frozenset[str]) -> list[Entry]:
    order = shop.order(place.order_id)
    if order is None:
        order = Order({}, shop.now, shop.now + place.hold_seconds, None, "placing", place)
        order.parts = parts_of(summed(place.lines))
    elif order.saga_state != "placing" or summed(_place_of(order).lines) != summed(place.lines):
        raise Refused("no saga places these lines")
    missing = order.missing()
    _require_lines(skus, missing)
    for code in shop.unreservable({sku: missing[sku] for sku in skus}):
        raise Refused(code)
    shop.orders[place.order_id] = order
    order.lines |= {sku: Line(missing[sku], missing[sku]) for sku in skus}
    if order.is_acknowledged:
        order.pending = order.missing()
    if not order.missing():
        order.expires_at = shop.now + _place_of(order).hold_seconds
        order.pending, order.is_acknowledged = None, False
        _end_saga_if(order, True)
    return [shop.move(sku, "order_placed", missing[sku], place.order_id) for sku in skus]


def _begin(shop: Shop, command: Settle | Expire) -> list[Entry]:
    order = shop.order(command.order_id)
    if order is None or shop.is_replay(command):
        raise Refused("there is nothing to begin")
    for code in shop.refusals(command):
        raise Refused(code)
    if isinstance(command, Settle) and command.key is not None:
        shop.keys[command.key] = (command, shop.now)
    order.saga_state = SAGA_STATES[command.kind] if isinstance(command, Settle) else "cancelling"
    order.saga_command = command
    if order.saga_state == "cancelling":
        order.last_released = {}
    if isinstance(command, Settle) and command.lines is not None:
        order.pending = shop.units(command)
    return []


def _settle_lines(shop: Shop, order_id: str, skus: frozenset[str]) -> list[Entry]:
    order = shop.order(order_id)
    if order is None or not isinstance(order.saga_command, Settle | Expire):
        raise Refused("no saga settles it")
    saga_command = order.saga_command
    command = saga_command if isinstance(saga_command, Settle) else Settle("cancel", order_id)
    remaining = shop.units(command) if order.pending is None else order.pending
    _require_lines(skus, remaining)
    entries = shop.settle(command, {sku: remaining[sku] for sku in skus})
    if isinstance(saga_command, Expire):
        order.cancel_reason = "expired"
    if order.pending is None:
        _end_saga_if(order, not shop.units(command))
        return entries
    order.pending = {sku: units for sku, units in order.pending.items() if sku not in skus}
    if not order.pending:
        _end_saga_if(order, True)
        order.pending = None
        order.was_settled_in_part |= is_mixed(order)
    return entries


def _end_saga_if(order: Order, is_finished: bool) -> None:
    if is_finished:
        order.saga_state, order.saga_command = "idle", None


def _require_state(shop: Shop, order_id: str, saga_state: str) -> Order:
    order = shop.order(order_id)
    if order is None or order.saga_state != saga_state:
        raise Refused(f"it is not {saga_state}")
    return order


def _released(shop: Shop, order_id: str) -> Order:
    order = _require_state(shop, order_id, "releasing")
    if order.total("reserved"):
        raise Refused("it still reserves units")
    return order


def _require_lines(skus: frozenset[str], of: Iterable[str]) -> None:
    if not skus or not skus <= {*of}:
        raise Refused(f"{sorted(skus)} are not lines for this step")


def _place_of(order: Order) -> Place:
    assert isinstance(order.saga_command, Place)
    return order.saga_command
