"""Our parser of DynamoDB's responses beside botocore's: a page of 1,000 SKUs, and one; CPU time, in one run.

Run: ``python -m tests.benchmarks.item_parser``.
"""

from __future__ import annotations

import json
import time
from statistics import median
from typing import Any

import botocore.session
from botocore.parsers import JSONParser

from inventory_common.item_parser import ItemParser
from tests.benchmarks.performance.shape import skus

ROUNDS = 9
ITEMS = [*skus(1_000)]
RESPONSES: dict[str, tuple[dict[str, Any], int]] = {
    "Query": ({"Items": ITEMS, "Count": len(ITEMS), "ScannedCount": len(ITEMS)}, 3),
    "GetItem": ({"Item": ITEMS[0]}, 1_000),
}


def cpu_seconds(parser: JSONParser, operation: str, body: bytes, repeats: int) -> float:
    """Return the CPU time of parsing a response so many times."""
    model = botocore.session.get_session().get_service_model("dynamodb")
    shape = model.operation_model(operation).output_shape
    before = time.process_time()
    for _ in range(repeats):
        parser.parse({"body": body, "headers": {}, "status_code": 200}, shape)
    return time.process_time() - before


def main() -> None:
    """Print the median ratio of pairs measured in turn."""
    for operation, (document, repeats) in RESPONSES.items():
        body = json.dumps(document).encode()
        ratios = [
            cpu_seconds(JSONParser(), operation, body, repeats)
            / cpu_seconds(ItemParser(), operation, body, repeats)
            for _ in range(ROUNDS)
        ]
        print(f"{operation}: botocore's parser takes {median(ratios):.1f} times as long as ours")


if __name__ == "__main__":
    main()
