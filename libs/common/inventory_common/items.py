"""Conversion between DynamoDB's typed attribute values and plain Python values.

boto3's own resource layer converts them too, in twice the time (``tests/benchmarks/item_codec.py``) and
through a decimal context that raises an error for a number it would round.  The types here are those of the
specification's attributes alone.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

__all__ = ["AttributeValue", "Item", "from_item", "key_of", "to_attribute", "to_item"]

AttributeValue = dict[str, Any]
"""One value in the form of DynamoDB's API, e.g. ``{"N": "89.99"}``."""

Item = dict[str, AttributeValue]
"""The attributes of an item in the same form."""


def to_attribute(value: Any) -> AttributeValue:
    """Encode one value: str, bool, int, Decimal, bytes, list, tuple or mapping.

    Raises
    ------
    TypeError
        For any other type.  That includes float, as amounts of money must stay exact.
    """
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case Decimal():
            return {"N": format(value, "f")}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [to_attribute(member) for member in value]}
        case Mapping():
            return {"M": to_item(value)}
        case _:
            raise TypeError(f"no attribute value for {type(value).__name__}")


def to_item(attributes: Mapping[str, Any]) -> Item:
    """Encode attributes; those that are None are left out of the item."""
    return {name: to_attribute(value) for name, value in attributes.items() if value is not None}


def _from_attribute(attribute: AttributeValue) -> Any:
    [(data_type, value)] = attribute.items()
    match data_type:
        case "S" | "BOOL" | "B":
            return value
        case "N":
            return _number(value)
        case "L":
            return [_from_attribute(member) for member in value]
        case "M":
            return from_item(value)
        case "NULL":
            return None
        case _:
            raise TypeError(f"no plain value for an attribute of type {data_type}")


def _number(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        return Decimal(text)


def from_item(item: Mapping[str, AttributeValue], names: Iterable[str] | None = None) -> dict[str, Any]:
    """Decode an item, or only the attributes `names` of it.

    A number without a fraction becomes an int, any other a Decimal.
    """
    if names is not None:
        item = {name: item[name] for name in names if name in item}
    # Inline for the most frequent types: most attributes are strings, and most of the others numbers.
    return {
        name: attribute["S"]
        if "S" in attribute
        else _number(attribute["N"])
        if "N" in attribute
        else _from_attribute(attribute)
        for name, attribute in item.items()
    }


def key_of(names: Iterable[str], values: Mapping[str, Any]) -> Item:
    """Encode the key that consists of the attributes `names` of `values`."""
    return {name: to_attribute(values[name]) for name in names}
