"""Several consumers of one stream: changes come twice, late, in any order, and a consumer dies anywhere."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.engine.counting import Counting
from chalicelib.engine.recount import Recount
from chalicelib.engine.stream_handlers import StreamHandlers
from chalicelib.storage.count_store import CountStore
from inventory_common.dynamodb import connect
from inventory_common.malformed_items import MalformedItems
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.streams import PRODUCT_CHANGES, process_batch
from inventory_common.timestamps import now

from .counting import a_record, counters, expected_counters, stored
from .shop import a_product, keep

CONSUMERS = 4
PRODUCTS = 30
CHANGES = 6
BATCH_MAX = 12


class Died(BaseException):
    """The consumer's process died."""


class Consumer:
    """A process that counts; with `dies`, each of its writes may be its last: before or after it is done."""

    def __init__(self, dice: random.Random, dies: float = 0.0) -> None:
        self._client = connect()
        settings = Settings.from_environment(os.environ)
        self.store = CountStore(self._client, settings, MalformedItems("test"), now)
        counting = Counting(self.store, RetryPolicy(deadline_seconds=30.0))
        self.handlers = StreamHandlers(self.store, counting)
        self.recount = Recount(self.store, counting)
        self._dice, self._dies = dice, dies
        for when in ("before-call", "after-call"):
            self._client.meta.events.register(f"{when}.dynamodb.TransactWriteItems", self._maybe_die)

    def deliver(self, records: list[Any]) -> bool:
        """Process a batch, and return whether it has not to be delivered again."""
        try:
            answer = process_batch(
                {"Records": records}, PRODUCT_CHANGES, self.handlers.products_changed, "test"
            )
        except Died:
            return False
        return answer == {"batchItemFailures": []}

    def _maybe_die(self, **_: Any) -> None:
        if self._dice.random() < self._dies:
            raise Died


class History:
    """The changes of some products, and the products after all of them."""

    def __init__(self, dice: random.Random) -> None:
        self.records: list[Any] = []
        self.last: list[Product] = []
        for number in range(PRODUCTS):
            self._change(dice, f"PROD-{number:05}", dice.choice(("VENDOR-1", "VENDOR-2")))

    def _change(self, dice: random.Random, product_id: str, vendor_id: str) -> None:
        before = None
        after = a_product(product_id, vendor_id=vendor_id, category=dice.choice("ABC"))
        for _ in range(CHANGES):
            self.records.append(a_record(before, after))
            before = after
            change: dict[str, Any] = dice.choice(
                [
                    {"category": dice.choice("ABC")},
                    {"is_active": dice.random() < 0.5},
                    {"base_price": dice.randrange(100)},
                ]
            )
            after = replace(before, **change, version=before.version + 1)
        assert before is not None
        self.last.append(before)


def deliveries(dice: random.Random, records: list[Any]) -> list[list[Any]]:
    """Return batches that have each record at least once, half of them twice, in any order."""
    doubled = records + dice.sample(records, len(records) // 2)
    dice.shuffle(doubled)
    batches = []
    while doubled:
        size = dice.randint(1, BATCH_MAX)
        batches.append(doubled[:size])
        del doubled[:size]
    return batches


@pytest.fixture
def dice() -> random.Random:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    return random.Random(seed)


def consume(dice: random.Random, batches: list[list[Any]], meanwhile: Callable[[], Any]) -> None:
    """Process batches by several consumers at once; those of a consumer that died are delivered again."""
    consumers = [Consumer(random.Random(dice.random()), dies=0.2) for _ in range(CONSUMERS)]
    while batches:
        with ThreadPoolExecutor(CONSUMERS + 1) as pool:
            other = pool.submit(meanwhile)
            done = list(
                pool.map(lambda each: consumers[each[0] % CONSUMERS].deliver(each[1]), enumerate(batches))
            )
            other.result()
        batches = [batch for batch, is_done in zip(batches, done, strict=True) if not is_done]


@pytest.mark.usefixtures("service_module")
@pytest.mark.parametrize("repetition", range(3))
def test_each_change_is_counted_once(dynamodb: Any, dice: random.Random, repetition: int) -> None:
    history = History(dice)
    consume(dice, deliveries(dice, history.records), lambda: None)
    assert counters(dynamodb) == expected_counters(history.last)
    assert len(stored(dynamodb, "#COUNTED#")) == PRODUCTS


@pytest.mark.usefixtures("service_module")
@pytest.mark.parametrize("repetition", range(3))
def test_recounts_at_the_same_time_as_changes_leave_every_count_right(
    dynamodb: Any, dice: random.Random, repetition: int
) -> None:
    """Products change, their changes are delivered soon after, and two processes recount meanwhile."""
    history = History(dice)
    seeds = [dice.random() for _ in range(CONSUMERS)]
    are_changing = True

    def change(number: int) -> None:
        consumer = Consumer(random.Random(seeds[number]))
        waiting: list[Any] = []
        for record in history.records:
            if int(record["dynamodb"]["Keys"]["product_id"]["S"][-1]) % CONSUMERS == number:
                dynamodb.put_item(TableName="Products-table", Item=record["dynamodb"]["NewImage"])
                waiting.append(record)
                if len(waiting) == 3:
                    assert consumer.deliver(waiting)
                    waiting.clear()
        assert consumer.deliver(waiting)

    def recount() -> None:
        consumer = Consumer(dice)
        while are_changing:
            consumer.recount.run()

    with ThreadPoolExecutor(CONSUMERS + 2) as pool:
        recounts = [pool.submit(recount) for _ in range(2)]
        changes = [pool.submit(change, number) for number in range(CONSUMERS)]
        try:
            for each in changes:
                each.result()
        finally:
            are_changing = False
        for each in recounts:
            each.result()
    assert counters(dynamodb) == expected_counters(history.last)


@pytest.mark.usefixtures("service_module")
def test_a_recount_beside_consumers_corrects_the_counters_that_nobody_changes(
    dynamodb: Any, dice: random.Random
) -> None:
    quiet = [a_product(f"PROD-9{n:04}", category="quiet", vendor_id="VENDOR-9") for n in range(5)]
    keep(dynamodb, *quiet)
    consumer = Consumer(dice)
    assert consumer.deliver([a_record(None, product) for product in quiet])
    for item in stored(dynamodb, "#").values():
        if "products" in item:
            dynamodb.put_item(TableName="Products-table", Item={**item, "products": {"N": "77"}})
    history = History(dice)
    consume(dice, deliveries(dice, history.records), consumer.recount.run)
    found = counters(dynamodb)
    assert (found["quiet"], found["VENDOR-9"]) == ((5, 5), (5, 5))
