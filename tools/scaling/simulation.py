"""Simulate the throttling of DynamoDB's partitions during a sale, an import and a busy category.

Each key of a table or index has the throughput of one partition, and can use what it left unused in the last
five minutes (burst capacity).  A write is throttled if any table or index that it touches has no capacity
left: an index throttles the writes of its table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from inventory_common.order_items import OPEN_ORDERS
from tools.scaling.demands import DEMANDS, SPREAD, Partition

__all__ = ["SCENARIOS", "Outcome", "Scenario", "simulate"]

BURST_SECONDS: Final = 300
"""How long a partition keeps throughput that it did not use."""

Names = Mapping[str, str]
"""The product, vendor, … of a request, by what a key identifies."""


@dataclass(frozen=True)
class Scenario:
    """Requests of one operation at a constant rate; `names` returns the keys of the n-th request."""

    operation: str
    per_second: int
    seconds: int
    names: Callable[[int], Names]
    about: str
    orders_each: int = 1


@dataclass
class Outcome:
    """The requests that were served in each second, and the partitions that throttled the others."""

    served: list[int] = field(default_factory=list)
    throttled_by: Counter[Partition] = field(default_factory=Counter)
    first_throttled_second: int | None = None

    @property
    def sustained_per_second(self) -> float:
        """Requests served per second after the burst capacity is used up: the mean of the last tenth."""
        last = self.served[-max(1, len(self.served) // 10) :]
        return sum(last) / len(last)


def simulate(scenario: Scenario) -> Outcome:
    """Return the outcome of a scenario, whose requests arrive evenly."""
    left: dict[tuple[Partition, str], float] = {}
    refilled: dict[tuple[Partition, str], int] = {}
    outcome = Outcome()
    number = 0
    for second in range(scenario.seconds):
        served = 0
        for _ in range(scenario.per_second):
            names = scenario.names(number)
            number += 1
            demanded = [
                ((partition, names[partition.key_of]), units)
                for partition, units in DEMANDS[scenario.operation].items()
                if partition.key_of not in SPREAD
            ]
            for key, _units in demanded:
                _refill(left, refilled, key, second)
            short = [key[0] for key, units in demanded if left[key] < units]
            if short:
                outcome.throttled_by[short[0]] += 1
                if outcome.first_throttled_second is None:
                    outcome.first_throttled_second = second
                continue
            for key, units in demanded:
                left[key] -= units
            served += 1
        outcome.served.append(served)
    return outcome


def _refill(
    left: dict[tuple[Partition, str], float],
    refilled: dict[tuple[Partition, str], int],
    key: tuple[Partition, str],
    second: int,
) -> None:
    rate = key[0].units_per_second
    elapsed_seconds = second - refilled.get(key, second - BURST_SECONDS)
    if elapsed_seconds:
        left[key] = min(left.get(key, 0) + rate * elapsed_seconds, rate * BURST_SECONDS)
        refilled[key] = second


def _one_sku(number: int) -> Names:
    return {
        "product": "P",
        "sku": "S",
        "vendor": "V",
        "category": "C",
        "open orders": OPEN_ORDERS[number % len(OPEN_ORDERS)],
    }


def _skus_of_one_vendor(number: int) -> Names:
    return {**_one_sku(number), "product": f"P{number % 5_000}", "sku": f"S{number % 5_000}"}


def _skus_of_many_vendors(number: int) -> Names:
    return {**_skus_of_one_vendor(number), "vendor": f"V{number % 100}"}


SCENARIOS: Final = {
    "flash sale, one by one": Scenario("place_1", 2_000, 400, _one_sku, "2,000 orders a second of one SKU"),
    "flash sale, in batches": Scenario(
        "batch_place_49", 41, 1_200, _one_sku, "the same in batches of 49", orders_each=49
    ),
    "bulk import of one vendor": Scenario(
        "restock", 1_000, 700, _skus_of_one_vendor, "1,000 restocks a second, 5,000 SKUs of one vendor"
    ),
    "the same of 100 vendors": Scenario(
        "restock", 1_000, 700, _skus_of_many_vendors, "1,000 restocks a second, 5,000 SKUs of 100 vendors"
    ),
    "category hot spot": Scenario(
        "browse_category", 1_000, 400, _one_sku, "1,000 pages a second of one category"
    ),
}
