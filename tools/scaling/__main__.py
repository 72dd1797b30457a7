"""Print the rate at which each access pattern saturates, and the results of the simulated scenarios.

Run: ``python -m tools.scaling``, which is ``make simulate-capacity``.
"""

from __future__ import annotations

from tools.scaling.demands import DEMANDS, limit_of
from tools.scaling.simulation import SCENARIOS, simulate

KEYS = ("sku", "product", "vendor", "category")


def limits() -> str:
    """Return a Markdown table of the highest rate a second of each operation on one SKU, product, …."""
    lines = [f"| operation | {' | '.join(f'a {key}' for key in KEYS)} |", "| --- " * 5 + "|"]
    for operation in DEMANDS:
        cells = []
        for key in KEYS:
            limit = limit_of(operation, key)
            cells.append("" if limit is None else f"{limit[0]:,.0f} ({limit[1].table.rpartition('/')[2]})")
        lines.append(f"| `{operation}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def outcomes() -> str:
    """Return a Markdown table of the results of the scenarios."""
    lines = [
        "| scenario | sustained per second | throttled from second | throttled by |",
        "| --- | --- | --- | --- |",
    ]
    for name, scenario in SCENARIOS.items():
        outcome = simulate(scenario)
        by = ", ".join(partition.table for partition, _ in outcome.throttled_by.most_common(1)) or "nothing"
        begins = "never" if outcome.first_throttled_second is None else str(outcome.first_throttled_second)
        rate = outcome.sustained_per_second * scenario.orders_each
        lines.append(f"| {name}: {scenario.about} | {rate:,.0f} | {begins} | {by} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(limits())
    print()
    print(outcomes())
