"""All presets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

__all__ = ["PRESETS", "TWO_FILES", "presets_of"]

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
