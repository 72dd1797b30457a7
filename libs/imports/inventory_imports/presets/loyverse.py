"""Loyverse's export of items: a row for each variant, and for each part of a composite item.

Prices and stock have a column for each store, such as ``In stock [Main street]``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..html_text import plain_text
from .numbers import counted, price_text, threshold
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import category_columns, category_path, is_yes

__all__ = ["Loyverse"]


class Loyverse:
    """Rows with the same handle are one product; it is the external id."""

    name = "loyverse"
    title = "Loyverse"
    fills_down = True
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are Loyverse's."""
        return columns >= {"handle", "sku", "name", "option 1 name"} and "variant price" not in columns

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
            **category_columns(category_path(cells("category"))),
        }
        return ShopRow(product, variants=_variants(cells))


def _variants(cells: Cells) -> list[ShopVariant]:
    options = [
        (cells(f"option {number} name"), value)
        for number in (1, 2, 3)
        if (value := cells(f"option {number} value"))
    ]
    price = _price(cells)
    if not (cells("sku") or options or price):
        return []  # a part of the composite item above
    count, reason = _units(cells)
    sold = [text for _, text in cells.starting("available for sale")]
    return [
        ShopVariant(
            sku=cells("sku"),
            options=options,
            price=price,
            threshold=threshold(text for _, text in cells.starting("low stock")),
            barcode=cells("barcode"),
            units=count,
            no_units=reason,
            is_active=any(map(is_yes, sold)) if any(sold) else None,
        )
    ]


def _price(cells: Cells) -> str:
    """Return the default price, or else the one price of all stores."""
    prices = {price_text(text): text for _, text in cells.starting("price [") if text}
    if default := cells("default price"):
        return price_text(default)
    return next(iter(prices)) if len(prices) == 1 else " / ".join(prices.values())


def _units(cells: Cells) -> tuple[str, str]:
    if "track stock" in cells and not is_yes(cells("track stock")):
        return "", "Track stock is not Y: its stock is not counted"
    return counted((text for _, text in cells.starting("in stock")), "In stock")
