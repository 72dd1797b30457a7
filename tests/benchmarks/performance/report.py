"""Writes the page and the chart of the measurements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["DOCS", "chart", "page", "write"]

DOCS: Final = Path(__file__).resolve().parents[3] / "docs"
WIDTH, HEIGHT, MARGIN = 640, 300, 50
COLOURS: Final = {"this product, with its log": "#1f6f5c", "read, then conditional write": "#b5533c"}

Results = Mapping[str, Any]


def write(results: Results) -> None:
    """Write ``docs/performance.md`` and ``docs/performance.svg``."""
    (DOCS / "performance.md").write_text(page(results), encoding="utf-8")
    if "hot_sku" in results:
        (DOCS / "performance.svg").write_text(chart(results["hot_sku"]), encoding="utf-8")


def page(results: Results) -> str:
    """Return the page."""
    parts = {
        "capacity": capacity,
        "overhead": overhead,
        "cold_start": cold_start,
        "scale": scale,
        "hot_sku": hot_sku,
    }
    sections = [part(results) for name, part in parts.items() if name in results]
    return "\n\n".join([head(results), *sections]) + "\n"


def head(results: Results) -> str:
    """Return the head of the page."""
    machine = results["machine"]
    return f"""# Performance

`make bench` measures all of this and writes this page, its chart and `performance.json`. Every figure is a count or
a ratio to a baseline of the same run; absolute rates appear only next to their baseline.

Measured {machine["measured"]} with Python {machine["python"]} on {machine["cores"]} cores ({machine["system"]},
{machine["processor"]})."""


def capacity(results: Results) -> str:
    """Return the section of capacity units and calls."""
    rows = []
    for name, units in results["capacity"].items():
        reads = {place: of for place, of in units["places"].items() if place.endswith(" read")}
        writes = {place: of for place, of in units["places"].items() if not place.endswith(" read")}
        rows.append(
            (
                f"`{name}`",
                plain(sum(of["measured"] for of in reads.values())),
                plain(sum(of["floor"] for of in reads.values())),
                plain(sum(of["measured"] for of in writes.values())),
                plain(sum(of["floor"] for of in writes.values())),
                results["round_trips"][name],
            )
        )
    titles = ("operation", "read units", "minimum", "write units", "minimum", "calls to DynamoDB")
    return f"""## What DynamoDB charges

The units that an operation costs, all tables and indexes together, and the minimum that the schema allows
([capacity.md](capacity.md) has the arithmetic). Pages have 100 items. The units of reads are those that DynamoDB Local
reports, the units of transactions those of the embedded AWS, as DynamoDB Local reports only one item per table of a
transaction. Stock commands use cached SKUs; without the cache, each costs one more call and one read unit per SKU.

{table(titles, rows)}"""


def overhead(results: Results) -> str:
    """Return the section of warm CPU."""
    ratios = {name: ratio for name, ratio in results["overhead"].items() if name != "peers"}
    rows = [(f"`{name}`", f"{ratio:.2f}") for name, ratio in ratios.items()]
    peers = [
        (name, *(f"{of[operation]:.2f}" for operation in ("get_product", "list_vendor_products")))
        for name, of in results["overhead"]["peers"].items()
    ]
    ours = tuple(f"{ratios[name]:.2f}" for name in ("get_product", "list_vendor_products"))
    return f"""## Warm overhead

CPU time of a whole handler call (API Gateway's event in, token verified, response out), relative to that of the bare
boto3 calls that it makes, with the same parameters. Another process replays the engine's responses. A ratio below 1 means
that the service calls DynamoDB more cheaply than boto3's default client does: it skips the validation of parameters, and
does not build the user agent for every call.

{table(("operation", "ratio"), rows)}

The same two routes written with other frameworks, none of which verifies a token:

{table(("", "`get_product`", "`list_vendor_products`"), [("**this product, token verified**", *ours), *peers])}"""


def cold_start(results: Results) -> str:
    """Return the section of cold starts."""
    found = results["cold_start"]
    services = [
        (name, f"{of['ratio']:.2f}", f"{of['ratio_with_token']:.2f}", f"{of['zip_bytes'] / 1e6:.1f} MB")
        for name, of in found.items()
        if name != "peers"
    ]
    peers = [(name, f"{of['ratio']:.2f}") for name, of in found["peers"].items()]
    return f"""## Cold start

CPU time of a process that starts from the unpacked zip and answers one request, relative to one that only runs
`import boto3; boto3.client("dynamodb")`. With a token it also fetches the keys and loads the cryptography library.

{table(("service", "a public route", "with a token", "zip"), services)}

Peers, `get_product` without any token, from their installed packages:

{table(("", "ratio"), peers)}"""


def scale(results: Results) -> str:
    """Return the section of sizes."""
    facts = results["scale_facts"]
    smallest, *_, largest = facts["sizes"]
    rows = [
        (f"`{name}`", f"{ratio:.2f}", f"{facts['bare_client'][name]:.2f}")
        for name, ratio in results["scale"].items()
    ]
    memory = " and ".join(f"{ratio:.2f} ({service})" for service, ratio in facts["memory"].items())
    units = facts["low_stock_read_units"]
    return f"""## Scale

Median time of a page in a shop of {largest:,} items per table, relative to a shop of {smallest:,}, on DynamoDB Local;
all items belong to one vendor, one category and one SKU's log. The last column is the same ratio for a bare client that
makes the same calls alternately: what both have in common is due to the engine.

{table(("operation", "ratio", "bare client"), rows)}

The peak memory of each service's process, relative to the small shop: {memory}.

A vendor's 10 low SKUs cost {units["few"]:g} read units among 50 SKUs, {units["many"]:g} among 50,000, and
{units["many_mixed"]:g} among 50,000 with mixed thresholds, one of which is so high that 40 more SKUs are read
([0007](decisions/0007-low-stock-bound.md))."""


def hot_sku(results: Results) -> str:
    """Return the section of the hot SKU."""
    found = results["hot_sku"]

    def rows(*ways: str) -> list[tuple[str, ...]]:
        widths = dict.fromkeys(writers for way in ways for writers in found[way])
        return [(writers, *(cell(found[way].get(writers)) for way in ways)) for writers in widths]

    return f"""## One hot SKU

![Orders per second by writers](performance.svg)

Processes that write orders of one unit of the same SKU on {found["engine"]}, compared with the common pattern: read the
SKU, write on condition that it has not changed, retry at once. The pattern writes the SKU and an order; the product also
writes the log record with its place in the chain. Each figure is orders per second, with the number of transactions sent
per transaction needed in parentheses.

{table(("writers", "placed", "confirmed", "the pattern, placed"), rows("place", "confirm", "read_then_write"))}
{waits(found["place"])}
In batches of 49, one transaction each; the sweepers share the due orders:

{table(("writers", "placed", "confirmed", "expired"), rows("batch_place", "batch_confirm", "expire"))}

`python -m tests.benchmarks.batches` compares a batch with a bare client that sends the engine the same transactions,
`python -m tests.benchmarks.stock_batches` a batch of 500 restocks with 500 single requests."""


def waits(placed: Mapping[str, Mapping[str, float]]) -> str:
    """Return what is said of the waits and the fairness of placed orders; nothing if they were not measured."""
    if not all("overtaken" in of for of in placed.values()):
        return ""
    rows = [
        (
            writers,
            *(f"{of[name] * 1_000:,.0f}" for name in ("median_seconds", "p99_seconds", "slowest_seconds")),
            f"{of['told_busy']:.0f}",
            f"{of['overtaken']:.1%}",
        )
        for writers, of in placed.items()
    ]
    titles = ("writers", "median, ms", "99th percentile, ms", "slowest, ms", "503", "overtaken")
    return f"""
How long a request to place an order takes, and how fair it is: of all pairs of orders of which one arrived at least a
second before the other, the last column has the share in which the later one is first in the SKU's log:

{table(titles, rows)}
"""


def cell(of: Mapping[str, float] | None) -> str:
    """Return a rate with its attempts; nothing if so many writers were not measured."""
    return "" if of is None else f"{of['orders_per_second']:.0f} ({of['attempts']:.2f})"


def chart(found: Results) -> str:
    """Return orders per second by writers, of the product and of the pattern, as SVG."""
    lines = dict(zip(COLOURS, (found["place"], found["read_then_write"]), strict=True))
    highest = max(of["orders_per_second"] for line in lines.values() for of in line.values())
    widths = list(dict.fromkeys(writers for line in lines.values() for writers in line))
    step = (WIDTH - 2 * MARGIN) / (len(widths) - 1)
    x_of = {writers: MARGIN + step * n for n, writers in enumerate(widths)}
    drawn = [text(x, HEIGHT - MARGIN + 20, writers, "#555") for writers, x in x_of.items()]
    for place, (label, line) in enumerate(lines.items()):
        points = [
            (x_of[writers], HEIGHT - MARGIN - of["orders_per_second"] / highest * (HEIGHT - 2 * MARGIN))
            for writers, of in line.items()
        ]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        colour = COLOURS[label]
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        drawn.append(text(WIDTH - MARGIN, 22 + 18 * place, label, colour, "end"))
        drawn += [
            text(x, y - 8, f"{of['orders_per_second']:.0f}", colour)
            for (x, y), of in zip(points, line.values(), strict=True)
        ]
    drawn.append(text(WIDTH / 2, HEIGHT - 8, "writers on one SKU; orders per second", "#555"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>' + "".join(drawn) + "</svg>\n"
    )


def text(x: float, y: float, words: str, colour: str, anchor: str = "middle") -> str:
    """Return a text of the chart."""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table of Markdown."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def plain(units: float) -> str:
    """Return units without needless digits."""
    return f"{units:g}"
