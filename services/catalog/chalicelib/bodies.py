"""The bodies that requests to the catalog service carry; loaded when the first one comes."""

from typing import Annotated

from pydantic import Field

from inventory_common.fields import Body, Description, ImageUrl, MergePatch, Money, Name, VendorId
from inventory_common.limits import PRODUCT_IMAGES_MAX, PRODUCT_TAGS_MAX

__all__ = ["NewProduct", "ProductPatch"]


class NewProduct(Body):
    """A product; `vendor_id` comes from a vendor's token, an admin names it."""

    vendor_id: VendorId | None = None
    product_name: Name
    description: Description | None = None
    category: Name
    subcategory: Name | None = None
    brand: Name | None = None
    base_price: Money
    images: Annotated[list[ImageUrl], Field(max_length=PRODUCT_IMAGES_MAX)] | None = None
    tags: Annotated[list[Name], Field(max_length=PRODUCT_TAGS_MAX)] | None = None
    external_id: Name | None = None


class ProductPatch(MergePatch):
    """What is to change of a product: what is absent stays, null takes an optional attribute away."""

    product_name: Name = ""
    description: Description | None = None
    category: Name = ""
    subcategory: Name | None = None
    brand: Name | None = None
    base_price: Money = 0
    images: Annotated[list[ImageUrl], Field(max_length=PRODUCT_IMAGES_MAX)] | None = None
    tags: Annotated[list[Name], Field(max_length=PRODUCT_TAGS_MAX)] | None = None
    is_active: bool = True
