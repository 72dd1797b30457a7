"""A Shopify export: products of several rows, images, a gift card, and what cannot be counted."""

from __future__ import annotations

from decimal import Decimal

TRACKED = "Variant Inventory Tracker is empty: its stock is not counted"


def test_rows_with_a_handle_are_one_product(read):
    products, rejected = read("shopify", "products")
    assert products[2] == {
        "external_id": "linen-shirt",
        "product_name": "Linen Shirt “Été”",
        "description": "Woven in Brittany & washed twice.\n100\u00a0% linen\nMother-of-pearl buttons\n"
        "Wash at 30°C.\nDo not bleach.",
        "category": "Apparel & Accessories",
        "subcategory": "Clothing > Shirts",
        "brand": "Atelier Léa",
        "base_price": 79,
        "images": [
            "https://cdn.example.com/linen-1.jpg",
            "https://cdn.example.com/linen-ecru.jpg",
            "https://cdn.example.com/linen-2.jpg",
            "https://cdn.example.com/linen-3.jpg",
        ],
        "tags": ["summer", "linen", "new"],
        "is_active": True,
    }
    soap, candle = list(products.values())[1:3]
    assert soap == {
        "external_id": "soap",
        "product_name": "Olive soap",
        "category": "Bath",
        "subcategory": "Soap",
        "brand": "Savonnerie",
        "base_price": Decimal("4.5"),
        "images": ["https://cdn.example.com/soap.jpg"],
        "is_active": True,
    }
    assert (candle["category"], candle["is_active"]) == ("Uncategorized", False)
    assert candle["description"] == "Burns for 40 h"
    assert set(rejected.values()) == {"is a gift card (line 12)"}
    assert len(rejected) == 2


def test_a_variant_has_its_option_values_and_an_image_counts_with_the_first(read):
    skus, rejected = read("shopify", "skus")
    first = {
        "external_id": "linen-shirt",
        "variant": "LS-ECR-S",
        "variant_name": "Écru / S",
        "variant_attributes": {"Color": "Écru", "Size": "S"},
        "unit_price": 79,
        "reorder_threshold": 0,
    }
    shown = list(skus.values())
    assert shown[:4] == [
        first,
        first
        | {"variant": "LS-ECR-M", "variant_name": "Écru / M"}
        | {"variant_attributes": {"Color": "Écru", "Size": "M"}},
        first
        | {"variant": "NAVY-S", "variant_name": "Navy / S", "unit_price": Decimal("82.5")}
        | {"variant_attributes": {"Color": "Navy", "Size": "S"}},
        {
            "external_id": "soap",
            "variant": "STD",
            "variant_name": "Olive soap",
            "unit_price": Decimal("4.5"),
            "reorder_threshold": 0,
        },
    ]
    assert [(sku["variant"], sku["variant_name"]) for sku in shown[4:]] == [
        ("CANDLE-1", "Beeswax candle"),
        ("A", "A+"),
    ]
    assert [reason for reason in rejected.values() if "gift" not in reason] == [
        "its variant A is also that of line 14"
    ]


def test_stock_is_counted_where_the_shop_counts_it(read):
    stock, rejected = read("shopify", "stock")
    assert [(row["external_id"], row["variant"], row["counted_stock"]) for row in stock.values()] == [
        ("linen-shirt", "LS-ECR-S", 12),
        ("linen-shirt", "LS-ECR-M", 0),
        ("candle", "CANDLE-1", 7),
        ("twin", "A", 1),
    ]
    assert sorted(set(rejected.values())) == [
        "Variant Inventory Qty: -2 units cannot be in stock",
        TRACKED,
        "is a gift card (line 12)",
        "its variant A is also that of line 14",
    ]
