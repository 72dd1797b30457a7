"""Log, balance and open orders are compared; differences are reported, and nothing is repaired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client, Tokens
from refusal_walk import stored

from chalicelib import operations
from chalicelib.bootstrap import reconciler
from chalicelib.domain.reconciliation import ReconciliationReport, totals_of
from chalicelib.engine.reconciler import Reconciler
from chalicelib.storage.inventory_stores import SkuStore
from inventory_common.barcode_lookups import lookup_key
from inventory_common.errors import ArchiveUnavailable
from inventory_common.order_items import order_key

from .ledger import (
    BLACK,
    OTHER_VENDOR,
    VENDOR,
    WHITE,
    a_ledger,
    a_sku,
    held_in,
    keep,
    keep_bound,
    keep_order,
    keep_product,
    keep_sku,
)
from .stream import SCHEDULED

LEDGER = a_ledger(60, seed=7)


def held() -> dict[str, int]:
    return held_in(LEDGER)


@pytest.fixture
def shop(service_module: Any, storage: Any, dynamodb: Any) -> Any:
    """A SKU with its log and its open orders, one of them in several items; and a new SKU."""
    keep_product(dynamodb)
    keep_bound(dynamodb)
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    keep_sku(dynamodb, a_sku([], WHITE))
    for number, (order_id, units) in enumerate(held().items()):
        keep_order(dynamodb, order_id, units, part=0 if number else 2)
    return dynamodb


def run() -> ReconciliationReport:
    return reconciler().run()


def reported(report: ReconciliationReport) -> set[tuple[str, Any, str, int | str | None]]:
    return {(each.figure, each.balance, each.source, each.expected) for each in report.differences}


def test_an_intact_inventory_has_no_difference(shop: Any) -> None:
    before = stored(shop)
    assert run() == ReconciliationReport(checked=2)
    assert stored(shop) == before


def test_a_stock_that_differs_from_the_log_is_found(shop: Any) -> None:
    stock, reserved = LEDGER[-1].stock_after, LEDGER[-1].reserved_after
    keep_sku(shop, a_sku(LEDGER, current_stock=stock + 3, reserved_stock=reserved + 1))
    before = stored(shop)
    assert reported(run()) == {
        ("current_stock", stock + 3, "log", stock),
        ("reserved_stock", reserved + 1, "log", reserved),
        ("reserved_stock", reserved + 1, "orders", reserved),
    }
    assert stored(shop) == before, "nothing is repaired"


def test_a_missing_record_is_found(shop: Any) -> None:
    removed = LEDGER[-1]
    key = {"transaction_id": {"S": removed.transaction_id}, "timestamp": {"S": removed.timestamp}}
    shop.delete_item(TableName="StockTransactions", Key=key)
    assert ("sequence", 60, "log", 59) in reported(run())


def test_a_record_beyond_the_skus_last_one_is_found(shop: Any) -> None:
    """Tables that were restored to one second may disagree about the last change before it."""
    at_the_moment = LEDGER[:-1]
    keep_sku(shop, a_sku(at_the_moment))
    assert ("sequence", len(at_the_moment), "log", len(LEDGER)) in reported(run())


@pytest.mark.parametrize("transaction_type", ["theft", None, [], {}])
def test_a_record_of_an_unknown_type_reserves_nothing(transaction_type: Any) -> None:
    totals = totals_of([LEDGER[0].document() | {"transaction_type": transaction_type}])
    assert (totals.records, totals.reserved_stock, dict(totals.held)) == (1, 0, {})


def test_an_order_that_holds_more_or_fewer_units_than_are_reserved_is_found(shop: Any) -> None:
    reserved = LEDGER[-1].reserved_after
    keep_order(shop, "ORDER-FORGED", 2)
    assert reported(run()) == {("reserved_stock", reserved, "orders", reserved + 2)}
    keep_order(shop, "ORDER-FORGED", 0)
    order_id = list(held())[1]
    shop.delete_item(TableName="VendorInventory", Key=order_key(order_id))
    assert reported(run()) == {("reserved_stock", reserved, "orders", reserved - held()[order_id])}


def test_an_available_stock_that_was_stored_incorrectly_is_found(shop: Any) -> None:
    item = a_sku(LEDGER).to_item() | {"available_stock": {"N": "99999"}}
    shop.put_item(TableName="VendorInventory", Item=item)
    assert {(figure, source) for figure, _, source, _ in reported(run())} == {("available_stock", "balance")}


def test_a_difference_is_one_finding_until_the_sku_changes(shop: Any, audit: Client, tokens: Tokens) -> None:
    keep_sku(shop, a_sku(LEDGER, current_stock=99_999))
    first, second = run(), run()
    [finding] = audit.get("/findings", tokens.vendor()).json["items"]
    assert finding["kind"] == "reconciliation"
    assert (finding["vendor_id"], finding["sku"]) == (VENDOR, BLACK)
    named = {each.finding_id for report in (first, second) for each in report.differences}
    assert named == {finding["finding_id"]}


class ContendedSkus(SkuStore):
    """A store of SKUs with a concurrent writer: it writes before each read of a SKU."""

    def __init__(self, skus: SkuStore, write: Callable[[], object]) -> None:
        vars(self).update(vars(skus))
        self._write = write

    def sku_item(self, sku: str) -> Any:
        self._write()
        return super().sku_item(sku)


def contended(write: Any) -> Reconciler:
    uncontended = reconciler()
    return replace(uncontended, skus=ContendedSkus(uncontended.skus, write))


def test_a_difference_between_two_writes_does_not_count(shop: Any) -> None:
    keep_sku(shop, a_sku(LEDGER[:59]))
    assert contended(lambda: keep_sku(shop, a_sku(LEDGER))).run() == ReconciliationReport(checked=2)


def test_a_sku_that_changes_during_every_read_is_undecided(shop: Any) -> None:
    versions = iter(range(100, 200))
    write = lambda: keep_sku(shop, a_sku(LEDGER, current_stock=99_999, version=next(versions)))  # noqa: E731
    keep_sku(shop, a_sku(LEDGER, current_stock=99_999))
    assert contended(write).run() == ReconciliationReport(checked=2, undecided=[BLACK])


def test_the_operation_prints_a_table(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert operations.main(["reconcile"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 SKUs checked: 0 differences")
    keep_order(shop, "ORDER-FORGED", 2)
    assert operations.main(["reconcile"]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]
    asked, head, row = lines[:3]
    assert asked.startswith("reconcile: local stack, DynamoDB at ")
    assert head.split() == ["SKU", "figure", "balance", "expected", "by", "finding"]
    assert row.split()[:2] == [BLACK, "reserved_stock"]
    assert row.split()[4] == "orders"


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"}, "http://127.0.0.1:1"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:2", "AWS_REGION": "x"}, "http://127.0.0.1:2"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "TABLE_NAME_PREFIX": "dev-"}, "AWS, eu-west-1, tables dev-*"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "x"}, "AWS, eu-west-1"),
    ],
)
def test_an_operation_names_the_address_that_it_asks(variables: dict[str, str], address: str) -> None:
    assert operations.address_of(variables) == address


def test_an_operation_that_cannot_read_says_so_in_one_line(
    shop: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_: object) -> int:
        raise ArchiveUnavailable("The archive\ndoes not respond.")

    monkeypatch.setattr(operations, "_OPERATIONS", {"reconcile": away})
    assert operations.main(["reconcile"]) == 4
    assert capsys.readouterr().err == "reconcile could not be finished: The archive does not respond.\n"


def test_the_schedule_logs_the_result(
    service_module: Any, shop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    service_module.reconcile(SCHEDULED, None)
    assert '"checked":2,"differences":0,"undecided":0' in capsys.readouterr().out


# Lookup items of barcodes

FIRST, SECOND = (f"BARCODE#{VENDOR}#{code}" for code in ("FIRST", "SECOND"))


def keep_lookup(dynamodb: Any, partition: str, sku: str = BLACK) -> None:
    dynamodb.put_item(TableName="VendorInventory", Item=lookup_key(partition, sku))


def keep_with_barcode(dynamodb: Any, barcode: str | None = "FIRST", **differences: Any) -> None:
    keep_sku(dynamodb, a_sku(LEDGER, barcode=barcode, **differences))


def test_a_lookup_item_of_a_skus_barcode_is_no_difference(shop: Any) -> None:
    keep_with_barcode(shop)
    keep_lookup(shop, FIRST)
    before = stored(shop)
    assert run() == ReconciliationReport(checked=2)
    assert stored(shop) == before


def test_a_missing_lookup_item_is_found(shop: Any) -> None:
    keep_with_barcode(shop)
    assert reported(run()) == {("barcode", FIRST, "lookup", None)}


@pytest.mark.parametrize("barcode", ["FIRST", None])
def test_a_lookup_item_of_another_barcode_is_found(shop: Any, barcode: str | None) -> None:
    keep_with_barcode(shop, barcode)
    if barcode:
        keep_lookup(shop, FIRST)
    keep_lookup(shop, SECOND)
    keep_lookup(shop, f"BARCODE#{OTHER_VENDOR}#FIRST")
    assert reported(run()) == {
        ("barcode", None, "lookup", SECOND),
        ("barcode", None, "lookup", f"BARCODE#{OTHER_VENDOR}#FIRST"),
    }


def test_a_lookup_item_without_its_sku_is_found(shop: Any, audit: Client, tokens: Tokens) -> None:
    missing = f"{BLACK}-NONE"
    keep_lookup(shop, FIRST, missing)
    keep_lookup(shop, FIRST, "no-sku")  # which finds nothing, and can be of no SKU
    report = run()
    assert report.checked == 2
    assert [(each.sku, each.expected) for each in report.differences] == [(missing, FIRST)]
    [finding] = audit.get("/findings", tokens.of_role("auditor")).json["items"]
    assert (finding["sku"], finding["vendor_id"]) == (missing, None)


def test_a_difference_of_lookup_items_is_one_finding_of_its_own(
    shop: Any, audit: Client, tokens: Tokens
) -> None:
    keep_with_barcode(shop, current_stock=99_999)
    first, second = run(), run()
    assert len(audit.get("/findings", tokens.vendor()).json["items"]) == 2
    assert {each.finding_id for each in first.differences} == {each.finding_id for each in second.differences}
    keep_lookup(shop, SECOND)
    run()
    assert len(audit.get("/findings", tokens.vendor()).json["items"]) == 3


@pytest.mark.parametrize("changes", [1, 99])
def test_a_barcode_that_changes_while_it_is_read_is_read_again(
    shop: Any, monkeypatch: pytest.MonkeyPatch, changes: int
) -> None:
    keep_with_barcode(shop)
    has_lookup = SkuStore.has_lookup
    versions = iter(range(2, 2 + changes))

    def changing(store: SkuStore, partition: str, sku: str) -> bool:
        found = has_lookup(store, partition, sku)
        if (version := next(versions, None)) is not None:
            keep_with_barcode(shop, details_version=version)
            keep_lookup(shop, FIRST)
        return found

    monkeypatch.setattr(SkuStore, "has_lookup", changing)
    report = run()
    assert report.differences == []
    assert report.undecided == ([BLACK] if changes > 1 else [])
