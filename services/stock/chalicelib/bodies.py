"""The bodies that requests to the stock service carry; loaded when the first one comes."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from inventory_common.fields import Body, Money, Name, Notes, ProductId, Quantity, SkuId, Threshold
from inventory_common.ids import sku_prefix
from inventory_common.limits import (
    HOLD_DEFAULT_SECONDS,
    HOLD_MAX_SECONDS,
    HOLD_MIN_SECONDS,
    ORDER_LINES_SENT_MAX,
    VARIANT_ATTRIBUTES_MAX,
)

__all__ = ["NewOrder", "NewSku", "OrderLineBody", "RestockBody", "WholeOrder"]


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
    """Units of one SKU."""

    product_id: ProductId
    sku: SkuId
    quantity: Quantity

    @model_validator(mode="after")
    def _sku_of_product(self) -> Self:
        if not self.sku.startswith(sku_prefix(self.product_id)):
            raise ValueError(f"should name a sku that begins with {sku_prefix(self.product_id)}")
        return self


class NewOrder(Body):
    """What to reserve, and for how long; lines of one SKU are summed."""

    lines: Annotated[list[OrderLineBody], Field(min_length=1, max_length=ORDER_LINES_SENT_MAX)]
    hold_seconds: Annotated[int, Field(ge=HOLD_MIN_SECONDS, le=HOLD_MAX_SECONDS)] = HOLD_DEFAULT_SECONDS


class WholeOrder(Body):
    """A command on all of an order has nothing to say."""
