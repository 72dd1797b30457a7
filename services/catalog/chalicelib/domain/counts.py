"""How many products a category and a vendor have: what is counted of a product, and what a change adds.

What was last counted of each product is kept, with the product's version.  A change counts only if its
version is newer, and adds the difference to what was counted: so each change counts once, although a stream
delivers changes twice, late and in another order.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from inventory_common.ids import is_id
from inventory_common.products import Product
from inventory_common.values import value

__all__ = [
    "NOTHING",
    "Count",
    "CountedProduct",
    "Counter",
    "CounterKind",
    "contribution",
    "counted_product",
    "difference",
    "is_newer",
]

_NAME_MAX_BYTES: Final = 1_024
"""The UTF-8 bytes of a counter's name: DynamoDB's limit for a sort key."""

CounterKind = Literal["category", "vendor"]


class Counter(NamedTuple):
    """What has a number of products: a category or a vendor, by its name or id."""

    kind: CounterKind
    name: str


class Count(NamedTuple):
    """A number of products, and how many of them are active; of a difference they may be negative."""

    products: int
    active_products: int

    def plus(self, other: Count) -> Count:
        """Return the sum."""
        return Count(self.products + other.products, self.active_products + other.active_products)

    def minus(self, other: Count) -> Count:
        """Return the difference."""
        return Count(self.products - other.products, self.active_products - other.active_products)


NOTHING: Final = Count(0, 0)


@value(kw_only=True)
class CountedProduct:
    """What is counted of a version of a product.

    `is_removed` is true of one that somebody has removed or made unreadable, which no service does: it counts
    nowhere.
    """

    product_id: str
    version: int
    vendor_id: str
    category: str
    is_active: bool
    is_removed: bool = False


def counted_product(product: Product) -> CountedProduct:
    """Return what is counted of a product.

    Raises
    ------
    ValueError
        If no service could have written its ids or its category.
    """
    if not is_id("product_id", product.product_id) or not is_id("vendor_id", product.vendor_id):
        raise ValueError("the product or its vendor has no valid id")
    if not 0 < len(product.category.encode()) <= _NAME_MAX_BYTES:
        raise ValueError("the category is too long")
    return CountedProduct(
        product_id=product.product_id,
        version=product.version,
        vendor_id=product.vendor_id,
        category=product.category,
        is_active=product.is_active,
    )


def is_newer(product: CountedProduct, counted: CountedProduct | None) -> bool:
    """Return whether a product is a later version than the one that was counted, or was removed since."""
    if counted is None:
        return True
    return (product.version, product.is_removed) > (counted.version, counted.is_removed)


def contribution(product: CountedProduct | None) -> dict[Counter, Count]:
    """Return what a product adds to each counter; None for one that was not counted."""
    if product is None or product.is_removed:
        return {}
    count = Count(1, int(product.is_active))
    return {Counter("category", product.category): count, Counter("vendor", product.vendor_id): count}


def difference(before: CountedProduct | None, after: CountedProduct | None) -> dict[Counter, Count]:
    """Return what the counters change by if a product is counted as `after` instead of `before`."""
    former, latter = contribution(before), contribution(after)
    changes = {
        counter: latter.get(counter, NOTHING).minus(former.get(counter, NOTHING))
        for counter in {**former, **latter}
    }
    return {counter: change for counter, change in changes.items() if change != NOTHING}
