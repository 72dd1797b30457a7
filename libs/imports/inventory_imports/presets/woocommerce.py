"""WooCommerce's export of products: simple products, and variable ones with their variations."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Final

from ..html_text import plain_text
from .numbers import counted, price_text
from .shop_rows import Cells, NoProduct, ShopRow, ShopVariant
from .texts import category_columns, category_path, members

__all__ = ["WooCommerce"]

_REFUSED_TYPES: Final = {
    "grouped": "is a group of products",
    "external": "is sold by another shop",
    "virtual": "is virtual, without stock",
    "downloadable": "is a download, without stock",
}
_ATTRIBUTES: Final = range(1, 21)


class WooCommerce:
    """A product's id is the external id; variations name their parent by its SKU or as ``id:15``."""

    name = "woocommerce"
    title = "WooCommerce"
    fills_down = False
    has_aliases = True

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are WooCommerce's."""
        return columns >= {"type", "sku", "name", "published", "regular price"}

    def alias(self, cells: Cells) -> tuple[str, str] | None:
        """Return the SKU of a product and its id."""
        sku = cells("sku")
        return (sku, _own_key(cells)) if sku and "variation" not in _types(cells) else None

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the id of the product, or of the parent."""
        if "variation" not in _types(cells):
            return _own_key(cells)
        parent = cells("parent")
        if parent.startswith("id:"):
            return parent.removeprefix("id:").strip()
        if parent not in aliases:
            raise NoProduct(f"Parent: the file has no product {parent!r}")
        return aliases[parent]

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        types, images = _types(cells), members(cells("images"))
        refused = next((text for name, text in _REFUSED_TYPES.items() if name in types), "")
        if "variation" in types:
            return ShopRow({}, images, [_variant(cells, is_variation=True)], refused=refused)
        is_parent = any(name.startswith("variable") for name in types)
        variants = [] if is_parent else [_variant(cells)]
        return ShopRow(_product(cells), images, variants, product_refused=refused)


def _types(cells: Cells) -> list[str]:
    return [name.casefold() for name in members(cells("type"))]


def _own_key(cells: Cells) -> str:
    return cells("id", "sku", "name")


def _product(cells: Cells) -> dict[str, object]:
    categories = members(unescape(cells("categories")))
    return {
        "product_name": unescape(cells("name")),
        "description": _text(cells("description") or cells("short description")),
        "brand": next(iter(members(unescape(cells("brands")))), ""),
        **category_columns(category_path(categories[0]) if categories else []),
        "tags": members(unescape(cells("tags"))),
        "is_active": cells("published") == "1",
    }


def _text(written: str) -> str:
    """Return a description; WooCommerce writes a line break as a backslash and an ``n``."""
    lines = written.replace("\\\\n", "\0").replace("\\n", "\n").replace("\0", "\\n")
    return plain_text(lines, newlines_break=True)


def _variant(cells: Cells, *, is_variation: bool = False) -> ShopVariant:
    options = []
    if is_variation:
        options = [
            (cells(f"attribute {number} name"), value)
            for number in _ATTRIBUTES
            if (value := cells(f"attribute {number} value(s)"))
        ]
    count, reason = _units(cells)
    return ShopVariant(
        sku=cells("sku") or (f"ID-{cells('id')}" if is_variation and not options else ""),
        options=options,
        name=unescape(cells("name")) if is_variation and not options else "",
        price=price_text(cells("regular price")),
        threshold=cells("low stock amount"),
        barcode=cells("gtin, upc, ean, or isbn", "meta: _global_unique_id"),
        units=count,
        no_units=reason,
        is_active=cells("published") == "1" if is_variation else None,
    )


def _units(cells: Cells) -> tuple[str, str]:
    if cells("stock").casefold() == "parent":
        return "", "Stock: is counted for the whole product, not for each variation"
    return counted([cells("stock")], "Stock")
