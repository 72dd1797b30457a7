"""The types of stored attributes: a reader of items refuses what no service could have written.

DynamoDB knows no types but those of keys.  An attribute of another type would fail later, amid the work on
other items: as a number that no JSON can carry, or a text where units are compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from .timestamps import is_stored_moment

__all__ = ["EXACT_BOUND", "StoredTypes", "is_exact_integer"]

EXACT_BOUND: Final = 2**53
"""Integers below it are exact in every JSON parser, and in RFC 8785."""
_HASH: Final = re.compile("[0-9a-f]{64}")


def is_exact_integer(stored: object) -> bool:
    """Return whether a stored value is an integer that JSON can carry, and so a hash cover."""
    return type(stored) is int and -EXACT_BOUND < stored < EXACT_BOUND


def _is_text(stored: object) -> bool:
    return type(stored) is str


def _is_hash(stored: object) -> bool:
    return type(stored) is str and _HASH.fullmatch(stored) is not None


def _is_flag(stored: object) -> bool:
    return type(stored) is bool


def _is_price(stored: object) -> bool:
    return is_exact_integer(stored) or (type(stored) is Decimal and abs(stored) < EXACT_BOUND)


def _is_text_list(stored: object) -> bool:
    return type(stored) is list and all(type(member) is str for member in stored)


def _is_text_map(stored: object) -> bool:
    return type(stored) is dict and all(type(member) is str for member in stored.values())


class StoredTypes:
    """The types of an item's attributes, as `from_item` decodes them; `optional` ones may be absent."""

    def __init__(
        self,
        *,
        integers: tuple[str, ...] = (),
        texts: tuple[str, ...] = (),
        hashes: tuple[str, ...] = (),
        moments: tuple[str, ...] = (),
        flags: tuple[str, ...] = (),
        prices: tuple[str, ...] = (),
        text_lists: tuple[str, ...] = (),
        text_maps: tuple[str, ...] = (),
        optional: tuple[str, ...] = (),
    ) -> None:
        names: dict[str, tuple[tuple[str, ...], Callable[[object], bool]]] = {
            "an integer": (integers, is_exact_integer),
            "a text": (texts, _is_text),
            "a hash": (hashes, _is_hash),
            "a timestamp": (moments, is_stored_moment),
            "true or false": (flags, _is_flag),
            "a price": (prices, _is_price),
            "a list of texts": (text_lists, _is_text_list),
            "a map of texts": (text_maps, _is_text_map),
        }
        self._checks = tuple(
            (name, expected, is_of_type)
            for expected, (of_type, is_of_type) in names.items()
            for name in of_type
        )
        self.names: Final = frozenset(chain.from_iterable(of_type for of_type, _ in names.values()))
        self._optional = frozenset(optional)

    def require(self, attributes: Mapping[str, Any]) -> None:
        """Raise `TypeError` if a required attribute is missing, or one is of another type."""
        for name, expected, is_of_type in self._checks:
            stored = attributes.get(name)
            if not is_of_type(stored) and not (stored is None and name in self._optional):
                raise TypeError(f"{name} is {'missing' if name not in attributes else f'not {expected}'}")
