"""Builders for tests: products and commands with default values for everything that does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from front_door import Answer, Client

from chalicelib.domain.commands import ChangeProduct, CreateProduct
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import EVERYTHING
from inventory_common.preconditions import ANY_VERSION
from inventory_common.products import Product
from inventory_common.timestamps import plus_seconds

NOW = "2026-02-23T10:30:00.000000Z"
VENDOR = "VENDOR-001"
OTHER_VENDOR = "VENDOR-002"

NONSENSE = [
    '{"base_price": 1e99999999999999999999}',
    '{"base_price": 1e-99999999999999999999}',
    '{"base_price": 1e999999999}',
    '{"base_price": ' + "9" * 5000 + "}",
    '{"base_price": Infinity}',
    '{"product_name": "\\ud800"}',
    '{"\\ud800": 1}',
    '{"tags": ["\\udfff"], "images": [{}], "vendor_id": []}',
    '{"a": 1, "a": 2}',
    "[" * 100_000,
    "null",
    "\ud800",
    " ",
]


@dataclass
class Clock:
    """Returns the same time until a test sets another."""

    now: str = NOW

    def __call__(self) -> str:
        return self.now

    def advance(self, seconds: int) -> None:
        self.now = plus_seconds(self.now, seconds)


@dataclass
class Draws:
    """Draws the ids that a test sets, then PROD-00000, PROD-00001 and so on."""

    coming: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    _others: Iterator[int] = field(default_factory=count)

    def __call__(self) -> str:
        draw = self.coming.pop(0) if self.coming else f"PROD-{next(self._others):05}"
        self.drawn.append(draw)
        return draw


def a_product(product_id: str = "PROD-E4F9A", **differences: Any) -> Product:
    attributes: dict[str, Any] = {
        "product_id": product_id,
        "vendor_id": VENDOR,
        "product_name": "Wireless Bluetooth Headphones",
        "category": "Electronics",
        "base_price": 90,
        "is_active": True,
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
    }
    return Product(**attributes | differences)


def a_key(key: str = "key-1", body: str = "{}") -> IdempotencyKey:
    return IdempotencyKey.of(VENDOR, "POST", "/products", key, body)


def a_creation(idempotency_key: IdempotencyKey | None = None, **attributes: Any) -> CreateProduct:
    required: Any = {
        "product_name": "Wireless Bluetooth Headphones",
        "category": "Electronics",
        "base_price": 90,
    }
    return CreateProduct(vendor_id=VENDOR, attributes=required | attributes, idempotency_key=idempotency_key)


def a_change(product_id: str = "PROD-E4F9A", **differences: Any) -> ChangeProduct:
    attributes: dict[str, Any] = {
        "product_id": product_id,
        "changes": {},
        "if_match": ANY_VERSION,
        "scope": EVERYTHING,
    }
    return ChangeProduct(**attributes | differences)


def a_deactivation(product_id: str = "PROD-E4F9A", **differences: Any) -> ChangeProduct:
    return a_change(product_id, changes={"is_active": False}, **differences)


def keep(client: Any, *products: Product) -> None:
    """Write products into the table directly, not through the service."""
    for product in products:
        client.put_item(TableName="Products-table", Item=product.to_item())


def patch(shop: Client, address: str, body: Any, token: str | None = None, **headers: str) -> Answer:
    return shop.send("PATCH", address, token, body, **headers)
