"""Every call of a command that takes several steps is once its process's last.

No other faults and nobody else about: what is tried out is each place where a process can die, before a call
or after it, alone and with a second death while the order is being rescued.  All of it goes through the
simulation's checks (`history`): each commit, each answer, and in the end all three tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count, product, zip_longest
from typing import Any, Final, NamedTuple

from local.tables import create_tables, definitions
from tests.simulation.faulty_client import NO_FAULTS, FaultyClient
from tests.simulation.history import LEASE_SECONDS, Violation
from tests.simulation.model import Adjust, Place, Restock, Settle
from tests.simulation.scheduler import Stopped
from tests.simulation.simulator import MORE_SKUS, SKUS, Machine, Simulation
from tests.simulation.translation import Request

LINES: Final = (4, 5, 6)
HOLD_SECONDS: Final = 600
LONG_HOLD_SECONDS: Final = 30 * 86_400
"""Of orders that are done with: nobody has to look after them any more."""
QUANTITY: Final = 2
STOCK: Final = 1_000_000
POINTS_OF_A_SHOP: Final = 200
SOLD_OUT: Final = SKUS[2]
"""A SKU of every order here, and of its last part."""
WAIT_SECONDS: Final = LEASE_SECONDS + 1


class Doom(NamedTuple):
    """Which call of a process is its last, of all but queries, or of its transactions alone."""

    number: int
    fault: str
    of_transactions: bool = False


AFTER_ITS_FIRST_STEP: Final = Doom(1, "death after", of_transactions=True)
AFTER_ITS_SECOND_STEP: Final = Doom(2, "death after", of_transactions=True)


class MortalClient(FaultyClient):
    """A client without faults but one: the death of its process."""

    def __init__(self, *arguments: Any, doom: Doom | None) -> None:
        super().__init__(*arguments)
        self._doom = doom
        self._numbers = count(1)

    def _fault(self, operation: str) -> str | None:
        doom = self._doom
        if doom is None or operation == "query":
            return None
        if doom.of_transactions and operation != "transact_write_items":
            return None
        return doom.fault if next(self._numbers) == doom.number else None


@dataclass(frozen=True)
class Scenario:
    """What is done with an order, in words of `Shop.do`, and what had been done with it before."""

    before: tuple[str, ...]
    act: str
    hold_seconds: int = LONG_HOLD_SECONDS


SCENARIOS: Final = {
    "place": Scenario((), "place"),
    "place of what is gone": Scenario(("half a place", "sell out"), "place"),
    "confirm": Scenario(("place",), "confirm"),
    "cancel": Scenario(("place",), "cancel"),
    "refund": Scenario(("place", "confirm"), "refund"),
    "expiry": Scenario(("place", "wait for the hold"), "sweep", HOLD_SECONDS),
    "sweep of half a place": Scenario(("half a place", "wait"), "sweep"),
    "sweep of half a confirm": Scenario(("place", "half a confirm", "wait"), "sweep"),
    "sweep of half a refund": Scenario(("place", "confirm", "half a refund", "wait"), "sweep"),
}
RESCUES: Final = {
    "the retry": ("again",),
    "the sweeper": ("wait", "sweep"),
    "a second sweeper": ("wait", "sweep*", "wait", "sweep"),
    "a second retry": ("again*", "again"),
    "the sweeper after a retry": ("again*", "wait", "sweep"),
}
"""What brings the order to its end; the process of what has a star dies too."""


@dataclass(frozen=True)
class CrashPoint:
    """One history: a scenario, an order's lines, where its process dies, and who comes to the rescue."""

    scenario: str
    lines: int
    doom: Doom
    rescue: str
    second_doom: Doom | None = None


class Shop:
    """A shop in which one crash after the other happens, each to an order of its own."""

    def __init__(self, client: Any, prefix: str) -> None:
        self.simulation = Simulation(client, prefix, 0, NO_FAULTS)
        self.simulation.is_calm = True
        self.simulation.history.shop.skew_seconds = 0.0
        self.simulation.open()
        self.owner = Machine(self.simulation, None, "owner")
        for sku in (*SKUS, *MORE_SKUS):
            self.simulation.ask(self.owner, Restock(sku, STOCK, f"more-{sku}"))
        self.deaths: Counter[str] = Counter()
        self._hold_seconds = LONG_HOLD_SECONDS
        self._order_ids = (f"ORDER-{number}" for number in count(1))

    def calls_of(self, scenario: str, lines: int) -> int:
        """Return how many calls the process of a scenario makes that nobody dies in."""
        order_id = self._prepared(scenario, lines)
        machine = self.do(SCENARIOS[scenario].act, order_id, lines, Doom(-1, ""))
        self._clear_away(order_id)
        return next(machine.client._numbers) - 1

    def happens(self, point: CrashPoint) -> None:
        """Let a process die and the order be rescued.

        Raises
        ------
        Violation
            If the order is half done then, or anything else is wrong.
        """
        order_id = self._prepared(point.scenario, point.lines)
        act = SCENARIOS[point.scenario].act
        machine = self.do(act, order_id, point.lines, point.doom)
        for deed in RESCUES[point.rescue]:
            self._count_if_dead(machine, order_id)
            word = act if deed.startswith("again") else deed.rstrip("*")
            if word == act == "sweep":
                self.do("wait", order_id, point.lines)
            machine = self.do(word, order_id, point.lines, point.second_doom if deed.endswith("*") else None)
        order = self.simulation.history.shop.orders.get(order_id)
        kinds = {
            (line.reserved > 0, line.confirmed > 0, line.cancelled > 0, line.refunded > 0)
            for line in (order.lines.values() if order else ())
        }
        if order is not None and (
            order.phase != "idle" or len(order.lines) != point.lines or len(kinds) != 1
        ):
            raise Violation(f"{point} leaves {order}")
        self._clear_away(order_id)

    def close(self) -> None:
        """Check everything once more."""
        self.simulation.tell(Machine(self.simulation, None, "consumer"))
        self.simulation.check_at_rest()

    def do(self, word: str, order_id: str, lines: int, doom: Doom | None = None) -> Machine:
        """Let a process of its own do something, and return it."""
        machine = Machine(self.simulation, None, order_id, partial(MortalClient, doom=doom))
        asked = tuple((sku, QUANTITY) for sku in (*SKUS, *MORE_SKUS)[:lines])
        place = Place(order_id, asked, self._hold_seconds)
        request: Request | None = {
            "place": place,
            "half a place": place,
            "confirm": Settle("confirm", order_id),
            "half a confirm": Settle("confirm", order_id),
            "cancel": Settle("cancel", order_id),
            "refund": Settle("refund", order_id),
            "half a refund": Settle("refund", order_id),
            "sell out": Adjust(SOLD_OUT, -self._available(), f"sold-{order_id}"),
        }.get(word)
        if word.startswith("half"):
            step = AFTER_ITS_FIRST_STEP if word == "half a place" else AFTER_ITS_SECOND_STEP
            machine = Machine(self.simulation, None, order_id, partial(MortalClient, doom=step))
        if request is not None:
            self.simulation.ask(machine, request)
        elif word == "sweep":
            self.simulation.sweep(machine, f"{order_id}/sweep")
        else:
            self.simulation.time.pass_by(HOLD_SECONDS + 1 if word == "wait for the hold" else WAIT_SECONDS)
        return machine

    def _available(self) -> int:
        return self.simulation.history.shop.skus[SOLD_OUT].available

    def _prepared(self, scenario: str, lines: int) -> str:
        order_id = next(self._order_ids)
        self._hold_seconds = SCENARIOS[scenario].hold_seconds
        for word in SCENARIOS[scenario].before:
            self.do(word, order_id, lines)
        return order_id

    def _count_if_dead(self, machine: Machine, order_id: str) -> None:
        if machine.is_dead:
            in_the_middle = self.simulation.history.is_in_the_middle(order_id)
            self.deaths["in the middle" if in_the_middle else "before or after"] += 1

    def _clear_away(self, order_id: str) -> None:
        """Let the next order find the stock that this one found."""
        missing = STOCK - self._available()
        if missing > STOCK // 2:
            self.simulation.ask(self.owner, Restock(SOLD_OUT, missing, f"back-{order_id}"))


def all_points(calls: dict[tuple[str, int], int]) -> Iterator[CrashPoint]:
    """Yield every history there is, by how many calls each scenario makes."""
    moments = ("death before", "death after")
    for (scenario, lines), most in calls.items():
        dooms = [Doom(number, fault) for number, fault in product(range(1, most + 1), moments)]
        for doom, (rescue, deeds) in product(dooms, RESCUES.items()):
            if any(deed.endswith("*") for deed in deeds):
                yield from (CrashPoint(scenario, lines, doom, rescue, second) for second in dooms)
            else:
                yield CrashPoint(scenario, lines, doom, rescue)


def spread(points: list[CrashPoint], number: int) -> list[CrashPoint]:
    """Choose so many of them, as many of each scenario and rescue as there are; all if there are fewer."""
    kinds: dict[tuple[str, str], list[CrashPoint]] = {}
    for point in points:
        kinds.setdefault((point.scenario, point.rescue), []).append(point)
    each = number // max(1, len(kinds)) + 1
    chosen = [
        [group[position * len(group) // each] for position in range(each)] if len(group) > each else group
        for group in kinds.values()
    ]
    return [point for row in zip_longest(*chosen) for point in row if point is not None][:number]


def run_crash_points(client: Any, number: int) -> Counter[str]:
    """Let so many histories happen, each with one crash or two.

    Returns
    -------
    Counter[str]
        How many histories there were (`histories`, of `possible` ones), and how many processes died
        `in the middle` of an order, or `before or after` its steps.

    Raises
    ------
    Violation, Defect
        If something is wrong; the history's name is printed.
    """
    shop = _opened(client, "crashes-0-")
    counts: Counter[str] = Counter()
    try:
        calls = {key: shop.calls_of(*key) for key in product(SCENARIOS, LINES)}
    finally:
        _close(client, shop)
    everything = list(all_points(calls))
    counts["possible"] = len(everything)
    points = spread(everything, number)
    for first in range(0, len(points), POINTS_OF_A_SHOP):
        shop = _opened(client, f"crashes-{first + 1}-")
        try:
            for point in points[first : first + POINTS_OF_A_SHOP]:
                try:
                    shop.happens(point)
                except BaseException:
                    print("\n".join(shop.simulation.report.trace[-40:]))
                    print(f"at {point}")
                    raise
                counts["histories"] += 1
            shop.close()
        except Stopped:
            shop.simulation.raise_failure()
        finally:
            _close(client, shop)
        counts += shop.deaths
    return counts


def _opened(client: Any, prefix: str) -> Shop:
    create_tables(client, prefix)
    return Shop(client, prefix)


def _close(client: Any, shop: Shop) -> None:
    for name in definitions():
        client.delete_table(TableName=shop.simulation.tables.prefix + name)
