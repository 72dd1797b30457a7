"""Orders of many lines, their SKUs, and what must be true of all stored items at every moment."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from chalicelib.domain.commands import LineRequest, PlaceOrder
from inventory_common.ids import StockKey
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord, record_hash

from .shop import ORDER, PRODUCT, Tables, a_sku

__all__ = ["HOLD_SECONDS", "MULTI_PART_LINES", "Ledger", "a_large_order", "sku_id"]

HOLD_SECONDS = 3_600
MULTI_PART_LINES = 50
"""Lines of the smallest order that is stored in parts: two of them."""


def sku_id(number: int) -> str:
    return f"SKU-{PRODUCT}-V{number:04}"


def a_large_order(count: int, quantity: int = 2, order_id: str = ORDER) -> PlaceOrder:
    """The place of an order for units of each of the first `count` SKUs."""
    lines = tuple(LineRequest(StockKey.of(sku_id(number)), quantity) for number in range(count))
    return PlaceOrder(order_id=order_id, lines=lines, hold_seconds=HOLD_SECONDS)


class Ledger:
    """All stored SKUs, orders and log records: their totals, and whether they are consistent."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._tables = Tables(client)

    def put_skus(self, count: int, stock: int = 5) -> None:
        """Store the first `count` SKUs."""
        items = [a_sku(sku_id(number), stock).to_item() for number in range(count)]
        for begin in range(0, count, 25):
            puts = [{"PutRequest": {"Item": item}} for item in items[begin : begin + 25]]
            self._client.batch_write_item(RequestItems={"VendorInventory": puts})

    def put(self, sku: Sku) -> None:
        """Store a SKU over what is there."""
        self._tables.put(sku)

    def set_stock(self, number: int, units: int) -> None:
        """Set the stock of a SKU that has no reserved units."""
        self._client.update_item(
            TableName="VendorInventory",
            Key={"product_id": {"S": PRODUCT}, "sku": {"S": sku_id(number)}},
            UpdateExpression="SET current_stock = :units, available_stock = :units",
            ExpressionAttributeValues={":units": {"N": f"{units}"}},
        )

    def totals(self) -> tuple[int, int]:
        """Return all units in stock and all reserved units, according to the SKUs."""
        skus = [item for item in self._tables.items() if item["sku"]["S"].startswith("SKU-")]
        current = sum(int(item["current_stock"]["N"]) for item in skus)
        return current, sum(int(item["reserved_stock"]["N"]) for item in skus)

    def reserved_by_orders(self) -> int:
        """Return all reserved units, according to the orders."""
        items = [item for item in self._tables.items() if item["sku"]["S"].startswith("#")]
        lines = [line["M"] for item in items for line in item.get("lines", {"M": {}})["M"].values()]
        return sum(int(line["reserved"]["N"]) for line in lines)

    def records(self, transaction_type: str | None = None) -> list[Any]:
        """Return all log records, or those of one type."""
        return [
            item
            for item in self._tables.items("StockTransactions")
            if transaction_type in (None, item["transaction_type"]["S"])
        ]

    def order_items(self) -> set[str]:
        """Return the sort keys of the usual order's items."""
        return {item["sku"]["S"] for item in self._tables.items() if item["product_id"]["S"] == ORDER}

    def assert_consistent(self) -> None:
        """Assert that each SKU's records have no gap, continue each other, and lead to the SKU's stock."""
        records: dict[str, list[TransactionRecord]] = {}
        for item in self.records():
            record = TransactionRecord.from_item(item)
            records.setdefault(record.sku, []).append(record)
        for item in self._tables.items():
            if not item["sku"]["S"].startswith("SKU-"):
                continue
            sku = Sku.from_item(item)
            own = sorted(records.get(sku.sku, []), key=lambda record: record.sequence)
            assert [record.sequence for record in own] == list(range(1, sku.sequence + 1))
            for record in own:
                assert record.hash == record_hash(record.document())
            for before, after in pairwise(own):
                assert after.previous_hash == before.hash
                assert (after.stock_before, after.reserved_before) == (
                    before.stock_after,
                    before.reserved_after,
                )
            if own:
                last = own[-1]
                assert sku.ledger_hash == last.hash
                assert (sku.current_stock, sku.reserved_stock) == (last.stock_after, last.reserved_after)
