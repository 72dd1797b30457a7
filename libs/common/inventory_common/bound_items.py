"""The key of vendors' low-stock bounds as the stock service stores them, for the other services too."""

from typing import Final

from .items import Item, to_item

__all__ = ["BOUND_SORT", "bound_key"]

BOUND_SORT: Final = "#LOW-STOCK-BOUND"


def bound_key(vendor_id: str) -> Item:
    """Return the primary key of a vendor's low-stock bound."""
    return to_item({"product_id": vendor_id, "sku": BOUND_SORT})
