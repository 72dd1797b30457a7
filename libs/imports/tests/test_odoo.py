"""Odoo exports of Product Variants by technical names, and of Products by labels."""

from __future__ import annotations

from decimal import Decimal


def test_products(read):
    rows, rejected = read("odoo", "products")
    assert rows == {
        2: {
            "product_name": "Tričko",
            "description": "Cotton shirt\nWashed",
            "category": "Saleable",
            "subcategory": "Apparel",
            "base_price": Decimal("19.9"),
            "tags": ["summer", "cotton"],
            "external_id": "__export__.product_template_1",
        },
        6: {
            "product_name": "Corner Desk",
            "category": "Saleable",
            "subcategory": "Office Furniture",
            "base_price": 1150,
            "external_id": "__export__.product_template_2",
        },
        8: {
            "product_name": "Pen",
            "category": "Consumable",
            "base_price": Decimal("1.2"),
            "external_id": "__export__.product_template_4",
        },
    }
    assert rejected == {7: "is no article with stock, but a service (line 7)"}


def test_skus(read):
    rows, rejected = read("odoo", "skus")
    assert rows == {
        2: {
            "external_id": "__export__.product_template_1",
            "variant": "TS-BL-S",
            "variant_name": "Modrá / S",
            "variant_attributes": {"Color": "Modrá", "Size": "S"},
            "unit_price": Decimal("19.9"),
            "reorder_threshold": 0,
            "is_active": True,
        },
        4: {
            "external_id": "__export__.product_template_1",
            "variant": "MODRA-M",
            "variant_name": "Modrá / M",
            "variant_attributes": {"Color": "Modrá", "Size": "M"},
            "unit_price": 21,
            "reorder_threshold": 0,
            "is_active": True,
        },
        5: {
            "external_id": "__export__.product_template_1",
            "variant": "TS-RD-S",
            "variant_name": "Červená / S",
            "variant_attributes": {"Color": "Červená", "Size": "S"},
            "unit_price": Decimal("19.9"),
            "reorder_threshold": 0,
            "is_active": False,
        },
        6: {
            "external_id": "__export__.product_template_2",
            "variant": "E-COM06",
            "variant_name": "Corner Desk",
            "unit_price": 1150,
            "reorder_threshold": 0,
            "is_active": True,
        },
        8: {
            "external_id": "__export__.product_template_4",
            "variant": "PEN",
            "variant_name": "Pen",
            "unit_price": Decimal("1.2"),
            "reorder_threshold": 0,
            "is_active": True,
        },
    }
    assert rejected == {7: "is no article with stock, but a service (line 7)"}


def test_counted_stock(read):
    rows, rejected = read("odoo", "stock")
    assert rows == {
        2: {"external_id": "__export__.product_template_1", "variant": "TS-BL-S", "counted_stock": 12},
        4: {"external_id": "__export__.product_template_1", "variant": "MODRA-M", "counted_stock": 0},
        6: {"external_id": "__export__.product_template_2", "variant": "E-COM06", "counted_stock": 2},
    }
    assert rejected == {
        5: "Quantity On Hand: -3 units cannot be in stock",
        7: "is no article with stock, but a service (line 7)",
        8: "Track Inventory is not set: its stock is not counted",
    }


def test_products_of_templates(read):
    rows, rejected = read("odoo", "products", "odoo_templates.csv")
    assert rows == {
        2: {
            "product_name": "Tričko",
            "category": "Saleable",
            "subcategory": "Apparel",
            "base_price": Decimal("19.9"),
            "external_id": "__export__.product_template_1",
        },
        4: {
            "product_name": "Corner Desk",
            "category": "Saleable",
            "subcategory": "Office Furniture",
            "base_price": 1150,
            "external_id": "__export__.product_template_2",
        },
    }
    assert rejected == {}


def test_skus_of_templates(read):
    rows, rejected = read("odoo", "skus", "odoo_templates.csv")
    assert rows == {
        4: {
            "external_id": "__export__.product_template_2",
            "variant": "E-COM06",
            "variant_name": "Corner Desk",
            "unit_price": 1150,
            "reorder_threshold": 0,
        }
    }
    assert rejected == {
        2: "has variants: their SKUs are in the export of Product Variants",
        3: "has variants: their SKUs are in the export of Product Variants",
    }


def test_counted_stock_of_templates(read):
    rows, rejected = read("odoo", "stock", "odoo_templates.csv")
    assert rows == {
        4: {"external_id": "__export__.product_template_2", "variant": "E-COM06", "counted_stock": 2}
    }
    assert rejected == {
        2: "has variants: their SKUs are in the export of Product Variants",
        3: "has variants: their SKUs are in the export of Product Variants",
    }
