"""Every attribute of every type of item, damaged: reconciliation, digest, lists and streams go on.

Each test stores all damaged copies of one type of item at once, beside a SKU that is intact, or is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest
from damage import Damaged, each_damage, is_stored
from front_door import Client, Tokens

from chalicelib.bootstrap import reconciler
from chalicelib.domain.digests import digest_hash, heads_of
from inventory_common.bound_items import bound_key
from inventory_common.ids import transaction_id
from inventory_common.items import Item, to_item
from inventory_common.order_items import open_orders_partition

from .ledger import (
    BLACK,
    NOW,
    PRODUCT,
    VENDOR,
    WHITE,
    a_ledger,
    a_line,
    a_product,
    a_record,
    a_sku,
    an_order,
    keep,
    keep_bound,
    keep_product,
    keep_sku,
)
from .stream import a_change, deliver

LEDGER = a_ledger(3, seed=5)
KEY = ("product_id", "sku")
DAMAGES = ("a text", "a fraction", "38 digits", "bytes", "a map", "null")
SAGA = {"performed_by": "x", "request_id": "x", "lease_until": NOW, "restock": True, "hold_seconds": 9}
OPTIONAL = (
    *("variant_attributes", "barcode", "last_transaction_at", "last_transaction_id", "details_version"),
    *(
        "color",
        WHITE,
        "cancel_reason",
        "ttl",
        "owner",
        "settled_in_part",
        "last_command",
        "placed_as",
        "last_release",
        "expires_at",
        "parts",
        "phase",
        "errand",
    ),
    *("restock", "hold_seconds", "confirmed", "cancelled", "refunded", "pending", "order_id", "notes"),
    "reason",
    *("description", "subcategory", "brand", "images", "tags", "external_id", "lowering_to", "lowering_at"),
)
Kept = dict[str, str]
"""What was done to each item, by its id."""


@pytest.fixture
def shop(service_module: Any, storage: Any, dynamodb: Any) -> Any:
    """A SKU whose stock was changed by hand, and an intact one."""
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER, current_stock=77_777))
    keep_sku(dynamodb, a_sku([], WHITE))
    keep_product(dynamodb)
    keep_bound(dynamodb)
    return dynamodb


def copies(item: Item, kept: Collection[str] = KEY) -> Iterator[Damaged]:
    return each_damage(item, kept, OPTIONAL, DAMAGES)


def put_copies(shop: Any, item: Item, key_of: Callable[[int], Item], table: str = "VendorInventory") -> Kept:
    """Store damaged copies, each under a key of its own; return those whose types show it."""
    kept: Kept = {}
    for number, each in enumerate(copies(item, key_of(0))):
        key = key_of(number)
        if is_stored(shop, table, each.item | key) and each.is_visible:
            kept[next(reversed(key.values()))["S"]] = each.name
    return kept


def findings(audit: Client, tokens: Tokens) -> list[dict[str, Any]]:
    pages = audit.walk("/findings?limit=100", tokens.of_role("auditor"))
    return [finding for page in pages for finding in page]


def assert_each_is_one_finding(audit: Client, tokens: Tokens, kept: Kept) -> None:
    """Reconcile twice: the wrong SKU is found, each damaged item once, and nothing is reported again."""
    assert len(kept) > 10
    report = reconciler().run()
    assert (BLACK, 77_777) in [(each.sku, each.balance) for each in report.differences]
    assert WHITE not in {each.sku for each in report.differences}
    after_first = findings(audit, tokens)
    named = json.dumps(after_first, default=str)
    assert [name for key, name in kept.items() if key not in named] == []
    reconciler().run()
    assert findings(audit, tokens) == after_first


def sku_key(number: int) -> Item:
    return to_item({"product_id": PRODUCT, "sku": f"SKU-{PRODUCT}-D{number:04}"})


def test_damaged_skus_stop_no_reconciliation_and_no_digest(shop: Any, audit: Client, tokens: Tokens) -> None:
    whole = a_sku([], WHITE, variant_attributes={"color": "Black"}, last_transaction_at=NOW).to_item()
    kept = put_copies(shop, whole, sku_key)
    for misplaced in ("SKU-", "SKU-x", f"SKU-PROD-00000-{'A' * 41}", BLACK):
        item = whole | to_item({"product_id": "PROD-0THER", "sku": misplaced})
        shop.put_item(TableName="VendorInventory", Item=item)
        kept[f"PROD-0THER {misplaced}"] = "misplaced"
    assert_each_is_one_finding(audit, tokens, kept)
    heads = heads_of(shop.scan(TableName="VendorInventory")["Items"])
    assert digest_hash({"heads": heads})
    assert heads[BLACK]["sequence"] == len(LEDGER)
    assert heads[WHITE]["sequence"] == 0


def order_keys(sort: str) -> Callable[[int], Item]:
    return lambda number: to_item({"sku": sort, "product_id": f"ORDER-D{number:04}"})


@pytest.mark.parametrize("attributes", [{}, {"phase": "confirming", "errand": SAGA}], ids=["order", "saga"])
def test_damaged_orders_stop_no_reconciliation(
    shop: Any, audit: Client, tokens: Tokens, attributes: dict[str, Any]
) -> None:
    line = a_line(0, WHITE) | {"pending": 0}
    order = an_order("ORDER-D0000", {WHITE: line}, owner="web", ttl=9, cancel_reason="x", **attributes)
    due = to_item({"vendor_id": open_orders_partition("ORDER-D0000"), "last_updated": NOW})
    kept = put_copies(shop, order | (due if attributes else {}), order_keys("#ORDER"))
    assert_each_is_one_finding(
        audit, tokens, {key: name for key, name in kept.items() if ": missing" not in name or "." in name}
    )


def test_damaged_parts_stop_no_reconciliation(shop: Any, audit: Client, tokens: Tokens) -> None:
    part = an_order("ORDER-D0000", {WHITE: a_line(0, WHITE)}, part=1)
    assert_each_is_one_finding(audit, tokens, put_copies(shop, part, order_keys("#PART-001")))


def product_key(number: int) -> Item:
    return to_item({"product_id": f"PROD-D{number:04}"})


def test_damaged_products_stop_no_reconciliation(shop: Any, audit: Client, tokens: Tokens) -> None:
    whole = a_product(description="x", subcategory="x", brand="x", images=["x"], tags=["x"], external_id="1")
    kept = put_copies(shop, whole.to_item(), product_key, "Products-table")
    for product_id in kept:
        keep_sku(shop, a_sku([], f"SKU-{product_id}-A", product_id=product_id))
    assert_each_is_one_finding(audit, tokens, kept)


def test_damaged_bounds_stop_no_reconciliation(shop: Any, audit: Client, tokens: Tokens) -> None:
    bound = bound_key(VENDOR) | to_item({"bound": 20, "lowering_to": 10, "lowering_at": NOW})
    kept = {}
    for number, each in enumerate(copies(bound)):
        shop.put_item(TableName="VendorInventory", Item=each.item | bound_key(f"VENDOR-D{number:04}"))
        if each.is_visible:
            kept[f"VENDOR-D{number:04}"] = each.name
    shop.put_item(TableName="VendorInventory", Item=bound_key("nobody") | to_item({"bound": 20}))
    kept["nobody"] = "no vendor"
    assert_each_is_one_finding(audit, tokens, kept)


def damaged_records() -> dict[str, Item]:
    """Return damaged copies of a record, each the first of a SKU of its own; by what was done to them."""
    found = {}
    for number, each in enumerate(copies(a_record(BLACK, 1, notes="x").to_item(), ())):
        sku = f"SKU-{PRODUCT}-R{number:04}"
        key = {"transaction_id": {"S": transaction_id(sku, 1)}}
        if not each.name.startswith(("sku:", "transaction_id:", "timestamp:")):
            found[each.name] = each.item | key | {"sku": {"S": sku}}
    return found


def test_damaged_records_stop_no_reconciliation_and_no_list(shop: Any, audit: Client, tokens: Tokens) -> None:
    kept: Kept = {}
    for name, item in damaged_records().items():
        if not is_stored(shop, "StockTransactions", item):
            continue
        sku = item["sku"]["S"]
        keep_sku(shop, a_sku([a_record(sku, 1)], sku))
        if name.split(": ")[0] not in OPTIONAL:
            kept[sku] = name
    assert_each_is_one_finding(audit, tokens, kept)
    client = Client(_app(), holds_damage=True)
    vendor = tokens.vendor()
    sequences = {f"{BLACK} {record.sequence}" for record in LEDGER}
    for path in (f"/products/{PRODUCT}/transactions", f"/vendors/{VENDOR}/transactions"):
        for accept in ("application/json", "text/csv", "application/x-ndjson"):
            answer = client.get(f"{path}?limit=100", vendor, accept=accept)
            assert answer.status == 200, (path, accept)
        served = [record for page in client.walk(f"{path}?limit=7", vendor) for record in page]
        assert sequences <= {f"{record['sku']} {record['sequence']}" for record in served}
    for sku in (BLACK, *list(kept)[::7]):
        for path in ("timeline.svg", "reservations", "verification"):
            assert client.get(f"/skus/{sku}/{path}", vendor).status == 200, (sku, path)


def test_damaged_items_stop_no_stream(service_module: Any, shop: Any) -> None:
    whole = a_sku(LEDGER, variant_attributes={"color": "Black"}).to_item()
    for each in each_damage(whole, KEY, OPTIONAL):
        changes = [(whole, each.item), (each.item, whole), (None, each.item), (each.item, None)]
        deliver(service_module.stock_changed, *(a_change(before, after) for before, after in changes))
    record = LEDGER[1].to_item()
    for item in damaged_records().values():
        changes = [(record, item), (item, record), (None, item), (item, None)]
        deliver(service_module.log_changed, *(a_change(before, after) for before, after in changes))


def _app() -> Any:
    import app

    return app.app
