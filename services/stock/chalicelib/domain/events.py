"""The events that a change of a SKU or of an order raises, from its old and its new image.

==================  =====================================================  =================================
event               raised by                                              its id is a hash of type and
==================  =====================================================  =================================
``stock.changed``   a write that adds records to the SKU's log             SKU, last sequence
``stock.out``       the same, if no unit is available any more             SKU, last sequence
``stock.back``      the same, if units are available again                 SKU, last sequence
``stock.low``       whatever puts the SKU into the low-stock list          SKU, version
``order.…``         a command that changes what the order holds            order, id of the command
==================  =====================================================  =================================

One write may add several records to a SKU's log, those of a transaction batch: it raises one event, with the
first and the last `sequence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Literal, TypedDict

from inventory_common.attributes import Attribute
from inventory_common.events import EVENT_BYTES_MAX, Event, EventType, event_id
from inventory_common.skus import Sku

from .low_stock import low_stock_alert
from .orders import Order, OrderCommand

__all__ = ["EVENT_TYPES", "order_events", "sku_events"]

SOURCE: Final = "/inventory/stock"


class StockChanged(TypedDict):
    """A SKU's stock after a write of it."""

    product_id: str
    sku: str
    vendor_id: str
    current_stock: int
    reserved_stock: int
    available_stock: int
    sequence_from: Annotated[int, Attribute("`sequence` of the first log record of this write.", 12)]
    sequence: Annotated[int, Attribute("`sequence` of the last log record of this write.", 12)]
    transaction_id: Annotated[
        str | None,
        Attribute("The last log record of this write.", "TXN-8b9e7a3c-8c1e-5d6b-9d0a-3f1c2b4a5d6e"),
    ]


class StockLow(TypedDict):
    """A SKU that entered the low-stock list of its vendor."""

    product_id: str
    sku: str
    vendor_id: str
    current_stock: int
    reserved_stock: int
    available_stock: int
    reorder_threshold: Annotated[int, Attribute("The stock at or below which the SKU is low.", 10)]
    sequence: Annotated[int, Attribute("`sequence` of the SKU's last log record.", 12)]
    version: Annotated[int, Attribute("`version` of the SKU after the change.", 14)]


class OrderEventLine(TypedDict):
    """One SKU of an order, in units, after the command."""

    product_id: str
    sku: str
    vendor_id: str
    placed: int
    reserved: int
    confirmed: int
    cancelled: int
    refunded: int


class OrderChanged(TypedDict):
    """An order after a command that changed what it holds."""

    order_id: str
    owner: Annotated[str, Attribute("The owner of the order.", "default")]
    status: Annotated[
        str | None,
        Attribute("The order's status after the command; null if it is stored in parts.", "reserved"),
    ]
    created_at: str
    expires_at: str | None
    cancel_reason: Literal["requested", "expired", "insufficient_stock"] | None
    command_id: Annotated[str, Attribute("The id of the command.", "5b0f8c1f2f6a4f0c9a36e5a1c0f7d2ab")]
    version: Annotated[int, Attribute("The order's version after the command.", 2)]
    lines: Annotated[
        list[OrderEventLine] | None,
        Attribute(
            "The order's lines; null if the order is stored in parts (more than 49 lines) or the event would "
            "exceed 200,000 bytes: then read `link`.",
            None,
        ),
    ]
    link: Annotated[str, Attribute("The path of the order in the stock service.", "/orders/ORDER-12345")]


EVENT_OF_COMMAND: Final[Mapping[OrderCommand, str]] = {
    OrderCommand.PLACE: "order.placed",
    OrderCommand.CONFIRM: "order.confirmed",
    OrderCommand.CANCEL: "order.cancelled",
    OrderCommand.EXPIRE: "order.expired",
    OrderCommand.REFUND: "order.refunded",
    OrderCommand.AMEND: "order.amended",
    OrderCommand.REOPEN: "order.reopened",
    OrderCommand.REFUSE: "order.refused",
}

EVENT_TYPES: Final = (
    EventType("stock.changed", StockChanged, "A write has added records to the log of a SKU."),
    EventType("stock.out", StockChanged, "The last available unit of a SKU was sold, reserved or removed."),
    EventType("stock.back", StockChanged, "Units of a SKU are available again, or for the first time."),
    EventType("stock.low", StockLow, "A change has put a SKU into the low-stock list of its vendor."),
    EventType("order.placed", OrderChanged, "An order was placed: all its lines are reserved."),
    EventType("order.confirmed", OrderChanged, "An order, or lines of it, were confirmed."),
    EventType(
        "order.cancelled",
        OrderChanged,
        "An order or lines of it were cancelled; also before it was placed.",
    ),
    EventType(
        "order.expired", OrderChanged, "The hold of an order has expired: its units are available again."
    ),
    EventType("order.refunded", OrderChanged, "An order, or lines of it, were refunded."),
    EventType("order.amended", OrderChanged, "The lines of an order were changed."),
    EventType("order.reopened", OrderChanged, "What an order had released was reserved again."),
    EventType(
        "order.refused", OrderChanged, "An order that was accepted (202) could not be reserved in the end."
    ),
)


def sku_events(before: Sku | None, after: Sku, happened_at: str) -> Iterator[Event]:
    """Yield the events of a change of a SKU.

    Parameters
    ----------
    before, after
        The SKU before and after the change; `before` is None if it is new, or could not be read.
    happened_at
        When the stream says it happened, for changes that set no time themselves.
    """
    first = 0 if before is None else before.sequence
    if after.sequence > first:
        yield _stock_event("stock.changed", first, after)
        had = 0 if before is None else before.available_stock
        if had > 0 >= after.available_stock:
            yield _stock_event("stock.out", first, after)
        if had <= 0 < after.available_stock:
            yield _stock_event("stock.back", first, after)
    is_new = before is None and after.sequence == 0  # it has no stock yet, and is on no list
    alert = None if is_new else low_stock_alert(before, after, happened_at)
    if alert is not None:
        yield Event(
            id=event_id("stock.low", after.sku, after.version),
            source=SOURCE,
            type="stock.low",
            subject=after.sku,
            time=str(alert.details["occurred_at"]),
            sequence=after.sequence,
            data=_figures(after)
            | {
                "reorder_threshold": after.reorder_threshold,
                "sequence": after.sequence,
                "version": after.version,
            },
        )


def order_events(before: Order | None, after: Order, happened_at: str) -> Iterator[Event]:
    """Yield the event of a change of an order: one if its last command is another than before.

    `happened_at` is when the stream says that it happened.
    """
    command = after.last_command
    if command is None or (before is not None and before.last_command == command):
        return
    name = EVENT_OF_COMMAND[command.type]
    document = after.document()
    data = {
        "order_id": after.order_id,
        "owner": after.owner,
        "status": document["status"] if after.has_all_lines else None,
        "created_at": after.created_at,
        "expires_at": after.expires_at,
        "cancel_reason": after.cancel_reason,
        "command_id": command.id,
        "version": after.version,
        "lines": document["lines"] if after.has_all_lines else None,
        "link": f"/orders/{after.order_id}",
    }
    event = Event(
        id=event_id(name, after.order_id, command.id),
        source=SOURCE,
        type=name,
        subject=after.order_id,
        time=happened_at,
        sequence=after.version,
        data=data,
    )
    if len(event.json().encode()) > EVENT_BYTES_MAX:
        event = replace(event, data={**event.data, "lines": None})
    yield event


def _stock_event(name: str, sequence_before: int, after: Sku) -> Event:
    return Event(
        id=event_id(name, after.sku, after.sequence),
        source=SOURCE,
        type=name,
        subject=after.sku,
        time=after.last_transaction_at or after.last_updated,
        sequence=after.sequence,
        data=_figures(after)
        | {
            "sequence_from": sequence_before + 1,
            "sequence": after.sequence,
            "transaction_id": after.last_transaction_id,
        },
    )


def _figures(sku: Sku) -> dict[str, Any]:
    return {
        "product_id": sku.product_id,
        "sku": sku.sku,
        "vendor_id": sku.vendor_id,
        "current_stock": sku.current_stock,
        "reserved_stock": sku.reserved_stock,
        "available_stock": sku.available_stock,
    }
