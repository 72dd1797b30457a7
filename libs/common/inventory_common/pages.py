"""One page of a partition: the Query that reads it, and the cursor of the next page.

A cursor contains a position alone.  The position has to be in the partition and range that the request names,
so that a cursor of another list cannot read another vendor's data.  DynamoDB itself refuses some foreign
positions, with an error that would be a defect of the service.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from .errors import InvalidCursor
from .exact_json import dumps
from .items import from_item, key_of, to_attribute
from .limits import PAGE_DEFAULT_ITEMS
from .schema import KeySpace
from .timestamps import microsecond_before
from .values import value

__all__ = [
    "Among",
    "Filter",
    "Listing",
    "Operator",
    "Page",
    "PageRequest",
    "Period",
    "Position",
    "SortCondition",
    "at_most",
    "decode_cursor",
    "encode_cursor",
    "equal_to",
    "starting_with",
    "within",
]

Position = dict[str, str | int | Decimal]
"""The key attributes of the last item of a page, which may be one that no service could have written."""

_CURSOR_MAX_CHARACTERS: Final = 8_192
"""The longest cursor that is read."""
_KEY_TEXT_MAX_BYTES: Final = 2_048
"""The UTF-8 bytes of each text in a cursor: DynamoDB's limit for a partition key."""
_KEY_NUMBER_BOUND: Final = 10**126
"""The numbers in a cursor are below it: DynamoDB has none beyond."""
_KEY_EXPONENT_LEAST: Final = -168
"""The exponent of the last of 38 digits of DynamoDB's smallest numbers."""


@value
class PageRequest:
    """The number of items that a client requests, and the position after which they begin."""

    limit: int = PAGE_DEFAULT_ITEMS
    after: Position | None = None


@value
class Page:
    """Documents to serve, and the cursor of the next page if there is one, also after an empty page."""

    documents: list[dict[str, Any]]
    next_cursor: str | None


@value
class SortCondition:
    """A condition on the sort key: the expression over ``#sort``, and the same test for a cursor."""

    expression: str
    values: Mapping[str, str | int]
    admits: Callable[[Any], bool]


def equal_to(value: str) -> SortCondition:
    """Return the condition that the sort key is `value`."""
    return SortCondition("#sort = :sort", {":sort": value}, lambda key: key == value)


def at_most(value: int | str) -> SortCondition:
    """Return the condition that the sort key is `value` or less."""
    return SortCondition("#sort <= :sort", {":sort": value}, lambda key: key <= value)


def starting_with(prefix: str) -> SortCondition:
    """Return the condition that the sort key begins with `prefix`."""
    return SortCondition("begins_with(#sort, :sort)", {":sort": prefix}, lambda key: key.startswith(prefix))


@value
class Period:
    """The time from `first` on and before `end`, in one of two orders; None leaves a side open."""

    first: str | None = None
    end: str | None = None
    descending: bool = False


def within(period: Period) -> SortCondition | None:
    """Return the condition that a sort key of timestamps is in a period, None for all time."""
    first, end = period.first, period.end
    if first is not None and end is not None:
        # BETWEEN includes both its ends; the last timestamp before `end` is one microsecond earlier.
        last = microsecond_before(end)
        return SortCondition(
            "#sort BETWEEN :first AND :last",
            {":first": first, ":last": last},
            lambda key: first <= key <= last,
        )
    if first is not None:
        return SortCondition("#sort >= :first", {":first": first}, lambda key: key >= first)
    if end is not None:
        return SortCondition("#sort < :end", {":end": end}, lambda key: key < end)
    return None


Operator = Literal["=", ">=", "<=", "<", "contains"]


@value
class Filter:
    """A condition on an attribute that is not a key; DynamoDB charges for the items that it leaves out."""

    attribute: str
    operator: Operator
    value: str | int | Decimal

    def values(self, prefix: str) -> dict[str, str | int | Decimal]:
        """Return the values of the expression by placeholder, each of which begins with `prefix`."""
        return {prefix: self.value}

    def expression(self, name: str, value: str) -> str:
        """Return the filter expression over placeholders for the attribute's name and the value."""
        if self.operator == "contains":
            return f"contains({name}, {value})"
        return f"{name} {self.operator} {value}"


@value
class Among:
    """A condition on an attribute that is not a key: it has one of some values, or is absent."""

    attribute: str
    choices: tuple[str, ...]
    or_absent: bool = False

    def values(self, prefix: str) -> dict[str, str | int | Decimal]:
        """Return the values of the expression by placeholder, each of which begins with `prefix`."""
        return {f"{prefix}x{number}": choice for number, choice in enumerate(self.choices)}

    def expression(self, name: str, value: str) -> str:
        """Return the filter expression over placeholders for the attribute's name and the values."""
        among = f"{name} IN ({', '.join(self.values(value))})"
        return f"({among} OR attribute_not_exists({name}))" if self.or_absent else among


@value
class Listing:
    """A partition of a table or index, or a range of it, in one of two orders, with optional filters."""

    space: KeySpace
    partition: str
    where: SortCondition | None = None
    descending: bool = False
    filters: tuple[Filter | Among, ...] = ()

    def query(self, table_name: str, page: PageRequest) -> dict[str, Any]:
        """Return the arguments of the one Query that reads the page.

        Raises
        ------
        InvalidCursor
            If the page's position is not in this listing.
        """
        condition = "#partition = :partition"
        names = {"#partition": self.space.partition_key}
        values: dict[str, str | int | Decimal] = {":partition": self.partition}
        if self.where is not None:
            condition += f" AND {self.where.expression}"
            names["#sort"] = self.space.sort_key
            values |= self.where.values
        filters = []
        for number, each in enumerate(self.filters):
            names[f"#filter{number}"] = each.attribute
            values |= each.values(f":filter{number}")
            filters.append(each.expression(f"#filter{number}", f":filter{number}"))
        arguments = {
            "TableName": table_name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {name: to_attribute(value) for name, value in values.items()},
            "ScanIndexForward": not self.descending,
            "Limit": page.limit,
        }
        if filters:
            arguments["FilterExpression"] = " AND ".join(filters)
        if self.space.index_name is None:
            arguments["ConsistentRead"] = True  # DynamoDB refuses it for an index
        else:
            arguments["IndexName"] = self.space.index_name
        self.check(page)
        if page.after is not None:
            arguments["ExclusiveStartKey"] = key_of(self.space.position, page.after)
        return arguments

    def next_cursor(self, response: Mapping[str, Any]) -> str | None:
        """Return the cursor of the page after the one in a response of DynamoDB, None after the last."""
        last = response.get("LastEvaluatedKey")
        return None if last is None else encode_cursor(from_item(last))

    def check(self, page: PageRequest) -> None:
        """Raise `InvalidCursor` if the page's position is not in this listing."""
        position = page.after
        if position is None:
            return
        types = {name: str for name in self.space.position} | {self.space.sort_key: self.space.sort_type}
        belongs = (
            {name: _type_of(value) for name, value in position.items()} == types
            and position[self.space.partition_key] == self.partition
            and (self.where is None or self.where.admits(position[self.space.sort_key]))
        )
        if not belongs:
            raise InvalidCursor("The cursor does not belong to this listing.")


def encode_cursor(position: Position) -> str:
    """Return a position as an opaque text that is safe in a URL."""
    text = dumps(position)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Position:
    """Return the position in a cursor.

    Raises
    ------
    InvalidCursor
        If `encode_cursor` cannot have returned it.
    """
    try:
        if len(cursor) > _CURSOR_MAX_CHARACTERS:
            raise ValueError("too long")
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        position = json.loads(text, parse_float=Decimal)
        if not isinstance(position, dict) or not all(map(_is_key_value, position.values())):
            raise ValueError("not a position")
        if encode_cursor(position) != cursor:
            raise ValueError("not in the form of encode_cursor")
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidCursor("The cursor cannot be read.") from error
    return position


def _is_key_value(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value.encode()) <= _KEY_TEXT_MAX_BYTES  # a lone surrogate raises ValueError
    if isinstance(value, Decimal):
        return _has_stored_digits(value) and abs(value) < _KEY_NUMBER_BOUND
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _KEY_NUMBER_BOUND


def _has_stored_digits(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= _KEY_EXPONENT_LEAST


def _type_of(value: object) -> type:
    return int if isinstance(value, Decimal) else type(value)
