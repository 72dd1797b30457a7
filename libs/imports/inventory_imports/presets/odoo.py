"""Odoo's export of Product Variants (product.product) or of Products (product.template).

Both by technical names (``default_code``) and by labels (``Internal Reference``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..html_text import plain_text
from .numbers import counted, price_text
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import category_columns, category_path, is_yes, members

__all__ = ["Odoo"]

_ALL: Final = "All"
"""The category above all others, which every category has."""
_REFERENCES: Final = frozenset({"default_code", "internal reference"})
_PRICES: Final = ("lst_price", "list_price", "sales price", "public price")
_TEMPLATES: Final = (
    "product_tmpl_id/id",
    "product template/external id",
    "product template/id",
    "product_tmpl_id/.id",
    "product_tmpl_id",
    "product template",
)
_VALUES: Final = (
    "product_template_variant_value_ids",
    "product_template_variant_value_ids/name",
    "product_template_attribute_value_ids",
    "variant values",
    "attribute values",
)
_ATTRIBUTES: Final = (
    "attribute_line_ids/attribute_id",
    "attribute_line_ids/attribute_id/id",
    "product attributes/attribute",
    "attribute_line_ids",
    "product attributes",
)
_SERVICES: Final = frozenset({"service", "combo"})
_UNITS: Final = ("qty_available", "quantity on hand", "on hand")


class Odoo:
    """The external id of the template is that of the product; without one, its name."""

    name = "odoo"
    title = "Odoo"
    fills_down = True
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are Odoo's."""
        return "name" in columns and bool(_REFERENCES & columns) and not columns.isdisjoint(_PRICES)

    def alias(self, cells: Cells) -> None:
        """Return nothing: variants have the id of their template."""

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the template, or the record itself; further values of the row above have none."""
        return cells(*_TEMPLATES) or cells("id", "external id", "name")

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        if not cells("name"):
            return ShopRow()  # a further value of the row above
        levels = category_path(cells("categ_id", "categ_id/complete_name", "product category"), " / ")
        product: dict[str, object] = {
            "product_name": cells("name"),
            "description": plain_text(
                cells("description_ecommerce", "description_sale", "sales description", "description")
            ),
            **category_columns(levels[1:] if levels[:1] == [_ALL] and len(levels) > 1 else levels),
            "tags": members(cells("product_tag_ids", "product_tag_ids/name", "tags", "product tags")),
        }
        kind = cells("type", "detailed_type", "product type")
        refused = f"is no article with stock, but a {kind.casefold()}" if kind.casefold() in _SERVICES else ""
        if cells(*_ATTRIBUTES) and not cells(*_VALUES):
            product |= {"base_price": price_text(cells(*_PRICES)), "is_active": _is_active(cells)}
            text = "has variants: their SKUs are in the export of Product Variants"
            return ShopRow(product, no_variants=text, product_refused=refused)
        return ShopRow(product, variants=[_variant(cells)], product_refused=refused)


def _is_active(cells: Cells) -> bool | None:
    active = cells("active")
    return is_yes(active) if active else None


def _variant(cells: Cells) -> ShopVariant:
    count, reason = _units(cells)
    return ShopVariant(
        sku=cells("default_code", "internal reference"),
        options=[_option(text) for text in members(cells(*_VALUES))],
        price=price_text(cells(*_PRICES)),
        barcode=cells("barcode"),
        units=count,
        no_units=reason,
        is_active=_is_active(cells),
    )


def _option(text: str) -> tuple[str, str]:
    """Return name and value of ``Color: Blue``, or of ``Blue`` alone."""
    name, colon, value = text.partition(": ")
    return (name, value) if colon else ("", text)


def _units(cells: Cells) -> tuple[str, str]:
    storable = cells("is_storable", "track inventory")
    if storable and not is_yes(storable):
        return "", "Track Inventory is not set: its stock is not counted"
    return counted([cells(*_UNITS)], "Quantity On Hand")
