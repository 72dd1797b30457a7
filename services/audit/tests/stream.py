"""Records of the tables' streams, as Lambda receives them."""

from __future__ import annotations

import itertools
from base64 import b64encode
from typing import Any

from inventory_common.items import Item

HAPPENED_AT = 1_771_842_600  # 2026-02-23T10:30:00Z
SCHEDULED = {
    "version": "0",
    "account": "000000000000",
    "region": "ap-south-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-02-23T10:30:00Z",
    "id": "one",
    "resources": [],
}
_numbers = itertools.count(1)


def a_change(before: Item | None, after: Item | None, *, seconds: int = 0) -> dict[str, Any]:
    """Return the stream record of a change; each has its own sequence number."""
    image = after or before or {}
    names = ("transaction_id", "timestamp") if "transaction_id" in image else ("product_id", "sku")
    images = {"OldImage": before, "NewImage": after}
    return {
        "eventName": "INSERT" if before is None else "REMOVE" if after is None else "MODIFY",
        "dynamodb": {
            "Keys": {name: image[name] for name in names},
            "SequenceNumber": f"{next(_numbers):021}",
            "ApproximateCreationDateTime": float(HAPPENED_AT + seconds),
            **{name: _with_base64(value) for name, value in images.items() if value is not None},
        },
    }


def _with_base64(image: Item) -> Item:
    return {
        name: {"B": b64encode(attribute["B"]).decode()} if "B" in attribute else attribute
        for name, attribute in image.items()
    }


def deliver(function: Any, *records: dict[str, Any]) -> None:
    """Pass a batch to a function, which must handle all of it."""
    assert function({"Records": list(records)}, None) == {"batchItemFailures": []}
