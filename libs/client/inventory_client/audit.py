"""The audit service: the log of all changes of stock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from inventory_common.transactions import TransactionRecord, TransactionType

from .connection import Client, Params, path_of
from .documents import read

__all__ = ["AuditClient", "Search"]


@dataclass(frozen=True, slots=True)
class Search:
    """What part of a log, and in which order.

    `since` is inclusive and `until` exclusive, both ISO 8601 with an offset.
    """

    since: str | None = None
    until: str | None = None
    transaction_type: TransactionType | str | None = None
    order: Literal["asc", "desc"] | None = None

    def params(self) -> Params:
        """Return the query parameters."""
        kind = None if self.transaction_type is None else str(self.transaction_type)
        return {"from": self.since, "to": self.until, "transaction_type": kind, "order": self.order}


_ALL: Final = Search()
_record = partial(read, TransactionRecord)


class AuditClient(Client):
    """The log, as far as the principal of the token may read it; newest record first by default."""

    def record(self, transaction_id: str) -> TransactionRecord:
        """Return a log record, or raise `TransactionNotFound`."""
        return self._get(path_of("transactions", transaction_id), _record)

    def records_of_sku(self, sku: str, search: Search = _ALL) -> Iterator[TransactionRecord]:
        """Yield a SKU's log."""
        return self._records("skus", sku, search)

    def records_of_product(self, product_id: str, search: Search = _ALL) -> Iterator[TransactionRecord]:
        """Yield a product's log."""
        return self._records("products", product_id, search)

    def records_of_vendor(self, vendor_id: str, search: Search = _ALL) -> Iterator[TransactionRecord]:
        """Yield a vendor's log."""
        return self._records("vendors", vendor_id, search)

    def _records(self, of: str, whose: str, search: Search) -> Iterator[TransactionRecord]:
        return self._pages(path_of(of, whose, "transactions"), _record, search.params())
