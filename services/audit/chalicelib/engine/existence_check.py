"""Checks new log records against their SKU, and the first one of a SKU against its product.

Products have no stream to read: it has its two consumers already.  A product is read when the first record of
one of its SKUs is written, and once a day by the reconciliation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inventory_common.items import Item
from inventory_common.ledger import Difference
from inventory_common.values import value

from ..domain.findings import FindingKind
from ..domain.ownership import owner_differences
from ..domain.stored_items import read_balance
from ..storage.product_owners import ProductOwners

__all__ = ["ExistenceCheck"]


@value
class ExistenceCheck:
    """Reads what new records need to exist; `bootstrap` makes it."""

    products: ProductOwners

    def differences(
        self, records: Sequence[Mapping[str, Any]], items: Mapping[str, Item]
    ) -> list[dict[FindingKind, list[Difference]]]:
        """Return what is missing of the SKU and product of each new record, by kind of finding.

        `items` are those of the SKUs that exist, read after the records were written.  The products of first
        records are read in one call.
        """
        firsts = [record for record in records if record.get("sequence") == 1 and record["sku"] in items]
        products = self.products.of(dict.fromkeys(str(record.get("product_id")) for record in firsts))
        found: list[dict[FindingKind, list[Difference]]] = []
        for record in records:
            item = items.get(record["sku"])
            found.append(
                owner_differences(
                    record,
                    None if item is None else read_balance(item),
                    products.get(str(record.get("product_id"))),
                    is_first=record.get("sequence") == 1,
                )
            )
        return found
