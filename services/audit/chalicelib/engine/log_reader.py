"""Log records, one or a list of them, restricted to what a principal can see."""

from __future__ import annotations

from dataclasses import replace

from inventory_common.errors import TransactionNotFound
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.pages import PageRequest, Period
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from ..domain.list_page import ListPage
from ..storage.log_store import LogStore

__all__ = ["LogReader", "RecordFilter"]


@value
class RecordFilter:
    """Which records are listed: those of a period, and of one type unless it is None."""

    period: Period
    transaction_type: str | None = None


@value
class LogReader:
    """Reads the log; `bootstrap` makes it."""

    log: LogStore

    def record(self, transaction_id: str, scope: Scope) -> TransactionRecord:
        """Return a log record.

        Raises
        ------
        TransactionNotFound
        """
        record = self.log.record(transaction_id)
        if record is None or not scope.covers(record.vendor_id):
            raise TransactionNotFound(f"{transaction_id} was not found.")
        return record

    def records_of_product(
        self, product_id: str, scope: Scope, wanted: RecordFilter, page: PageRequest
    ) -> ListPage:
        """List a product's records; the list of another vendor's product is empty."""
        return _visible(self.log.records_of_product(product_id, wanted.period, page), scope, wanted)

    def records_of_vendor(self, vendor_id: str, wanted: RecordFilter, page: PageRequest) -> ListPage:
        """List a vendor's records."""
        return _visible(self.log.records_of_vendor(vendor_id, wanted.period, page), EVERYTHING, wanted)

    def records_of_sku(self, sku: str, scope: Scope, wanted: RecordFilter, page: PageRequest) -> ListPage:
        """List a SKU's records; the list of another vendor's SKU is empty."""
        return _visible(self.log.records_of_sku(sku, wanted.period, page), scope, wanted)


def _visible(page: ListPage, scope: Scope, wanted: RecordFilter) -> ListPage:
    # A product and its SKUs never change their vendor, so a page is visible as a whole or not at all, but for
    # records that were written by hand.  A FilterExpression on the type would save nothing, as DynamoDB reads
    # and charges filtered items too; and a page of another vendor's log from which it removed all records
    # would reveal by its cursor that the log exists.
    covered = [record for record in page.documents if scope.covers(record["vendor_id"])]
    if page.documents and not covered:
        return replace(page, documents=[], next_cursor=None)
    of_type = [record for record in covered if wanted.transaction_type in (None, record["transaction_type"])]
    return replace(page, documents=of_type)
