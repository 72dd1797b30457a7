"""The stream of Products-table for tests, and what counters should be."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from inventory_common.items import Item
from inventory_common.products import Product

__all__ = ["a_record", "counters", "expected_counters", "stored"]

_NUMBERS: Iterator[int] = count(1)


def a_record(before: Product | Item | None, after: Product | Item | None) -> dict[str, Any]:
    """Return the record of a stream with which a change is delivered."""
    images = {
        name: _of_event(image.to_item() if isinstance(image, Product) else image)
        for name, image in (("OldImage", before), ("NewImage", after))
        if image is not None
    }
    keys = {"product_id": next(iter(images.values()))["product_id"]}
    return {"dynamodb": {"Keys": keys, "SequenceNumber": f"{next(_NUMBERS):021}", **images}}


def _of_event(image: Item) -> Item:
    """Return an image as an event has it, with bytes in base64."""
    return {
        name: {"B": b64encode(attribute["B"]).decode()} if "B" in attribute else attribute
        for name, attribute in image.items()
    }


def stored(client: Any, prefix: str) -> dict[str, Item]:
    """Return the items of Products-table whose key begins with a prefix, by key."""
    items: list[Item] = []
    for page in client.get_paginator("scan").paginate(TableName="Products-table", ConsistentRead=True):
        items += page["Items"]
    return {item["product_id"]["S"]: item for item in items if item["product_id"]["S"].startswith(prefix)}


def counters(client: Any) -> dict[str, tuple[int, int]]:
    """Return all counters that are not 0, by category or vendor: all products, and the active ones."""
    found = {}
    for prefix in ("#CATEGORY#", "#VENDOR#"):
        for item in stored(client, prefix).values():
            counts = (int(item["products"]["N"]), int(item["active_products"]["N"]))
            if counts != (0, 0):
                found[item["created_at"]["S"]] = counts
    return found


def expected_counters(products: Iterable[Product]) -> dict[str, tuple[int, int]]:
    """Return what the counters should be."""
    whole, active = Tally[str](), Tally[str]()
    for product in products:
        for name in (product.category, product.vendor_id):
            whole[name] += 1
            active[name] += product.is_active
    return {name: (whole[name], active[name]) for name in whole}
