"""The commands: their requests, their output, and their exit codes."""

from __future__ import annotations

import csv
import io
import json

import httpx
import pytest
from fake_services import LEDGER_KEYS
from shop_files import Terminal

from inventory_cli import exit_codes
from inventory_cli.__main__ import run
from inventory_cli.commands.root import inventory as root
from inventory_client import PublicKeys

VENDOR = "VENDOR-001"


@pytest.fixture
def tea(inventory, services, capsys):
    """A product with a SKU of 12."""
    given = ("--name", "Tea", "--category", "Drinks", "--price", "4.50", "--tag", "a|b", "--tag", "c")
    assert inventory("products", "create", "--vendor", VENDOR, *given) == 0
    [product_id] = services.products
    sku = f"SKU-{product_id}-BOX"
    named = ("--name", "A box", "--price", "4.50", "--threshold", 5, "--attributes", "color=Green|size=L")
    assert inventory("skus", "create", sku, *named) == 0
    assert inventory("stock", "restock", sku, 12, "--notes", "first", "--key", "k1") == 0
    capsys.readouterr()
    return sku


def printed_json(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_lists_are_tables_for_people(inventory, tea, capsys):
    assert inventory("products", "list", "--vendor", VENDOR) == 0
    shown = capsys.readouterr().out
    assert "product" in shown
    assert "Tea" in shown


def test_lists_are_json_lines_for_programs(inventory, tea, services, capsys):
    assert inventory("stock", "list", "--vendor", VENDOR, "--json") == 0
    [found] = printed_json(capsys)
    assert (found["sku"], found["current_stock"], found["unit_price"]) == (tea, 12, 4.5)


def test_lists_are_csv_that_reads_back(inventory, tea, capsys):
    assert inventory("products", "list", "--vendor", VENDOR, "--csv") == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["product_name"], row["tags"], row["is_active"]) == ("Tea", "a\\|b|c", "true")


@pytest.mark.parametrize("command", [("stock", "list"), ("products", "list")])
def test_a_list_of_some_members_fetches_and_prints_no_others(inventory, services, tea, capsys, command):
    sent = []
    services.intercept = lambda request: sent.append(request.url.params.get("fields"))
    assert inventory(*command, "--vendor", VENDOR, "--fields", "version,vendor_id", "--csv") == 0
    assert capsys.readouterr().out.splitlines()[0] == "vendor_id,version"
    assert inventory(*command, "--vendor", VENDOR, "--fields", "product_id", "--json") == 0
    assert printed_json(capsys) == [{"product_id": "PROD-00001"}]
    assert inventory(*command, "--vendor", VENDOR, "--fields", "is_active") == 0
    assert "active" in capsys.readouterr().out
    assert {fields.split(",")[0] for fields in sent if fields} == {"vendor_id", "product_id", "is_active"}


def test_an_unknown_member_is_wrong_usage(inventory, services, tea, capsys):
    asked = len(services.requests)
    assert inventory("stock", "list", "--vendor", VENDOR, "--fields", "sku,price") == 2
    assert "not price" in capsys.readouterr().err
    assert len(services.requests) == asked


def test_a_limit_is_kept_and_reported(inventory, services, tea, capsys):
    for number in range(5):
        services.products[f"PROD-0000{number + 5}"] = services.products["PROD-00001"] | {
            "product_id": f"PROD-0000{number + 5}"
        }
    assert inventory("products", "list", "--vendor", VENDOR, "--limit", 2, "--json") == 0
    assert len(printed_json(capsys)) == 2
    assert inventory("products", "list", "--vendor", VENDOR, "--limit", 2) == 0
    assert "Only the first 2 are shown" in capsys.readouterr().err


def test_markup_in_a_name_is_text(inventory, services, tea, capsys):
    services.products["PROD-00001"]["product_name"] = "[red]Tea[/red] [link=x]y"
    assert inventory("products", "list", "--vendor", VENDOR) == 0
    assert "[red]Tea[/red]" in capsys.readouterr().out


def test_products_are_shown_changed_and_deactivated(inventory, services, tea, capsys):
    product = services.products["PROD-00001"]
    assert (
        inventory("products", "change", "PROD-00001", "--price", "5", "--brand", "X", "--if-version", 1) == 0
    )
    assert (product["base_price"], product["brand"]) == (5, "X")
    assert inventory("products", "change", "PROD-00001", "--price", "6", "--if-version", 1) == 1
    assert "precondition_failed" in capsys.readouterr().err
    assert inventory("products", "change", "PROD-00001", "--brand", "") == 0
    assert product["brand"] is None
    assert inventory("products", "deactivate", "PROD-00001") == 0
    assert product["is_active"] is False
    assert inventory("products", "reactivate", "PROD-00001") == 0
    assert product["is_active"] is True
    capsys.readouterr()
    assert inventory("products", "show", "PROD-00001", "--json") == 0
    assert printed_json(capsys)[0]["version"] == 5


def test_skus_are_shown_and_changed(inventory, services, tea, capsys):
    assert services.skus[tea]["variant_attributes"] == {"color": "Green", "size": "L"}
    assert inventory("skus", "change", tea, "--threshold", 20) == 0
    assert services.skus[tea]["reorder_threshold"] == 20
    assert inventory("skus", "deactivate", tea) == 0
    assert services.skus[tea]["is_active"] is False
    capsys.readouterr()
    assert inventory("skus", "list", "--product", "PROD-00001", "--json") == 0
    assert [sku["sku"] for sku in printed_json(capsys)] == [tea]


def test_skus_are_found_by_their_barcodes(inventory, services, tea, capsys):
    other = tea.replace("BOX", "BAG")
    given = ("--name", "A bag", "--price", "4.50", "--threshold", 5)
    assert inventory("skus", "create", other, *given, "--barcode", "4006381333931") == 0
    assert inventory("skus", "change", tea, "--barcode", "4006381333931") == 0
    capsys.readouterr()

    def found(barcode):
        assert inventory("skus", "list", "--vendor", VENDOR, "--barcode", barcode, "--json") == 0
        return [sku["sku"] for sku in printed_json(capsys)]

    assert set(found("4006381333931")) == {tea, other}
    assert inventory("skus", "change", tea, "--barcode", "") == 0
    assert services.skus[tea]["barcode"] is None
    capsys.readouterr()
    assert (found("4006381333931"), found("4711")) == ([other], [])


def test_a_list_is_of_a_product_or_of_a_barcode(inventory, services, tea, capsys):
    asked = len(services.requests)
    assert inventory("skus", "list", "--product", "PROD-00001", "--barcode", "4711") == 2
    assert "not both" in capsys.readouterr().err
    assert len(services.requests) == asked


@pytest.mark.parametrize("resource", ["products", "skus"])
@pytest.mark.parametrize("command", ["deactivate", "reactivate"])
@pytest.mark.parametrize("key", ["k1", None])
def test_what_is_activated_or_deactivated_has_a_key(inventory, services, tea, resource, command, key):
    sent = []

    def record(request):
        if request.method in ("PATCH", "DELETE"):
            sent.append(request.headers["Idempotency-Key"])

    services.intercept = record
    subject = tea if resource == "skus" else "PROD-00001"
    assert inventory(resource, command, subject, *(("--key", key) if key else ())) == 0
    [sent_key] = sent
    assert sent_key if key is None else sent_key == key


def test_stock_is_restocked_once_per_key_adjusted_and_counted(inventory, services, tea, capsys):
    assert inventory("stock", "restock", tea, 12, "--notes", "first", "--key", "k1") == 0
    assert "was not executed again" in capsys.readouterr().err
    assert services.skus[tea]["current_stock"] == 12
    assert inventory("stock", "adjust", tea, "-3", "--notes", "broken") == 0
    assert services.skus[tea]["current_stock"] == 9
    assert inventory("stock", "count", tea, 8, "--expected", 9, "--notes", "count") == 0
    assert services.skus[tea]["current_stock"] == 8
    assert inventory("stock", "count", tea, 8, "--expected", 9, "--notes", "count") == 1


def test_the_lines_of_a_sku_that_is_named_twice_add_up(inventory, services, tea):
    twice = ("--line", f"{tea}=3", "--line", f"{tea}=2")
    assert inventory("orders", "place", "ORDER-1", *twice, "--line", f"{tea}=5") == 0
    [line] = services.orders["ORDER-1"]["lines"]
    assert line["placed"] == 10
    assert inventory("orders", "confirm", "ORDER-1", *twice) == 0
    assert (line["confirmed"], line["reserved"]) == (5, 5)
    assert inventory("orders", "refund", "ORDER-1", "--line", f"{tea}=1", "--line", f"{tea}=1") == 0
    assert line["refunded"] == 2
    assert inventory("orders", "cancel", "ORDER-1", *twice) == 0
    assert (line["cancelled"], line["reserved"]) == (5, 0)


def test_an_order_is_amended(inventory, services, tea, capsys):
    assert inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5") == 0
    capsys.readouterr()
    assert inventory("orders", "amend", "ORDER-1", "--line", f"{tea}=7", "--json") == 0
    [order] = printed_json(capsys)
    assert (order["lines"][0]["placed"], order["lines"][0]["reserved"]) == (7, 7)
    assert services.skus[tea]["reserved_stock"] == 7
    assert inventory("orders", "amend", "ORDER-1", "--line", f"{tea}=0", "--key", "k") == 0
    assert services.skus[tea]["reserved_stock"] == 0
    assert inventory("orders", "amend", "ORDER-NONE", "--line", f"{tea}=1") == 1
    assert inventory("orders", "amend", "ORDER-1") == 2


def test_a_cancelled_order_is_reopened(inventory, services, tea, capsys):
    assert inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5") == 0
    assert inventory("orders", "reopen", "ORDER-1") == 1
    assert "not_reopenable" in capsys.readouterr().err
    assert inventory("orders", "cancel", "ORDER-1") == 0
    capsys.readouterr()
    assert inventory("orders", "reopen", "ORDER-1", "--hold-seconds", "600", "--json") == 0
    [order] = printed_json(capsys)
    assert (order["status"], order["lines"][0]["reserved"]) == ("reserved", 5)
    assert services.orders["ORDER-1"]["held_for"] == 600
    assert services.skus[tea]["reserved_stock"] == 5


def test_orders_are_placed_confirmed_and_refunded(inventory, services, tea, capsys):
    assert inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5") == 0
    assert services.skus[tea]["reserved_stock"] == 5
    assert inventory("orders", "due", "--before", "9999-12-31T00:00:00Z") == 0
    assert "ORDER-1" in capsys.readouterr().out
    assert inventory("orders", "confirm", "ORDER-1") == 0
    assert inventory("orders", "refund", "ORDER-1") == 0
    capsys.readouterr()
    assert inventory("orders", "show", "ORDER-1", "--json") == 0
    [order] = printed_json(capsys)
    assert (order["status"], order["lines"][0]["refunded"]) == ("refunded", 5)
    assert inventory("orders", "show", "ORDER-1", "--csv") == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["order_id"], row["sku"], row["confirmed"]) == ("ORDER-1", tea, "5")


def test_an_order_that_is_still_in_progress_has_an_exit_code_of_its_own(inventory, services, tea, capsys):
    assert inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5") == 0
    services.orders["ORDER-1"]["status"] = "confirming"
    assert inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5") == exit_codes.UNFINISHED
    assert "ORDER-1 is still confirming; it finishes by itself." in capsys.readouterr().err


def test_an_invalid_line_is_wrong_usage(inventory, capsys):
    assert inventory("orders", "place", "ORDER-1", "--line", "SKU") == 2
    assert "should look like" in capsys.readouterr().err


def test_a_history_is_shown(inventory, tea, capsys):
    assert inventory("log", "sku", tea, "--type", "restock") == 0
    assert "first" in capsys.readouterr().out


def test_the_history_of_an_order_is_shown(inventory, services, tea, capsys):
    services.log[0] |= {"order_id": "ORDER-1", "transaction_type": "order_placed"}
    assert inventory("stock", "adjust", tea, "-3", "--notes", "broken") == 0
    capsys.readouterr()
    assert inventory("log", "order", "ORDER-1", "--json") == 0
    assert printed_json(capsys) == services.log[:1]
    assert inventory("log", "order", "ORDER-1") == 0
    assert "placed" in capsys.readouterr().out
    assert inventory("log", "order", "ORDER-1", "--csv") == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["sku"], row["quantity"]) == (tea, "12")


def test_a_broken_chain_is_reported(inventory, tea, capsys):
    # The fake services write invalid hashes.
    assert inventory("log", "verify", tea) == 1
    assert "record 1 was changed" in capsys.readouterr().err


def test_the_service_verifies_every_page_of_a_log_and_its_differences_are_reported(
    inventory, services, tea, capsys
):
    assert inventory("stock", "adjust", tea, "-3", "--notes", "broken") == 0
    capsys.readouterr()
    assert inventory("log", "verify", tea, "--by-service") == 0
    assert "2 records, none missing" in capsys.readouterr().err
    services.log[1]["stock_after"] = 90
    assert inventory("log", "verify", tea, "--by-service") == 1
    reported = capsys.readouterr().err
    assert "TXN-1: stock_after: expected 9, found 90" in reported
    assert "2 records, differences: 1" in reported


def test_stock_at_a_time_is_shown_with_its_record(inventory, tea, capsys):
    assert inventory("log", "stock-at", tea, "9999-12-31T00:00:00Z", "--json") == 0
    [then] = printed_json(capsys)
    assert (then["current_stock"], then["transaction"]["transaction_id"]) == (12, "TXN-0")
    assert inventory("log", "stock-at", tea, "2000-01-01T00:00:00Z", "--csv") == 0
    [before] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (before["current_stock"], before["transaction"]) == ("0", "")
    assert inventory("log", "stock-at", tea, "9999-12-31T00:00:00Z") == 0
    assert "TXN-0" in capsys.readouterr().out


def test_reservations_are_shown_and_unaccounted_units_are_reported(inventory, services, tea, capsys):
    assert inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5") == 0
    capsys.readouterr()
    assert inventory("log", "reservations", tea, "--json") == 0
    printed = capsys.readouterr()
    [held] = [json.loads(line) for line in printed.out.splitlines()]
    assert (held["order_id"], held["quantity"]) == ("ORDER-1", 5)
    assert "more units are reserved" not in printed.err
    services.skus[tea]["reserved_stock"] = 7
    assert inventory("log", "reservations", tea) == 0
    assert "2 more units are reserved" in capsys.readouterr().err


def test_findings_are_listed(inventory, services, tea, capsys):
    difference = {"transaction_id": None, "kind": "current_stock", "expected": 12, "found": 70}
    finding = {"kind": "stock_without_record", "occurred_at": "2026-01-01T12:00:00.000000Z", "sku": tea}
    standing = {"vendor_id": VENDOR, "product_id": None, "transaction_id": None}
    services.findings = [
        {"finding_id": f"FIND-{n}", **finding, **standing, "differences": [difference]} for n in range(4)
    ]
    assert inventory("log", "findings", "--json") == 0
    assert printed_json(capsys) == services.findings
    assert inventory("log", "findings") == 0
    assert "stock_without_record" in capsys.readouterr().out


def test_the_keys_of_the_log_are_printed_as_a_key_set(inventory, services, capsys):
    assert inventory("log", "keys") == 0
    printed = json.loads(capsys.readouterr().out)
    assert PublicKeys.from_jwks(printed) == LEDGER_KEYS
    assert list(LEDGER_KEYS) == ["old", "new"]


# Exports


FORMULAS = {"product_name": "=1+1", "description": "Tea;=2;@x", "brand": "'-3", "tags": ["+1", "b"]}


@pytest.mark.parametrize("raw", [(), ("--raw",)])
def test_no_text_of_an_export_is_a_formula_and_all_import_as_they_were(
    inventory, services, tea, tmp_path, raw, capsys
):
    services.products["PROD-00001"] |= {**FORMULAS, "external_id": "-1"}
    file = tmp_path / "export.csv"
    assert inventory("export", "products", file, "--vendor", VENDOR, *raw) == 0
    [row] = csv.DictReader(file.open(newline=""))
    cells = [row[name] for name in ("external_id", "product_name", "description", "brand", "tags")]
    if raw:
        assert cells == ["-1", "=1+1", "Tea;=2;@x", "''-3", "+1|b"]
    else:
        assert cells == ["'-1", "'=1+1", "Tea;'=2;'@x", "''-3", "'+1|b"]
    writes = services.writes()
    assert inventory("import", "products", file, "--yes") == 0
    assert services.writes() == writes
    assert "1 rows: 0 applied, 1 unchanged" in capsys.readouterr().err
    services.products["PROD-00001"] |= {"product_name": "Tea", "brand": None, "tags": None}
    assert inventory("import", "products", file, "--yes") == 0
    assert {name: services.products["PROD-00001"][name] for name in FORMULAS} == FORMULAS


def test_lists_as_csv_have_no_formulas_unless_they_are_raw(inventory, services, tea, capsys):
    assert inventory("stock", "adjust", tea, "-3", "--notes", "=1+1") == 0
    capsys.readouterr()
    assert inventory("log", "sku", tea, "--csv") == 0
    row, *_ = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["notes"], row["quantity_change"]) == ("'=1+1", "-3")
    assert inventory("log", "sku", tea, "--csv", "--raw") == 0
    row, *_ = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["notes"], row["quantity_change"]) == ("=1+1", "-3")
    assert inventory("log", "sku", tea, "--raw") == 2


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("what", ["products", "skus"])
def test_an_export_imports_as_no_change(inventory, services, tea, tmp_path, what, ending, capsys):
    services.products["PROD-00001"]["external_id"] = "t-1"
    file = tmp_path / f"export.{ending}"
    assert inventory("export", what, file, "--vendor", VENDOR) == 0
    writes = services.writes()
    assert inventory("import", what, file, "--yes") == 0
    assert services.writes() == writes
    assert "1 rows: 0 applied, 1 unchanged" in capsys.readouterr().err


def test_a_product_without_an_external_id_is_recognized_by_its_own_id(inventory, services, tea, tmp_path):
    file = tmp_path / "export.csv"
    assert inventory("export", "products", file, "--vendor", VENDOR) == 0
    file.write_text(file.read_text().replace("4.5", "5.5"))
    assert inventory("import", "products", file, "--yes") == 0
    assert services.products["PROD-00001"]["base_price"] == 5.5


def test_open_orders_stock_and_log_are_exported_whole(inventory, services, tea, tmp_path):
    inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5")
    for what, expected in {
        "orders": {"order_id": "ORDER-1", "sku": tea, "quantity": 5},
        "stock": {"product_id": "PROD-00001", "variant": "BOX", "counted_stock": 12},
        "log": {"sku": tea, "transaction_type": "restock", "sequence": 1},
    }.items():
        file = tmp_path / f"{what}.jsonl"
        assert inventory("export", what, file, "--vendor", VENDOR) == 0
        found = json.loads(file.read_text().splitlines()[0])
        assert {name: found[name] for name in expected} == expected
    assert inventory("import", "orders", tmp_path / "orders.jsonl", "--yes") == 0


@pytest.mark.parametrize("what", ["skus", "stock"])
def test_skus_that_change_while_they_are_exported_are_not_missed(inventory, services, tea, tmp_path, what):
    given = ("--name", "A box", "--price", "4.50", "--threshold", 5)
    for number in range(9):
        assert inventory("skus", "create", f"SKU-PROD-00001-V{number}", *given) == 0

    def sell_the_next(request):
        """Move the SKU that the next page begins with to the top of the list."""
        cursor = int(request.url.params.get("cursor", 0))
        if request.url.path.endswith("/inventory") and cursor < len(services.skus):
            answer = services.route(request)
            following = json.loads(answer.content)["next_cursor"]
            if following:
                services.move_up(int(following))
            return answer
        return None

    services.intercept = sell_the_next
    file = tmp_path / "export.csv"
    assert inventory("export", what, file, "--vendor", VENDOR) == 0
    exported = [row["variant"] for row in csv.DictReader(file.open())]
    assert exported == ["BOX", *(f"V{number}" for number in range(9))]


def test_skus_of_a_product_that_the_list_does_not_show_yet_are_exported(inventory, services, tea, tmp_path):
    services.hides_new_products = True
    file = tmp_path / "export.csv"
    assert inventory("export", "skus", file, "--vendor", VENDOR) == 0
    assert [row["variant"] for row in csv.DictReader(file.open())] == ["BOX"]


def test_an_export_that_fails_leaves_no_half_file(inventory, services, tea, tmp_path):
    services.intercept = lambda request: (
        httpx.Response(404, json={"status": 404, "code": "sku_not_found"})
        if "inventory" in request.url.path
        else None
    )
    file = tmp_path / "skus.csv"
    file.write_text("an earlier export")
    assert inventory("export", "skus", file, "--vendor", VENDOR) == 1
    assert file.read_text() == "an earlier export"
    assert [path.name for path in tmp_path.glob("skus*")] == ["skus.csv"]


# Exit codes and profiles


def test_a_refusal_is_1_with_its_problem(inventory, capsys):
    assert inventory("products", "show", "PROD-99999") == 1
    assert "(product_not_found)" in capsys.readouterr().err


def test_each_error_of_a_problem_is_reported(inventory, services, capsys):
    errors = [{"path": "body.base_price", "message": "should be a number"}]
    services.intercept = lambda request: (
        httpx.Response(422, json={"status": 422, "code": "invalid_input", "detail": "x", "errors": errors})
        if request.url.path.startswith("/products")
        else None
    )
    assert inventory("products", "show", "PROD-99999") == 1
    assert "  body.base_price: should be a number" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("products", "list"),
        ("products", "list", "--vendor", VENDOR, "--json", "--csv"),
        ("products", "change", "PROD-00001"),
        ("products", "create", "--name", "x"),
        ("export", "products", "file.txt"),
        ("nothing",),
        ("--profile", "nowhere", "products", "list", "--vendor", VENDOR),
    ],
)
def test_wrong_usage_is_2_and_calls_no_service(inventory, services, arguments):
    assert inventory(*arguments) == 2
    assert services.requests == []


def test_no_stack_is_4_with_what_to_do(tmp_path, capsys):
    def refuse(request):
        raise httpx.ConnectError("refused")

    environ = {"HOME": str(tmp_path)}
    assert run(["products", "list", "--vendor", VENDOR], environ, httpx.MockTransport(refuse)) == 4
    assert "make run" in capsys.readouterr().err


def test_ctrl_c_is_130(inventory, services, capsys):
    def interrupt(request):
        raise KeyboardInterrupt

    services.intercept = interrupt
    assert inventory("products", "show", "PROD-00001") == 130
    assert "Traceback" not in capsys.readouterr().err


def test_an_unconfirmed_import_changes_nothing(inventory, services, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    file = tmp_path / "p.csv"
    file.write_text("external_id,product_name,category,base_price\n1,Tea,Drinks,1\n")
    assert inventory("import", "products", file, "--vendor", VENDOR) == 130
    assert "Nothing was changed." in capsys.readouterr().err
    assert services.writes() == []


def test_the_local_profile_finds_the_stack_by_its_ports(tmp_path):
    asked = []

    def answer(request):
        asked.append((request.url.port, request.headers.get("Authorization"), str(request.url.query)))
        if request.url.path == "/token":
            return httpx.Response(200, text="t")
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    environ = {"HOME": str(tmp_path), "FRONT_PORT": "1", "CATALOG_PORT": "2"}
    arguments = ["--role", "vendor", "--as-vendor", VENDOR, "products", "list"]
    assert run(arguments, environ, httpx.MockTransport(answer)) == 0
    assert asked[0] == (1, None, "b'role=vendor&vendor=VENDOR-001'")
    assert asked[1][:2] == (2, "Bearer t")


@pytest.mark.parametrize("arguments", [[], ["--role", "vendor"]])
def test_the_local_profile_may_have_a_role_and_a_vendor(tmp_path, arguments, capsys):
    asked = []

    def answer(request):
        asked.append(f"{request.url.path}?{request.url.query.decode()}")
        if request.url.path == "/token":
            return httpx.Response(200, text="t")
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    config = tmp_path / "config.toml"
    environ = {"INVENTORY_CONFIG": str(config)}
    role = "" if arguments else 'role = "vendor"'
    config.write_text(f'[profiles.local]\nvendor = "VENDOR-007"\n{role}')
    assert run([*arguments, "products", "list"], environ, httpx.MockTransport(answer)) == 0
    assert asked == ["/token?role=vendor&vendor=VENDOR-007", "/vendors/VENDOR-007/products?limit=1000"]
    config.write_text(f"[profiles.local]\n{role}")
    assert run([*arguments, "products", "list"], environ, httpx.MockTransport(answer)) == 2
    assert "requires a vendor: --as-vendor VENDOR-001, or vendor in the profile" in capsys.readouterr().err
    config.write_text('[profiles.local]\nrole = "king"')
    assert run(["products", "list"], environ, httpx.MockTransport(answer)) == 2
    assert "role should be one of vendor, orders" in capsys.readouterr().err


PROFILE = """
default = "shop"
[profiles.shop]
catalog = "https://shop.example/catalog/"
stock = "https://shop.example/stock"
audit = "https://shop.example/audit"
vendor = "VENDOR-007"
token = {token}
"""
CREDENTIALS = (
    '{client_credentials = "https://issuer.example/token", client_id = "c", client_secret_env = "SECRET"}'
)


def with_profile(tmp_path, token):
    config = tmp_path / "config.toml"
    config.write_text(PROFILE.replace("{token}", token))
    return {"INVENTORY_CONFIG": str(config)}


@pytest.mark.parametrize("token", ['{env = "TOKEN"}', CREDENTIALS])
def test_a_profile_has_addresses_a_token_and_a_vendor(tmp_path, token, capsys):
    asked = []

    def answer(request):
        asked.append(str(request.url))
        if request.url.host == "issuer.example":
            return httpx.Response(200, json={"access_token": "mine", "token_type": "Bearer"})
        assert request.headers["Authorization"] == "Bearer mine"
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    environ = with_profile(tmp_path, token) | {"TOKEN": "mine", "SECRET": "s3cret"}
    assert run(["products", "list"], environ, httpx.MockTransport(answer)) == 0
    assert asked[-1] == "https://shop.example/catalog/vendors/VENDOR-007/products?limit=1000"


@pytest.mark.parametrize(
    ("token", "arguments", "message"),
    [
        ('{env = "TOKEN"}', [], "TOKEN is not set"),
        ('{password = "x"}', [], "requires a token"),
        ('{env = "HOME"}', ["--role", "admin"], "--role is for the local stack"),
        ("nonsense", [], "cannot be read"),
    ],
)
def test_a_wrong_profile_is_reported_with_2(tmp_path, token, arguments, message, capsys):
    environ = with_profile(tmp_path, token) | {"HOME": "x"}
    assert run([*arguments, "products", "list"], environ) == 2
    assert message in capsys.readouterr().err.replace("\n", " ")


def test_tokens_and_secrets_go_over_plain_http_only_if_that_is_allowed(tmp_path, capsys):
    sent = []

    def answer(request):
        sent.append(request.url.host)
        if request.url.host == "issuer.example":
            return httpx.Response(200, json={"access_token": "mine", "token_type": "Bearer"})
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    for token, plain in (('{env = "TOKEN"}', "shop"), (CREDENTIALS, "shop"), (CREDENTIALS, "issuer")):
        environ = with_profile(tmp_path, token) | {"TOKEN": "mine", "SECRET": "s3cret"}
        config = tmp_path / "config.toml"
        config.write_text(config.read_text().replace(f"https://{plain}.", f"http://{plain}."))
        assert run(["products", "list"], environ, httpx.MockTransport(answer)) == 2
        assert sent == []
        shown = " ".join(capsys.readouterr().err.split())
        assert f"http://{plain}.example is not encrypted" in shown
        assert run(["--allow-plain-http", "products", "list"], environ, httpx.MockTransport(answer)) == 0
        assert sent.pop() == "shop.example"
        sent.clear()
        config.write_text(config.read_text() + "allow_plain_http = true\n")
        assert run(["products", "list"], environ, httpx.MockTransport(answer)) == 0
        sent.clear()
        config.write_text(config.read_text().replace("allow_plain_http = true", 'allow_plain_http = "yes"'))
        assert run(["products", "list"], environ, httpx.MockTransport(answer)) == 2
        assert "should be true or false" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["FRONT_URL", "CATALOG_URL"])
def test_the_local_profile_sends_its_tokens_to_this_machine(tmp_path, name, capsys):
    sent = []

    def answer(request):
        sent.append(request.url.host)
        if request.url.path == "/token":
            return httpx.Response(200, text="t")
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    environ = {"HOME": str(tmp_path), name: "http://10.0.0.1"}
    arguments = ["--as-vendor", VENDOR, "products", "list"]
    assert run(arguments, environ, httpx.MockTransport(answer)) == 2
    assert "10.0.0.1" not in sent
    assert run(["--allow-plain-http", *arguments], environ, httpx.MockTransport(answer)) == 0
    assert "10.0.0.1" in sent


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_a_completion_script(inventory, shell, capsys):
    assert inventory("completion", shell) == 0
    assert "_INVENTORY_COMPLETE" in capsys.readouterr().out


def every_command(group, path=()):
    for name, command in group.commands.items():
        yield (*path, name)
        if hasattr(command, "commands"):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize("command", sorted(every_command(root)), ids=" ".join)
def test_every_command_has_help(inventory, command, capsys):
    assert inventory(*command, "--help") == 0
    usage, _, rest = capsys.readouterr().out.partition("\n\n")
    assert usage.startswith("Usage: inventory")
    assert rest.strip()[0].isupper()


@pytest.mark.parametrize(
    "arguments",
    [
        ("products", "get", "PROD-\udcff"),
        ("stock", "restock", "SKU-PROD-E4F9A-L", "5", "--notes", "\udcff"),
        ("import", "products", "\udcff.csv"),
    ],
)
def test_an_argument_that_is_not_utf_8_is_wrong_usage(inventory, services, capsys, arguments):
    assert inventory(*arguments) == 2
    assert "An argument is not UTF-8." in capsys.readouterr().err
    assert services.requests == []


def test_availability_is_shown_of_skus_and_of_a_products_skus(inventory, services, tea, capsys):
    product = tea.removeprefix("SKU-").rpartition("-")[0]
    assert inventory("availability", f"{tea}=12", product, "--json") == 0
    shown = {"product_id": product, "sku": tea, "is_available": True, "available_stock": 12}
    assert printed_json(capsys) == [shown | {"quantity": 12}, shown | {"quantity": 1}]
    assert inventory("availability", f"{tea}=13", "PROD-99999") == 0
    shown = capsys.readouterr()
    assert "PROD-99999" in shown.out
    assert "Not all of it can be ordered." in shown.err
    assert inventory("availability", tea) == 0
    assert capsys.readouterr().err == ""


def test_availability_is_asked_as_a_customer_without_a_token(inventory, services, tea, capsys):
    assert inventory("availability", tea, "--public", "--csv") == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["is_available"], row["available_stock"]) == ("true", "10")
    assert services.requests.count("POST /availability") == 1
    assert services.requests[-1] == "POST /availability"


@pytest.mark.parametrize("line", ["tea", "SKU-PROD-E4F9A-BLK-L=", "SKU-PROD-E4F9A-BLK-L=x", "PROD-E4F9A=-1"])
def test_what_is_neither_a_sku_nor_a_product_is_wrong_usage(inventory, services, capsys, line):
    assert inventory("availability", line) == 2
    assert "should look like SKU-PROD-E4F9A-BLK-L=2 or PROD-E4F9A" in capsys.readouterr().err
    assert services.requests == []


def test_a_cancel_and_a_refund_have_a_reason_and_notes(inventory, services, tea, capsys):
    assert inventory("orders", "place", "ORDER-1", "--line", f"{tea}=5") == 0
    why = ("--reason", "customer_request", "--notes", "Ordered twice")
    assert inventory("orders", "cancel", "ORDER-1", "--line", f"{tea}=1", *why) == 0
    shown = capsys.readouterr().out
    assert "customer_request" in shown
    assert "Ordered twice" in shown
    assert inventory("orders", "confirm", "ORDER-1") == 0
    capsys.readouterr()
    part = ("--line", f"{tea}=2", "--reason", "broken", "--unsellable", tea)
    assert inventory("orders", "refund", "ORDER-1", *part, "--csv") == 0
    [line] = services.orders["ORDER-1"]["lines"]
    assert (line["reason"], line["notes"], line["refunded"]) == ("broken", None, 2)
    assert services.log[-1]["quantity_change"] == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["reason"], row["notes"]) == ("broken", "")


def test_what_is_unsellable_has_to_be_refunded(inventory, services, tea, capsys):
    sent = len(services.requests)
    assert inventory("orders", "refund", "ORDER-1", "--unsellable", tea) == 2
    assert "which no --line does" in capsys.readouterr().err
    both = ("--line", f"{tea}=1", "--unsellable", tea, "--no-restock")
    assert inventory("orders", "refund", "ORDER-1", *both) == 2
    assert "exclude each other" in capsys.readouterr().err
    assert len(services.requests) == sent
