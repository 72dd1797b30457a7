"""Texts as mappings transform them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["slug"]

_LETTERS: Final = str.maketrans(
    {
        "\u00df": "ss",
        "\u1e9e": "ss",
        "\u00e6": "ae",
        "\u00c6": "ae",
        "\u0153": "oe",
        "\u0152": "oe",
        "\u00f8": "o",
        "\u00d8": "o",
        "\u0142": "l",
        "\u0141": "l",
        "\u0111": "d",
        "\u0110": "d",
        "\u00f0": "d",
        "\u00d0": "d",
        "\u00fe": "th",
        "\u00de": "th",
        "\u0131": "i",
    }
)
"""Letters that Unicode does not decompose."""


def slug(text: str) -> str:
    """Return a text in lower case, with accents removed and hyphens for everything but letters and digits."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
