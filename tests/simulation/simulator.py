"""A shop under load, faults and crashes, in which one seed is one history.

Virtual clients, each with a process and a clock of its own, send commands to the real service over real
tables; stream consumers run the real stream handlers; a catalog deactivates and reactivates products.  They
run one at a time (`scheduler`), their calls go through `faulty_client`, every commit and every response is
checked at once (`history`), and everything once more when all have come to rest.
"""

from __future__ import annotations

import hashlib
import json
import time as real_time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from inventory_common.alert_topic import AlertTopic
from inventory_common.alerts import Alert
from inventory_common.dynamodb import to_inventory_error
from inventory_common.errors import InternalError, InventoryError
from inventory_common.event_bus import EventBus
from inventory_common.identity import EVERYTHING
from inventory_common.ids import StockKey
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.streams import ChangeFailed, ItemChange
from local.tables import create_tables, definitions
from services.stock.chalicelib.bootstrap import engine_of, storage_of
from services.stock.chalicelib.domain.commands import Actor, CreateSku
from services.stock.chalicelib.engine.stream_handlers import StreamHandlers
from tests.simulation.faulty_client import NO_FAULTS, FaultRates, FaultyClient
from tests.simulation.history import Attempt, History, Violation
from tests.simulation.invariants import lasting_violations
from tests.simulation.model import Adjust, Restock, SetActive
from tests.simulation.scheduler import Process, ProcessCrashed, Scheduler, Stopped
from tests.simulation.translation import Defect, Request, Response, send, send_batch
from tests.simulation.virtual_clock import LARGEST_SKEW_SECONDS, SkewedClock, VirtualTime
from tests.simulation.watched_tables import Change, WatchedTables
from tests.simulation.workload import Workload
from tests.support.fixed_ledger_key import FixedLedgerKey

VENDOR = "VENDOR-001"
PRODUCTS = ("PROD-AAAA1", "PROD-AAAA2")
SKUS = ("SKU-PROD-AAAA1-BLK", "SKU-PROD-AAAA1-WHT", "SKU-PROD-AAAA2-RED")
"""The SKUs of most commands, so that they conflict."""
MORE_SKUS = ("SKU-PROD-AAAA1-BLU", "SKU-PROD-AAAA1-GRN", "SKU-PROD-AAAA2-TAN", "SKU-PROD-AAAA2-SKY")
"""The other SKUs of orders with many lines."""
FIRST_STOCK = 12
THRESHOLD = 11

CLIENTS = 6
CONSUMERS = 2
SWEEPERS = 3
ATTEMPTS_MAX = 8
COPIES_RATE = 0.4
STOCK_COPIES_RATE = 0.8
BATCH_RATE = 0.1
ALERT_LOST_RATE = 0.6
REDELIVERY_RATE = 0.3
COPY_SECONDS = (0.0, 0.0, 0.0, 0.005, 0.05, 2.0, 20.0)
LATE_SECONDS = (0.002, 0.01, 0.05, 2.0, 20.0)
JUMP_SECONDS = 8
LONG_JUMP_SECONDS = 2_400
LONG_JUMP_RATE = 0.1
LONGEST_HOLD_SECONDS = 86_400
SLICES_TO_REST_MAX = 50_000
TRACE_SHOWN = 60


class SimulationFailed(AssertionError):
    """A property was violated; the message says how to replay the seed."""


@dataclass
class Report:
    """The report on one seed: `counts` by type of event, `trace` line by line."""

    seed: int
    steps: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """A hash of the history."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]


class Machine:
    """A process of the service: its clock, its client, its own engine; see `faulty_client`."""

    def __init__(
        self,
        simulation: Simulation,
        process: Process | None,
        name: str,
        make_client: Callable[..., FaultyClient] = FaultyClient,
    ) -> None:
        random = simulation.random
        self.name = name
        self.has_crashed = False
        self.lost_seconds = 0.0
        self.attempt = Attempt(name)
        self._simulation = simulation
        self._process = process
        clock = SkewedClock(
            simulation.time, random.uniform(-LARGEST_SKEW_SECONDS, LARGEST_SKEW_SECONDS) if process else 0.0
        )
        rates = simulation.rates if process else lambda: NO_FAULTS
        self.client = make_client(simulation.tables.client, self, random, rates)
        retry_policy = RetryPolicy(
            monotonic=lambda: simulation.monotonic_seconds + self.lost_seconds,
            sleep=self.sleep,
            uniform=random.uniform,
        )
        self.storage = storage_of(self.client, simulation.settings, FixedLedgerKey())
        draw = partial(simulation.draw_name, "details")
        self.engine = engine_of(self.storage, clock, retry_policy, draw_change_id=draw)
        # A Lambda function of its own sweeps: it shares no cache with the API.
        self.sweeper = engine_of(self.storage, clock, retry_policy).sweeper
        self.stream_handlers = StreamHandlers(
            products=self.storage.products,
            skus=self.storage.skus,
            orders=self.storage.orders,
            sent_alerts=self.storage.sent_alerts,
            alerts=Alerts(simulation, self),
            events=EventBus(None),
            clock=clock,
            retry_policy=retry_policy,
            for_each=_in_turn,  # a virtual process is one thread
        )

    def count_call(self) -> None:
        self._simulation.steps += 1

    def count_fault(self, fault: str) -> None:
        self.attempt.excuses += 1
        self._simulation.report.counts[fault] += 1

    def give_way(self, event: str) -> None:
        if self._process is not None:
            self._simulation.note(self.name, event)
            self._process.give_way()

    def sleep(self, seconds: float) -> None:
        if self.has_crashed:
            raise ProcessCrashed
        if self._process is not None:
            self._process.sleep(seconds)

    def perform(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        return self._simulation.perform(self.attempt, operation, arguments)

    def perform_late(self, operation: str, arguments: Mapping[str, Any]) -> None:
        self._simulation.perform_late(self.attempt, operation, arguments)


class Alerts(AlertTopic):
    """A fake of the alert topic; its calls fail too."""

    def __init__(self, simulation: Simulation, machine: Machine) -> None:
        super().__init__(None, "simulation")
        self._simulation = simulation
        self._machine = machine

    def send(self, alert: Alert) -> None:
        self._machine.give_way(f"alert {alert.alert_id}")
        if not self._simulation.is_quiet and self._simulation.random.random() < ALERT_LOST_RATE:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "simulated"}}, "Publish")
        self._simulation.alerts.append(alert.alert_id)


class Simulation:
    """The history of one seed."""

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
        self.is_quiet = False
        self._fault_rates = rates or FaultRates.drawn(self.random)
        self._workload = Workload(self.random, SKUS, MORE_SKUS, self.history.shop)
        self._undelivered: list[tuple[int, Change]] = []
        self.steps = 0
        self._working = 0
        self._time_jumps = 0
        self._jumped_seconds = 0
        self._delivering = 0
        self._names: Counter[str] = Counter()

    @property
    def monotonic_seconds(self) -> float:
        """The clock for deadlines of retries; short jumps of the time do not count."""
        return self.time.seconds - self._jumped_seconds

    def rates(self) -> FaultRates:
        return NO_FAULTS if self.is_quiet else self._fault_rates

    def run(self, steps: int) -> None:
        """Open the shop, run it for so many calls of DynamoDB, let it come to rest, and check everything.

        Raises
        ------
        Violation, Defect
            If a property is violated.
        """
        try:
            self.open()
            for _ in range(CLIENTS):
                self._start_writer("client", self._run_client)
            for _ in range(CONSUMERS):
                self._start("consumer", self._run_consumer)
            self._start_writer("catalog", self._run_catalog)
            self._start_writer("vendor", self._run_vendor)
            for _ in range(SWEEPERS):
                self._start_writer("sweeper", self._run_sweeper)
            self._start("calendar", self._run_calendar)
            self.scheduler.run(until=lambda: self.steps >= steps)
            self.is_quiet = True
            self.note("scheduler", "ends faults and new commands")
            last_slice = self.scheduler.slices + SLICES_TO_REST_MAX
            self.scheduler.run(until=lambda: self.scheduler.slices >= last_slice)
            if self.scheduler.slices >= last_slice:
                raise Violation("the shop does not come to rest")
            self.expire_all_holds()
        except Stopped:
            pass  # raise_failure raises the reason
        finally:
            self.scheduler.stop()
            self.report.steps = self.steps
        self.raise_failure()
        for kind, count in self.history.steps.items():
            self.report.counts[kind] = count
        self.report.counts["alerts"] = len(self.history.alerts_due)
        self.check_at_rest()

    def raise_failure(self) -> None:
        """Raise the failure that ended the simulation, if there is one."""
        if self.scheduler.failure is not None:
            raise self.scheduler.failure

    def check_at_rest(self) -> None:
        """Compare the tables with the watched changes, with the model, and with each other."""
        wrong = [
            *self.tables.differences(),
            *self.history.differences(),
            *lasting_violations(self.tables.client, self.tables.prefix),
            *(f"alert {alert} was not sent" for alert in sorted(self.history.alerts_due - {*self.alerts})),
            *(
                f"alert {alert} was sent without reason"
                for alert in sorted({*self.alerts} - self.history.alerts_due)
            ),
        ]
        if wrong:
            raise Violation("at rest: " + "; ".join(wrong))

    def note(self, who: str, event: str) -> None:
        self.report.trace.append(f"{self.steps:6} {self.time.seconds:12.6f} {who:12} {event}")

    # What the processes do

    def perform(self, attempt: Attempt, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Make a call on the real tables, and check what it changed."""
        self.report.counts["calls"] += 1
        response, changes = self.tables.perform(operation, arguments)
        try:
            self.history.count_try(attempt, operation)
            if changes:
                self._commit(attempt, changes)
        except Violation as violation:
            self.scheduler.fail(violation)
        return response

    def _commit(self, attempt: Attempt, changes: list[Change]) -> None:
        self.report.counts["commits"] += 1
        self.note(attempt.name, f"commits {_digest(changes)}")
        self._undelivered += [
            (self.random.getrandbits(30), change) for change in changes if _is_streamed(change)
        ]
        self.history.shop.now = self.time.seconds
        self.note(attempt.name, f"executed {self.history.check_commit(attempt, changes)}")

    def perform_late(self, attempt: Attempt, operation: str, arguments: Mapping[str, Any]) -> None:
        """Make a call after a delay in the network."""

        def arrive(process: Process) -> None:
            process.sleep(self.random.uniform(0, self.random.choice(LATE_SECONDS)))
            self.note("network", f"{operation} of {attempt.name} arrives")
            earlier = self.history.commits
            try:
                self.perform(attempt, operation, arguments)
            except ClientError:
                self.note("network", "it fails")
            attempt.late_commits.update(range(earlier + 1, self.history.commits + 1))

        self._start_writer("network", arrive)

    def _start(self, kind: str, act: Callable[[Process], None]) -> None:
        self.scheduler.start(self.draw_name(kind), act)

    def _start_writer(self, kind: str, act: Callable[[Process], None]) -> None:
        """Start a process for whose end the consumers wait."""

        def work(process: Process) -> None:
            act(process)
            self._working -= 1

        self._working += 1
        self._start(kind, work)

    def draw_name(self, kind: str) -> str:
        """Return a name that no other object of the simulation has."""
        self._names[kind] += 1
        return f"{kind}-{self._names[kind]}"

    def open(self) -> None:
        """Create two products and seven SKUs with stock."""
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
        actor = Actor(VENDOR, "opening")
        for number, sku in enumerate(SKUS + MORE_SKUS):
            machine.engine.skus.create(
                CreateSku(
                    product_id=sku[4:14],
                    attributes={
                        "sku": sku,
                        "variant_name": "Black",
                        "variant_attributes": None,
                        "unit_price": 90,
                        "reorder_threshold": THRESHOLD,
                    },
                    scope=EVERYTHING,
                    idempotency_key=None,
                ),
                actor,
            )
            restock = Restock(sku, FIRST_STOCK, f"opening-{number}")
            self.send(machine, restock)

    def send(self, machine: Machine, *requests: Request) -> list[Response]:
        """Send a request, or several as a batch, to a process, and check the responses."""
        name = machine.name + "/" + self.draw_name("attempt")
        attempt = machine.attempt = Attempt(name, requests)
        actor = Actor("client:simulated", name)
        self.history.shop.now = self.time.seconds
        self.history.begin(attempt)
        self.note(name, f"sends {'; '.join(map(str, requests))}")
        try:
            if len(requests) > 1:
                responses = send_batch(machine.engine, requests, actor)
            else:
                responses = [send(machine.engine, requests[0], actor)]
        except ProcessCrashed:
            responses = [Response("unknown")] * len(requests)
            self._count_crash(attempt)
        finally:
            self.history.shop.now = self.time.seconds
            self.history.end(attempt)
            machine.attempt = Attempt(machine.name)
        for request, response in zip(requests, responses, strict=True):
            self.note(name, f"receives {response.code} {response.view or ''}")
            self.report.counts[f"{'refusal' if response.is_refusal else 'response'} {response.code}"] += 1
            self.history.check_response(attempt, request, response)
        return responses

    def _count_crash(self, attempt: Attempt) -> None:
        """Count a crash, and each order whose saga it interrupts."""
        self.report.counts["crashes"] += 1
        interrupted = [order_id for order_id in attempt.steps if self.history.has_saga(order_id)]
        self.report.counts["interrupted sagas"] += len(interrupted)
        self.note(attempt.name, f"crashes; interrupts {', '.join(interrupted) or 'no saga'}")

    def _send_until_final(self, process: Process, machine: Machine, *requests: Request) -> Machine:
        """Send requests again, to another process after a crash, until the responses are final."""
        for _ in range(ATTEMPTS_MAX):
            responses = self.send(machine, *requests)
            if machine.has_crashed:
                machine = Machine(self, process, process.name)
            if all(response.is_final for response in responses):
                break
            process.sleep(self.random.uniform(0, 0.1))
        return machine

    def _run_client(self, process: Process) -> None:
        machine = Machine(self, process, process.name)
        while not self.is_quiet:
            if self.random.random() < BATCH_RATE:
                requests = self._workload.batch()
            else:
                requests = [self._workload.request()]
            self.report.counts["commands"] += len(requests)
            changes_stock = isinstance(requests[0], Restock | Adjust)
            if self.random.random() < (STOCK_COPIES_RATE if changes_stock else COPIES_RATE):
                self._send_copy(requests)
            machine = self._send_until_final(process, machine, *requests)
            process.sleep(self.random.uniform(0, 0.02))

    def _send_copy(self, requests: list[Request]) -> None:
        """Send copies of requests through another process."""

        def arrive(process: Process) -> None:
            process.sleep(self.random.uniform(0, self.random.choice(COPY_SECONDS)))
            self.send(Machine(self, process, process.name), *requests)

        self.report.counts["copies"] += 1
        self._start_writer("copy", arrive)

    def deliver_all(self, machine: Machine) -> None:
        """Deliver all changes, and those that result from it."""
        while self._undelivered:
            _, change = self._undelivered.pop()
            self._deliver(machine, change)

    def _run_consumer(self, process: Process) -> None:
        machine = Machine(self, process, process.name)
        while True:
            if not self._undelivered or self.random.random() < 0.5:
                process.wait(lambda: bool(self._undelivered) or self._is_over())
            if not self._undelivered:
                return
            # In any order: a slow consumer processes old changes while another processes new ones.
            delivery = min(self._undelivered, key=lambda entry: entry[0])
            self._undelivered.remove(delivery)
            if self.random.random() < REDELIVERY_RATE:
                self._undelivered.append((self.random.getrandbits(30), delivery[1]))
            self._delivering += 1
            try:
                self._deliver(machine, delivery[1])
                self.report.counts["deliveries"] += 1
            except ProcessCrashed:
                self.report.counts["crashes"] += 1
                self._undelivered.append(delivery)
                machine = Machine(self, process, process.name)
            except Exception as error:
                self._require_transient(error, f"the delivery of {delivery[1]}")
                self._undelivered.append((self.random.getrandbits(30), delivery[1]))
            finally:
                self._delivering -= 1

    def _is_over(self) -> bool:
        """Return whether no process is left that could change anything."""
        return self.is_quiet and not self._working and not self._delivering

    def _deliver(self, machine: Machine, change: Change) -> None:
        self.note(machine.name, f"receives {change.key} {_digest([change])}")
        item_change = ItemChange(change.raw_key, change.raw_before, change.raw_after)
        if change.key[0] == "Products-table":
            try:
                machine.stream_handlers.products_changed([item_change])
            except ChangeFailed as failed:
                raise failed.__cause__ or failed from None
        else:
            machine.stream_handlers.sku_changed(item_change)

    def set_product_active(self, machine: Machine, product_id: str, active: bool) -> None:
        """Write a new version of the product, as the catalog does."""
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

    def _run_catalog(self, process: Process) -> None:
        """Deactivate products, and reactivate them soon."""
        machine = Machine(self, process, process.name)
        activity = dict.fromkeys(PRODUCTS, True)
        while not self.is_quiet:
            product_id = next((each for each in PRODUCTS if not activity[each]), self.random.choice(PRODUCTS))
            process.sleep(self.random.uniform(0, 0.15 if activity[product_id] else 0.04))
            activity[product_id] = not activity[product_id]
            self.set_product_active(machine, product_id, activity[product_id])
            machine.give_way("has changed a product")

    def _run_vendor(self, process: Process) -> None:
        """Deactivate SKUs, and reactivate them soon."""
        machine = Machine(self, process, process.name)
        while not self.is_quiet:
            process.sleep(self.random.uniform(0, 0.025))
            sku = self.random.choice((*SKUS, *SKUS, *MORE_SKUS))
            for active in (False, True):
                machine = self._send_until_final(process, machine, SetActive(sku, active))
                process.sleep(self.random.uniform(0, 0.008))

    def _must_sweep(self, swept: int) -> bool:
        return self._time_jumps > swept or self.is_quiet

    def _run_sweeper(self, process: Process) -> None:
        """Sweep each time the time has jumped."""
        machine = Machine(self, process, process.name)
        swept = 0
        while True:
            process.wait(partial(self._must_sweep, swept))
            if self.is_quiet:
                return
            swept = self._time_jumps
            try:
                self.sweep(machine, f"{process.name}/{self.draw_name('sweep')}")
                self.report.counts["sweeps"] += 1
            except Exception as error:
                self._require_transient(error, "a sweep")
            if machine.has_crashed:
                machine = Machine(self, process, process.name)

    def sweep(self, machine: Machine, name: str) -> None:
        """Let a process sweep once; it may crash."""
        attempt = machine.attempt = Attempt(name)
        self.history.shop.now = self.time.seconds
        self.history.begin(attempt)
        self.note(name, "sweeps")
        try:
            machine.sweeper.sweep(name)
        except ProcessCrashed:
            self._count_crash(attempt)
        finally:
            self.history.end(attempt)
            machine.attempt = Attempt(machine.name)

    def _require_transient(self, error: Exception, during: str) -> None:
        seen = error if isinstance(error, InventoryError) else to_inventory_error(error)
        if isinstance(seen, InternalError):
            raise Defect(f"{type(error).__name__} in {during}: {error}") from error

    def _run_calendar(self, process: Process) -> None:
        """Let the time jump now and then: by seconds, past the end of short holds; or for long."""
        while not self.is_quiet:
            process.sleep(self.random.uniform(0.05, 0.3))
            rarely = self.random.random() < LONG_JUMP_RATE
            self.time.advance(self.random.uniform(1, LONG_JUMP_SECONDS) if rarely else JUMP_SECONDS)
            self._jumped_seconds += 0 if rarely else JUMP_SECONDS
            self.history.shop.now = self.time.seconds
            self._time_jumps += 1
            self.note(process.name, "lets the time jump")

    def expire_all_holds(self) -> None:
        """After the end of every hold and lease, sweep once: no order reserves units or has a saga then."""
        self.time.advance(2 * LONGEST_HOLD_SECONDS)
        self.sweep(Machine(self, None, "last sweep"), "last sweep")
        orders = self.history.shop.orders.items()
        left = [
            f"{order_id}, {order.saga_state}, with {order.total('reserved')} units"
            for order_id, order in orders
            if order.total("reserved") or order.saga_state != "idle"
        ]
        if left:
            raise Violation(f"the sweeper leaves {'; '.join(left)}")


def simulate(client: Any, seed: int, steps: int, rates: FaultRates | None = None) -> Report:
    """Run one seed over tables of its own at `client`, and remove them.

    Parameters
    ----------
    rates
        How often each fault occurs; drawn from the seed if not given.

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
    return change.key[0] == "Products-table" or change.key[2].startswith("SKU-")


def _in_turn(keys: Iterable[StockKey], act: Callable[[StockKey], None]) -> None:
    for key in keys:
        act(key)


def _digest(changes: list[Change]) -> str:
    """Return the keys of changed items, and a hash of their content: equal traces are equal histories."""
    named = [f"{'/'.join(filter(None, change.key[1:]))}" for change in changes]
    content = json.dumps([change.after for change in changes], sort_keys=True, default=str)
    return f"{' '.join(named)} {hashlib.sha256(content.encode()).hexdigest()[:12]}"
