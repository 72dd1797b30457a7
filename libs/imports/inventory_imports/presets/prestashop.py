"""PrestaShop's files of products and of combinations, each by itself or both in one.

The columns have the names of the forms for imports, or those of the export of the list of products.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..html_text import plain_text
from .numbers import counted, rounded_price
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import category_columns, category_path, is_yes, members

__all__ = ["PrestaShop"]

_IDS: Final = ("product id", "product id*", "id", "id_product")
_NAMES: Final = ("name*", "name *", "name")
_ATTRIBUTES: Final = ("attribute (name:type:position)*", "attribute (name:type:position)", "attribute")
_VALUES: Final = ("value (value:position)*", "value (value:position)", "value")
_PRICES: Final = (
    "price tax excluded",
    "price tax excluded or tax included",
    "price tax excluded or price tax included",
    "price (tax excl.)",
    "price tax included",
    "price (tax incl.)",
)
_REFERENCES: Final = ("reference", "reference #")


class PrestaShop:
    """The product's id is the external id."""

    name = "prestashop"
    title = "PrestaShop"
    fills_down = False
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are PrestaShop's."""
        has_id = not columns.isdisjoint(_IDS)
        is_products = not columns.isdisjoint(_NAMES) and not columns.isdisjoint(_PRICES)
        is_combinations = not columns.isdisjoint(_ATTRIBUTES[:2]) and not columns.isdisjoint(_VALUES[:2])
        return has_id and (is_products or is_combinations)

    def alias(self, cells: Cells) -> None:
        """Return nothing: combinations have the id of their product."""

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the id of the product."""
        return cells(*_IDS)

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        images = members(cells("image urls (x,y,z...)", "image urls", "image url", "image"))
        images = [image for image in images if "://" in image]
        if cells(*_ATTRIBUTES):
            return ShopRow({}, images, [_combination(cells)], no_product=_no_product(cells))
        refused = "is virtual, without stock" if is_yes(cells("virtual product")) else ""
        return ShopRow(_product(cells), images, [_alone(cells)], product_refused=refused)


def _no_product(cells: Cells) -> str:
    has_products = any(column in cells for column in _NAMES)
    return "" if has_products else "is a combination: products are in PrestaShop's other file"


def _product(cells: Cells) -> dict[str, object]:
    categories = members(cells("categories (x,y,z...)", "categories", "category"))
    levels = category_path(categories[0]) if categories else []
    if len(levels) == 1:
        levels = category_path(categories[0], "/")
    active = cells("active (0/1)", "active", "status")
    return {
        "product_name": cells(*_NAMES),
        "description": plain_text(cells("description", "summary", "short description")),
        "brand": cells("manufacturer", "brand"),
        "base_price": rounded_price(cells(*_PRICES)),
        **category_columns(levels[1:] if levels[:1] == ["Home"] and len(levels) > 1 else levels),
        "tags": members(cells("tags (x,y,z...)", "tags")),
        "is_active": is_yes(active) if active else None,
    }


def _alone(cells: Cells) -> ShopVariant:
    count, reason = counted([cells("quantity")], "Quantity")
    return ShopVariant(
        sku=cells(*_REFERENCES),
        price=rounded_price(cells(*_PRICES)),
        threshold=cells("low stock level"),
        barcode=cells("ean13", "upc"),
        units=count,
        no_units=reason,
        is_alone=True,
    )


def _combination(cells: Cells) -> ShopVariant:
    """Return a combination: ``Size:select:0, Color:color:1`` with the values ``S:0, Blue:1``."""
    names = [each.split(":")[0].strip() for each in members(cells(*_ATTRIBUTES))]
    values = [_value(each) for each in cells(*_VALUES).split(",") if each.strip()]
    padded = names + [""] * (len(values) - len(names))
    count, reason = counted([cells("quantity")], "Quantity")
    return ShopVariant(
        sku=cells(*_REFERENCES),
        options=list(zip(padded, values, strict=False)),
        surcharge=rounded_price(cells("impact on price") or "0"),
        threshold=cells("low stock level"),
        barcode=cells("ean13", "upc"),
        units=count,
        no_units=reason,
    )


def _value(text: str) -> str:
    """Return a value without its position: ``S`` of ``S:0``."""
    value, colon, position = text.strip().rpartition(":")
    return value.strip() if colon and position.strip().isdigit() else text.strip()
