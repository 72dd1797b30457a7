"""The service's questions, and whose records a principal sees."""

from __future__ import annotations

from dataclasses import dataclass

from inventory_common.errors import TransactionNotFound
from inventory_common.identity import Scope
from inventory_common.pages import Page, PageRequest
from inventory_common.transactions import TransactionRecord

from .log_gateway import LogGateway

__all__ = ["AuditService"]


@dataclass(frozen=True, slots=True)
class AuditService:
    """What the audit service does; `bootstrap` makes it."""

    gateway: LogGateway

    def record(self, transaction_id: str, scope: Scope) -> TransactionRecord:
        """Return a log record, or raise `TransactionNotFound`."""
        found = self.gateway.record(transaction_id)
        if found is None or not scope.covers(found.vendor_id):
            raise TransactionNotFound(f"There is no {transaction_id}.")
        return found

    def records_of_product(self, product_id: str, scope: Scope, page: PageRequest) -> Page:
        """List a product's records, newest first; another vendor's product has none to show."""
        return _within(scope, self.gateway.records_of_product(product_id, page))

    def records_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's records, newest first."""
        return self.gateway.records_of_vendor(vendor_id, page)

    def records_of_sku(self, sku: str, scope: Scope, page: PageRequest) -> Page:
        """List a SKU's records, newest first; another vendor's SKU has none to show."""
        return _within(scope, self.gateway.records_of_sku(sku, page))


def _within(scope: Scope, page: Page) -> Page:
    # A product and its SKUs are one vendor's for ever: a page is wholly within a scope, or not at all.
    covered = all(scope.covers(record["vendor_id"]) for record in page.documents)
    return page if covered else Page([], None)
