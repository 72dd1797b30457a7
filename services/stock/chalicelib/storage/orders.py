"""Orders: one by its id, and the list of those that are due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from inventory_common.errors import DatabaseUnavailable, InvalidCursor, OrderDamaged
from inventory_common.items import Item, from_item
from inventory_common.limits import RESPONSE_LINES_MAX
from inventory_common.malformed_items import MalformedItem
from inventory_common.order_items import OPEN_ORDERS, order_key, part_key
from inventory_common.owners import EVERY_OWNER, Owners
from inventory_common.pages import Among, Listing, PageRequest, Period, Position, within
from inventory_common.schema import VENDOR_INVENTORY_INDEX
from inventory_common.settings import DEFAULT_OWNER
from inventory_common.tuning import READ_ROUNDS_MAX
from inventory_common.values import value

from ..domain.orders import Order, order_damaged
from .database import Database
from .order_items import OWNER_ATTRIBUTE, order_from_item, part_from_item, with_parts

__all__ = ["DueOrders", "OrderStore"]

_UNCHANGED_READS_MAX: Final = 2
"""Reads of an order that has not changed, while one of its parts is newer: no transaction writes it so."""


_T = TypeVar("_T")


class DueOrders(NamedTuple):
    """A page of due orders, and the position after it; None at the end."""

    orders: list[Order]
    after: Position | None


class _ListingPosition(NamedTuple):
    """Where a page of due orders begins: in which partition, and after which item of it."""

    partition: str
    after: Position | None


@value
class OrderStore:
    """Reads orders."""

    database: Database

    def get(self, order_id: str) -> Order | None:
        """Return an order with all its parts, read consistently."""
        order = self.get_main(order_id)
        return None if order is None else self.with_all_lines(order)

    def get_main(self, order_id: str) -> Order | None:
        """Return an order without the lines of its parts, read consistently."""
        item = self.database.get(self.database.inventory, order_key(order_id))
        return None if item is None else self._read(item, order_from_item)

    def with_all_lines(self, order: Order) -> Order | None:
        """Return an order with all its lines, read consistently; None if it was removed.

        Raises
        ------
        DatabaseUnavailable
            If it changed during every attempt.
        OrderDamaged
            If one of its items has no genuine seal or cannot be read, or a part is of a later version than
            the order will have.
        """
        unchanged = 0
        for _ in range(READ_ROUNDS_MAX):
            if order.has_all_lines:
                return order
            keys = [part_key(order.order_id, part) for part in range(1, order.parts + 1)]
            inventory = self.database.inventory
            items = self.database.batch_get({inventory: keys})[inventory]
            parts = [self._read(part, part_from_item) for part in items]
            complete = with_parts(order, parts)
            if complete is not None and len(parts) == order.parts:
                return complete
            item = self.database.get(inventory, order_key(order.order_id))
            if item is None:
                return None
            again = self._read(item, order_from_item)
            if complete is not None and again.version == order.version:  # it has fewer parts for now
                return complete
            # A part that is newer than the main item belongs to a later version, which a second read shows.
            unchanged = unchanged + 1 if again.version == order.version else 0
            if unchanged >= _UNCHANGED_READS_MAX:
                self._read(item, _refuse_newer_parts)
            order = again
        raise DatabaseUnavailable("The order changes too fast to be read; please try again.")

    def read(self, item: Item) -> Order:
        """Read an order's main item, or raise `OrderDamaged`."""
        return self._read(item, order_from_item)

    def due(self, due_before: str, page: PageRequest, owners: Owners = EVERY_OWNER) -> DueOrders:
        """List orders of some owners that reserve units and are due before a moment.

        They are ordered by due time within each of the sixteen partitions, which follow one another; a page
        takes at most sixteen Queries (which read orders of other owners too), and ends early when its orders
        have `RESPONSE_LINES_MAX` lines.  The index may lag.  Orders that cannot be read are left out.

        Raises
        ------
        InvalidCursor
            If the page's position does not belong to this list.
        """
        partition, after = self._position(page.after)
        orders: list[Order] = []
        lines = 0
        for number in range(OPEN_ORDERS.index(partition), len(OPEN_ORDERS)):
            listing = Listing(
                VENDOR_INVENTORY_INDEX,
                OPEN_ORDERS[number],
                within(Period(end=due_before)),
                filters=() if owners.sees_all else (_owned_by(owners),),
            )
            response = self.database.query(listing, PageRequest(page.limit - len(orders), after))
            for item in response["Items"]:
                order = self._readable(item)
                if order is not None:
                    orders.append(order)
                    lines += len(order.lines)
                if lines >= RESPONSE_LINES_MAX:  # the response is full
                    position = {name: item[name] for name in VENDOR_INVENTORY_INDEX.position}
                    return DueOrders(orders, from_item(position))
            if "LastEvaluatedKey" in response:  # the partition has more
                return DueOrders(orders, from_item(response["LastEvaluatedKey"]))
            after = None
            if len(orders) >= page.limit and number + 1 < len(OPEN_ORDERS):  # full at the partition's end
                return DueOrders(orders, {VENDOR_INVENTORY_INDEX.partition_key: OPEN_ORDERS[number + 1]})
        return DueOrders(orders, None)

    def _read(self, item: Item, reader: Callable[[Item], _T]) -> _T:
        try:
            return self.database.read_sealed(item, reader)
        except MalformedItem as error:
            raise order_damaged(item["product_id"]["S"]) from error

    def _readable(self, item: Item) -> Order | None:
        """Return a listed order with all its lines; None if it was removed or cannot be read."""
        try:
            return self.with_all_lines(self._read(item, order_from_item))
        except OrderDamaged:
            return None

    @staticmethod
    def _position(position: Position | None) -> _ListingPosition:
        if position is None:
            return _ListingPosition(OPEN_ORDERS[0], None)
        partition = position.get(VENDOR_INVENTORY_INDEX.partition_key)
        if partition not in OPEN_ORDERS:
            raise InvalidCursor("The cursor does not belong to this list.")
        return _ListingPosition(str(partition), position if len(position) > 1 else None)


def _refuse_newer_parts(item: Item) -> Order:
    raise ValueError("a part is newer than its order")


def _owned_by(owners: Owners) -> Among:
    return Among(OWNER_ATTRIBUTE, owners.seen, or_absent=DEFAULT_OWNER in owners.seen)
