"""Writes the page and the chart of what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["write"]

DOCS: Final = Path(__file__).resolve().parents[3] / "docs"
WIDTH, HEIGHT, MARGIN = 640, 300, 50
COLOURS: Final = {"this product, with its log": "#1f6f5c", "read, then write on condition": "#b5533c"}

Results = Mapping[str, Any]


def write(results: Results) -> None:
    """Write ``docs/performance.md`` and ``docs/performance.svg``."""
    parts = {
        "capacity": capacity,
        "overhead": overhead,
        "cold_start": cold_start,
        "scale": scale,
        "hot_sku": hot_sku,
    }
    sections = [part(results) for name, part in parts.items() if name in results]
    text = "\n\n".join([head(results), *sections]) + "\n"
    (DOCS / "performance.md").write_text(text, encoding="utf-8")
    if "hot_sku" in results:
        (DOCS / "performance.svg").write_text(chart(results["hot_sku"]), encoding="utf-8")


def head(results: Results) -> str:
    """Return the beginning of the page."""
    machine = results["machine"]
    return f"""# Performance

`make bench` measures all of this and writes this page, its chart and `performance.json`. Every figure is a count or
a ratio to a baseline of the same run; absolute rates are given beside their baseline alone.

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
    titles = ("operation", "read units", "least", "write units", "least", "calls of DynamoDB")
    return f"""## What DynamoDB charges

Units that an operation costs, all tables and indexes together, beside the least that the schema allows
([capacity.md](capacity.md) has the arithmetic). Pages are of 100 items. Reads are by DynamoDB Local's own account;
transactions by the embedded AWS's, as DynamoDB Local tells only one item of each table of a transaction. Stock
commands find their SKUs remembered; otherwise each costs one more call and one read unit a SKU.

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

CPU of a whole handler call (event of API Gateway in, token checked, answer out) over that of the bare boto3 calls
that it makes, with the parameters that it sends. The engine's answers are played by another process. Below 1 means
that the service asks DynamoDB more cheaply than a client as boto3 makes it: without the validation of parameters,
and with a user agent that is not put together for every call.

{table(("operation", "ratio"), rows)}

The same two routes as others write them, none of which checks a token:

{table(("", "`get_product`", "`list_vendor_products`"), [("**this product, token checked**", *ours), *peers])}"""


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

CPU of a process that begins from the unpacked zip and answers one request, over one that only runs
`import boto3; boto3.client("dynamodb")`. With a token it also fetches the keys and loads the cryptography.

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

Median time of a page in a shop of {largest:,} items a table over the same in one of {smallest:,}, on DynamoDB Local;
all items are of one vendor, one category and one SKU's log. Beside it the same ratio of a bare client with the same calls, in turns: what is in both is the engine's.

{table(("operation", "ratio", "a bare client's"), rows)}

The most memory that a service's process takes there, over the same in the small shop: {memory}.

A vendor's 10 low SKUs cost {units["few"]:g} read units among 50 SKUs, {units["many"]:g} among 50,000, and
{units["many_mixed"]:g} among 50,000 of mixed thresholds, of which one is high enough to have 40 more looked
at ([0007](decisions/0007-low-stock-bound.md))."""


def hot_sku(results: Results) -> str:
    """Return the section of the hot SKU."""
    found = results["hot_sku"]

    def rows(*ways: str) -> list[tuple[str, ...]]:
        return [(writers, *(cell(found[way][writers]) for way in ways)) for writers in found["place"]]

    return f"""## One hot SKU

![Orders a second by writers](performance.svg)

Processes that write orders of one unit of the same SKU on {found["engine"]}, beside the common pattern: read the SKU,
write on condition that it stands as it was read, come back at once. The pattern writes the SKU and an order; the
product writes the log record and its place in the chain too. Each figure is orders a second, with the transactions
that were sent for each that was needed.

{table(("writers", "placed", "confirmed", "the pattern, placed"), rows("place", "confirm", "read_then_write"))}

In packs of 49, a transaction each; the sweepers share what is due:

{table(("writers", "placed", "confirmed", "expired"), rows("batch_place", "batch_confirm", "expire"))}

`python -m tests.benchmarks.batches` puts a pack beside what the engine does for a bare client with the same
transactions."""


def cell(of: Mapping[str, float]) -> str:
    """Return a rate with its attempts."""
    return f"{of['orders_per_second']:.0f} ({of['attempts']:.2f})"


def chart(found: Results) -> str:
    """Return orders a second by writers, of the product and of the pattern, as SVG."""
    lines = dict(zip(COLOURS, (found["place"], found["read_then_write"]), strict=True))
    highest = max(of["orders_per_second"] for line in lines.values() for of in line.values())
    drawn = []
    for place, (label, line) in enumerate(lines.items()):
        step = (WIDTH - 2 * MARGIN) / (len(line) - 1)
        points = [
            (MARGIN + step * n, HEIGHT - MARGIN - of["orders_per_second"] / highest * (HEIGHT - 2 * MARGIN))
            for n, of in enumerate(line.values())
        ]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        colour = COLOURS[label]
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        drawn.append(text(WIDTH - MARGIN, 22 + 18 * place, label, colour, "end"))
        drawn += [
            text(x, y - 8, f"{of['orders_per_second']:.0f}", colour)
            for (x, y), of in zip(points, line.values(), strict=True)
        ]
        drawn += [
            text(x, HEIGHT - MARGIN + 20, f"{writers}", "#555")
            for (x, _), writers in zip(points, line, strict=True)
            if place == 0
        ]
    drawn.append(text(WIDTH / 2, HEIGHT - 8, "writers on one SKU; orders a second", "#555"))
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
