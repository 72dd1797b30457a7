"""Whether units can be ordered now: an answer for a shop's pages that reserves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from inventory_common.ids import StockKey
from inventory_common.limits import PUBLIC_STOCK_MAX
from inventory_common.skus import Sku
from inventory_common.values import value

__all__ = ["AskedLine", "LineAvailability", "availability"]


@value
class AskedLine:
    """Units of a SKU, or of each SKU of a product, if `sku` is None."""

    product_id: str
    sku: str | None
    quantity: int

    @property
    def key(self) -> StockKey | None:
        """The SKU's key; None if it names none."""
        return None if self.sku is None else StockKey(self.product_id, self.sku)


@value
class LineAvailability:
    """Whether a line's units can be ordered now, and how many can be; `sku` is None if no SKU is offered."""

    product_id: str
    sku: str | None
    quantity: int
    is_available: bool
    available_stock: int

    def document(self) -> dict[str, Any]:
        """Return it as the API returns it."""
        return {
            "product_id": self.product_id,
            "sku": self.sku,
            "quantity": self.quantity,
            "is_available": self.is_available,
            "available_stock": self.available_stock,
        }


def availability(
    lines: Iterable[AskedLine],
    named: Mapping[StockKey, Sku],
    of_products: Mapping[str, Sequence[Sku]],
    sees_exact_stock: Callable[[str], bool],
) -> list[LineAvailability]:
    """Return the availability of lines in their order; those without a SKU become one for each active SKU.

    The units of a SKU that several lines name are summed, as an order sums them: each of these lines is
    available if all of them are together.  A line without a SKU asks for each SKU by itself.  What a place
    would refuse has no units: a SKU that is inactive, whose product is, or that does not exist.

    Parameters
    ----------
    named
        The SKUs that lines name, as far as they exist.
    of_products
        The SKUs of each product that a line without a SKU names.
    sees_exact_stock
        Returns whether the caller sees the stock of a vendor's SKUs exactly; others see `PUBLIC_STOCK_MAX`
        units at most.
    """
    lines = list(lines)
    requested: Counter[StockKey] = Counter()
    for line in lines:
        if line.key is not None:
            requested[line.key] += line.quantity
    found: list[LineAvailability] = []
    for line in lines:
        if line.key is not None:
            found.append(_of_sku(line, named.get(line.key), requested[line.key], sees_exact_stock))
            continue
        offered = [sku for sku in of_products.get(line.product_id, ()) if _is_offered(sku)]
        found += [_of_sku(line, sku, line.quantity, sees_exact_stock) for sku in offered]
        if not offered:
            found.append(_of_sku(line, None, line.quantity, sees_exact_stock))
    return found


def _of_sku(
    line: AskedLine, sku: Sku | None, requested: int, sees_exact_stock: Callable[[str], bool]
) -> LineAvailability:
    if sku is None or not _is_offered(sku):
        return LineAvailability(line.product_id, line.sku, line.quantity, False, 0)
    available = sku.available_stock
    return LineAvailability(
        line.product_id,
        sku.sku,
        line.quantity,
        requested <= available,
        available if sees_exact_stock(sku.vendor_id) else min(available, PUBLIC_STOCK_MAX),
    )


def _is_offered(sku: Sku) -> bool:
    return sku.is_active and sku.product_is_active
