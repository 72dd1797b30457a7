"""The command line against the running stack: the samples of the documents, and the whole data sets.

The whole data sets (``../shared/data``) are there during development only; the product does not need them.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory_cli.__main__ import run
from tests.e2e.running_stack import RunningStack
from tests.integration.ledger_checks import assert_consistent
from tests.integration.processes import ROOT, dynamodb

EXAMPLES = ROOT / "examples"
WHOLE = ROOT.parent / "shared" / "data"

KINDS_OF_FAULTS = {"is left out by the mapping", "quantity", "external_id"}

Inventory = Callable[..., int]


@pytest.fixture(scope="module")
def shop_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """An empty stack for this module."""
    stack = RunningStack(tmp_path_factory.mktemp("command-line"))
    try:
        yield stack.wait_until_ready()
    finally:
        stack.kill_if_running()


@pytest.fixture
def environ(shop_stack: RunningStack, tmp_path: Path) -> dict[str, str]:
    state = {"INVENTORY_STATE": str(tmp_path / "imports"), "INVENTORY_CONFIG": str(tmp_path / "none.toml")}
    return shop_stack.environment | state | {"HOME": str(tmp_path)}


@pytest.fixture
def inventory(environ: dict[str, str]) -> Inventory:
    return lambda *arguments: run([str(argument) for argument in arguments], environ)


def whole_set(name: str, tmp_path: Path) -> Path:
    """Return a copy of a whole data set, in a folder for its rejects."""
    if not WHOLE.is_dir():
        missing = f"The whole data sets are not at {WHOLE}; without them only the samples are imported."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    shutil.copytree(WHOLE / name, tmp_path / name)
    return tmp_path / name


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def reported(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """Return the row counts of the last import."""
    [(rows, applied, unchanged, rejected)] = re.findall(
        r"(\d+) rows: (\d+) applied, (\d+) unchanged, (\d+) rejected\.", capsys.readouterr().err
    )
    return {
        "rows": int(rows),
        "applied": int(applied),
        "unchanged": int(unchanged),
        "rejected": int(rejected),
    }


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_samples_are_imported_by_the_documented_commands(
    environ: dict[str, str], shop_stack: RunningStack, tmp_path: Path
) -> None:
    """Runs the first block of docs/command-line.md in a shell, as pasted."""
    document = (ROOT / "docs" / "command-line.md").read_text()
    [block] = re.findall(r"```sh\n(# The first ten minutes\n.*?)```", document, flags=re.DOTALL)
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    program = tmp_path / "inventory"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m inventory_cli "$@"\n')
    program.chmod(0o755)
    pasted = subprocess.run(
        ["sh", "-c", block.replace(".venv/bin/inventory", str(program))],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    output = pasted.stdout + pasted.stderr
    assert "Traceback" not in output
    assert "17 rows: 17 applied, 0 unchanged, 0 rejected." in output
    assert "order placed" in output
    assert re.search(r"(?m)^SKU-PROD-\w+-STD +\w", pasted.stdout), output
    assert "quantity: should be 1 to 1000000, not '-12'" in pasted.stdout
    assert_consistent(dynamodb(shop_stack.url("aws")))


def test_the_whole_of_northwind_is_imported_with_the_known_totals(
    inventory: Inventory,
    shop_stack: RunningStack,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = whole_set("northwind", tmp_path)
    steps = [
        ("products", "products.csv", "products.toml", 77, 0),
        ("skus", "products.csv", "skus.toml", 77, 0),
        ("stock", "products.csv", "stock.toml", 72, 5),
        ("stock", "order_lines.csv", "deliveries.toml", 2_155, 0),
        ("orders", "order_lines.csv", "orders.toml", 2_155, 0),
        ("products", "products.csv", "discontinued.toml", 77, 0),
    ]

    def import_all() -> Iterator[dict[str, int]]:
        for kind, file, mapping, _, rejected in steps:
            given = ("--mapping", EXAMPLES / "northwind" / mapping, "--yes")
            assert inventory("import", kind, folder / file, *given) == (3 if rejected else 0)
            yield reported(capsys)

    for (kind, _, mapping, good, rejected), found in zip(steps, import_all(), strict=True):
        # Samples that were imported before are part of the whole: the same rows, and so unchanged.
        assert found["applied"] + found["unchanged"] == good, (kind, mapping, found)
        assert found["rejected"] == rejected, (kind, mapping, found)

    tables = assert_consistent(dynamodb(shop_stack.url("aws")))
    northwind = {f"VENDOR-{number:03}" for number in range(1, 30)}
    lines = rows_of(folder / "order_lines.csv")
    shipped = {order["order_id"] for order in rows_of(folder / "orders.csv") if order["shipped_date"]}
    orders = {name: order for name, order in tables.orders.items() if re.fullmatch(r"ORDER-1\d{4}", name)}
    assert len(orders) == 830
    confirmed = {
        name.removeprefix("ORDER-")
        for name, order in orders.items()
        if all(line["confirmed"] == line["placed"] for line in order["lines"].values())
    }
    assert confirmed == shipped
    placed = sum(line["placed"] for order in orders.values() for line in order["lines"].values())
    assert placed == sum(int(line["quantity"]) for line in lines) == 51_317

    products = {row["product_id"]: row for row in rows_of(folder / "products.csv")}
    skus = [sku for sku in tables.skus.values() if sku["vendor_id"] in northwind]
    numbers = {
        product["product_id"]: product["external_id"]
        for product in tables.products.values()
        if product["vendor_id"] in northwind
    }
    assert len(skus) == len(numbers) == 77
    for sku in skus:
        row = products[numbers[sku["product_id"]]]
        assert sku["current_stock"] - sku["reserved_stock"] == int(row["units_in_stock"])
    inactive = [p for p in tables.products.values() if p["is_active"] == "false"]
    assert len(inactive) == sum(row["discontinued"] == "1" for row in products.values()) == 10

    # A second import, on any later day, changes nothing.
    again = list(import_all())
    assert [found["applied"] for found in again[1:5]] == [0, 0, 0, 0]


def test_a_day_of_a_real_shop_is_applied_or_rejected_row_by_row(
    inventory: Inventory,
    shop_stack: RunningStack,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = whole_set("online-retail", tmp_path) / "2010-12-01.csv"
    for kind in ("products", "skus", "stock", "orders"):
        mapping = EXAMPLES / "online-retail" / f"{kind}.toml"
        assert inventory("import", kind, file, "--mapping", mapping, "--yes") == 3
        found = reported(capsys)
        rejects = rows_of(file.with_name(f"2010-12-01.{kind}-rejects.csv"))
        assert found["rows"] == 3_108
        assert found["applied"] + found["unchanged"] + len(rejects) == 3_108
        assert len(rejects) == found["rejected"] == len({row["_line"] for row in rejects})
        assert all(row["_reason"] for row in rejects)

    rows = rows_of(file)
    rejected = {int(row["_line"]) for row in rejects}
    applied = [row for line, row in enumerate(rows, start=2) if line not in rejected]
    assert len(applied) + len(rejected) == 3_108
    tables = assert_consistent(dynamodb(shop_stack.url("aws")))
    codes = {p["product_id"]: p["external_id"] for p in tables.products.values() if p.get("external_id")}
    expected: Counter[tuple[str, str]] = Counter()
    for row in applied:
        expected[f"ORDER-{row['InvoiceNo']}", row["StockCode"]] += int(row["Quantity"])
    in_tables = {
        (order_id, codes[line["product_id"]]): int(line["confirmed"])
        for order_id, order in tables.orders.items()
        if order_id.startswith("ORDER-536")
        for line in order["lines"].values()
    }
    assert in_tables == expected
    # Rejected rows are not goods, are returns, or have no name in the whole day.
    kinds = Counter(
        re.sub(r"line \d+ of [\w-]+ is wrong: ", "", row["_reason"]).split(":")[0] for row in rejects
    )
    assert set(kinds) == {"is left out by the mapping", "quantity", "external_id"}


def test_everything_exported_imports_into_an_empty_shop_and_is_equal(
    inventory: Inventory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One vendor is exported, and imported as another, who has nothing."""
    vendor, other = "VENDOR-BACKUP1", "VENDOR-BACKUP2"
    skus = []
    for name, own_id in (("Tea; -green", "t-1"), ("=Rice", None), ("Old", None)):
        own = ("--external-id", own_id) if own_id else ()
        given = ("--name", name, "--category", "Food", "--price", "4.50", "--tag", "-a")
        capsys.readouterr()
        assert inventory("products", "create", "--vendor", vendor, *given, *own, "--json") == 0
        skus.append(f"SKU-{listed(capsys)[0]['product_id']}-A")
        variant = ("--name", "A box", "--price", "4.50", "--threshold", 5, "--attributes", "size=L")
        assert inventory("skus", "create", skus[-1], *variant) == 0
    tea, rice, old = skus
    for sku in (tea, old):
        assert inventory("stock", "restock", sku, 12) == 0
    assert "+12: 0 → 12" in capsys.readouterr().out
    lines = ("--line", f"{tea}=5", "--line", f"{old}=2")
    assert inventory("orders", "place", "ORDER-BACKUP1", *lines, "--hold-seconds", 90_000) == 0
    assert inventory("orders", "confirm", "ORDER-BACKUP1", "--line", f"{tea}=2") == 0
    assert inventory("skus", "deactivate", rice) == 0
    assert inventory("products", "deactivate", old.removeprefix("SKU-").removesuffix("-A")) == 0

    def exported(vendor_id: str, folder: Path) -> dict[str, list[dict[str, str]]]:
        assert inventory("export", "all", folder, "--vendor", vendor_id) == 0
        (folder / "orders.csv").write_text(
            "".join(
                line
                for line in (folder / "orders.csv").read_text().splitlines(keepends=True)
                if line.startswith("order_id") or vendor_id in line
            )
        )
        return {path.stem: rows_of(path) for path in sorted(folder.iterdir())}

    before = exported(vendor, tmp_path / "backup")
    assert [row["quantity"] for row in before["orders"]] in (["3", "2"], ["2", "3"])
    for path in (tmp_path / "backup").iterdir():
        text = path.read_text().replace(vendor, other).replace("ORDER-BACKUP1", "ORDER-BACKUP2")
        path.write_text(text)
    assert inventory("import", "all", tmp_path / "backup", "--yes") == 0
    after = exported(other, tmp_path / "again")
    ids = ("vendor_id", "product_id", "sku", "order_id", "hold_seconds")
    figures = ("placed", "confirmed")  # of the order before it was exported

    def content(rows: list[dict[str, str]]) -> list[str]:
        kept = [{name: row[name] for name in row if name not in (*ids, *figures)} for row in rows]
        return sorted(map(repr, kept))

    assert {name: content(rows) for name, rows in after.items()} == {
        name: content(rows) for name, rows in before.items()
    }
    assert all(int(row["hold_seconds"]) > 80_000 for row in after["orders"])
    # Repeated, nothing is done.
    capsys.readouterr()
    assert inventory("import", "all", tmp_path / "backup", "--yes") == 0
    assert re.findall(r"(\d+) applied", capsys.readouterr().err) == ["0"] * 4


def test_an_import_that_was_undone_comes_back(
    inventory: Inventory, shop_stack: RunningStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = ("--vendor", "VENDOR-UNDONE", "--yes")
    files = {
        "products": "external_id,product_name,category,base_price\n1,Tea,Drinks,4.50\n2,Rice,Grains,2\n",
        "skus": "external_id,variant,variant_name,unit_price,reorder_threshold\n1,BOX,A box,4.50,5\n",
        "stock": "external_id,variant,quantity,reference\n1,BOX,7,day 1\n1,BOX,5,day 1\n",
    }
    for kind, text in files.items():
        (tmp_path / f"{kind}.csv").write_text(text)

    def import_all() -> None:
        for kind in files:
            # The stream handler copies to SKUs, a moment later, that their product is active again.
            deadline = time.monotonic() + 30
            while inventory("import", kind, tmp_path / f"{kind}.csv", *vendor) != 0:
                assert time.monotonic() < deadline, capsys.readouterr().err
                time.sleep(0.2)

    def shop() -> tuple[list[bool], bool, int]:
        capsys.readouterr()
        assert inventory("products", "list", "--vendor", "VENDOR-UNDONE", "--json") == 0
        active = [product["is_active"] for product in listed(capsys)]
        assert inventory("stock", "list", "--vendor", "VENDOR-UNDONE", "--json") == 0
        [sku] = listed(capsys)
        return active, sku["is_active"], sku["current_stock"]

    for _ in range(2):
        import_all()
        assert shop() == ([True, True], True, 12)
        assert inventory("import", "list", "--json") == 0
        imports = [each for each in listed(capsys) if each["done"]]
        assert [each["import_id"].split("-")[1] for each in imports] == ["stock", "skus", "products"]
        for each in imports:
            assert inventory("import", "undo", each["import_id"], "--dry-run") == 0
            assert inventory("import", "undo", each["import_id"], "--yes") == 0
        assert shop() == ([False, False], False, 0)
    assert_consistent(dynamodb(shop_stack.url("aws")))
