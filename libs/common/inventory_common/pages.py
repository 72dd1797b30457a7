"""One page of a partition: the Query that reads it, and the cursor that leads to the next.

A cursor holds only a position.  What it decodes to must lie in the partition and range that the request
names, so a cursor from elsewhere cannot read another vendor's things; DynamoDB itself would refuse some, with
an error that is ours to avoid.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from .errors import InvalidCursor
from .items import from_item, key_of, to_attribute
from .limits import PAGE_DEFAULT_ITEMS
from .schema import KeySpace
from .timestamps import microsecond_before
from .values import value

__all__ = [
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

Position = dict[str, str | int]
"""The key attributes of the last item of a page."""

_CURSOR_MAX_CHARACTERS: Final = 4_096
"""A cursor as it is sent."""
_KEY_TEXT_MAX_BYTES: Final = 1_024
"""UTF-8 bytes of each text in a cursor: DynamoDB allows a sort key no more."""
_KEY_NUMBER_BOUND: Final = 10**38  # DynamoDB's numbers end here


@value
class PageRequest:
    """How many items a client wants, and after which position."""

    limit: int = PAGE_DEFAULT_ITEMS
    after: Position | None = None


@value
class Page:
    """Documents to serve, and the cursor to the next page; a page may be empty and yet go on."""

    documents: list[dict[str, Any]]
    next_cursor: str | None


@value
class SortCondition:
    """A bound on the sort key: its expression over ``#sort``, and the same test for a cursor."""

    expression: str
    values: Mapping[str, str | int]
    admits: Callable[[Any], bool]


def equal_to(value: str) -> SortCondition:
    """Bound the sort key to one value."""
    return SortCondition("#sort = :sort", {":sort": value}, lambda key: key == value)


def at_most(value: int | str) -> SortCondition:
    """Bound the sort key from above, the value itself included."""
    return SortCondition("#sort <= :sort", {":sort": value}, lambda key: key <= value)


def starting_with(prefix: str) -> SortCondition:
    """Bound the sort key to texts that begin with `prefix`."""
    return SortCondition("begins_with(#sort, :sort)", {":sort": prefix}, lambda key: key.startswith(prefix))


@value
class Period:
    """From `first` on, until before `end`, in one of two orders; None leaves a side open."""

    first: str | None = None
    end: str | None = None
    descending: bool = False


def within(period: Period) -> SortCondition | None:
    """Bound a sort key of timestamps to a period."""
    first, end = period.first, period.end
    if first is not None and end is not None:
        # BETWEEN takes both its ends; timestamps have microseconds, so this is the last one before `end`.
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
    """What DynamoDB leaves out of a page after it has read (and charged) it; not for keys of the index."""

    attribute: str
    operator: Operator
    value: str | int | Decimal

    def expression(self, name: str, value: str) -> str:
        """Return it over placeholders."""
        if self.operator == "contains":
            return f"contains({name}, {value})"
        return f"{name} {self.operator} {value}"


@value
class Listing:
    """A partition of a table or index, or a range of it, in one of its two orders, perhaps filtered."""

    space: KeySpace
    partition: str
    where: SortCondition | None = None
    descending: bool = False
    filters: tuple[Filter, ...] = ()

    def query(self, table_name: str, page: PageRequest) -> dict[str, Any]:
        """Return the arguments of the one Query that reads the page.

        Raises
        ------
        InvalidCursor
            If the page's position is not one of this listing.
        """
        condition = "#partition = :partition"
        names = {"#partition": self.space.partition_key}
        values: dict[str, str | int | Decimal] = {":partition": self.partition}
        if self.where is not None:
            condition += f" AND {self.where.expression}"
            names["#sort"] = self.space.sort_key
            values |= self.where.values
        filters = []
        for number, wanted in enumerate(self.filters):
            names[f"#filter{number}"] = wanted.attribute
            values[f":filter{number}"] = wanted.value
            filters.append(wanted.expression(f"#filter{number}", f":filter{number}"))
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
            arguments["ConsistentRead"] = True  # an index cannot
        else:
            arguments["IndexName"] = self.space.index_name
        self.check(page)
        if page.after is not None:
            arguments["ExclusiveStartKey"] = key_of(self.space.position, page.after)
        return arguments

    def next_cursor(self, response: Mapping[str, Any]) -> str | None:
        """Return the cursor to what follows the page that DynamoDB answered with."""
        last = response.get("LastEvaluatedKey")
        return None if last is None else encode_cursor(from_item(last))

    def check(self, page: PageRequest) -> None:
        """Raise `InvalidCursor` if the page's position is not one of this listing."""
        position = page.after
        if position is None:
            return
        kinds = {name: str for name in self.space.position} | {self.space.sort_key: self.space.sort_type}
        belongs = (
            {name: type(value) for name, value in position.items()} == kinds
            and position[self.space.partition_key] == self.partition
            and (self.where is None or self.where.admits(position[self.space.sort_key]))
        )
        if not belongs:
            raise InvalidCursor("The cursor does not belong to this listing.")


def encode_cursor(position: Position) -> str:
    """Write a position as an opaque text that is safe in a URL."""
    text = json.dumps(position, separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Position:
    """Read a cursor.

    Raises
    ------
    InvalidCursor
        If it is none that `encode_cursor` could have written.
    """
    try:
        if len(cursor) > _CURSOR_MAX_CHARACTERS:
            raise ValueError("too long")
        position = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(position, dict) or not all(map(_is_key_value, position.values())):
            raise ValueError("no position")
        if encode_cursor(position) != cursor:
            raise ValueError("not in the form that we write")
    except (ValueError, RecursionError) as error:
        raise InvalidCursor("The cursor cannot be read.") from error
    return position


def _is_key_value(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value.encode()) <= _KEY_TEXT_MAX_BYTES  # a lone surrogate raises ValueError
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _KEY_NUMBER_BOUND
