"""How long a forgery of one vendor's items takes to become findings behind the storm of an order system.

Run: ``python -m tests.benchmarks.finding_storm [COMMANDS]`` beside ``make run``.  One order system sends so
many commands as fast as eight clients can: a tenth of them places of one line over three hot SKUs, the others
batches that place and then confirm orders over many SKUs of one vendor.  Then the stock of another vendor's
SKU is changed in its table, and one of its records in the log's, both behind all stream records of the storm;
the findings are asked for until there is one for each.  The same is done in an idle stack first.
"""

from __future__ import annotations

import argparse
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from inventory_client import (
    AuditClient,
    BatchCommand,
    ChangeCommand,
    LineRequest,
    LocalStackToken,
    StockClient,
    problems,
)
from local.settings import Settings
from tests.benchmarks.performance.stage import client_of
from tests.benchmarks.stock_import import Shop

HOT_SKUS = 3
MANY_SKUS = 500
BATCH_ORDERS = 49
UNITS = 1_000_000
AT_ONCE = 8
SINGLE_SHARE = 10
"""One of so many commands is a place of its own, of a hot SKU."""
ASK_SECONDS = 0.2
KINDS = frozenset({"stock_without_record", "record_modified"})


class OrderSystem:
    """An order system that sells the SKUs of one vendor, which is stocked."""

    def __init__(self) -> None:
        settings = Settings.from_environment(os.environ)
        self.stock = StockClient(settings.url("stock"), LocalStackToken(settings.url("front"), "orders"))
        self.shop = stocked(MANY_SKUS)
        self.name = secrets.token_hex(6).upper()

    def storm(self, commands: int) -> float:
        """Send so many commands; return them by second."""
        singles = commands // SINGLE_SHARE
        batches = (commands - singles) // (2 * BATCH_ORDERS)
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sent = [pool.submit(self._batch, number) for number in range(batches)]
            sent += [pool.submit(self._single, number) for number in range(singles)]
            for each in sent:
                each.result()
        return (singles + batches * 2 * BATCH_ORDERS) / (time.monotonic() - began)

    def _single(self, number: int) -> None:
        line = LineRequest(*self.shop.skus[number % HOT_SKUS], 1)
        with suppress(problems.Unavailable):  # the storm is what is sent, not what succeeds
            self.stock.place(f"ORDER-{self.name}-S{number}", [line])

    def _batch(self, number: int) -> None:
        ids = [f"ORDER-{self.name}-{number}-{each}" for each in range(BATCH_ORDERS)]
        skus = self.shop.skus
        lines = [
            LineRequest(*skus[(number * BATCH_ORDERS + each) % len(skus)], 1) for each in range(BATCH_ORDERS)
        ]
        for commands in (
            [BatchCommand(each, lines=[line]) for each, line in zip(ids, lines, strict=True)],
            [BatchCommand(each, "confirm") for each in ids],
        ):
            self.stock.batch(commands)


class Forger:
    """Changes items behind the services, of a vendor of its own."""

    def __init__(self) -> None:
        settings = Settings.from_environment(os.environ)
        self.database = client_of(settings.dynamodb_endpoint)
        self.audit = AuditClient(settings.url("audit"), LocalStackToken(settings.url("front"), "auditor"))
        [self.key] = stocked(1).skus

    def seconds_to_the_findings(self) -> float:
        """Change the SKU's stock and its first record; return how long the findings of both take."""
        [record, *_] = self.audit.records_of_sku(self.key.sku)
        began = time.monotonic()
        self._set("VendorInventory", self.key._asdict(), "current_stock", {"N": "500"})
        key = {"transaction_id": record.transaction_id, "timestamp": record.timestamp}
        self._set("StockTransactions", key, "performed_by", {"S": "VENDOR-999"})
        while not {found.kind for found in self.audit.findings() if found.sku == self.key.sku} >= KINDS:
            time.sleep(ASK_SECONDS)
        return time.monotonic() - began

    def _set(self, table: str, key: dict[str, str], attribute: str, value: dict[str, str]) -> None:
        self.database.update_item(
            TableName=table,
            Key={name: {"S": text} for name, text in key.items()},
            UpdateExpression="SET #attribute = :value",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues={":value": value},
        )


def stocked(count: int) -> Shop:
    """Return a new vendor's SKUs, each with many units."""
    shop = Shop(count)
    for result in shop.stock.change_batch([ChangeCommand.restock(*key, UNITS) for key in shop.skus]):
        assert result.problem is None, result.problem
    return shop


def main() -> None:
    """Print the rate of the commands, and the delay of the findings behind them and in an idle stack."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.finding_storm")
    parser.add_argument("commands", type=int, nargs="?", default=6_000)
    commands = parser.parse_args().commands
    system, idle, forger = OrderSystem(), Forger(), Forger()
    time.sleep(2)  # so that the records of these are not what the forgery waits for
    alone = idle.seconds_to_the_findings()
    rate = system.storm(commands)
    beside = forger.seconds_to_the_findings()
    print(f"{commands:,} commands of one order system at {rate:,.0f}/s")
    print(f"a forgery was a finding behind them after {beside:.1f} s, in an idle stack {alone:.1f} s")


if __name__ == "__main__":
    main()
