"""Exports: complete files or none, in pages, and orders as what they still reserve."""

from __future__ import annotations

import csv
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import inventory_cli.export_files as export_files
from inventory_cli.export_files import written_together

VENDOR = "VENDOR-001"
PROGRAM = Path(__file__).with_name("run_with_fakes.py")


@pytest.fixture
def shop(inventory, services, capsys):
    """Four products with three SKUs of 12 each."""
    for number in range(1, 5):
        given = ("--name", f"Tea {number}", "--category", "Drinks", "--price", "4.50")
        assert inventory("products", "create", "--vendor", VENDOR, *given) == 0
        for variant in ("A", "B", "C"):
            sku = f"SKU-PROD-0000{number}-{variant}"
            assert (
                inventory("skus", "create", sku, "--name", variant, "--price", "4.50", "--threshold", 5) == 0
            )
            assert inventory("stock", "restock", sku, 12) == 0
    capsys.readouterr()
    services.requests.clear()
    return services


def test_a_vendor_that_is_named_twice_is_exported_once(inventory, shop, tmp_path):
    twice = ("--vendor", VENDOR, "--vendor", VENDOR)
    assert inventory("export", "skus", tmp_path / "skus.csv", *twice) == 0
    assert len(list(csv.DictReader((tmp_path / "skus.csv").open()))) == 12
    assert inventory("export", "all", tmp_path / "all", *twice) == 0
    assert len(list(csv.DictReader((tmp_path / "all" / "products.csv").open()))) == 4


# Orders


def settle_in_part(services, sku):
    """Place 5 and leave 2 of them reserved: 2 confirmed, 1 cancelled."""
    line = {"product_id": "PROD-00001", "sku": sku, "quantity": 5}
    services.place("ORDER-1", [line])
    services.write(sku, "order_confirmed", 2, -2, -2)
    services.write(sku, "order_cancelled", 1, 0, -1)
    services.orders["ORDER-1"]["lines"][0] |= {"reserved": 2, "confirmed": 2, "cancelled": 1}


def test_an_order_that_is_settled_in_part_is_exported_as_what_it_still_reserves(
    inventory, shop, tmp_path, capsys
):
    settle_in_part(shop, "SKU-PROD-00001-A")
    file = tmp_path / "orders.csv"
    assert inventory("export", "orders", file) == 0
    [row] = csv.DictReader(file.open())
    assert (row["quantity"], row["placed"], row["confirmed"], row["cancelled"]) == ("2", "5", "2", "1")
    assert row["hold_seconds"] == "60"  # its hold is over; an import holds it for the shortest time
    writes = shop.writes()
    capsys.readouterr()
    assert inventory("import", "orders", file, "--yes") == 0
    assert shop.writes() == writes
    assert "1 rows: 0 applied, 1 unchanged" in capsys.readouterr().err
    shop.orders.clear()
    shop.skus["SKU-PROD-00001-A"]["reserved_stock"] = 0
    assert inventory("import", "orders", file, "--yes") == 0
    assert [(line["placed"], line["reserved"]) for line in shop.orders["ORDER-1"]["lines"]] == [(2, 2)]


def test_the_rest_of_a_hold_is_exported(inventory, shop, tmp_path):
    settle_in_part(shop, "SKU-PROD-00001-A")
    shop.orders["ORDER-1"]["expires_at"] = "9999-01-01T00:00:00.000000Z"
    file = tmp_path / "orders.jsonl"
    assert inventory("export", "orders", file) == 0
    assert json.loads(file.read_text())["hold_seconds"] == 2_592_000
    shop.orders["ORDER-1"]["expires_at"] = None
    assert inventory("export", "orders", file) == 0
    assert json.loads(file.read_text())["hold_seconds"] is None


# Pages and progress


@pytest.mark.parametrize("what", ["skus", "stock"])
def test_an_export_reads_pages_of_the_inventory_and_no_product_by_itself(inventory, shop, tmp_path, what):
    assert inventory("export", what, tmp_path / "e.csv", "--vendor", VENDOR) == 0
    asked = {line for line in shop.requests if not line.endswith("/token")}
    assert asked == {f"GET /vendors/{VENDOR}/inventory", f"GET /vendors/{VENDOR}/products"}


def test_progress_is_shown_on_a_terminal_only(inventory, shop, tmp_path, capsys, monkeypatch):
    assert inventory("export", "skus", tmp_path / "e.csv", "--vendor", VENDOR) == 0
    assert "Read" not in capsys.readouterr().err
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert inventory("export", "skus", tmp_path / "e.csv", "--vendor", VENDOR) == 0
    captured = capsys.readouterr()
    assert "Read" in captured.err
    assert "16" in captured.err  # SKUs and products
    assert captured.out == ""


# What cannot be written


def test_a_folder_that_does_not_exist_is_reported_before_any_request(inventory, shop, tmp_path, capsys):
    assert inventory("export", "skus", tmp_path / "none" / "e.csv", "--vendor", VENDOR) == 2
    assert "e.csv cannot be written: No such file or directory." in " ".join(capsys.readouterr().err.split())
    assert shop.requests == []


def test_a_folder_as_the_file_is_reported_before_any_request(inventory, shop, tmp_path, capsys):
    (tmp_path / "e.csv").mkdir()
    assert inventory("export", "skus", tmp_path / "e.csv", "--vendor", VENDOR) == 2
    assert "cannot be written: it is a folder." in capsys.readouterr().err
    assert shop.requests == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_writable_is_reported(inventory, shop, tmp_path, capsys):
    (tmp_path / "closed").mkdir(mode=0o500)
    assert inventory("export", "skus", tmp_path / "closed" / "e.csv", "--vendor", VENDOR) == 2
    assert "cannot be written: Permission denied." in capsys.readouterr().err


@pytest.mark.parametrize("fails", ["write", "end"])
@pytest.mark.parametrize("what", ["skus", "all"])
def test_a_full_disk_leaves_earlier_files_and_no_half_ones(
    inventory, shop, tmp_path, capsys, monkeypatch, what, fails
):
    folder = tmp_path / "backup"
    target = folder if what == "all" else folder / "skus.csv"
    folder.mkdir()
    (folder / "skus.csv").write_text("an earlier export")

    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if fails == "write":
        monkeypatch.setattr(export_files.ExportFile, "write", full)
    else:
        monkeypatch.setattr(os, "fsync", full)
    assert inventory("export", what, target, "--vendor", VENDOR) == 2
    assert "cannot be written: No space left on device." in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in folder.iterdir()] == ["skus.csv"]
    assert (folder / "skus.csv").read_text() == "an earlier export"


def test_an_interrupted_export_leaves_nothing(inventory, shop, tmp_path, capsys):
    def interrupt(request):
        if request.url.path.endswith("/products"):
            raise KeyboardInterrupt

    shop.intercept = interrupt
    assert inventory("export", "all", tmp_path / "backup", "--vendor", VENDOR) == 130
    assert list((tmp_path / "backup").iterdir()) == []
    assert "Traceback" not in capsys.readouterr().err


def test_files_appear_when_all_of_them_are_complete(tmp_path):
    files = {tmp_path / name: ("a",) for name in ("1.csv", "2.jsonl")}
    with written_together(files) as written:
        for file in files:
            written[file].write({"a": "=1"})
        assert not [path for path in files if path.exists()]
    assert [path.read_text() for path in files] == ["a\n'=1\n", '{"a":"=1"}\n']


# Standard output as a process


def start(*arguments, **given):
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *map(str, arguments)], env=environ, stderr=subprocess.PIPE, **given
    )


@pytest.mark.parametrize("shape", [["--csv"], ["--json"], ["--limit", "5000"]])
def test_a_reader_that_closes_the_pipe_ends_a_list_without_a_message(shape):
    listing = ("products", "list", "--vendor", VENDOR, *shape)
    with start(5_000, *listing, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read().decode()
        assert process.wait(timeout=60) == 0
    assert error == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("products", [1, 5_000])
@pytest.mark.parametrize("shape", [["--csv"], ["--limit", "5000"]])
def test_output_to_a_full_disk_is_reported_in_a_sentence(products, shape):
    with (
        Path("/dev/full").open("wb") as full,
        start(products, "products", "list", "--vendor", VENDOR, *shape, stdout=full) as process,
    ):
        error = process.stderr.read().decode()
        assert process.wait(timeout=60) == 6
    assert error.startswith("The output cannot be written: No space left on device. ")
    assert error.count("\n") == 1
