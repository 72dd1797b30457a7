"""A log in memory, read as the stores read it: the index in its order, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from inventory_common.items import Item, from_item
from inventory_common.pages import PageRequest, Period
from inventory_common.transactions import TransactionRecord


class StoredLog:
    """The items of a log and of its SKU, in place of `LogStore` and `SkuStore`."""

    def __init__(self, items: list[Item], sku: Item | None) -> None:
        self.by_time = sorted(items, key=lambda item: (item["timestamp"]["S"], item["transaction_id"]["S"]))
        self.sku = sku
        self.by_id: dict[str, list[Item]] = {}
        for item in self.by_time:
            self.by_id.setdefault(item["transaction_id"]["S"], []).append(item)

    def items_of_id(self, transaction_id: str) -> list[Item]:
        return self.by_id.get(transaction_id, [])

    def items_of_sku(self, sku: str, page: PageRequest, period: Period = Period()) -> Any:  # noqa: B008
        found = [item for item in self.by_time if item["sku"] == {"S": sku}]
        if page.after is not None:
            after = (page.after["timestamp"], page.after["transaction_id"])
            found = [item for item in found if (item["timestamp"]["S"], item["transaction_id"]["S"]) > after]
        items = found[: page.limit]
        return items, self.position_of(items[-1]) if len(found) > page.limit else None

    @staticmethod
    def position_of(item: Item) -> Any:
        return from_item(item, ("sku", "timestamp", "transaction_id"))

    read = staticmethod(TransactionRecord.from_item)

    def readable(self, items: Iterable[Item]) -> Iterator[TransactionRecord]:
        return map(TransactionRecord.from_item, items)

    def sku_item(self, sku: str) -> Item | None:
        return self.sku


class CountingLog(StoredLog):
    """Counts how many records are read from the index; no order's item exists."""

    count = 0

    def all_items_of_sku(self, sku: str, *, descending: bool) -> Iterator[Item]:
        for item in reversed(self.by_time):
            self.count += 1
            yield item

    def expiry_times(self, order_ids: Any) -> dict[str, str | None]:
        return {}
