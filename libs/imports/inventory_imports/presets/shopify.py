"""Shopify's export of products: a row for each variant, and for each further image.

The columns have their names of before 2025 (``Handle``, ``Variant Price``) or those of the newer template
(``URL handle``, ``Price``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..html_text import plain_text
from .numbers import counted, price_text
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import category_columns, category_path, is_yes, members

__all__ = ["Shopify"]

_ACTIVE: Final = frozenset({"active", "unlisted"})
_ONLY_OPTION: Final = "Default Title"
_TRACKERS: Final = ("variant inventory tracker", "inventory tracker")
_UNITS: Final = ("variant inventory qty", "inventory quantity")


class Shopify:
    """Rows with the same handle are one product; it is the external id."""

    name = "shopify"
    title = "Shopify"
    fills_down = True
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are Shopify's."""
        return columns >= {"handle", "title", "variant price"} or columns >= {"url handle", "title", "price"}

    def alias(self, cells: Cells) -> None:
        """Return nothing: handles are the only names."""

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the handle."""
        return cells("handle", "url handle")

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        images = [cells("image src", "product image url"), cells("variant image", "variant image url")]
        return ShopRow(
            product=_product(cells),
            images=list(filter(None, images)),
            variants=_variants(cells),
            product_refused="is a gift card" if is_yes(cells("gift card")) else "",
        )


def _product(cells: Cells) -> dict[str, object]:
    levels = category_path(cells("product category")) or category_path(cells("custom product type", "type"))
    status, published = cells("status").casefold(), cells("published", "published on online store")
    is_active = status in _ACTIVE if status else is_yes(published) if published else None
    return {
        "product_name": cells("title"),
        "description": plain_text(cells("body (html)", "description")),
        "brand": cells("vendor"),
        **category_columns(levels),
        "tags": members(cells("tags")),
        "is_active": is_active,
    }


def _variants(cells: Cells) -> list[ShopVariant]:
    sku, price = cells("variant sku", "sku"), cells("variant price", "price")
    options = [
        (cells(f"option{number} name"), value)
        for number in (1, 2, 3)
        if (value := cells(f"option{number} value"))
    ]
    if not (sku or price or options):
        return []
    count, reason = _units(cells)
    return [
        ShopVariant(
            sku=sku,
            options=[(name, value) for name, value in options if value != _ONLY_OPTION],
            price=price_text(price),
            # Shopify writes an apostrophe before digits, against spreadsheets.
            barcode=cells("variant barcode", "barcode").lstrip("'"),
            units=count,
            no_units=reason,
        )
    ]


def _units(cells: Cells) -> tuple[str, str]:
    if any(column in cells for column in _TRACKERS) and not cells(*_TRACKERS):
        return "", "Variant Inventory Tracker is empty: its stock is not counted"
    if not any(column in cells for column in _UNITS):
        return "", "the file has no Variant Inventory Qty, as of a shop with several locations"
    return counted([cells(*_UNITS)], "Variant Inventory Qty")
