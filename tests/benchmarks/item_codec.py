"""Our item codec beside boto3's, on a SKU: decoding a page of 100 items, CPU time, in one run.

Run: ``python tests/benchmarks/item_codec.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median

from boto3.dynamodb.types import TypeDeserializer

from inventory_common.items import from_item
from tests.support.sample_skus import a_sku

SKU = a_sku(
    variant_attributes={"color": "Black", "size": "Large"},
    current_stock=50,
    reserved_stock=5,
    unit_price=Decimal("89.99"),
    sequence=7,
    version=9,
)
PAGE = [SKU.to_item()] * 100


def with_boto3() -> object:
    """Decode the page with boto3's deserializer."""
    deserialize = TypeDeserializer().deserialize
    return [{name: deserialize(value) for name, value in item.items()} for item in PAGE]


def with_ours() -> object:
    """Decode the page with the library's codec."""
    return [from_item(item) for item in PAGE]


def cpu_seconds(work: Callable[[], object], rounds: int = 50) -> float:
    """Return the CPU time of some rounds."""
    before = time.process_time()
    for _ in range(rounds):
        work()
    return time.process_time() - before


def main() -> None:
    """Print the median ratio of pairs measured in turn."""
    ratios = [cpu_seconds(with_boto3) / cpu_seconds(with_ours) for _ in range(9)]
    print(f"boto3's deserializer takes {median(ratios):.1f} times as long as ours")


if __name__ == "__main__":
    main()
