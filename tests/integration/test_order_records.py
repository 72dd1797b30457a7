"""The records of an order, which the audit service finds from what the stock service has stored of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.ledger_checks import Tables
from tests.integration.shop import Shop, Sku, done, retry_while_busy

ORDER = "ORDER-1"
COMMANDS = 25

CheckTables = Callable[[], Tables]


def settle(shop: Shop, command: str, sku: Sku, quantity: int, key: str) -> Any:
    url = f"{shop.stock}/orders/{ORDER}/{command}"
    body = {"lines": [{"sku": sku.sku, "quantity": quantity}]}
    return done(retry_while_busy(lambda: shop.ask("POST", url, "orders", body=body, key=key)))


def records_of_order(
    shop: Shop, limit: int, role: str = "auditor", vendor_id: str | None = None
) -> list[Any]:
    return shop.listed(f"{shop.audit}/orders/{ORDER}/transactions", role, vendor_id, limit=limit)


@pytest.mark.parametrize("lines", [3, 60])
def test_the_records_of_an_order_are_those_that_its_commands_wrote(
    shop: Shop, check_tables: CheckTables, lines: int
) -> None:
    skus = shop.has_skus(lines, stock=5)
    done(shop.place("ORDER-OTHER", (skus[0], 1)))
    done(retry_while_busy(lambda: shop.place(ORDER, *((sku, 3) for sku in skus))))
    settle(shop, "cancel", skus[1], 1, "cancel")
    settle(shop, "confirm", skus[0], 2, "confirm")
    settle(shop, "refund", skus[0], 1, "refund")
    written = check_tables().records_of(ORDER)
    assert len(written) == lines + 3
    expected = sorted(((each["timestamp"], each["transaction_id"]) for each in written), reverse=True)
    for role, limit in (("auditor", 1_000), ("orders", 25), ("desk", 7)):
        found = records_of_order(shop, limit, role)
        assert [(each["timestamp"], each["transaction_id"]) for each in found] == expected
    assert found == [
        done(shop.ask("GET", f"{shop.audit}/transactions/{each['transaction_id']}", "auditor")).json()
        for each in found
    ]


def test_a_vendor_sees_its_own_lines_records(shop: Shop) -> None:
    own, others = shop.has_sku(5), shop.has_sku(5, vendor_id="VENDOR-002")
    done(shop.place(ORDER, (own, 1), (others, 2)))
    done(shop.confirm(ORDER))
    for sku in (own, others):
        found = records_of_order(shop, 1, "vendor", sku.vendor_id)
        assert [(each["sku"], each["order_step"]) for each in found] == [(sku.sku, 2), (sku.sku, 1)]


def test_pages_hold_each_record_once_while_the_order_changes(shop: Shop, second_process: Shop) -> None:
    skus = shop.has_skus(4, stock=100)
    done(shop.place(ORDER, *((sku, 50) for sku in skus)))
    written = threading.Event()

    def confirm() -> None:
        try:
            for number in range(COMMANDS):
                settle(second_process, "confirm", skus[number % 4], 1, f"confirm-{number}")
        finally:
            written.set()

    system = threading.Thread(target=confirm)
    system.start()
    walks = [records_of_order(shop, 100)]
    try:
        while not written.is_set():
            walks.append(records_of_order(shop, 3))
    finally:
        system.join()
    walks.append(records_of_order(shop, 3))
    assert len(walks[-1]) == 4 + COMMANDS
    assert len(walks) > 2, "it was not read meanwhile"
    last = [each["transaction_id"] for each in walks[-1]]
    for walk in walks:
        found = [each["transaction_id"] for each in walk]
        # A walk shows what was written until it began, and nothing else.
        assert found == last[len(last) - len(found) :]
        assert len(found) >= 4
