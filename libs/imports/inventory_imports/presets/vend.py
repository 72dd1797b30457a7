"""The export of products of Vend, which is now Lightspeed Retail (X-Series): a row for each variant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..html_text import plain_text
from .numbers import counted, point_price, threshold
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import category_columns, category_path, is_yes, members

__all__ = ["Vend"]

_DISCOUNT: Final = "vend-discount"
_NUMBERS: Final = ("one", "two", "three")


class Vend:
    """Rows with the same handle are one product; it is the external id."""

    name = "vend"
    title = "Vend (Lightspeed X-Series)"
    fills_down = True
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are Vend's."""
        return columns >= {"handle", "sku", "variant_option_one_name", "retail_price"}

    def alias(self, cells: Cells) -> None:
        """Return nothing: handles are the only names."""

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the handle."""
        return cells("handle")

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        product = {
            "product_name": cells("name"),
            "description": plain_text(cells("description")),
            "brand": cells("brand_name"),
            **category_columns(category_path(cells("product_category", "type"), " / ")),
            "tags": members(cells("tags")),
        }
        is_discount = cells("sku") == _DISCOUNT
        refused = "is the product that Vend uses for discounts" if is_discount else ""
        return ShopRow(product, variants=_variants(cells), product_refused=refused)


def _variants(cells: Cells) -> list[ShopVariant]:
    if not cells("sku", "retail_price"):
        return []  # a part of the composite above
    options = [
        (cells(f"variant_option_{number}_name"), value)
        for number in _NUMBERS
        if (value := cells(f"variant_option_{number}_value"))
    ]
    count, reason = _units(cells)
    return [
        ShopVariant(
            sku=cells("sku"),
            options=options,
            price=point_price(cells("retail_price")),
            threshold=threshold(text for _, text in cells.starting("reorder_point_")),
            barcode=cells("barcode"),
            units=count,
            no_units=reason,
            is_active=is_yes(cells("active")) if cells("active") else None,
        )
    ]


def _units(cells: Cells) -> tuple[str, str]:
    if cells("track_inventory") and not is_yes(cells("track_inventory")):
        return "", "track_inventory is not 1: its stock is not counted"
    return counted((text for _, text in cells.starting("inventory_")), "inventory")
