"""All presets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Final

from .amazon import Amazon
from .etsy import Etsy
from .loyverse import Loyverse
from .odoo import Odoo
from .prestashop import PrestaShop
from .shop_rows import Preset, column_name
from .shopify import Shopify
from .square import Square
from .vend import Vend
from .woocommerce import WooCommerce

__all__ = ["PRESETS", "TWO_FILES", "count_reference", "presets_of"]

_REJECTS: Final = re.compile(r"\.(products|skus|stock)-rejects$")
_NOT_IN_REFERENCES: Final = re.compile(r"[\[\]\x00-\x1f\x7f-\x9f]+")
_NAME_MAX_CHARACTERS: Final = 40

_ALL: Final[tuple[Preset, ...]] = (
    Shopify(),
    WooCommerce(),
    PrestaShop(),
    Square(),
    Etsy(),
    Loyverse(),
    Odoo(),
    Vend(),
    Amazon(),
)

PRESETS: Final[Mapping[str, Preset]] = {preset.name: preset for preset in _ALL}
"""The presets by name."""

TWO_FILES: Final = frozenset({"prestashop"})
"""The shops that write products and their variants to two files."""


def presets_of(columns: Iterable[str]) -> list[Preset]:
    """Return the presets that recognize a header, usually one or none."""
    names = frozenset(map(column_name, columns))
    return [preset for preset in _ALL if preset.recognizes(names)]


def count_reference(preset: Preset, name: str) -> str:
    """Return the reference of a file's counts, from the names of preset and file.

    It is the same for a repeated import, and for the rejected rows of an earlier one.
    """
    stem = _NOT_IN_REFERENCES.sub(" ", _REJECTS.sub("", PurePath(name).stem))
    return f"{preset.name} {stem[:_NAME_MAX_CHARACTERS]}".strip()
