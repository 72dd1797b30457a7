"""Square's export of the item library: a row for each variation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..html_text import plain_text
from .numbers import counted, price_text, threshold
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import category_columns, category_path, is_yes, members

__all__ = ["Square"]

_ONLY_VARIATION: Final = "regular"
_NO_GOODS: Final = ("gift card", "service", "digital", "donation", "event", "membership")


class Square:
    """Rows with the same item name are one product; the name is the external id."""

    name = "square"
    title = "Square"
    fills_down = True
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are Square's."""
        return columns >= {"token", "item name", "price"}

    def alias(self, cells: Cells) -> None:
        """Return nothing: items have one name."""

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the item's name; a token is that of a variation, so it cannot be used."""
        return cells("item name")

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        item_type = cells("item type", "product type")
        is_no_good = any(word in item_type.casefold() for word in _NO_GOODS)
        categories = members(cells("categories", "category", "reporting category"))
        product = {
            "product_name": cells("item name"),
            "description": plain_text(cells("description")),
            **category_columns(category_path(categories[0]) if categories else []),
            "is_active": not is_yes(cells("archived")) if "archived" in cells else None,
        }
        refused = f"is no article with stock, but {item_type}" if is_no_good else ""
        return ShopRow(product, variants=[_variant(cells)], product_refused=refused)


def _variant(cells: Cells) -> ShopVariant:
    options = [
        (cells(f"option name {number}"), value)
        for number in range(1, 7)
        if (value := cells(f"option value {number}"))
    ]
    variation = cells("variation name")
    if not options and variation and variation.casefold() != _ONLY_VARIATION:
        options = [("Variation", variation)]
    count, reason = counted((text for _, text in cells.starting("current quantity")), "Current Quantity")
    return ShopVariant(
        sku=cells("sku"),
        options=options,
        price=price_text(cells("price")),
        threshold=threshold(text for _, text in cells.starting("stock alert count")),
        barcode=cells("gtin"),
        units=count,
        no_units=reason,
    )
