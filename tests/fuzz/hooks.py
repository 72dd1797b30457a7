"""The rules that a JSON Schema cannot express, each of which the documents state in words.

Requests that schemathesis generates as valid are made valid here; invalid ones are sent unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st

from inventory_common.attributes import BARCODE_FORMAT, NOTES_FORMAT, ORDER_NOTES_FORMAT
from inventory_common.limits import (
    AVAILABILITY_PRODUCTS_MAX,
    BARCODE_MAX_CHARACTERS,
    NOTES_MAX_BYTES,
    ORDER_NOTES_MAX_BYTES,
)

BOUNDS = {"created_to": "created_from", "to": "from", "max_price": "min_price"}
"""Upper bounds, with the lower bound of each."""
UNITS_OF_A_LINE_MAX = 1_000
"""So that the lines of one SKU are at most 1,000,000 in total."""
SETTLEMENTS = {"confirm_order", "cancel_order", "refund_order"}
"""They need a key if they name lines, or if the order was settled in part or changed."""
READ_ONLY_OF_A_LINE = {
    *("vendor_id", "placed", "reserved", "confirmed", "cancelled", "refunded"),
    *("reason", "notes"),
}
"""The members of an order's line that only the service sets."""


def _texts_of(bytes_max: int) -> st.SearchStrategy[str]:
    """Return texts that are not blank and have at most so many bytes."""
    return st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=bytes_max).filter(
        lambda text: bool(text.strip()) and len(text.encode()) <= bytes_max
    )


schemathesis.openapi.format(NOTES_FORMAT, _texts_of(NOTES_MAX_BYTES))
schemathesis.openapi.format(ORDER_NOTES_FORMAT, _texts_of(ORDER_NOTES_MAX_BYTES))
# A dash, so that no code is digits alone; beside these, numbers with their check digits.
schemathesis.openapi.format(
    BARCODE_FORMAT,
    st.text(
        st.characters(min_codepoint=ord("!"), max_codepoint=ord("~")), max_size=BARCODE_MAX_CHARACTERS - 1
    ).map(lambda text: f"{text}-")
    | st.sampled_from(["96385074", "036000291452", "4006381333931", "10614141000415"]),
)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.query, dict):
        case.query = _exact(_in_order(case.query))
    operation = case.operation.definition.raw["operationId"]
    if operation in SETTLEMENTS or "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = str(uuid4())  # of this command only
    if isinstance(case.body, dict):
        case.body = _exact(case.body)
        _follow_rules(operation, case)


def _in_order(query: dict[str, Any]) -> dict[str, Any]:
    """Omit bounds that may contradict each other, and cursors, which only a list returns."""
    contradictory = {name for name, other in BOUNDS.items() if other in query}
    return {name: value for name, value in query.items() if name not in {*contradictory, "cursor"}}


def _exact(value: Any) -> Any:
    """Write integers without a fraction, and money with two decimal places."""
    match value:
        case float():
            return int(value) if value.is_integer() else round(value, 2)
        case dict():
            return {name: _exact(member) for name, member in value.items()}
        case list():
            return [_exact(member) for member in value]
        case _:
            return value


def _follow_rules(operation: str, case: Any) -> None:
    body = case.body
    match operation:
        case "create_product":
            body["vendor_id"] = body.get("vendor_id") or "VENDOR-001"  # required of an admin
        case "create_sku" if "sku" in body:
            body["sku"] = f"SKU-{case.path_parameters['product_id']}-{body['sku'].split('-', 3)[3]}"
        case "check_availability":
            # At most 25 lines lack a SKU.
            without = [line for line in body["lines"] if line.get("sku") is None]
            body["lines"] = [line for line in body["lines"] if line.get("sku") is not None]
            body["lines"] += without[:AVAILABILITY_PRODUCTS_MAX]
        case "confirm_order" | "cancel_order" | "refund_order" if body.get("lines"):
            for line in body["lines"]:
                # A line may be sent back as it was read; these then have to be as they are in the order.
                for name in READ_ONLY_OF_A_LINE & line.keys():
                    del line[name]
        case _:
            pass
    for line in _lines(body):
        if line.get("product_id") is not None and line.get("sku") is not None:
            line["sku"] = f"SKU-{line['product_id']}-{line['sku'].split('-', 3)[3]}"
        if "quantity" in line:
            line["quantity"] = min(line["quantity"], UNITS_OF_A_LINE_MAX)


def _lines(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for order in [body, *(body.get("orders") or ())]:
        yield from order.get("lines") or ()
