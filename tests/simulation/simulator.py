"""A shop under load, faults and deaths, in which one seed is one history.

Virtual clients, each on a machine of its own with a clock of its own, put commands to the real service over
real tables; stream consumers run the real reactions; a catalog switches products off and on.  They run one at
a time (`scheduler`), their calls go through `faulty_client`, every commit and every answer is checked at once
(`history`), and everything once more when all has come to rest.
"""

from __future__ import annotations

import hashlib
import json
import time as real_time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from inventory_common.dynamodb import to_inventory_error
from inventory_common.errors import InternalError, InventoryError
from inventory_common.identity import EVERYTHING
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.streams import ItemChange
from local.tables import create_tables, definitions
from services.stock.chalicelib.commands import CreateSku, Source
from services.stock.chalicelib.inventory_gateway import InventoryGateway
from services.stock.chalicelib.reactions import Reactions
from services.stock.chalicelib.stock_service import StockService
from services.stock.chalicelib.sweeper import Sweeper
from tests.simulation.faulty_client import NO_FAULTS, FaultRates, FaultyClient
from tests.simulation.history import Attempt, History, Violation
from tests.simulation.invariants import lasting_violations
from tests.simulation.model import Adjust, Restock, Switch
from tests.simulation.scheduler import Death, Process, Scheduler, Stopped
from tests.simulation.translation import Answer, Defect, Request, ask, ask_together
from tests.simulation.virtual_clock import LARGEST_SKEW_SECONDS, SkewedClock, VirtualTime
from tests.simulation.watched_tables import Change, WatchedTables
from tests.simulation.workload import Workload

VENDOR = "VENDOR-001"
PRODUCTS = ("PROD-AAAA1", "PROD-AAAA2")
SKUS = ("SKU-PROD-AAAA1-BLK", "SKU-PROD-AAAA1-WHT", "SKU-PROD-AAAA2-RED")
"""What most commands are on, so that they meet."""
MORE_SKUS = ("SKU-PROD-AAAA1-BLU", "SKU-PROD-AAAA1-GRN", "SKU-PROD-AAAA2-TAN", "SKU-PROD-AAAA2-SKY")
"""What orders of many lines are on besides."""
FIRST_STOCK = 12
THRESHOLD = 11

CLIENTS = 6
CONSUMERS = 2
SWEEPERS = 3
ATTEMPTS_MAX = 8
COPIES_RATE = 0.4
DOUBLE_CLICK_RATE = 0.8
BATCH_RATE = 0.1
ALERT_LOST_RATE = 0.6
TOLD_TWICE_RATE = 0.3
COPY_SECONDS = (0.0, 0.0, 0.0, 0.005, 0.05, 2.0, 20.0)
LATE_SECONDS = (0.002, 0.01, 0.05, 2.0, 20.0)
JUMP_SECONDS = 8
LONG_JUMP_SECONDS = 2_400
LONG_JUMP_RATE = 0.1
LONGEST_HOLD_SECONDS = 86_400
TURNS_TO_REST_MAX = 50_000
TRACE_SHOWN = 60


class SimulationFailed(AssertionError):
    """The seed's history breaks a promise; the message replays it."""


@dataclass
class Report:
    """What one seed did: `counts` by kind of event, `trace` line by line."""

    seed: int
    steps: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What tells two histories apart."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]


class Machine:
    """A process of the service: its clock, its client, its own copy of everything; see `faulty_client`."""

    def __init__(
        self,
        simulation: Simulation,
        process: Process | None,
        name: str,
        make_client: Callable[..., FaultyClient] = FaultyClient,
    ) -> None:
        random = simulation.random
        self.name = name
        self.is_dead = False
        self.attempt = Attempt(name)
        self._simulation = simulation
        self._process = process
        clock = SkewedClock(
            simulation.time, random.uniform(-LARGEST_SKEW_SECONDS, LARGEST_SKEW_SECONDS) if process else 0.0
        )
        rates = simulation.rates if process else lambda: NO_FAULTS
        self.client = make_client(simulation.tables.client, self, random, rates)
        gateway = InventoryGateway(self.client, simulation.settings)
        retry_policy = RetryPolicy(
            monotonic=lambda: simulation.monotonic_seconds, sleep=self.sleep, uniform=random.uniform
        )
        self.service = StockService(gateway, clock, retry_policy)
        self.sweeper = Sweeper(gateway, clock, retry_policy)
        self.reactions = Reactions(gateway, Alerts(simulation, self), clock, retry_policy)

    def begins_call(self) -> None:
        self._simulation.steps += 1

    def suffers(self, fault: str) -> None:
        self.attempt.excuses += 1
        self._simulation.report.counts[fault] += 1

    def hand_over(self, event: str) -> None:
        if self._process is not None:
            self._simulation.note(self.name, event)
            self._process.hand_over()

    def sleep(self, seconds: float) -> None:
        if self.is_dead:
            raise Death
        if self._process is not None:
            self._process.sleep(seconds)

    def perform(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        return self._simulation.perform(self.attempt, operation, arguments)

    def perform_late(self, operation: str, arguments: Mapping[str, Any]) -> None:
        self._simulation.perform_late(self.attempt, operation, arguments)


class Alerts:
    """Takes the place of the alert topic: its calls get lost too."""

    def __init__(self, simulation: Simulation, machine: Machine) -> None:
        self._simulation = simulation
        self._machine = machine

    def send(self, alert: Any) -> None:
        self._machine.hand_over(f"alert {alert.alert_id}")
        if not self._simulation.is_calm and self._simulation.random.random() < ALERT_LOST_RATE:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "simulated"}}, "Publish")
        self._simulation.alerts.append(alert.alert_id)


class Simulation:
    """One seed's history; `run` makes it happen."""

    def __init__(self, client: Any, prefix: str, seed: int, rates: FaultRates | None) -> None:
        self.random = Random(seed)
        self.report = Report(seed)
        self.time = VirtualTime()
        self.scheduler = Scheduler(self.random, self.time)
        self.tables = WatchedTables(client, prefix)
        self.history = History(self.tables)
        self.settings = Settings(
            jwks_url="-",
            token_issuer="-",
            token_audiences=(),
            machine_client_ids=(),
            table_name_prefix=prefix,
        )
        self.alerts: list[str] = []
        self.is_calm = False
        self._drawn = rates or FaultRates.drawn(self.random)
        self._workload = Workload(self.random, SKUS, MORE_SKUS, self.history.shop)
        self._told: list[tuple[int, Change]] = []
        self.steps = 0
        self._working = 0
        self._jumps = 0
        self._hopped_seconds = 0
        self._reacting = 0
        self._names: Counter[str] = Counter()

    @property
    def monotonic_seconds(self) -> float:
        """What measures how long somebody tries: hops of the calendar are no time to wait."""
        return self.time.seconds - self._hopped_seconds

    def rates(self) -> FaultRates:
        return NO_FAULTS if self.is_calm else self._drawn

    def run(self, steps: int) -> None:
        """Open the shop, let it run for so many calls of DynamoDB, let it come to rest, and check everything.

        Raises
        ------
        Violation, Defect
            If something happened that must not.
        """
        try:
            self.open()
            for _ in range(CLIENTS):
                self._start_writer("client", self._be_client)
            for _ in range(CONSUMERS):
                self._start("consumer", self._be_consumer)
            self._start_writer("catalog", self._be_catalog)
            self._start_writer("vendor", self._be_vendor)
            for _ in range(SWEEPERS):
                self._start_writer("sweeper", self._be_sweeper)
            self._start("calendar", self._be_calendar)
            self.scheduler.run(until=lambda: self.steps >= steps)
            self.is_calm = True
            self.note("scheduler", "no more faults and no new commands")
            most = self.scheduler.turns + TURNS_TO_REST_MAX
            self.scheduler.run(until=lambda: self.scheduler.turns >= most)
            if self.scheduler.turns >= most:
                raise Violation("the shop does not come to rest")
            self.end_all_holds()
        except Stopped:
            pass  # the failure says why
        finally:
            self.scheduler.stop()
            self.report.steps = self.steps
        self.raise_failure()
        for kind, count in self.history.steps.items():
            self.report.counts[kind] = count
        self.report.counts["falls"] = len(self.history.falls)
        self.check_at_rest()

    def raise_failure(self) -> None:
        """Raise what ended the simulation, if anything did."""
        if self.scheduler.failure is not None:
            raise self.scheduler.failure

    def check_at_rest(self) -> None:
        """Compare all that is stored with what was seen, with the model, and with itself."""
        wrong = [
            *self.tables.unseen(),
            *self.history.differences(),
            *lasting_violations(self.tables.client, self.tables.prefix),
            *(f"nobody was told of {alert}" for alert in sorted(self.history.falls - {*self.alerts})),
            *(f"an alert of nothing: {alert}" for alert in sorted({*self.alerts} - self.history.falls)),
        ]
        if wrong:
            raise Violation("at rest: " + "; ".join(wrong))

    def note(self, who: str, event: str) -> None:
        self.report.trace.append(f"{self.steps:6} {self.time.seconds:12.6f} {who:12} {event}")

    # What the machines do

    def perform(self, attempt: Attempt, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Do a call for real, and look at what it changed."""
        self.report.counts["calls"] += 1
        answer, changes = self.tables.perform(operation, arguments)
        try:
            self.history.tried(attempt, operation)
            if changes:
                self._commit(attempt, changes)
        except Violation as violation:
            self.scheduler.fail(violation)
        return answer

    def _commit(self, attempt: Attempt, changes: list[Change]) -> None:
        self.report.counts["commits"] += 1
        self.note(attempt.name, f"commits {_digest(changes)}")
        self._told += [(self.random.getrandbits(30), change) for change in changes if _is_streamed(change)]
        self.history.shop.now = self.time.seconds
        self.note(attempt.name, f"did {self.history.committed(attempt, changes)}")

    def perform_late(self, attempt: Attempt, operation: str, arguments: Mapping[str, Any]) -> None:
        """Let the network keep a call for a while."""

        def arrive(process: Process) -> None:
            process.sleep(self.random.uniform(0, self.random.choice(LATE_SECONDS)))
            self.note("network", f"{operation} of {attempt.name} arrives")
            try:
                self.perform(attempt, operation, arguments)
            except ClientError:
                self.note("network", "it fails")

        self._start_writer("network", arrive)

    def _start(self, kind: str, act: Callable[[Process], None]) -> None:
        self.scheduler.start(self._name(kind), act)

    def _start_writer(self, kind: str, act: Callable[[Process], None]) -> None:
        """Start a process that the consumers wait for in the end."""

        def work(process: Process) -> None:
            act(process)
            self._working -= 1

        self._working += 1
        self._start(kind, work)

    def _name(self, kind: str) -> str:
        self._names[kind] += 1
        return f"{kind}-{self._names[kind]}"

    def open(self) -> None:
        """Put two products and three SKUs on the shelf."""
        machine = Machine(self, None, "owner")
        for product_id in PRODUCTS:
            product = Product(
                product_id=product_id,
                vendor_id=VENDOR,
                product_name="Headphones",
                category="Electronics",
                base_price=90,
                is_active=True,
                created_at=SkewedClock(self.time, 0)(),
                updated_at=SkewedClock(self.time, 0)(),
                version=1,
            )
            machine.perform(
                "put_item", {"TableName": f"{self.tables.prefix}Products-table", "Item": product.to_item()}
            )
        source = Source(VENDOR, "opening")
        for number, sku in enumerate(SKUS + MORE_SKUS):
            machine.service.create_sku(
                CreateSku(
                    product_id=sku[4:14],
                    sku=sku,
                    variant_name="Black",
                    variant_attributes=None,
                    unit_price=90,
                    reorder_threshold=THRESHOLD,
                    scope=EVERYTHING,
                    idempotency_key=None,
                ),
                source,
            )
            restock = Restock(sku, FIRST_STOCK, f"opening-{number}")
            self.ask(machine, restock)

    def ask(self, machine: Machine, *requests: Request) -> list[Answer]:
        """Put a request, or several as a batch, to a machine, and check what is answered."""
        name = machine.name + "/" + self._name("attempt")
        attempt = machine.attempt = Attempt(name, requests)
        source = Source("client:simulated", name)
        self.history.shop.now = self.time.seconds
        self.history.begin(attempt)
        self.note(name, f"asks {'; '.join(map(str, requests))}")
        try:
            if len(requests) > 1:
                answers = ask_together(machine.service, requests, source)
            else:
                answers = [ask(machine.service, requests[0], source)]
        except Death:
            answers = [Answer("unknown")] * len(requests)
            self._dies(attempt)
        finally:
            self.history.shop.now = self.time.seconds
            self.history.end(attempt)
            machine.attempt = Attempt(machine.name)
        for request, answer in zip(requests, answers, strict=True):
            self.note(name, f"is answered {answer.code} {answer.subject or ''}")
            self.report.counts[f"{'refused' if answer.is_refusal else 'answered'} {answer.code}"] += 1
            self.history.answered(attempt, request, answer)
        return answers

    def _dies(self, attempt: Attempt) -> None:
        """Count a death, and each order that it leaves between two steps."""
        self.report.counts["deaths"] += 1
        left = [order_id for order_id in attempt.steps if self.history.is_in_the_middle(order_id)]
        self.report.counts["crash points"] += len(left)
        self.note(attempt.name, f"dies; leaves {', '.join(left) or 'nothing'}")

    def _until_final(self, process: Process, machine: Machine, *requests: Request) -> Machine:
        """Ask again, on another machine if this one died, until the answer is final or patience ends."""
        for _ in range(ATTEMPTS_MAX):
            answers = self.ask(machine, *requests)
            if machine.is_dead:
                machine = Machine(self, process, process.name)
            if all(answer.is_final for answer in answers):
                break
            process.sleep(self.random.uniform(0, 0.1))
        return machine

    def _be_client(self, process: Process) -> None:
        machine = Machine(self, process, process.name)
        while not self.is_calm:
            if self.random.random() < BATCH_RATE:
                requests = self._workload.batch()
            else:
                requests = [self._workload.request()]
            self.report.counts["commands"] += len(requests)
            double_click = isinstance(requests[0], Restock | Adjust)
            if self.random.random() < (DOUBLE_CLICK_RATE if double_click else COPIES_RATE):
                self._send_copy(requests)
            machine = self._until_final(process, machine, *requests)
            process.sleep(self.random.uniform(0, 0.02))

    def _send_copy(self, requests: list[Request]) -> None:
        """Let the same come a second time, by another way."""

        def arrive(process: Process) -> None:
            process.sleep(self.random.uniform(0, self.random.choice(COPY_SECONDS)))
            self.ask(Machine(self, process, process.name), *requests)

        self.report.counts["copies"] += 1
        self._start_writer("copy", arrive)

    def tell(self, machine: Machine) -> None:
        """Deliver all changes that are waiting, and those that come of it."""
        while self._told:
            _, change = self._told.pop()
            self._react(machine, change)

    def _be_consumer(self, process: Process) -> None:
        machine = Machine(self, process, process.name)
        while True:
            if not self._told or self.random.random() < 0.5:
                process.wait(lambda: bool(self._told) or self._is_over())
            if not self._told:
                return
            # Any of the waiting ones: a slow consumer works on old changes beside one that works on new ones.
            told = min(self._told, key=lambda entry: entry[0])
            self._told.remove(told)
            if self.random.random() < TOLD_TWICE_RATE:
                self._told.append((self.random.getrandbits(30), told[1]))
            self._reacting += 1
            try:
                self._react(machine, told[1])
                self.report.counts["deliveries"] += 1
            except Death:
                self.report.counts["deaths"] += 1
                self._told.append(told)
                machine = Machine(self, process, process.name)
            except Exception as error:
                self._require_transient(error, f"a reaction to {told[1]}")
                self._told.append((self.random.getrandbits(30), told[1]))
            finally:
                self._reacting -= 1

    def _is_over(self) -> bool:
        """Tell whether nobody is left who could change anything."""
        return self.is_calm and not self._working and not self._reacting

    def _react(self, machine: Machine, change: Change) -> None:
        self.note(machine.name, f"is told of {change.place} {_digest([change])}")
        item_change = ItemChange(change.raw_key, change.raw_before, change.raw_after)
        if change.place[0] == "Products-table":
            machine.reactions.product_changed(item_change)
        else:
            machine.reactions.sku_changed(item_change)

    def switch_product(self, machine: Machine, product_id: str, active: bool) -> None:
        """Do what the catalog does: write a new version of the product."""
        machine.perform(
            "update_item",
            {
                "TableName": f"{self.tables.prefix}Products-table",
                "Key": {"product_id": {"S": product_id}},
                "UpdateExpression": "SET is_active = :flag, #version = #version + :one",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {
                    ":flag": {"S": "true" if active else "false"},
                    ":one": {"N": "1"},
                },
            },
        )

    def _be_catalog(self, process: Process) -> None:
        """Switch products off and on, on for longer than off."""
        machine = Machine(self, process, process.name)
        activity = dict.fromkeys(PRODUCTS, True)
        while not self.is_calm:
            product_id = next((each for each in PRODUCTS if not activity[each]), self.random.choice(PRODUCTS))
            process.sleep(self.random.uniform(0, 0.15 if activity[product_id] else 0.04))
            activity[product_id] = not activity[product_id]
            self.switch_product(machine, product_id, activity[product_id])
            machine.hand_over("has switched a product")

    def _be_vendor(self, process: Process) -> None:
        """Switch SKUs off and, soon, on again."""
        machine = Machine(self, process, process.name)
        while not self.is_calm:
            process.sleep(self.random.uniform(0, 0.025))
            sku = self.random.choice((*SKUS, *SKUS, *MORE_SKUS))
            for active in (False, True):
                machine = self._until_final(process, machine, Switch(sku, active))
                process.sleep(self.random.uniform(0, 0.008))

    def _be_sweeper(self, process: Process) -> None:
        """Sweep whenever the calendar has let holds end."""
        machine = Machine(self, process, process.name)
        swept = 0
        while True:
            process.wait(lambda swept=swept: self._jumps > swept or self.is_calm)
            if self.is_calm:
                return
            swept = self._jumps
            try:
                self.sweep(machine, f"{process.name}/{self._name('sweep')}")
                self.report.counts["sweeps"] += 1
            except Exception as error:
                self._require_transient(error, "a sweep")
            if machine.is_dead:
                machine = Machine(self, process, process.name)

    def sweep(self, machine: Machine, name: str) -> None:
        """Let a machine sweep once; it may die of it."""
        attempt = machine.attempt = Attempt(name)
        self.history.shop.now = self.time.seconds
        self.history.begin(attempt)
        self.note(name, "sweeps")
        try:
            machine.sweeper.sweep(name)
        except Death:
            self._dies(attempt)
        finally:
            self.history.end(attempt)
            machine.attempt = Attempt(machine.name)

    def _require_transient(self, error: Exception, occasion: str) -> None:
        if not isinstance(error, InventoryError) and isinstance(to_inventory_error(error), InternalError):
            raise Defect(f"{type(error).__name__} in {occasion}: {error}") from error

    def _be_calendar(self, process: Process) -> None:
        """Now and then, let holds end: the clocks go on by some seconds; or everybody is frozen for long."""
        while not self.is_calm:
            process.sleep(self.random.uniform(0.05, 0.3))
            rarely = self.random.random() < LONG_JUMP_RATE
            self.time.pass_by(self.random.uniform(1, LONG_JUMP_SECONDS) if rarely else JUMP_SECONDS)
            self._hopped_seconds += 0 if rarely else JUMP_SECONDS
            self.history.shop.now = self.time.seconds
            self._jumps += 1
            self.note(process.name, "time goes by")

    def end_all_holds(self) -> None:
        """Let every hold and every lease end, and one sweep give back what is held: no order is half done."""
        self.time.pass_by(2 * LONGEST_HOLD_SECONDS)
        self.sweep(Machine(self, None, "last sweep"), "last sweep")
        orders = self.history.shop.orders.items()
        left = [
            f"{order_id}, {order.phase}, with {order.total('reserved')} units"
            for order_id, order in orders
            if order.total("reserved") or order.phase != "idle"
        ]
        if left:
            raise Violation(f"the sweeper leaves {'; '.join(left)}")


def simulate(client: Any, seed: int, steps: int, rates: FaultRates | None = None) -> Report:
    """Run one seed over tables of its own at `client`, and remove them.

    Parameters
    ----------
    rates
        How often which fault comes; drawn from the seed if not given.

    Raises
    ------
    SimulationFailed
        With the seed, the violation and the end of the history.
    """
    prefix = f"seed-{seed}-"
    create_tables(client, prefix)
    simulation = Simulation(client, prefix, seed, rates)
    began = real_time.monotonic()
    try:
        simulation.run(steps)
    except Exception as error:
        shown = "\n".join(simulation.report.trace[-TRACE_SHOWN:])
        message = f"{shown}\n{type(error).__name__}: {error}\nseed {seed}, step {simulation.report.steps}"
        failed = SimulationFailed(f"{message}: make simulate SEEDS={seed} STEPS={steps}")
        raise failed from error
    finally:
        simulation.report.seconds = real_time.monotonic() - began
        for name in definitions():
            client.delete_table(TableName=prefix + name)
    return simulation.report


def _is_streamed(change: Change) -> bool:
    return change.place[0] == "Products-table" or change.place[2].startswith("SKU-")


def _digest(changes: list[Change]) -> str:
    """Name what changed, and its content by a hash: two histories are equal if their traces are."""
    named = [f"{'/'.join(filter(None, change.place[1:]))}" for change in changes]
    content = json.dumps([change.after for change in changes], sort_keys=True, default=str)
    return f"{' '.join(named)} {hashlib.sha256(content.encode()).hexdigest()[:12]}"
