"""DynamoDB's typed attribute values and plain Python values, both ways.

boto3's own resource layer does this too, in twice the time (``tests/benchmarks/item_codec.py``) and through a
decimal context that raises on what it would round; the values here are only those the specification knows.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

__all__ = ["AttributeValue", "Item", "from_item", "key_of", "to_attribute", "to_item"]

AttributeValue = dict[str, Any]
"""One value as DynamoDB's wire form has it, e.g. ``{"N": "89.99"}``."""

Item = dict[str, AttributeValue]


def to_attribute(value: Any) -> AttributeValue:
    """Encode one value: str, bool, int, Decimal, list, tuple or mapping.

    Raises
    ------
    TypeError
        For anything else, a binary float above all: money never passes through one.
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
        case list() | tuple():
            return {"L": [to_attribute(member) for member in value]}
        case Mapping():
            return {"M": to_item(value)}
        case _:
            raise TypeError(f"no attribute value for {type(value).__name__}")


def to_item(attributes: Mapping[str, Any]) -> Item:
    """Encode attributes; those that are None are absent in the item."""
    return {name: to_attribute(value) for name, value in attributes.items() if value is not None}


def _from_attribute(attribute: AttributeValue) -> Any:
    [(kind, value)] = attribute.items()
    match kind:
        case "S" | "BOOL":
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
            raise TypeError(f"no plain value for an attribute of type {kind}")


def _number(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        return Decimal(text)


def from_item(item: Mapping[str, AttributeValue], names: Iterable[str] | None = None) -> dict[str, Any]:
    """Decode an item; with `names`, only those of its attributes that are named.

    A number is an int where it has no fraction, else a Decimal.
    """
    if names is not None:
        item = {name: item[name] for name in names if name in item}
    # Most attributes are texts, and most of the others numbers.
    return {
        name: attribute["S"]
        if "S" in attribute
        else _number(attribute["N"])
        if "N" in attribute
        else _from_attribute(attribute)
        for name, attribute in item.items()
    }


def key_of(names: Iterable[str], values: Mapping[str, Any]) -> Item:
    """Encode just the key attributes `names` out of `values`."""
    return {name: to_attribute(values[name]) for name in names}
