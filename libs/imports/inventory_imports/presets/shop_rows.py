"""What a preset reads of a row of a shop's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

__all__ = ["Cells", "NoProduct", "Preset", "ShopRow", "ShopVariant", "column_name"]


class NoProduct(Exception):
    """A row belongs to no product of the file; the message says why."""


def column_name(name: str) -> str:
    """Return the name of a column as presets compare it: in small letters, with single blanks."""
    return " ".join(name.split()).casefold()


@lru_cache(maxsize=16)
def _columns(names: tuple[str, ...]) -> Mapping[str, str]:
    """Return the columns of a file by the names that presets compare; all rows of a file have the same."""
    return {column_name(name): name for name in names}


class Cells:
    """The cells of a row, as texts without blanks around, by the names that `column_name` returns."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._columns = _columns(tuple(values))

    def __call__(self, *columns: str) -> str:
        """Return the first of some columns that is not empty; an empty text if all are."""
        for column in columns:
            if (name := self._columns.get(column)) is not None and (text := self._text(name)):
                return text
        return ""

    def __contains__(self, column: str) -> bool:
        """Return whether the file has a column."""
        return column in self._columns

    def starting(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yield the columns whose names start with a prefix: the rest of the name, and the text."""
        for column, name in self._columns.items():
            if column.startswith(prefix):
                yield column[len(prefix) :], self._text(name)

    def _text(self, name: str) -> str:
        value = self._values[name]
        return "" if value is None else str(value).strip()


@dataclass(frozen=True, slots=True)
class ShopVariant:
    """A SKU as its shop has it.

    Attributes
    ----------
    sku
        The shop's SKU, which becomes the variant; without one the options do.
    options
        Names and values of its options; a later variant may lack the names.
    name
        Its name; without one the values of the options joined by `` / ``, or the product's name.
    price, threshold, barcode
        Texts; a threshold of "" is 0.
    surcharge
        What is added to the product's price, if the SKU has no price of its own.
    units
        The units in stock; "" if they are not known.
    no_units
        Why they are not known.
    is_active
        None if the shop does not say it of each variant.
    is_alone
        Whether it is a SKU only if its product has no other.
    """

    sku: str = ""
    options: Sequence[tuple[str, str]] = ()
    name: str = ""
    price: str = ""
    surcharge: str = ""
    threshold: str = ""
    barcode: str = ""
    units: str = ""
    no_units: str = ""
    is_active: bool | None = None
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class ShopRow:
    """What a row says.

    Attributes
    ----------
    product
        Columns of the product, texts or lists; of several rows, the first that has a column counts.
    images
        URLs; those of all rows are the product's.
    variants
        Its SKUs: one, none (an image, a parent), or several if the shop has all of a product in one row.
    no_product
        Why the row is none among the products, though it is among SKUs and stock.
    no_variants
        Why the product has no SKU in this file.
    refused
        Why the row cannot be imported; the other rows of its product can.
    product_refused
        Why its product cannot be imported.
    """

    product: Mapping[str, Any] = field(default_factory=dict)
    images: Sequence[str] = ()
    variants: Sequence[ShopVariant] = ()
    no_product: str = ""
    no_variants: str = ""
    refused: str = ""
    product_refused: str = ""


class Preset(Protocol):
    """How the product file of a shop is read.

    Attributes
    ----------
    name, title
        The name in the command, and that of the shop system.
    fills_down
        Whether a row without a product belongs to that of the row before.
    has_aliases
        Whether rows refer to a product by another name than its key.
    """

    name: str
    title: str
    fills_down: bool
    has_aliases: bool

    def recognizes(self, columns: frozenset[str]) -> bool:
        """Return whether a file with these columns (`column_name`) is one of the shop's."""

    def alias(self, cells: Cells) -> tuple[str, str] | None:
        """Return another name of a product and its key, if other rows refer to the product by that name.

        It is called only if `has_aliases`.
        """

    def key(self, cells: Cells, aliases: Mapping[str, str]) -> str:
        """Return the product that a row belongs to, its `external_id`; "" if the row names none.

        Raises
        ------
        NoProduct
            If it names one that the file does not have.
        """

    def read(self, cells: Cells) -> ShopRow:
        """Return what a row says."""
