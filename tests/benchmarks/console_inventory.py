"""How fast the console shows an inventory of many SKUs, beside the engine's own pages.

Run: ``python -m tests.benchmarks.console_inventory [--engine dynamodb-local] [--skus 10000]``.  It starts the
local stack with the console, whose browser test of the inventory's size (``console/browser``) creates the
SKUs of one vendor and loads the list; then a bare client reads the same pages of the vendor's two indexes,
both at once, as the page does.  It prints the seconds of both, and their ratio.  Needs Chromium, and what
``make install`` installs.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from inventory_common.schema import VENDOR_INVENTORY_INDEX, VENDOR_PRODUCTS_INDEX, KeySpace
from tests.benchmarks.performance.stage import client_of
from tests.e2e.browser import need_browser
from tests.e2e.running_stack import RunningStack
from tests.integration.processes import ROOT, wait_until
from tests.support.engines import ENGINES, engine

VENDOR = "VENDOR-SIZE"
PAGE_ITEMS = 1_000
ROUNDS = 5
CONSOLE_SECONDS = 180.0
BROWSER_FILE = "browser/inventory_size.test.ts"
PRINTED = re.compile(r"first rows ([\d.]+) s, all rows ([\d.]+) s, the same pages asked directly ([\d.]+) s")


def read_all(client: Any, index: KeySpace) -> int:
    """Read a vendor's items of an index, page by page; return their number."""
    position: dict[str, Any] = {}
    count = 0
    while True:
        page = client.query(
            TableName=index.table.name,
            IndexName=index.index_name,
            KeyConditionExpression="#vendor = :vendor",
            ExpressionAttributeNames={"#vendor": index.partition_key},
            ExpressionAttributeValues={":vendor": {"S": VENDOR}},
            Limit=PAGE_ITEMS,
            ScanIndexForward=False,
            **position,
        )
        count += int(page["Count"])
        if "LastEvaluatedKey" not in page:
            return count
        position = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def bare_seconds(endpoint_url: str, skus: int) -> float:
    """Return the median time in which a bare client reads both indexes at once."""
    client = client_of(endpoint_url)
    taken = []
    with ThreadPoolExecutor(2) as readers:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            products = readers.submit(read_all, client, VENDOR_PRODUCTS_INDEX)
            found = read_all(client, VENDOR_INVENTORY_INDEX)
            assert products.result() > 0
            taken.append(time.perf_counter() - began)
            assert found == skus, (found, skus)
    return median(taken)


def browse(console_url: str, skus: int) -> list[tuple[float, float, float]]:
    """Let the browser test run; return each load's seconds: first rows, all rows, the requests alone."""
    ran = subprocess.run(
        [sys.executable, "-m", "local.console.npm", "run", "test:browser", "--", BROWSER_FILE],
        cwd=ROOT,
        env={
            **os.environ,
            "NO_COLOR": "1",
            "CONSOLE_URL": console_url,
            "CHROMIUM": need_browser(),
            "CONSOLE_SKUS": str(skus),
            "CONSOLE_SIZE_VENDOR": VENDOR,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    found = [(float(first), float(every), float(bare)) for first, every, bare in PRINTED.findall(ran.stdout)]
    if not found:
        sys.exit(ran.stdout)
    if ran.returncode:
        print(ran.stdout)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.console_inventory")
    parser.add_argument("--engine", choices=ENGINES, default="embedded")
    parser.add_argument("--skus", type=int, default=10_000)
    arguments = parser.parse_args()
    # The console is built of what is installed.
    os.environ.update({"npm_config_offline": "true", "PIP_NO_INDEX": "1"})
    with engine(arguments.engine) as url, tempfile.TemporaryDirectory() as folder:
        stack = RunningStack(Path(folder), has_console=True, DYNAMODB_ENDPOINT=url)
        try:
            stack.wait_until_ready()
            wait_until(lambda: "\nThe console is ready: " in stack.text(), "the console", CONSOLE_SECONDS)
            loads = browse(stack.url("front"), arguments.skus)
            bare = bare_seconds(url, arguments.skus)
        finally:
            stack.kill_if_running()
    for first, every, requests in loads:
        print(
            f"{arguments.engine}: {arguments.skus:,} SKUs: first rows {first:.2f} s, all rows {every:.2f} s, "
            f"the same requests {requests:.2f} s, the engine's own pages {bare:.2f} s, "
            f"ratio {every / bare:.2f}"
        )


if __name__ == "__main__":
    main()
