"""`docs/orders.md` explains every status that an order can have."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_status_of_an_order_is_explained() -> None:
    document = json.loads((ROOT / "services" / "stock" / "openapi.json").read_text(encoding="utf-8"))
    text = (ROOT / "docs" / "orders.md").read_text(encoding="utf-8")
    explained = {
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    [served] = [
        schema["properties"]["status"]
        for name, schema in document["components"]["schemas"].items()
        if "order_id" in schema.get("properties", {})
        and "lines" in schema["properties"]
        and "status" in schema["properties"]
    ]
    if "$ref" in served:
        served = document["components"]["schemas"][served["$ref"].rpartition("/")[2]]
    assert served["enum"]
    assert set(served["enum"]) <= explained
    drawn = set(re.findall(r"\b[a-z_]+\b(?= -->)|(?<=--> )[a-z_]+", text))
    assert drawn <= explained
    assert {"reserved", "confirmed", "cancelled", "refunded"} <= drawn
