"""What the benchmark of a hot SKU computes, and that the page has what was measured, waits or not."""

from __future__ import annotations

import json
import re
from itertools import combinations
from random import Random
from typing import Any

import pytest

from tests.benchmarks.hot_shop import connect_to
from tests.benchmarks.performance import hot_sku, report
from tests.benchmarks.performance.__main__ import RESULTS
from tests.support.engines import engine

WAITS = {"median_seconds": 0.012, "p99_seconds": 1.5, "slowest_seconds": 2.25, "overtaken": 0.125}


@pytest.fixture
def committed() -> dict[str, Any]:
    """The committed measurements."""
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


@pytest.fixture
def measured(committed: dict[str, Any]) -> dict[str, Any]:
    """Measurements with another width, and with waits, of placed orders."""
    found = committed["hot_sku"]
    found["place"] = {
        str(writers): {"orders_per_second": 7.0 * writers, "attempts": 1.5, "told_busy": 3, **WAITS}
        for writers in hot_sku.PLACE_WRITERS
    }
    return committed


def test_the_page_and_the_chart_are_those_of_the_committed_measurements(committed: dict[str, Any]) -> None:
    assert (report.DOCS / "performance.md").read_text(encoding="utf-8") == report.page(committed)
    chart = (report.DOCS / "performance.svg").read_text(encoding="utf-8")
    assert chart == report.chart(committed["hot_sku"])


def test_the_page_has_the_waits_of_as_many_writers_as_were_measured(measured: dict[str, Any]) -> None:
    page = report.page(measured)
    assert "| 64 | 12 | 1,500 | 2,250 | 3 | 12.5% |" in page
    # Only placed orders are measured with so many writers.
    assert "| 64 | 448 (1.50) |  |  |" in page
    assert page.count("| 64 |") == 2
    del measured["hot_sku"]["place"]["64"]["overtaken"]
    assert "overtaken" not in report.page(measured)


def test_the_chart_has_each_line_over_the_numbers_of_its_writers(measured: dict[str, Any]) -> None:
    placed, pattern = re.findall(r'<polyline points="([^"]+)"', report.chart(measured["hot_sku"]))
    xs = [[point.split(",")[0] for point in line.split()] for line in (placed, pattern)]
    assert len(xs[0]) == len(hot_sku.PLACE_WRITERS)
    assert xs[1] == xs[0][: len(hot_sku.WRITERS)]


def test_only_orders_that_arrived_a_second_later_overtake() -> None:
    assert hot_sku.overtaken([]) == 0
    assert hot_sku.overtaken([0.999, 0.0]) == 0
    assert hot_sku.overtaken([1.0, 0.0]) == 1
    assert hot_sku.overtaken([0.0, 1.0]) == 0
    # 3.0 has overtaken two of the three pairs that it is in, and 0.0 and 1.5 are in order.
    assert hot_sku.overtaken([3.0, 0.0, 1.5]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("seed", range(5))
def test_the_share_of_overtaken_orders_is_that_of_all_pairs(seed: int) -> None:
    random = Random(seed)
    arrivals = [random.uniform(0, 4) for _ in range(60)]
    pairs = [pair for pair in combinations(arrivals, 2) if abs(pair[0] - pair[1]) >= hot_sku.FAIR_SECONDS]
    expected = sum(first > second for first, second in pairs) / len(pairs)
    assert hot_sku.overtaken(arrivals) == pytest.approx(expected)


def test_writers_report_their_waits_and_the_order_of_their_commits() -> None:
    with engine("embedded") as url:
        hot_sku.create_shop(url)
        hot_sku.run("place", "FIRST", url, 1, 0.3)
        found = hot_sku.run("place", "NEXT", url, 2, 1.5)
        committed = hot_sku.committed_orders(connect_to(url), "2000-01-01T00:00:00.000000Z")
    assert found["orders_per_second"] > 0
    assert 0 < found["median_seconds"] <= found["p99_seconds"] <= found["slowest_seconds"]
    assert 0 <= found["overtaken"] <= 1
    names = [order_id.split("-")[1] for order_id in committed]
    assert sorted(names) == names, "the log is in the order of the commits"
    assert {*names} == {"FIRST", "NEXT"}
    for writer in ("0", "1"):
        own = [order_id for order_id in committed if order_id.startswith(f"ORDER-NEXT-{writer}-")]
        assert own == hot_sku.order_ids(f"NEXT-{writer}", len(own))
