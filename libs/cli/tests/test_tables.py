"""Tables that a shopkeeper reads: names, signed changes, actors, and columns that fit into 80 characters."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from inventory_cli.columns import GAP_CHARACTERS, column_of, fit

VENDOR = "VENDOR-001"
LONG_NAME = "Handgefertigte Steinzeugtasse mit Untertasse"


@pytest.fixture
def shop(inventory, services, capsys):
    """Five products with two SKUs each, and a few changes of their stock."""
    for number in range(1, 6):
        given = ("--name", f"{LONG_NAME} {number}", "--category", "Kitchen and table", "--price", "4.5")
        own_id = ("--external-id", f"OWN-{number}")
        assert inventory("products", "create", "--vendor", VENDOR, *given, *own_id) == 0
        for variant in ("BLK-L", "WHT"):
            named = ("--name", f"Variant {variant}", "--price", "4.50", "--threshold", 5)
            assert inventory("skus", "create", f"SKU-PROD-0000{number}-{variant}", *named) == 0
    sku = "SKU-PROD-00001-BLK-L"
    assert inventory("stock", "restock", sku, 4982) == 0
    assert inventory("stock", "adjust", sku, "-3", "--notes", "two broken in the window, one lost") == 0
    assert inventory("orders", "place", "ORDER-12345", "--line", f"{sku}=5") == 0
    for record in services.log:
        record["performed_by"] = "user:3f2b8c1e-aaaa-bbbb-cccc-123456789012"
    services.log[0]["performed_by"] = "user:local-vendor-001"
    capsys.readouterr()
    return sku


LISTS = [
    ("products", "list", "--vendor", VENDOR),
    ("products", "find", "tasse", "--vendor", VENDOR),
    ("products", "browse", "Kitchen and table"),
    ("products", "categories"),
    ("products", "vendors"),
    ("skus", "list", "--vendor", VENDOR),
    ("skus", "list", "--product", "PROD-00001"),
    ("skus", "find", "untertasse 1", "--vendor", VENDOR),
    ("stock", "list", "--vendor", VENDOR),
    ("stock", "low", "--vendor", VENDOR),
    ("stock", "reorder-list", "--vendor", VENDOR),
    ("log", "sku", "SKU-PROD-00001-BLK-L"),
    ("log", "product", "PROD-00001"),
    ("log", "vendor", VENDOR),
    ("log", "reservations", "SKU-PROD-00001-BLK-L"),
    ("orders", "due"),
]


@pytest.mark.parametrize("command", LISTS, ids=lambda command: " ".join(command[:2]))
def test_no_list_is_wider_than_80_columns_or_breaks_a_word_into_letters(
    inventory, shop, command, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "80")
    assert inventory(*command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    cells = [cell for line in lines for cell in line.split("  ") if cell.strip()]
    assert not [cell for cell in cells if len(cell.strip()) == 1 and cell.strip().isalpha()]
    if "PROD" in "".join(lines):
        assert [cell for cell in cells if cell.strip() in ("SKU-PROD-00001-BLK-L", "PROD-00001")]


def test_ids_are_never_broken_however_narrow_the_terminal_is(inventory, shop, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "12")
    assert inventory("stock", "list", "--vendor", VENDOR) == 0
    captured = capsys.readouterr()
    assert "SKU-PROD-00001-BLK-L" in captured.out
    assert "Not shown for want of room: product, variant" in captured.err


def test_columns_of_the_highest_rank_are_left_out_first_and_texts_share_what_is_left():
    names = ("sku", "product_name", "available_stock", "unit_price", "is_active")
    columns = {name: column_of(name) for name in names}
    cells = {
        "sku": ["SKU-PROD-00001-BLK-L"],
        "product_name": [LONG_NAME],
        "available_stock": ["10"],
        "unit_price": ["4.50"],
        "is_active": ["yes"],
    }
    assert list(fit(columns, cells, 200)) == list(names)
    assert fit(columns, cells, 200)["product_name"] == len(LONG_NAME)
    narrow = fit(columns, cells, 60)
    assert list(narrow) == ["sku", "product_name", "available_stock", "unit_price"]
    assert sum(narrow.values()) + GAP_CHARACTERS * 3 == 60
    assert list(fit(columns, cells, 60, all_columns=True)) == list(names)
    assert list(fit(columns, cells, 5)) == ["sku"]


@pytest.mark.parametrize(
    "command",
    [("skus", "list"), ("stock", "list"), ("stock", "low"), ("stock", "reorder-list"), ("log", "vendor")],
    ids=" ".join,
)
def test_stock_tables_name_products_and_variants(inventory, shop, command, capsys):
    vendor = (VENDOR,) if command[0] == "log" else ("--vendor", VENDOR)
    assert inventory(*command, *vendor) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"{LONG_NAME} 1" in shown
    assert "BLK-L" in shown
    assert "Variant" in shown


def test_many_names_are_read_from_the_list_and_few_one_by_one(inventory, shop, services):
    services.requests.clear()
    assert inventory("stock", "list", "--vendor", VENDOR) == 0
    assert [line for line in services.requests if "/products" in line] == [
        f"GET /vendors/{VENDOR}/products"
    ] * 2
    services.requests.clear()
    assert inventory("skus", "list", "--product", "PROD-00001") == 0
    assert services.requests[-1] == "GET /products/PROD-00001"
    assert f"GET /vendors/{VENDOR}/products" not in services.requests


def test_a_token_that_may_not_read_products_gets_the_stock_without_names(inventory, shop, services, capsys):
    services.intercept = lambda request: (
        httpx.Response(403, json={"status": 403, "code": "forbidden", "detail": "Not for this role."})
        if request.url.path.endswith("/products")
        else None
    )
    assert inventory("stock", "list", "--vendor", VENDOR) == 0
    captured = capsys.readouterr()
    assert shop in captured.out
    assert "Product names cannot be read" in captured.err


def test_programs_get_the_documents_without_names(inventory, shop, services, capsys):
    services.requests.clear()
    assert inventory("stock", "list", "--vendor", VENDOR, "--csv") == 0
    assert "product_name" not in capsys.readouterr().out
    assert not [line for line in services.requests if line.endswith("/products")]


def test_a_log_shows_signed_changes_seconds_and_who(inventory, shop, capsys):
    assert inventory("log", "sku", shop) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[:3] == [shop, f"{LONG_NAME} 1, Variant BLK-L", "time type change stock reserved by notes"]
    assert lines[4:] == [
        "2026-01-01T12:00:00Z order placed 0 4979 +5 3f2b8c1e…",
        "2026-01-01T12:00:00Z manual adjustment -3 4979 0 3f2b8c1e… two broken in the window, one lost",
        "2026-01-01T12:00:00Z restock +4982 4982 0 local-vendor-001",
    ]


def test_a_change_of_stock_is_shown_with_the_stock_before_and_after(inventory, shop, capsys):
    assert inventory("stock", "restock", shop, 10) == 0
    assert inventory("stock", "adjust", shop, "-3", "--notes", "lost") == 0
    assert inventory("stock", "count", shop, 4990, "--expected", 4986, "--notes", "count") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{shop} (Variant BLK-L) +10: 4979 → 4989",
        f"{shop} (Variant BLK-L) -3: 4989 → 4986",
        f"{shop} (Variant BLK-L) +4: 4986 → 4990",
    ]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("TASSE 3",), ["PROD-00003"]),
        (("own-2",), ["PROD-00002"]),
        (("--external-id", "OWN-4"), ["PROD-00004"]),
        (("--external-id", "own-4"), []),
        (("saucepan",), []),
        (("--name", "HANDGEFERTIGTE steinzeug"), [f"PROD-0000{number}" for number in range(1, 6)]),
        (("--name", "tasse"), []),
    ],
)
def test_products_are_found_by_name_or_own_id(inventory, shop, arguments, found, capsys):
    assert inventory("products", "find", *arguments, "--vendor", VENDOR, "--csv") == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert [row["product_id"] for row in rows] == found


def test_categories_and_vendors_are_listed_with_their_numbers_of_products(inventory, shop, capsys):
    assert inventory("products", "deactivate", "PROD-00001") == 0
    capsys.readouterr()
    assert inventory("products", "categories", "--csv") == 0
    assert capsys.readouterr().out.splitlines() == ["category,active_products", "Kitchen and table,4"]
    assert inventory("products", "vendors", "--csv") == 0
    expected = ["vendor_id,products,active_products", f"{VENDOR},5,4"]
    assert capsys.readouterr().out.splitlines() == expected


def test_a_find_requires_a_text_or_an_own_id(inventory, services):
    assert inventory("products", "find", "--vendor", VENDOR) == 2
    for two in (("a", "--external-id", "b"), ("a", "--name", "b"), ("--name", "a", "--external-id", "b")):
        assert inventory("products", "find", *two, "--vendor", VENDOR) == 2
    assert services.requests == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tasse 3", ["SKU-PROD-00003-BLK-L", "SKU-PROD-00003-WHT"]),
        ("own-2", ["SKU-PROD-00002-BLK-L", "SKU-PROD-00002-WHT"]),
        ("00004-wht", ["SKU-PROD-00004-WHT"]),
        ("variant w", [f"SKU-PROD-0000{number}-WHT" for number in range(1, 6)]),
    ],
)
def test_skus_are_found_by_product_variant_or_id(inventory, shop, text, found, capsys):
    assert inventory("skus", "find", text, "--vendor", VENDOR, "--csv") == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert sorted(row["sku"] for row in rows) == found


def test_a_reorder_list_says_how_many_units_to_order(inventory, shop, services, capsys):
    services.skus["SKU-PROD-00002-WHT"]["current_stock"] = 4
    assert inventory("stock", "reorder-list", "--vendor", VENDOR, "--csv", "--limit", 4) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert ",".join(rows[0]) == (
        "vendor_id,product_id,sku,product_name,variant_name,available_stock,reorder_threshold,to_order"
    )
    assert [(row["sku"], row["to_order"]) for row in rows[1:]] == [
        ("SKU-PROD-00001-WHT", "10"),
        ("SKU-PROD-00002-BLK-L", "10"),
        ("SKU-PROD-00002-WHT", "6"),
    ]
    assert rows[3]["product_name"] == f"{LONG_NAME} 2"
    assert inventory("stock", "reorder-list", "--vendor", VENDOR, "--times", 3, "--csv", "--limit", 2) == 0
    assert capsys.readouterr().out.splitlines()[2].endswith(",5,15")
