"""A Loyverse export of items: stores have columns, and parts of a composite have rows."""

from __future__ import annotations

from decimal import Decimal


def test_products(read):
    rows, rejected = read("loyverse", "products")
    assert rows == {
        2: {
            "product_name": "Camiseta „Niño“",
            "description": "Algodón\n100 %",
            "category": "Ropa",
            "base_price": Decimal("14.9"),
            "external_id": "tshirt",
        },
        5: {
            "product_name": "Manzanas",
            "category": "Fruta",
            "base_price": Decimal("2.5"),
            "external_id": "apples",
        },
        6: {"product_name": "Cesta", "category": "Regalos", "base_price": 19, "external_id": "basket"},
    }
    assert rejected == {
        4: "base_price: should be a number such as 89.99, not '2.20 / 2.40'",
        8: "base_price: should be a number such as 89.99, not 'variable'",
    }


def test_skus(read):
    rows, rejected = read("loyverse", "skus")
    assert rows == {
        2: {
            "external_id": "tshirt",
            "variant": "10001",
            "variant_name": "S / Azul",
            "variant_attributes": {"Talla": "S", "Color": "Azul"},
            "unit_price": Decimal("14.9"),
            "reorder_threshold": 3,
            "is_active": True,
        },
        3: {
            "external_id": "tshirt",
            "variant": "10002",
            "variant_name": "M / Azul",
            "variant_attributes": {"Talla": "M", "Color": "Azul"},
            "unit_price": Decimal("14.9"),
            "reorder_threshold": 2,
            "is_active": True,
        },
        5: {
            "external_id": "apples",
            "variant": "10004",
            "variant_name": "Manzanas",
            "unit_price": Decimal("2.5"),
            "reorder_threshold": 0,
            "is_active": True,
        },
        6: {
            "external_id": "basket",
            "variant": "10005",
            "variant_name": "Cesta",
            "unit_price": 19,
            "reorder_threshold": 0,
            "is_active": False,
        },
    }
    assert rejected == {
        4: "unit_price: should be a number such as 89.99, not '2.20 / 2.40'",
        8: "unit_price: should be a number such as 89.99, not 'variable'",
    }


def test_counted_stock(read):
    rows, rejected = read("loyverse", "stock")
    assert rows == {
        2: {"external_id": "tshirt", "variant": "10001", "counted_stock": 10},
        3: {"external_id": "tshirt", "variant": "10002", "counted_stock": 0},
        8: {"external_id": "tea", "variant": "10006", "counted_stock": 20},
    }
    assert rejected == {
        4: "Track stock is not Y: its stock is not counted",
        5: "In stock: should be whole units, not '12.500'",
        6: "Track stock is not Y: its stock is not counted",
        7: "line 6: Track stock is not Y: its stock is not counted",
    }
