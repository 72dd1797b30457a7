"""The load: some threads of this process that place orders, and what they have measured."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from tools.load.report import percentile

__all__ = ["Buyer", "Figures", "Placed", "Request", "Sale", "figures_of", "measure_rate", "sell"]

Done = TypeVar("Done")

SEED: Final = 20261201
"""Of the choice of SKUs."""
REASONS_MAX: Final = 3
"""How many different reasons of errors a result keeps."""


@dataclass(frozen=True)
class Placed:
    """What a request has done.

    Attributes
    ----------
    orders : int
        The orders that the system has accepted.
    refused : int
        Those that it has refused for want of stock.
    errors : tuple of str
        Why it has not placed the others.
    """

    orders: int = 0
    refused: int = 0
    errors: tuple[str, ...] = ()


class Buyer(Protocol):
    """One client of a system, with a connection of its own; one thread uses it."""

    def place(self, skus: Sequence[Any]) -> Placed:
        """Place an order of one unit of each of these SKUs, all of them in one request."""

    def close(self) -> None:
        """Close its connection."""


class Request(NamedTuple):
    """A request that has ended: when it was sent and answered, in seconds, and what it has done."""

    began: float
    ended: float
    placed: Placed


@dataclass(frozen=True)
class Figures:
    """What a load has measured.

    Attributes
    ----------
    orders_per_second : float
        Orders accepted, a second.
    p50_ms, p99_ms : float
        Percentiles of how long a request takes.
    requests : int
        The requests that these are of.
    errors : int
        Orders that were not accepted.
    reasons : tuple of str
        Some of the reasons.
    """

    orders_per_second: float
    p50_ms: float
    p99_ms: float
    requests: int
    errors: int
    reasons: tuple[str, ...] = ()


@dataclass
class Sale:
    """A stock that more was asked of than there was: orders accepted, refused, and failed."""

    sold: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def errors(self) -> int:
        """The orders that failed."""
        return self.reasons.total()


def figures_of(requests: Iterable[Request], begins: float, ends: float) -> Figures:
    """Return what requests have done between two moments.

    A request counts with the share of its duration that lies between them: a batch that began before is not
    counted as a whole, nor is one lost that ends later.  Percentiles are of all these requests: the slowest
    may not have ended yet.

    Examples
    --------
    >>> done = [Request(-1.0, 1.0, Placed(10)), Request(1.0, 2.0, Placed(5))]
    >>> figures_of(done, 0.0, 2.0)
    Figures(orders_per_second=5.0, p50_ms=1000.0, p99_ms=2000.0, requests=2, errors=0, reasons=())
    """
    orders = 0.0
    taken: list[float] = []
    reasons: Counter[str] = Counter()
    for began, ended, placed in requests:
        shared = min(ended, ends) - max(began, begins)
        if shared < 0 or (shared == 0 and ended > began):
            continue
        orders += placed.orders * (shared / (ended - began) if ended > began else 1)
        reasons.update(placed.errors)
        if placed.refused:
            reasons["refused: not enough stock"] += placed.refused
        taken.append((ended - began) * 1000)
    taken.sort()
    p50, p99 = (percentile(taken, percent) if taken else 0.0 for percent in (50, 99))
    return Figures(
        orders / (ends - begins), p50, p99, len(taken), reasons.total(), tuple([*reasons][:REASONS_MAX])
    )


def measure_rate(
    connect: Callable[[int], Buyer],
    skus: Sequence[Any],
    batch: int,
    clients: int,
    *,
    warm_up_seconds: float,
    seconds: float,
) -> Figures:
    """Let clients place orders of these SKUs as fast as they can.

    Parameters
    ----------
    connect
        Connects the client of a number, from 0 on.
    skus
        Each order is of one of them, chosen at random.
    batch
        Orders in a request.
    clients
        How many place orders at once.
    """
    ready = threading.Barrier(clients)
    # The same for all: the clients begin together.
    clock: list[float] = []

    def work(number: int) -> list[Request]:
        chosen = random.Random(f"{SEED} {number}")
        done = []
        with closing(connect(number)) as buyer:
            if ready.wait() == 0:
                clock.append(time.perf_counter())
            ready.wait()
            until = clock[0] + warm_up_seconds + seconds
            while (began := time.perf_counter()) < until:
                placed = buyer.place([chosen.choice(skus) for _ in range(batch)])
                done.append(Request(began, time.perf_counter(), placed))
        return done

    requests = [request for each in _together(work, clients, ready) for request in each]
    begins = clock[0] + warm_up_seconds
    return figures_of(requests, begins, begins + seconds)


def sell(connect: Callable[[int], Buyer], sku: Any, batch: int, clients: int, orders: int) -> Sale:
    """Let clients ask for so many orders of one unit of a SKU, together."""
    ready = threading.Barrier(clients)
    lock = threading.Lock()
    sale = Sale()
    left = orders

    def take() -> int:
        nonlocal left
        with lock:
            taken = min(batch, left)
            left -= taken
            return taken

    def work(number: int) -> None:
        with closing(connect(number)) as buyer:
            ready.wait()
            while count := take():
                placed = buyer.place([sku] * count)
                with lock:
                    sale.sold += placed.orders
                    sale.refused += placed.refused
                    sale.reasons.update(placed.errors)

    _together(work, clients, ready)
    return sale


def _together(work: Callable[[int], Done], clients: int, ready: threading.Barrier) -> list[Done]:
    """Return what each of several threads returns, or raise the first error."""

    def guarded(number: int) -> Done:
        try:
            return work(number)
        except BaseException:
            # The others would wait for it.
            ready.abort()
            raise

    with ThreadPoolExecutor(clients) as pool:
        futures = [pool.submit(guarded, number) for number in range(clients)]
    errors = [error for error in (each.exception() for each in futures) if error is not None]
    # Those whose barrier broke only say that another has failed.
    for error in sorted(errors, key=lambda each: isinstance(each, threading.BrokenBarrierError)):
        raise error
    return [each.result() for each in futures]
