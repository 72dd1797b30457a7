"""Undo: what an import did is undone, what others did stays, and imports after an undo bring it back."""

from __future__ import annotations

import json

import httpx
import pytest
from shop_files import VENDOR, latest_import, orders_csv, products_csv, rejects

SKUS = "external_id,variant,variant_name,unit_price,reorder_threshold,is_active\n"


@pytest.fixture
def imported(inventory):
    return lambda what, file, *options: inventory("import", what, file, "--vendor", VENDOR, "--yes", *options)


@pytest.fixture
def undo_latest(inventory, capsys):
    return lambda *options: inventory(
        "import", "undo", latest_import(inventory, capsys)["import_id"], *(options or ("--yes",))
    )


def skus_csv(tmp_path, *rows):
    file = tmp_path / "variants.csv"
    file.write_text(SKUS + "\n".join(rows) + "\n")
    return file


# Imports after an undo


def test_products_that_an_undo_deactivated_come_back(imported, undo_latest, services, tmp_path, capsys):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,Rice,Grains,2.00,,", "3,Milk,Drinks,1,,false")
    for _ in range(3):
        assert imported("products", file) == 0
        assert [each["is_active"] for each in services.products.values()] == [True, True, False]
        assert undo_latest() == 0
        assert not any(each["is_active"] for each in services.products.values())
    capsys.readouterr()
    assert imported("products", file, "--dry-run") == 0
    shown = capsys.readouterr()
    assert "~ line 2: product VENDOR-001 1  is_active: false → true" in shown.out
    assert "inactive" not in shown.err


def test_skus_that_an_undo_deactivated_come_back(stocked, imported, undo_latest, services, tmp_path):
    file = skus_csv(tmp_path, "1,CAN,A can,1,5,", "2,CUP,A cup,1,5,")
    can, cup = "SKU-PROD-00001-CAN", "SKU-PROD-00002-CUP"
    for _ in range(2):
        assert imported("skus", file) == 0
        assert (services.skus[can]["is_active"], services.skus[cup]["is_active"]) == (True, True)
        services.write(can, "restock", 5, 5, 0)  # A sale or delivery is no change of the SKU.
        assert undo_latest() == 0
        assert (services.skus[can]["is_active"], services.skus[cup]["is_active"]) == (False, False)


def test_what_a_person_deactivated_stays_inactive_and_is_reported(
    stocked, inventory, imported, undo_latest, services, tmp_path, capsys
):
    products = products_csv(tmp_path, "8,Tea,Drinks,4.50,,", "9,Rice,Grains,2.00,,", name="more.csv")
    skus = skus_csv(tmp_path, "1,CAN,A can,1,5,", "2,CUP,A cup,1,5,")
    tea, can = "PROD-00003", "SKU-PROD-00001-CAN"
    assert imported("products", products) == 0
    assert undo_latest() == 0
    assert imported("skus", skus) == 0
    assert undo_latest() == 0
    for what, own, name in (("products", tea, "products"), ("skus", can, "skus")):
        assert inventory(what, "reactivate", own) == 0
        assert inventory(what, "deactivate", own) == 0
        capsys.readouterr()
        assert imported(what, products if what == "products" else skus) == 0
        shown = " ".join(capsys.readouterr().err.split())
        assert f"1 rows are {name} that are inactive and stay so" in shown
        assert "2 rows: 1 applied, 1 unchanged" in shown
    assert services.products[tea]["is_active"] is False
    assert services.products["PROD-00004"]["is_active"] is True
    assert services.skus[can]["is_active"] is False
    said = products_csv(tmp_path, "8,Tea,Drinks,4.50,,true", name="more.csv")
    assert imported("products", said) == 0
    assert services.products[tea]["is_active"] is True


def test_another_machine_is_warned_that_rows_are_inactive_products(
    imported, undo_latest, services, tmp_path, capsys
):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,Rice,Grains,2.00,,", "3,Milk,Drinks,1,,false")
    assert imported("products", file) == 0
    assert undo_latest() == 0
    for journal in (tmp_path / "imports").glob("*"):
        journal.unlink()
    for options in (("--dry-run",), ()):
        capsys.readouterr()
        assert imported("products", file, *options) == 0
        shown = " ".join(capsys.readouterr().err.split())
        assert "2 rows are products that are inactive and stay so, unless is_active is true" in shown


# What would be undone


def test_a_dry_run_of_an_undo_shows_what_would_be_done(
    stocked, inventory, imported, undo_latest, services, tmp_path, capsys
):
    products = products_csv(
        tmp_path, "1,Tea,Drinks,9,a|b,", "8,Cup,Things,1,,", "9,Pot,Things,1,,", name="more.csv"
    )
    assert imported("products", products) == 0
    pot = next(each for each in services.products.values() if each["external_id"] == "9")
    pot["version"] += 1
    writes = services.writes()
    assert undo_latest("--dry-run") == 3
    shown = capsys.readouterr()
    assert [line.rstrip() for line in shown.out.splitlines()] == [
        "- line 3: product VENDOR-001 8  deactivate: PROD-00003",
        "- line 2: product VENDOR-001 1  restore: PROD-00001 base_price: 9 → 4.5, tags: a|b →",
    ]
    assert "PROD-00004 has been changed since" in shown.err
    assert "A dry run: 2 would be undone, 1 cannot be undone." in shown.err
    assert undo_latest("--dry-run", "--json") == 3
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["action"] for each in found] == [None, "deactivate", "restore"]
    assert services.writes() == writes
    assert undo_latest("--yes", "--csv") == 3
    assert capsys.readouterr().out.splitlines()[0] == "line,key,action,details"
    assert services.products["PROD-00003"]["is_active"] is False
    assert services.products["PROD-00001"]["base_price"] == 4.5


def test_a_dry_run_of_an_undo_shows_units_and_orders(
    stocked, inventory, imported, undo_latest, services, tmp_path, capsys
):
    box, bag = stocked
    assert undo_latest("--dry-run") == 0
    shown = capsys.readouterr().out
    assert f"- line 3: sku {bag} [opening]  adjust: -100 units (now 100)" in shown
    rows = (f"ORDER-1,{box},2,confirmed", f"ORDER-2,{bag},1,reserved", f"ORDER-3,{bag},1,cancelled")
    assert imported("orders", orders_csv(tmp_path, *rows)) == 0
    writes = services.writes()
    assert undo_latest("--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        "- line 4: ORDER-3  nothing: is cancelled",
        "- line 3: ORDER-2  cancel: cancel 1 units",
        "- line 2: ORDER-1  refund: refund 2 units",
    ]
    assert services.writes() == writes


# What was done in part


def test_what_was_confirmed_before_the_import_is_not_refunded(
    stocked, inventory, imported, undo_latest, services, tmp_path
):
    box, _ = stocked
    assert inventory("orders", "place", "ORDER-1", "--line", f"{box}=5") == 0
    assert inventory("orders", "confirm", "ORDER-1", "--line", f"{box}=2") == 0
    assert imported("orders", orders_csv(tmp_path, f"ORDER-1,{box},5,confirmed")) == 0
    [line] = services.orders["ORDER-1"]["lines"]
    assert line["confirmed"] == 5
    assert undo_latest() == 0
    assert line["refunded"] == 3


def test_an_order_that_was_placed_but_not_confirmed_is_rejected_and_undone(
    stocked, imported, undo_latest, services, tmp_path, capsys
):
    def refuse_to_confirm(request):
        if request.url.path == "/orders/batch" and b'"confirm"' in request.content:
            problem = {"status": 409, "code": "reservation_expired", "detail": "Expired."}
            results = [{"order_id": "ORDER-1", "status_code": 409, "problem": problem}]
            return httpx.Response(200, json={"results": results})
        return None

    services.intercept = refuse_to_confirm
    file = orders_csv(tmp_path, f"ORDER-1,{stocked[0]},2,confirmed")
    capsys.readouterr()
    assert imported("orders", file) == 3
    assert "1 rows: 0 applied, 0 unchanged, 1 rejected." in capsys.readouterr().err
    assert rejects(file, "orders") == [(2, "placed, but reservation_expired: Expired.")]
    services.intercept = None
    assert undo_latest() == 0
    assert services.orders["ORDER-1"]["status"] == "cancelled"


def test_a_product_that_was_created_but_not_deactivated_is_rejected_and_undone(
    imported, undo_latest, services, tmp_path
):
    def refuse_changes(request):
        if request.method == "PATCH":
            return httpx.Response(412, json={"status": 412, "code": "precondition_failed", "detail": "No."})
        return None

    services.intercept = refuse_changes
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,false")
    assert imported("products", file) == 3
    assert rejects(file, "products") == [(2, "created, but precondition_failed: No.")]
    services.intercept = None
    assert undo_latest() == 0
    [tea] = services.products.values()
    assert tea["is_active"] is False


def test_a_created_sku_that_was_changed_since_is_not_deactivated(
    stocked, inventory, imported, undo_latest, services, tmp_path, capsys
):
    assert imported("skus", skus_csv(tmp_path, "1,CAN,A can,1,5,")) == 0
    assert inventory("skus", "change", "SKU-PROD-00001-CAN", "--threshold", 7) == 0
    assert undo_latest() == 3
    assert "SKU-PROD-00001-CAN has been changed since" in " ".join(capsys.readouterr().err.split())
    assert services.skus["SKU-PROD-00001-CAN"]["is_active"] is True


def test_rows_that_name_a_sku_differently_are_compared_with_each_other(stocked, imported, services, tmp_path):
    file = tmp_path / "variants.csv"
    header = "sku,external_id,variant,variant_name,unit_price,reorder_threshold\n"
    file.write_text(
        header + ",1,CAN,A can,1,5\nSKU-PROD-00001-CAN,,,A can,2,5\nSKU-PROD-00001-CAN,,,A can,1,5\n"
    )
    assert imported("skus", file) == 3
    assert rejects(file, "skus") == [(3, "differs from line 2 in unit_price")]
    assert services.skus["SKU-PROD-00001-CAN"]["unit_price"] == 1


# Summaries


def test_rejected_rows_are_counted_by_reason(imported, tmp_path, capsys):
    rows = [f"{number},,Drinks,1,," for number in range(7)]
    rows += [f"{number},Tea,Drinks,x{number},," for number in range(10, 14)]
    rows += ["20,Tea,Drinks,1,,", "20,Tea,Drinks,2,,", "21,Tea,Drinks,1,,", "21,Tea,Drinks,2,,"]
    assert imported("products", products_csv(tmp_path, *rows), "--dry-run") == 3
    shown = capsys.readouterr().err
    assert "7  product_name: is required" in shown
    assert "4  base_price: should be a number such as 89.99\n" in shown
    assert "2  differs from line … in base_price" in shown
