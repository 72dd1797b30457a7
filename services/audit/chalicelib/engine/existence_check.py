"""Checks new log records against their SKU, and the first one of a SKU against its product.

Products have no stream to read: it has its two consumers already.  A product is read when the first record of
one of its SKUs is written, and once a day by the reconciliation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory_common.ids import is_id
from inventory_common.ledger import Difference
from inventory_common.values import value

from ..domain.findings import FindingKind
from ..domain.ownership import owner_differences
from ..domain.stored_items import read_balance
from ..storage.inventory_stores import SkuStore
from ..storage.product_owners import ProductOwners

__all__ = ["ExistenceCheck"]


@value
class ExistenceCheck:
    """Reads what a new record needs to exist; `bootstrap` makes it."""

    skus: SkuStore
    products: ProductOwners

    def differences(self, record: Mapping[str, Any]) -> dict[FindingKind, list[Difference]]:
        """Return what is missing of a record's SKU and product, by kind of finding.

        A record without the id of a SKU is reported for that, and has none.
        """
        sku = record.get("sku")
        if not isinstance(sku, str) or not is_id("sku", sku):
            return {}
        item = self.skus.sku_item(sku)
        is_first = record.get("sequence") == 1
        product_id = str(record.get("product_id"))
        product = self.products.of([product_id]).get(product_id) if is_first and item is not None else None
        return owner_differences(
            record, None if item is None else read_balance(item), product, is_first=is_first
        )
