"""The bodies that requests to the stock service carry; loaded when the first one comes."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from inventory_common.dynamodb_limits import SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.fields import (
    Body,
    MergePatch,
    Money,
    Name,
    Notes,
    OrderId,
    ProductId,
    Quantity,
    SkuId,
    Threshold,
    alternatives,
)
from inventory_common.ids import sku_prefix
from inventory_common.limits import (
    BATCH_LINES_MAX,
    BATCH_ORDERS_MAX,
    HOLD_DEFAULT_SECONDS,
    HOLD_MAX_SECONDS,
    HOLD_MIN_SECONDS,
    QUANTITY_MAX,
    REQUEST_LINES_MAX,
    STOCK_MAX,
    VARIANT_ATTRIBUTES_MAX,
)

__all__ = [
    "AdjustmentBody",
    "Batch",
    "BatchedOrder",
    "Extension",
    "NewOrder",
    "NewSku",
    "OrderLineBody",
    "Refund",
    "RestockBody",
    "SettledLine",
    "Settlement",
    "SkuPatch",
]


class NewSku(Body):
    """A variant of a product."""

    sku: SkuId
    variant_name: Name
    variant_attributes: Annotated[dict[Name, Name], Field(max_length=VARIANT_ATTRIBUTES_MAX)] | None = None
    unit_price: Money
    reorder_threshold: Threshold


class RestockBody(Body):
    """Units that came in."""

    quantity: Quantity
    notes: Notes | None = None


class OrderLineBody(Body):
    """Units of one SKU; `sku` begins with `SKU-{product_id}-`."""

    product_id: ProductId
    sku: SkuId
    quantity: Quantity

    @model_validator(mode="after")
    def _sku_of_product(self) -> Self:
        if not self.sku.startswith(sku_prefix(self.product_id)):
            raise ValueError(f"should name a sku that begins with {sku_prefix(self.product_id)}")
        return self


class NewOrder(Body):
    """What to reserve, and for how long; lines of one SKU are summed, to at most 1,000,000 units."""

    lines: Annotated[list[OrderLineBody], Field(min_length=1, max_length=REQUEST_LINES_MAX)]
    hold_seconds: Annotated[int, Field(ge=HOLD_MIN_SECONDS, le=HOLD_MAX_SECONDS)] = HOLD_DEFAULT_SECONDS


class Extension(Body):
    """How long an order holds on, from now."""

    hold_seconds: Annotated[int, Field(ge=HOLD_MIN_SECONDS, le=HOLD_MAX_SECONDS)] = HOLD_DEFAULT_SECONDS


BatchedLines = Annotated[list[OrderLineBody], Field(min_length=1, max_length=SINGLE_ITEM_ORDER_LINES_MAX)]


class BatchedOrder(Body):
    """One command of a batch; a confirm or a cancel is of the whole order."""

    model_config = ConfigDict(
        json_schema_extra=alternatives(
            {"needs": ["lines"], "lacks": [], "properties": {"command": {"enum": ["place"]}}},
            {
                "needs": ["command"],
                "lacks": ["lines", "hold_seconds"],
                "properties": {"command": {"enum": ["confirm", "cancel"], "default": None}},
            },
        )
    )

    order_id: OrderId
    command: Literal["place", "confirm", "cancel"] = "place"
    lines: BatchedLines | None = None
    hold_seconds: Annotated[int, Field(ge=HOLD_MIN_SECONDS, le=HOLD_MAX_SECONDS)] | None = None

    @model_validator(mode="after")
    def _what_a_place_needs(self) -> Self:
        if self.command == "place" and self.lines is None:
            raise ValueError("should have lines: they are what is placed")
        if self.command != "place" and (self.lines is not None or self.hold_seconds is not None):
            raise ValueError(
                f"should have no lines and no hold_seconds: a {self.command} is of the whole order"
            )
        return self


class Batch(Body):
    """Commands on orders, each carried out or refused by itself; at most 2,000 lines in all."""

    orders: Annotated[list[BatchedOrder], Field(min_length=1, max_length=BATCH_ORDERS_MAX)]

    @model_validator(mode="after")
    def _lines_in_all(self) -> Self:
        if sum(len(order.lines or ()) for order in self.orders) > BATCH_LINES_MAX:
            raise ValueError(f"should have at most {BATCH_LINES_MAX} lines in all")
        return self


class SkuPatch(MergePatch):
    """What is to change of a SKU: what is absent stays, null takes an optional attribute away.

    With a SKU's attributes that stay there are at most 20 variant attributes.
    """

    variant_name: Name = ""
    variant_attributes: (
        Annotated[dict[Name, Name | None], Field(max_length=VARIANT_ATTRIBUTES_MAX)] | None
    ) = None
    unit_price: Money = 0
    reorder_threshold: Threshold = 0
    is_active: bool = True


class AdjustmentBody(Body):
    """A signed change, or a count together with what was expected; and why."""

    model_config = ConfigDict(
        json_schema_extra=alternatives(
            {
                "needs": ["quantity_change"],
                "lacks": ["counted_stock", "expected_stock"],
                "properties": {"quantity_change": {"not": {"const": 0}}},
            },
            {"needs": ["counted_stock", "expected_stock"], "lacks": ["quantity_change"]},
        )
    )

    quantity_change: Annotated[int, Field(ge=-QUANTITY_MAX, le=QUANTITY_MAX)] | None = None
    counted_stock: Annotated[int, Field(ge=0, le=STOCK_MAX)] | None = None
    expected_stock: Annotated[int, Field(ge=0, le=STOCK_MAX)] | None = None
    notes: Notes

    @model_validator(mode="after")
    def _one_of_two_forms(self) -> Self:
        forms = ("quantity_change", "counted_stock", "expected_stock")
        given = {name for name in forms if getattr(self, name) is not None}
        if given not in ({"quantity_change"}, {"counted_stock", "expected_stock"}):
            raise ValueError("should have quantity_change, or counted_stock and expected_stock together")
        if self.quantity_change == 0:
            raise ValueError("should change something: a quantity_change of 0 is none")
        return self


class SettledLine(Body):
    """Units of one SKU of an order."""

    sku: SkuId
    quantity: Quantity


Lines = Annotated[list[SettledLine], Field(min_length=1, max_length=REQUEST_LINES_MAX)]


class Settlement(Body):
    """Part of an order; without `lines`, all of it.  Lines of one SKU are summed."""

    lines: Lines | None = None


class Refund(Body):
    """Part of an order, or all of it, that comes back; `restock` unless it cannot be sold again."""

    lines: Lines | None = None
    restock: bool = True
