"""The reading of items in DynamoDB's responses, faster than botocore's own by a factor of almost five.

botocore looks for each of the ten types in each attribute value, although JSON has already made a plain value
of most.  ``tests/benchmarks/item_parser.py`` measures both; the result is the same.
"""

from __future__ import annotations

from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory

__all__ = ["ItemParser", "ItemParserFactory"]


class ItemParser(JSONParser):
    """Parses as botocore does, but takes attributes that are text, number, or true or false as they are."""

    def _handle_map(self, shape: Any, value: dict[str, Any]) -> dict[str, Any]:
        attribute_value = shape.value
        if attribute_value.name != "AttributeValue":
            parsed: dict[str, Any] = super()._handle_map(shape, value)
            return parsed
        return {
            name: attribute
            if "S" in attribute or "N" in attribute or "BOOL" in attribute
            else self._parse_shape(attribute_value, attribute)
            for name, attribute in value.items()
        }


class ItemParserFactory(ResponseParserFactory):
    """Makes the parser of a response; of another protocol than DynamoDB's, botocore's own."""

    def create_parser(self, protocol_name: str) -> Any:
        """Return a parser of the protocol."""
        return ItemParser() if protocol_name == "json" else super().create_parser(protocol_name)
