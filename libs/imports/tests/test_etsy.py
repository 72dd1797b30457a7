"""An Etsy download of listings: one row has all variations."""

from __future__ import annotations

from decimal import Decimal


def test_products(read):
    rows, rejected = read("etsy", "products")
    assert rows == {
        2: {
            "product_name": "Fern print, vintage style",
            "description": "A print of a fern.\n\nPaper: 250 g/m²\nShips from Łódź & Gdańsk",
            "category": "Uncategorized",
            "base_price": 16,
            "images": ["https://etsy.example.com/fern1.jpg", "https://etsy.example.com/fern2.jpg"],
            "tags": ["wall art", "fern print", "botanical"],
            "external_id": "Fern print, vintage style",
        },
        6: {
            "product_name": "Stoneware mug",
            "description": "Speckled",
            "category": "Uncategorized",
            "base_price": 20,
            "images": ["https://etsy.example.com/mug.jpg"],
            "tags": ["mug"],
            "external_id": "Stoneware mug",
        },
        7: {
            "product_name": '"Moon" ring',
            "description": "Silver",
            "category": "Uncategorized",
            "base_price": Decimal("45.5"),
            "tags": ["ring", "moon"],
            "external_id": '"Moon" ring',
        },
        8: {
            "product_name": "Enamel pin",
            "category": "Uncategorized",
            "base_price": 7,
            "external_id": "Enamel pin",
        },
    }
    assert rejected == {9: "base_price: should be a number such as 89.99, not 'thirty'"}


def test_skus(read):
    rows, rejected = read("etsy", "skus")
    assert rows == {
        2: {
            "external_id": "Fern print, vintage style",
            "variant": "FERN-A4",
            "variant_name": "A4",
            "variant_attributes": {"Size": "A4"},
            "unit_price": 16,
            "reorder_threshold": 0,
        },
        2.1: {
            "external_id": "Fern print, vintage style",
            "variant": "FERN-A3",
            "variant_name": "A3",
            "variant_attributes": {"Size": "A3"},
            "unit_price": 16,
            "reorder_threshold": 0,
        },
        6: {
            "external_id": "Stoneware mug",
            "variant": "MUG-1",
            "variant_name": "Stoneware mug",
            "unit_price": 20,
            "reorder_threshold": 0,
        },
        7: {
            "external_id": '"Moon" ring',
            "variant": "52-MATT",
            "variant_name": "52 / Matt",
            "variant_attributes": {"Ring size": "52", "Finish": "Matt"},
            "unit_price": Decimal("45.5"),
            "reorder_threshold": 0,
        },
        7.1: {
            "external_id": '"Moon" ring',
            "variant": "52-POLISHED",
            "variant_name": "52 / Polished",
            "variant_attributes": {"Ring size": "52", "Finish": "Polished"},
            "unit_price": Decimal("45.5"),
            "reorder_threshold": 0,
        },
        7.2: {
            "external_id": '"Moon" ring',
            "variant": "54-MATT",
            "variant_name": "54 / Matt",
            "variant_attributes": {"Ring size": "54", "Finish": "Matt"},
            "unit_price": Decimal("45.5"),
            "reorder_threshold": 0,
        },
        7.3: {
            "external_id": '"Moon" ring',
            "variant": "54-POLISHED",
            "variant_name": "54 / Polished",
            "variant_attributes": {"Ring size": "54", "Finish": "Polished"},
            "unit_price": Decimal("45.5"),
            "reorder_threshold": 0,
        },
        8: {
            "external_id": "Enamel pin",
            "variant": "STD",
            "variant_name": "Enamel pin",
            "unit_price": 7,
            "reorder_threshold": 0,
        },
    }
    assert rejected == {9: "unit_price: should be a number such as 89.99, not 'thirty'"}


def test_counted_stock(read):
    rows, rejected = read("etsy", "stock")
    assert rows == {6: {"external_id": "Stoneware mug", "variant": "MUG-1", "counted_stock": 3}}
    assert rejected == {
        2: "QUANTITY is that of all variations together",
        7: "QUANTITY is that of all variations together",
        8: "QUANTITY is empty: its stock is not counted",
        9: "QUANTITY is that of all variations together",
    }
