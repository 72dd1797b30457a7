"""Who owns a SKU, and that SKU and product exist: forged by hand, each is a finding; nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client, Tokens

from chalicelib.bootstrap import reconciler
from chalicelib.domain.reconciliation import FigureDifference, ReconciliationReport
from chalicelib.storage.inventory_stores import OrderStore, SkuStore
from inventory_common.bound_items import bound_key
from inventory_common.ids import StockKey
from inventory_common.items import Item, to_item
from inventory_common.order_items import OPEN_ORDERS, open_orders_partition, order_key, part_key
from inventory_common.timestamps import plus_seconds

from .ledger import (
    BLACK,
    NOW,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    a_ledger,
    a_line,
    a_product,
    a_record,
    a_sku,
    an_order,
    held_in,
    keep,
    keep_bound,
    keep_order,
    keep_product,
    keep_sku,
)
from .stream import a_change, deliver

LEDGER = a_ledger(60, seed=7)
GHOST = "SKU-PROD-GH0ST-BLK"
GHOST_PRODUCT = StockKey.of(GHOST).product_id
ENDS = plus_seconds(NOW, 3_600)


@pytest.fixture
def shop(service_module: Any, storage: Any, dynamodb: Any) -> Any:
    """A SKU with its log and its open orders, one of them with a part; a new SKU, their product and bound."""
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    keep_sku(dynamodb, a_sku([], WHITE))
    keep_product(dynamodb)
    keep_bound(dynamodb)
    for number, (order_id, units) in enumerate(held_in(LEDGER).items()):
        keep_order(dynamodb, order_id, units, part=0 if number else 2)
    return dynamodb


def run() -> ReconciliationReport:
    return reconciler().run()


def rows(report: ReconciliationReport) -> set[tuple[Any, ...]]:
    return {(each.sku, each.figure, each.balance, each.source, each.expected) for each in report.differences}


def put(shop: Any, item: Item, table: str = "VendorInventory") -> None:
    shop.put_item(TableName=table, Item=item)


@pytest.fixture
def kinds(audit: Client, tokens: Tokens) -> Callable[[], list[tuple[str, str | None, str | None]]]:
    """Kind, SKU and vendor of all findings."""

    def found() -> list[tuple[str, str | None, str | None]]:
        findings = audit.get("/findings", tokens.of_role("auditor")).json["items"]
        return sorted(
            ((each["kind"], each["sku"], each["vendor_id"]) for each in findings),
            key=str,
        )

    return found


Kinds = Callable[[], list[tuple[str, str | None, str | None]]]


def test_an_intact_shop_has_no_finding(shop: Any, kinds: Kinds) -> None:
    assert run() == ReconciliationReport(checked=2)
    assert kinds() == []


# The owner of a SKU


def test_a_sku_that_was_given_to_another_vendor_is_one_finding(shop: Any, kinds: Kinds) -> None:
    keep_sku(shop, a_sku(LEDGER, vendor_id=OTHER_VENDOR))
    keep_bound(shop, vendor_id=OTHER_VENDOR)
    for _ in range(2):
        assert rows(run()) == {
            (BLACK, "vendor_id", OTHER_VENDOR, "log", VENDOR),
            (BLACK, "vendor_id", OTHER_VENDOR, "product", VENDOR),
        }
    # The vendor who has it now sees it as well.
    assert kinds() == [("owner_changed", BLACK, OTHER_VENDOR)]


def test_a_sku_that_was_given_away_is_one_finding_while_it_is_sold(shop: Any, kinds: Kinds) -> None:
    keep_bound(shop, vendor_id=OTHER_VENDOR)
    for version in (61, 62):
        keep_sku(shop, a_sku(LEDGER, vendor_id=OTHER_VENDOR, version=version))
        run()
    assert kinds() == [("owner_changed", BLACK, OTHER_VENDOR)]


def test_a_sku_and_a_product_that_were_given_away_together_are_found_by_the_log(shop: Any) -> None:
    keep_sku(shop, a_sku(LEDGER, vendor_id=OTHER_VENDOR))
    keep_bound(shop, vendor_id=OTHER_VENDOR)
    keep_product(shop, a_product(vendor_id=OTHER_VENDOR))
    assert (BLACK, "vendor_id", OTHER_VENDOR, "log", VENDOR) in rows(run())
    # Sold since, so that the newest record has the new vendor.
    stolen = a_record(BLACK, 61, vendor_id=OTHER_VENDOR, previous_hash=LEDGER[-1].hash)
    keep(shop, stolen)
    keep_sku(shop, a_sku([*LEDGER, stolen], vendor_id=OTHER_VENDOR))
    assert (BLACK, "vendor_id", OTHER_VENDOR, "log", VENDOR) in rows(run())


def test_records_that_were_given_away_too_prove_nothing(shop: Any) -> None:
    """Their hashes cover the vendor; hashes that are calculated anew are not those of the archive."""
    keep_sku(shop, a_sku(LEDGER, vendor_id=OTHER_VENDOR))
    keep_bound(shop, vendor_id=OTHER_VENDOR)
    keep_product(shop, a_product(vendor_id=OTHER_VENDOR))
    keep_sku(shop, a_sku([], WHITE, vendor_id=OTHER_VENDOR))
    keep(shop, *(replace(record, vendor_id=OTHER_VENDOR) for record in LEDGER))
    assert rows(run()) == {(BLACK, "vendor_id", OTHER_VENDOR, "log", None)}
    keep(shop, LEDGER[30])
    assert rows(run()) == {(BLACK, "vendor_id", OTHER_VENDOR, "log", owner) for owner in (None, VENDOR)}


def test_a_product_that_was_given_to_another_vendor_is_found_by_each_of_its_skus(
    shop: Any, kinds: Kinds
) -> None:
    keep_product(shop, a_product(vendor_id=OTHER_VENDOR))
    assert rows(run()) == {(sku, "vendor_id", VENDOR, "product", OTHER_VENDOR) for sku in (BLACK, WHITE)}
    assert kinds() == [("owner_changed", sku, VENDOR) for sku in (BLACK, WHITE)]


def test_a_new_owner_in_the_stream_is_reported_at_once(service_module: Any, shop: Any, kinds: Kinds) -> None:
    before = a_sku(LEDGER).to_item()
    change = a_change(before, a_sku(LEDGER, vendor_id=OTHER_VENDOR).to_item())
    for _ in range(2):
        deliver(service_module.stock_changed, change)
    assert kinds() == [("owner_changed", BLACK, VENDOR)]


# Existence


def test_a_sku_without_its_product_is_found(shop: Any, kinds: Kinds) -> None:
    """A SKU and a log that somebody wrote by hand, plausible in themselves."""
    log = a_ledger(5, GHOST)
    keep(shop, *log)
    keep_sku(shop, a_sku(log, GHOST, product_id=GHOST_PRODUCT))
    for _ in range(2):
        assert rows(run()) == {(GHOST, "product_id", GHOST_PRODUCT, "product", None)} | (
            {(GHOST, "reserved_stock", log[-1].reserved_after, "orders", 0)}
            if log[-1].reserved_after
            else set()
        )
    assert ("sku_without_product", GHOST, VENDOR) in kinds()


def test_units_that_an_order_holds_of_no_sku_are_found(shop: Any, kinds: Kinds) -> None:
    keep_order(shop, "ORDER-FORGED", 3, GHOST)
    assert rows(run()) == {(GHOST, "reserved_stock", None, "orders", 3)}
    assert kinds() == [("reconciliation", GHOST, None)]


@pytest.mark.parametrize(
    ("record", "sku", "product", "expected"),
    [
        pytest.param(LEDGER[-1], a_sku(LEDGER), a_product(), [], id="intact"),
        pytest.param(LEDGER[0], a_sku(LEDGER), a_product(), [], id="intact first"),
        pytest.param(a_record(WHITE, 1), None, a_product(), ["record_without_stock"], id="no SKU"),
        pytest.param(
            a_record(WHITE, 9), None, a_product(), ["record_without_stock"], id="no SKU, not the first"
        ),
        pytest.param(
            a_record(BLACK, 61), a_sku(LEDGER), a_product(), ["record_without_stock"], id="not counted"
        ),
        pytest.param(LEDGER[0], a_sku(LEDGER), None, ["sku_without_product"], id="no product"),
        pytest.param(
            LEDGER[0],
            a_sku(LEDGER),
            a_product(vendor_id=OTHER_VENDOR),
            ["owner_changed"],
            id="product's owner",
        ),
        pytest.param(
            a_record(BLACK, 5, vendor_id=OTHER_VENDOR),
            a_sku(LEDGER),
            None,
            ["owner_changed", "record_without_stock"],
            id="SKU's owner",
        ),
    ],
)
def test_a_new_record_is_checked_against_its_sku_and_the_first_one_against_the_product(
    service_module: Any,
    storage: Any,
    dynamodb: Any,
    kinds: Kinds,
    record: Any,
    sku: Any,
    product: Any,
    expected: Any,
) -> None:
    if sku is not None:
        keep_sku(dynamodb, sku)
    if product is not None:
        keep_product(dynamodb, product)
    keep(dynamodb, *LEDGER)
    change = a_change(None, record.to_item())
    for _ in range(2):
        deliver(service_module.log_changed, change)
    assert sorted(kind for kind, _, _ in kinds()) == expected


# The index of due orders


def due(order_id: str, units: int = 2, **differences: Any) -> Item:
    """Return an order that holds units, with these attributes in place of its own; None removes one."""
    item = an_order(order_id, {BLACK: a_line(units)})
    for name, changed in differences.items():
        if changed is None:
            del item[name]
        else:
            item |= to_item({name: changed})
    return item


FORGED = list(held_in(LEDGER))[1]
UNITS = held_in(LEDGER)[FORGED]
SAGA: dict[str, Any] = {
    "performed_by": "client:till",
    "request_id": "r",
    "lease_until": plus_seconds(NOW, 60),
}
IN_PROGRESS: dict[str, Any] = {"errand": SAGA}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param(
            due(FORGED, UNITS, vendor_id=None, last_updated=None),
            {
                ("vendor_id", None, open_orders_partition(FORGED)),
                ("last_updated", None, ENDS),
            },
            id="not listed",
        ),
        pytest.param(
            due(FORGED, UNITS, vendor_id="OPEN-ORDERS#99"),
            {("vendor_id", "OPEN-ORDERS#99", open_orders_partition(FORGED))},
            id="in a partition that nobody reads",
        ),
        pytest.param(
            due(FORGED, UNITS, last_updated="2199-01-01T00:00:00.000000Z"),
            {("last_updated", "2199-01-01T00:00:00.000000Z", ENDS)},
            id="much later",
        ),
        pytest.param(
            due(FORGED, UNITS, expires_at=None),
            {("last_updated", ENDS, None)},
            id="without the end of its hold",
        ),
        pytest.param(
            due(FORGED, UNITS, phase="confirming", **IN_PROGRESS),
            {("last_updated", ENDS, SAGA["lease_until"])},
            id="at the end of its hold though a saga is in progress",
        ),
    ],
)
def test_an_order_that_holds_units_and_is_not_due_is_one_finding(
    shop: Any, kinds: Kinds, order: Item, expected: set[Any]
) -> None:
    put(shop, order)
    for _ in range(2):
        report = run()
        assert {(each.figure, each.balance, each.expected) for each in report.differences} == expected
        assert {(each.sku, each.source) for each in report.differences} == {(FORGED, "due index")}
    assert kinds() == [("order_not_due", None, None)]


def test_an_order_whose_part_holds_units_and_that_is_not_due_is_found(shop: Any, kinds: Kinds) -> None:
    order_id = next(iter(held_in(LEDGER)))
    put(shop, an_order(order_id, {}, parts=2, vendor_id=None, last_updated=None))
    report = run()
    assert {(each.sku, each.figure) for each in report.differences} == {
        (order_id, "vendor_id"),
        (order_id, "last_updated"),
    }
    assert kinds() == [("order_not_due", None, None)]


def test_parts_of_an_order_that_does_not_exist_are_found(shop: Any, kinds: Kinds) -> None:
    put(shop, an_order("ORDER-NONE", {WHITE: a_line(2, WHITE)}, part=1))
    assert rows(run()) == {("ORDER-NONE", "order", None, "parts", "#ORDER")}
    assert kinds() == [("order_not_due", None, None)]


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(due(FORGED, UNITS), id="held"),
        pytest.param(
            due(FORGED, UNITS, phase="confirming", **IN_PROGRESS, last_updated=SAGA["lease_until"]), id="saga"
        ),
    ],
)
def test_an_order_that_is_listed_when_it_is_due_is_no_finding(shop: Any, order: Item) -> None:
    put(shop, order)
    assert run() == ReconciliationReport(checked=2)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(an_order("ORDER-DONE", {BLACK: a_line(0)}), id="settled"),
        pytest.param(an_order("ORDER-GONE", {}, ttl=1_900_000_000, expires_at=None), id="tombstone"),
    ],
)
def test_an_order_that_holds_nothing_is_not_due(shop: Any, order: Item) -> None:
    put(shop, order)
    assert run() == ReconciliationReport(checked=2)
    put(shop, order | to_item({"vendor_id": OPEN_ORDERS[0], "last_updated": NOW}))
    assert {each.source for each in run().differences} == {"due index"}


@pytest.mark.parametrize("changes", [1, 99])
def test_an_order_that_changes_while_it_is_read_is_read_again(
    shop: Any, monkeypatch: pytest.MonkeyPatch, changes: int
) -> None:
    """A saga ends after the Scan has read the order."""
    put(shop, due(FORGED, UNITS, phase="confirming", **IN_PROGRESS))
    items = OrderStore.items
    versions = iter(range(2, 2 + changes))

    def changing(store: OrderStore, order_id: str) -> list[Item]:
        found = items(store, order_id)
        if order_id == FORGED and (version := next(versions, None)) is not None:
            put(shop, due(FORGED, UNITS, version=version))
        return found

    monkeypatch.setattr(OrderStore, "items", changing)
    assert run() == ReconciliationReport(checked=2, undecided=[FORGED] if changes > 1 else [])


# Low-stock bounds


@pytest.mark.parametrize("bound", [9, -1, 0])
def test_a_bound_below_a_threshold_is_one_finding(shop: Any, kinds: Kinds, bound: int) -> None:
    keep_bound(shop, bound)
    for _ in range(2):
        [difference] = run().differences
        assert replace(difference, finding_id="") == FigureDifference(VENDOR, "bound", bound, WHITE, 10)
    assert kinds() == [("low_stock_bound", WHITE, VENDOR)]


def test_a_missing_bound_is_a_finding(shop: Any, kinds: Kinds) -> None:
    shop.delete_item(TableName="VendorInventory", Key=bound_key(VENDOR))
    assert [(each.balance, each.expected) for each in run().differences] == [(None, 10)]
    assert kinds() == [("low_stock_bound", WHITE, VENDOR)]


def test_a_bound_that_is_higher_than_all_thresholds_is_no_finding(shop: Any) -> None:
    keep_bound(shop, 11)
    assert run() == ReconciliationReport(checked=2)


@pytest.mark.parametrize("changes", [1, 99])
def test_a_threshold_that_changes_while_it_is_read_is_read_again(
    shop: Any, monkeypatch: pytest.MonkeyPatch, changes: int
) -> None:
    """The threshold is raised after the Scan has read the bound: the bound was raised before."""
    keep_sku(shop, a_sku([], WHITE, reorder_threshold=20))
    bound_item = SkuStore.bound_item
    thresholds = iter(range(21, 21 + changes))

    def raised(store: SkuStore, vendor_id: str) -> Item | None:
        found = bound_item(store, vendor_id)
        if (threshold := next(thresholds, None)) is not None:
            keep_bound(shop, threshold)
            keep_sku(shop, a_sku([], WHITE, reorder_threshold=threshold))
        return found

    monkeypatch.setattr(SkuStore, "bound_item", raised)
    assert run() == ReconciliationReport(checked=2, undecided=[VENDOR] if changes > 1 else [])


def test_nothing_is_written(shop: Any) -> None:
    keep_sku(shop, a_sku(LEDGER, vendor_id=OTHER_VENDOR))
    put(shop, due(FORGED, UNITS, vendor_id=None, last_updated=None))
    keep_bound(shop, 1)
    keys = [
        order_key(FORGED),
        part_key(next(iter(held_in(LEDGER))), 2),
        bound_key(VENDOR),
        to_item(StockKey(PRODUCT, BLACK)._asdict()),
    ]
    before = [shop.get_item(TableName="VendorInventory", Key=key).get("Item") for key in keys]
    assert run().differences
    assert [shop.get_item(TableName="VendorInventory", Key=key).get("Item") for key in keys] == before
