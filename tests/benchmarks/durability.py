"""What DynamoDB Local itself loses of acknowledged transactions when it is killed, without any code of ours.

Run: ``python -m tests.benchmarks.durability [--cuts 30]``.  Eight clients write as fast as they can, one
item a call or one transaction of twenty; the engine, with its data on disk, is killed and started again.

It answers a transaction before SQLite has committed it: of each cut, the last transaction may be gone, and
nothing before it.  Single items are never gone.  `tests/integration/test_power_cuts.py` allows for that.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.tables import create_tables
from tests.support.dynamodb_local import DynamoDBLocal, install

CLIENTS = 8
TABLE = "VendorInventory"


def client_of(url: str) -> Any:
    """Return a client that sends each call once."""
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="ap-south-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=5),
    )


def items_of(name: str) -> list[dict[str, Any]]:
    """Return twenty items, alike but for their keys."""
    return [{"product_id": {"S": name}, "sku": {"S": f"#{number}"}} for number in range(20)]


def write(client: Any, name: str, *, transactions: bool) -> None:
    """Write the items of a name, or the first of them alone."""
    if transactions:
        client.transact_write_items(
            TransactItems=[{"Put": {"TableName": TABLE, "Item": item}} for item in items_of(name)]
        )
    else:
        client.put_item(TableName=TABLE, Item=items_of(name)[0])


def measure(cuts: int, *, transactions: bool, seed: int) -> None:
    """Kill the engine so many times under load, and print what of the acknowledged is gone."""
    dice = random.Random(seed)
    acknowledged: list[tuple[float, str]] = []
    is_over = threading.Event()

    def work(database: DynamoDBLocal, writer: int) -> None:
        client, number = client_of(database.url), 0
        while not is_over.is_set():
            number += 1
            name = f"{writer}-{number}"
            try:
                write(client, name, transactions=transactions)
            except (BotoCoreError, ClientError):
                time.sleep(0.01)
            else:
                acknowledged.append((time.monotonic(), name))

    with tempfile.TemporaryDirectory() as folder:
        database = DynamoDBLocal(install(), Path(folder))
        database.start()
        create_tables(client_of(database.url))
        threads = [threading.Thread(target=work, args=(database, number)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        killed: list[float] = []
        for _ in range(cuts):
            time.sleep(dice.uniform(0.5, 1.5))
            database.kill()
            killed.append(time.monotonic())
            database.start()
        time.sleep(0.5)
        is_over.set()
        for thread in threads:
            thread.join()
        pages = client_of(database.url).get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
        found = Counter(item["product_id"]["S"] for page in pages for item in page["Items"])
        database.stop()
    gone = [moment for moment, name in acknowledged if name not in found]
    lost = [(moment, min(killed, key=lambda cut: abs(cut - moment))) for moment in gone]
    of_cut = Counter(cut for _, cut in lost)
    if transactions:
        whole = len(items_of(""))
        partial = sum(1 for count in found.values() if count != whole)
        print(f"transactions: {partial} of {len(found):,} are there in part, acknowledged or not")
    what = "transactions" if transactions else "single items"
    print(
        f"{what}: {len(acknowledged):,} acknowledged, {len(lost)} of them gone after {cuts} cuts, at most "
        f"{max(of_cut.values(), default=0)} a cut, acknowledged at most "
        f"{1_000 * max((cut - moment for moment, cut in lost), default=0.0):.0f} ms before its end"
    )


def main() -> None:
    """Measure both ways to write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.durability")
    parser.add_argument("--cuts", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for transactions in (False, True):
        measure(arguments.cuts, transactions=transactions, seed=arguments.seed)


if __name__ == "__main__":
    main()
