"""The attributes of products and SKUs that files and options have, from the declarations of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NotRequired, get_origin, get_type_hints

from inventory_common.attributes import attribute_of, attributes_of
from inventory_common.products import NewProduct, Product
from inventory_common.skus import Sku, SkuAttributes

__all__ = ["ACTIVE_FLAG", "PRODUCT", "SKU", "Resource", "resource"]

ACTIVE_FLAG: Final = "is_active"
"""The attribute that deactivates and reactivates; a creator cannot set it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What can be set of a product or SKU.

    Attributes
    ----------
    annotations
        The annotation of each attribute, whether it can be set or not.
    is_required
        The attributes that a creator sets, and whether each is required.
    """

    annotations: Mapping[str, Any]
    is_required: Mapping[str, bool]

    @property
    def created(self) -> tuple[str, ...]:
        """The attributes that a creator sets."""
        return tuple(self.is_required)

    @property
    def changed(self) -> tuple[str, ...]:
        """The attributes that can be changed; those that a creator sets come first."""
        changeable = (
            name
            for name in (*self.is_required, ACTIVE_FLAG)
            if (attribute := attribute_of(self.annotations[name])) is not None and attribute.changeable
        )
        return tuple(changeable)


def resource(declared: type, creation: type) -> Resource:
    """Return a resource from the dataclass that declares it and the TypedDict of what a creator sets."""
    hints = get_type_hints(creation, include_extras=True)
    is_required = {name: get_origin(hint) is not NotRequired for name, hint in hints.items()}
    return Resource(attributes_of(declared), is_required)


PRODUCT: Final = resource(Product, NewProduct)
SKU: Final = resource(Sku, SkuAttributes)
