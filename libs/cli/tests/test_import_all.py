"""Everything that is exported imports into an empty shop in one command, and is equal."""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx
import pytest
from fake_services import FakeServices

from inventory_cli.__main__ import run
from inventory_client import Retries

VENDOR = "VENDOR-001"
AT_ONCE = Retries(attempts=2, first_wait_seconds=0.0)
SERVER_MADE = ("product_id", "sku", "version", "sequence", "ledger_hash", "product_version")


@pytest.fixture
def shop(inventory, services, capsys):
    """Products with and without own ids, inactive ones with SKUs and stock, formulas, and open orders."""
    for name, own_id in (("Tea", "t-1"), ("Rice", None), ("=1+1", "-2"), ("Old", None), ("Rice", None)):
        given = ("--name", name, "--category", "Food", "--price", "4.50", "--tag", "a|b", "--tag", "+c")
        own = ("--external-id", own_id) if own_id else ()
        assert inventory("products", "create", "--vendor", VENDOR, *given, *own) == 0
    for number, variant, units in ((1, "A", 12), (1, "B", 0), (2, "A", 7), (4, "A", 9), (5, "X-Y", 3)):
        sku = f"SKU-PROD-0000{number}-{variant}"
        named = ("--name", f"Variant {variant}", "--price", "4.50", "--threshold", 5, "--attributes", "a=b")
        assert inventory("skus", "create", sku, *named) == 0
        if units:
            assert inventory("stock", "restock", sku, units) == 0
    two_lines = ("--line", "SKU-PROD-00001-A=4", "--line", "SKU-PROD-00002-A=2")
    assert inventory("orders", "place", "ORDER-1", *two_lines) == 0
    assert inventory("orders", "place", "ORDER-2", "--line", "SKU-PROD-00004-A=1") == 0
    assert inventory("skus", "deactivate", "SKU-PROD-00002-A") == 0
    assert inventory("products", "deactivate", "PROD-00004") == 0
    # ORDER-1 is settled in part: 1 of 4 confirmed, which has left the stock.
    services.write("SKU-PROD-00001-A", "order_confirmed", 1, -1, -1)
    services.orders["ORDER-1"]["lines"][0] |= {"reserved": 3, "confirmed": 1}
    capsys.readouterr()
    return services


@pytest.fixture
def other(tmp_path):
    """An empty shop, and the command line against it."""
    services = FakeServices(numbers=itertools.count(70))
    environ = {
        "INVENTORY_CONFIG": str(tmp_path / "config.toml"),
        "INVENTORY_STATE": str(tmp_path / "state"),
        "HOME": str(tmp_path),
    }

    def inventory(*arguments):
        return run([str(argument) for argument in arguments], environ, services.transport(), AT_ONCE)

    return services, inventory


def contents(services):
    """Return what a shop has, without what each shop makes itself."""
    names = {
        product_id: (product["product_name"], product["external_id"])
        for product_id, product in services.products.items()
    }

    def of(document):
        return {name: value for name, value in document.items() if name not in SERVER_MADE}

    skus = [
        (names[sku["product_id"]], sku["sku"].split("-", 3)[3], of(sku)) for sku in services.skus.values()
    ]
    orders = [
        (order_id, names[line["product_id"]], line["reserved"])
        for order_id, order in services.orders.items()
        for line in order["lines"]
        if line["reserved"]
    ]
    products = [of(product) for product in services.products.values()]
    return [sorted(map(repr, found)) for found in (products, skus, orders)]


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
@pytest.mark.parametrize("raw", [(), ("--raw",)])
@pytest.mark.parametrize("first_id", [70, 1])
def test_everything_exported_imports_into_an_empty_shop_and_is_equal(
    inventory, shop, other, tmp_path, capsys, file_format, raw, first_id
):
    services, into_other = other
    services.numbers = itertools.count(first_id)
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR, "--format", file_format, *raw) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{name}.{file_format}" for name in ("orders", "products", "skus", "stock")
    ]
    assert into_other("import", "all", folder, "--yes") == 0
    assert contents(services) == contents(shop)
    assert "products: 1 deactivated, 0 rejected" in capsys.readouterr().err
    # Repeated, it changes nothing.
    writes = services.writes()
    assert into_other("import", "all", folder, "--yes") == 0
    assert services.writes() == writes
    assert contents(services) == contents(shop)


def test_an_import_into_the_exported_shop_itself_changes_nothing(inventory, shop, tmp_path, capsys):
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR) == 0
    before = contents(shop)
    counts = "POST /stock/batch"
    changed = [line for line in shop.writes() if line != counts]
    assert inventory("import", "all", folder, "--yes") == 0
    assert [line for line in shop.writes() if line != counts] == changed
    assert contents(shop) == before


@pytest.mark.parametrize("failing_after", [2, 4, 7, 9, 10, 11, 12])
def test_an_interrupted_import_is_completed_when_it_is_repeated(
    inventory, shop, other, tmp_path, failing_after
):
    services, into_other = other
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR) == 0

    def interrupt(request):
        if len(services.writes()) > failing_after:
            raise KeyboardInterrupt

    services.intercept = interrupt
    assert into_other("import", "all", folder, "--yes") == 130
    services.intercept = None
    assert into_other("import", "all", folder, "--yes") == 0
    assert contents(services) == contents(shop)


def test_a_dry_run_says_what_would_be_and_changes_nothing(inventory, shop, other, tmp_path, capsys):
    services, into_other = other
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR) == 0
    capsys.readouterr()
    assert into_other("import", "all", folder, "--dry-run") == 0
    said = capsys.readouterr().err
    zeros = "0 to change, 0 unchanged, 0 rejected"
    assert f"products: 5 to create, {zeros}, 1 to deactivate afterwards" in said
    assert f"skus: 5 to create, {zeros}, 1 to deactivate afterwards" in said
    assert f"stock: 5 to create, {zeros}" in said
    assert f"orders: 3 to create, {zeros}" in said
    assert services.writes() == []


def test_an_import_of_a_folder_is_undone_by_the_commands_that_it_names(
    inventory, shop, other, tmp_path, capsys
):
    services, into_other = other
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR) == 0
    assert into_other("import", "all", folder, "--yes") == 0
    [line] = [line for line in capsys.readouterr().err.splitlines() if line.startswith("To undo")]
    for command in line.removeprefix("To undo this import: ").split(" && "):
        assert into_other(*command.split()[1:], "--yes") == 0
    assert {product["is_active"] for product in services.products.values()} == {False}
    assert {sku["current_stock"] for sku in services.skus.values()} == {0}


def test_rejected_rows_are_3_and_the_rest_is_imported(inventory, shop, other, tmp_path, capsys):
    services, into_other = other
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR) == 0
    file = folder / "skus.csv"
    file.write_text(file.read_text().replace("Variant X-Y,a=b,4.5", "Variant X-Y,a=b,cheap"))
    capsys.readouterr()
    assert into_other("import", "all", folder, "--yes") == 3
    said = capsys.readouterr().err
    assert "skus: 4 applied, 0 unchanged, 1 rejected" in said
    assert "unit_price: should be a number" in said
    assert "sku_not_found" in said
    assert len(services.skus) == 4
    assert (folder / "skus.skus-rejects.csv").exists()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "has none of the files of an export, such as products.csv"),
        (["skus.csv", "skus.jsonl"], "has both skus.csv and skus.jsonl: remove one of them"),
    ],
)
def test_a_folder_that_is_no_export_is_wrong_usage(inventory, services, tmp_path, capsys, names, message):
    folder = tmp_path / "backup"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("external_id\n")
    assert inventory("import", "all", folder, "--yes") == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert services.requests == []


def test_an_export_beside_one_in_the_other_format_is_refused(inventory, shop, tmp_path, capsys):
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR) == 0
    requests = len(shop.requests)
    assert inventory("export", "all", folder, "--vendor", VENDOR, "--format", "jsonl") == 2
    assert "is of another export" in " ".join(capsys.readouterr().err.split())
    assert len(shop.requests) == requests


def test_a_product_whose_response_was_lost_is_not_created_twice(inventory, shop, other, tmp_path):
    services, into_other = other
    folder = tmp_path / "backup"
    assert inventory("export", "all", folder, "--vendor", VENDOR) == 0
    keys: dict[str, dict[str, Any]] = {}

    def remember(request):
        """Replay a key as the catalog does, and lose the response to the first Rice."""
        if request.method != "POST" or request.url.path != "/products":
            return None
        key = request.headers["Idempotency-Key"]
        if key in keys:
            return httpx.Response(201, json=keys[key])
        keys[key] = services.route(request).json()
        if json.loads(request.content)["product_name"] == "Rice" and not lost:
            lost.append(key)
            raise KeyboardInterrupt
        return httpx.Response(201, json=keys[key])

    lost = []
    services.intercept = remember
    assert into_other("import", "all", folder, "--yes") == 130
    assert into_other("import", "all", folder, "--yes") == 0
    assert contents(services) == contents(shop)
