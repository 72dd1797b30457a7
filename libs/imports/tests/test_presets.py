"""What is common to all presets: rows that add up, limits, and how a shop is recognized."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_files import DEFAULTS, FILES, RULES, rows_of

from inventory_common.attributes import Name
from inventory_imports.plans import ONLY_WHEN_CREATED
from inventory_imports.presets import assembling
from inventory_imports.presets.amazon import TemplateLines, template_lines
from inventory_imports.presets.assembling import line_of, read_shop_rows
from inventory_imports.presets.catalogue import PRESETS, presets_of
from inventory_imports.rows import SKU_ROW, RowType, column
from inventory_imports.skus import SkuRules
from inventory_imports.tables import SourceRow

SHOPIFY = {"Handle": "tea", "Title": "Tea", "Variant Price": "4.50", "Variant Inventory Qty": "3"}


def source_rows(*rows):
    return [SourceRow(line, [], row, None if row else "is not CSV") for line, row in enumerate(rows, start=2)]


def made(kind, *rows, shop="shopify"):
    return {
        row.line: row.reason or row.row
        for row in read_shop_rows(RULES[kind], PRESETS[shop], source_rows(*rows), DEFAULTS)
    }


@pytest.mark.parametrize("file", sorted(path.name for path in FILES.iterdir()))
def test_each_shop_is_recognized_by_its_header_alone(file):
    table, _ = rows_of(file)
    assert table.columns is not None
    assert [preset.name for preset in presets_of(table.columns)] == [file.split("_")[0].split(".")[0]]


def test_our_own_columns_are_those_of_no_shop():
    for rules in RULES.values():
        assert presets_of(rules.row_type.columns) == []
    assert list(PRESETS) == [
        "shopify",
        "woocommerce",
        "prestashop",
        "square",
        "etsy",
        "loyverse",
        "odoo",
        "vend",
        "amazon",
    ]


def test_a_row_without_a_handle_belongs_to_the_row_above():
    variant = {"Option1 Value": "L", "Variant Price": "5", "Handle": ""}
    found = made("skus", {**SHOPIFY, "Option1 Name": "Size", "Option1 Value": "S"}, variant)
    assert [row["variant_attributes"] for row in found.values()] == [{"Size": "S"}, {"Size": "L"}]
    assert {row["external_id"] for row in found.values()} == {"tea"}


def test_a_row_without_a_handle_below_one_that_cannot_be_read_is_rejected():
    found = made("products", SHOPIFY, None, {"Handle": "", "Image Src": "https://x.example/1.jpg"})
    assert found[2]["external_id"] == "tea"
    assert found[3] == "is not CSV"
    assert found[4] == "names no product, and there is none in the row above"


def test_the_newer_columns_of_shopify_are_read_too():
    row = {
        "Title": "Mug",
        "URL handle": "mug",
        "Description": "<p>Clay</p>",
        "Published on online store": "TRUE",
        "Status": "Archived",
        "SKU": "MUG",
        "Option1 name": "Title",
        "Option1 value": "Default Title",
        "Price": "9.50",
        "Inventory tracker": "shopify",
        "Inventory quantity": "4",
        "Product image URL": "https://x.example/mug.png",
    }
    assert presets_of(row) == [PRESETS["shopify"]]
    [product] = made("products", row).values()
    assert (product["description"], product["is_active"]) == ("Clay", False)
    assert product["images"] == ["https://x.example/mug.png"]
    [sku] = made("skus", row).values()
    assert (sku["variant"], sku["variant_name"]) == ("MUG", "Mug")
    [stock] = made("stock", row).values()
    assert stock["counted_stock"] == 4


def test_shopify_of_several_locations_has_no_stock_in_its_file():
    row = {name: text for name, text in SHOPIFY.items() if name != "Variant Inventory Qty"}
    assert made("stock", row) == {
        2: "the file has no Variant Inventory Qty, as of a shop with several locations"
    }


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Title": "T" * 201}, "product_name: should have 1 to 200 characters"),
        ({"Tags": ",".join(map(str, range(51)))}, "tags: should have 0 to 50 members"),
        ({"Tags": "t" * 201}, "tags.0: should have 1 to 200 characters"),
        ({"Body (HTML)": "<p>" + "d" * 5001}, "description: should have 1 to 5000 characters"),
        ({"Body (HTML)": "a\x07b"}, "except line breaks"),
        ({"Variant Price": "4.505"}, "may have thousands or decimals"),
        ({"Variant Price": "-1"}, "base_price: should be 0 to"),
        ({"Variant Price": "4.5051"}, "at most 2 fractional digits"),
        ({"Variant Price": "1,234"}, "may have thousands or decimals"),
    ],
)
def test_what_the_catalog_refuses_rejects_all_rows_of_the_product(cells, reason):
    found = made("products", {**SHOPIFY, **cells}, {"Handle": "tea", "Image Src": "https://x.example/1.jpg"})
    assert list(found) == [2, 3]
    assert all(reason in text for text in found.values())


def test_more_images_than_the_catalog_takes_reject_the_product():
    images = [{"Handle": "tea", "Image Src": f"https://x.example/{n}.jpg"} for n in range(21)]
    found = made("products", SHOPIFY, *images)
    assert len(found) == 22
    assert all(text.startswith("images: should have 0 to 20 members") for text in found.values())


def test_a_variation_may_precede_its_parent():
    common = {"Published": "1", "Regular price": "5"}
    variation = {"ID": "2", "Type": "variation", "SKU": "", "Name": "Tee - L", "Parent": "tee", **common}
    parent = {"ID": "1", "Type": "variable", "SKU": "tee", "Name": "Tee", **common}
    found = made("skus", {**variation, "Attribute 1 value(s)": "L"}, parent, shop="woocommerce")
    assert found[2] == found[3]
    assert (found[2]["external_id"], found[2]["variant"], found[2]["variant_name"]) == ("1", "L", "L")
    [name] = {row["product_name"] for row in made("products", variation, parent, shop="woocommerce").values()}
    assert name == "Tee"


def test_a_listings_report_of_amazon_has_a_product_in_each_row():
    row = {"item-name": "Lamp", "seller-sku": "L-1", "price": "12.00", "quantity": "4", "status": "Inactive"}
    assert presets_of(row) == [PRESETS["amazon"]]
    [product] = made("products", row, shop="amazon").values()
    assert (product["external_id"], product["is_active"]) == ("L-1", False)
    [stock] = made("stock", row, shop="amazon").values()
    assert (stock["variant"], stock["counted_stock"]) == ("L-1", 4)


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        (b"item_sku,item_name\nA,B\n", TemplateLines()),
        (b"TemplateType=fptcustom,Version=1\nno,header\n", TemplateLines()),
        (b"TemplateType=fptcustom\tVersion=1\n\tSKU\nitem_name\titem_sku\nA\tB\n", TemplateLines(38, 2)),
        (
            b"\xef\xbb\xbfsettings=attributeRow=2&dataRow=5&x=1,\nproduct_type#1.value,contribution_sku#1.value\n",
            TemplateLines(42, 1, 2),
        ),
    ],
)
def test_lines_above_the_header_of_a_template_are_found(head, lines):
    assert template_lines(head) == lines


@pytest.mark.parametrize(
    ("shop", "codes"),
    [
        ("shopify", ["4006381333931"]),
        ("woocommerce", ["4006381333931"]),
        ("prestashop", ["4006381333931"]),
        ("square", ["00012345678905"]),
        ("loyverse", ["4006381333931"]),
        ("odoo", ["4006381333931"]),
        ("amazon", ["4006381333931"]),
    ],
)
def test_a_sku_has_its_barcode_where_skus_have_barcodes(monkeypatch, shop, codes):
    class WithBarcodes(SkuRules):
        row_type = RowType({**SKU_ROW.columns, "barcode": column(Name)}, SKU_ROW.rules)

    monkeypatch.setattr(assembling, "_HAS_BARCODES", True)
    _, rows = rows_of(f"{shop}.csv")
    found = [row.row for row in read_shop_rows(WithBarcodes(), PRESETS[shop], rows, DEFAULTS) if row.row]
    assert list(dict.fromkeys(row["barcode"] for row in found if "barcode" in row)) == codes


row_cells = st.fixed_dictionaries(
    {
        "Handle": st.sampled_from(["", "a", "b"]),
        "Title": st.sampled_from(["", "T"]),
        "Option1 Value": st.sampled_from(["", "S", "s", "Default Title"]),
        "Variant SKU": st.sampled_from(["", "X", "x ", "Y"]),
        "Variant Price": st.sampled_from(["", "1", "1.005", "free"]),
        "Variant Inventory Qty": st.sampled_from(["", "1", "-1", "1.5"]),
        "Gift Card": st.sampled_from(["", "", "", "TRUE"]),
        "Image Src": st.sampled_from(["", "https://x.example/1.jpg"]),
    }
)


@given(st.lists(st.one_of(st.none(), row_cells), max_size=8), st.sampled_from(list(RULES)))
def test_each_row_of_any_file_is_a_row_of_a_unit_or_rejected(rows, kind):
    sources = source_rows(*rows)
    found = list(read_shop_rows(RULES[kind], PRESETS["shopify"], sources, DEFAULTS))
    assert sorted(row.line for row in found) == [source.line for source in sources]
    units: dict[str | None, Mapping[str, Any]] = {}
    for row in found:
        assert (row.row is None) == (row.reason is not None) == (row.key is None)
        if row.row is not None:
            assert units.setdefault(row.key, row.row) == row.row
            own = {name: value for name, value in row.row.items() if name != ONLY_WHEN_CREATED}
            assert own == RULES[kind].row_type.check(own)
    if kind == "stock":
        skus = {(row["external_id"], row["variant"]) for row in units.values()}
        assert len(skus) == len(units)


listing = st.fixed_dictionaries(
    {
        "TITLE": st.sampled_from(["A", "B"]),
        "PRICE": st.sampled_from(["1", "free"]),
        "CURRENCY_CODE": st.just("EUR"),
        "QUANTITY": st.sampled_from(["", "2"]),
        "VARIATION 1 VALUES": st.sampled_from(["", "S", "S,L", "S,s"]),
        "VARIATION 2 VALUES": st.sampled_from(["", "Red,Blue"]),
        "SKU": st.sampled_from(["", "X", "X,Y", "X,X"]),
    }
)


@given(st.lists(listing, max_size=4), st.sampled_from(list(RULES)))
def test_each_listing_is_one_or_more_rows(rows, kind):
    sources = source_rows(*rows)
    found = list(read_shop_rows(RULES[kind], PRESETS["etsy"], sources, DEFAULTS))
    assert len({row.line for row in found}) == len(found)
    assert {line_of(row.line) for row in found} == {source.line for source in sources}
    rejected = [line_of(row.line) for row in found if row.row is None]
    accepted = {line_of(row.line) for row in found if row.row is not None}
    assert len(rejected) == len(set(rejected))
    assert accepted.isdisjoint(rejected)
