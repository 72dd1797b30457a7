"""Reading in shops of several sizes: the time of a page, the memory of a service, the cost of the low SKUs.

The shops are in DynamoDB Local.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final

from inventory_common.items import Item
from local.tables import create_tables
from tests.benchmarks.performance import shape, stage
from tests.support.engines import engine

__all__ = ["measure"]

ENGINE: Final = "dynamodb-local"
FEW_SKUS, MANY_SKUS = 50, 50_000
TURNS = 3

Reading = dict[str, dict[str, float]]
"""Figures by what they are of, then by operation or service."""


def measure(sizes: Sequence[int]) -> dict[str, Any]:
    """Return reading operations in the largest shop over the same in the smallest.

    Beside them the same of a bare client, which shows how much of it is the engine's.  All shops are there at
    once and are read in turns; of each the fastest turn counts.
    """
    with ExitStack() as shops:
        environment = shops.enter_context(stage.settings())
        urls = [shops.enter_context(engine(ENGINE)) for _ in sizes]
        for url, size in zip(urls, sizes, strict=True):
            stage.fill(url, size)
        turns = [[read(url, environment) for url in urls] for _ in range(TURNS)]
    by_size = [least(of_size) for of_size in zip(*turns, strict=True)]
    ours, bare, memory = (
        {
            name: by_size[-1][what][name] / least_of_smallest
            for name, least_of_smallest in by_size[0][what].items()
        }
        for what in ("ours", "bare", "resident_kib")
    )
    return {
        "scale": ours,
        "scale_facts": {
            "sizes": list(sizes),
            "bare_client": bare,
            "memory": memory,
            "low_stock_read_units": {
                "few": low_stock_units(shape.skus(FEW_SKUS), shape.THRESHOLD),
                "many": low_stock_units(shape.skus(MANY_SKUS), shape.THRESHOLD),
                "many_mixed": low_stock_units(shape.mixed_skus(MANY_SKUS), shape.HIGH_THRESHOLD),
            },
        },
    }


def read(url: str, environment: Mapping[str, str]) -> Reading:
    """Return the seconds of each reading operation, ours and a bare client's, and each service's memory."""
    reading: Reading = {"ours": {}, "bare": {}, "resident_kib": {}}
    for service in stage.SERVICES:
        found = stage.do("scale", service, url, environment)
        for name, (ours, bare) in found["seconds"].items():
            reading["ours"][name], reading["bare"][name] = ours, bare
        reading["resident_kib"][service] = found["resident_kib"]
    return reading


def least(turns: Sequence[Reading]) -> Reading:
    """Return the least of some turns, figure by figure."""
    return {
        what: {name: min(turn[what][name] for turn in turns) for name in figures}
        for what, figures in turns[0].items()
    }


def low_stock_units(skus: Iterable[Item], highest_threshold: int) -> float:
    """Return the read units of the list of a vendor's low SKUs."""
    with engine(ENGINE) as url, stage.settings() as environment:
        client = stage.client_of(url)
        create_tables(client)
        shape.keep(client, "VendorInventory", [shape.the_bound(highest_threshold)])
        shape.keep(client, "VendorInventory", skus)
        return float(stage.do("low_stock", "stock", url, environment))
