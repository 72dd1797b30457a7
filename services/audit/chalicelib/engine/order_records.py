"""The log records of an order, of all its lines, newest first.

No index lists them.  Each line of the order's item names the line's last record, and each record the one
before it, so that they are read by their ids, newest first: of all lines the last record, then those before
it where the page needs them.  A cursor is the position of the last record served; the next page begins with
the lines' last records again and passes by what is newer.  A page thus reads a record of every line, those
that the earlier pages served and its own: at most `ORDER_RECORDS_READ_MAX`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final

from inventory_common.errors import OrderNotFound, TooManyRecords
from inventory_common.identity import Scope
from inventory_common.limits import ORDER_RECORDS_READ_MAX
from inventory_common.owners import Owners
from inventory_common.pages import Listing, PageRequest, Position, encode_cursor
from inventory_common.schema import STOCK_TRANSACTIONS, KeySpace
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.list_page import ListPage
from ..domain.order_chains import OrderChain, RecordPosition, chains_of_order
from ..storage.inventory_stores import OrderStore
from ..storage.log_store import LogStore

__all__ = ["OrderRecords"]

_RECORDS_OF_ORDER: Final = KeySpace(STOCK_TRANSACTIONS, None, "order_id", "timestamp")
"""The order of the list.  DynamoDB has no such index; the cursors have its form."""
_BY_POSITION: Final = itemgetter(0)
_BY_ITEM: Final = attrgetter("item")


@value
class OrderRecords:
    """Reads the log records of orders; `bootstrap` makes it."""

    orders: OrderStore
    log: LogStore
    clock: Clock

    def of_order(self, order_id: str, scope: Scope, owners: Owners) -> Callable[[PageRequest], ListPage]:
        """Return what reads pages of an order's records, for one request: it reads no record twice.

        It raises `InvalidCursor`, `OrderNotFound` and `TooManyRecords`.
        """
        return _OrderWalk(self, order_id, scope, owners).page


@dataclass(slots=True)
class _OrderWalk:
    """The records of an order that one request has read so far, oldest first, and the chains of its lines."""

    readers: OrderRecords
    order_id: str
    scope: Scope
    owners: Owners
    chains: list[OrderChain] | None = None
    found: list[tuple[RecordPosition, dict[str, Any]]] = field(default_factory=list)
    reads: int = 0

    def page(self, page: PageRequest) -> ListPage:
        Listing(_RECORDS_OF_ORDER, self.order_id).check(page)
        if self.chains is None:
            self.chains = self._read_order()
        while needed := self._needed(self.chains, page):
            self._read(needed)
        end = self._end(page)
        documents = [document for _, document in reversed(self.found[max(0, end - page.limit) : end])]
        next_cursor = encode_cursor(_position_of(documents[-1])) if end > page.limit else None
        return ListPage(documents, next_cursor, _position_of)

    def _read_order(self) -> list[OrderChain]:
        items = self.readers.orders.order_and_parts(self.order_id)
        chains = chains_of_order(items, self.owners, self.scope, self.readers.clock())
        if chains is None:
            raise OrderNotFound(f"{self.order_id} was not found.")
        return chains

    def _end(self, page: PageRequest) -> int:
        """Return how many of the records found are older than the cursor."""
        if page.after is None:
            return len(self.found)
        after = RecordPosition(*(str(page.after[name]) for name in RecordPosition._fields))
        return bisect_left(self.found, after, key=_BY_POSITION)

    def _needed(self, chains: Sequence[OrderChain], page: PageRequest) -> list[OrderChain]:
        """Return the chains that may have a further record of the page, or the first one after it."""
        unread = [chain for chain in chains if chain.sequence is not None]
        end = self._end(page)
        if end <= page.limit:
            return unread
        last_of_page = self.found[end - page.limit][0]
        return [chain for chain in unread if chain.reached is None or chain.reached > last_of_page]

    def _read(self, chains: Sequence[OrderChain]) -> None:
        """Read the next record of each chain."""
        self.reads += len(chains)
        if self.reads > ORDER_RECORDS_READ_MAX:
            raise TooManyRecords(
                f"More than {ORDER_RECORDS_READ_MAX} records of {self.order_id} would be read for this page; "
                "its older records are in the logs of its SKUs (GET /skus/{sku}/transactions)."
            )
        for _, group in groupby(chains, _BY_ITEM):
            written_together = [*group]
            items = self.readers.log.items_of_ids([chain.next_id for chain in written_together])
            for chain in written_together:
                item = items.get(chain.next_id)
                if chain.advance(item) and item is not None:
                    self._add(self.readers.log.served([item]))

    def _add(self, documents: Sequence[dict[str, Any]]) -> None:
        for document in documents:
            if self.scope.covers(document["vendor_id"]):
                position = RecordPosition(document["timestamp"], document["transaction_id"])
                insort(self.found, (position, document), key=_BY_POSITION)


def _position_of(document: Mapping[str, Any]) -> Position:
    return {name: document[name] for name in _RECORDS_OF_ORDER.position}
