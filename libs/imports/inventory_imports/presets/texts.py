"""Texts of shops: lists and category paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["category_columns", "category_path", "is_yes", "members"]

_YES: Final = frozenset({"true", "yes", "y", "1"})

NO_CATEGORY: Final = "Uncategorized"
"""The category of a product that has none in its shop: the catalog requires one."""


def members(text: str, separator: str = ",") -> list[str]:
    """Return the members of a list, without empty and repeated ones."""
    return list(dict.fromkeys(part for each in text.split(separator) if (part := each.strip())))


def category_path(text: str, separator: str = ">") -> list[str]:
    """Return the levels of a category such as ``Apparel > Shirts > T-Shirts``."""
    return [level for each in text.split(separator) if (level := each.strip())]


def category_columns(levels: Sequence[str]) -> dict[str, str]:
    """Return category and subcategory: the first level, and the others joined by `` > ``."""
    if not levels:
        return {}
    return {"category": levels[0], "subcategory": " > ".join(levels[1:])}


def is_yes(text: str) -> bool:
    """Return whether a cell means yes."""
    return text.casefold() in _YES
