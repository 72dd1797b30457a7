"""Print the rate at which each access pattern saturates, and the results of the simulations.

Run: ``python -m tools.scaling``, which is ``make simulate-capacity``.
"""

from __future__ import annotations

from tools.scaling.demands import DEMANDS, limit_of
from tools.scaling.hot_sku import BATCH, WRITERS, combined, in_batches, optimistic, sell
from tools.scaling.sale import Sold
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


def writers() -> str:
    """Return a Markdown table of the ways in which many writers can place orders on one SKU."""
    titles = ("orders per second", "wait, ms", "units an order")
    each = [*(f"one by one: {title}" for title in (*titles, "503 per second"))]
    each += [f"combined: {title}" for title in titles]
    lines = [f"| writers | {' | '.join(each)} |", "| --- " * (len(each) + 1) + "|"]
    for number in WRITERS:
        alone, together = sell(optimistic, number), sell(combined, number)
        cells = (str(number), *_cells(alone), f"{alone.a_second('busy'):.0f}", *_cells(together))
        lines.append(f"| {' | '.join(cells)} |")
    rate, wait, units = _cells(sell(in_batches, 1))
    lines += [
        "",
        f"One writer in batches of {BATCH}: {rate} orders per second, {wait} ms, {units} units an order.",
    ]
    return "\n".join(lines)


def _cells(sold: Sold) -> tuple[str, str, str]:
    """Return the rate; the median wait and its 99th percentile; write and read units."""
    return (
        f"{sold.per_second:,.0f}",
        f"{sold.wait_ms(50):,.0f} / {sold.wait_ms(99):,.0f}",
        f"{sold.an_order('write units'):.1f} / {sold.an_order('read units'):.1f}",
    )


if __name__ == "__main__":
    print(limits())
    print()
    print(outcomes())
    print()
    print(writers())
