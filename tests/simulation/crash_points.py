"""Crashes at every call of the commands that take several steps, and of those that change an order at once.

There are no other faults and no other clients: each history tests one point at which a process can crash,
before a call or after it, alone or with a second crash during the recovery.  All of it goes through the
simulation's checks (`history`): each commit, each response, and in the end all three tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count, product, zip_longest
from typing import Any, Final, NamedTuple

from local.tables import create_tables, definitions
from tests.simulation.faulty_client import NO_FAULTS, FaultyClient
from tests.simulation.history import LEASE_SECONDS, Violation
from tests.simulation.model import Adjust, Amend, Place, Reopen, Restock, Settle
from tests.simulation.scheduler import Stopped
from tests.simulation.simulator import MORE_SKUS, SKUS, Machine, Simulation
from tests.simulation.translation import Request
from tests.support.small_limits import SINGLE_ITEM_LINES_MAX

LINES: Final = (4, 5, 6)
LINES_CHANGED: Final = (3, 4)
"""What one transaction amends or reopens here: an order in one item, and one in parts."""
HOLD_SECONDS: Final = 600
LONG_HOLD_SECONDS: Final = 30 * 86_400
"""For orders that must not expire while later histories run."""
QUANTITY: Final = 2
STOCK: Final = 1_000_000
HISTORIES_OF_A_SHOP: Final = 200
SOLD_OUT: Final = SKUS[2]
"""A SKU of every order here, in its last part."""
DROPPED: Final = SKUS[0]
ADDED: Final = MORE_SKUS[-1]
"""A SKU of no order here before it is amended."""
WAIT_SECONDS: Final = LEASE_SECONDS + 1


class CrashAt(NamedTuple):
    """At which call a process crashes, or its time runs out.

    Calls are counted without queries, or among its transactions alone.
    """

    call: int
    fault: str
    of_transactions: bool = False


AFTER_ITS_FIRST_STEP: Final = CrashAt(1, "crash after", of_transactions=True)
AFTER_ITS_SECOND_STEP: Final = CrashAt(2, "crash after", of_transactions=True)
OUT_OF_TIME_AFTER_ITS_FIRST_STEP: Final = CrashAt(1, "out of time", of_transactions=True)
OUT_OF_TIME_SECONDS: Final = 11.0
"""More than a command has, and less than it takes to accept it."""


class CrashingClient(FaultyClient):
    """A client whose only fault is the crash of its process, or that its process runs out of time."""

    def __init__(self, *arguments: Any, crash_at: CrashAt | None) -> None:
        super().__init__(*arguments)
        self._crash_at = crash_at
        self._numbers = count(1)

    def _fault(self, operation: str) -> str | None:
        crash_at = self._crash_at
        if crash_at is None or operation == "query":
            return None
        if crash_at.of_transactions and operation != "transact_write_items":
            return None
        if next(self._numbers) != crash_at.call:
            return None
        if crash_at.fault == "out of time":
            self._machine.lost_seconds += OUT_OF_TIME_SECONDS
            return None
        return crash_at.fault


RECOVERIES: Final = {
    "the retry": ("retry",),
    "the sweeper": ("wait", "sweep"),
    "a second sweeper": ("wait", "sweep*", "wait", "sweep"),
    "a second retry": ("retry*", "retry"),
    "the sweeper after a retry": ("retry*", "wait", "sweep"),
}
"""What finishes the saga; the process of an action with a star crashes too."""
RETRIES: Final = ("the retry", "a second retry")


@dataclass(frozen=True)
class Scenario:
    """The command during which the process crashes, and the ones before it; names of `CrashShop.execute`.

    `lines` says how many an order has, and `recoveries` names those of `RECOVERIES` that finish the command.
    """

    before: tuple[str, ...]
    command: str
    hold_seconds: int = LONG_HOLD_SECONDS
    lines: tuple[int, ...] = LINES
    recoveries: tuple[str, ...] = tuple(RECOVERIES)


SCENARIOS: Final = {
    "place": Scenario((), "place"),
    "place of a sold-out SKU": Scenario(("partial place", "sell out"), "place"),
    "confirm": Scenario(("place",), "confirm"),
    "cancel": Scenario(("place",), "cancel"),
    "refund": Scenario(("place", "confirm"), "refund"),
    "expiry": Scenario(("place", "wait for the hold"), "sweep", HOLD_SECONDS),
    "sweep of a partial place": Scenario(("partial place", "wait"), "sweep"),
    "place of an accepted order": Scenario(("accepted place",), "place"),
    "place of an accepted order of a sold-out SKU": Scenario(("accepted place", "sell out"), "place"),
    "sweep of an accepted place": Scenario(("accepted place", "wait"), "sweep"),
    "sweep of an accepted place of a sold-out SKU": Scenario(("accepted place", "sell out"), "sweep"),
    "sweep of a partial confirm": Scenario(("place", "partial confirm", "wait"), "sweep"),
    "sweep of a partial refund": Scenario(("place", "confirm", "partial refund", "wait"), "sweep"),
}
_changes: Final = partial(Scenario, lines=LINES_CHANGED, recoveries=RETRIES)
CHANGES: Final = {
    "amend": _changes(("place",), "amend"),
    "amend of a sold-out SKU": _changes(("place", "sell out"), "amend"),
    "reopen": _changes(("place", "cancel"), "reopen"),
    "reopen of an expired order": _changes(("place", "wait for the hold", "sweep"), "reopen", HOLD_SECONDS),
    "reopen of a sold-out SKU": _changes(("place", "cancel", "sell out"), "reopen"),
}
"""Each is one transaction: all of it or nothing, which the retry finds out."""
EVERY_SCENARIO: Final = SCENARIOS | CHANGES


@dataclass(frozen=True)
class CrashHistory:
    """One history: a scenario, the number of lines, where the process crashes, and the recovery."""

    scenario: str
    lines: int
    crash_at: CrashAt
    recovery: str
    second_crash_at: CrashAt | None = None


class CrashShop:
    """A shop for many crash histories, one after the other, each with an order of its own."""

    def __init__(self, client: Any, prefix: str) -> None:
        self.simulation = Simulation(client, prefix, 0, NO_FAULTS)
        self.simulation.is_quiet = True
        self.simulation.history.shop.skew_seconds = 0.0
        self.simulation.open()
        self.owner = Machine(self.simulation, None, "owner")
        for sku in (*SKUS, *MORE_SKUS):
            self.simulation.send(self.owner, Restock(sku, STOCK, f"more-{sku}"))
        self.crashes: Counter[str] = Counter()
        self._hold_seconds = LONG_HOLD_SECONDS
        self._order_ids = (f"ORDER-{number}" for number in count(1))

    def calls_of(self, scenario: str, lines: int) -> int:
        """Return how many calls the process of a scenario makes without a crash."""
        order_id = self._prepare(scenario, lines)
        machine = self.execute(EVERY_SCENARIO[scenario].command, order_id, lines, CrashAt(-1, ""))
        self._restore_stock(order_id)
        client = machine.client
        assert isinstance(client, CrashingClient)
        return next(client._numbers) - 1

    def run(self, history: CrashHistory) -> None:
        """Let a process crash, and recover.

        Raises
        ------
        Violation
            If the order's saga is not finished then, a change of the order is not made as a whole, or
            another property is violated.
        """
        order_id = self._prepare(history.scenario, history.lines)
        command = EVERY_SCENARIO[history.scenario].command
        machine = self.execute(command, order_id, history.lines, history.crash_at)
        for action in RECOVERIES[history.recovery]:
            self._count_crash(machine, order_id)
            name = command if action.startswith("retry") else action.rstrip("*")
            if name == command == "sweep":
                self.execute("wait", order_id, history.lines)
            second = history.second_crash_at if action.endswith("*") else None
            machine = self.execute(name, order_id, history.lines, second)
        if history.scenario in CHANGES:
            self._check_change(history, order_id)
        else:
            self._check_saga(history, order_id)
        self._restore_stock(order_id)

    def _check_change(self, history: CrashHistory, order_id: str) -> None:
        reserved = dict.fromkeys((*SKUS, *MORE_SKUS)[: history.lines], QUANTITY)
        match history.scenario:
            case "amend":
                amended = reserved | _amended(history.lines)
                reserved = {sku: units for sku, units in amended.items() if units}
            case "reopen of a sold-out SKU":
                reserved = {}
        order = self.simulation.history.shop.orders[order_id]
        if reserved != {sku: line.reserved for sku, line in order.lines.items() if line.reserved}:
            raise Violation(f"{history} leaves {order}")

    def _check_saga(self, history: CrashHistory, order_id: str) -> None:
        order = self.simulation.history.shop.orders.get(order_id)
        kinds = {
            (line.reserved > 0, line.confirmed > 0, line.cancelled > 0, line.refunded > 0)
            for line in (order.lines.values() if order else ())
        }
        is_whole = order is None or (len(order.lines) == history.lines and len(kinds) == 1)
        is_refused = order is not None and order.cancel_reason == "insufficient_stock" and not order.lines
        if order is not None and (order.saga_state != "idle" or not (is_whole or is_refused)):
            raise Violation(f"{history} leaves {order}")

    def close(self) -> None:
        """Check the tables at rest."""
        self.simulation.deliver_all(Machine(self.simulation, None, "consumer"))
        self.simulation.check_at_rest()

    def execute(self, name: str, order_id: str, lines: int, crash_at: CrashAt | None = None) -> Machine:
        """Execute a command in a new process, and return the process."""
        requested = tuple((sku, QUANTITY) for sku in (*SKUS, *MORE_SKUS)[:lines])
        place = Place(order_id, requested, self._hold_seconds)
        requests: dict[str, Request] = {
            "place": place,
            "partial place": place,
            "accepted place": place,
            "confirm": Settle("confirm", order_id),
            "partial confirm": Settle("confirm", order_id),
            "cancel": Settle("cancel", order_id),
            "refund": Settle("refund", order_id),
            "partial refund": Settle("refund", order_id),
            "amend": Amend(order_id, tuple(_amended(lines).items()), f"amend-{order_id}"),
            "reopen": Reopen(order_id, f"reopen-{order_id}", LONG_HOLD_SECONDS),
            "sell out": Adjust(SOLD_OUT, -self._available(), f"sold-{order_id}"),
        }
        request = requests.get(name)
        if name.startswith("partial"):
            crash_at = AFTER_ITS_FIRST_STEP if name == "partial place" else AFTER_ITS_SECOND_STEP
        if name == "accepted place":
            crash_at = OUT_OF_TIME_AFTER_ITS_FIRST_STEP
        machine = Machine(self.simulation, None, order_id, partial(CrashingClient, crash_at=crash_at))
        if request is not None:
            self.simulation.send(machine, request)
        elif name == "sweep":
            self.simulation.sweep(machine, f"{order_id}/sweep")
        else:
            self.simulation.time.advance(HOLD_SECONDS + 1 if name == "wait for the hold" else WAIT_SECONDS)
        return machine

    def _available(self) -> int:
        return self.simulation.history.shop.skus[SOLD_OUT].available

    def _prepare(self, scenario: str, lines: int) -> str:
        order_id = next(self._order_ids)
        self._hold_seconds = EVERY_SCENARIO[scenario].hold_seconds
        for name in EVERY_SCENARIO[scenario].before:
            self.execute(name, order_id, lines)
        return order_id

    def _count_crash(self, machine: Machine, order_id: str) -> None:
        if machine.has_crashed:
            interrupted_a_saga = self.simulation.history.has_saga(order_id)
            self.crashes["in a saga" if interrupted_a_saga else "before or after"] += 1

    def _restore_stock(self, order_id: str) -> None:
        """Restore the stock for the next history."""
        missing = STOCK - self._available()
        if missing > STOCK // 2:
            self.simulation.send(self.owner, Restock(SOLD_OUT, missing, f"back-{order_id}"))


def _amended(lines: int) -> dict[str, int]:
    """Return the lines of an amend: one dropped, one raised, and one added if the order has parts."""
    added = {ADDED: QUANTITY} if lines > SINGLE_ITEM_LINES_MAX else {}
    return {DROPPED: 0, SOLD_OUT: QUANTITY + 1, **added}


def all_histories(calls: dict[tuple[str, int], int]) -> Iterator[CrashHistory]:
    """Yield every possible history, given how many calls each scenario makes."""
    moments = ("crash before", "crash after")
    for (scenario, lines), last in calls.items():
        crashes_at = [CrashAt(call, fault) for call, fault in product(range(1, last + 1), moments)]
        for crash_at, recovery in product(crashes_at, EVERY_SCENARIO[scenario].recoveries):
            if any(action.endswith("*") for action in RECOVERIES[recovery]):
                yield from (
                    CrashHistory(scenario, lines, crash_at, recovery, second_crash)
                    for second_crash in crashes_at
                )
            else:
                yield CrashHistory(scenario, lines, crash_at, recovery)


def sample(histories: list[CrashHistory], size: int) -> list[CrashHistory]:
    """Choose so many of them, evenly over scenarios and recoveries; all if there are fewer."""
    kinds: dict[tuple[str, str], list[CrashHistory]] = {}
    for history in histories:
        kinds.setdefault((history.scenario, history.recovery), []).append(history)
    each = size // max(1, len(kinds)) + 1
    chosen = [
        [group[position * len(group) // each] for position in range(each)] if len(group) > each else group
        for group in kinds.values()
    ]
    return [history for row in zip_longest(*chosen) for history in row if history is not None][:size]


def run_crash_histories(
    client: Any, number: int, scenarios: Mapping[str, Scenario] = SCENARIOS
) -> Counter[str]:
    """Run so many histories of `SCENARIOS`, or of `CHANGES`, each with one crash or two.

    Returns
    -------
    Counter[str]
        How many histories were run (`histories`, of `possible` ones), and how many processes crashed
        `in a saga`, or `before or after` its steps; how many places were `accepted`, and
        `refused` in the end.

    Raises
    ------
    Violation, Defect
        If a property is violated; the history is printed.
    """
    shop = _open(client, "crashes-0-")
    counts: Counter[str] = Counter()
    try:
        calls = {
            (name, lines): shop.calls_of(name, lines)
            for name, scenario in scenarios.items()
            for lines in scenario.lines
        }
    finally:
        _close(client, shop)
    possible = list(all_histories(calls))
    counts["possible"] = len(possible)
    histories = sample(possible, number)
    for first in range(0, len(histories), HISTORIES_OF_A_SHOP):
        shop = _open(client, f"crashes-{first + 1}-")
        try:
            for history in histories[first : first + HISTORIES_OF_A_SHOP]:
                try:
                    shop.run(history)
                except BaseException:
                    print("\n".join(shop.simulation.report.trace[-40:]))
                    print(f"at {history}")
                    raise
                counts["histories"] += 1
            shop.close()
        except Stopped:
            shop.simulation.raise_failure()
        finally:
            _close(client, shop)
        counts += shop.crashes
        counts["accepted"] += shop.simulation.history.steps["step Acknowledge"]
        counts["refused"] += shop.simulation.history.steps["step Refuse"]
    return counts


def _open(client: Any, prefix: str) -> CrashShop:
    create_tables(client, prefix)
    return CrashShop(client, prefix)


def _close(client: Any, shop: CrashShop) -> None:
    for name in definitions():
        client.delete_table(TableName=shop.simulation.tables.prefix + name)
