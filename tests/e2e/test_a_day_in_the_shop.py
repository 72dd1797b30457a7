"""A vendor's, an order system's and an auditor's day, from the first product to the proof of the log."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.integration.ledger_checks import assert_all_fits
from tests.integration.shop import Shop, Sku, done, outcome

TEA, RIVAL = "VENDOR-TEAHOUSE", "VENDOR-RIVAL"


def test_a_day_in_the_shop(shop: Shop, client: Any) -> None:
    # Morning: the vendor puts a product into the catalog, in two packs.
    created = done(
        shop.create_product(
            TEA,
            product_name="Darjeeling «First Flush»",
            description="Zarter Schwarztee, 2026er Ernte — 茶",
            category="Drinks/Tea",
            subcategory="Black",
            brand="Teahouse",
            base_price=19.9,
            images=["https://example.com/tea.jpg"],
            tags=["tea", "spring"],
        )
    )
    product = created.json()
    product_id = product["product_id"]
    assert created.status_code == 201
    assert created.headers["Location"].endswith(f"/products/{product_id}")
    assert (product["base_price"], product["is_active"], product["vendor_id"]) == (19.9, True, TEA)
    assert product["created_at"] == product["updated_at"]

    small = shop.has_sku(0, product_id=product_id, vendor_id=TEA, variant="100-G", reorder_threshold=10)
    large = shop.has_sku(
        0,
        product_id=product_id,
        vendor_id=TEA,
        variant="1-KG",
        reorder_threshold=2,
        unit_price=129.95,
        variant_attributes={"weight": "1 kg"},
    )
    # Nothing in stock: both are low.
    assert sorted(low_stock(shop)) == sorted([small.sku, large.sku])

    # A delivery comes in, and its message comes twice.
    delivery = done(shop.restock(small, 40, key="delivery-17", notes="Lieferung 17 ☕"))
    assert outcome(shop.restock(small, 40, key="delivery-17", notes="Lieferung 17 ☕")) == "200 replayed"
    assert outcome(shop.restock(small, 41, key="delivery-17")) == "422 idempotency_key_reused"
    assert delivery.json()["transaction"]["performed_by"] == TEA
    done(shop.restock(large, 3, key="delivery-18"))
    assert low_stock(shop) == []

    # Anybody finds it in the shop.
    found = done(shop.ask("GET", f"{shop.catalog}/products", params={"category": "Drinks/Tea"}))
    assert [item["product_id"] for item in found.json()["items"]] == [product_id]

    # Noon: a customer orders, pays, and gets the goods.
    order = done(shop.place("ORDER-Noon-1", (small, 20), (large, 2), (small, 12)))
    assert (order.status_code, order.json()["status"]) == (201, "reserved")
    assert units(order.json(), "placed") == {small.sku: 32, large.sku: 2}
    assert figures(shop, small) == (40, 32, 8)
    assert outcome(shop.place("ORDER-Noon-1", (large, 2), (small, 32))) == "200 replayed"
    assert outcome(shop.place("ORDER-Noon-1", (small, 1))) == "409 order_exists"
    confirmed = done(shop.confirm("ORDER-Noon-1")).json()
    assert confirmed["status"] == "confirmed"
    assert units(confirmed, "confirmed") == {small.sku: 32, large.sku: 2}
    assert figures(shop, small) == (8, 0, 8)
    assert outcome(shop.confirm("ORDER-Noon-1")) == "200 replayed"
    assert outcome(shop.cancel("ORDER-Noon-1")) == "409 order_confirmed"

    # Too much for what is left: the answer says what could be had, and nothing is reserved.
    refused = shop.place("ORDER-Noon-2", (small, 9), (large, 5))
    assert outcome(refused) == "409 insufficient_stock"
    assert units(refused.json(), "asked") == {small.sku: 9, large.sku: 5}
    assert units(refused.json(), "available") == {small.sku: 8, large.sku: 1}
    assert outcome(shop.order("ORDER-Noon-2")) == "404 order_not_found"
    assert sorted(low_stock(shop)) == sorted([small.sku, large.sku])

    # Another customer changes his mind.
    done(shop.place("ORDER-Noon-3", (small, 8), hold_seconds=600))
    assert outcome(shop.place("ORDER-Noon-4", (small, 1))) == "409 insufficient_stock"
    cancelled = done(shop.cancel("ORDER-Noon-3")).json()
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "requested")
    assert figures(shop, small) == (8, 0, 8)
    assert outcome(shop.confirm("ORDER-Noon-3")) == "409 order_cancelled"
    # A cancel that is faster than its order.
    assert outcome(shop.cancel("ORDER-Noon-5")) == "200"
    assert outcome(shop.place("ORDER-Noon-5", (small, 1))) == "409 order_cancelled"

    # Evening: the product goes out of the shop; what is left stays on record.
    assert shop.deactivate_product(product_id, TEA).status_code == 204
    assert outcome(shop.ask("GET", f"{shop.catalog}/products/{product_id}")) == "404 product_not_found"
    kept = done(shop.ask("GET", f"{shop.catalog}/products/{product_id}", "vendor", TEA)).json()
    assert (kept["is_active"], kept["version"]) == (False, 2)

    # The auditor reads the log back, three records at a time, and believes nothing that is not proven.
    log = shop.listed(f"{shop.audit}/vendors/{TEA}/transactions", "auditor", limit=3)
    assert [(r["transaction_type"], r["sku"], r["quantity_change"], r["quantity"]) for r in log] == [
        ("order_cancelled", small.sku, 0, 8),
        ("order_placed", small.sku, 0, 8),
        *both(log[2:4], ("order_confirmed", small.sku, -32, 32), ("order_confirmed", large.sku, -2, 2)),
        *both(log[4:6], ("order_placed", small.sku, 0, 32), ("order_placed", large.sku, 0, 2)),
        ("restock", large.sku, 3, 3),
        ("restock", small.sku, 40, 40),
    ]
    assert shop.listed(f"{shop.audit}/products/{product_id}/transactions", "auditor", limit=2) == log
    for sku in (small, large):
        ledger = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor", limit=1)
        assert ledger == [record for record in log if record["sku"] == sku.sku]
        assert_proven(ledger[::-1], shop.sku(sku))
    single = done(shop.ask("GET", f"{shop.audit}/transactions/{log[0]['transaction_id']}", "auditor"))
    assert single.json() == log[0]
    assert single.headers["ETag"] == f'"{log[0]["hash"]}"'

    # The vendor may read its own log; the rival sees nothing of it all.
    assert shop.listed(f"{shop.audit}/vendors/{TEA}/transactions", "vendor", TEA) == log
    assert_invisible_to_the_rival(shop, small, log[0]["transaction_id"])
    assert_all_fits(client)


def low_stock(shop: Shop) -> list[str]:
    return [item["sku"] for item in shop.listed(f"{shop.stock}/vendors/{TEA}/low-stock", "vendor", TEA)]


def units(document: Any, name: str) -> dict[str, int]:
    return {line["sku"]: line[name] for line in document["lines"]}


def figures(shop: Shop, sku: Sku) -> tuple[int, int, int]:
    found = shop.sku(sku)
    return found["current_stock"], found["reserved_stock"], found["available_stock"]


def both(records: list[Any], *expected: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Return two rows in the order of the records: lines of one order may carry one timestamp."""
    return sorted(expected, key=lambda row: [record["sku"] for record in records].index(row[1]))


def assert_proven(ledger: list[dict[str, Any]], sku: dict[str, Any]) -> None:
    """Verify the chain of a ledger, oldest first, from what was served and nothing else."""
    previous, stock, reserved = "0" * 64, 0, 0
    for sequence, record in enumerate(ledger, start=1):
        content = {name: value for name, value in record.items() if name != "hash"}
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == record["hash"]
        assert (record["sequence"], record["previous_hash"]) == (sequence, previous)
        assert (record["stock_before"], record["reserved_before"]) == (stock, reserved)
        assert record["stock_after"] == stock + record["quantity_change"]
        previous, stock, reserved = record["hash"], record["stock_after"], record["reserved_after"]
    assert (sku["ledger_hash"], sku["current_stock"], sku["reserved_stock"]) == (previous, stock, reserved)
    assert [record["timestamp"] for record in ledger] == sorted({record["timestamp"] for record in ledger})


def assert_invisible_to_the_rival(shop: Shop, sku: Sku, transaction_id: str) -> None:
    product, item = f"products/{sku.product_id}", f"products/{sku.product_id}/skus/{sku.sku}"
    expected = {
        ("GET", f"{shop.catalog}/{product}"): "404 product_not_found",
        ("DELETE", f"{shop.catalog}/{product}"): "404 product_not_found",
        ("GET", f"{shop.catalog}/vendors/{TEA}/products"): "403 forbidden",
        ("GET", f"{shop.stock}/{item}"): "404 sku_not_found",
        ("GET", f"{shop.stock}/vendors/{TEA}/inventory"): "403 forbidden",
        ("GET", f"{shop.stock}/vendors/{TEA}/low-stock"): "403 forbidden",
        ("GET", f"{shop.audit}/transactions/{transaction_id}"): "404 transaction_not_found",
        ("GET", f"{shop.audit}/vendors/{TEA}/transactions"): "403 forbidden",
    }
    found = {ask: outcome(shop.ask(*ask, "vendor", RIVAL)) for ask in expected}
    assert found == expected
    theirs = sku._replace(vendor_id=RIVAL)
    assert outcome(shop.restock(theirs, 1)) == "404 sku_not_found"
    assert outcome(shop.create_sku(theirs._replace(sku=f"{sku.sku}-X"))) == "404 product_not_found"
    for url in (
        f"{shop.stock}/{product}/skus",
        f"{shop.audit}/{product}/transactions",
        f"{shop.audit}/skus/{sku.sku}/transactions",
        f"{shop.catalog}/vendors/{RIVAL}/products",
        f"{shop.stock}/vendors/{RIVAL}/inventory",
        f"{shop.audit}/vendors/{RIVAL}/transactions",
    ):
        assert shop.listed(url, "vendor", RIVAL) == []
