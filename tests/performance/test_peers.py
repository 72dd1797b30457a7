"""What `make bench-peers` computes and prints, and that it stops and leaves out what it must."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.peers import __main__ as command
from tests.benchmarks.peers import product, runner
from tests.benchmarks.peers.driver import Figures, Placed, Request, figures_of, measure_rate, sell
from tests.benchmarks.peers.node import SOURCES, is_suitable
from tests.benchmarks.peers.report import BEGIN, END, page_with, part_of, table_of
from tests.benchmarks.peers.runner import Plan, measure_all, summary_of
from tests.benchmarks.peers.systems import CannotRun, System

PLAN = Plan(runs=2, seconds=0.02, warm_up_seconds=0.01, clients=(1, 3))


class Shelf:
    """A stock that is never oversold."""

    def __init__(self, units: int) -> None:
        self.units = units
        self.sold = 0
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            if self.sold == self.units:
                return False
            self.sold += 1
            return True


class Buyer:
    """Takes from shelves."""

    def place(self, skus: Sequence[Any]) -> Placed:
        taken = [shelf.take() for shelf in skus]
        return Placed(sum(taken), len(taken) - sum(taken))

    def close(self) -> None:
        """Nothing is open."""


class Shop(System):
    """A system in this process."""

    title = "a shop"
    batch = 7
    stopped: list[str]

    def start(self) -> Mapping[str, str]:
        return {"Shop": "1.0"}

    def stop(self) -> None:
        self.stopped.append(type(self).__name__)

    def seed(self, skus: int, units: int) -> Sequence[Any]:
        return [Shelf(units) for _ in range(skus)]

    def connect(self, number: int) -> Buyer:
        return Buyer()

    def reserved(self, sku: Any) -> int:
        return int(sku.sold)


class OnlySold(Shop):
    """A shop whose rate is not measured."""

    title = "a shop, one sale"
    rate_clients = ()


class Missing(Shop):
    """What this machine does not have."""

    def start(self) -> Mapping[str, str]:
        raise CannotRun("it is not installed")


def results_of(*systems: type[System]) -> dict[str, Any]:
    """Return the results of a run of these."""
    found = measure_all({system.__name__: system for system in systems}, PLAN, say=lambda _: None)
    return {
        "machine": {
            "measured": "2026-01-02",
            "cores": 2,
            "system": "Linux",
            "disk": "ext4",
            "load_average": 0.5,
        },
        "plan": {"runs": 2, "seconds": 0.02, "warm_up_seconds": 0.01, "clients": [1, 3]},
        "sale": {"units": 200, "orders": 400, "clients": 16, "many": 100},
        **found,
    }


@pytest.fixture(autouse=True)
def stopped() -> list[str]:
    """The names of the systems that were stopped."""
    Shop.stopped = []
    return Shop.stopped


def test_a_request_counts_with_the_share_of_it_that_lies_in_the_measured_time() -> None:
    requests = [
        Request(-3.0, 1.0, Placed(40)),  # a quarter
        Request(1.0, 2.0, Placed(5)),
        Request(8.0, 12.0, Placed(8)),  # half
        Request(-2.0, -1.0, Placed(100)),
        Request(11.0, 12.0, Placed(100)),
        Request(-5.0, 15.0, Placed(20)),  # half
    ]
    found = figures_of(requests, 0.0, 10.0)
    assert found.orders_per_second == pytest.approx((10 + 5 + 4 + 10) / 10)
    # Those that have not ended are the slowest, and count as well.
    assert (found.requests, found.p50_ms, found.p99_ms) == (4, 4000.0, 20000.0)


def test_a_request_that_took_no_time_counts_as_a_whole_once() -> None:
    instant = [Request(moment, moment, Placed(3)) for moment in (0.0, 5.0, 11.0)]
    assert figures_of(instant, 0.0, 10.0).orders_per_second == pytest.approx(0.6)


def test_percentiles_are_of_requests_and_errors_of_orders() -> None:
    requests = [Request(0.0, number / 1000, Placed(1)) for number in range(1, 100)]
    requests.append(Request(0.0, 0.5, Placed(0, refused=2, errors=("503 busy", "503 busy"))))
    found = figures_of(requests, 0.0, 1.0)
    assert (found.p50_ms, found.p99_ms, found.requests) == (50.0, 99.0, 100)
    assert found.errors == 4
    assert found.reasons == ("503 busy", "refused: not enough stock")


def test_no_request_is_no_rate() -> None:
    assert figures_of([], 0.0, 1.0) == Figures(0.0, 0.0, 0.0, 0, 0)


def test_each_figure_of_several_runs_is_their_median_and_errors_are_summed() -> None:
    runs = [Figures(10, 1, 9, 5, 0), Figures(30, 3, 7, 6, 2, ("500",)), Figures(20, 2, 8, 7, 1, ("500",))]
    assert summary_of(runs) == {
        "orders_per_second": 20,
        "p50_ms": 2,
        "p99_ms": 8,
        "requests": 18,
        "errors": 3,
        "reasons": ["500"],
    }


@pytest.mark.parametrize("batch", [1, 7, 49])
def test_a_sale_asks_for_exactly_so_many_orders(batch: int) -> None:
    shelf = Shelf(200)
    sale = sell(lambda _: Buyer(), shelf, batch, 16, 400)
    assert (sale.sold, sale.refused, sale.errors, shelf.sold) == (200, 200, 0, 200)


def test_the_rate_of_a_stock_that_runs_out_has_errors() -> None:
    found = measure_rate(
        lambda _: Buyer(), [Shelf(3), Shelf(2)], 1, 2, warm_up_seconds=0, seconds=PLAN.seconds
    )
    assert found.errors > 0
    assert found.reasons == ("refused: not enough stock",)


def test_a_client_that_cannot_connect_ends_the_run_with_its_reason() -> None:
    def connect(number: int) -> Buyer:
        if number == 2:
            raise ConnectionRefusedError("nobody listens")
        return Buyer()

    with pytest.raises(ConnectionRefusedError, match="nobody listens"):
        sell(connect, Shelf(1), 1, 4, 10)


def test_what_cannot_run_is_left_out_with_its_reason_and_everything_is_stopped(stopped: list[str]) -> None:
    results = results_of(Shop, Missing)
    assert [*results["systems"]] == ["Shop"]
    assert results["left_out"] == {"Missing": "it is not installed"}
    assert stopped == ["Shop", "Missing"]
    assert "- Not measured: Missing, as it could not run there (it is not installed)." in part_of(results)


def test_a_system_is_stopped_whatever_ends_the_run(
    stopped: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "measure", interrupted)
    with pytest.raises(KeyboardInterrupt):
        results_of(Shop)
    assert stopped == ["Shop"]


def test_every_run_of_a_cell_is_in_the_results() -> None:
    of = results_of(Shop)["systems"]["Shop"]
    assert of["sale"] == [{"sold": 200, "reserved_by_its_counter": 200, "errors": 0}] * PLAN.runs
    for shop in ("one_sku", "many_skus"):
        assert [*of[shop]] == ["1", "3"]
        assert all(cell["orders_per_second"] > 0 and cell["errors"] == 0 for cell in of[shop].values())


def cell(rate: float, p50: float, p99: float, errors: int = 0) -> dict[str, Any]:
    return {"orders_per_second": rate, "p50_ms": p50, "p99_ms": p99, "requests": 1, "errors": errors}


def test_the_table_shows_what_oversold_and_what_was_slow_in_bold() -> None:
    results = results_of()
    sales = [{"sold": sold, "reserved_by_its_counter": 0, "errors": sold // 300} for sold in (200, 366)]
    results["systems"] = {
        "one": {
            "title": "one",
            "sale": sales[:1],
            "one_sku": {"1": cell(1447.2, 0.72, 1.06), "3": cell(119, 9, 1383, errors=4)},
            "many_skus": {"1": cell(9.96, 10, 999.9)},
        },
        "two": {"title": "two", "sale": sales},
    }
    assert table_of(results).splitlines() == [
        "| system | stock of 200, 400 ordered by 16 clients: sold (2 runs) | one SKU | 100 SKUs |",
        "| --- | --- | --- | --- |",
        "| one | 200 | 1447 (0.7/1.1) · 119 (9.0/**1383**; 4 ✗) | 10 (10/1000) |",
        "| two | **200, 366 (1 ✗)** | not measured | not measured |",
    ]


def test_the_page_keeps_what_is_not_of_the_results() -> None:
    results = results_of(OnlySold)
    page = page_with(results, f"before\n{BEGIN}\nan older table\n{END}\nafter\n")
    assert page.startswith(f"before\n{BEGIN}\n")
    assert page.endswith(f"\n{END}\nafter\n")
    assert "an older table" not in page
    assert part_of(results) in page
    assert page_with(results, page) == page
    with pytest.raises(ValueError, match="lacks the lines"):
        page_with(results, "a page without them")


def test_only_a_whole_run_writes_the_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, whole, trial = tmp_path / "page.md", tmp_path / "peers.json", tmp_path / "trial" / "peers.json"
    page.write_text(f"{BEGIN}{END}", encoding="utf-8")
    monkeypatch.setattr(command, "SYSTEMS", {"shop": Shop, "sale": OnlySold})
    monkeypatch.setattr(command, "CLIENTS", (2,))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    for name, path in {"PAGE": page, "RESULTS": whole, "TRIAL": trial}.items():
        monkeypatch.setattr(command, name, path)
    short = ["--seconds", "0.02", "--warm-up", "0", "--runs", "1"]
    assert command.main(["--systems", "sale", *short]) == 0
    assert (trial.exists(), whole.exists()) == (True, False)
    assert command.main(["--systems", "sale,shop", *short]) == 0
    assert whole.exists()
    assert "| a shop | 200 |" in page.read_text(encoding="utf-8")
    assert "| a shop | 200 |" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "medusa,other", "Medusa"])
def test_an_unknown_system_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.parser().parse_args(["--systems", text])
    assert ended.value.code == 2
    assert "product-embedded" in capsys.readouterr().err


def test_what_the_product_answers_is_counted() -> None:
    outcomes = [
        (201, {"order_id": "ORDER-1"}),
        (409, {"code": "insufficient_stock"}),
        (503, {"code": "busy"}),
        (503, {"code": "busy"}),
        (0, {"message": "broken"}),
    ]
    placed = product.placed_of(outcomes)
    assert (placed.orders, placed.refused) == (1, 1)
    assert placed.errors == ("503 busy", "503 busy", "0 {'message': 'broken'}")


@pytest.mark.parametrize("peer", ["medusa", "vendure"])
def test_the_versions_of_peers_are_exact_and_no_lock_is_committed(peer: str) -> None:
    package = json.loads((SOURCES / peer / "package.json").read_text(encoding="utf-8"))
    assert package["dependencies"]
    assert all(version.replace(".", "").isdigit() for version in package["dependencies"].values())
    assert not (SOURCES / peer / "package-lock.json").exists()


def test_a_node_that_the_peers_support_is_used() -> None:
    assert [is_suitable(version) for version in ("v20.19.0", "v22.11.0", "nonsense")] == [True, False, False]
