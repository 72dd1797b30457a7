"""What saturates first, and that the model of it asks for no other units than were measured."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.performance.__main__ import RESULTS
from tools.scaling.__main__ import limits, outcomes
from tools.scaling.demands import DEMANDS, Partition, limit_of
from tools.scaling.simulation import SCENARIOS, Scenario, simulate

PAGE = Path(__file__).parents[2] / "docs" / "scaling.md"


@pytest.mark.parametrize("operation", DEMANDS)
def test_the_demands_are_the_measured_units(operation: str) -> None:
    places = json.loads(RESULTS.read_text(encoding="utf-8"))["capacity"][operation]["places"]
    demanded: Counter[str] = Counter()
    for partition, units in DEMANDS[operation].items():
        demanded[partition.table + " read" * partition.reads] += units  # type: ignore[assignment]
    if operation == "batch_place_49":
        # One of the orders' entries is of the SKU's own, and so on: compared by place all the same.
        assert demanded.total() == sum(of["measured"] for of in places.values())
    assert demanded == {place: of["measured"] for place, of in places.items()}


def test_an_order_a_second_too_much_saturates_the_vendors_index_after_the_burst() -> None:
    rate, partition = limit_of("place_1", "vendor") or (0, None)
    assert (rate, partition) == (500, Partition("VendorInventory/VendorInventoryIndex", "vendor"))
    names = SCENARIOS["bulk import of one vendor"].names
    below = simulate(Scenario("place_1", 500, 310, names, ""))
    assert below.first_throttled_second is None
    above = simulate(Scenario("place_1", 1_000, 400, names, ""))
    # What was saved lasts for 300 s of 1,000 units, at 1,000 more a second than come back.
    assert above.first_throttled_second == pytest.approx(300, abs=2)
    assert above.sustained_per_second == pytest.approx(500)
    assert set(above.throttled_by) == {partition}


def test_other_keys_are_not_held_back() -> None:
    outcome = simulate(SCENARIOS["the same of 100 vendors"])
    assert outcome.first_throttled_second is None


def test_the_page_has_what_is_printed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert limits() in page
    assert outcomes() in page
