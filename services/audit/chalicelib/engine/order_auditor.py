"""Finds changes of orders in the stream of VendorInventory that the stock service did not make.

An order that was removed is left to the reconciliation, which compares orders with the log: the stock service
removes orders whose place was undone, and DynamoDB removes those whose time is over.
"""

from __future__ import annotations

from inventory_common.items import Item
from inventory_common.ledger_keys import PublishedKeys
from inventory_common.seals import has_genuine_seal
from inventory_common.streams import ItemChange
from inventory_common.values import value

from ..domain.order_proofs import compare_versions
from .check_findings import CheckFindings

__all__ = ["OrderAuditor"]


@value
class OrderAuditor:
    """Examines each change of an order; `bootstrap` makes it."""

    keys: PublishedKeys
    findings: CheckFindings

    def order_changed(self, change: ItemChange) -> None:
        """Report an order, or a part, that the stock service has not written, or an older one put back.

        To put one back in place of what somebody else has written is no finding: it is the repair.
        """
        before, after = change.before, change.after
        if after is None:
            return
        if not self._is_genuine(after):
            # By the number of the change, which nobody can foresee: a finding cannot be planted beforehand.
            self.findings.orders_without_seal([after], change.sequence_number)
        elif before is not None and (older := compare_versions(before, after)) and self._is_genuine(before):
            self.findings.of_order("order_differs", older, change.sequence_number)

    def _is_genuine(self, item: Item) -> bool:
        return has_genuine_seal(item, self.keys.all().get)
