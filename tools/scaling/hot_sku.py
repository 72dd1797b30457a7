"""Simulate many writers of one-line orders on one SKU: each for itself, or combined by a waiting room.

A writer sends its next order when the last one is answered.  CPU time is not modelled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final

from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import Busy, DatabaseUnavailable
from inventory_common.retry_policy import RetryPolicy
from inventory_common.tuning import CONFLICTS_BEFORE_LEASE, PRIORITY_LEASE_SECONDS
from tools.scaling.sale import ROOM, SKU, TICKETS, Sale, Sold, Steps, Ticket, Times

__all__ = [
    "BATCH",
    "COMBINED_MAX",
    "POLLS_PER_SECOND",
    "WRITERS",
    "combined",
    "in_batches",
    "optimistic",
    "sell",
]

WRITERS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 500)
TIMES: Final = Times()

BATCH: Final = (TRANSACTION_ITEMS_MAX - 1) // 2
"""Orders of one transaction: each has a record and an order, and the SKU is written once."""
COMBINED_MAX: Final = (TRANSACTION_ITEMS_MAX - 1) // 3
"""Orders of one combined transaction, which also deletes the ticket of each."""
POLLS_PER_SECOND: Final = 500
"""Of all who wait for one SKU: the pause between two polls of one grows with their number."""
TICKETS_A_READ_UNIT: Final = 4
"""Tickets of up to 1 KB in the 4 KB that a consistent Query reads for one unit."""

DECISIONS_MAX: Final = 4
LEASE_PAUSE_SECONDS: Final = 0.03
"""Decisions of one attempt, and the longest pause while another writer holds the priority lease, as in the
stock service's `engine/executor.py`."""


def _retry_policy(sale: Sale) -> tuple[RetryPolicy, list[float]]:
    """Return the policy of one write by the simulated clock, and the pauses that it demands, to be taken."""
    pauses: list[float] = []
    return RetryPolicy(monotonic=lambda: sale.now, sleep=pauses.append, uniform=sale.random.uniform), pauses


def _commit(sale: Sale, sequence: int, orders: int, tickets: Sequence[Ticket] = ()) -> Steps[None]:
    """Commit a transaction, as the only writer of the SKU, as soon as no partition throttles it."""
    policy, pauses = _retry_policy(sale)
    for _ in policy.attempts():
        yield from pauses
        pauses.clear()
        if (yield from sale.transact(orders, sequence, tickets=tickets)) is None:
            return


def optimistic(sale: Sale, writer: int) -> Steps[None]:
    """Place orders one by one, as the stock service does without a waiting room."""
    cached: int | None = None
    while True:
        began = sale.now
        try:
            cached = yield from _place(sale, writer, cached)
            sale.placed(began)
        except (Busy, DatabaseUnavailable):
            cached = None
            sale.count("busy")


def _place(sale: Sale, writer: int, cached: int | None) -> Steps[int | None]:
    """Place an order, and return the sequence to cache; a SKU that conflicted is not cached."""
    policy, pauses = _retry_policy(sale)
    deadline, conflicts, image, leased_until = policy.deadline(), 0, cached, 0.0
    if cached is not None:
        refused = yield from sale.transact(1, cached, writer)
        if refused is None:
            return cached + 1
        conflicts, image = 1, refused.sequence
    for _ in policy.attempts(deadline):
        yield from pauses
        pauses.clear()
        if conflicts >= CONFLICTS_BEFORE_LEASE and sale.now >= leased_until:
            image = yield from sale.call({SKU: 1}, lambda: sale.take_lease(writer))
            if image is None:
                continue
            leased_until = sale.now + PRIORITY_LEASE_SECONDS
        for _ in range(DECISIONS_MAX):
            if image is None:
                image = yield from sale.call({SKU._replace(reads=True): 1}, lambda: sale.sequence)
            refused = yield from sale.transact(1, image, writer)
            if refused is None:
                return None if conflicts else image + 1
            conflicts += 1
            image = refused.sequence
            if refused.is_leased:
                yield sale.random.uniform(0, LEASE_PAUSE_SECONDS)
                image = None
            elif image is None or (conflicts > 1 and not leased_until):
                break
        image = None
    raise AssertionError("attempts end by raising Busy")


def combined(sale: Sale, writer: int) -> Steps[None]:
    """Place orders by tickets of the waiting room alone."""
    while True:
        began = sale.now
        sale.waiters += 1
        yield from _wait_in_room(sale, Ticket(sale.random.choice(TICKETS)))
        sale.waiters -= 1
        sale.placed(began)


def _wait_in_room(sale: Sale, ticket: Ticket) -> Steps[None]:
    """Leave a ticket, and poll until it is gone; take the room's lease if it is free."""
    yield from sale.call({ticket.partition: 1}, lambda: sale.tickets.setdefault(ticket))
    if len(sale.tickets) > 1:
        yield _poll_pause(sale)
    poll = {ticket.partition._replace(reads=True): 1, ROOM._replace(reads=True): 1}
    while True:
        sale.count("polls")
        waits, is_free = yield from sale.call(poll, lambda: (ticket in sale.tickets, not sale.is_room_leased))
        if not waits:
            return
        if is_free and (yield from sale.call({ROOM: 1}, sale.take_room)):
            yield from _commit_for_all(sale, ticket)
            return
        yield _poll_pause(sale)


def _poll_pause(sale: Sale) -> float:
    """Return the seconds until the next poll of one who waits: more, the more wait."""
    mean = max(sale.times.transaction_seconds, sale.waiters / POLLS_PER_SECOND)
    return mean * sale.random.uniform(0.5, 1.5)


def _commit_for_all(sale: Sale, own: Ticket) -> Steps[None]:
    """Commit the tickets in the order of their arrival until one's own is committed, and leave the room."""
    in_partitions = Counter(ticket.partition for ticket in sale.tickets)
    queries = {
        each._replace(reads=True): -(-in_partitions[each] // TICKETS_A_READ_UNIT) or 1 for each in TICKETS
    }
    read = {SKU._replace(reads=True): 1.0, **queries}
    sequence, waiting = yield from sale.call(read, lambda: (sale.sequence, iter([*sale.tickets])))
    while own in sale.tickets:
        chosen = list(islice(waiting, COMBINED_MAX))
        yield from _commit(sale, sequence, len(chosen), chosen)
        sequence += 1
    yield from sale.call({ROOM: 1}, sale.leave_room)


def in_batches(sale: Sale, writer: int) -> Steps[None]:
    """Place batches of orders, as the only writer."""
    while True:
        began = sale.now
        yield from _commit(sale, sale.sequence, BATCH)
        sale.placed(began, BATCH)


def sell(way: Callable[[Sale, int], Steps[None]], writers: int, times: Times = TIMES, seed: int = 1) -> Sold:
    """Simulate a sale of one SKU by so many writers; the same seed gives the same result."""
    sale = Sale(times, seed)
    return sale.run([way(sale, number) for number in range(1, writers + 1)])
