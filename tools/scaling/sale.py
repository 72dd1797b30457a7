"""One SKU that many writers sell, in a simulation of DynamoDB: its item, its waiting room, its partitions.

A request reaches DynamoDB after half the time of a call, and its answer takes as long; in between, a
transaction holds the SKU's item.  A write that finds it held is refused, the transaction that holds it is
not; one that was decided on an outdated image is refused with the present one.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Final, NamedTuple, TypeVar

from inventory_common.errors import DatabaseUnavailable
from inventory_common.order_items import OPEN_ORDERS
from inventory_common.tuning import PRIORITY_LEASE_SECONDS, WRITE_DEADLINE_SECONDS
from tools.load.report import percentile
from tools.scaling.demands import BY_VENDOR, ITEMS, LOW, SPREAD, Demand, Partition, place

__all__ = ["ROOM", "SKU", "TICKETS", "Refused", "Sale", "Sold", "Steps", "Ticket", "Times"]

WARM_UP_SECONDS: Final = WRITE_DEADLINE_SECONDS
"""What writers that start together do to each other is over when none retries its first order any more."""
SECONDS: Final = 30

CALL_ATTEMPTS_MAX: Final = 3
"""Attempts of a throttled call that is no transaction, as in `inventory_common.dynamodb`."""
SAVED_SECONDS: Final = 1
"""How long a partition keeps units here: a sale lasts longer than the five minutes of its burst capacity."""

SKU: Final = Partition(ITEMS, "product")
ROOM: Final = Partition(ITEMS, "room")
TICKETS: Final = [Partition(ITEMS, f"tickets {number}") for number in range(4)]
LEASE_IN_INDEXES: Final = {Partition(index, "vendor"): 1.0 for index in (BY_VENDOR, LOW)}
"""What a priority lease writes beside the SKU."""


class Times(NamedTuple):
    """How long a transaction of any size, and any other call, takes: assumptions of a plausible magnitude.

    Each varies evenly by up to `spread` of it.
    """

    transaction_seconds: float = 0.020
    call_seconds: float = 0.005
    spread: float = 0.2


@dataclass
class Sold:
    """What happened after the warm-up: the seconds that each placed order took, and how much was sent."""

    seconds: list[float] = field(default_factory=list)
    sent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Transactions, polls, responses 503 (`busy`), write units and read units."""

    @property
    def per_second(self) -> float:
        """Orders placed per second."""
        return len(self.seconds) / SECONDS

    def wait_ms(self, percent: int) -> float:
        """Return the milliseconds within which so many percent of the placed orders were answered."""
        return percentile(sorted(self.seconds), percent) * 1_000

    def an_order(self, what: str) -> float:
        """Return how much was sent for each placed order."""
        return self.sent[what] / len(self.seconds)

    def a_second(self, what: str) -> float:
        """Return how much was sent per second."""
        return self.sent[what] / SECONDS


class Refused(NamedTuple):
    """A refused transaction, with the SKU's present `sequence`.

    It is None if another transaction held the SKU, or a partition throttled this one.
    """

    sequence: int | None = None
    is_leased: bool = False


@dataclass(eq=False)
class Ticket:
    """An order that waits in the room; a ticket equals only itself."""

    partition: Partition


T = TypeVar("T")
Steps = Generator[float, None, T]
"""What a writer does: it yields the seconds until its next step."""


class Sale:
    """The SKU, its waiting room and their partitions in DynamoDB, and the clock of the simulation."""

    def __init__(self, times: Times, seed: int) -> None:
        self.times, self.random, self.now, self.sold = times, Random(seed), 0.0, Sold()  # noqa: S311 no secret
        self.free_at: defaultdict[Partition, float] = defaultdict(float)
        self.sequence, self.is_held = 0, False
        self.lease_holder, self.lease_ends_at = 0, 0.0
        self.tickets: dict[Ticket, None] = {}
        self.is_room_leased, self.waiters = False, 0

    def run(self, writers: list[Steps[None]]) -> Sold:
        """Let the writers write, and return what happened after the warm-up."""
        numbers = count()
        due = [(self.varied(0.01), next(numbers), writer) for writer in writers]
        heapq.heapify(due)
        while due[0][0] < WARM_UP_SECONDS + SECONDS:
            self.now, _, writer = due[0]
            heapq.heapreplace(due, (self.now + next(writer), next(numbers), writer))
        return self.sold

    def varied(self, seconds: float) -> float:
        """Return a time that varies."""
        return seconds * self.random.uniform(1 - self.times.spread, 1 + self.times.spread)

    def count(self, what: str, number: float = 1) -> None:
        """Count what is sent after the warm-up."""
        if self.now >= WARM_UP_SECONDS:
            self.sold.sent[what] += number

    def charge(self, demand: Demand) -> None:
        """Charge units to the partitions."""
        for partition, units in demand.items():
            self.count("read units" if partition.reads else "write units", units)
            if partition.key_of not in SPREAD:
                keys = len(OPEN_ORDERS) if partition.key_of == "open orders" else 1
                since = max(self.free_at[partition], self.now - SAVED_SECONDS)
                self.free_at[partition] = since + units / (partition.units_per_second * keys)

    def throttles(self, demand: Demand) -> bool:
        """Return whether a partition has no units left for a request at this moment."""
        return any(self.free_at[partition] > self.now for partition in demand)

    def call(self, demand: Demand, effect: Callable[[], T]) -> Steps[T]:
        """Send a request that takes effect at one moment, and return its result.

        Raises
        ------
        DatabaseUnavailable
            If DynamoDB throttles it and the attempts of boto3, whose pauses are up to 1 s and 2 s.
        """
        for attempt in range(CALL_ATTEMPTS_MAX):
            yield self.varied(self.times.call_seconds / 2)
            if not self.throttles(demand):
                self.charge(demand)
                result = effect()
                yield self.varied(self.times.call_seconds / 2)
                return result
            yield self.varied(self.times.call_seconds / 2) + self.random.uniform(0, 2**attempt)
        raise DatabaseUnavailable("throttled")

    def transact(
        self, orders: int, decided_on: int, writer: int = 0, tickets: Sequence[Ticket] = ()
    ) -> Steps[Refused | None]:
        """Send a transaction of some orders, and return None if it is committed.

        DynamoDB writes each item twice, to prepare and to commit.  What a refused transaction costs is not
        documented: here the first writes, which reach no index, and nothing if it is throttled.
        """
        demand = place(orders)
        for ticket in tickets:
            demand[ticket.partition] = demand.get(ticket.partition, 0) + 2
        self.count("transactions")
        yield self.varied(self.times.call_seconds / 2)
        is_leased = self.is_leased(to_another_than=writer)
        is_throttled = self.throttles(demand)
        if is_throttled or self.is_held or is_leased or decided_on != self.sequence:
            has_image = not (is_throttled or self.is_held)
            refused = Refused(self.sequence, is_leased) if has_image else Refused()
            if not is_throttled:
                self.charge({part: units / 2 for part, units in demand.items() if "/" not in part.table})
            yield self.varied(self.times.transaction_seconds - self.times.call_seconds / 2)
            return refused
        self.charge(demand)
        self.is_held = True
        yield self.varied(self.times.transaction_seconds - self.times.call_seconds)
        self.is_held, self.sequence, self.lease_holder = False, self.sequence + 1, 0
        for ticket in tickets:
            del self.tickets[ticket]
        yield self.varied(self.times.call_seconds / 2)
        return None

    def placed(self, began: float, orders: int = 1) -> None:
        """Count orders whose answer has come."""
        if self.now >= WARM_UP_SECONDS:
            self.sold.seconds += [self.now - began] * orders

    def is_leased(self, to_another_than: int) -> bool:
        """Return whether another writer has the priority lease."""
        return self.lease_holder not in (0, to_another_than) and self.now < self.lease_ends_at

    def take_lease(self, writer: int) -> int | None:
        """Take the priority lease and return the sequence.

        Return None if another writer has it, or a transaction holds the SKU.
        """
        if self.is_held or self.is_leased(to_another_than=writer):
            return None
        self.charge(LEASE_IN_INDEXES)
        self.lease_holder, self.lease_ends_at = writer, self.now + PRIORITY_LEASE_SECONDS
        return self.sequence

    def take_room(self) -> bool:
        """Take the room's lease, if it is free."""
        is_taken, self.is_room_leased = not self.is_room_leased, True
        return is_taken

    def leave_room(self) -> None:
        """Give the room's lease back."""
        self.is_room_leased = False
