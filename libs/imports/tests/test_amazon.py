"""Amazon templates of the older and the newer form, with lines above their headers."""

from __future__ import annotations

from decimal import Decimal


def test_products(read):
    rows, rejected = read("amazon", "products")
    assert rows == {
        4: {
            "product_name": "Polo shirt “Fjord”",
            "description": "Piqué cotton\nMade in Porto",
            "category": "shirt",
            "brand": "Nørd",
            "base_price": Decimal("29.99"),
            "images": [
                "https://m.example.com/polo.jpg",
                "https://m.example.com/polo-blue.jpg",
                "https://m.example.com/polo-back.jpg",
            ],
            "external_id": "POLO",
        },
        8: {
            "product_name": "Desk lamp",
            "description": "Dimmable",
            "category": "lamp",
            "base_price": 45,
            "external_id": "LAMP 1",
        },
    }
    assert rejected == {7: "is to be removed: its action is Delete"}


def test_skus(read):
    rows, rejected = read("amazon", "skus")
    assert rows == {
        5: {
            "external_id": "POLO",
            "variant": "POLO-BL-S",
            "variant_name": "S / Blå",
            "variant_attributes": {"Size": "S", "Color": "Blå"},
            "unit_price": Decimal("29.99"),
            "reorder_threshold": 0,
        },
        6: {
            "external_id": "POLO",
            "variant": "POLO-BL-M",
            "variant_name": "M / Blå",
            "variant_attributes": {"Size": "M", "Color": "Blå"},
            "unit_price": Decimal("31.99"),
            "reorder_threshold": 0,
        },
        8: {
            "external_id": "LAMP 1",
            "variant": "LAMP-1",
            "variant_name": "Desk lamp",
            "unit_price": 45,
            "reorder_threshold": 0,
        },
    }
    assert rejected == {7: "is to be removed: its action is Delete"}


def test_counted_stock(read):
    rows, rejected = read("amazon", "stock")
    assert rows == {
        5: {"external_id": "POLO", "variant": "POLO-BL-S", "counted_stock": 14},
        8: {"external_id": "LAMP 1", "variant": "LAMP-1", "counted_stock": 3},
    }
    assert rejected == {
        6: "quantity, as of goods in Amazon's stores, is empty: its stock is not counted",
        7: "is to be removed: its action is Delete",
    }


def test_products_of_the_newer_form(read):
    rows, rejected = read("amazon", "products", "amazon_2025.csv")
    assert rows == {
        6: {
            "product_name": "Giacca",
            "description": "Calda",
            "category": "COAT",
            "brand": "Perù",
            "base_price": Decimal("99.9"),
            "images": ["https://m.example.com/giacca.jpg"],
            "external_id": "GIACCA",
        }
    }
    assert rejected == {}


def test_skus_of_the_newer_form(read):
    rows, rejected = read("amazon", "skus", "amazon_2025.csv")
    assert rows == {
        7: {
            "external_id": "GIACCA",
            "variant": "GIACCA-NERA",
            "variant_name": "Nero",
            "variant_attributes": {"Color": "Nero"},
            "unit_price": Decimal("99.9"),
            "reorder_threshold": 0,
        }
    }
    assert rejected == {}


def test_counted_stock_of_the_newer_form(read):
    rows, rejected = read("amazon", "stock", "amazon_2025.csv")
    assert rows == {7: {"external_id": "GIACCA", "variant": "GIACCA-NERA", "counted_stock": 5}}
    assert rejected == {}
