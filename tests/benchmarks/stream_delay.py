"""How long a change behind the services takes to become a finding while a stock import fills the streams.

Run: ``python -m tests.benchmarks.stream_delay [BATCHES]`` beside ``make run``.  So many batches of 500
restocks are sent, one after another.  Then the stock of another SKU is changed in the table, behind all of
their stream records, and the findings are asked for until one names that SKU.
"""

from __future__ import annotations

import argparse
import os
import time

from inventory_client import AuditClient, ChangeCommand, LocalStackToken, problems
from inventory_common.ids import StockKey
from inventory_common.limits import BATCH_CHANGES_MAX
from local.settings import Settings
from tests.benchmarks.performance.stage import client_of
from tests.benchmarks.stock_import import Shop

ASK_SECONDS = 0.2


def restock_all(shop: Shop) -> None:
    """Restock every SKU in one batch; those for which a slow machine had no time are sent again."""
    changes = [ChangeCommand.restock(*key, 1) for key in shop.skus]
    while changes:
        results = zip(changes, shop.stock.change_batch(changes), strict=True)
        refused = [(change, each.problem) for change, each in results if each.problem is not None]
        for _, problem in refused:
            assert isinstance(problem, problems.Unavailable), problem
        changes = [change for change, _ in refused]


def change_behind_the_services(key: StockKey) -> None:
    """Change the stock of a SKU in the table."""
    client_of(Settings.from_environment(os.environ).dynamodb_endpoint).update_item(
        TableName="VendorInventory",
        Key={"product_id": {"S": key.product_id}, "sku": {"S": key.sku}},
        UpdateExpression="SET current_stock = :units",
        ExpressionAttributeValues={":units": {"N": "500"}},
    )


def main() -> None:
    """Print the rate of the batches, and the delay of the finding."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stream_delay")
    parser.add_argument("batches", type=int, nargs="?", default=6)
    batches = parser.parse_args().batches
    settings = Settings.from_environment(os.environ)
    audit = AuditClient(settings.url("audit"), LocalStackToken(settings.url("front"), "auditor"))
    filled, other = Shop(BATCH_CHANGES_MAX), Shop(1)
    [changed] = other.skus

    began = time.monotonic()
    for _ in range(batches):
        restock_all(filled)
    seconds = time.monotonic() - began
    count = batches * len(filled.skus)
    print(f"{count:,} restocks in {batches} batches: {count / seconds:,.0f}/s")

    change_behind_the_services(changed)
    began = time.monotonic()
    while not any(finding.sku == changed.sku for finding in audit.findings()):
        time.sleep(ASK_SECONDS)
    print(f"a change behind the services was a finding after {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
