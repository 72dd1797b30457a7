"""Checks that every SKU belongs to the vendor whom its log and its product name, and has a product."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from inventory_common.schema import PRODUCTS
from inventory_common.values import value

from ..domain.findings import FindingKind
from ..domain.ownership import (
    ProductOwner,
    compare_existence,
    compare_owner,
    owners_in_log,
)
from ..domain.reconciliation import FigureDifference, ReconciliationReport
from ..domain.stored_items import read_balance
from ..storage.inventory_stores import SkuStore
from ..storage.product_owners import ProductOwners
from .check_findings import CheckFindings

__all__ = ["OwnerCheck"]

Records = Callable[[Mapping[str, Any]], Iterable[Mapping[str, Any]]]
"""Reads the records of a live SKU."""


@value
class OwnerCheck:
    """Compares SKUs with their products and logs; the reconciliation passes what it has read."""

    skus: SkuStore
    products: ProductOwners
    findings: CheckFindings

    def owners(self, product_ids: Iterable[str], report: ReconciliationReport) -> dict[str, ProductOwner]:
        """Return the owners of products, read after their SKUs, and report products that cannot be read."""
        found = self.products.of(product_ids)
        for product_id, owner in sorted(found.items()):
            if owner.malformed is not None:
                self.findings.malformed(PRODUCTS, [product_id], [owner.malformed])
                report.malformed.append(product_id)
        return found

    def check(
        self,
        balance: Mapping[str, Any],
        records: Iterable[Mapping[str, Any]],
        product: ProductOwner | None,
        read_records: Records,
        report: ReconciliationReport,
    ) -> None:
        """Report the differences of a SKU that a second read confirms.

        No service changes the vendor of a SKU or a product, or removes a product, so that one version of the
        SKU from beginning to end is not needed.
        """
        if not _differences(balance, records, product):
            return
        item = self.skus.sku_item(str(balance.get("sku")))
        if item is None:
            return  # the stream auditor reports removed SKUs
        again = read_balance(item)
        product_id = str(again.get("product_id"))
        product = self.products.of([product_id]).get(product_id)
        for kind, differences in _differences(again, read_records(again), product).items():
            report.differences += self.findings.differences(kind, again, differences)


def _differences(
    balance: Mapping[str, Any], records: Iterable[Mapping[str, Any]], product: ProductOwner | None
) -> dict[FindingKind, list[FigureDifference]]:
    """Return the differences of a SKU by kind of finding."""
    found: dict[FindingKind, list[FigureDifference]] = {
        "owner_changed": compare_owner(balance, owners_in_log(records), product),
        "sku_without_product": compare_existence(balance, product),
    }
    return {kind: differences for kind, differences in found.items() if differences}
