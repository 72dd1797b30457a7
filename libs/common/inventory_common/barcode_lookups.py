"""The keys of the items by which SKUs are found by their barcodes, for the other services too.

A SKU with a barcode has one lookup item in VendorInventory, which is its key alone: the partition
``BARCODE#{vendor_id}#{barcode}``, and ``#`` with the SKU's id as the sort key.  To streams, scans and
reconciliation, a sort key that begins with ``SKU-`` is that of a SKU itself.
"""

from typing import Final

from .ids import StockKey, is_id
from .items import Item, to_item

__all__ = ["LOOKUP_SORT_PREFIX", "barcode_partition", "lookup_key", "sku_of_lookup"]

LOOKUP_SORT_PREFIX: Final = "#SKU-"


def barcode_partition(vendor_id: str, barcode: str) -> str:
    """Return the partition of the lookup items of a vendor's barcode; a vendor's id contains no ``#``."""
    return f"BARCODE#{vendor_id}#{barcode}"


def lookup_key(partition: str, sku: str) -> Item:
    """Return the key of the lookup item of a SKU in the partition of a barcode; it is the whole item."""
    return to_item({"product_id": partition, "sku": f"#{sku}"})


def sku_of_lookup(item: Item) -> StockKey:
    """Return the key of the SKU that a lookup item names.

    Raises
    ------
    ValueError
        If it names none.
    """
    sku = item["sku"]["S"].removeprefix("#")
    if not is_id("sku", sku):
        raise ValueError("the sort key is not that of a lookup item")
    return StockKey.of(sku)
