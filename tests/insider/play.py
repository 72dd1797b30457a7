"""Plays the insider: a shop at work, what somebody can write past its services, and which check finds it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import boto3

from local.settings import REGION
from tests.e2e.running_stack import RunningStack
from tests.insider.department import Department, open_department, place_large_orders, settle_largest_order
from tests.insider.forgeries import BUCKET, LARGE_ORDERS, ORDERS, RECORDS, REST, SKUS, TABLES, UNPROVEN
from tests.insider.tables import Tables
from tests.integration.processes import dynamodb, wait_until
from tests.integration.shop import Shop, Wire

__all__ = ["CHECKS", "Outcome", "Row", "play"]

CHECKS = ("stream", "reconcile", "verify-archive")
"""What finds forgeries: the streams at once, the others once a day."""
UNTOUCHED = 5
"""Departments in which nobody forges anything."""
_FIRST_NUMBER = 1_001
_QUIET_SECONDS = 4.0


class Row(NamedTuple):
    """A forgery, and the checks that have found it."""

    group: str
    name: str
    found_by: tuple[str, ...]


class Outcome(NamedTuple):
    """What each check has found: before anything was forged, of each forgery, in untouched departments."""

    before: dict[str, str]
    proven: list[Row]
    unproven: list[Row]
    untouched: list[Row]


class _Report(NamedTuple):
    """What each check has printed, or kept, so far."""

    texts: dict[str, str]

    def found_by(self, names: Iterable[str]) -> tuple[str, ...]:
        names = list(names)
        return tuple(check for check in CHECKS if any(name in self.texts[check] for name in names))


def play(folder: Path) -> Outcome:
    """Open a shop, forge everything that `forgeries` lists, and let each check look once."""
    stack = RunningStack(folder)
    try:
        stack.wait_until_ready()
        shop = Shop(Wire(stack.url("front")), stack.url("catalog"), stack.url("stock"), stack.url("audit"))
        access = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": REGION}
        tables = Tables(
            dynamodb(stack.url("aws")), boto3.client("s3", endpoint_url=stack.url("aws"), **access)
        )
        try:
            return _play(stack, shop, tables)
        finally:
            shop.wire.http.close()
    finally:
        stack.kill_if_running()


def _play(stack: RunningStack, shop: Shop, tables: Tables) -> Outcome:
    numbers = range(_FIRST_NUMBER, _FIRST_NUMBER + len(TABLES) + len(UNPROVEN) + UNTOUCHED)
    with ThreadPoolExecutor(4) as pool:
        departments = list(pool.map(lambda number: open_department(shop, tables, number), numbers))
    large = place_large_orders(shop, tables, len(LARGE_ORDERS))
    untouched_order = settle_largest_order(shop)
    _wait_until_archived(shop, tables)
    before = {name: stack.operation(name)[1] for name in ("reconcile", "verify-archive")}
    before["stream"] = "".join(map(str, _findings(shop)))

    names = {department.number: department.names(tables) for department in departments}
    left = iter(departments)
    forged: list[tuple[str, str, set[str]]] = []
    unproven: list[tuple[str, Department]] = []
    for group, forgeries in (("SKUs", SKUS), ("Records", RECORDS), ("Orders", ORDERS), ("Others", REST)):
        for forgery in forgeries:
            department = next(left)
            forgery.play(tables, department)
            forged.append((group, forgery.name, names[department.number] | department.names(tables)))
    for of_parts, order in zip(LARGE_ORDERS, large, strict=True):
        of_parts.play(tables, order)
        forged.append(("Orders", of_parts.name, {order.order_id}))
    for forgery in UNPROVEN:
        department = next(left)
        forgery.play(tables, department)
        unproven.append((forgery.name, department))

    _wait_until_quiet(lambda: len(_findings(shop)))
    streams = json.dumps(_findings(shop))
    _, reconciled = stack.operation("reconcile")
    stack.operation("write-digest")
    _, verified = stack.operation("verify-archive")
    report = _Report({"stream": streams, "reconcile": reconciled, "verify-archive": verified})
    rows = [Row(group, name, report.found_by(texts)) for group, name, texts in forged]

    objects = [(of_object.name, of_object.play(tables)) for of_object in BUCKET]
    _, verified = stack.operation("verify-archive")
    of_bucket = _Report({"stream": "", "reconcile": "", "verify-archive": verified})
    rows += [Row("The bucket", name, of_bucket.found_by([key])) for name, key in objects]
    return Outcome(
        before,
        rows,
        [Row("Nothing", name, report.found_by(names[department.number])) for name, department in unproven],
        [
            *(Row("Untouched", each.vendor_id, report.found_by(names[each.number])) for each in left),
            Row("Untouched", untouched_order, report.found_by([untouched_order])),
        ],
    )


def _findings(shop: Shop) -> list[Any]:
    return shop.listed(f"{shop.audit}/findings", "auditor")


def _wait_until_archived(shop: Shop, tables: Tables) -> None:
    """Wait until the archive has every record."""

    def archived() -> int:
        return sum(tables.read(key).count(b"\n") for key in tables.keys("log/"))

    pages = tables.dynamodb.get_paginator("scan").paginate(TableName="StockTransactions", Select="COUNT")
    expected = sum(page["Count"] for page in pages)
    wait_until(lambda: archived() == expected, "all records archived")


def _wait_until_quiet(count: Any) -> None:
    """Wait until a number has not changed for some seconds."""
    last, since = count(), time.monotonic()
    while time.monotonic() - since < _QUIET_SECONDS:
        time.sleep(0.5)
        if (found := count()) != last:
            last, since = found, time.monotonic()
