"""The reconciliation of a shop at work: what services do meanwhile is never a finding.

Products are deactivated, orders expire, sagas are abandoned, thresholds and bounds change, while it reads.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from inventory_common.dynamodb import connect
from inventory_common.ids import StockKey
from inventory_common.malformed_items import MalformedItems
from inventory_common.settings import Settings
from inventory_common.timestamps import now, plus_seconds
from services.audit.chalicelib.domain.findings import Finding
from services.audit.chalicelib.engine.bound_check import BoundCheck
from services.audit.chalicelib.engine.check_findings import CheckFindings
from services.audit.chalicelib.engine.due_check import DueCheck
from services.audit.chalicelib.engine.order_check import OrderCheck
from services.audit.chalicelib.engine.owner_check import OwnerCheck
from services.audit.chalicelib.engine.reconciler import Reconciler
from services.audit.chalicelib.storage.inventory_stores import InventoryScan, OrderStore, SkuStore
from services.audit.chalicelib.storage.log_store import LogStore
from services.audit.chalicelib.storage.product_owners import ProductOwners
from services.stock.chalicelib.bootstrap import engine_of, storage_of
from services.stock.chalicelib.domain.commands import Actor, LineRequest, PlaceOrder
from services.stock.chalicelib.engine.low_stock_bounds import LowStockBounds
from tests.integration.shop import VENDOR, Shop, Sku, done
from tests.support.fixed_ledger_key import FixedLedgerKey

SECONDS = 12.0
LARGE = 60
"""Lines of an order that is stored in parts, and placed by a saga."""


class Died(BaseException):
    """The process has ended."""


class Mortal:
    """A client of DynamoDB whose process ends after so many calls."""

    def __init__(self, client: Any, calls: int) -> None:
        self._client, self._left = client, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in ("exceptions", "meta"):
            return found

        def call(**arguments: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                raise Died
            return found(**arguments)

        return call


class Findings:
    """Collects findings in place of a log of them."""

    def __init__(self) -> None:
        self.reported: list[Finding] = []

    def report(self, finding: Finding) -> None:
        self.reported.append(finding)

    def kept(self, finding_id: str) -> None:
        return None


@pytest.fixture
def settings(aws_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in {
        "AWS_ENDPOINT_URL_DYNAMODB": aws_url,
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }.items():
        monkeypatch.setenv(name, value)
    return Settings(jwks_url="", token_issuer="", token_audiences=(), machine_client_ids=())


def reconciler_of(settings: Settings, findings: Any) -> Reconciler:
    client = connect()
    log = LogStore(client, settings, MalformedItems("test"))
    skus, orders = SkuStore(client, settings), OrderStore(client, settings)
    reported = CheckFindings(findings, now)
    return Reconciler(
        log=log,
        skus=skus,
        orders=orders,
        inventory=InventoryScan(client, settings),
        findings=findings,
        reported=reported,
        owners=OwnerCheck(skus, ProductOwners(client, settings), reported),
        due=DueCheck(orders, reported),
        bounds=BoundCheck(skus, reported),
        order_check=OrderCheck(skus, orders, InventoryScan(client, settings), FixedLedgerKey(), reported),
    )


class Work:
    """What people, order systems, the sweeper and crashes do to a shop."""

    def __init__(self, shop: Shop, settings: Settings, seed: int) -> None:
        self.shop, self.settings, self.dice = shop, settings, random.Random(seed)
        self.numbers = itertools.count()
        self.skus = [shop.has_sku(1_000, variant=f"S{number}") for number in range(4)]
        self.many = shop.has_skus(LARGE, 500)

    def jobs(self) -> list[Callable[[], None]]:
        return [self.sell, self.sell_much, self.abandon, self.sweep, self.change_product, self.change_sku]

    def _order_id(self) -> str:
        return f"ORDER-{next(self.numbers)}"

    def sell(self) -> None:
        order_id, sku = self._order_id(), self.dice.choice(self.skus)
        self.shop.place(order_id, (sku, 2), hold_seconds=60)
        settle = self.dice.choice([self.shop.confirm, self.shop.cancel, None])
        if settle is not None:
            settle(order_id)

    def sell_much(self) -> None:
        order_id = self._order_id()
        self.shop.place(order_id, *((sku, 1) for sku in self.many), hold_seconds=60)
        self.dice.choice([self.shop.confirm, self.shop.cancel])(order_id)

    def abandon(self) -> None:
        """Begin to place a large order in a process that ends in the middle."""
        storage = storage_of(Mortal(connect(), self.dice.randrange(1, 12)), self.settings, FixedLedgerKey())
        lines = tuple(LineRequest(StockKey.of(sku.sku), 1) for sku in self.many)
        command = PlaceOrder(order_id=self._order_id(), lines=lines, hold_seconds=60)
        with suppress(Died):
            engine_of(storage).orders.place(command, Actor("client:till", "abandoned"))

    def sweep(self) -> None:
        later = plus_seconds(now(), 3_600)
        storage = storage_of(connect(), self.settings, FixedLedgerKey())
        engine_of(storage, lambda: later).sweeper.sweep("sweep")
        LowStockBounds(storage.bounds, lambda: later).correct()

    def change_product(self) -> None:
        sku = self.dice.choice(self.skus)
        url = f"{self.shop.catalog}/products/{sku.product_id}"
        for is_active in (False, True):
            self.shop.ask("PATCH", url, "vendor", VENDOR, body={"is_active": is_active})
        self.shop.has_sku(3, variant=f"N{next(self.numbers)}")

    def change_sku(self) -> None:
        sku = self.dice.choice(self.skus)
        body = {"reorder_threshold": self.dice.randrange(200), "barcode": f"CODE-{self.dice.randrange(9)}"}
        url = f"{self.shop.stock}/products/{sku.product_id}/skus/{sku.sku}"
        self.shop.ask("PATCH", url, "vendor", VENDOR, body=body)


def test_a_shop_at_work_has_no_finding(shop: Shop, settings: Settings) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    work = Work(shop, settings, seed)
    findings = Findings()
    reconciler = reconciler_of(settings, findings)
    ends = time.monotonic() + SECONDS
    counts: dict[str, int] = {}
    failures: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            while time.monotonic() < ends:
                job()
                counts[job.__name__] = counts.get(job.__name__, 0) + 1
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(job,)) for job in work.jobs()]
    for thread in threads:
        thread.start()
    runs, undecided = 0, 0
    while any(thread.is_alive() for thread in threads):
        report = reconciler.run()
        runs, undecided = runs + 1, undecided + len(report.undecided)
        assert (report.differences, report.malformed) == ([], [])
    for thread in threads:
        thread.join()
    print(f"{runs} runs, {undecided} undecided, {counts}")
    assert failures == []
    assert all(counts.get(job.__name__) for job in work.jobs()), counts
    assert runs >= 2
    assert findings.reported == []
    work.sweep()
    report = reconciler.run()
    assert (report.differences, report.malformed, report.undecided) == ([], [], [])
    assert report.checked >= LARGE + len(work.skus)


def test_what_somebody_does_by_hand_is_found_beside(shop: Shop, settings: Settings, client: Any) -> None:
    """The same checks on what the services themselves have written, with one attribute changed each."""
    sku = shop.has_sku(10)
    done(shop.place("ORDER-HELD", (sku, 1)))
    other = Sku("VENDOR-002", sku.product_id, sku.sku)
    key = {"product_id": {"S": sku.product_id}, "sku": {"S": sku.sku}}
    order = {"product_id": {"S": "ORDER-HELD"}, "sku": {"S": "#ORDER"}}
    bound = {"product_id": {"S": sku.vendor_id}, "sku": {"S": "#LOW-STOCK-BOUND"}}
    changes = {
        "owner_changed": ("VendorInventory", key, "SET vendor_id = :x", {"S": other.vendor_id}),
        "order_not_due": (
            "VendorInventory",
            order,
            "SET last_updated = :x",
            {"S": "2199-01-01T00:00:00.000000Z"},
        ),
        "low_stock_bound": ("VendorInventory", bound, "SET #bound = :x", {"N": "1"}),
    }
    found = {}
    for kind, (table, of, change, forged) in changes.items():
        before = client.get_item(TableName=table, Key=of)["Item"]
        names = {"ExpressionAttributeNames": {"#bound": "bound"}} if "#bound" in change else {}
        client.update_item(
            TableName=table,
            Key=of,
            UpdateExpression=change,
            ExpressionAttributeValues={":x": forged},
            **names,
        )
        findings = Findings()
        reconciler_of(settings, findings).run()
        found[kind] = {finding.kind for finding in findings.reported}
        client.put_item(TableName=table, Item=before)
    assert found["owner_changed"] == {"owner_changed", "low_stock_bound"}  # the new vendor has no bound
    assert found["order_not_due"] == {"order_damaged", "order_not_due"}
    assert found["low_stock_bound"] == {"low_stock_bound"}
    product = {"product_id": {"S": sku.product_id}}
    client.delete_item(TableName="Products-table", Key=product)
    findings = Findings()
    reconciler_of(settings, findings).run()
    assert {finding.kind for finding in findings.reported} == {"sku_without_product"}
