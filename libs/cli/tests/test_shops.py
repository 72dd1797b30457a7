"""Imports of the files of shops: products, SKUs and stock of one file, against services in memory."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import click
import pytest
from shop_files import Terminal

from inventory_imports.presets.catalogue import PRESETS, count_reference

FILES = Path(__file__).parents[2] / "imports" / "tests" / "files"
VENDOR = ("--vendor", "VENDOR-001")


@pytest.fixture
def shopify(tmp_path):
    return Path(shutil.copy(FILES / "shopify.csv", tmp_path / "products_export.csv"))


def stock(services):
    return {(sku["product_id"], sku["sku"]): sku["current_stock"] for sku in services.skus.values()}


def undo_commands(text):
    return re.findall(r"inventory import undo (\S+)", text)


def rejects(file, kind):
    with file.with_name(f"{file.stem}.{kind}-rejects.csv").open(encoding="utf-8", newline="") as opened:
        return [(int(row["_line"]), row["_reason"]) for row in csv.DictReader(opened)]


def test_all_of_a_file_is_imported_at_once(inventory, services, shopify, capsys):
    assert inventory("import", "all", shopify, "--from", "shopify", *VENDOR, "--yes") == 3
    assert [product["external_id"] for product in services.products.values()] == [
        "linen-shirt",
        "soap",
        "candle",
        "twin",
    ]
    shirt = services.products["PROD-00001"]
    assert shirt["description"].splitlines()[1:3] == ["100\u00a0% linen", "Mother-of-pearl buttons"]
    assert {key: sku["variant_name"] for key, sku in services.skus.items()} == {
        "SKU-PROD-00001-LS-ECR-S": "Écru / S",
        "SKU-PROD-00001-LS-ECR-M": "Écru / M",
        "SKU-PROD-00001-NAVY-S": "Navy / S",
        "SKU-PROD-00002-STD": "Olive soap",
        "SKU-PROD-00003-CANDLE-1": "Beeswax candle",
        "SKU-PROD-00004-A": "A+",
    }
    assert list(stock(services).values()) == [12, 0, 0, 0, 7, 1]
    assert {record["notes"] for record in services.log} == {"[shopify products_export]"}
    written = capsys.readouterr().err
    assert "products: 10 rows: 8 applied, 0 unchanged, 2 rejected." in written
    assert "skus: 10 rows: 7 applied, 0 unchanged, 3 rejected." in written
    assert "stock: 10 rows: 5 applied, 0 unchanged, 5 rejected." in written
    assert len(undo_commands(written)) == 3


def test_a_repeated_import_changes_nothing(inventory, services, shopify, capsys):
    given = ("import", "all", shopify, "--from", "shopify", *VENDOR, "--yes")
    assert inventory(*given) == 3
    services.write("SKU-PROD-00001-LS-ECR-S", "order_confirmed", 2, -2, 0)
    services.keys.clear()  # days later
    writes, before = services.writes(), stock(services)
    capsys.readouterr()
    assert inventory(*given) == 3
    assert (services.writes(), stock(services)) == (writes, before)
    written = capsys.readouterr().err
    assert re.findall(r"(\w+): 10 rows: 0 applied, (\d) unchanged, (\d) rejected", written) == [
        ("products", "8", "2"),
        ("skus", "7", "3"),
        ("stock", "5", "5"),
    ]


def with_commas(name, folder):
    """Copy a file of a shop, with commas as separators."""
    file = folder / name
    with (
        (FILES / name).open(encoding="utf-8", newline="") as opened,
        file.open("w", encoding="utf-8", newline="") as written,
    ):
        separator = ";" if name.startswith("prestashop") else ","
        csv.writer(written).writerows(csv.reader(opened, delimiter=separator))
    return file


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("woocommerce.csv", [(8, 5, 3), (8, 5, 3), (8, 4, 4)]),
        ("prestashop.csv", [(4, 3, 1), (4, 3, 1), (4, 3, 1)]),
        ("square.csv", [(6, 5, 1), (6, 4, 2), (6, 2, 4)]),
        ("etsy.csv", [(5, 4, 1), (9, 8, 1), (5, 1, 4)]),
        ("loyverse.csv", [(7, 5, 2), (7, 5, 2), (7, 2, 5)]),
        ("odoo.csv", [(6, 5, 1), (6, 5, 1), (6, 3, 3)]),
        ("vend.csv", [(7, 6, 1), (7, 6, 1), (7, 2, 5)]),
        ("amazon.csv", [(5, 4, 1), (5, 4, 1), (5, 3, 2)]),
    ],
)
def test_all_of_each_shop_is_imported_once(inventory, services, tmp_path, capsys, name, counts):
    file = with_commas(name, tmp_path)
    shop = name.removesuffix(".csv")
    given = ("import", "all", file, *VENDOR, "--yes")
    assert inventory(*given, "--from", shop) == 3
    written = capsys.readouterr().err
    found = re.findall(r"(\d+) rows: (\d+) applied, 0 unchanged, (\d+) rejected", written)
    assert [tuple(map(int, numbers)) for numbers in found] == counts
    assert all(rows == applied + rejected for rows, applied, rejected in counts)
    writes, before = services.writes(), stock(services)
    assert inventory(*given) == 3  # detected
    written = capsys.readouterr().err
    assert f"(--from {shop})" in written
    found = re.findall(r"(\d+) rows: 0 applied, (\d+) unchanged, (\d+) rejected", written)
    assert [tuple(map(int, numbers)) for numbers in found][:2] == counts[:2]
    assert stock(services) == before
    assert [line for line in services.writes()[len(writes) :] if "adjustments" not in line] == []


def test_a_file_of_combinations_has_its_products_beside_it(inventory, services, tmp_path, capsys):
    products = with_commas("prestashop.csv", tmp_path)
    combinations = with_commas("prestashop_combinations.csv", tmp_path)
    shop = ("--from", "prestashop", *VENDOR, "--yes")
    inventory("import", "all", products, *shop, "--beside", combinations)
    assert "without --beside" not in capsys.readouterr().err
    assert inventory("import", "skus", combinations, *shop, "--beside", products) == 3
    inventory("import", "stock", combinations, *shop, "--beside", products)
    assert {sku["sku"]: (sku["unit_price"], sku["current_stock"]) for sku in services.skus.values()} == {
        "SKU-PROD-00002-TASSE": (9.9, 25),
        "SKU-PROD-00003-STD": (25, 0),
        "SKU-PROD-00001-PULL-S": (41.32, 12),
        "SKU-PROD-00001-M-ECRU": (43.82, 18),
    }
    assert rejects(combinations, "skus") == [
        (4, "unit_price: is added to the price of the product, which is not in the file")
    ]
    inventory("import", "all", products, *shop, "--dry-run")
    assert "without --beside, a product with combinations becomes a SKU itself" in capsys.readouterr().err


def test_a_listing_with_several_refused_skus_is_rejected_once(inventory, services, tmp_path):
    file = with_commas("etsy.csv", tmp_path)
    shop = ("--from", "etsy", *VENDOR, "--yes")
    inventory("import", "products", file, *shop)
    services.products.pop("PROD-00003")
    assert inventory("import", "skus", file, *shop) == 3
    assert [line for line, _ in rejects(file, "skus")] == [7, 9]


def test_the_rejects_of_a_template_can_be_imported(inventory, services, tmp_path):
    file = with_commas("amazon.csv", tmp_path)
    shop = ("--from", "amazon", *VENDOR, "--yes")
    inventory("import", "all", file, *shop)
    rejected = file.with_name("amazon.stock-rejects.csv")
    assert [line for line, _ in rejects(file, "stock")] == [6, 7]
    corrected = rejected.read_text(encoding="utf-8").replace("31.99,,", "31.99,8,")
    rejected.write_text(corrected, encoding="utf-8")
    assert inventory("import", "stock", rejected, *shop) == 3
    assert services.skus["SKU-PROD-00001-POLO-BL-M"]["current_stock"] == 8


def test_one_confirmation_covers_all_and_a_refusal_leaves_everything(
    inventory, services, shopify, monkeypatch, capsys
):
    asked = []

    def refuse(text, **options):
        asked.append(text)
        raise click.Abort

    monkeypatch.setattr(click, "confirm", refuse)
    monkeypatch.setattr("sys.stdin", Terminal())
    inventory("import", "all", shopify, "--from", "shopify", *VENDOR)
    assert asked == ["Apply 14 changes?"]
    assert services.writes() == []
    shown = capsys.readouterr().out
    assert "products: 10 rows: 8 to create, 0 to change, 0 unchanged, 2 rejected" in shown
    assert "skus: 10 rows: 7 to create, 0 to change, 0 unchanged, 3 rejected" in shown
    assert "stock: 10 rows: 5 to create, 0 to change, 0 unchanged, 5 rejected" in shown


def test_what_a_shop_does_not_say_is_set_once(inventory, services, shopify):
    given = ("import", "all", shopify, "--from", "shopify", *VENDOR, "--yes")
    inventory(*given)
    services.skus["SKU-PROD-00002-STD"]["reorder_threshold"] = 5
    services.products["PROD-00003"]["category"] = "Candles"
    shopify.write_text(shopify.read_text(encoding="utf-8").replace(",4.5,", ",4.75,"), encoding="utf-8")
    inventory(*given)
    assert services.skus["SKU-PROD-00002-STD"]["reorder_threshold"] == 5
    assert services.skus["SKU-PROD-00002-STD"]["unit_price"] == 4.75
    assert services.products["PROD-00003"]["category"] == "Candles"


def test_a_dry_run_of_all_changes_nothing(inventory, services, shopify, tmp_path):
    assert inventory("import", "all", shopify, "--from", "shopify", *VENDOR, "--dry-run") == 3
    assert services.writes() == []
    assert list((tmp_path / "imports").glob("*.sqlite")) == []


def test_each_part_can_be_undone(inventory, services, shopify, capsys):
    inventory("import", "all", shopify, "--from", "shopify", *VENDOR, "--yes")
    for import_id in reversed(undo_commands(capsys.readouterr().err)):
        assert inventory("import", "undo", import_id, "--yes") == 0
    assert set(stock(services).values()) == {0}
    assert not any(sku["is_active"] for sku in services.skus.values())
    assert not any(product["is_active"] for product in services.products.values())


def test_the_shop_is_detected_and_named_with_yes(inventory, services, shopify, capsys):
    assert inventory("import", "products", shopify, *VENDOR, "--yes") == 3
    assert "is read as products from Shopify (--from shopify)" in capsys.readouterr().err
    assert len(services.products) == 4


def test_the_shop_is_confirmed_on_a_terminal(inventory, services, shopify, monkeypatch, capsys):
    asked = []

    def answer(text, **options):
        asked.append(text)
        return "Apply" in text

    monkeypatch.setattr(click, "confirm", answer)
    monkeypatch.setattr("sys.stdin", Terminal())
    assert inventory("import", "products", shopify, *VENDOR) == 2
    assert asked == [f"Is {shopify} an export of products from Shopify?"]
    assert "with --from" in capsys.readouterr().err
    assert services.requests == []


def test_a_header_of_no_shop_is_reported(inventory, services, tmp_path, capsys):
    file = tmp_path / "goods.csv"
    file.write_text("name,price\nTea,1\n")
    assert inventory("import", "all", file, *VENDOR, "--yes") == 2
    assert "--from" in capsys.readouterr().err
    assert inventory("import", "all", file, "--from", "shopify", *VENDOR, "--yes") == 2
    assert "has not the columns of products from Shopify" in capsys.readouterr().err.replace("\n", " ")
    assert inventory("import", "products", file, *VENDOR, "--yes") == 2
    assert "unknown columns name, price" in capsys.readouterr().err.replace("\n", " ")
    assert services.requests == []


def test_a_shop_and_a_mapping_exclude_each_other(inventory, services, shopify, capsys):
    given = ("import", "products", shopify, "--from", "shopify", "--mapping", "goods.toml")
    assert inventory(*given, *VENDOR, "--yes") == 2
    assert "--from and --mapping exclude each other" in capsys.readouterr().err
    assert services.requests == []


def test_a_header_of_two_shops_requires_the_name(inventory, shopify, capsys):
    woo = ["ID", "Type", "SKU", "Name", "Published", "Regular price"]
    shopify.write_text(",".join([*woo, "Handle", "Title", "Variant Price"]) + "\n")
    assert inventory("import", "skus", shopify, *VENDOR, "--yes") == 2
    assert "could be a file of Shopify or WooCommerce: name the shop with --from" in (
        capsys.readouterr().err.replace("\n", " ")
    )


def test_corrected_rejects_of_a_shop_can_be_imported(inventory, services, shopify):
    inventory("import", "all", shopify, "--from", "shopify", *VENDOR, "--yes")
    assert (15, "its variant A is also that of line 14") in rejects(shopify, "skus")
    for kind in ("skus", "stock"):
        rejected = shopify.with_name(f"products_export.{kind}-rejects.csv")
        header, *rows = rejected.read_text(encoding="utf-8").splitlines()
        fixed = [row.replace("A-", "A minus") for row in rows if "A-" in row]
        rejected.write_text("\n".join([header, *fixed]) + "\n", encoding="utf-8")
        assert inventory("import", kind, rejected, "--from", "shopify", *VENDOR, "--yes") == 0
    assert services.skus["SKU-PROD-00004-A-MINUS"]["current_stock"] == 2
    assert services.log[-1]["notes"] == "[shopify products_export]"


def test_stock_has_the_reference_that_is_given(inventory, services, shopify):
    inventory("import", "products", shopify, "--from", "shopify", *VENDOR, "--yes")
    inventory("import", "skus", shopify, "--from", "shopify", *VENDOR, "--yes")
    inventory(
        "import", "stock", shopify, "--from", "shopify", *VENDOR, "--yes", "--reference", "opening 2026"
    )
    assert {record["notes"] for record in services.log} == {"[opening 2026]"}


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("products_export.csv", "shopify products_export"),
        ("products_export.stock-rejects.csv", "shopify products_export"),
        ("all [new].csv", "shopify all  new"),
        ("x" * 300 + ".csv", "shopify " + "x" * 40),
    ],
)
def test_a_reference_is_made_of_the_names(name, reference):
    assert count_reference(PRESETS["shopify"], name) == reference
