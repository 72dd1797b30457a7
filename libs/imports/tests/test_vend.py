"""A Vend export of products: outlets have columns, and parts of a composite have rows."""

from __future__ import annotations

from decimal import Decimal


def test_products(read):
    rows, rejected = read("vend", "products")
    assert rows == {
        2: {
            "product_name": "Stövlar",
            "description": "Läder\nVattentäta",
            "category": "Shoes",
            "subcategory": "Boots > Winter",
            "brand": "Björn",
            "base_price": Decimal("89.9"),
            "tags": ["winter", "leather"],
            "external_id": "boots",
        },
        4: {
            "product_name": "Shoe polish",
            "category": "Care",
            "base_price": Decimal("4.5"),
            "external_id": "polish",
        },
        5: {"product_name": "Care set", "category": "Care", "base_price": 12, "external_id": "set"},
        7: {"product_name": "Laces", "category": "Care", "base_price": 2, "external_id": "laces"},
    }
    assert rejected == {8: "is the product that Vend uses for discounts (line 8)"}


def test_skus(read):
    rows, rejected = read("vend", "skus")
    assert rows == {
        2: {
            "external_id": "boots",
            "variant": "BOOT-40",
            "variant_name": "40 / Svart",
            "variant_attributes": {"Size": "40", "Colour": "Svart"},
            "unit_price": Decimal("89.9"),
            "reorder_threshold": 2,
            "is_active": True,
        },
        3: {
            "external_id": "boots",
            "variant": "BOOT-41",
            "variant_name": "41 / Svart",
            "variant_attributes": {"Size": "41", "Colour": "Svart"},
            "unit_price": Decimal("89.9"),
            "reorder_threshold": 0,
            "is_active": False,
        },
        4: {
            "external_id": "polish",
            "variant": "4006381333931",
            "variant_name": "Shoe polish",
            "unit_price": Decimal("4.5"),
            "reorder_threshold": 0,
            "is_active": True,
        },
        5: {
            "external_id": "set",
            "variant": "SET-1",
            "variant_name": "Care set",
            "unit_price": 12,
            "reorder_threshold": 0,
            "is_active": True,
        },
        7: {
            "external_id": "laces",
            "variant": "LACES",
            "variant_name": "Laces",
            "unit_price": 2,
            "reorder_threshold": 0,
            "is_active": True,
        },
    }
    assert rejected == {8: "is the product that Vend uses for discounts (line 8)"}


def test_counted_stock(read):
    rows, rejected = read("vend", "stock")
    assert rows == {
        2: {"external_id": "boots", "variant": "BOOT-40", "counted_stock": 5},
        3: {"external_id": "boots", "variant": "BOOT-41", "counted_stock": 0},
    }
    assert rejected == {
        4: "track_inventory is not 1: its stock is not counted",
        5: "inventory is empty: its stock is not counted",
        6: "line 5: inventory is empty: its stock is not counted",
        7: "inventory: should be whole units, not '7.50000'",
        8: "is the product that Vend uses for discounts (line 8)",
    }
