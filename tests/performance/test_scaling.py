"""What saturates first, and that the model of it asks for no other units than were measured."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.performance.__main__ import RESULTS
from tools.scaling.__main__ import limits, outcomes, writers
from tools.scaling.demands import DEMANDS, Partition, limit_of
from tools.scaling.hot_sku import (
    BATCH,
    COMBINED_MAX,
    POLLS_PER_SECOND,
    combined,
    in_batches,
    optimistic,
    sell,
)
from tools.scaling.sale import Times
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


EXACT = Times(spread=0)


def test_the_rate_of_one_writer_is_that_of_its_calls() -> None:
    alone = sell(optimistic, 1, EXACT)
    assert alone.per_second == pytest.approx(1 / EXACT.transaction_seconds, rel=0.01)
    assert alone.an_order("write units") == pytest.approx(sum(DEMANDS["place_1"].values()), rel=0.01)
    assert alone.an_order("transactions") == pytest.approx(1, rel=0.01)
    # A ticket, a poll, the room's lease, a read, a transaction, the lease given back.
    together = sell(combined, 1, EXACT)
    seconds = 5 * EXACT.call_seconds + EXACT.transaction_seconds
    assert together.per_second == pytest.approx(1 / seconds, rel=0.01)
    assert together.wait_ms(99) == pytest.approx(1_000 * seconds)


def test_the_same_seed_gives_the_same_sale() -> None:
    assert sell(optimistic, 8) == sell(optimistic, 8)
    assert sell(optimistic, 8, seed=1).seconds != sell(optimistic, 8, seed=2).seconds


def test_writers_one_by_one_starve_each_other_and_at_last_all() -> None:
    rates = {number: sell(optimistic, number) for number in (1, 32, 500)}
    assert rates[32].per_second < rates[1].per_second
    assert rates[32].wait_ms(99) > 100 * rates[1].wait_ms(99)
    assert rates[500].per_second < rates[1].per_second / 3
    assert rates[500].sent["busy"] > len(rates[500].seconds)


def test_conflicts_alone_do_not_collapse_the_rate_but_units_of_lost_writes_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limited = sell(optimistic, 500)
    monkeypatch.setattr(Partition, "units_per_second", 1e9)
    assert sell(optimistic, 500).per_second > 4 * limited.per_second


def test_a_batch_is_limited_by_the_indexes_of_the_log() -> None:
    batches = sell(in_batches, 1)
    limit, partition = limit_of("batch_place_49", "sku") or (0, None)
    assert batches.per_second == pytest.approx(limit * BATCH, rel=0.05)
    assert partition == Partition("StockTransactions/SKUTransactionIndex", "sku")


def test_combined_orders_cost_what_their_transactions_and_tickets_do() -> None:
    together = sell(combined, 256)
    assert together.an_order("transactions") == pytest.approx(1 / COMBINED_MAX, rel=0.1)
    place_33 = (sum(DEMANDS["batch_place_49"].values()) - 5) / BATCH + 5 / COMBINED_MAX
    ticket = 1 + 2
    leases = 2 / COMBINED_MAX
    assert together.an_order("write units") == pytest.approx(place_33 + ticket, abs=leases)


@pytest.mark.parametrize("number", [64, 500])
def test_polls_stay_below_their_limit_which_limits_combined_orders(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    limited = sell(combined, number)
    assert POLLS_PER_SECOND * 0.9 < limited.a_second("polls") < POLLS_PER_SECOND
    # Each order needs a poll that finds its ticket gone, but for those of the lease's holders.
    assert limited.per_second < POLLS_PER_SECOND
    monkeypatch.setattr("tools.scaling.hot_sku.POLLS_PER_SECOND", 2 * POLLS_PER_SECOND)
    assert sell(combined, number).per_second > 1.3 * limited.per_second


def test_combining_wins_from_three_writers_on() -> None:
    for number, wins in {2: False, 3: True, 4: True, 500: True}.items():
        assert (sell(combined, number).per_second > sell(optimistic, number).per_second) == wins, number


def test_the_page_has_what_is_printed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert limits() in page
    assert outcomes() in page
    assert writers() in page
