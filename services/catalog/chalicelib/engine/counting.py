"""Counts products for their categories and vendors: each change once, however often it is delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.retry_policy import RetryPolicy
from inventory_common.values import value

from ..domain.counts import CountedProduct, contribution, difference, is_newer
from ..storage.count_store import CountStore, StoredProduct

__all__ = ["Counting"]


class _Change(NamedTuple):
    """A product to be counted instead of what was counted of it."""

    stored: StoredProduct
    product: CountedProduct


@value
class Counting:
    """Counts products; `bootstrap` makes it."""

    store: CountStore
    retry_policy: RetryPolicy

    def count(self, products: Iterable[CountedProduct]) -> None:
        """Count those products that are newer than what was counted of them.

        Raises
        ------
        Busy
            If other processes keep counting the same products, or change the same counters; those that are
            counted already are not counted again by another call.
        """
        newest: dict[str, CountedProduct] = {}
        for product in products:
            if is_newer(product, newest.get(product.product_id)):
                newest[product.product_id] = product

        def decide(product_ids: Sequence[str]) -> Iterator[_Change]:
            for product_id, stored in self.store.counted(product_ids).items():
                if is_newer(newest[product_id], stored.product):
                    yield _Change(stored, newest[product_id])

        self._repeat(newest, decide)

    def correct(self, product_ids: Iterable[str]) -> Mapping[str, CountedProduct]:
        """Count products as they are now, whatever their versions, and return what is counted of them.

        Raises
        ------
        Busy
        """
        counted: dict[str, CountedProduct] = {}

        def decide(ids: Sequence[str]) -> Iterator[_Change]:
            stored_ones = self.store.counted(ids)
            products = self.store.products(ids)  # read later, so none is older than what was counted of it
            for product_id, stored in stored_ones.items():
                product = products.get(product_id) or _removed(stored.product)
                if product is not None:
                    counted[product_id] = product
                    if is_miscounted(stored.product, product):
                        yield _Change(stored, product)

        self._repeat(product_ids, decide)
        return counted

    def _repeat(
        self, product_ids: Iterable[str], decide: Callable[[Sequence[str]], Iterator[_Change]]
    ) -> None:
        """Decide what to count of products and write it, until no transaction is in conflict with another."""
        pending = list(product_ids)
        if not pending:
            return
        for _ in self.retry_policy.quick().attempts():
            in_conflict: list[str] = []
            for start in range(0, len(pending), TRANSACTION_ITEMS_MAX):
                changes = list(decide(pending[start : start + TRANSACTION_ITEMS_MAX]))
                for transaction in _transactions(changes):
                    if not self.store.count(transaction):
                        in_conflict += [change.product.product_id for change in transaction]
            pending = in_conflict
            if not pending:
                return
        raise AssertionError("attempts end by raising Busy")


def is_miscounted(counted: CountedProduct | None, product: CountedProduct) -> bool:
    """Return whether what was counted of a product is not what it is, or would keep it from being counted."""
    return (
        counted is None
        or contribution(counted) != contribution(product)
        or (counted.version > product.version and not product.is_removed)
    )


def _removed(counted: CountedProduct | None) -> CountedProduct | None:
    return None if counted is None else replace(counted, is_removed=True)


def _transactions(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Yield the changes in groups, each of which one transaction can write with its counters."""
    group: list[_Change] = []
    counters: set[object] = set()
    for change in changes:
        more = counters | difference(change.stored.product, change.product).keys()
        if group and len(group) + 1 + len(more) > TRANSACTION_ITEMS_MAX:
            yield group
            group, more = [], set(difference(change.stored.product, change.product))
        group.append(change)
        counters = more
    if group:
        yield group
