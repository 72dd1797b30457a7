"""Imports from the differences to the undo, against services in memory."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest
from shop_files import VENDOR, orders_csv, products_csv, rejects

# Products


def test_a_dry_run_shows_the_differences_and_does_nothing(inventory, services, tmp_path, capsys):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,Rice,Grains/Cereals,2.00,a|b,")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--dry-run") == 0
    assert "+ line 2: product VENDOR-001 1" in capsys.readouterr().out
    assert services.writes() == []
    assert list((tmp_path / "imports").glob("*")) == []


def test_products_are_created_and_a_second_run_changes_nothing(inventory, services, tmp_path, capsys):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", '2,"Rice, brown",Grains/Cereals,2.00,a|b\\|c,false')
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    tea, rice = services.products.values()
    assert (tea["product_name"], tea["base_price"], tea["is_active"]) == ("Tea", 4.5, True)
    assert (rice["product_name"], rice["tags"], rice["is_active"]) == ("Rice, brown", ["a", "b|c"], False)
    writes = services.writes()
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    assert services.writes() == writes
    assert "2 rows: 0 applied, 2 unchanged, 0 rejected." in capsys.readouterr().err


def test_differences_are_changed_and_absent_values_stay(inventory, services, tmp_path, capsys):
    inventory(
        "import", "products", products_csv(tmp_path, "1,Tea,Drinks,4.50,a,"), "--vendor", VENDOR, "--yes"
    )
    file = products_csv(tmp_path, "1,Tea,Drinks,5,,")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    assert "~ line 2: product VENDOR-001 1  base_price: 4.5 → 5" in capsys.readouterr().out
    [tea] = services.products.values()
    assert (tea["base_price"], tea["tags"]) == (5, ["a"])


def test_a_product_that_the_list_does_not_show_is_found_by_its_external_id(inventory, services, tmp_path):
    inventory(
        "import", "products", products_csv(tmp_path, "1,Tea,Drinks,4.50,,"), "--vendor", VENDOR, "--yes"
    )
    services.hides_new = True
    file = products_csv(tmp_path, "1,Tea,Drinks,6.00,,")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    [tea] = services.products.values()
    assert tea["base_price"] == 6


def test_each_bad_row_is_in_the_rejects_with_line_and_reason(inventory, services, tmp_path):
    file = products_csv(
        tmp_path,
        "1,Tea,Drinks,4.50,,",
        "2,,Drinks,4.50,,",
        "3,Coffee,Drinks,4.505,,",
        "4,Coffee,Drinks,cheap,,",
        '5,"two',
        'lines",Drinks,1,,',
        "6,Coffee,Drinks,1,,maybe",
        "7,Coffee,Drinks",
        ",Coffee,Drinks,1,,",
        "1,Tea,Drinks,9.99,,",
    )
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 3
    assert rejects(file, "products") == [
        (3, "product_name: is required"),
        (4, "base_price: '4.505' may have thousands or decimals: state --decimal . or --decimal ,"),
        (5, "base_price: should be a number such as 89.99, not 'cheap'"),
        (6, "product_name: should not be blank, and should have no control characters, not 'two\\nlines'"),
        (8, "is_active: should be true or false, not 'maybe'"),
        (9, "has 3 columns instead of 6"),
        (10, "external_id: is required"),
        (11, "differs from line 2 in base_price"),
    ]
    assert [product["product_name"] for product in services.products.values()] == ["Tea"]


def test_a_name_that_shows_nothing_or_overrides_the_direction_rejects_its_row(inventory, services, tmp_path):
    file = products_csv(
        tmp_path,
        "1,\u200b,Drinks,1,,",
        "2,Tea,\u3164,1,,",
        "3,Tea,Drinks,1,a|\u00ad,",
        "4,Tea \u202edlog,Drinks,1,,",
        "\ufeff,Tea,Drinks,1,,",
        "5,T\u200bea,Drinks,1,,",
    )
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 3
    blank = "should not be blank, and should have no control characters"
    turned = "should have no character that overrides or isolates the direction of writing"
    assert rejects(file, "products") == [
        (2, f"product_name: {blank}, not '\\u200b'"),
        (3, f"category: {blank}, not '\u3164'"),
        (4, f"tags.1: {blank}, not '\\xad'"),
        (5, f"product_name: {turned}, not 'Tea \\u202edlog'"),
        (
            6,
            "external_id: has the invisible character U+FEFF (zero width no-break space):"
            " ids that look the same must be the same",
        ),
    ]
    assert [product["external_id"] for product in services.products.values()] == ["5"]


def test_corrected_rejects_can_be_imported(inventory, services, tmp_path):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,,Drinks,4.50,,")
    inventory("import", "products", file, "--vendor", VENDOR, "--yes")
    rejected = tmp_path / "products.products-rejects.csv"
    rejected.write_text(rejected.read_text().replace("2,,Drinks", "2,Coffee,Drinks"))
    assert inventory("import", "products", rejected, "--vendor", VENDOR, "--yes") == 0
    assert [product["product_name"] for product in services.products.values()] == ["Tea", "Coffee"]


def test_the_rejects_of_an_earlier_run_are_removed(inventory, tmp_path):
    inventory("import", "products", products_csv(tmp_path, "1,,Drinks,4.50,,"), "--vendor", VENDOR, "--yes")
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    assert not (tmp_path / "products.products-rejects.csv").exists()


def test_a_refused_row_is_rejected_and_the_others_continue(inventory, services, tmp_path):
    def refuse_coffee(request):
        if request.method == "POST" and b"Coffee" in request.content:
            document = {"status": 403, "code": "forbidden", "detail": "Not yours."}
            return httpx.Response(403, json=document)
        return None

    services.intercept = refuse_coffee
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,Coffee,Drinks,1,,", "3,Milk,Drinks,1,,")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 3
    assert rejects(file, "products") == [(3, "forbidden: Not yours.")]
    assert len(services.products) == 2


def test_json_lines_are_imported_too_and_their_rejects_are_json_lines(inventory, services, tmp_path):
    rows = [
        '{"external_id": "1", "product_name": "Tea", "category": "All", "base_price": 4.50, "tags": ["a"]}',
        "",
        '{"external_id": "2", "product_name": "Tea", "category": "Drinks", "base_price": "dear"}',
        "{nonsense",
        "[1]",
        '{"external_id": "3", "colour": "red"}',
    ]
    file = tmp_path / "products.jsonl"
    file.write_text("\n".join(rows) + "\n")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 3
    [tea] = services.products.values()
    assert (tea["base_price"], tea["tags"]) == (4.5, ["a"])
    found = [
        json.loads(line) for line in (tmp_path / "products.products-rejects.jsonl").read_text().splitlines()
    ]
    assert [row["_line"] for row in found] == [3, 4, 5, 6]
    assert found[0]["external_id"] == "2"
    assert found[1]["_text"] == "{nonsense"
    assert found[3]["_reason"] == "colour: unknown column"


def test_a_row_that_is_not_utf_8_like_the_others_is_rejected_as_it_is(inventory, services, tmp_path, capsys):
    file = products_csv(tmp_path, "1,Thé,Drinks,4.50,,")
    row = "2,Café,Drinks,1,,\n".encode("latin-1")
    file.write_bytes(file.read_bytes() + row)
    given = ("--vendor", VENDOR, "--yes")
    assert inventory("import", "products", file, *given) == 3
    rejected = tmp_path / "products.products-rejects.csv"
    assert rejected.read_bytes().splitlines()[1:] == [b"3,is not UTF-8," + row.strip()]
    assert inventory("import", "products", rejected, *given) == 0
    assert "Windows-1252 (assumed: Café; --encoding states another)" in capsys.readouterr().err
    assert [product["product_name"] for product in services.products.values()] == ["Thé", "Café"]


def test_an_import_is_undone_by_compensation(inventory, services, tmp_path, capsys):
    inventory(
        "import", "products", products_csv(tmp_path, "1,Tea,Drinks,4.50,,"), "--vendor", VENDOR, "--yes"
    )
    file = products_csv(tmp_path, "1,Tea,Drinks,9.00,a,", "2,Coffee,Drinks,1,,")
    inventory("import", "products", file, "--vendor", VENDOR, "--yes")
    import_id = capsys.readouterr().err.split()[-1]
    assert inventory("import", "undo", import_id, "--yes") == 0
    tea, coffee = services.products.values()
    assert (tea["base_price"], tea["tags"]) == (4.5, None)
    assert coffee["is_active"] is False
    writes = services.writes()
    assert inventory("import", "undo", import_id, "--yes") == 0
    assert services.writes() == writes


def test_what_was_changed_since_is_not_undone_but_reported(inventory, services, tmp_path, capsys):
    inventory(
        "import", "products", products_csv(tmp_path, "1,Tea,Drinks,4.50,,"), "--vendor", VENDOR, "--yes"
    )
    import_id = capsys.readouterr().err.split()[-1]
    [tea] = services.products.values()
    tea["version"] += 1
    assert inventory("import", "undo", import_id, "--yes") == 3
    assert "has been changed since" in capsys.readouterr().err
    assert tea["is_active"] is True


def test_earlier_imports_are_listed(inventory, tmp_path, capsys):
    inventory(
        "import", "products", products_csv(tmp_path, "1,Tea,Drinks,4.50,,"), "--vendor", VENDOR, "--yes"
    )
    capsys.readouterr()
    assert inventory("import", "list", "--json") == 0
    [listed] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (listed["done"], listed["file"]) == (1, str(tmp_path / "products.csv"))


@pytest.mark.parametrize("import_id", ["none", "../config", ""])
def test_an_unknown_import_cannot_be_undone(inventory, import_id, capsys):
    assert inventory("import", "undo", import_id, "--yes") == 2
    assert "was not found" in capsys.readouterr().err


# Interruptions


@pytest.mark.parametrize("failing_after", [0, 1, 5, 9])
def test_an_interrupted_import_is_completed_by_the_next(inventory, services, tmp_path, failing_after):
    done: list[httpx.Request] = []

    def cut(request):
        if request.method == "POST":
            if len(done) >= failing_after:
                raise httpx.UnsupportedProtocol("the network is gone")
            done.append(request)
        return None

    services.intercept = cut
    file = products_csv(tmp_path, *(f"{n},Tea {n},Drinks,4.50,," for n in range(10)))
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes", "--concurrency", 2) == 4
    services.intercept = None
    made = len(services.products)
    assert made == failing_after
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    assert sorted(p["product_name"] for p in services.products.values()) == [f"Tea {n}" for n in range(10)]


def test_what_was_done_before_an_interruption_can_be_undone(inventory, services, tmp_path, capsys):
    done: list[httpx.Request] = []

    def cut(request):
        if request.method == "POST":
            if len(done) >= 4:
                raise httpx.UnsupportedProtocol("the network is gone")
            done.append(request)
        return None

    services.intercept = cut
    file = products_csv(tmp_path, *(f"{n},Tea {n},Drinks,4.50,," for n in range(10)))
    inventory("import", "products", file, "--vendor", VENDOR, "--yes", "--concurrency", 2)
    services.intercept = None
    capsys.readouterr()
    inventory("import", "list", "--json")
    [listed] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert listed["done"] == len(services.products) == 4
    assert inventory("import", "undo", listed["import_id"], "--yes") == 0
    assert not any(product["is_active"] for product in services.products.values())


def test_what_was_under_way_when_another_failed_is_written_down(inventory, services, tmp_path, capsys):
    begun, failed = threading.Event(), threading.Event()

    def fail_beside_another(request):
        if request.method == "POST" and b"Tea 0" in request.content:
            assert begun.wait(10)
            failed.set()
            raise httpx.UnsupportedProtocol("the network is gone")
        if request.method == "POST" and b"Tea 1" in request.content:
            begun.set()
            assert failed.wait(10)
            time.sleep(0.2)  # until the failure has been seen; too short only lets a defect pass
        return None

    services.intercept = fail_beside_another
    file = products_csv(tmp_path, "0,Tea 0,Drinks,4.50,,", "1,Tea 1,Drinks,4.50,,")
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes", "--concurrency", 2) == 4
    assert [product["product_name"] for product in services.products.values()] == ["Tea 1"]
    capsys.readouterr()
    inventory("import", "list", "--json")
    assert [json.loads(line)["done"] for line in capsys.readouterr().out.splitlines()] == [1]


def test_requests_at_a_time_are_bounded(inventory, services, tmp_path):
    file = products_csv(tmp_path, *(f"{n},Tea {n},Drinks,4.50,," for n in range(60)))
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes", "--concurrency", 3) == 0
    assert 1 <= services.most_at_once <= 3


# SKUs


def test_skus_are_recognized_by_product_and_variant(stocked, services, inventory, tmp_path):
    box, bag = services.skus.values()
    assert box["sku"] == "SKU-PROD-00001-BOX"
    assert box["variant_attributes"] == {"size": "L", "color": "Green"}
    assert (bag["reorder_threshold"], bag["unit_price"]) == (5, 2)
    writes = services.writes()
    assert inventory("import", "skus", tmp_path / "skus.csv", "--vendor", VENDOR, "--yes") == 0
    assert services.writes() == writes


def test_a_sku_that_the_list_does_not_show_is_compared_too(stocked, services, inventory, tmp_path):
    services.hides_new = True
    file = tmp_path / "skus.csv"
    file.write_text("sku,variant_name,unit_price,reorder_threshold\nSKU-PROD-00001-BOX,A box,4.75,5\n")
    assert inventory("import", "skus", file, "--vendor", VENDOR, "--yes") == 0
    assert services.skus["SKU-PROD-00001-BOX"]["unit_price"] == 4.75


def test_an_undo_restores_skus(stocked, services, inventory, tmp_path, capsys):
    file = tmp_path / "skus.csv"
    file.write_text(
        "external_id,variant,variant_name,unit_price,reorder_threshold,variant_attributes\n"
        "1,BOX,A box,9,5,size=XL\n2,CAN,A can,1,5,\n"
    )
    inventory("import", "skus", file, "--vendor", VENDOR, "--yes")
    assert services.skus["SKU-PROD-00001-BOX"]["unit_price"] == 9
    import_id = capsys.readouterr().err.split()[-1]
    assert inventory("import", "undo", import_id, "--yes") == 0
    assert services.skus["SKU-PROD-00001-BOX"]["unit_price"] == 4.5
    assert services.skus["SKU-PROD-00002-CAN"]["is_active"] is False


def test_the_barcodes_of_skus_are_imported_and_checked(stocked, services, inventory, tmp_path):
    file = tmp_path / "barcodes.csv"
    file.write_text(
        "sku,variant_name,unit_price,reorder_threshold,barcode\n"
        "SKU-PROD-00001-BOX,A box,4.5,5,4006381333931\n"
        "SKU-PROD-00001-BAG,A bag,2,5,4006381333930\n"
    )
    assert inventory("import", "skus", file, "--vendor", VENDOR, "--yes") == 3
    assert services.skus["SKU-PROD-00001-BOX"]["barcode"] == "4006381333931"
    [(line, reason)] = rejects(file, "skus")
    assert (line, reason.split(",")[0]) == (3, "barcode: should have the check digit 1")


def test_a_sku_of_an_unknown_product_is_rejected(stocked, inventory, tmp_path):
    file = tmp_path / "skus.csv"
    file.write_text("external_id,variant,variant_name,unit_price,reorder_threshold\n9,BOX,A box,1,5\n")
    assert inventory("import", "skus", file, "--vendor", VENDOR, "--yes") == 3
    assert rejects(file, "skus") == [(2, "external_id: VENDOR-001 has no product '9'")]


# Stock


def test_a_delivery_is_added_once_for_ever(stocked, services, inventory, tmp_path):
    services.keys.clear()  # days later
    for _ in range(2):
        file = tmp_path / "stock.csv"
        assert inventory("import", "stock", file, "--vendor", VENDOR, "--yes", "--reference", "opening") == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [100, 100]
    assert {record["notes"] for record in services.log} == {"[opening]"}
    second = ("--reference", "second delivery")
    assert inventory("import", "stock", tmp_path / "stock.csv", "--vendor", VENDOR, "--yes", *second) == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [200, 200]


def test_a_delivery_that_was_undone_can_be_added_again(stocked, services, inventory, tmp_path, capsys):
    capsys.readouterr()
    inventory("import", "list", "--json")
    imports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    import_id = next(each["import_id"] for each in imports if "stock.csv" in each["file"])
    assert inventory("import", "undo", import_id, "--yes") == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [0, 0]
    stock = ("import", "stock", tmp_path / "stock.csv", "--vendor", VENDOR, "--yes", "--reference", "opening")
    assert inventory(*stock) == 0
    assert inventory(*stock) == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [100, 100]


def test_a_count_corrects_the_stock_once(stocked, services, inventory, tmp_path):
    file = tmp_path / "count.csv"
    file.write_text(f"sku,counted_stock,reference,notes\n{stocked[0]},93,count 2026,shelf 4\n")
    assert inventory("import", "stock", file, "--vendor", VENDOR, "--yes") == 0
    assert services.skus[stocked[0]]["current_stock"] == 93
    assert services.log[-1]["notes"] == "[count 2026] shelf 4"
    services.write(stocked[0], "restock", 10, 10, 0)
    assert inventory("import", "stock", file, "--vendor", VENDOR, "--yes") == 0
    assert services.skus[stocked[0]]["current_stock"] == 103


def test_a_count_during_a_sale_is_repeated(stocked, services, inventory, tmp_path):
    sales = iter([5, 3])

    def sell(request):
        is_count = request.url.path == "/stock/batch" or request.url.path.endswith("/adjustments")
        if is_count and (units := next(sales, 0)):
            services.write(stocked[0], "order_confirmed", units, -units, 0)

    services.intercept = sell
    file = tmp_path / "count.csv"
    file.write_text(f"sku,counted_stock,reference\n{stocked[0]},93,count 2026\n")
    assert inventory("import", "stock", file, "--vendor", VENDOR, "--yes") == 0
    assert services.skus[stocked[0]]["current_stock"] == 93
    assert next(sales, None) is None
    assert services.log[-1]["quantity_change"] == 93 - (100 - 5 - 3)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("SKU-PROD-00001-BOX,1,,", "reference: is required"),
        ("SKU-PROD-00001-BOX,1,2,ref", "should have a quantity or a counted_stock, and not both"),
        ("SKU-PROD-00001-BOX,0,,ref", "quantity: should be 1 to 1000000, not '0'"),
        ("SKU-PROD-00001-BOX,1,,[ref]", "reference: should be 1 to 100 characters, none of them [ or ]"),
        (",1,,ref", "should have a sku, or a variant and its product's external_id or product_id"),
        ("SKU-PROD-00009-BOX,1,,ref", "sku_not_found: SKU-PROD-00009-BOX was not found."),
    ],
)
def test_wrong_stock_rows_are_rejected(stocked, inventory, tmp_path, row, reason):
    file = tmp_path / "wrong.csv"
    file.write_text(f"sku,quantity,counted_stock,reference\n{row}\n")
    assert inventory("import", "stock", file, "--vendor", VENDOR, "--yes") == 3
    [(line, written)] = rejects(file, "stock")
    assert (line, written.startswith(reason)) == (2, True), written


# Orders


def test_orders_are_placed_and_settled_by_their_rows(stocked, services, inventory, tmp_path):
    box, bag = stocked
    file = orders_csv(
        tmp_path,
        f"ORDER-1,{box},2,confirmed",
        f"ORDER-2,{box},1,reserved",
        f"ORDER-1,{bag},3,confirmed",
        f"ORDER-1,{box},1,confirmed",
        f"ORDER-3,{bag},1,cancelled",
    )
    assert inventory("import", "orders", file, "--yes") == 0
    assert {order_id: order["status"] for order_id, order in services.orders.items()} == {
        "ORDER-1": "confirmed",
        "ORDER-2": "reserved",
        "ORDER-3": "cancelled",
    }
    assert {line["sku"]: line["placed"] for line in services.orders["ORDER-1"]["lines"]} == {box: 3, bag: 3}
    writes = services.writes()
    assert inventory("import", "orders", file, "--yes") == 0
    assert services.writes() == writes


def test_a_wrong_row_rejects_its_whole_order_and_no_other(stocked, services, inventory, tmp_path):
    box, bag = stocked
    file = orders_csv(
        tmp_path, f"ORDER-1,{box},2,", f"ORDER-1,{bag},-3,", f"ORDER-2,{box},1,", f"ORDER-1,{bag},1,"
    )
    assert inventory("import", "orders", file, "--yes") == 3
    wrong = "quantity: should be 1 to 1000000, not '-3'"
    assert rejects(file, "orders") == [
        (2, f"line 3 of ORDER-1 is wrong: {wrong}"),
        (3, wrong),
        (5, f"line 3 of ORDER-1 is wrong: {wrong}"),
    ]
    assert list(services.orders) == ["ORDER-2"]


def test_insufficient_stock_rejects_the_order_with_the_reason(stocked, services, inventory, tmp_path):
    box, bag = stocked
    file = orders_csv(tmp_path, f"ORDER-1,{box},101,", f"ORDER-1,{bag},1,", f"ORDER-2,{bag},100,")
    assert inventory("import", "orders", file, "--yes") == 3
    reason = "insufficient_stock: It is insufficient_stock."
    assert rejects(file, "orders") == [(2, reason), (3, reason)]
    assert list(services.orders) == ["ORDER-2"]


def test_an_order_with_many_lines_is_sent_alone(stocked, services, inventory, tmp_path):
    product_id = stocked[0].split("-BOX")[0].removeprefix("SKU-")
    for number in range(60):
        services.skus[f"SKU-{product_id}-V{number}"] = services.skus[stocked[0]] | {
            "sku": f"SKU-{product_id}-V{number}"
        }
    file = orders_csv(
        tmp_path,
        *(f"ORDER-1,SKU-{product_id}-V{number},1,confirmed" for number in range(60)),
        f"ORDER-2,{stocked[1]},1,",
    )
    assert inventory("import", "orders", file, "--yes") == 0
    assert services.orders["ORDER-1"]["status"] == "confirmed"
    assert "PUT /orders/ORDER-1" in services.writes()
    assert "PUT /orders/ORDER-2" not in services.writes()


def test_an_existing_order_with_other_lines_is_rejected(stocked, services, inventory, tmp_path):
    inventory("import", "orders", orders_csv(tmp_path, f"ORDER-1,{stocked[0]},2,"), "--yes")
    file = orders_csv(tmp_path, f"ORDER-1,{stocked[0]},3,")
    assert inventory("import", "orders", file, "--yes") == 3
    assert rejects(file, "orders") == [(2, "the order exists with other lines")]


def test_an_order_of_a_busy_batch_is_sent_alone(stocked, services, inventory, tmp_path):
    def busy_in_batches(request):
        if request.url.path == "/orders/batch":
            problem = {"status": 503, "code": "busy", "detail": "Busy."}
            results = [
                {"order_id": order["order_id"], "status_code": 503, "problem": problem}
                for order in json.loads(request.content)["orders"]
            ]
            return httpx.Response(200, json={"results": results})
        return None

    services.intercept = busy_in_batches
    file = orders_csv(tmp_path, f"ORDER-1,{stocked[0]},2,confirmed")
    assert inventory("import", "orders", file, "--yes") == 0
    assert services.orders["ORDER-1"]["status"] == "confirmed"


def test_an_order_that_an_interrupted_run_has_cancelled_is_done(stocked, services, inventory, tmp_path):
    def executed_but_busy(request):
        if request.url.path != "/orders/batch":
            return None
        results = []
        for order in json.loads(request.content)["orders"]:
            services.place(order["order_id"], order["lines"])
            services.settle(order["order_id"], "cancel")
            problem = {"status": 503, "code": "busy", "detail": "Busy."}
            results.append({"order_id": order["order_id"], "status_code": 503, "problem": problem})
        return httpx.Response(200, json={"results": results})

    services.intercept = executed_but_busy
    file = orders_csv(tmp_path, f"ORDER-1,{stocked[0]},2,cancelled", f"ORDER-2,{stocked[0]},2,confirmed")
    assert inventory("import", "orders", file, "--yes") == 3
    [(row, reason)] = rejects(file, "orders")
    assert (row, reason.split(":")[0]) == (3, "order_cancelled")


def test_orders_are_undone_in_any_state(stocked, services, inventory, tmp_path, capsys):
    box, bag = stocked
    file = orders_csv(tmp_path, f"ORDER-1,{box},2,confirmed", f"ORDER-2,{bag},1,reserved")
    inventory("import", "orders", file, "--yes")
    import_id = capsys.readouterr().err.split()[-1]
    assert inventory("import", "undo", import_id, "--yes") == 0
    assert [order["status"] for order in services.orders.values()] == ["refunded", "cancelled"]
    assert [sku["current_stock"] for sku in services.skus.values()] == [100, 100]


# Mappings


def test_a_mapping_translates_any_columns(inventory, services, tmp_path):
    (tmp_path / "suppliers.csv").write_text("number,supplier\n1,7\n2,8\n")
    file = tmp_path / "goods.csv"
    file.write_text("number,name,gone\n1,Tea,0\n2,Coffee,1\n3,Milk,0\nPOST,Postage,0\n")
    mapping = tmp_path / "goods.toml"
    mapping.write_text(
        """
        [columns]
        vendor_id = "VENDOR-{supplier:0>3}"
        external_id = "{number}"
        product_name = "{name}"
        category = "All"
        base_price = "1.00"
        is_active = "{gone}"
        [values.is_active]
        0 = "true"
        "*" = "false"
        [lookup.suppliers]
        file = "suppliers.csv"
        by = "number"
        [leave_out]
        number = "POST"
        """
    )
    assert inventory("import", "products", file, "--mapping", mapping, "--yes") == 3
    assert sorted(
        (product["vendor_id"], product["product_name"], product["is_active"])
        for product in services.products.values()
    ) == [("VENDOR-007", "Tea", True), ("VENDOR-008", "Coffee", False)]
    assert rejects(file, "products") == [
        (4, "number: '3' is not in suppliers.csv"),
        (5, "is left out by the mapping: number is POST"),
    ]


def test_the_first_of_repeated_rows_may_count(inventory, services, tmp_path, capsys):
    file = tmp_path / "goods.csv"
    file.write_text("code,name\n1,Tea\n1,Tea again\n1,Tea\n")
    mapping = tmp_path / "goods.toml"
    columns = (
        '[columns]\nexternal_id = "{code}"\nproduct_name = "{name}"\ncategory = "All"\nbase_price = "1"\n'
    )
    mapping.write_text(columns)
    given = ("import", "products", file, "--mapping", mapping, "--vendor", VENDOR)
    assert inventory(*given, "--dry-run") == 3
    assert "line 3: differs from line 2 in product_name" in capsys.readouterr().err
    mapping.write_text('repeated = "first"\n' + columns)
    assert inventory(*given, "--yes") == 0
    assert "3 rows: 3 applied" in capsys.readouterr().err
    assert len(services.products) == 1


# Wrong files


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("goods.pdf", "a\n", "should end with .csv, .tsv, .txt, .xlsx, .jsonl or .json"),
        ("goods.csv", "", "has no header line"),
        ("goods.csv", "sku,sku\n", "names a column twice"),
        ("goods.csv", "external_id,colour\n", "the unknown columns colour"),
    ],
)
def test_a_file_that_cannot_be_imported_is_reported(
    inventory, services, tmp_path, capsys, name, content, message
):
    file = tmp_path / name
    file.write_text(content)
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 2
    assert message in capsys.readouterr().err.replace("\n", " ")
    assert services.requests == []


def test_a_missing_file_is_reported(inventory, capsys):
    assert inventory("import", "products", "nowhere.csv", "--yes") == 2
    assert "nowhere.csv cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense", "is not a mapping"),
        ("[rows]\n", "unknown rows"),
        ("repeated = 'last'\n[columns]\nname = '{a}'\n", 'repeated is "first" or "refuse"'),
        ("[columns]\nproduct_name = '{a.__class__}'\n", "has no a.__class__, which the mapping requires"),
        ("[columns]\nproduct_name = '{a!r}'\n", "has no a!r, which the mapping requires"),
        ("[columns]\nname = '{'\n", "is not a template"),
        ("[columns]\nproduct_name = '{a}'\n[leave_out]\nname = '('\n", "is not a mapping"),
        ("[columns]\nproduct_name = '{a}'\n[lookup.x]\nby = 'a'\n", "each lookup requires file and by"),
        ("[columns]\nproduct_name = '{b}'\n", "has no b, which the mapping requires"),
        ("[columns]\ncolour = '{a}'\n", "unknown columns colour"),
    ],
)
def test_a_wrong_mapping_is_reported(inventory, services, tmp_path, capsys, content, message):
    file, mapping = tmp_path / "goods.csv", tmp_path / "goods.toml"
    file.write_text("a\n1\n")
    mapping.write_text(content)
    assert inventory("import", "products", file, "--mapping", mapping, "--yes") == 2
    assert message in capsys.readouterr().err.replace("\n", " ")
    assert services.requests == []
