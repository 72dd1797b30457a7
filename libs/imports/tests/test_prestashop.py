"""PrestaShop's file of products, its file of combinations, and each beside the other."""

from __future__ import annotations

from decimal import Decimal


def test_products(read):
    rows, rejected = read("prestashop", "products")
    assert rows == {
        2: {
            "product_name": "Pull à col roulé",
            "description": "Laine mérinos\nDoux\nLavable",
            "category": "Vêtements",
            "subcategory": "Pulls",
            "brand": "Maison Élan",
            "base_price": Decimal("41.32"),
            "images": ["https://ps.example.com/pull-1.jpg", "https://ps.example.com/pull-2.jpg"],
            "tags": ["laine", "hiver"],
            "external_id": "1",
            "is_active": True,
        },
        3: {
            "product_name": "Tasse",
            "description": "Une tasse",
            "category": "Maison",
            "base_price": Decimal("9.9"),
            "external_id": "2",
            "is_active": True,
        },
        4: {
            "product_name": "Lampe",
            "category": "Maison",
            "subcategory": "Lumière",
            "base_price": 25,
            "external_id": "3",
            "is_active": False,
        },
    }
    assert rejected == {5: "is virtual, without stock (line 5)"}


def test_skus(read):
    rows, rejected = read("prestashop", "skus")
    assert rows == {
        2: {
            "external_id": "1",
            "variant": "PULL",
            "variant_name": "Pull à col roulé",
            "unit_price": Decimal("41.32"),
            "reorder_threshold": 0,
        },
        3: {
            "external_id": "2",
            "variant": "TASSE",
            "variant_name": "Tasse",
            "unit_price": Decimal("9.9"),
            "reorder_threshold": 5,
        },
        4: {
            "external_id": "3",
            "variant": "STD",
            "variant_name": "Lampe",
            "unit_price": 25,
            "reorder_threshold": 0,
        },
    }
    assert rejected == {5: "is virtual, without stock (line 5)"}


def test_counted_stock(read):
    rows, rejected = read("prestashop", "stock")
    assert rows == {
        2: {"external_id": "1", "variant": "PULL", "counted_stock": 30},
        3: {"external_id": "2", "variant": "TASSE", "counted_stock": 25},
        4: {"external_id": "3", "variant": "STD", "counted_stock": 0},
    }
    assert rejected == {5: "is virtual, without stock (line 5)"}


def test_products_of_combinations_alone(read):
    rows, rejected = read("prestashop", "products", "prestashop_combinations.csv")
    assert rows == {}
    assert rejected == {
        2: "is a combination: products are in PrestaShop's other file",
        3: "is a combination: products are in PrestaShop's other file",
        4: "is a combination: products are in PrestaShop's other file",
    }


def test_skus_of_combinations_alone(read):
    rows, rejected = read("prestashop", "skus", "prestashop_combinations.csv")
    assert rows == {}
    assert rejected == {
        2: "unit_price: is added to the price of the product, which is not in the file",
        3: "unit_price: is added to the price of the product, which is not in the file",
        4: "unit_price: is added to the price of the product, which is not in the file",
    }


def test_counted_stock_of_combinations_alone(read):
    rows, rejected = read("prestashop", "stock", "prestashop_combinations.csv")
    assert rows == {
        2: {"external_id": "1", "variant": "PULL-S", "counted_stock": 12},
        3: {"external_id": "1", "variant": "M-ECRU", "counted_stock": 18},
        4: {"external_id": "9", "variant": "L", "counted_stock": 1},
    }
    assert rejected == {}


def test_products_beside_combinations(read):
    rows, rejected = read("prestashop", "products", "prestashop.csv", "prestashop_combinations.csv")
    assert rows == {
        2: {
            "product_name": "Pull à col roulé",
            "description": "Laine mérinos\nDoux\nLavable",
            "category": "Vêtements",
            "subcategory": "Pulls",
            "brand": "Maison Élan",
            "base_price": Decimal("41.32"),
            "images": ["https://ps.example.com/pull-1.jpg", "https://ps.example.com/pull-2.jpg"],
            "tags": ["laine", "hiver"],
            "external_id": "1",
            "is_active": True,
        },
        3: {
            "product_name": "Tasse",
            "description": "Une tasse",
            "category": "Maison",
            "base_price": Decimal("9.9"),
            "external_id": "2",
            "is_active": True,
        },
        4: {
            "product_name": "Lampe",
            "category": "Maison",
            "subcategory": "Lumière",
            "base_price": 25,
            "external_id": "3",
            "is_active": False,
        },
    }
    assert rejected == {5: "is virtual, without stock (line 5)"}


def test_skus_beside_combinations(read):
    rows, rejected = read("prestashop", "skus", "prestashop.csv", "prestashop_combinations.csv")
    assert rows == {
        3: {
            "external_id": "2",
            "variant": "TASSE",
            "variant_name": "Tasse",
            "unit_price": Decimal("9.9"),
            "reorder_threshold": 5,
        },
        4: {
            "external_id": "3",
            "variant": "STD",
            "variant_name": "Lampe",
            "unit_price": 25,
            "reorder_threshold": 0,
        },
    }
    assert rejected == {2: "its SKUs are in the other file", 5: "is virtual, without stock (line 5)"}


def test_counted_stock_beside_combinations(read):
    rows, rejected = read("prestashop", "stock", "prestashop.csv", "prestashop_combinations.csv")
    assert rows == {
        3: {"external_id": "2", "variant": "TASSE", "counted_stock": 25},
        4: {"external_id": "3", "variant": "STD", "counted_stock": 0},
    }
    assert rejected == {2: "its SKUs are in the other file", 5: "is virtual, without stock (line 5)"}


def test_products_of_combinations_beside_products(read):
    rows, rejected = read("prestashop", "products", "prestashop_combinations.csv", "prestashop.csv")
    assert rows == {}
    assert rejected == {
        2: "is a combination: products are in PrestaShop's other file",
        3: "is a combination: products are in PrestaShop's other file",
        4: "is a combination: products are in PrestaShop's other file",
    }


def test_skus_of_combinations_beside_products(read):
    rows, rejected = read("prestashop", "skus", "prestashop_combinations.csv", "prestashop.csv")
    assert rows == {
        2: {
            "external_id": "1",
            "variant": "PULL-S",
            "variant_name": "S / Écru",
            "variant_attributes": {"Taille": "S", "Couleur": "Écru"},
            "unit_price": Decimal("41.32"),
            "reorder_threshold": 2,
        },
        3: {
            "external_id": "1",
            "variant": "M-ECRU",
            "variant_name": "M / Écru",
            "variant_attributes": {"Taille": "M", "Couleur": "Écru"},
            "unit_price": Decimal("43.82"),
            "reorder_threshold": 0,
        },
    }
    assert rejected == {4: "unit_price: is added to the price of the product, which is not in the file"}


def test_counted_stock_of_combinations_beside_products(read):
    rows, rejected = read("prestashop", "stock", "prestashop_combinations.csv", "prestashop.csv")
    assert rows == {
        2: {"external_id": "1", "variant": "PULL-S", "counted_stock": 12},
        3: {"external_id": "1", "variant": "M-ECRU", "counted_stock": 18},
        4: {"external_id": "9", "variant": "L", "counted_stock": 1},
    }
    assert rejected == {}
