"""The page of the comparison has the figures of ``docs/peers.json``, and what it says of them is so.

Until `make bench-peers` has written that file, the page has older figures, and says so.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.benchmarks.peers.__main__ import SYSTEMS
from tests.benchmarks.peers.report import BEGIN, END, PAGE, RESULTS, page_with
from tests.documents.blocks import ROOT, read

SINGLES: Final = ("product-embedded", "product-dynamodb-local")
PRODUCT: Final = (*SINGLES, "product-batches-embedded", "product-batches-dynamodb-local")
OLDER: Final = "The figures above were measured before the command existed"


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """The committed results."""
    if not RESULTS.exists():
        pytest.skip("docs/peers.json has not been written yet: make bench-peers does that")
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def systems(results: dict[str, Any]) -> dict[str, Any]:
    """Those of each system."""
    return dict(results["systems"])


def sold(system: dict[str, Any]) -> list[int]:
    return [sale["sold"] for sale in system["sale"]]


def rates(system: dict[str, Any], shop: str) -> dict[str, float]:
    return {clients: cell["orders_per_second"] for clients, cell in system[shop].items()}


def test_the_page_has_the_results(results: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with(results, page) == page


def test_the_page_says_whether_its_figures_are_older_than_the_command() -> None:
    page = read("docs/comparison.md")
    assert BEGIN in page.split("## Measured side by side")[1].split(END)[0]
    assert (OLDER in page) == (not RESULTS.exists())


def test_every_system_is_in_the_results_or_left_out_with_a_reason(results: dict[str, Any]) -> None:
    assert {*results["systems"]} | {*results["left_out"]} == {*SYSTEMS}
    assert all(results["left_out"].values())


def test_this_product_never_sold_more_than_there_was(
    results: dict[str, Any], systems: dict[str, Any]
) -> None:
    assert "It never sold more than there was." in read("docs/comparison.md")
    units = results["sale"]["units"]
    measured = [name for name in PRODUCT if name in systems]
    assert measured
    for name in measured:
        for sale in systems[name]["sale"]:
            assert 0 < sale["sold"] <= units, name
            assert sale["sold"] <= sale["reserved_by_its_counter"] <= units, name
            # Without errors all is sold; a place whose outcome is unknown may have reserved.
            assert sale["errors"] or sale["sold"] == units, name


@pytest.mark.parametrize("name", ["vendure", "medusa-two"])
def test_these_oversold_and_lost_updates(name: str, results: dict[str, Any], systems: dict[str, Any]) -> None:
    assert "Vendure oversold even in one process, Medusa with two processes" in read("docs/comparison.md")
    assert all(units > results["sale"]["units"] for units in sold(systems[name]))
    assert all(sale["reserved_by_its_counter"] < sale["sold"] for sale in systems[name]["sale"])


def test_plain_postgres_is_far_faster(systems: dict[str, Any]) -> None:
    assert "**Plain PostgreSQL is far faster**" in read("docs/comparison.md")
    measured = [name for name in SINGLES if name in systems]
    assert measured
    for name in measured:
        for shop in ("one_sku", "many_skus"):
            theirs, ours = rates(systems["postgresql"], shop), rates(systems[name], shop)
            assert all(theirs[clients] > 2 * ours[clients] for clients in theirs), (name, shop)


def test_the_recipe_and_its_options_exist() -> None:
    [line] = [line for line in read("Makefile").splitlines() if line.startswith("bench-peers:")]
    for option in ("QUICK=1", "RUNS=", "SECONDS=", "SYSTEMS="):
        assert option in line
        assert option in read("docs/comparison.md")
    assert "bench-peers" not in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
