"""``make run`` reads the tables' streams, in a process with a log of its own."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.running_stack import RunningStack
from tests.integration.processes import wait_until
from tests.integration.shop import VENDOR, Shop, done, outcome

REPORT_SECONDS = 20.0


def changes(stack: RunningStack) -> list[dict[str, Any]]:
    """Return the complete lines of the log of the stream handlers.

    The process also sweeps once a minute: a successful sweep is left out, as its line depends on how long the
    stack has run.
    """
    log = stack.output.parent / "state" / "logs" / "stock-triggers.log"
    whole, _, _ = log.read_text(encoding="utf-8").rpartition("\n")
    lines = [json.loads(line) for line in whole.splitlines()]
    return [line for line in lines if (line["message"], line["level"]) != ("expire_orders", "INFO")]


def test_a_deactivated_product_is_not_sold(shop: Shop, stack: RunningStack) -> None:
    sku = shop.has_sku(10)
    assert shop.deactivate_product(sku.product_id).status_code == 204
    wait_until(lambda: not shop.sku(sku)["product_is_active"], "the flag of the SKU", REPORT_SECONDS)
    assert outcome(shop.place("ORDER-STREAMS-1", (sku, 1))) == "409 product_inactive"
    assert {line["message"] for line in changes(stack)} <= {"alert", "changes"}


def test_a_fall_to_the_threshold_is_an_alert_in_the_log(shop: Shop, stack: RunningStack) -> None:
    sku = shop.has_sku(10)
    url = f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}/adjustments"
    body = {"quantity_change": -10, "notes": "water damage"}
    done(shop.ask("POST", url, "vendor", VENDOR, body=body, key=f"fall-{sku.sku}"))

    def is_logged() -> bool:
        return any(line["message"] == "alert" and line["sku"] == sku.sku for line in changes(stack))

    wait_until(is_logged, "the alert", REPORT_SECONDS)
