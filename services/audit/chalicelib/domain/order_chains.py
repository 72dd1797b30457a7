"""The records of an order, line by line: each line names its last record, and each record its predecessor.

Orders and records may have been written by hand: what cannot be read ends a line's chain, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from inventory_common.identity import Scope
from inventory_common.ids import transaction_id
from inventory_common.items import Item
from inventory_common.order_items import stored_count
from inventory_common.owners import Owners
from inventory_common.schema import TTL_ATTRIBUTE
from inventory_common.settings import DEFAULT_OWNER
from inventory_common.timestamps import epoch_seconds

__all__ = ["OrderChain", "RecordPosition", "chains_of_order"]


class RecordPosition(NamedTuple):
    """The place of a record among those of its order: by time, then by id."""

    timestamp: str
    transaction_id: str

    @classmethod
    def of(cls, item: Item) -> Self:
        """Return the position of a stored record, which is its key."""
        return cls(*(item[name]["S"] for name in cls._fields))


@dataclass(slots=True)
class OrderChain:
    """The records of an order's line that have not been read yet, newest first.

    `sequence` is that of the next one, None at the chain's end; `reached` is the position of the last one
    that was read.  `item` is the sort key of the order's item or part that has the line: one transaction
    writes the records of all lines of it that a command changes.
    """

    order_id: str
    sku: str
    item: str
    sequence: int | None
    reached: RecordPosition | None = None

    @property
    def next_id(self) -> str:
        """The id of the next record."""
        assert self.sequence is not None, self
        return transaction_id(self.sku, self.sequence)

    def advance(self, record: Item | None) -> bool:
        """Go on to the record before this one, the next; return whether it is one of the chain.

        The chain ends with a record that does not exist, is one of another SKU or order, or is not older than
        the one that names it.
        """
        sequence, self.sequence = self.sequence, None
        assert sequence is not None, self
        if (
            record is None
            or record.get("sku") != {"S": self.sku}
            or record.get("order_id") != {"S": self.order_id}
        ):
            return False
        position = RecordPosition.of(record)
        if self.reached is not None and position.timestamp >= self.reached.timestamp:
            return False
        self.reached = position
        previous = stored_count(record.get("order_previous"))
        if previous is not None and 1 <= previous < sequence:
            self.sequence = previous
        return True


def chains_of_order(items: Sequence[Item], owners: Owners, scope: Scope, now: str) -> list[OrderChain] | None:
    """Return the chains of an order's lines in a scope; None if there is no such order.

    That is an order of an owner whose orders the caller does not see, one without a line in the scope of a
    vendor, or a tombstone past its `ttl`.

    Parameters
    ----------
    items
        The order's item, first, and its parts; none if it does not exist.
    """
    if not items or not owners.cover(_owner(items[0])):
        return None
    order = items[0]
    expires = stored_count(order.get(TTL_ATTRIBUTE))
    if expires is not None and expires <= epoch_seconds(now):
        return None
    chains = {}
    for item in items:
        for sku, line in item.get("lines", {}).get("M", {}).items():
            stored = line.get("M", {})
            if scope.covers(stored.get("vendor_id", {}).get("S", "")):
                last = stored_count(stored.get("last_record"))
                chains[sku] = OrderChain(order["product_id"]["S"], sku, item["sku"]["S"], last)
    return None if scope.vendor_id is not None and not chains else list(chains.values())


def _owner(order: Item) -> str:
    """Return the owner of an order; that which cannot be read is nobody's."""
    owner: str = order.get("owner", {"S": DEFAULT_OWNER}).get("S", "")
    return owner
