"""The audit service: the log of all stock changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from inventory_common.exact_json import dumps
from inventory_common.ledger_keys import PublicKeys
from inventory_common.limits import BULK_PAGE_MAX_ITEMS
from inventory_common.transactions import TransactionRecord, TransactionType

from .connection import Client, Params, path_of
from .documents import read
from .proofs import (
    Difference,
    Finding,
    Reservations,
    StockAt,
    Verification,
    read_finding,
    read_reservations,
    read_stock_at,
    read_verification,
)

__all__ = ["AuditClient", "Search"]


@dataclass(frozen=True, slots=True)
class Search:
    """The part of a log to read, and its order.

    `since` is inclusive, `until` exclusive; both are ISO 8601 with an offset.
    """

    since: str | None = None
    until: str | None = None
    transaction_type: TransactionType | str | None = None
    order: Literal["asc", "desc"] | None = None

    def params(self) -> Params:
        """Return the query parameters."""
        transaction_type = None if self.transaction_type is None else str(self.transaction_type)
        return {
            "from": self.since,
            "to": self.until,
            "transaction_type": transaction_type,
            "order": self.order,
        }


_ALL: Final = Search()
_record = partial(read, TransactionRecord)


class AuditClient(Client):
    """The log that the token's principal may read; newest record first by default."""

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

    def records_of_order(self, order_id: str) -> Iterator[TransactionRecord]:
        """Yield the log of an order, of all its lines; a vendor's token sees those of its own lines.

        The pages are large, as the service reads for each page what the earlier ones contain too.

        Raises
        ------
        OrderNotFound
        TooManyRecords
            After the newest records of an order of very many; the logs of its SKUs have the others.
        """
        return self._items(path_of("orders", order_id, "transactions"), _record, limit=BULK_PAGE_MAX_ITEMS)

    def record_members_of_sku(
        self, sku: str, members: Sequence[str], search: Search = _ALL
    ) -> Iterator[dict[str, Any]]:
        """Yield the named members alone of a SKU's log, in large pages."""
        return self._members(path_of("skus", sku, "transactions"), members, search.params())

    def record_members_of_vendor(
        self, vendor_id: str, members: Sequence[str], search: Search = _ALL
    ) -> Iterator[dict[str, Any]]:
        """Yield the named members alone of a vendor's log, in large pages."""
        return self._members(path_of("vendors", vendor_id, "transactions"), members, search.params())

    def verification(self, sku: str) -> Verification:
        """Return the differences that the service finds in a SKU's log and between log and SKU, page by page.

        Each page compares the SKU too; a difference that several pages report is in the result once.

        Raises
        ------
        SkuNotFound
        """
        checked, cursor = 0, None
        findings: dict[str, Difference] = {}
        while True:
            page, cursor = self._get(
                path_of("skus", sku, "verification"),
                lambda body: (read_verification(body), body["next_cursor"]),
                {"cursor": cursor},
            )
            checked += page.checked
            for difference in page.findings:
                findings.setdefault(dumps(difference.document()), difference)
            if cursor is None:
                return Verification(checked, page.head_hash, tuple(findings.values()))

    def stock_at(self, sku: str, time: str) -> StockAt:
        """Return a SKU's stock at a point in time (ISO 8601 with an offset), or raise `SkuNotFound`."""
        return self._get(path_of("skus", sku, "stock-at"), read_stock_at, {"time": time})

    def reservations(self, sku: str) -> Reservations:
        """Return the orders that currently reserve units of a SKU, or raise `SkuNotFound`."""
        return self._get(path_of("skus", sku, "reservations"), read_reservations)

    def timeline_svg(self, sku: str, *, since: str | None = None, until: str | None = None) -> str:
        """Return a picture of a SKU's stock over time as SVG, or raise `SkuNotFound`."""
        period = {"from": since, "to": until}
        return self._text(path_of("skus", sku, "timeline.svg"), "image/svg+xml", period)

    def findings(self) -> Iterator[Finding]:
        """Yield the changes of stock and log that were not made by the services, newest first."""
        return self._items("/findings", read_finding)

    def ledger_keys(self) -> PublicKeys:
        """Return every key that has signed log records; the token of anybody will do, or none."""
        return self._get("/ledger-keys", PublicKeys.from_jwks)

    def _records(self, collection: str, name: str, search: Search) -> Iterator[TransactionRecord]:
        return self._items(path_of(collection, name, "transactions"), _record, search.params())
