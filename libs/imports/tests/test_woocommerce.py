"""A WooCommerce export: variations find their parent wherever it is in the file."""

from __future__ import annotations

from decimal import Decimal


def test_products_and_parents_of_variations(read):
    products, rejected = read("woocommerce", "products")
    assert products == {
        2: {
            "external_id": "44",
            "product_name": "V-Neck T-Shirt",
            "description": "A light tee.\nMade in Kraków.\nCotton\nWool",
            "category": "Clothing & Shoes",
            "subcategory": "T-shirts > V-Neck",
            "brand": "Kraków Mills",
            "base_price": 20,
            "images": [f"https://woo.example.com/vneck-{name}.jpg" for name in ("1", "2", "blue")],
            "tags": ["tee", "basics"],
            "is_active": True,
        },
        3: {
            "external_id": "45",
            "product_name": "Cap",
            "description": "A warm cap.",
            "category": "Accessories",
            "base_price": Decimal("19.5"),
            "images": ["https://woo.example.com/cap.jpg"],
            "is_active": True,
        },
        9: {
            "external_id": "72",
            "product_name": "Socke „Zürich“",
            "category": "Uncategorized",
            "base_price": 9,
            "is_active": False,
        },
    }
    assert rejected == {
        6: "Parent: the file has no product 'woo-gone'",
        7: "is virtual, without stock (line 7)",
        8: "is a group of products (line 8)",
    }


def test_variations_are_skus_and_their_parent_counts_with_the_first(read):
    skus, rejected = read("woocommerce", "skus")
    shown = list(skus.values())
    by_variant = {sku["variant"]: sku for sku in shown}
    assert by_variant["WOO-VNECK-BLUE-L"] == {
        "external_id": "44",
        "variant": "WOO-VNECK-BLUE-L",
        "variant_name": "Blue / L",
        "variant_attributes": {"Color": "Blue", "Size": "L"},
        "unit_price": 20,
        "reorder_threshold": 2,
        "is_active": True,
    }
    assert by_variant["GREEN-M"]["is_active"] is False
    assert by_variant["GREEN-M"]["unit_price"] == 22
    assert by_variant["WOO-CAP"] == {
        "external_id": "45",
        "variant": "WOO-CAP",
        "variant_name": "Cap",
        "unit_price": Decimal("19.5"),
        "reorder_threshold": 3,
    }
    assert by_variant["STD"]["variant_name"] == "Socke „Zürich“"
    assert len(by_variant) == 4
    assert list(rejected) == [6, 7, 8]


def test_stock_that_is_empty_is_not_counted(read):
    stock, rejected = read("woocommerce", "stock")
    assert sorted((row["external_id"], row["variant"], row["counted_stock"]) for row in stock.values()) == [
        ("44", "WOO-VNECK-BLUE-L", 5),
        ("45", "WOO-CAP", 13),
        ("72", "STD", 0),
    ]
    assert rejected[5] == "Stock is empty: its stock is not counted"
