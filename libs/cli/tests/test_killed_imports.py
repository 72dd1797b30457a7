"""An import that is killed, in a process of its own: its undo is complete.

The services hold back the answer to one request; the process is killed then, before or after the request was
executed.
"""

from __future__ import annotations

import signal
import threading

import httpx
import pytest
from served_services import served, start
from shop_files import VENDOR, latest_import, orders_csv, products_csv, stock_csv

SECONDS = 60


class Held:
    """Holds back a request of the import until it is released; it is executed before, after, or never."""

    def __init__(self, services, number, *, executes):
        self.services, self.number, self.executes = services, number, executes
        self.reached, self.released = threading.Event(), threading.Event()
        self.count = 0

    def __call__(self, request):
        if request.method == "GET" or request.url.path == "/token":
            return None
        with self.services.lock:
            self.count += 1
            is_held = self.count == self.number
            answer = self.services.route(request) if is_held and self.executes else None
        if self.count > self.number and not is_held:
            # Nothing else is executed after the process was killed.
            return httpx.Response(503, json={"status": 503, "code": "busy", "detail": "Busy."})
        if is_held:
            self.reached.set()
            assert self.released.wait(SECONDS)
            return answer or httpx.Response(503, json={"status": 503, "code": "busy", "detail": "Busy."})
        return None


def killed(services, tmp_path, number, executes, *arguments):
    """Kill an import during a request."""
    services.intercept = held = Held(services, number, executes=executes)
    with served(services) as url:
        process = start(url, tmp_path, "import", *arguments, "--yes", "--concurrency", 1)
        try:
            assert held.reached.wait(SECONDS), process.communicate()
            process.kill()
            process.communicate()
        finally:
            held.released.set()
            process.kill()
    services.intercept = None


@pytest.mark.parametrize("executes", [True, False])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_products_of_a_killed_import_are_deactivated(inventory, services, tmp_path, capsys, number, executes):
    earlier = products_csv(tmp_path, "9,Pot,Things,1,,", name="earlier.csv")
    assert inventory("import", "products", earlier, "--vendor", VENDOR, "--yes") == 0
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,Rice,Grains,2,,", "9,Pot,Things,2,,")
    killed(services, tmp_path, number, executes, "products", file, "--vendor", VENDOR)
    made = number - 1 + executes
    assert len(services.products) == 1 + min(made, 2)
    listed = latest_import(inventory, capsys)
    # The process may have been killed before it wrote down the answers that it had.
    assert listed["done"] < number
    assert listed["done"] + listed["sending"] >= number
    writes = services.writes()
    assert inventory("import", "undo", listed["import_id"], "--dry-run") == 0
    assert services.writes() == writes
    assert inventory("import", "undo", listed["import_id"], "--yes") == 0
    pot, *others = services.products.values()
    assert (pot["is_active"], pot["base_price"]) == (True, 1)
    assert not any(each["is_active"] for each in others)
    assert len(others) == min(made, 2)
    # What the undo deactivated comes back, and only that.
    assert inventory("import", "products", file, "--vendor", VENDOR, "--yes") == 0
    assert [each["is_active"] for each in services.products.values()] == [True, True, True]


def test_a_product_that_another_created_meanwhile_is_not_deactivated(inventory, services, tmp_path, capsys):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,")
    killed(services, tmp_path, 1, False, "products", file, "--vendor", VENDOR)
    import_id = latest_import(inventory, capsys)["import_id"]
    given = ("--name", "Tea", "--category", "Drinks", "--price", "4.50", "--external-id", "1")
    assert inventory("products", "create", "--vendor", VENDOR, *given) == 0
    assert inventory("import", "undo", import_id, "--yes") == 3
    assert "it is not known whether this import created it" in " ".join(capsys.readouterr().err.split())
    [tea] = services.products.values()
    assert tea["is_active"] is True


@pytest.mark.parametrize("executes", [True, False])
@pytest.mark.parametrize("number", [1, 2])
def test_skus_of_a_killed_import_are_undone(stocked, inventory, services, tmp_path, capsys, number, executes):
    file = tmp_path / "variants.csv"
    header = "external_id,variant,variant_name,unit_price,reorder_threshold\n"
    file.write_text(header + "1,CAN,A can,1,5\n1,BOX,A box,9,5\n")
    killed(services, tmp_path, number, executes, "skus", file, "--vendor", VENDOR)
    price = services.skus[stocked[0]]["unit_price"]
    assert price == (9 if (number, executes) == (2, True) else 4.5)
    assert inventory("import", "undo", latest_import(inventory, capsys)["import_id"], "--yes") == 0
    assert services.skus[stocked[0]]["unit_price"] == 4.5
    can = services.skus.get("SKU-PROD-00001-CAN")
    assert (can is None) == ((number, executes) == (1, False))
    assert can is None or can["is_active"] is False


@pytest.mark.parametrize("executes", [True, False])
@pytest.mark.parametrize("number", [1, 2])
def test_stock_of_a_killed_import_is_adjusted(
    stocked, inventory, services, tmp_path, capsys, number, executes
):
    box, bag = stocked
    # A batch of two changes, and one of the delivery after the count.
    file = stock_csv(tmp_path, f"{box},5,,day 1,", f"{bag},,40,day 1,", f"{bag},3,,day 2,")
    killed(services, tmp_path, number, executes, "stock", file, "--vendor", VENDOR)
    booked = sum("[day" in record["notes"] for record in services.log)
    assert booked == {(1, False): 0, (1, True): 2, (2, False): 2, (2, True): 3}[number, executes]
    import_id = latest_import(inventory, capsys)["import_id"]
    assert inventory("import", "undo", import_id, "--yes") == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [100, 100]
    services.keys.clear()  # days later
    assert inventory("import", "stock", file, "--vendor", VENDOR, "--yes") == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [105, 43]


def test_what_a_repeated_import_has_done_is_its_own_to_undo(stocked, inventory, services, tmp_path, capsys):
    box, _ = stocked
    file = stock_csv(tmp_path, f"{box},5,,day 1,")
    killed(services, tmp_path, 1, False, "stock", file, "--vendor", VENDOR)
    first = latest_import(inventory, capsys)["import_id"]
    assert inventory("import", "stock", file, "--vendor", VENDOR, "--yes") == 0
    second = latest_import(inventory, capsys)["import_id"]
    assert inventory("import", "undo", first, "--yes") == 0
    assert services.skus[box]["current_stock"] == 105
    assert inventory("import", "undo", second, "--yes") == 0
    assert services.skus[box]["current_stock"] == 100


@pytest.mark.parametrize("executes", [True, False])
@pytest.mark.parametrize("number", [1, 2])
def test_orders_of_a_killed_import_are_cancelled_and_refunded(
    stocked, inventory, services, tmp_path, capsys, number, executes
):
    box, bag = stocked
    assert inventory("orders", "place", "ORDER-0", "--line", f"{box}=1") == 0
    rows = (f"ORDER-1,{box},2,confirmed", f"ORDER-2,{bag},1,reserved", f"ORDER-0,{box},1,confirmed")
    killed(services, tmp_path, number, executes, "orders", orders_csv(tmp_path, *rows))
    assert ("ORDER-1" in services.orders) == ((number, executes) != (1, False))
    assert inventory("import", "undo", latest_import(inventory, capsys)["import_id"], "--yes") == 0
    assert [sku["current_stock"] for sku in services.skus.values()] == [100, 100]
    confirmed = (number, executes) == (2, True)
    # An order that was there before keeps its units, unless the import has confirmed it.
    assert [sku["reserved_stock"] for sku in services.skus.values()] == [0 if confirmed else 1, 0]


def test_sigterm_ends_an_import_as_ctrl_c_does(inventory, services, tmp_path, capsys):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,Rice,Grains,2,,", "3,Milk,Drinks,1,,")
    services.intercept = held = Held(services, 1, executes=True)
    with served(services) as url:
        process = start(
            url, tmp_path, "import", "products", file, "--vendor", VENDOR, "--yes", "--concurrency", 1
        )
        try:
            assert held.reached.wait(SECONDS), process.communicate()
            process.send_signal(signal.SIGTERM)
            held.released.set()
            out, err = process.communicate(timeout=SECONDS)
        finally:
            held.released.set()
            process.kill()
    services.intercept = None
    assert process.returncode == 130
    assert "Traceback" not in out + err
    listed = latest_import(inventory, capsys)
    assert f"inventory import undo {listed['import_id']}" in " ".join(err.split())
    assert (listed["done"], len(services.products)) == (1, 1)
    assert inventory("import", "undo", listed["import_id"], "--yes") == 0
    assert not any(each["is_active"] for each in services.products.values())


def test_an_import_that_still_runs_is_not_undone(inventory, services, tmp_path, capsys):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,")
    services.intercept = held = Held(services, 1, executes=True)
    with served(services) as url:
        process = start(url, tmp_path, "import", "products", file, "--vendor", VENDOR, "--yes")
        try:
            assert held.reached.wait(SECONDS), process.communicate()
            [journal] = (tmp_path / "imports").glob("*.sqlite")
            assert inventory("import", "undo", journal.stem, "--yes") == 2
            assert inventory("import", "list") == 0
            shown = capsys.readouterr()
            assert shown.err.count("its import is still running") == 2
        finally:
            held.released.set()
            process.communicate(timeout=SECONDS)
    assert process.returncode == 0


def test_without_a_terminal_an_import_needs_yes_and_sends_nothing(services, tmp_path):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,")
    with served(services) as url:
        for arguments in (("products", file, "--vendor", VENDOR), ("undo", "any")):
            process = start(url, tmp_path, "import", *arguments)
            _, err = process.communicate(timeout=SECONDS)
            assert (process.returncode, "needs --yes" in " ".join(err.split())) == (2, True), err
    assert services.requests == []
