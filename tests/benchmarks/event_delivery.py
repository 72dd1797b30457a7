"""Whether every committed change reaches a consumer as an event, while publisher and consumer are killed.

Run: ``python -m tests.benchmarks.event_delivery [CHANGES] [--seed SEED]``.  It starts an embedded AWS with
the tables and the bus.  Four writers place, confirm, cancel and refund orders and restock, alone and in
batches, until so many changes are committed.  The process that publishes from the stream, and the one that
consumes the queue of a rule, are killed at random points and started again.  Then what was received is
compared with the log and with the commands that were committed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from inventory_common.errors import InventoryError
from inventory_common.events import event_id
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import EVERYTHING
from inventory_common.ids import StockKey
from inventory_common.settings import Settings
from local.embedded_aws import embedded_aws
from local.events import create_event_bus
from local.settings import AWS_SERVICES, EVENT_BUS, LEDGER_KEY_SECRET, LEDGER_KEYS_PATH, REGION
from local.tables import create_tables
from services.stock.chalicelib.bootstrap import Engine, engine_of, storage_of
from services.stock.chalicelib.domain.commands import Actor, BatchedCommand, LineRequest, Restock, SettleOrder
from services.stock.chalicelib.domain.orders import OrderOutcome
from tests.support.event_processes import RECEIVED, began_file
from tests.support.fixed_ledger_key import FixedLedgerKey
from tests.support.sample_skus import a_sku

__all__ = ["Result", "deliver"]

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "PROD-E4F9A"
SKUS = tuple(StockKey(PRODUCT, f"SKU-{PRODUCT}-N{number}") for number in range(12))
WRITERS = 4
QUIET_SECONDS = 8.0
"""How long nothing has come when all has: longer than a message of a killed consumer stays hidden."""
ACTOR = Actor("client:benchmark", "request-1")


@dataclass
class Result:
    """What was committed and received; `problems` is empty if all is as promised."""

    changes: int = 0
    events: int = 0
    received: int = 0
    publisher_kills: int = 0
    consumer_kills: int = 0
    writing_seconds: float = 0.0
    delivering_seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


class Commands:
    """Commits commands in several threads; `committed` are the ids of the commands on orders, by order."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine = engine
        self._seed = seed
        self._lock = threading.Lock()
        self.committed: dict[str, dict[str, str]] = defaultdict(dict)
        self.changes = 0

    def run(self, changes: int) -> None:
        """Commit at least so many changes: movements of a SKU, and commands on an order."""
        threads = [
            threading.Thread(target=self._write, args=(number, changes), daemon=True)
            for number in range(WRITERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _write(self, writer: int, changes: int) -> None:
        dice = random.Random(f"{self._seed}-{writer}")
        number = 0
        while self.changes < changes:
            number += 1
            name = f"ORDER-{writer}-{number}"
            if dice.random() < 0.6:
                self._batch(dice, name)
            else:
                self._single(dice, name)

    def _single(self, dice: random.Random, order_id: str) -> None:
        lines = tuple(LineRequest(key, dice.randint(1, 4)) for key in dice.sample(SKUS, dice.randint(1, 3)))
        place = BatchedCommand(order_id, "place", lines).place()
        if not self._commit(lambda: self._engine.orders.place(place, ACTOR), len(lines)):
            self._restock(dice)
            return
        whole = SettleOrder(order_id)
        orders = self._engine.orders
        for settle in {
            "confirm": [orders.confirm],
            "cancel": [orders.cancel],
            "refund": [orders.confirm, orders.refund],
        }.get(dice.choice(["confirm", "cancel", "refund", "leave"]), []):
            self._commit(lambda settle=settle: settle(whole, ACTOR), len(lines))  # type: ignore[misc]

    def _batch(self, dice: random.Random, name: str) -> None:
        places = [
            BatchedCommand(f"{name}-{number}", "place", (LineRequest(dice.choice(SKUS), 1),))
            for number in range(40)
        ]
        self._commit_all(places)
        self._commit_all(
            [BatchedCommand(each.order_id, dice.choice(["confirm", "cancel"])) for each in places]
        )

    def _restock(self, dice: random.Random) -> None:
        key = IdempotencyKey.of("benchmark", "POST", "/", str(dice.random()), "{}")
        command = Restock(
            key=dice.choice(SKUS), quantity=30, notes=None, scope=EVERYTHING, idempotency_key=key
        )
        try:
            self._engine.stock.restock(command, ACTOR)
        except InventoryError:
            return
        with self._lock:
            self.changes += 1

    def _commit(self, command: Callable[[], OrderOutcome], lines: int) -> bool:
        try:
            outcome = command()
        except InventoryError:
            return False
        self._note(outcome, lines)
        return True

    def _commit_all(self, commands: Sequence[BatchedCommand]) -> None:
        for outcome in self._engine.orders.batch(commands, ACTOR):
            if isinstance(outcome, OrderOutcome):
                self._note(outcome, 1)

    def _note(self, outcome: OrderOutcome, lines: int) -> None:
        command = outcome.order.last_command
        assert command is not None, outcome
        with self._lock:
            known = self.committed[outcome.order.order_id]
            if command.id not in known:
                known[command.id] = command.type.value
                self.changes += lines + 1


class Killed:
    """A process that is killed at random points, and started again, until it is let alone."""

    def __init__(
        self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str], seed: str
    ) -> None:
        self._folder = folder
        self._arguments = [sys.executable, "-m", "tests.support.event_processes", *arguments]
        self._environment = dict(environment)
        self._dice = random.Random(seed)
        self._stop = threading.Event()
        self.kills = 0
        self._process = self._start()
        self._thread = threading.Thread(target=self._kill_often, daemon=True)
        self._thread.start()

    def let_alone(self) -> None:
        """Kill it no more, and wait until it works."""
        self._stop.set()
        self._thread.join()
        while not began_file(self._folder, self._process.pid).exists():
            assert self._process.poll() is None, "it has ended by itself"
            time.sleep(0.05)

    def end(self) -> None:
        self._stop.set()
        self._thread.join()
        self._process.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._arguments,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _kill_often(self) -> None:
        # It takes long to start on a busy machine; from then on, any moment will do.
        while not self._stop.is_set():
            if not began_file(self._folder, self._process.pid).exists():
                self._stop.wait(0.05)
                continue
            if self._stop.wait(self._dice.uniform(0.2, 6.0)):
                return
            self._process.kill()
            self._process.wait()
            self.kills += 1
            self._process = self._start()


def deliver(changes: int, seed: int, say: Callable[[str], None] = print) -> Result:
    """Commit changes, kill, and compare; nothing may be missing."""
    result = Result()
    with embedded_aws(services=AWS_SERVICES) as url, tempfile.TemporaryDirectory() as name:
        environment = _environment(url)
        with _settings(environment):
            folder, queue_url = Path(name), _prepare()
            killed = [
                Killed(folder, ["publish", str(folder)], environment, f"{seed}-publisher"),
                Killed(folder, ["consume", str(folder), queue_url], environment, f"{seed}-consumer"),
            ]
            try:
                client = boto3.client("dynamodb")
                storage = storage_of(client, _service_settings(), FixedLedgerKey())
                commands = Commands(engine_of(storage), seed)
                began = time.monotonic()
                commands.run(changes)
                result.changes = commands.changes
                result.writing_seconds = time.monotonic() - began
                say(f"{commands.changes:,} changes committed in {result.writing_seconds:,.0f} s")
                _wait_until_quiet(folder / RECEIVED, began_at=time.monotonic())
                for each in killed:
                    each.let_alone()
                _wait_until_quiet(folder / RECEIVED, began_at=time.monotonic())
                result.delivering_seconds = time.monotonic() - began - QUIET_SECONDS
            finally:
                for each in killed:
                    each.end()
            result.publisher_kills, result.consumer_kills = (each.kills for each in killed)
            _compare(client, folder / RECEIVED, commands, result)
    return result


def _compare(client: Any, file: Path, commands: Commands, result: Result) -> None:
    received = [json.loads(line) for line in file.read_text().splitlines()]
    events: dict[str, dict[str, Any]] = {}
    for event in received:
        if events.setdefault(event["id"], event) != event:
            result.problems.append(f"{event['id']} came with two contents")
    result.events, result.received = len(events), len(received)
    by_type: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events.values():
        by_type[event["type"]].append(event)

    last = _last_sequences(client)
    changed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in by_type["stock.changed"]:
        changed[event["subject"]].append(event)
    expected = {"stock.out": set[str](), "stock.back": set[str]()}
    for sku, sequence in last.items():
        # Sorted as texts: that is what a consumer of any language can do.
        chain = sorted(changed[sku], key=lambda event: event["sequence"])
        next_one, available = 1, 500
        for event in chain:
            data = event["data"]
            if data["sequence_from"] != next_one:
                result.problems.append(
                    f"{sku}: {next_one} to {data['sequence_from'] - 1} is missing or repeated"
                )
            next_one = data["sequence"] + 1
            if available > 0 >= data["available_stock"]:
                expected["stock.out"].add(event_id("stock.out", sku, data["sequence"]))
            if available <= 0 < data["available_stock"]:
                expected["stock.back"].add(event_id("stock.back", sku, data["sequence"]))
            available = data["available_stock"]
        if next_one != sequence + 1:
            result.problems.append(f"{sku}: {next_one} to {sequence} is missing")
    for name, ids in expected.items():
        if {event["id"] for event in by_type[name]} != ids:
            result.problems.append(f"{name}: {len(by_type[name])} came, {len(ids)} were due")

    due = {(order, command) for order, ids in commands.committed.items() for command in ids}
    came = {
        (event["subject"], event["data"]["command_id"])
        for name, found in by_type.items()
        if name.startswith("order.")
        for event in found
    }
    if due != came:
        result.problems.append(f"orders: {len(due - came)} are missing, {len(came - due)} too many")


def _last_sequences(client: Any) -> dict[str, int]:
    """Return the number of log records of each SKU."""
    found: dict[str, int] = defaultdict(int)
    for page in client.get_paginator("scan").paginate(TableName="StockTransactions", ConsistentRead=True):
        for item in page["Items"]:
            found[item["sku"]["S"]] = max(found[item["sku"]["S"]], int(item["sequence"]["N"]))
    return found


def _wait_until_quiet(file: Path, began_at: float) -> None:
    size, since = -1, began_at
    while time.monotonic() - since < QUIET_SECONDS:
        now = file.stat().st_size if file.exists() else 0
        if now != size:
            size, since = now, time.monotonic()
        time.sleep(0.2)


def _prepare() -> str:
    """Make the tables with SKUs, the keys, the bus, and a queue of all its events."""
    tables, events, queues = (boto3.client(name) for name in ("dynamodb", "events", "sqs"))
    create_tables(tables)
    for key in SKUS:
        sku = a_sku(key.sku, current_stock=500, product_id=PRODUCT, reorder_threshold=0)
        tables.put_item(TableName="VendorInventory", Item=sku.to_item())
    create_event_bus(os.environ)
    url: str = queues.create_queue(QueueName="consumer")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(
        Name="all", EventBusName=EVENT_BUS, EventPattern=json.dumps({"source": [{"prefix": "inventory."}]})
    )
    target = {"Id": "queue", "Arn": arn, "InputPath": "$.detail"}
    events.put_targets(Rule="all", EventBusName=EVENT_BUS, Targets=[target])
    _publish_keys()
    return url


def _publish_keys() -> None:
    from tests.support.fixed_ledger_key import LEDGER_KEY, LEDGER_KEYS

    boto3.client("secretsmanager").create_secret(Name=LEDGER_KEY_SECRET, SecretString=LEDGER_KEY.to_stored())
    for number, key in enumerate(LEDGER_KEYS.values(), start=1):
        boto3.client("ssm").put_parameter(
            Name=f"{LEDGER_KEYS_PATH}{number}", Value=json.dumps(key.jwk()), Type="String"
        )


def _environment(url: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return inherited | {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "EVENT_BUS": EVENT_BUS,
        "LEDGER_KEY_SECRET": LEDGER_KEY_SECRET,
        "LEDGER_KEYS_PATH": LEDGER_KEYS_PATH,
        "JWKS_URL": "http://127.0.0.1/jwks.json",
        "TOKEN_ISSUER": "http://127.0.0.1",
        "TOKEN_AUDIENCES": "nobody",
        "MACHINE_CLIENT_IDS": "nobody",
    }


def _service_settings() -> Settings:
    return Settings.from_environment(os.environ)


@contextmanager
def _settings(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> int:
    """Print what was committed and received; the exit code is 1 if anything is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.event_delivery")
    parser.add_argument("changes", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    result = deliver(arguments.changes, arguments.seed)
    print(
        f"{result.events:,} events came, {result.received - result.events:,} of them twice or more, "
        f"{result.delivering_seconds:,.0f} s after the first change; the publisher was killed "
        f"{result.publisher_kills} times, the consumer {result.consumer_kills} times"
    )
    print("\n".join(result.problems) or "nothing is missing, and duplicates are equal")
    return bool(result.problems)


if __name__ == "__main__":
    sys.exit(main())
