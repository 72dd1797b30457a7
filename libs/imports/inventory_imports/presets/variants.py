"""The variant in a SKU's id, from what the shop calls it."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final
from unicodedata import combining, normalize

from inventory_common.limits import SKU_VARIANT_MAX_CHARACTERS

__all__ = ["ONLY_VARIANT", "variant_code"]

ONLY_VARIANT: Final = "STD"
"""The variant of a product that has neither options nor a SKU in its shop."""

_DIGEST_CHARACTERS: Final = 8
_KEPT_CHARACTERS: Final = SKU_VARIANT_MAX_CHARACTERS - _DIGEST_CHARACTERS - 1


def variant_code(text: str) -> str:
    """Return a text as the variant of a SKU: A-Z and 0-9, with single hyphens between.

    Accents are dropped.  A text that is too long, or has letters that cannot be written so, ends with a part
    of its SHA-256, so that it is always the same and different texts stay different.
    """
    letters = "".join(each for each in normalize("NFKD", text) if not combining(each)).upper()
    code = re.sub(r"[^A-Z0-9]+", "-", letters).strip("-")
    is_lossy = any(each.isalnum() and not each.isascii() for each in letters)
    if code and not is_lossy and len(code) <= SKU_VARIANT_MAX_CHARACTERS:
        return code
    digest = sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS].upper()
    return "-".join(filter(None, (code[:_KEPT_CHARACTERS].strip("-"), digest)))
