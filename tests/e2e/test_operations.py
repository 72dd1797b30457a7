"""``make reconcile``, ``make digest`` and ``make verify-archive`` on a running stack."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.e2e.running_stack import RunningStack
from tests.integration.processes import ROOT, dynamodb, wait_until
from tests.integration.shop import Shop, Wire, done

REPORT_SECONDS = 60.0


def archived(stack: RunningStack) -> int:
    log = stack.output.parent / "state" / "logs" / "audit-triggers.log"
    lines = map(json.loads, log.read_text(encoding="utf-8").rpartition("\n")[0].splitlines())
    return sum(line["handled"] for line in lines if line.get("table") == "StockTransactions")


def test_a_shop_is_reconciled_and_its_archive_verified(own_stack: RunningStack) -> None:
    wire = Wire(own_stack.url("front"))
    shop = Shop(wire, *(own_stack.url(name) for name in ("catalog", "stock", "audit")))
    sku = shop.has_sku(10)
    done(shop.place("ORDER-1", (sku, 3)))
    done(shop.place("ORDER-2", (sku, 2)))
    done(shop.confirm("ORDER-1"))
    wait_until(lambda: archived(own_stack) >= 4, "four records archived", REPORT_SECONDS)

    assert own_stack.operation("reconcile") == (
        0,
        "1 SKUs checked: 0 differences, 0 undecided as they kept changing.\n",
    )
    code, output = own_stack.operation("write-digest")
    assert (code, output.endswith(".json written, 1 SKUs\n")) == (0, True)
    assert own_stack.operation("verify-archive") == (
        0,
        "4 archived records of 1 SKUs and 1 digests checked: 0 faults.\n",
    )

    dynamodb(own_stack.url("aws")).update_item(
        TableName="VendorInventory",
        Key={"product_id": {"S": sku.product_id}, "sku": {"S": sku.sku}},
        UpdateExpression="SET current_stock = :more, #sequence = :two",
        ExpressionAttributeNames={"#sequence": "sequence"},
        ExpressionAttributeValues={":more": {"N": "500"}, ":two": {"N": "2"}},
    )
    code, output = own_stack.operation("reconcile")
    assert (code, sku.sku in output) == (1, True)
    code, output = own_stack.operation("verify-archive")
    assert (code, f"{sku.sku} has 2 records, but 4 are archived" in output) == (1, True)
    wire.http.close()


def test_a_load_is_sent_and_reported(stack: RunningStack) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "tools.load",
            "--clients",
            "4",
            "--seconds",
            "3",
            "--skus",
            "2",
            "--rate",
            "20",
        ],
        cwd=ROOT,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    place, header, *commands, summary = ran.stdout.splitlines()
    assert place == f"load: local stack, {stack.url('stock')}"
    assert header.split() == ["command", "done", "a", "second", "p50", "ms", "p90", "ms", "p99", "ms"]
    done = {line.split()[0]: int(line.split()[1]) for line in commands}
    assert done["place"] == done["confirm"] + done["cancel"]
    assert 10 < done["place"] <= 61
    assert summary == (
        f"{done['confirm']} units sold, {done['confirm']} confirmed, 0 still reserved: "
        "the stock is that of the orders."
    )
