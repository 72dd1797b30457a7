"""A Square item library: a row for each variation, with a column of stock for each location."""

from __future__ import annotations

from decimal import Decimal


def test_products(read):
    rows, rejected = read("square", "products")
    assert rows == {
        2: {
            "product_name": "Café candle",
            "description": "Soy wax.\nBurns 20 h.",
            "category": "Home",
            "subcategory": "Candles",
            "base_price": 12,
            "external_id": "Café candle",
            "is_active": True,
        },
        4: {
            "product_name": "Mug",
            "description": "A mug",
            "category": "Kitchen",
            "base_price": 14,
            "external_id": "Mug",
            "is_active": False,
        },
        5: {
            "product_name": "Tea",
            "description": "Loose tea",
            "category": "Uncategorized",
            "base_price": 6,
            "external_id": "Tea",
            "is_active": True,
        },
    }
    assert rejected == {7: "is no article with stock, but Gift card (line 7)"}


def test_skus(read):
    rows, rejected = read("square", "skus")
    assert rows == {
        2: {
            "external_id": "Café candle",
            "variant": "CND-S",
            "variant_name": "Small / Crème brûlée",
            "variant_attributes": {"Size": "Small", "Scent": "Crème brûlée"},
            "unit_price": 12,
            "reorder_threshold": 3,
        },
        3: {
            "external_id": "Café candle",
            "variant": "CND-L",
            "variant_name": "Large / Crème brûlée",
            "variant_attributes": {"Size": "Large", "Scent": "Crème brûlée"},
            "unit_price": Decimal("1018.5"),
            "reorder_threshold": 0,
        },
        4: {
            "external_id": "Mug",
            "variant": "STD",
            "variant_name": "Mug",
            "unit_price": 14,
            "reorder_threshold": 0,
        },
        6: {
            "external_id": "Tea",
            "variant": "ASSAM",
            "variant_name": "Assam",
            "variant_attributes": {"Variation": "Assam"},
            "unit_price": 6,
            "reorder_threshold": 0,
        },
    }
    assert rejected == {
        5: "unit_price: should be a number such as 89.99, not 'variable'",
        7: "is no article with stock, but Gift card (line 7)",
    }


def test_counted_stock(read):
    rows, rejected = read("square", "stock")
    assert rows == {
        2: {"external_id": "Café candle", "variant": "CND-S", "counted_stock": 14},
        3: {"external_id": "Café candle", "variant": "CND-L", "counted_stock": 0},
    }
    assert rejected == {
        4: "Current Quantity: -1 units cannot be in stock",
        5: "Current Quantity: should be whole units, not '2.5'",
        6: "Current Quantity is empty: its stock is not counted",
        7: "is no article with stock, but Gift card (line 7)",
    }
