"""Answering whether units can be ordered now."""

from __future__ import annotations

from collections.abc import Sequence

from inventory_common.errors import InvalidInput
from inventory_common.identity import Scope
from inventory_common.limits import AVAILABILITY_SKUS_MAX
from inventory_common.skus import Sku
from inventory_common.values import value

from ..domain.availability import AskedLine, LineAvailability, availability
from ..storage.skus import SkuStore

__all__ = ["Availability"]


@value
class Availability:
    """Reads of what can be ordered."""

    skus: SkuStore

    def of(self, lines: Sequence[AskedLine], exact: Scope | None) -> list[LineAvailability]:
        """Return the availability of lines: one call for all SKUs that they name, and one for each product.

        The stock of the vendors in the scope `exact` is exact; None is nobody's.

        Raises
        ------
        InvalidInput
            If the products of the lines without a SKU have more than `AVAILABILITY_SKUS_MAX` SKUs.
        """
        named = self.skus.get_all(dict.fromkeys(line.key for line in lines if line.key is not None))
        of_products: dict[str, list[Sku]] = {}
        remaining = AVAILABILITY_SKUS_MAX
        for number, line in enumerate(lines):
            if line.key is not None or line.product_id in of_products:
                continue
            found = self.skus.first_of_product(line.product_id, remaining + 1)
            remaining -= len(found)
            if remaining < 0:
                message = f"should name SKUs: more than {AVAILABILITY_SKUS_MAX} are of the products so far"
                raise InvalidInput([(f"body.lines[{number}]", message)])
            of_products[line.product_id] = found
        return availability(
            lines,
            {sku.key: sku for sku in named},
            of_products,
            lambda vendor_id: exact is not None and exact.covers(vendor_id),
        )
