"""Prints where each access pattern saturates, and what the simulated partitions do.

Run: ``python -m docs.scaling``, which is ``make simulate-capacity``.
"""

from __future__ import annotations

from docs.scaling.demands import DEMANDS, limit_of
from docs.scaling.simulation import SCENARIOS, simulate

WHOSE = ("sku", "product", "vendor", "category")


def limits() -> str:
    """Return a table of Markdown: how many a second of each operation one SKU, product, … takes."""
    lines = [f"| operation | {' | '.join(f'a {whose}' for whose in WHOSE)} |", "| --- " * 5 + "|"]
    for operation in DEMANDS:
        cells = []
        for whose in WHOSE:
            limit = limit_of(operation, whose)
            cells.append("" if limit is None else f"{limit[0]:,.0f} ({limit[1].place.rpartition('/')[2]})")
        lines.append(f"| `{operation}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def outcomes() -> str:
    """Return a table of Markdown: what became of each scenario."""
    lines = [
        "| scenario | done a second, in the end | throttled from second | by |",
        "| --- | --- | --- | --- |",
    ]
    for name, scenario in SCENARIOS.items():
        outcome = simulate(scenario)
        by = ", ".join(partition.place for partition, _ in outcome.throttled_by.most_common(1)) or "nothing"
        begins = "never" if outcome.first_throttled_second is None else str(outcome.first_throttled_second)
        rate = outcome.sustained_per_second * scenario.orders_each
        lines.append(f"| {name}: {scenario.about} | {rate:,.0f} | {begins} | {by} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(limits())
    print()
    print(outcomes())
