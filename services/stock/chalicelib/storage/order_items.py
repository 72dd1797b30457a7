"""Orders and their parts as items of VendorInventory, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from inventory_common.ids import StockKey
from inventory_common.items import Item, from_item, to_item
from inventory_common.order_items import (
    PART_SORT,
    malformed_attributes,
    open_orders_partition,
    order_key,
    part_key,
)
from inventory_common.schema import TTL_ATTRIBUTE
from inventory_common.settings import DEFAULT_OWNER

from ..domain.commands import Explanation
from ..domain.orders import LastCommand, Order, OrderCommand, OrderLine, Saga, SagaState

__all__ = [
    "OWNER_ATTRIBUTE",
    "OrderPart",
    "changed_lines",
    "order_attributes",
    "order_from_item",
    "order_to_item",
    "part_from_item",
    "part_to_item",
    "with_parts",
]

OWNER_ATTRIBUTE: Final = "owner"
"""The owner of an order, unless that is `DEFAULT_OWNER`."""


def order_from_item(item: Item) -> Order:
    """Read an order's main item; if the order has parts, its lines are incomplete without them.

    Raises
    ------
    KeyError, TypeError, ValueError, AssertionError
        If no service could have written it.
    """
    attributes = _attributes_of(item)
    parts = attributes.get("parts", 0)
    return Order(
        order_id=attributes["product_id"],
        lines=_lines_from(attributes, part=0),
        created_at=attributes["created_at"],
        version=attributes["version"],
        expires_at=attributes.get("expires_at"),
        cancel_reason=attributes.get("cancel_reason"),
        ttl=attributes.get(TTL_ATTRIBUTE),
        saga=_saga_from(attributes),
        parts=parts,
        has_all_lines=not parts,
        owner=attributes.get(OWNER_ATTRIBUTE, DEFAULT_OWNER),
        was_settled_in_part=attributes.get("settled_in_part", False),
        placed_as=attributes.get("placed_as"),
        last_release=attributes.get("last_release"),
        short_lines=tuple(attributes.get("short_lines", ())),
        last_command=_last_command_from(attributes),
    )


class OrderPart(NamedTuple):
    """Lines of an order, and the order's version that they were written at."""

    lines: dict[StockKey, OrderLine]
    version: int


def part_from_item(item: Item) -> OrderPart:
    """Read an order's part.

    Raises
    ------
    KeyError, TypeError, ValueError, AssertionError
        If no service could have written it.
    """
    attributes = _attributes_of(item)
    number = int(attributes["sku"].removeprefix(PART_SORT))
    return OrderPart(_lines_from(attributes, part=number), attributes["version"])


def with_parts(order: Order, parts: Iterable[OrderPart]) -> Order | None:
    """Return the order with its parts; None if one of them was written after the order was read.

    The main item must be read before the parts.  A part records the order's version that it was written at:
    if no part is newer than the main item, the lines are a snapshot.
    """
    lines = dict(order.lines)
    for part in parts:
        if part.version > order.version:
            return None
        lines |= part.lines
    return replace(order, lines=lines, has_all_lines=True)


def order_to_item(order: Order) -> Item:
    """Return an order's main item."""
    return order_attributes(order) | to_item({"lines": _lines_to(order, part=0)})


def order_attributes(order: Order) -> Item:
    """Return an order's main item without its lines.

    `vendor_id` and `last_updated` put it into VendorInventoryIndex, under a partition of due orders.
    """
    due_at = order.due_at
    due = (
        {} if due_at is None else {"vendor_id": open_orders_partition(order.order_id), "last_updated": due_at}
    )
    return order_key(order.order_id) | to_item(
        {
            "created_at": order.created_at,
            "version": order.version,
            "expires_at": order.expires_at,
            "cancel_reason": order.cancel_reason,
            TTL_ATTRIBUTE: order.ttl,
            # These two names are older than the word saga, and stored.
            "phase": order.saga_state and order.saga_state.value,
            "errand": _saga_to(order.saga),
            "parts": order.parts or None,
            # Orders that were stored before there were owners have none, and belong to the default one.
            OWNER_ATTRIBUTE: None if order.owner == DEFAULT_OWNER else order.owner,
            "settled_in_part": order.was_settled_in_part or None,
            "placed_as": order.placed_as,
            "last_release": order.last_release,
            "short_lines": [dict(line) for line in order.short_lines] or None,
            "last_command": _last_command_to(order.last_command),
            **due,
        }
    )


def changed_lines(before: Order, after: Order) -> Item:
    """Return the lines of an order's main item that are new or have changed, by SKU."""
    return to_item(
        {
            key.sku: _line_to(line)
            for key, line in after.lines.items()
            if not line.part and before.lines.get(key) != line
        }
    )


def part_to_item(order: Order, part: int) -> Item:
    """Return the item of an order's part, with the order's version that it is written at."""
    return part_key(order.order_id, part) | to_item(
        {"lines": _lines_to(order, part), "version": order.version}
    )


def _attributes_of(item: Item) -> dict[str, Any]:
    """Return the attributes of an order or a part of one, whose types all that follows relies on."""
    attributes = from_item(item)
    if malformed := malformed_attributes(item):
        raise TypeError(f"{', '.join(malformed)}: missing, or of another type")
    return attributes


def _saga_from(attributes: Mapping[str, Any]) -> Saga | None:
    stored = attributes.get("errand")
    if stored is None:
        return None
    return Saga(
        state=SagaState(attributes["phase"]),
        performed_by=stored["performed_by"],
        request_id=stored["request_id"],
        lease_until=stored["lease_until"],
        lines_hash=stored.get("asked"),
        restock=stored.get("restock", True),
        cancel_reason=stored.get("cancel_reason"),
        idempotency_id=stored.get("command"),
        hold_seconds=stored.get("hold_seconds"),
        acknowledged=stored.get("acknowledged", False),
        command_id=stored.get("command_id"),
        explanation=Explanation(stored.get("reason"), stored.get("notes")),
    )


def _saga_to(saga: Saga | None) -> dict[str, Any] | None:
    if saga is None:
        return None
    stored = {
        "performed_by": saga.performed_by,
        "request_id": saga.request_id,
        "lease_until": saga.lease_until,
        "asked": saga.lines_hash,
        "restock": saga.restock,
        "cancel_reason": saga.cancel_reason,
        "command": saga.idempotency_id,
        "hold_seconds": saga.hold_seconds,
        "acknowledged": saga.acknowledged or None,
        "command_id": saga.command_id,
        "reason": saga.explanation.reason,
        "notes": saga.explanation.notes,
    }
    return {name: member for name, member in stored.items() if member is not None}


def _last_command_from(attributes: Mapping[str, Any]) -> LastCommand | None:
    stored = attributes.get("last_command")
    return None if stored is None else LastCommand(OrderCommand(stored["type"]), stored["id"])


def _last_command_to(command: LastCommand | None) -> dict[str, str] | None:
    return None if command is None else {"type": command.type.value, "id": command.id}


def _lines_from(attributes: Mapping[str, Any], part: int) -> dict[StockKey, OrderLine]:
    lines = [OrderLine(sku=sku, part=part, **figures) for sku, figures in attributes["lines"].items()]
    return {line.key: line for line in lines}


def _lines_to(order: Order, part: int) -> dict[str, dict[str, Any]]:
    return {key.sku: _line_to(line) for key, line in order.lines.items() if line.part == part}


def _line_to(line: OrderLine) -> dict[str, Any]:
    served = {name: member for name, member in line.document().items() if name != "sku"}
    internal = {
        "records": line.records or None,
        "last_record": line.last_record,
        "pending": line.pending or None,
        "without_restock": line.without_restock or None,
        "last_released": line.last_released or None,
        "released_by": line.released_by,
    }
    return {name: member for name, member in (served | internal).items() if member is not None}
