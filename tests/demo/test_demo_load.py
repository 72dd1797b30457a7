"""Loading and reading back, against the services' contract in memory."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from demo import api, shop
from demo.__main__ import main
from demo.load import Loaded, load
from demo.phases import Phases
from demo.progress import expected_jobs
from demo.readback import Found, read_back
from inventory_client import Problem, Retries
from tests.demo.fake_stack import STOCK, FakeStack, PowerCut

ROOT = Path(__file__).parents[2]
QUIET = Phases(Console(quiet=True))


def product(number: int, vendor: str, stock: int, level: int, discontinued: bool = False) -> shop.Product:
    name, price = f"Product {number}", Decimal("21.35")
    return shop.Product(number, name, vendor, "Meat/Poultry", "1 kg box", price, stock, level, discontinued)


def order(number: int, placed_on: int, shipped_on: int | None, *lines: tuple[int, int]) -> shop.Order:
    shipped = date(1996, 7, shipped_on) if shipped_on else None
    ordered = tuple(shop.OrderLine(product, quantity) for product, quantity in lines)
    return shop.Order(f"ORDER-{number}", date(1996, 7, placed_on), shipped, ordered)


CORNER_SHOP = shop.Shop(
    vendors=(shop.Vendor("VENDOR-001", "First"), shop.Vendor("VENDOR-002", "Second")),
    products=(
        product(1, "VENDOR-001", 10, 5),
        product(2, "VENDOR-001", 0, 30, discontinued=True),
        product(3, "VENDOR-002", 4, 0),
    ),
    orders=(
        order(1, 1, 4, (1, 6), (2, 9), (3, 2)),
        order(2, 2, 3, (1, 9), (2, 100), (3, 50)),
        order(3, 3, None, (2, 20), (3, 5)),
        order(4, 4, 5, (1, 1)),
    ),
)
"""A shop small enough to interrupt after every request; its second order lacks units of three SKUs."""


def run(fake: FakeStack, facts: shop.Shop) -> tuple[Loaded, Found]:
    with api.Stack({}, fake.transport()) as stack:
        loaded = load(stack, facts, QUIET)
        return loaded, read_back(stack, facts, loaded.listings, QUIET)


def corner_shop_loaded() -> FakeStack:
    fake = FakeStack()
    run(fake, CORNER_SHOP)
    return fake


@pytest.fixture(scope="module")
def northwind() -> shop.Shop:
    return shop.read()


@pytest.fixture(scope="module")
def loaded_northwind(northwind: shop.Shop) -> tuple[FakeStack, Loaded, Found]:
    fake = FakeStack()
    return fake, *run(fake, northwind)


# A whole run


def test_the_whole_shop_is_loaded(loaded_northwind: tuple[FakeStack, Loaded, Found]) -> None:
    _, _, found = loaded_northwind
    assert Counter(product.is_active for product in found.products) == {True: 67, False: 10}
    assert len(found.skus) == 77
    assert Counter(order.status for order in found.orders) == {"confirmed": 809, "reserved": 21}
    assert sum(order.placed for order in found.orders) == 51317
    assert found.mismatches == ()


def test_every_line_is_logged_when_it_is_placed_and_when_it_ships(
    loaded_northwind: tuple[FakeStack, Loaded, Found], northwind: shop.Shop
) -> None:
    _, _, found = loaded_northwind
    shipped = [order for order in northwind.orders if order.shipped_on]
    kinds = Counter(record.transaction_type for record in found.records)
    assert kinds["order_placed"] == 2155
    assert kinds["order_confirmed"] == sum(len(order.lines) for order in shipped)


def test_restocked_units_are_either_sold_or_in_stock(
    loaded_northwind: tuple[FakeStack, Loaded, Found],
) -> None:
    _, _, found = loaded_northwind
    restocked = sum(r.quantity for r in found.records if r.transaction_type == "restock")
    confirmed = sum(order.confirmed for order in found.orders)
    assert restocked - confirmed == sum(sku.current_stock for sku in found.skus)


def test_a_first_run_reports_everything_as_new(loaded_northwind: tuple[FakeStack, Loaded, Found]) -> None:
    _, loaded, found = loaded_northwind
    assert loaded.new == {
        "products": 77,
        "SKUs": 77,
        "restocks": sum(r.transaction_type == "restock" for r in found.records),
        "orders placed": 830,
        "orders confirmed": 809,
        "products deactivated": 10,
    }


def test_prices_arrive_to_the_cent(loaded_northwind: tuple[FakeStack, Loaded, Found]) -> None:
    fake, _, _ = loaded_northwind
    gumbo = next(p for p in fake.products.values() if p["product_name"].endswith("Gumbo Mix"))
    assert gumbo["base_price"] == 21.35


def test_a_short_order_is_restocked_with_what_is_missing_and_a_lot() -> None:
    fake = corner_shop_loaded()
    restocks = [
        (fake.product_name(record["sku"]), record["quantity"])
        for record in fake.log
        if record["transaction_type"] == "restock"
    ]
    assert sorted(restocks) == [
        ("Product 1", 10),
        ("Product 1", 5 + 20),
        ("Product 2", 9 + 30),
        ("Product 2", 70 + 30),
        ("Product 3", 4),
        ("Product 3", 48 + 20),
    ]


def test_orders_are_placed_and_confirmed_in_the_order_of_their_dates() -> None:
    fake = corner_shop_loaded()
    steps = []
    for record in fake.log:
        step = (record["transaction_type"], record["order_id"])
        if record["order_id"] and step not in steps:
            steps.append(step)
    assert steps == [
        ("order_placed", "ORDER-1"),
        ("order_placed", "ORDER-2"),
        ("order_placed", "ORDER-3"),
        ("order_confirmed", "ORDER-2"),
        ("order_placed", "ORDER-4"),
        ("order_confirmed", "ORDER-1"),
        ("order_confirmed", "ORDER-4"),
    ]


# Another run


@pytest.mark.parametrize("days", [0, 1])
def test_a_second_run_doubles_nothing_today_or_tomorrow(days: int) -> None:
    fake = corner_shop_loaded()
    before = fake.final_state()
    if days:
        fake.let_a_day_pass()
    loaded, found = run(fake, CORNER_SHOP)
    assert fake.final_state() == before
    assert loaded.new.total() == 0
    assert found.mismatches == ()


def test_a_second_run_of_the_whole_shop_writes_nothing(
    loaded_northwind: tuple[FakeStack, Loaded, Found], northwind: shop.Shop
) -> None:
    before, _, _ = loaded_northwind
    fake = replace(before, idempotency_records={}, requests=Counter())
    run(fake, northwind)
    assert fake.requests["PUT"] == 830
    assert fake.requests["POST"] == fake.requests["DELETE"] == 0


@pytest.mark.parametrize("days", [0, 1])
def test_a_run_interrupted_after_any_request_is_completed_by_the_next(days: int) -> None:
    whole = corner_shop_loaded()
    for requests in range(1, whole.requests.total()):
        fake = FakeStack(cut_after=requests)
        with pytest.raises(PowerCut):
            run(fake, CORNER_SHOP)
        if days:
            fake.let_a_day_pass()
        fake.restart()
        _, found = run(fake, CORNER_SHOP)
        assert fake.final_state() == whole.final_state(), f"cut after {requests} requests"
        assert found.mismatches == ()


def test_a_run_that_is_interrupted_repeatedly_still_ends_the_same() -> None:
    fake = FakeStack()
    for requests in range(5, 200, 5):
        fake.restart(cut_after=requests)
        try:
            run(fake, CORNER_SHOP)
        except PowerCut:
            fake.let_a_day_pass()
        else:
            break
    assert fake.final_state() == corner_shop_loaded().final_state()


@pytest.mark.parametrize("requests", [777, 3000])
def test_the_whole_shop_survives_an_interruption(
    northwind: shop.Shop, loaded_northwind: tuple[FakeStack, Loaded, Found], requests: int
) -> None:
    whole, _, _ = loaded_northwind
    fake = FakeStack(cut_after=requests)
    with pytest.raises(PowerCut):
        run(fake, northwind)
    fake.restart()
    _, found = run(fake, northwind)
    assert fake.final_state() == whole.final_state()
    assert found.mismatches == ()


def test_units_that_somebody_else_buys_meanwhile_are_restocked_again() -> None:
    fake = FakeStack()
    assortment = CORNER_SHOP.products[:1]
    run(fake, shop.Shop(CORNER_SHOP.vendors, assortment, ()))
    (sku,) = fake.skus.values()
    places = []

    def buy_before_the_second_place(request: httpx.Request) -> None:
        if request.method == "PUT":
            places.append(request)
            if len(places) == 2:
                line = {"product_id": sku["product_id"], "sku": sku["sku"], "quantity": 25}
                fake.reserve("ORDER-OTHER", [line])

    fake.intercept = buy_before_the_second_place
    facts = shop.Shop(CORNER_SHOP.vendors, assortment, (order(1, 1, None, (1, 30)),))
    loaded, found = run(fake, facts)
    assert loaded.new["restocks"] == 2
    assert {order.order_id for order in found.orders} == {"ORDER-1", "ORDER-OTHER"}
    assert found.mismatches == ()


def test_a_reservation_that_expired_since_is_left_alone() -> None:
    fake = FakeStack()
    reserved_only = tuple(replace(order, shipped_on=None) for order in CORNER_SHOP.orders)
    run(fake, replace(CORNER_SHOP, orders=reserved_only))
    fake.expire("ORDER-1")
    loaded, found = run(fake, CORNER_SHOP)
    assert fake.orders["ORDER-1"]["status"] == "cancelled"
    assert loaded.new["orders confirmed"] == 2
    assert found.mismatches == ()


def test_a_later_product_of_the_same_name_is_not_taken_for_the_demos() -> None:
    fake = corner_shop_loaded()
    original = next(iter(fake.products.values()))
    later = {"product_id": "PROD-ZZZZZ", "created_at": "2026-02-01T00:00:00.000000Z"}
    fake.products = {"PROD-ZZZZZ": original | later} | fake.products
    loaded, _ = run(fake, CORNER_SHOP)
    assert loaded.new.total() == 0


# Reading back


def test_a_mismatch_in_the_services_is_reported_per_sku(
    loaded_northwind: tuple[FakeStack, Loaded, Found], capsys: pytest.CaptureFixture[str]
) -> None:
    fake, loaded, _ = loaded_northwind
    planted = replace(fake, skus=deepcopy(fake.skus))
    sku = planted.skus[loaded.listings[0].sku]
    sku["current_stock"] += 1
    exit_code = main({}, planted.transport())
    printed = capsys.readouterr().out
    assert exit_code == 1
    assert f"{sku['sku']}: current_stock is {sku['current_stock']}, but its log" in printed
    assert "1 of 77 SKUs do not agree" in printed


def test_a_record_that_appears_late_in_the_log_is_no_mismatch() -> None:
    fake = corner_shop_loaded()
    late = [fake.log.pop()]

    def show_it_before_orders_are_read(request: httpx.Request) -> None:
        if request.method == "GET" and request.url.path.startswith("/orders/") and late:
            fake.log.append(late.pop())

    fake.intercept = show_it_before_orders_are_read
    _, found = run(fake, CORNER_SHOP)
    assert not late
    assert found.mismatches == ()


# The command


def test_the_command_prints_what_it_found(
    loaded_northwind: tuple[FakeStack, Loaded, Found], capsys: pytest.CaptureFixture[str]
) -> None:
    fake, _, _ = loaded_northwind
    assert main({}, fake.transport()) == 0
    printed = capsys.readouterr().out
    assert "51,317" in printed
    assert "All 77 SKUs agree with their log and their open orders." in printed


def test_fewer_orders_are_the_first_ones(northwind: shop.Shop) -> None:
    fake = FakeStack()
    assert main({}, fake.transport(), orders_max=2) == 0
    assert [*fake.orders] == [order.order_id for order in northwind.orders[:2]]
    assert len(fake.skus) == len(northwind.products)


def progress_of(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_the_progress_is_written_for_programs_too(
    loaded_northwind: tuple[FakeStack, Loaded, Found], capsys: pytest.CaptureFixture[str]
) -> None:
    fake, _, _ = loaded_northwind
    assert main({}, fake.transport(), has_progress_lines=True) == 0
    printed = capsys.readouterr()
    lines = progress_of(printed.out)
    steps = list(dict.fromkeys(line["step"] for line in lines))
    assert steps == [
        "Products, SKUs, opening stock",
        "Orders, day by day",
        "Discontinued products",
        "Reading vendors back",
        "Reading orders back",
    ]
    assert lines[0] == {"step": steps[0], "done": 0, "total": expected_jobs(shop.read())}
    assert [line["done"] for line in lines] == sorted(line["done"] for line in lines)
    assert {line["total"] for line in lines} == {lines[0]["total"]}
    assert lines[-1]["done"] == lines[-1]["total"]
    assert "All 77 SKUs agree with their log and their open orders." in printed.err


def test_a_failure_is_part_of_the_progress(capsys: pytest.CaptureFixture[str]) -> None:
    refuse_places = refusing_places({"code": "sku_inactive", "detail": "Not active.", "status": 409})
    fake = FakeStack(intercept=refuse_places)
    assert main({}, fake.transport(), has_progress_lines=True) == 1
    *before, last = progress_of(capsys.readouterr().out)
    assert [line for line in before if "message" in line] == []
    assert last["step"] == "Orders, day by day"
    assert last["message"].endswith("answered 409 (sku_inactive): Not active.")


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", ""])
def test_a_number_of_orders_that_is_none_is_refused(number: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "demo", "--orders", number], cwd=ROOT, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert f"{number!r} should be a whole number of at least 1" in refused.stderr


def test_without_a_stack_the_command_says_how_to_start_one(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused")

    assert main({}, httpx.MockTransport(refuse)) == 1
    assert capsys.readouterr().err == (
        "No server answers at http://127.0.0.1:8000: start the local stack with `make run` in "
        "another terminal, then try again.\n"
    )


def refusing_places(problem: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response | None]:
    def refuse_places(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(409, json=problem) if request.method == "PUT" else None

    return refuse_places


def test_an_unexpected_response_is_reported_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    problem = {"code": "sku_inactive", "detail": "The SKU is [not] active.", "status": 409}
    fake = FakeStack(intercept=refusing_places(problem))
    assert main({}, fake.transport()) == 1
    assert capsys.readouterr().err == (
        "PUT http://127.0.0.1:8002/orders/ORDER-DEMO-10248 answered 409 (sku_inactive): "
        "The SKU is [not] active.\n"
    )


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (httpx.Response(502, text="Bad gateway"), "answered 502: Bad gateway"),
        (httpx.Response(200, text="<html>"), "answered 200 with an undocumented body"),
        (httpx.Response(200, json={"items": []}), "with an undocumented body (KeyError"),
        (httpx.Response(200, json=[]), "answered 200 with an undocumented body"),
    ],
)
def test_a_response_of_another_server_is_reported_too(
    capsys: pytest.CaptureFixture[str], response: httpx.Response, message: str
) -> None:
    fake = FakeStack(intercept=lambda request: response if "vendors" in request.url.path else None)
    assert main({}, fake.transport()) == 1
    assert message in capsys.readouterr().err


def test_a_broken_connection_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("timed out")

    assert main({}, httpx.MockTransport(breaks)) == 1
    assert "got no answer: timed out." in capsys.readouterr().err


def test_ctrl_c_prints_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    assert main({}, httpx.MockTransport(interrupt)) == 130
    assert capsys.readouterr().err == ("Interrupted. The next run continues where this one ended.\n")


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "http://127.0.0.1:port"])
def test_a_setting_that_is_not_a_url_is_reported(capsys: pytest.CaptureFixture[str], url: str) -> None:
    assert main({"FRONT_URL": url}) == 1
    assert url in capsys.readouterr().err


# The clients


def busy(times: int) -> Callable[[httpx.Request], httpx.Response | None]:
    """Let the stock service return that it is busy to the first requests."""
    left = list(range(times))

    def handler(request: httpx.Request) -> httpx.Response | None:
        if request.url.port == STOCK and left:
            left.pop()
            return httpx.Response(503, json={"code": "busy"}, headers={"Retry-After": "1"})
        return None

    return handler


def test_a_request_to_a_busy_service_is_retried_after_the_time_it_names() -> None:
    fake = FakeStack(intercept=busy(times=2))
    waits: list[float] = []
    with api.Stack({}, fake.transport(), waits.append) as stack:
        load(stack, CORNER_SHOP, QUIET)
    assert len(waits) == 2
    assert min(waits) >= 1.0
    assert fake.final_state() == corner_shop_loaded().final_state()


def test_retries_of_a_busy_service_end() -> None:
    fake = FakeStack(intercept=busy(times=1000))
    waits: list[float] = []
    with api.Stack({}, fake.transport(), waits.append) as stack, pytest.raises(Problem):
        stack.orders.order("ORDER-1")
    assert len(waits) == Retries().attempts - 1


def test_a_token_is_fetched_once_per_role_and_vendor() -> None:
    fake = FakeStack()
    with api.Stack({}, fake.transport()) as stack:
        for _ in range(2):
            list(stack.catalog_of("VENDOR-001").products_of_vendor("VENDOR-001"))
            list(stack.audit.records_of_vendor("VENDOR-001"))
    pages_each = 2
    assert fake.requests.total() == 2 + 2 * 2 * pages_each
