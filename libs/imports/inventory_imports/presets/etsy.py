"""Etsy's download of listings: a row for each listing, with all of its variations."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from itertools import product as combinations
from typing import Final

from ..html_text import plain_text
from .numbers import counted, price_text
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import members

__all__ = ["Etsy"]

_IMAGES: Final = range(1, 21)
_VARIATIONS: Final = (1, 2, 3)


class Etsy:
    """Listings have no id in the file: the title is the external id."""

    name = "etsy"
    title = "Etsy"
    fills_down = False
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are Etsy's."""
        return columns >= {"title", "price", "currency_code", "quantity"}

    def alias(self, cells: Cells) -> None:
        """Return nothing: titles are the only names."""

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the title."""
        return unescape(cells("title"))

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        product = {
            "product_name": unescape(cells("title")),
            "description": plain_text(cells("description")),
            # Etsy writes a blank within a tag as an underscore.
            "tags": [unescape(tag).replace("_", " ") for tag in members(cells("tags"))],
        }
        images = [image for number in _IMAGES if (image := cells(f"image{number}"))]
        return ShopRow(product, images, _variants(cells))


def _variants(cells: Cells) -> list[ShopVariant]:
    named = [
        [(unescape(cells(f"variation {number} name", f"variation {number} type")), value) for value in values]
        for number in _VARIATIONS
        if (values := members(unescape(cells(f"variation {number} values"))))
    ]
    skus, price = members(cells("sku")), price_text(cells("price"))
    all_options = list(combinations(*named))
    if len(all_options) == 1:
        count, reason = counted([cells("quantity")], "QUANTITY")
        sku = skus[0] if skus else ""
        return [ShopVariant(sku, all_options[0], price=price, units=count, no_units=reason)]
    # Of two variations, the file does not say in which order their combinations have their SKUs.
    known = skus if len(named) == 1 and len(skus) == len(all_options) else [""] * len(all_options)
    reason = "QUANTITY is that of all variations together"
    return [
        ShopVariant(sku, options, price=price, no_units=reason)
        for sku, options in zip(known, all_options, strict=True)
    ]
