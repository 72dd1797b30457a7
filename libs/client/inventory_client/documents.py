"""The documents of the catalog and stock services beside products, SKUs and records of `inventory_common`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, NamedTuple, Self, TypeVar

from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

from .problems import Problem, problem_of
from .retries import new_key

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Document = TypeVar("Document", bound=DataclassInstance)

__all__ = [
    "Availability",
    "AvailabilityLine",
    "BatchCommand",
    "BatchResult",
    "CategoryCount",
    "ChangeCommand",
    "ChangeResult",
    "LineAvailability",
    "LineRequest",
    "Order",
    "OrderLine",
    "Outcome",
    "StockChange",
    "VendorCount",
    "read",
    "read_availability",
    "read_batch_result",
    "read_change_result",
    "read_order",
    "read_stock_change",
    "selected",
]

T = TypeVar("T")

_RUNNING: Final = frozenset({"placing", "releasing", "confirming", "cancelling", "refunding"})
"""The statuses of an order while a command on it is in progress."""


class Outcome(NamedTuple, Generic[T]):
    """The result of a command; `replayed` if an earlier request had already executed it."""

    result: T
    replayed: bool


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A category and its number of active products."""

    category: str
    active_products: int


@dataclass(frozen=True, slots=True)
class VendorCount:
    """A vendor and its numbers of products: all of them, and the active ones."""

    vendor_id: str
    products: int
    active_products: int


@dataclass(frozen=True, slots=True)
class LineRequest:
    """Units of one SKU in an order to be placed."""

    product_id: str
    sku: str
    quantity: int

    def document(self) -> dict[str, Any]:
        """Return the JSON object for a request."""
        return {"product_id": self.product_id, "sku": self.sku, "quantity": self.quantity}


@dataclass(frozen=True, slots=True)
class AvailabilityLine:
    """Units that shall be ordered, of a SKU or of each SKU of a product."""

    product_id: str
    sku: str | None = None
    quantity: int = 1

    def document(self) -> dict[str, Any]:
        """Return the JSON object for a request."""
        return {"product_id": self.product_id, "sku": self.sku, "quantity": self.quantity}


@dataclass(frozen=True, slots=True)
class LineAvailability:
    """Whether a line's units can be ordered now; `sku` is None for a product of which no SKU is offered.

    `available_stock` is at most 10 for those who may not read the SKU with its stock.
    """

    product_id: str
    sku: str | None
    quantity: int
    is_available: bool
    available_stock: int


@dataclass(frozen=True, slots=True)
class Availability:
    """What can be ordered now."""

    lines: tuple[LineAvailability, ...]
    all_available: bool


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order, in units; ``placed = reserved + confirmed + cancelled``.

    `reason` and `notes` are those of its last cancel or refund by a client.
    """

    product_id: str
    sku: str
    vendor_id: str
    placed: int
    reserved: int
    confirmed: int
    cancelled: int
    refunded: int
    reason: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order; `expires_at` is the end of its hold.

    `short_lines` are those for want of which an order that had been accepted could not be reserved: each has
    ``product_id``, ``sku``, ``asked`` and ``available`` units.
    """

    order_id: str
    status: str
    created_at: str
    expires_at: str | None
    cancel_reason: str | None
    lines: tuple[OrderLine, ...]
    short_lines: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_in_progress(self) -> bool:
        """Whether a command on it has begun and has not finished."""
        return self.status in _RUNNING

    @property
    def placed(self) -> int:
        """Units placed."""
        return sum(line.placed for line in self.lines)

    @property
    def reserved(self) -> int:
        """Units that are still reserved."""
        return sum(line.reserved for line in self.lines)

    @property
    def confirmed(self) -> int:
        """Units that have left the stock."""
        return sum(line.confirmed for line in self.lines)


@dataclass(frozen=True, slots=True)
class StockChange:
    """A restock or adjustment: its log record, and the SKU after it."""

    transaction: TransactionRecord
    sku: Sku


@dataclass(frozen=True, slots=True)
class BatchCommand:
    """A command of a batch: a place, or a confirm, cancel or refund of the order or of named `lines`.

    Only a place has `hold_seconds` and an `owner`; only a cancel or refund `reason` and `notes`; only a
    refund `restock`.  A command on named lines has an Idempotency-Key, which is generated if the caller
    passes none: the same object can be sent again.  A command on a whole order needs one once a part was
    settled.
    """

    order_id: str
    command: Literal["place", "confirm", "cancel", "refund"] = "place"
    lines: Sequence[LineRequest] = ()
    hold_seconds: int | None = None
    owner: str | None = None
    restock: bool = True
    reason: str | None = None
    notes: str | None = None
    idempotency_key: str | None = None

    def __post_init__(self) -> None:
        """Generate the key of a command on named lines."""
        if self.command != "place" and self.lines and self.idempotency_key is None:
            object.__setattr__(self, "idempotency_key", new_key())

    def document(self) -> dict[str, Any]:
        """Return the JSON object for a request."""
        document: dict[str, Any] = {"order_id": self.order_id, "command": self.command}
        if self.command == "place":
            document["lines"] = [line.document() for line in self.lines]
            optional: dict[str, Any] = {"hold_seconds": self.hold_seconds, "owner": self.owner}
        else:
            if self.lines:
                # As in the single request, so that both have the same key.
                document["lines"] = [{"sku": line.sku, "quantity": line.quantity} for line in self.lines]
            optional = {
                "restock": None if self.restock else False,
                "reason": self.reason,
                "notes": self.notes,
                "idempotency_key": self.idempotency_key,
            }
        return document | {name: member for name, member in optional.items() if member is not None}


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result of a command of a batch: the order or the problem.

    `status_code` is the status of the response to the single request.
    """

    order_id: str
    status_code: int
    order: Order | None
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class ChangeCommand:
    """A restock or an adjustment of a batch; `restock`, `adjustment` and `count` make them.

    It has an Idempotency-Key, which is generated if the caller passes none: the batch, or the single command
    with the same members and key, can be sent again.
    """

    product_id: str
    sku: str
    members: Mapping[str, Any]
    idempotency_key: str

    @classmethod
    def restock(
        cls,
        product_id: str,
        sku: str,
        quantity: int,
        *,
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Self:
        """Add delivered units to the stock."""
        members = {"type": "restock", "quantity": quantity} | ({} if notes is None else {"notes": notes})
        return cls(product_id, sku, members, idempotency_key or new_key())

    @classmethod
    def adjustment(
        cls,
        product_id: str,
        sku: str,
        quantity_change: int,
        *,
        notes: str,
        idempotency_key: str | None = None,
    ) -> Self:
        """Correct the stock by a signed change."""
        members = {"type": "adjustment", "quantity_change": quantity_change, "notes": notes}
        return cls(product_id, sku, members, idempotency_key or new_key())

    @classmethod
    def count(
        cls,
        product_id: str,
        sku: str,
        *,
        counted_stock: int,
        expected_stock: int,
        notes: str,
        idempotency_key: str | None = None,
    ) -> Self:
        """Correct the stock to the counted units, if it is the expected stock."""
        counts = {"counted_stock": counted_stock, "expected_stock": expected_stock}
        members = {"type": "adjustment", **counts, "notes": notes}
        return cls(product_id, sku, members, idempotency_key or new_key())

    def document(self) -> dict[str, Any]:
        """Return the JSON object for a request."""
        ids = {"product_id": self.product_id, "sku": self.sku}
        return {**ids, **self.members, "idempotency_key": self.idempotency_key}


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """The result of a change of a batch: its log record or the problem.

    `status_code` is the status of the response to the single request: 201, or 200 if the change had been
    executed before.
    """

    sku: str
    status_code: int
    transaction: TransactionRecord | None
    problem: Problem | None


def read(model: type[Document], body: Mapping[str, Any]) -> Document:
    """Read a JSON object as a model, without the members that the model does not have.

    Raises
    ------
    KeyError
        If a member is missing.
    """
    return model(**{field.name: body[field.name] for field in fields(model) if _is_read(field, body)})


def selected(body: Mapping[str, Any], members: Sequence[str]) -> dict[str, Any]:
    """Return the named members of a JSON object, in the order of the names.

    Raises
    ------
    KeyError
        If a member is missing.
    """
    return {name: body[name] for name in members}


def _is_read(field: Field[Any], body: Mapping[str, Any]) -> bool:
    return field.default is MISSING or field.name in body


def read_order(body: Mapping[str, Any]) -> Order:
    """Read an order."""
    lines = tuple(read(OrderLine, line) for line in body["lines"])
    return read(Order, {**body, "lines": lines, "short_lines": tuple(body.get("short_lines", ()))})


def read_availability(body: Mapping[str, Any]) -> Availability:
    """Read what can be ordered."""
    lines = tuple(read(LineAvailability, line) for line in body["lines"])
    return Availability(lines, body["all_available"])


def read_stock_change(body: Mapping[str, Any]) -> StockChange:
    """Read the response to a restock or adjustment."""
    return StockChange(read(TransactionRecord, body["transaction"]), read(Sku, body["sku"]))


def read_batch_result(body: Mapping[str, Any]) -> BatchResult:
    """Read one result of a batch."""
    return BatchResult(
        order_id=body["order_id"],
        status_code=body["status_code"],
        order=read_order(body["order"]) if "order" in body else None,
        problem=problem_of(body["problem"], f"{body['order_id']} in a batch") if "problem" in body else None,
    )


def read_change_result(body: Mapping[str, Any]) -> ChangeResult:
    """Read one result of a batch of stock changes."""
    return ChangeResult(
        sku=body["sku"],
        status_code=body["status_code"],
        transaction=read(TransactionRecord, body["transaction"]) if "transaction" in body else None,
        problem=problem_of(body["problem"], f"{body['sku']} in a batch") if "problem" in body else None,
    )
