"""The relationships, and that the services keep references, which DynamoDB does not."""

from __future__ import annotations

from typing import Any

from tests.integration.ledger_checks import assert_consistent, everything_in
from tests.integration.shop import VENDOR, Shop, Sku, done, outcome
from tests.specification.the_specification import INVENTORY, TRANSACTIONS


def test_a_vendor_has_products_a_product_skus_and_a_sku_transactions(shop: Shop, client: Any) -> None:
    tea, coffee = shop.has_product(), shop.has_product()
    black = shop.has_sku(5, product_id=tea, variant="BLK")
    green = shop.has_sku(5, product_id=tea, variant="GRN")
    beans = shop.has_sku(5, product_id=coffee, variant="BEANS")
    done(shop.restock(green, 1))

    products = shop.listed(f"{shop.catalog}/vendors/{VENDOR}/products", "vendor", VENDOR)
    assert [product["product_id"] for product in products] == [tea, coffee]
    skus = shop.listed(f"{shop.stock}/products/{tea}/skus", "vendor", VENDOR)
    assert [sku["sku"] for sku in skus] == [black.sku, green.sku]
    for sku, count in ((black, 1), (green, 2), (beans, 1)):
        records = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor")
        assert [record["sku"] for record in records] == [sku.sku] * count
    assert_consistent(client)


def test_every_sku_refers_to_a_product_and_takes_its_vendor(shop: Shop, client: Any) -> None:
    """`vendor_id` is stored in all three tables: an index needs it in its own table."""
    sku = shop.has_sku(5, vendor_id="VENDOR-002")
    tables = assert_consistent(client)
    product, [record] = tables.products[sku.product_id], tables.records
    vendors = {product["vendor_id"], tables.skus[sku.sku]["vendor_id"], record["vendor_id"]}
    assert vendors == {"VENDOR-002"}


def test_no_transaction_refers_to_a_sku_that_does_not_exist(shop: Shop, client: Any) -> None:
    product_id = shop.has_product()
    nothing = Sku(VENDOR, product_id, f"SKU-{product_id}-L")
    before = everything_in(client)
    assert outcome(shop.restock(nothing, 5)) == "404 sku_not_found"
    assert outcome(shop.place("ORDER-1", (nothing, 5))) == "404 sku_not_found"
    url = f"{shop.stock}/products/{product_id}/skus/{nothing.sku}/adjustments"
    body = {"quantity_change": 5, "notes": "found"}
    adjusted = shop.ask("POST", url, "vendor", VENDOR, body=body, key="k")
    assert outcome(adjusted) == "404 sku_not_found"
    assert everything_in(client) == before


def test_a_sku_never_moves_to_another_product_or_vendor(shop: Shop, client: Any) -> None:
    sku, before = shop.has_sku(5), everything_in(client)
    url = f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}"
    for name, value in (("product_id", "PROD-00000"), ("vendor_id", "VENDOR-002"), ("sku", f"{sku.sku}-B")):
        patched = shop.ask("PATCH", url, "vendor", VENDOR, body={name: value})
        assert outcome(patched) == "422 invalid_input"
    patched = shop.ask(
        "PATCH",
        f"{shop.catalog}/products/{sku.product_id}",
        "vendor",
        VENDOR,
        body={"vendor_id": "VENDOR-002"},
    )
    assert outcome(patched) == "422 invalid_input"
    assert everything_in(client) == before


def test_the_tables_themselves_have_no_foreign_keys(shop: Shop, client: Any) -> None:
    """DynamoDB accepts an orphan: only the services prevent it."""
    orphan = {"product_id": {"S": "PROD-00000"}, "sku": {"S": "SKU-PROD-00000-L"}}
    client.put_item(TableName=INVENTORY, Item=orphan)
    client.put_item(
        TableName=TRANSACTIONS,
        Item={"transaction_id": {"S": "TXN-0"}, "timestamp": {"S": "2026"}, "sku": {"S": "SKU-PROD-00000-L"}},
    )


def test_the_log_is_a_complete_trail(shop: Shop, client: Any) -> None:
    """Replaying a SKU's records gives its stock, and each begins where the one before it ended."""
    sku = shop.has_sku(50)
    done(shop.place("ORDER-1", (sku, 5)))
    done(shop.place("ORDER-2", (sku, 7)))
    done(shop.confirm("ORDER-1"))
    done(shop.cancel("ORDER-2"))
    url = f"{shop.audit}/skus/{sku.sku}/transactions"
    stock = reserved = 0
    for record in reversed(shop.listed(url, "auditor", limit=2)):
        assert (record["stock_before"], record["reserved_before"]) == (stock, reserved)
        stock += record["quantity_change"]
        reserved = record["reserved_after"]
        assert record["stock_after"] == stock
        assert record["performed_by"]
    found = shop.sku(sku)
    assert (found["current_stock"], found["reserved_stock"]) == (stock, reserved) == (45, 0)
    assert_consistent(client)


def test_vendors_share_the_tables_and_see_nothing_of_each_other(shop: Shop) -> None:
    ours, theirs = shop.has_sku(5, vendor_id=VENDOR), shop.has_sku(5, vendor_id="VENDOR-002")
    record = shop.sku(theirs)["last_transaction_id"]
    expected = {
        f"{shop.catalog}/vendors/VENDOR-002/products": "403 forbidden",
        f"{shop.stock}/vendors/VENDOR-002/inventory": "403 forbidden",
        f"{shop.stock}/vendors/VENDOR-002/low-stock": "403 forbidden",
        f"{shop.audit}/vendors/VENDOR-002/transactions": "403 forbidden",
        f"{shop.stock}/products/{theirs.product_id}/skus/{theirs.sku}": "404 sku_not_found",
        f"{shop.audit}/transactions/{record}": "404 transaction_not_found",
    }
    assert {url: outcome(shop.ask("GET", url, "vendor", VENDOR)) for url in expected} == expected
    assert shop.listed(f"{shop.audit}/skus/{theirs.sku}/transactions", "vendor", VENDOR) == []
    [listed] = shop.listed(f"{shop.stock}/vendors/{VENDOR}/inventory", "vendor", VENDOR)
    assert listed["sku"] == ours.sku
