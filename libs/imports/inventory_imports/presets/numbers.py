"""Prices and units as shops write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final
from unicodedata import category

from inventory_common.limits import MONEY_MAX

__all__ = [
    "NoCount",
    "amount",
    "counted",
    "lowest",
    "point_price",
    "price_text",
    "rounded_price",
    "threshold",
    "units",
]

_WITH_CURRENCY: Final = re.compile(r"([^\d+\-.,]*)([+-]?[\d.,][\d., \u00a0\u202f]*?)([^\d+\-.,]*)")
_CURRENCY_MAX_LETTERS: Final = 3
_THOUSANDS_AND_POINT: Final = re.compile(r"\d{1,3}(,\d{3})+\.\d+")
_THOUSANDS_AND_COMMA: Final = re.compile(r"\d{1,3}([. \u00a0\u202f]\d{3})+,\d+")
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}")
_WHOLE: Final = re.compile(r"([+-]?\d{1,18})(?:\.0*)?")
_CENT: Final = Decimal("0.01")


class NoCount(Exception):
    """A row has no units that could be counted; the message says why."""


def price_text(text: str) -> str:
    """Return a price without currency and thousands separators, with a decimal point.

    What could be read in two ways, such as ``1,234``, stays as it is and is refused later.
    """
    text = text.strip()
    matched = _WITH_CURRENCY.fullmatch(text)
    if matched is not None and _is_currency(matched[1] + matched[3]):
        text = matched[2].strip()
    if _THOUSANDS_AND_POINT.fullmatch(text):
        return text.replace(",", "")
    if _THOUSANDS_AND_COMMA.fullmatch(text):
        return re.sub(r"[. \u00a0\u202f]", "", text).replace(",", ".")
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def _is_currency(text: str) -> bool:
    """Return whether a text is at most a code or symbol of a currency, such as ``R$`` or ``CHF``."""
    letters = sum(character.isalpha() for character in text)
    others = (character for character in text if not (character.isalpha() or character.isspace()))
    return letters <= _CURRENCY_MAX_LETTERS and all(category(character) == "Sc" for character in others)


def amount(text: str) -> Decimal | None:
    """Return a price as a number, or None if it is none, or larger than any price."""
    try:
        number = Decimal(price_text(text))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= MONEY_MAX + 1 else None


def point_price(text: str) -> str:
    """Return a price of a shop that always writes a decimal point, and more decimals than cents."""
    number = amount(text)
    if number is None or number != number.quantize(_CENT):
        return price_text(text)
    return str(number.quantize(_CENT))


def rounded_price(text: str) -> str:
    """Return a price of any precision, rounded to cents, as shops that store net prices show it."""
    number = amount(text)
    return price_text(text) if number is None else str(number.quantize(_CENT, ROUND_HALF_UP))


def lowest(prices: Iterable[str]) -> str:
    """Return the lowest price, or the first text if none is a price."""
    texts = [price for price in prices if price]
    known = [(number, text) for text in texts if (number := amount(text)) is not None]
    return min(known)[1] if known else next(iter(texts), "")


def units(texts: Iterable[str], column: str) -> str:
    """Return the units of a SKU, summed over all places of the shop; an empty place has none.

    Raises
    ------
    NoCount
        If no place has units, or one has a part of a unit, or the sum is negative.
    """
    total, is_known = 0, False
    for text in texts:
        if not text:
            continue
        matched = _WHOLE.fullmatch(text)
        if matched is None:
            raise NoCount(f"{column}: should be whole units, not {text!r}")
        total, is_known = total + int(matched[1]), True
    if not is_known:
        raise NoCount(f"{column} is empty: its stock is not counted")
    if total < 0:
        raise NoCount(f"{column}: {total} units cannot be in stock")
    return str(total)


def counted(texts: Iterable[str], column: str) -> tuple[str, str]:
    """Return the units of a SKU (`units`), and "" or why they are not known."""
    try:
        return units(texts, column), ""
    except NoCount as error:
        return "", str(error)


def threshold(texts: Iterable[str]) -> str:
    """Return the stock at which a SKU is low, summed over all places; else the first text."""
    given = [text for text in texts if text]
    whole = [matched[1] for text in given if (matched := _WHOLE.fullmatch(text))]
    return str(sum(map(int, whole))) if whole and len(whole) == len(given) else next(iter(given), "")
