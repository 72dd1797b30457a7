"""Requests while the key that signs log records and seals cannot be read: refused, and nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from fixed_ledger_key import FixedLedgerKey
from front_door import Client

from chalicelib.bootstrap import storage_of
from inventory_common.errors import LedgerKeyUnavailable
from inventory_common.ledger_keys import PublicKey, SigningKey
from inventory_common.settings import Settings

from ..process import Process
from ..shop import (
    BLACK,
    ORDER_PATH,
    PRODUCT,
    RESTOCKS_PATH,
    SKU_PATH,
    Clock,
    Tables,
    order_body,
    settlement_body,
)

ADJUSTMENTS_PATH = f"{SKU_PATH}/adjustments"
OTHER_ORDER_PATH = "/orders/ORDER-67890"
CANCELLED_ORDER_PATH = "/orders/ORDER-CANCELLED"
DUE_PATH = "/orders?due_before=2026-03-23T12:00:00Z"
SETTLEMENT = settlement_body((BLACK, 1))


class LedgerKeyOfAStage(FixedLedgerKey):
    """The key of tests, until it is away."""

    is_away = False

    def current(self) -> SigningKey:
        self._require()
        return super().current()

    def public_key(self, key_id: str) -> PublicKey | None:
        self._require()
        return super().public_key(key_id)

    def _require(self) -> None:
        if self.is_away:
            raise LedgerKeyUnavailable("The key cannot be read; please try again.")


@pytest.fixture
def ledger_key() -> LedgerKeyOfAStage:
    return LedgerKeyOfAStage()


@pytest.fixture
def shop(
    shop_of: Callable[[Process], Client], dynamodb: Any, clock: Clock, ledger_key: LedgerKeyOfAStage
) -> Client:
    storage = storage_of(dynamodb, Settings.from_environment(os.environ), ledger_key)
    return shop_of(Process(storage, clock))


@pytest.fixture
def served(shop: Client, orders: str, confirmed: None, ledger_key: LedgerKeyOfAStage) -> Client:
    """The service with an order that is confirmed, one that is placed and one that is cancelled, and then
    without its key.
    """
    assert shop.put(OTHER_ORDER_PATH, order_body((BLACK, 5)), orders).status == 201
    assert shop.put(CANCELLED_ORDER_PATH, order_body((BLACK, 1)), orders).status == 201
    assert shop.post(f"{CANCELLED_ORDER_PATH}/cancel", token=orders).status == 200
    ledger_key.is_away = True
    return shop


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", RESTOCKS_PATH, {"quantity": 5}),
        ("POST", ADJUSTMENTS_PATH, {"quantity_change": -1, "notes": "broken"}),
        ("PUT", "/orders/ORDER-NEW", order_body((BLACK, 1))),
        ("POST", f"{OTHER_ORDER_PATH}/extend", {"hold_seconds": 2_000_000}),
        ("POST", f"{OTHER_ORDER_PATH}/amend", order_body((BLACK, 4))),
        ("POST", f"{CANCELLED_ORDER_PATH}/reopen", None),
        ("POST", f"{OTHER_ORDER_PATH}/confirm", None),
        ("POST", f"{OTHER_ORDER_PATH}/confirm", SETTLEMENT),
        ("POST", f"{OTHER_ORDER_PATH}/cancel", None),
        ("POST", f"{OTHER_ORDER_PATH}/cancel", SETTLEMENT),
        ("POST", f"{ORDER_PATH}/refund", SETTLEMENT),
    ],
)
def test_a_command_is_refused_and_nothing_is_changed(
    served: Client,
    admin: str,
    tables: Tables,
    ledger_key: LedgerKeyOfAStage,
    method: str,
    path: str,
    body: Any,
) -> None:
    before = tables.everything()
    headers = {"idempotency_key": "the-command"} if method == "POST" else {}
    refused = served.send(method, path, admin, body, **headers)
    assert (refused.status, refused.code) == (503, "ledger_key_unavailable")
    assert refused.headers["Retry-After"] == "5"
    assert tables.everything() == before
    ledger_key.is_away = False
    done = served.send(method, path, admin, body, **headers)
    assert done.status < 300, done
    assert tables.everything() != before


@pytest.mark.parametrize("path", [ORDER_PATH, DUE_PATH])
def test_an_order_whose_seal_cannot_be_verified_is_not_shown(
    served: Client, orders: str, ledger_key: LedgerKeyOfAStage, path: str
) -> None:
    refused = served.get(path, orders)
    assert (refused.status, refused.code) == (503, "ledger_key_unavailable")
    ledger_key.is_away = False
    assert served.get(path, orders).status == 200


def test_each_command_of_a_batch_is_refused(served: Client, admin: str, tables: Tables) -> None:
    before = tables.everything()
    batched = served.post(
        "/orders/batch",
        {
            "orders": [
                {"order_id": "ORDER-NEW"} | order_body((BLACK, 1)),
                {"order_id": "ORDER-67890", "command": "cancel"},
            ]
        },
        admin,
    )
    change = {"type": "restock", "product_id": PRODUCT, "sku": BLACK, "quantity": 5, "idempotency_key": "key"}
    changed = served.post("/stock/batch", {"changes": [change]}, admin)
    results = [*batched.json["results"], *changed.json["results"]]
    assert [(result["status_code"], result["problem"]["code"]) for result in results] == [
        (503, "ledger_key_unavailable")
    ] * 3
    assert tables.everything() == before


@pytest.mark.usefixtures("served")
def test_skus_are_read_and_kept_without_the_key(served: Client, admin: str) -> None:
    assert served.get(SKU_PATH, admin).json["current_stock"] == 45
    assert served.send("PATCH", SKU_PATH, admin, {"unit_price": 80}).status == 200
