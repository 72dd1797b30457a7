"""The service's questions, and whose records a principal sees."""

from __future__ import annotations

from dataclasses import replace

from inventory_common.errors import TransactionNotFound
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.pages import PageRequest, Period
from inventory_common.timestamps import Clock
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from .history import Reservations, StockAt, reservations, stock_at, timeline
from .log_gateway import LogGateway, LogPage
from .timeline import Timeline
from .verification import Verification, verify

__all__ = ["AuditService", "Search"]


@value
class Search:
    """Which records are wanted: of a period, and of one type or, with None, of all."""

    period: Period
    transaction_type: str | None = None


@value
class AuditService:
    """What the audit service does; `bootstrap` makes it."""

    gateway: LogGateway
    clock: Clock

    def record(self, transaction_id: str, scope: Scope) -> TransactionRecord:
        """Return a log record, or raise `TransactionNotFound`."""
        found = self.gateway.record(transaction_id)
        if found is None or not scope.covers(found.vendor_id):
            raise TransactionNotFound(f"There is no {transaction_id}.")
        return found

    def records_of_product(self, product_id: str, scope: Scope, search: Search, page: PageRequest) -> LogPage:
        """List a product's records; another vendor's product has none to show."""
        return _shown(self.gateway.records_of_product(product_id, search.period, page), scope, search)

    def records_of_vendor(self, vendor_id: str, search: Search, page: PageRequest) -> LogPage:
        """List a vendor's records."""
        return _shown(self.gateway.records_of_vendor(vendor_id, search.period, page), EVERYTHING, search)

    def records_of_sku(self, sku: str, scope: Scope, search: Search, page: PageRequest) -> LogPage:
        """List a SKU's records; another vendor's SKU has none to show."""
        return _shown(self.gateway.records_of_sku(sku, search.period, page), scope, search)

    def verification(self, sku: str, scope: Scope, page: PageRequest) -> Verification:
        """Check some of a SKU's records and the live SKU, or raise `SkuNotFound`."""
        return verify(self.gateway, sku, scope, page)

    def stock_at(self, sku: str, moment: str, scope: Scope) -> StockAt:
        """Return a SKU's stock at a moment, or raise `SkuNotFound`."""
        return stock_at(self.gateway, sku, moment, scope)

    def timeline(self, sku: str, period: Period, scope: Scope) -> Timeline:
        """Return a SKU's stock over a period, the newest part of it, or raise `SkuNotFound`."""
        return timeline(self.gateway, sku, period, scope, self.clock())

    def reservations(self, sku: str, scope: Scope) -> Reservations:
        """Return which orders hold units of a SKU now, or raise `SkuNotFound`."""
        return reservations(self.gateway, sku, scope, self.clock())


def _shown(page: LogPage, scope: Scope, search: Search) -> LogPage:
    # A product and its SKUs are one vendor's for ever: a page is wholly within a scope, or not at all.  The
    # type is compared here rather than by DynamoDB, which reads and charges the same: were a page of another
    # vendor's log filtered before it is looked at, its cursor would tell that the log exists.
    if not all(scope.covers(record["vendor_id"]) for record in page.documents):
        return replace(page, documents=[], next_cursor=None)
    wanted = search.transaction_type
    of_type = [record for record in page.documents if wanted in (None, record["transaction_type"])]
    return replace(page, documents=of_type)
