"""Deliveries and counts: the stock is what the file says, or the row is rejected."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest
from shop_files import VENDOR, latest_import, rejects, stock_csv

from inventory_cli.imports.stock import StockImporter


@pytest.fixture
def imported(inventory):
    """Imports a file of deliveries and counts."""
    return lambda file, *options: inventory("import", "stock", file, "--vendor", VENDOR, "--yes", *options)


@pytest.fixture
def undo_latest(inventory, capsys):
    """Undoes the last import."""
    return lambda *options: inventory(
        "import", "undo", latest_import(inventory, capsys)["import_id"], "--yes", *options
    )


# Rows with the same SKU and reference


def test_deliveries_of_a_sku_under_one_reference_add_up(stocked, services, imported, tmp_path, capsys):
    box, bag = stocked
    file = stock_csv(
        tmp_path, f"{box},5,,day 1,top", f"{bag},1,,day 1,", f"{box},5,,day 1,top", f"{box},2,,day 1,back"
    )
    capsys.readouterr()
    assert imported(file) == 0
    assert "4 rows: 4 applied, 0 unchanged, 0 rejected." in capsys.readouterr().err
    assert services.skus[box]["current_stock"] == 112
    [booked] = [each for each in services.log if each["sku"] == box and "day 1" in each["notes"]]
    assert (booked["quantity"], booked["notes"]) == (12, "[day 1] top; back")
    services.keys.clear()  # days later
    assert imported(file) == 0
    assert "4 rows: 0 applied, 4 unchanged, 0 rejected." in capsys.readouterr().err
    assert services.skus[box]["current_stock"] == 112


def test_deliveries_add_up_however_the_rows_name_the_sku(stocked, services, imported, tmp_path, capsys):
    box, _ = stocked
    file = stock_csv(
        tmp_path,
        f"{box},,,5,day 1",
        ",1,BOX,5,day 1",
        header="sku,external_id,variant,quantity,reference",
    )
    capsys.readouterr()
    assert imported(file, "--concurrency", 8) == 0
    assert "2 rows: 2 applied, 0 unchanged, 0 rejected." in capsys.readouterr().err
    assert services.skus[box]["current_stock"] == 110


def test_a_wrong_row_rejects_the_delivery_that_it_belongs_to(stocked, services, imported, tmp_path):
    box, bag = stocked
    file = stock_csv(tmp_path, f"{box},5,,day 1,", f"{box},x,,day 1,", f"{bag},1,,day 1,")
    assert imported(file) == 3
    assert [(line, reason.rpartition(": ")[0]) for line, reason in rejects(file, "stock")] == [
        (2, f"line 3 of sku {box} [day 1] is wrong: quantity"),
        (3, "quantity"),
    ]
    assert [sku["current_stock"] for sku in services.skus.values()] == [100, 101]
    corrected = file.with_name("goods-in.stock-rejects.csv")
    corrected.write_text(corrected.read_text().replace("x", "7"))
    assert imported(corrected) == 0
    assert services.skus[box]["current_stock"] == 112


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("5,,r,", ",5,r,"), "reference: is that of a delivery and of a count of this SKU"),
        ((",5,r,", ",6,r,"), "counted_stock: the counts of this SKU and reference differ: 5, 6"),
        (
            ("1000000,,r,", "1,,r,"),
            "quantity: the rows of this SKU and reference are 1000001 units, of at most",
        ),
        (
            (f"1,,r,{'a' * 200}", f"1,,r,{'b' * 200}"),
            "notes: the rows of this SKU and reference have more than",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_rejected(stocked, services, imported, tmp_path, rows, reason):
    file = stock_csv(tmp_path, *(f"{stocked[0]},{row}" for row in rows))
    assert imported(file) == 3
    found = rejects(file, "stock")
    assert [line for line, _ in found] == [2, 3]
    assert all(written.startswith(reason) for _, written in found), found
    assert services.skus[stocked[0]]["current_stock"] == 100


def test_equal_counts_are_one_count(stocked, services, imported, tmp_path):
    file = stock_csv(tmp_path, f"{stocked[0]},,93,count,", f"{stocked[0]},,93,count,")
    assert imported(file) == 0
    assert [each["stock_after"] for each in services.log if each["notes"] == "[count]"] == [93]


def test_a_count_and_the_deliveries_around_it_are_booked_in_their_order(
    stocked, services, imported, tmp_path
):
    rows = [f"{stocked[0]},1,,before {number}," for number in range(20)]
    rows += [f"{stocked[0]},,50,count,"]
    rows += [f"{stocked[0]},1,,after {number}," for number in range(20)]
    assert imported(stock_csv(tmp_path, *rows), "--concurrency", 8) == 0
    assert services.skus[stocked[0]]["current_stock"] == 70


# Batches

BATCH = "POST /stock/batch"


def requests_of(services, imported, file, *options):
    """Return the requests of an import that change something."""
    services.requests.clear()
    assert imported(file, *options) == 0
    return services.writes()


@pytest.mark.parametrize(("rows", "requests"), [(1, 1), (200, 1), (201, 2)])
def test_changes_are_sent_in_batches(stocked, services, imported, tmp_path, rows, requests):
    file = stock_csv(tmp_path, *(f"{stocked[number % 2]},1,,day {number}," for number in range(rows)))
    assert requests_of(services, imported, file, "--concurrency", 8) == [BATCH] * requests
    assert sum(sku["current_stock"] for sku in services.skus.values()) == 200 + rows


def test_a_count_shares_no_batch_with_another_change_of_its_sku(stocked, services, imported, tmp_path):
    box, bag = stocked
    rows = [f"{box},1,,a,", f"{box},1,,b,", f"{bag},,50,a,", f"{box},,60,c,", f"{bag},1,,b,", f"{box},1,,d,"]
    # The count of the box expects the stock before the deliveries, and is repeated.
    single = f"POST /products/PROD-00001/skus/{box}/adjustments"
    assert requests_of(services, imported, stock_csv(tmp_path, *rows)) == [BATCH, BATCH, single, BATCH]
    assert [sku["current_stock"] for sku in services.skus.values()] == [61, 51]


def test_no_batch_overtakes_another_that_waits_and_has_the_same_sku(stocked, services, imported, tmp_path):
    box, bag = stocked
    delays = iter([0.3])
    services.intercept = lambda request: time.sleep(next(delays, 0)) if request.method == "POST" else None
    # Three batches: the first is slow, the second waits for it, and the third has nothing of the first.
    file = stock_csv(tmp_path, f"{box},1,,a,", f"{box},,50,b,", f"{bag},5,,a,", f"{bag},,60,b,")
    assert imported(file, "--concurrency", 8) == 0
    assert next(delays, None) is None
    assert [sku["current_stock"] for sku in services.skus.values()] == [50, 60]


def test_batches_of_different_skus_are_sent_together(
    stocked, services, inventory, imported, tmp_path, monkeypatch
):
    monkeypatch.setattr(StockImporter, "batch_max", 1)
    at_once = threading.Barrier(2, timeout=20)
    services.intercept = lambda request: (
        at_once.wait() and None if request.url.path == "/stock/batch" else None
    )
    file = stock_csv(tmp_path, f"{stocked[0]},1,,a,", f"{stocked[1]},1,,a,")
    assert imported(file, "--concurrency", 8) == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [101, 101]


def test_a_refused_change_of_a_batch_rejects_its_row_alone(stocked, services, inventory, imported, tmp_path):
    box, bag = stocked
    assert inventory("orders", "place", "ORDER-1", "--line", f"{box}=90") == 0
    file = stock_csv(tmp_path, f"{box},,5,count,", f"{bag},,5,count,")
    assert imported(file) == 3
    assert [(line, reason.split(":")[0]) for line, reason in rejects(file, "stock")] == [
        (2, "adjustment_below_reserved")
    ]
    assert [sku["current_stock"] for sku in services.skus.values()] == [100, 5]


@pytest.mark.parametrize("is_executed", [True, False])
@pytest.mark.parametrize("row", ["5,,day 1,", ",105,day 1,"])
def test_a_change_of_a_batch_with_an_unknown_outcome_is_sent_alone(
    stocked, services, imported, tmp_path, is_executed, row
):
    def unknown(request):
        if request.url.path != "/stock/batch":
            return None
        if is_executed:
            services.route(request)
        problem = {"status": 503, "code": "outcome_unknown", "detail": "Unknown."}
        results = [
            {"sku": change["sku"], "status_code": 503, "problem": problem}
            for change in json.loads(request.content)["changes"]
        ]
        return httpx.Response(200, json={"results": results})

    services.intercept = unknown
    assert imported(stock_csv(tmp_path, f"{stocked[0]},{row}")) == 0
    assert services.skus[stocked[0]]["current_stock"] == 105
    assert sum(record["notes"] == "[day 1]" for record in services.log) == 1


def test_a_change_that_is_refused_when_it_is_sent_alone_is_rejected(stocked, services, imported, tmp_path):
    def busy(request):
        if request.url.path == "/stock/batch":
            problem = {"status": 503, "code": "busy", "detail": "Busy."}
            result = {"sku": stocked[0], "status_code": 503, "problem": problem}
            return httpx.Response(200, json={"results": [result]})
        if request.url.path.endswith("/restocks"):
            body = {"status": 409, "code": "sku_inactive", "detail": "Inactive.", "request_id": "r"}
            return httpx.Response(409, json=body)
        return None

    services.intercept = busy
    file = stock_csv(tmp_path, f"{stocked[0]},5,,day 1,")
    assert imported(file) == 3
    assert rejects(file, "stock") == [(2, "sku_inactive: Inactive.")]


# What is read of the log


def logs_read(services):
    return [line.removeprefix("GET ") for line in services.requests if line.endswith("/transactions")]


def test_no_log_of_skus_without_records_is_read(inventory, services, stocked, imported, tmp_path):
    new = tmp_path / "new.csv"
    new.write_text("external_id,variant,variant_name,unit_price,reorder_threshold\n1,CAN,A can,1,5\n")
    assert inventory("import", "skus", new, "--vendor", VENDOR, "--yes") == 0
    services.requests.clear()
    assert imported(stock_csv(tmp_path, "SKU-PROD-00001-CAN,5,,day 1,")) == 0
    assert logs_read(services) == []


def test_the_logs_of_few_skus_are_read_or_that_of_the_vendor(stocked, services, imported, tmp_path):
    box, bag = stocked
    services.requests.clear()
    assert imported(stock_csv(tmp_path, f"{box},5,,day 1,", f"{box},,80,day 2,")) == 0
    assert {*logs_read(services)} == {f"/skus/{box}/transactions"}
    services.requests.clear()
    rows = (f"{box},5,,day 1,", f"{box},,80,day 2,", f"{bag},5,,day 1,")
    assert imported(stock_csv(tmp_path, *rows)) == 0
    assert {*logs_read(services)} == {f"/vendors/{VENDOR}/transactions"}
    assert [sku["current_stock"] for sku in services.skus.values()] == [80, 105]
    assert len(services.log) == 2 + 3


# What is booked


@pytest.mark.parametrize(
    ("first", "second", "booked"),
    [
        ("5,", "7,", "5 units"),
        (",93", ",95", "a count of 93"),
        ("5,", ",105", "5 units"),
        (",93", "7,", "a count of 93"),
    ],
)
def test_another_figure_under_a_booked_reference_is_rejected(
    stocked, services, imported, tmp_path, first, second, booked
):
    box = stocked[0]
    assert imported(stock_csv(tmp_path, f"{box},{first},day 1,")) == 0
    services.keys.clear()  # days later
    stock, writes = services.skus[box]["current_stock"], services.writes()
    file = stock_csv(tmp_path, f"{box},{second},day 1,")
    assert imported(file) == 3
    [(line, reason)] = rejects(file, "stock")
    assert (line, reason.startswith(f"reference: day 1 is booked with {booked} (TXN-")) == (2, True), reason
    assert (services.skus[box]["current_stock"], services.writes()) == (stock, writes)


def test_a_reference_that_was_undone_can_be_booked_with_another_figure(
    stocked, services, imported, undo_latest, tmp_path
):
    box = stocked[0]
    for units in (5, 7):
        assert imported(stock_csv(tmp_path, f"{box},{units},,day 1,")) == 0
        assert imported(stock_csv(tmp_path, f"{box},{units},,day 1,")) == 0
        assert services.skus[box]["current_stock"] == 100 + units
        assert undo_latest() == 0
        assert services.skus[box]["current_stock"] == 100


def test_a_count_that_changed_nothing_can_be_repeated_after_its_undo(
    stocked, services, imported, undo_latest, tmp_path
):
    file = stock_csv(tmp_path, f"{stocked[0]},,100,count,")
    assert imported(file) == 0
    assert undo_latest() == 0
    services.write(stocked[0], "restock", 10, 10, 0)
    assert imported(file) == 0
    assert services.skus[stocked[0]]["current_stock"] == 100


def test_a_sku_of_another_vendor_is_rejected(stocked, imported, services, tmp_path):
    services.skus[stocked[0]]["vendor_id"] = "VENDOR-002"
    file = stock_csv(tmp_path, f"{stocked[0]},1,,day 1,")
    assert imported(file) == 3
    assert rejects(file, "stock") == [(2, f"vendor_id: {stocked[0]} belongs to VENDOR-002")]


def test_an_inactive_sku_is_counted_but_takes_no_delivery(stocked, imported, services, tmp_path):
    for sku in services.skus.values():
        sku["is_active"] = False
    file = stock_csv(tmp_path, f"{stocked[0]},1,,day 1,", f"{stocked[1]},,7,day 1,")
    assert imported(file) == 3
    reason = f"{stocked[0]} is inactive and takes no deliveries; reactivate it first"
    assert rejects(file, "stock") == [(2, reason)]
    assert services.skus[stocked[1]]["current_stock"] == 7


def test_a_sku_that_the_list_does_not_show_is_read_by_its_id(stocked, imported, services, tmp_path):
    services.hides_new = True
    assert imported(stock_csv(tmp_path, f"{stocked[0]},1,,day 1,")) == 0
    assert services.skus[stocked[0]]["current_stock"] == 101


# Undo


@pytest.mark.parametrize("older", ["5,", ",80"])
def test_what_was_counted_since_is_not_undone(
    stocked, services, inventory, imported, tmp_path, capsys, older
):
    box, bag = stocked
    assert imported(stock_csv(tmp_path, f"{box},{older},day 1,", f"{bag},{older},day 1,")) == 0
    first = latest_import(inventory, capsys)["import_id"]
    assert imported(stock_csv(tmp_path, f"{box},,60,yearly count,")) == 0
    newer = services.log[-1]["transaction_id"]
    for options in (("--dry-run",), ("--yes",)):
        capsys.readouterr()
        assert inventory("import", "undo", first, *options) == 3
        shown = " ".join(capsys.readouterr().err.split())
        assert f"{box} was counted or corrected since, to 60 units ({newer}" in shown
    assert (services.skus[box]["current_stock"], services.skus[bag]["current_stock"]) == (60, 100)
    assert latest_import(inventory, capsys)["done"] == 1


def test_counts_are_undone_newest_first(stocked, services, imported, undo_latest, tmp_path):
    rows = [f"{stocked[0]},,{stock},count {stock}," for stock in range(90, 10, -1)]
    assert imported(stock_csv(tmp_path, *rows)) == 0
    assert services.skus[stocked[0]]["current_stock"] == 11
    assert undo_latest("--concurrency", 8) == 0
    assert services.skus[stocked[0]]["current_stock"] == 100


def test_a_newer_count_that_was_undone_does_not_keep_an_older_one(
    stocked, services, inventory, imported, undo_latest, tmp_path, capsys
):
    assert imported(stock_csv(tmp_path, f"{stocked[0]},,80,first,")) == 0
    first = latest_import(inventory, capsys)["import_id"]
    assert imported(stock_csv(tmp_path, f"{stocked[0]},,60,second,")) == 0
    assert undo_latest() == 0
    assert inventory("import", "undo", first, "--yes") == 0
    assert services.skus[stocked[0]]["current_stock"] == 100


def test_deliveries_and_sales_since_do_not_keep_a_count_from_being_undone(
    stocked, services, imported, undo_latest, tmp_path
):
    assert imported(stock_csv(tmp_path, f"{stocked[0]},,80,count,")) == 0
    services.write(stocked[0], "restock", 10, 10, 0)
    services.write(stocked[0], "order_confirmed", 3, -3, 0)
    assert undo_latest() == 0
    assert services.skus[stocked[0]]["current_stock"] == 107


def test_a_count_between_the_check_and_the_undo_is_noticed(
    stocked, services, imported, undo_latest, tmp_path
):
    assert imported(stock_csv(tmp_path, f"{stocked[0]},5,,day 1,")) == 0
    counts = iter([60])

    def count_meanwhile(request):
        if request.url.path.endswith("/adjustments") and (counted := next(counts, None)):
            services.write(stocked[0], "manual_adjustment", 45, counted - 105, 0, "yearly count")

    services.intercept = count_meanwhile
    assert undo_latest() == 3
    assert services.skus[stocked[0]]["current_stock"] == 60


def test_an_equal_count_between_the_check_and_the_undo_is_reported(
    stocked, services, imported, undo_latest, tmp_path, capsys
):
    assert imported(stock_csv(tmp_path, f"{stocked[0]},5,,day 1,")) == 0
    counts = iter([True])

    def count_meanwhile(request):
        if request.url.path.endswith("/adjustments") and next(counts, False):
            services.write(stocked[0], "manual_adjustment", 0, 0, 0, "yearly count")

    services.intercept = count_meanwhile
    assert undo_latest() == 3
    assert "was counted at the same moment" in " ".join(capsys.readouterr().err.split())


def test_an_undo_during_a_sale_is_repeated(stocked, services, imported, undo_latest, tmp_path):
    assert imported(stock_csv(tmp_path, f"{stocked[0]},5,,day 1,")) == 0
    sales = iter([3])

    def sell(request):
        if request.url.path.endswith("/adjustments") and (units := next(sales, 0)):
            services.write(stocked[0], "order_confirmed", units, -units, 0)

    services.intercept = sell
    assert undo_latest() == 0
    assert services.skus[stocked[0]]["current_stock"] == 97


def test_units_that_are_reserved_or_sold_since_are_not_taken_back(
    stocked, services, imported, undo_latest, tmp_path, capsys
):
    assert imported(stock_csv(tmp_path, f"{stocked[0]},5,,day 1,")) == 0
    services.write(stocked[0], "order_placed", 103, 0, 103)
    assert undo_latest() == 3
    assert f"{stocked[0]} has 2 of the 5 units" in " ".join(capsys.readouterr().err.split())
    assert services.skus[stocked[0]]["current_stock"] == 105


def test_an_undo_that_got_no_answer_is_found_in_the_log(
    stocked, services, inventory, imported, tmp_path, capsys
):
    assert imported(stock_csv(tmp_path, f"{stocked[0]},5,,day 1,")) == 0
    import_id = latest_import(inventory, capsys)["import_id"]
    taken = []

    def lose_the_answer(request):
        if request.url.path.endswith("/adjustments"):
            taken.append(services.route(request))
            raise KeyboardInterrupt
        return None

    services.intercept = lose_the_answer
    assert inventory("import", "undo", import_id, "--yes") == 130
    services.intercept = None
    assert inventory("import", "undo", import_id, "--yes") == 0
    assert len(taken) == 1
    assert services.skus[stocked[0]]["current_stock"] == 100


def test_a_log_that_does_not_show_the_newest_record_yet_is_read_again(
    stocked, services, imported, undo_latest, tmp_path, monkeypatch
):
    monkeypatch.setattr("inventory_cli.imports.stock._LOG_DELAY_SECONDS", 0)
    assert imported(stock_csv(tmp_path, f"{stocked[0]},5,,day 1,")) == 0
    services.write(stocked[0], "manual_adjustment", 45, -45, 0, "yearly count")
    newest = services.log.pop()

    def show_later(request):
        if request.url.path.endswith(f"{stocked[0]}/transactions") and newest not in services.log:
            answer = services.route(request)
            services.log.append(newest)
            return answer
        return None

    services.intercept = show_later
    assert undo_latest() == 3
    assert services.skus[stocked[0]]["current_stock"] == 60


# What the dry run shows


def test_a_dry_run_shows_the_units_and_the_present_stock(stocked, services, inventory, tmp_path, capsys):
    box, bag = stocked
    file = stock_csv(tmp_path, f"{box},12,,day 1,", f"{bag},,40,day 1,", f"{box},x,,day 2,")
    writes = services.writes()
    given = ("import", "stock", file, "--vendor", VENDOR, "--dry-run")
    capsys.readouterr()
    assert inventory(*given) == 3
    shown = capsys.readouterr()
    assert f"+ line 2: sku {box} [day 1]  +12 (now 100)\n" in shown.out
    assert f"+ line 3: sku {bag} [day 1]  counted 40 (now 100, -60)\n" in shown.out
    assert [line for line, _ in rejects(file, "stock")] == [4]
    assert inventory(*given, "--json") == 3
    delivery, count = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert delivery["values"] == {"quantity": 12}
    assert (count["values"], count["differences"]) == ({"counted_stock": 40}, {"current_stock": [100, 40]})
    assert services.writes() == writes
