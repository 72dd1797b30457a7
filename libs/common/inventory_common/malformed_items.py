"""Items that no service could have written: an attribute is missing, or is of another type.

Somebody wrote past the services, or a restore was incomplete.  A list leaves out such an item, a command that
needs it fails, and nothing else does.  It is reported once, in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from .items import Item, from_item
from .log_lines import exception_fields, log_event
from .schema import Table

__all__ = ["MalformedItem", "MalformedItems"]

_T = TypeVar("_T")

_UNREADABLE: Final = (AssertionError, AttributeError, KeyError, TypeError, ValueError)
"""What a function that reads an item raises if it is not what it should be."""
_REPORTED_MAX: Final = 1_000
"""Items that a process knows to have reported."""


class MalformedItem(Exception):
    """An item cannot be read."""


class MalformedItems:
    """Reads items, and reports those that cannot be read: each once in a process, as a line of the log.

    Parameters
    ----------
    service
        The application's name, for the log.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self._reported: set[tuple[str, ...]] = set()

    def read(self, table: Table, item: Item, reader: Callable[[Item], _T]) -> _T:
        """Return what `reader` reads of an item of a table, or of its indexes.

        Raises
        ------
        MalformedItem
            If it raises an exception; the item has been reported then.
        """
        try:
            return reader(item)
        except _UNREADABLE as error:
            self._report(table, item, error)
            raise MalformedItem(table.name) from error

    def readable(self, table: Table, image: Item | None, reader: Callable[[Item], _T]) -> _T | None:
        """Return what `reader` reads of an image of a change, if there is one.

        None if it cannot be read, and then it has been reported: a retry could not read it either.
        """
        try:
            return None if image is None else self.read(table, image, reader)
        except MalformedItem:
            return None

    def read_all(self, table: Table, items: Iterable[Item], reader: Callable[[Item], _T]) -> Iterator[_T]:
        """Yield what `reader` reads of items; those that cannot be read are left out."""
        for item in items:
            try:
                yield reader(item)
            except _UNREADABLE as error:
                self._report(table, item, error)

    def _report(self, table: Table, item: Item, error: Exception) -> None:
        key = from_item(item, table.key)
        identity = (table.name, *map(str, key.values()))
        if identity in self._reported:
            return
        if len(self._reported) >= _REPORTED_MAX:
            self._reported.clear()
        self._reported.add(identity)
        fields: dict[str, Any] = {"table": table.name, "key": key}
        if isinstance(error, KeyError | TypeError):  # their messages name attributes, and quote no values
            fields["reason"] = str(error)
        log_event(self._service, "malformed_item", level="ERROR", **fields, **exception_fields(error))
