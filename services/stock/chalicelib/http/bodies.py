"""The bodies of requests to the stock service."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from inventory_common.attributes import (
    Attribute,
    CommandKey,
    Items,
    Notes,
    OrderId,
    OrderNotes,
    Owner,
    ProductId,
    Quantity,
    Reason,
    SkuId,
    VendorId,
    WholeNumber,
    YesNo,
)
from inventory_common.bodies import Form, body, creation, merge_patch
from inventory_common.ids import sku_prefix
from inventory_common.limits import (
    AVAILABILITY_LINES_MAX,
    AVAILABILITY_PRODUCTS_MAX,
    BATCH_CHANGES_MAX,
    BATCH_LINES_MAX,
    BATCH_ORDER_LINES_MAX,
    BATCH_ORDERS_MAX,
    HOLD_DEFAULT_SECONDS,
    HOLD_MAX_SECONDS,
    HOLD_MIN_SECONDS,
    QUANTITY_MAX,
    REQUEST_LINES_MAX,
    STOCK_MAX,
    VARIANT_ATTRIBUTES_MAX,
)
from inventory_common.skus import NewSku, Sku

__all__ = [
    "NEW_SKU",
    "SKU_PATCH",
    "AdjustmentBody",
    "AmendedLine",
    "Amendment",
    "AvailabilityLine",
    "AvailabilityQuestion",
    "Batch",
    "BatchedChange",
    "BatchedLine",
    "BatchedOrder",
    "Cancellation",
    "Extension",
    "NewOrder",
    "OrderLineBody",
    "Refund",
    "RefundedLine",
    "Reopening",
    "RestockBody",
    "SettledLine",
    "Settlement",
    "StockBatch",
]

NEW_SKU: Final = creation(Sku, NewSku)
SKU_PATCH: Final = merge_patch(
    Sku,
    "SkuPatch",
    "Changes of a SKU: absent members stay unchanged, null removes an optional attribute.  At most "
    f"{VARIANT_ATTRIBUTES_MAX} variant attributes in total, including those that stay.",
)

HoldSeconds = Annotated[int, WholeNumber(HOLD_MIN_SECONDS, HOLD_MAX_SECONDS)]
Change = Annotated[int, WholeNumber(-QUANTITY_MAX, QUANTITY_MAX)]
Stock = Annotated[int, WholeNumber(0, STOCK_MAX)]
Units = Annotated[int, WholeNumber(0, QUANTITY_MAX)]


@body
class RestockBody:
    """A delivery of units."""

    quantity: Quantity
    notes: Notes | None = None


@body(
    forms=[
        Form(
            needs=["quantity_change"],
            lacks=["counted_stock", "expected_stock"],
            excluded={"quantity_change": 0},
        ),
        Form(needs=["counted_stock", "expected_stock"], lacks=["quantity_change"]),
    ],
    rule="should have a quantity_change other than 0, or counted_stock and expected_stock together",
)
class AdjustmentBody:
    """A signed change of the stock, or a physical count with the expected stock; and the reason."""

    quantity_change: Change | None = None
    counted_stock: Stock | None = None
    expected_stock: Stock | None = None
    notes: Notes


@body(
    forms=[
        Form(
            needs=["quantity"],
            lacks=["quantity_change", "counted_stock", "expected_stock"],
            values={"type": ["restock"]},
        ),
        Form(
            needs=["quantity_change", "notes"],
            lacks=["quantity", "counted_stock", "expected_stock"],
            values={"type": ["adjustment"]},
            excluded={"quantity_change": 0},
        ),
        Form(
            needs=["counted_stock", "expected_stock", "notes"],
            lacks=["quantity", "quantity_change"],
            values={"type": ["adjustment"]},
        ),
    ],
    rule="should have a quantity if it is a restock; if it is an adjustment, it should have notes, and a "
    "quantity_change other than 0, or counted_stock and expected_stock together",
)
class BatchedChange:
    """A restock or an adjustment of a batch, with the members of the single request.

    Without an `idempotency_key` it is refused, as the single request is.
    """

    type: Literal["restock", "adjustment"]
    product_id: ProductId
    sku: SkuId
    quantity: Quantity | None = None
    quantity_change: Change | None = None
    counted_stock: Stock | None = None
    expected_stock: Stock | None = None
    notes: Notes | None = None
    idempotency_key: CommandKey | None = None


@body
class StockBatch:
    """Restocks and adjustments, each executed or refused independently."""

    changes: Annotated[list[BatchedChange], Items(BATCH_CHANGES_MAX, least=1)]


@body
class AvailabilityLine:
    """Units of one SKU, which starts with `SKU-{product_id}-`, or of each SKU of a product."""

    product_id: ProductId
    sku: SkuId | None = None
    quantity: Quantity = 1

    def __post_init__(self) -> None:
        prefix = sku_prefix(self.product_id)
        if self.sku is not None and not self.sku.startswith(prefix):
            raise ValueError(f"should have a sku that starts with {prefix}")


@body
class AvailabilityQuestion:
    """What shall be ordered; at most 25 lines may lack a `sku`, of products with at most 1,000 SKUs."""

    lines: Annotated[
        list[AvailabilityLine],
        Items(AVAILABILITY_LINES_MAX, least=1),
        Attribute(
            "What is asked for.",
            [{"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-BLK-L", "quantity": 2}],
        ),
    ]

    def __post_init__(self) -> None:
        if sum(line.sku is None for line in self.lines) > AVAILABILITY_PRODUCTS_MAX:
            raise ValueError(f"should have at most {AVAILABILITY_PRODUCTS_MAX} lines without a sku")


@body
class OrderLineBody:
    """Units of one SKU; `sku` starts with `SKU-{product_id}-`."""

    product_id: ProductId
    sku: SkuId
    quantity: Quantity

    def __post_init__(self) -> None:
        prefix = sku_prefix(self.product_id)
        if not self.sku.startswith(prefix):
            raise ValueError(f"should have a sku that starts with {prefix}")


@body
class NewOrder:
    """What to reserve, and for how long; lines of one SKU are summed, to at most 1,000,000 units.

    Only callers who see the orders of all owners may name an `owner`; it is `default` if they name none.
    """

    lines: Annotated[list[OrderLineBody], Items(REQUEST_LINES_MAX, least=1)]
    hold_seconds: HoldSeconds = HOLD_DEFAULT_SECONDS
    owner: Owner | None = None


@body
class Extension:
    """How long the hold lasts, from now."""

    hold_seconds: HoldSeconds = HOLD_DEFAULT_SECONDS


@body
class Reopening:
    """How long the units are reserved again, from now."""

    hold_seconds: HoldSeconds = HOLD_DEFAULT_SECONDS


@body
class BatchedLine:
    """Units of one SKU; without `product_id`, the product is the one that the `sku` names."""

    product_id: ProductId | None = None
    sku: SkuId
    quantity: Quantity

    def __post_init__(self) -> None:
        if self.product_id is not None and not self.sku.startswith(sku_prefix(self.product_id)):
            raise ValueError(f"should have a sku that starts with {sku_prefix(self.product_id)}")


@body(
    forms=[
        Form(
            needs=["lines"],
            lacks=["idempotency_key", "restock", "reason", "notes"],
            values={"command": ["place"]},
        ),
        Form(
            needs=["command"],
            lacks=["hold_seconds", "owner", "restock", "reason", "notes"],
            values={"command": ["confirm"]},
        ),
        Form(needs=["command"], lacks=["hold_seconds", "owner", "restock"], values={"command": ["cancel"]}),
        Form(needs=["command"], lacks=["hold_seconds", "owner"], values={"command": ["refund"]}),
    ],
    rule="should have lines, and may have hold_seconds and owner, if the command is place; otherwise it may "
    "have lines and an idempotency_key, reason and notes to cancel or refund, and restock to refund",
)
class BatchedOrder:
    """One command of a batch; confirm, cancel and refund concern the whole order if they have no `lines`.

    With `lines`, and once the order was settled in part, they need an `idempotency_key`, as the single
    request does.
    """

    order_id: OrderId
    command: Literal["place", "confirm", "cancel", "refund"] = "place"
    lines: Annotated[list[BatchedLine], Items(BATCH_ORDER_LINES_MAX, least=1)] | None = None
    hold_seconds: HoldSeconds | None = None
    owner: Owner | None = None
    restock: YesNo | None = None
    reason: Reason | None = None
    notes: OrderNotes | None = None
    idempotency_key: CommandKey | None = None


@body
class Batch:
    """Commands on orders, each executed or refused independently; at most 2,000 lines in total."""

    orders: Annotated[list[BatchedOrder], Items(BATCH_ORDERS_MAX, least=1)]

    def __post_init__(self) -> None:
        if sum(len(order.lines or ()) for order in self.orders) > BATCH_LINES_MAX:
            raise ValueError(f"should have at most {BATCH_LINES_MAX} lines in total")


@body
class AmendedLine:
    """The units of one SKU that the order is to reserve; `sku` starts with `SKU-{product_id}-`."""

    product_id: ProductId
    sku: SkuId
    quantity: Annotated[int, WholeNumber(0, QUANTITY_MAX), Attribute("Units; 0 for none.", 2)]

    def __post_init__(self) -> None:
        if not self.sku.startswith(sku_prefix(self.product_id)):
            raise ValueError(f"should have a sku that starts with {sku_prefix(self.product_id)}")


@body
class Amendment:
    """What the order is to reserve from now on.

    Lines that are not named stay as they are; the quantities of one SKU are summed.
    """

    lines: Annotated[list[AmendedLine], Items(REQUEST_LINES_MAX, least=1)]


@body
class SettledLine:
    """Units of one SKU to settle.

    A line of an order that was read may be sent back with a `quantity`: what else it contains has to be as it
    is in the order now.
    """

    product_id: ProductId | None = None
    sku: SkuId
    quantity: Quantity
    vendor_id: VendorId | None = None
    placed: Units | None = None
    reserved: Units | None = None
    confirmed: Units | None = None
    cancelled: Units | None = None
    refunded: Units | None = None
    reason: Reason | None = None
    notes: OrderNotes | None = None

    def __post_init__(self) -> None:
        if self.product_id is not None and not self.sku.startswith(sku_prefix(self.product_id)):
            raise ValueError(f"should have a sku that starts with {sku_prefix(self.product_id)}")

    def as_read(self) -> dict[str, Any]:
        """Return the members that only the service sets, as the client has read them."""
        members = {name: getattr(self, name) for name in _READ_ONLY}
        return {name: member for name, member in members.items() if member is not None}


_READ_ONLY: Final = (
    *("vendor_id", "placed", "reserved", "confirmed", "cancelled", "refunded"),
    *("reason", "notes"),
)


@body
class RefundedLine(SettledLine):
    """Units of one SKU to refund; `restock` is that of the whole request unless the line has its own.

    A line of an order that was read may be sent back with a `quantity`: what else it contains has to be as it
    is in the order now.
    """

    restock: YesNo | None = None


Lines = Annotated[list[SettledLine], Items(REQUEST_LINES_MAX, least=1)]


@body
class Settlement:
    """Lines to settle, of any number of the order's SKUs; without `lines`, all that is left.

    Lines of one SKU are summed.
    """

    lines: Lines | None = None


@body
class Cancellation:
    """Lines to cancel, of any number of the order's SKUs; without `lines`, all that is reserved.

    Lines of one SKU are summed.  The log records of the units, and the order's lines, keep `reason` and
    `notes`.
    """

    lines: Lines | None = None
    reason: Reason | None = None
    notes: OrderNotes | None = None


@body
class Refund:
    """Lines to refund; without `lines`, all that is left.  With `restock`, the units return to the stock.

    Lines of one SKU are summed, and have the same `restock`.  The log records of the units, and the order's
    lines, keep `reason` and `notes`.
    """

    lines: Annotated[list[RefundedLine], Items(REQUEST_LINES_MAX, least=1)] | None = None
    restock: YesNo = True
    reason: Reason | None = None
    notes: OrderNotes | None = None
