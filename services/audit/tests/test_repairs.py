"""A repair is an adjustment by an admin that names a kept finding about its SKU; nothing else repairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from front_door import Client, Tokens

from chalicelib.bootstrap import reconciler
from chalicelib.domain.reconciliation import ReconciliationReport
from chalicelib.domain.repairs import is_repair
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import TransactionRecord

from .ledger import (
    BLACK,
    NOW,
    WHITE,
    a_ledger,
    a_record,
    a_sku,
    held_in,
    keep,
    keep_bound,
    keep_order,
    keep_product,
    keep_sku,
)

LEDGER = a_ledger(60, seed=7)
STOLEN = 1_000
ADMIN = "user:admin-1"


@pytest.fixture
def shop(service_module: Any, storage: Any, dynamodb: Any) -> Any:
    """A SKU with its log and its open orders."""
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    keep_product(dynamodb)
    keep_bound(dynamodb)
    for order_id, units in held_in(LEDGER).items():
        keep_order(dynamodb, order_id, units)
    return dynamodb


def found(shop: Any) -> str:
    """Change the stock by hand, and return the finding of the reconciliation."""
    keep_sku(shop, a_sku(LEDGER, current_stock=STOLEN))
    [finding] = {each.finding_id for each in reconciler().run().differences}
    return finding


def repaired(shop: Any, notes: str, **differences: Any) -> ReconciliationReport:
    """Write an adjustment back to the log's stock, and reconcile."""
    after, reserved = LEDGER[-1].stock_after, LEDGER[-1].reserved_after
    record = a_record(
        BLACK,
        61,
        **{
            "transaction_type": "manual_adjustment",
            "performed_by": ADMIN,
            "stock_before": STOLEN,
            "quantity_change": after - STOLEN,
            "quantity": STOLEN - after,
            "stock_after": after,
            "reserved_before": reserved,
            "reserved_after": reserved,
            "notes": notes,
        }
        | differences,
    )
    keep(shop, record)
    keep_sku(shop, a_sku([*LEDGER, record]))
    return reconciler().run()


def test_an_admins_adjustment_that_names_the_finding_repairs_it(shop: Any) -> None:
    assert repaired(shop, f"counted; repairs {found(shop)}") == ReconciliationReport(checked=1)


@pytest.mark.parametrize("performed_by", ["VENDOR-001", "client:till", "system:expiry", "users:admin"])
def test_a_vendor_or_a_machine_repairs_nothing(shop: Any, performed_by: str) -> None:
    assert repaired(shop, f"repairs {found(shop)}", performed_by=performed_by).differences


@pytest.mark.parametrize("notes", ["counted", f"repairs FIND-{'0' * 32}", "repairs FIND-1"])
def test_notes_that_name_no_kept_finding_repair_nothing(shop: Any, notes: str) -> None:
    found(shop)
    assert repaired(shop, notes).differences


def test_a_finding_about_another_sku_repairs_nothing(shop: Any) -> None:
    keep_sku(shop, a_sku([], WHITE, current_stock=3))
    [finding] = {each.finding_id for each in reconciler().run().differences if each.sku == WHITE}
    keep_sku(shop, a_sku([], WHITE))
    found(shop)
    assert {each.sku for each in repaired(shop, f"repairs {finding}").differences} == {BLACK}


def test_a_finding_repairs_nothing_before_it_was_made(shop: Any) -> None:
    """Otherwise notes that were written beforehand would accept whatever is found later."""
    finding = found(shop)
    assert repaired(shop, f"repairs {finding}", timestamp=LEDGER[-1].timestamp).differences


def test_a_restock_repairs_nothing(shop: Any) -> None:
    assert repaired(shop, f"repairs {found(shop)}", transaction_type="restock").differences


def test_without_an_archive_nothing_is_repaired(
    service_module: Any, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = found(shop)
    monkeypatch.setattr(service_module.reconciliation.findings.store.objects, "bucket", None)
    assert repaired(shop, f"repairs {finding}").differences


def test_a_repair_stays_one_when_the_stock_goes_on(shop: Any, audit: Client, tokens: Tokens) -> None:
    finding = found(shop)
    assert repaired(shop, f"repairs {finding}").differences == []
    assert [each["finding_id"] for each in audit.get("/findings", tokens.vendor()).json["items"]] == [finding]


@pytest.mark.parametrize(
    "differences",
    [{"notes": None}, {"notes": 7}, {"performed_by": None}, {"transaction_type": []}, {"sku": None}],
    ids=str,
)
def test_a_damaged_record_is_no_repair(differences: dict[str, Any]) -> None:
    document = _adjustment().document()
    kept = {"sku": BLACK, "occurred_at": NOW}
    assert is_repair(document, lambda finding_id: kept)
    assert not is_repair(document | differences, lambda finding_id: kept)


def test_a_finding_that_names_no_sku_repairs_nothing() -> None:
    document = _adjustment().document()
    assert not is_repair(document | {"sku": None}, lambda finding_id: {"sku": None, "occurred_at": NOW})


def _adjustment() -> TransactionRecord:
    return replace(
        a_record(BLACK, 1),
        timestamp=plus_seconds(NOW, 1),
        transaction_type="manual_adjustment",
        performed_by=ADMIN,
        notes=f"FIND-{'a' * 32}",
    )
