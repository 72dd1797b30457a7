"""Amazon's flat files: inventory templates of either form, and the listings report.

A template has lines above its header, which `template_lines` finds; the columns of newer ones have
qualifiers, such as ``item_name[marketplace_id=…]#1.value``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..html_text import plain_text
from ..tables import SourceRow
from .numbers import counted, price_text
from .shop_rows import Cells, ShopRow, ShopVariant
from .texts import category_columns

__all__ = ["Amazon", "TemplateLines", "TemplateRows", "template_lines"]

_SKUS: Final = ("item_sku", "contribution_sku", "seller-sku", "sku")
_PRICES: Final = (
    "standard_price",
    "purchasable_offer.our_price.schedule.value_with_tax",
    "price",
    "list_price",
)
_HEADER_LINES_MAX: Final = 20
_TEMPLATE: Final = re.compile(rb'(?:\xef\xbb\xbf)?"?(?:TemplateType=|settings=)')
_ROW: Final = re.compile(rb"\b(attributeRow|dataRow)=(\d{1,3})\b")
_QUALIFIERS: Final = re.compile(r"\[[^\]]*\]|#\d+(?:\.value)?\b")
_PARTS: Final = {
    "color": ("color_name", "color"),
    "size": ("size_name", "size", "apparel_size.size", "shirt_size.size"),
    "style": ("style_name", "style"),
    "pattern": ("pattern_name", "pattern"),
    "flavor": ("flavor_name", "flavor"),
    "scent": ("scent_name", "scent"),
    "material": ("material_type", "material"),
}
_CODES: Final = frozenset({"ean", "upc", "gtin", "3", "4"})


class Amazon:
    """A child's parent SKU, or else its own, is the external id."""

    name = "amazon"
    title = "Amazon"
    fills_down = False
    has_aliases = False

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether the columns are Amazon's."""
        names = frozenset(map(_unqualified, columns))
        return not names.isdisjoint({"item_sku", "contribution_sku", "seller-sku"}) and (
            not names.isdisjoint({"item_name", "item-name"})
        )

    def alias(self, cells: Cells) -> None:
        """Return nothing: SKUs are the only names."""

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the SKU of the parent, or the row's own."""
        cells = _unqualified_cells(cells)
        return _parent(cells) or cells(*_SKUS)

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
        points = [text for _, text in cells.starting("bullet_point") if text]
        cells = _unqualified_cells(cells)
        action = cells("update_delete", "::record_action", "record_action", "add-delete")
        status = cells("status").casefold()
        product = {
            "product_name": cells("item_name", "item-name"),
            "description": plain_text(cells("product_description", "item-description") or "\n".join(points)),
            "brand": cells("brand_name", "brand", "manufacturer"),
            **category_columns([cells("feed_product_type", "product_type", "item_type")]),
            "is_active": status == "active" if status and not _parent(cells) else None,
        }
        # The level is written in the language of the template; a child has a parent.
        is_parent = bool(cells("parentage_level", "parent_child", "parentage")) and not _parent(cells)
        refused = f"is to be removed: its action is {action}" if "delete" in action.casefold() else ""
        variants = [] if is_parent else [_variant(cells)]
        return ShopRow(product, _images(cells), variants, refused=refused)


def _unqualified(column: str) -> str:
    return _QUALIFIERS.sub("", column)


def _unqualified_cells(cells: Cells) -> Cells:
    """Return the cells by their columns without qualifiers; of equal columns, the first that is not empty."""
    texts: dict[str, str] = {}
    for column, text in cells.starting(""):
        name = _unqualified(column)
        texts[name] = texts.get(name) or text
    return Cells(texts)


def _parent(cells: Cells) -> str:
    return cells("parent_sku", "child_parent_sku_relationship.parent_sku")


def _images(cells: Cells) -> list[str]:
    others = (
        cells(f"other_image_url{number}", f"other_product_image_locator_{number}.media_location")
        for number in range(1, 10)
    )
    main = cells("main_image_url", "main_product_image_locator.media_location", "image-url")
    return list(filter(None, (main, *others)))


def _variant(cells: Cells) -> ShopVariant:
    count, reason = counted(
        [cells("quantity", "fulfillment_availability.quantity")], "quantity, as of goods in Amazon's stores,"
    )
    kind = cells("external_product_id_type", "product-id-type", "amzn1.volt.ca.product_id_type").casefold()
    code = cells("external_product_id", "product-id", "amzn1.volt.ca.product_id_value")
    return ShopVariant(
        sku=cells(*_SKUS),
        options=_options(cells) if _parent(cells) else (),
        price=price_text(cells(*_PRICES)),
        barcode=code if kind in _CODES else "",
        units=count,
        no_units=reason,
    )


def _options(cells: Cells) -> list[tuple[str, str]]:
    """Return the options that the variation theme names, in its order; all that there are without a theme."""
    theme = cells("variation_theme", "variation_theme.name").casefold()
    found = {part: text for part, columns in _PARTS.items() if (text := cells(*columns))}
    named = [part for part in found if part in theme]
    parts = sorted(named, key=theme.index) or list(found)
    return [(part.capitalize(), found[part]) for part in parts]


@dataclass(frozen=True, slots=True)
class TemplateLines:
    """What precedes the rows of a template.

    Attributes
    ----------
    above_bytes, above_lines
        The size of what is above the header.
    below_rows
        The rows between the header and the data, such as an example.
    """

    above_bytes: int = 0
    above_lines: int = 0
    below_rows: int = 0


def template_lines(head: bytes) -> TemplateLines:
    """Return what precedes the rows of a file, from its first bytes: nothing unless it is a template."""
    if _TEMPLATE.match(head) is None:
        return TemplateLines()
    rows = {name: int(number) for name, number in _ROW.findall(head.split(b"\n", 1)[0])}
    below = max(0, rows.get(b"dataRow", 0) - rows.get(b"attributeRow", 0) - 1)
    above = 0
    for number, line in enumerate(head.splitlines(keepends=True)[:_HEADER_LINES_MAX]):
        cells = next(csv.reader([line.decode(errors="replace").replace("\t", ",").replace(";", ",")]), [])
        if {"item_sku", "contribution_sku"} & {_unqualified(cell.strip()) for cell in cells}:
            return TemplateLines(above, number, below)
        above += len(line)
    return TemplateLines()


class TemplateRows:
    """The rows of a template, with the lines that they have in the file.

    Parameters
    ----------
    rows
        The rows of the table that begins with the header.
    """

    def __init__(self, rows: Iterable[SourceRow], lines: TemplateLines) -> None:
        self._rows = rows
        self._lines = lines

    def __iter__(self) -> Iterator[SourceRow]:
        """Yield the rows below the example."""
        for number, row in enumerate(self._rows):
            if number >= self._lines.below_rows:
                yield replace(row, line=row.line + self._lines.above_lines)
