"""The shapes of the responses other than products, for the service's document alone."""

from typing import Annotated, TypedDict

from inventory_common.attributes import Attribute, Units, VendorId

__all__ = ["CategoryAnswer", "VendorAnswer"]


class CategoryAnswer(TypedDict):
    """A category and its number of active products."""

    category: Annotated[str, Attribute("The main category of products.", "Electronics")]
    active_products: Annotated[int, Units(1), Attribute("How many active products it has.", 42)]


class VendorAnswer(TypedDict):
    """A vendor and its numbers of products."""

    vendor_id: VendorId
    products: Annotated[int, Units(1), Attribute("How many products it has, inactive ones too.", 50)]
    active_products: Annotated[int, Units(), Attribute("How many of its products are active.", 42)]
