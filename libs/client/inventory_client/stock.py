"""The stock service: SKUs, their stock, and orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from inventory_common.skus import Sku

from .connection import Client, new_key, path_of
from .documents import (
    BatchCommand,
    BatchResult,
    LineRequest,
    Order,
    Outcome,
    StockChange,
    read,
    read_batch_result,
    read_order,
    read_stock_change,
)

__all__ = ["StockClient"]

_sku = partial(read, Sku)


class StockClient(Client):
    """SKUs as the principal of the token sees them, and orders for an order system.

    Commands that need an Idempotency-Key are given one if the caller names none: the client's own retries
    then double nothing.  A caller that wants to repeat a command itself, after a crash say, names the key.
    """

    # SKUs

    def sku(self, product_id: str, sku: str) -> Sku:
        """Return a SKU with its stock, or raise `SkuNotFound`."""
        return self._get(_sku_path(product_id, sku), _sku)

    def skus_of_product(self, product_id: str) -> Iterator[Sku]:
        """Yield a product's SKUs."""
        return self._pages(path_of("products", product_id, "skus"), _sku)

    def inventory(self, vendor_id: str) -> Iterator[Sku]:
        """Yield a vendor's SKUs, newest change first; no snapshot: one that changes meanwhile moves."""
        return self._pages(path_of("vendors", vendor_id, "inventory"), _sku)

    def low_stock(self, vendor_id: str) -> Iterator[Sku]:
        """Yield a vendor's active SKUs at or below their thresholds."""
        return self._pages(path_of("vendors", vendor_id, "low-stock"), _sku)

    def create_sku(
        self,
        product_id: str,
        sku: str,
        *,
        variant_name: str,
        unit_price: Decimal | int,
        reorder_threshold: int,
        variant_attributes: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Outcome[Sku]:
        """Offer a variant of a product, with no stock yet; raise `SkuExists` if it is there."""
        body: dict[str, Any] = {
            "sku": sku,
            "variant_name": variant_name,
            "unit_price": unit_price,
            "reorder_threshold": reorder_threshold,
        }
        if variant_attributes is not None:
            body["variant_attributes"] = dict(variant_attributes)
        path = path_of("products", product_id, "skus")
        return self._command("POST", path, _sku, body=body, key=idempotency_key or new_key())

    def change_sku(
        self, product_id: str, sku: str, changes: Mapping[str, Any], *, if_version: int | None = None
    ) -> Sku:
        """Change attributes, but not the stock: None takes an optional one away."""
        response = self._send("PATCH", _sku_path(product_id, sku), body=changes, if_version=if_version)
        return self._decoded(response, _sku)

    def deactivate_sku(self, product_id: str, sku: str, *, if_version: int | None = None) -> None:
        """Take a SKU out of the shop; its record and its stock stay."""
        self._send("DELETE", _sku_path(product_id, sku), if_version=if_version)

    # Stock

    def restock(
        self,
        product_id: str,
        sku: str,
        quantity: int,
        *,
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Outcome[StockChange]:
        """Take units into stock."""
        body: dict[str, Any] = {"quantity": quantity} | ({} if notes is None else {"notes": notes})
        return self._stock_command(product_id, sku, "restocks", body, idempotency_key)

    def adjust(
        self,
        product_id: str,
        sku: str,
        quantity_change: int,
        *,
        notes: str,
        idempotency_key: str | None = None,
    ) -> Outcome[StockChange]:
        """Correct the stock by a signed change; raise `AdjustmentBelowReserved` if orders hold more."""
        body = {"quantity_change": quantity_change, "notes": notes}
        return self._stock_command(product_id, sku, "adjustments", body, idempotency_key)

    def count(
        self,
        product_id: str,
        sku: str,
        *,
        counted_stock: int,
        expected_stock: int,
        notes: str,
        idempotency_key: str | None = None,
    ) -> Outcome[StockChange]:
        """Correct the stock to what was counted; raise `CountStale` if it is no longer as expected."""
        body = {"counted_stock": counted_stock, "expected_stock": expected_stock, "notes": notes}
        return self._stock_command(product_id, sku, "adjustments", body, idempotency_key)

    # Orders

    def order(self, order_id: str) -> Order:
        """Return an order as it stands, or raise `OrderNotFound`."""
        return self._get(path_of("orders", order_id), read_order)

    def orders_due(self, due_before: str | None = None) -> Iterator[Order]:
        """Yield the orders that hold units and whose holds end before a moment, now by default."""
        return self._pages("/orders", read_order, {"due_before": due_before})

    def place(
        self, order_id: str, lines: Iterable[LineRequest], *, hold_seconds: int | None = None
    ) -> Outcome[Order]:
        """Reserve all lines of an order, or nothing.

        Raises
        ------
        InsufficientStock
            With every short line in `lines`.
        OrderExists, OrderCancelled, SkuNotFound, SkuInactive, ProductInactive
        """
        body: dict[str, Any] = {"lines": [line.document() for line in lines]}
        if hold_seconds is not None:
            body["hold_seconds"] = hold_seconds
        return self._command("PUT", path_of("orders", order_id), read_order, body=body)

    def confirm(
        self, order_id: str, lines: Mapping[str, int] | None = None, *, idempotency_key: str | None = None
    ) -> Outcome[Order]:
        """Settle what an order holds, all or `lines` of it (units by SKU)."""
        return self._settle(order_id, "confirm", lines, idempotency_key)

    def cancel(
        self, order_id: str, lines: Mapping[str, int] | None = None, *, idempotency_key: str | None = None
    ) -> Outcome[Order]:
        """Release what an order holds, all or `lines` of it (units by SKU)."""
        return self._settle(order_id, "cancel", lines, idempotency_key)

    def refund(
        self,
        order_id: str,
        lines: Mapping[str, int] | None = None,
        *,
        restock: bool = True,
        idempotency_key: str | None = None,
    ) -> Outcome[Order]:
        """Take back what has left for an order; not into the stock if it cannot be sold again."""
        return self._settle(order_id, "refund", lines, idempotency_key, restock=restock)

    def extend(self, order_id: str, hold_seconds: int | None = None) -> Outcome[Order]:
        """Let an order hold its units until so long from now."""
        body = None if hold_seconds is None else {"hold_seconds": hold_seconds}
        return self._command("POST", path_of("orders", order_id, "extend"), read_order, body=body)

    def batch(self, commands: Sequence[BatchCommand]) -> list[BatchResult]:
        """Carry out commands on orders, each by itself, and tell what became of each in their sequence."""
        body = {"orders": [command.document() for command in commands]}
        done = self._command(
            "POST",
            "/orders/batch",
            lambda answer: [read_batch_result(result) for result in answer["results"]],
            body=body,
        )
        return done.result

    # How

    def _stock_command(
        self, product_id: str, sku: str, resource: str, body: Mapping[str, Any], key: str | None
    ) -> Outcome[StockChange]:
        path = f"{_sku_path(product_id, sku)}/{resource}"
        return self._command("POST", path, read_stock_change, body=body, key=key or new_key())

    def _settle(
        self,
        order_id: str,
        command: str,
        lines: Mapping[str, int] | None,
        key: str | None,
        *,
        restock: bool = True,
    ) -> Outcome[Order]:
        body: dict[str, Any] = {} if restock else {"restock": False}
        if lines is not None:
            body["lines"] = [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()]
            key = key or new_key()
        return self._command(
            "POST", path_of("orders", order_id, command), read_order, body=body or None, key=key
        )


def _sku_path(product_id: str, sku: str) -> str:
    return path_of("products", product_id, "skus", sku)
