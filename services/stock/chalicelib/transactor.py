"""How commands are carried out: read, decide, commit, and again if another writer was first.

Several commands go into one transaction, a pack: each is decided on what the one before it leaves, so that a
SKU which all of them want is written once.  A pack of one is the usual case.

::

    guess ─────────► commit ──► done
      │ not remembered, no commit, or no longer so
      ▼
    read ──► decide ──► commit ──► done
     ▲         ▲           │ another writer was first: decided once more, at once, on the
     │         └───────────┤ image that it left, without a read
     └────── pause ◄───────┘ lost again: after a pause, that image would be an old one

That an order or a marker is there already is rare.  A command that is to write a new one does not read it
first: the condition of the write tells, and shows it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from inventory_common.dynamodb import expected_error
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import Busy, Conflict, InventoryError
from inventory_common.ids import product_of
from inventory_common.retry_policy import RetryPolicy
from inventory_common.skus import Sku
from inventory_common.timestamps import Clock, epoch_seconds
from inventory_common.tuning import (
    CONFLICTS_BEFORE_LEASE,
    CONFLICTS_BEFORE_SAGA,
    CONFLICTS_BEFORE_SPLIT,
    PRIORITY_LEASE_SECONDS,
)
from inventory_common.values import value

from .commands import Source
from .inventory_actions import count_of
from .inventory_gateway import InventoryGateway, LostRace
from .memory import Memory
from .orders import Order, Phase
from .reservations import standing
from .snapshot import Commit, IncompleteSnapshot, NeedsSteps, Readings, Snapshot
from .stock_rules import Occasion

__all__ = ["Decide", "Done", "Outcome", "Task", "Transactor"]

_DECISIONS_MAX: Final = 4
"""Decisions on one reading and on what was learned since, before a pause makes all of it old."""

_TURN_PAUSE_SECONDS: Final = 0.03
"""The longest pause of a writer that is turned away: a turn takes two calls."""

_TORN_READINGS_MAX: Final = 5
"""Readings of one order together with its SKUs that may be of different moments: each takes a change of the
order just then.  If they never fit, other orders of its batch do not wait for it."""

Decide = Callable[[Snapshot, Occasion], Commit | None]
"""A rule: from what stands to what is to be written; None if that was done before; raises a refusal."""


@value(kw_only=True)
class Task:
    """A command to carry out: its rule, and the items that it is known to need before any is read."""

    decide: Decide
    source: Source
    skus: tuple[tuple[str, str], ...] = ()
    order_id: str | None = None
    makes_order: bool = False
    """Whether the order is usually not there yet, so that it is not read before the command is decided."""
    idempotency_id: str | None = None
    notes: str | None = None
    is_divisible: bool = False
    """Whether it may go on in steps, where other writers are always faster at one of its SKUs."""
    asks_turn: bool = False
    """Whether other writers of its SKUs are asked to wait for it, as it has lost these before."""

    def occasion(self, now: str) -> Occasion:
        """Return the occasion as of which it is decided."""
        return Occasion(
            now=now,
            performed_by=self.source.performed_by,
            request_id=self.source.request_id,
            order_id=self.order_id,
            notes=self.notes,
        )


@value
class Done:
    """A command that is done: what it saw, and what it wrote; None if it had been done before."""

    snapshot: Snapshot
    commit: Commit | None

    @property
    def order(self) -> Order | None:
        """The order as it stands now."""
        return self.snapshot.order if self.commit is None else self.commit.order


Outcome = Done | InventoryError | NeedsSteps
"""What became of a task: done, refused, or nothing because one transaction cannot do it."""


@dataclass(slots=True)
class _Plan:
    """What the first tasks of a pack come to on some readings; it counts once its commits are written.

    While SKUs are `missing`, by the order that tells of them, it says only how many tasks were `considered`.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    missing: dict[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    considered: int = 0

    @property
    def skus(self) -> Mapping[str, Sku]:
        """The SKUs that the commits move, as they leave them."""
        return {
            movement.after.sku: movement.after for commit in self.commits for movement in commit.movements
        }


@dataclass(slots=True)
class _Losses:
    """How often a pack has lost to other writers; over several SKUs, without any image; and at which SKUs.

    `torn_readings` are those whose order and SKUs were of different moments.  Once it is the pack's turn, at
    the SKUs `in_turn`, it is so until `turn_ends`, whatever else a commit of it is lost to.
    """

    count: int = 0
    of_several_skus: int = 0
    conflicts: int = 0
    torn_readings: int = 0
    contested: frozenset[str] = frozenset()
    in_turn: Collection[str] = ()
    turn_ends: float = 0.0

    def add(self, race: LostRace, plan: _Plan) -> None:
        """Count one more; a conflict is one of which DynamoDB shows no item that has changed."""
        self.count += 1
        self.of_several_skus += len(plan.skus) > 1
        self.conflicts += not race.found
        self.contested |= race.contested

    @property
    def call_for_halving(self) -> bool:
        """Whether fewer tasks are likelier to commit; on one SKU alone they are not."""
        return (
            max(self.conflicts, self.torn_readings) >= CONFLICTS_BEFORE_SPLIT
            or self.of_several_skus >= CONFLICTS_BEFORE_SAGA
        )

    @property
    def call_for_steps(self) -> bool:
        """Whether one task is likelier to commit SKU by SKU."""
        return self.of_several_skus >= CONFLICTS_BEFORE_SAGA and bool(self.contested)

    @property
    def call_for_turn(self) -> bool:
        """Whether other writers of the one SKU that was lost each time should wait."""
        return self.count >= CONFLICTS_BEFORE_LEASE and len(self.contested) == 1


@value
class Transactor:
    """Carries out tasks; each decision has its own moment by the clock."""

    gateway: InventoryGateway
    clock: Clock
    retry_policy: RetryPolicy
    memory: Memory = field(default_factory=Memory)

    def carry_out(self, task: Task, deadline: float | None = None) -> Done:
        """Carry out one task, by a deadline of the persistence's where it is not all that it bounds.

        Raises
        ------
        InventoryError
            The refusal; `Busy` at the end of all attempts.
        NeedsSteps
            If one transaction cannot do it.
        """
        outcomes, _ = self._settle([task], self.retry_policy.deadline() if deadline is None else deadline)
        [outcome] = outcomes
        if not isinstance(outcome, Done):
            raise outcome
        return outcome

    def carry_out_all(self, tasks: Sequence[Task], deadline: float | None = None) -> Iterator[Outcome]:
        """Carry out tasks in packs, in their sequence, and yield what became of each.

        No task depends on another's success, and none is half done.  A pack begins when what became of those
        before it has been taken: whoever takes `NeedsSteps` can take the steps before a later task on the
        same order.  `Busy` and `DatabaseUnavailable` are outcomes of the tasks concerned, which may be sent
        again; whose turn has not come by the deadline of all is told `Busy`, as whoever waits for the answer
        does not wait for ever.
        """
        deadline = self.retry_policy.deadline() if deadline is None else deadline
        packs: deque[Sequence[Task]] = deque(_packs(tasks))
        while packs:
            pack = packs.popleft()
            if self.retry_policy.monotonic() > deadline:
                yield from [Busy("There was no time left for it; please try again.")] * len(pack)
                continue
            try:
                settled, left = self._settle(pack, deadline)
            except Exception as error:
                refusal = expected_error(error)
                if refusal is None:
                    raise
                settled, left = [refusal] * len(pack), []
            yield from settled
            packs.extendleft(reversed(left))

    def require_time(self, deadline: float) -> None:
        """Let no call of DynamoDB begin after the deadline: one that is slow takes long enough.

        Raises
        ------
        Busy
        """
        if self.retry_policy.monotonic() > deadline:
            raise Busy("The database is slow at present; please try again.")

    def _settle(self, pack: Sequence[Task], deadline: float) -> tuple[list[Outcome], list[Sequence[Task]]]:
        """Settle a pack, or its beginning; return the outcomes, and what is left as packs of their own."""
        losses = _Losses()
        try:
            known, guessed = self._guess(pack, losses, deadline)
            if guessed is not None:
                return guessed, []
            for _ in self.retry_policy.attempts(deadline):
                if len(pack) > 1 and losses.call_for_halving:
                    half = len(pack) // 2
                    return [], [pack[:half], pack[half:]]
                outcomes = self._attempt(pack, known, losses, deadline)
                if outcomes is not None:
                    left = pack[len(outcomes) :]
                    return outcomes, [left] if left else []
                known = Readings()
        except Busy as busy:
            return [busy] * len(pack), []
        raise AssertionError("attempts end by raising Busy")

    def _guess(
        self, pack: Sequence[Task], losses: _Losses, deadline: float
    ) -> tuple[Readings, list[Outcome] | None]:
        """Decide on the SKUs as this process left them; whatever is no commit is left to a reading.

        Orders are not remembered.  Those that alone tell of their SKUs are read first anyway; where the SKUs
        are known beforehand, one call reads both, and there is nothing to save.

        Returns
        -------
        tuple
            What is known now, of which nothing is remembered; and the outcomes, None if it was for nothing.
        """
        if any(task.skus and task.order_id is not None and not task.makes_order for task in pack):
            return Readings(), None
        remembered = self.memory.recall({sku for task in pack for _, sku in task.skus})
        if remembered is None:
            return Readings(), None
        read = self._read_orders(pack)
        plan = _decide(pack, read.updated(Readings(skus=remembered)), self.clock())
        if plan.missing:
            told = self.memory.recall({sku for skus in plan.missing.values() for _, sku in skus})
            if told is None:
                return read, None
            plan = _decide(pack, read.updated(Readings(skus=remembered | told)), self.clock())
        if plan.missing or len(plan.commits) < len(pack):
            return read, None
        self.require_time(deadline)
        race = self._commit(plan)
        if race is not None:
            self.memory.forget(race.found.skus.keys() if race.found else plan.skus.keys())
            losses.add(race, plan)
            return race.found, None
        self.memory.keep(plan.skus.values())
        return Readings(), plan.outcomes

    def _attempt(
        self, pack: Sequence[Task], known: Readings, losses: _Losses, deadline: float
    ) -> list[Outcome] | None:
        """Decide and commit a pack, or its beginning; None if other writers were faster."""
        try:
            known, in_turn = self._in_turn(pack, known, losses)
        except LostRace:
            return None  # it is another writer's turn
        self.require_time(deadline)
        readings = self._read(pack, known)
        for _ in range(_DECISIONS_MAX):
            self.require_time(deadline)
            readings, plan = self._plan(pack, readings)
            if plan.missing:
                losses.torn_readings += 1
                if losses.torn_readings >= _TORN_READINGS_MAX:
                    raise Busy("The order and its SKUs do not fit together; please try again.")
                if len(pack) > 1 and losses.call_for_halving:
                    return None
                continue
            self.require_time(deadline)
            looked_again = self._looked_again(_unwritten(pack, plan), readings)
            if looked_again != readings:
                readings = looked_again
                continue
            self.require_time(deadline)
            race = self._commit(plan, in_turn)
            if race is None:
                if not losses.count:
                    self.memory.keep(plan.skus.values())
                return plan.outcomes
            losses.add(race, plan)
            if losses.call_for_steps and len(pack) == 1 and pack[0].is_divisible:
                return [NeedsSteps(losses.contested)]
            if _is_turned_away(race, readings):
                self.retry_policy.pause(_TURN_PAUSE_SECONDS)
                readings = self._read(pack, Readings())
                continue
            readings = readings.updated(race.found)
            if race.found.orders or race.found.idempotency_records:
                # One command of the pack was repeated: so may be the others.
                readings = self._looked_again(pack, readings)
            elif (losses.count > 1 and not in_turn) or not race.found:
                return None  # where many writers are, those who come back at once keep each other from it
        return None

    def _commit(self, plan: _Plan, in_turn: Collection[str] = ()) -> LostRace | None:
        """Write a plan's commits; return the race if it was lost."""
        try:
            if plan.commits:
                self.gateway.commit(plan.commits, in_turn=in_turn)
        except LostRace as race:
            return race
        return None

    def _in_turn(
        self, pack: Sequence[Task], known: Readings, losses: _Losses
    ) -> tuple[Readings, Collection[str]]:
        """Ask for a turn where it is called for; return the SKUs of it, and what is known of them."""
        if self.retry_policy.monotonic() < losses.turn_ends:
            return known, losses.in_turn
        if pack[0].asks_turn:
            skus = list(pack[0].skus)
        elif losses.call_for_turn:
            skus = [(product_of(sku), sku) for sku in losses.contested]
        else:
            return known, ()
        turn_ends = self.retry_policy.monotonic() + PRIORITY_LEASE_SECONDS
        found = self.gateway.take_turn(skus, self.clock())
        losses.in_turn, losses.turn_ends = found.skus.keys(), turn_ends
        return known.updated(found), losses.in_turn

    def _read_orders(self, pack: Iterable[Task]) -> Readings:
        orders = [task.order_id for task in pack if task.order_id is not None and not task.makes_order]
        return self.gateway.read(orders=orders) if orders else Readings()

    def _read(self, pack: Iterable[Task], known: Readings) -> Readings:
        read = self.gateway.read(
            dict.fromkeys(sku for task in pack for sku in task.skus if sku[1] not in known.skus),
            orders=[
                task.order_id
                for task in pack
                if task.order_id is not None and not task.makes_order and task.order_id not in known.orders
            ],
        )
        return known.updated(read)

    def _plan(self, pack: Sequence[Task], readings: Readings) -> tuple[Readings, _Plan]:
        """Decide on the readings; SKUs that only the orders tell of are read first, together with these.

        What was read stays read: the plan still has `missing` ones if they are of different moments even so.
        """
        plan = _decide(pack, readings, self.clock())
        if plan.missing:
            skus = dict.fromkeys(chain.from_iterable(plan.missing.values()))
            readings = readings.updated(self.gateway.read(skus, orders=plan.missing))
            plan = _decide(pack[: plan.considered], readings, self.clock())
        return readings, plan

    def _looked_again(self, tasks: Sequence[Task], readings: Readings) -> Readings:
        """Look for what would make these commands repeated ones, where it is not known to stand.

        Several items are not read at one moment: an earlier copy of a command may have committed between the
        read of its order or marker and that of a SKU, whose stock is then short by that very command.  What
        had lapsed when it was read counts as absent, and may have been replaced since; an order that was
        between two steps may have taken the next.
        """
        now = self.clock()
        orders = [task.order_id for task in tasks if task.order_id is not None]
        idempotency_records = [task.idempotency_id for task in tasks if task.idempotency_id is not None]
        return readings.updated(
            self.gateway.read(
                orders=[each for each in orders if _may_be_further(readings.orders.get(each), now)],
                idempotency_records=[
                    each
                    for each in idempotency_records
                    if each not in readings.idempotency_records
                    or readings.idempotency_records[each].ttl <= epoch_seconds(now)
                ],
            )
        )


def _may_be_further(order: Order | None, now: str) -> bool:
    found = standing(order, now)
    return found is None or found.phase is not Phase.IDLE


def _is_turned_away(race: LostRace, readings: Readings) -> bool:
    """Tell whether a SKU stands as it was read, and was refused all the same: it is another writer's turn."""
    return any(sku in readings.skus and readings.skus[sku] == found for sku, found in race.found.skus.items())


def _unwritten(pack: Sequence[Task], plan: _Plan) -> list[Task]:
    """Return tasks that are refused for what is there, or that have a key and write no marker of it.

    A key that stands for another command is told before all else, also of a command that is done already.
    """
    return [
        task
        for task, outcome in zip(pack, plan.outcomes, strict=False)
        if isinstance(outcome, Conflict)
        or (task.idempotency_id is not None and isinstance(outcome, InventoryError))
        or (task.idempotency_id is not None and isinstance(outcome, Done) and outcome.commit is None)
    ]


def _decide(pack: Sequence[Task], readings: Readings, now: str) -> _Plan:
    """Decide tasks in turn, as many as one transaction takes, each on what the one before it leaves."""
    plan = _Plan()
    for task in pack:
        snapshot = readings.of(task.order_id, task.idempotency_id)
        try:
            if snapshot.order is not None and not snapshot.order.is_whole:
                raise IncompleteSnapshot([])
            commit = task.decide(snapshot, task.occasion(now))
        except IncompleteSnapshot as incomplete:
            assert task.order_id is not None, "only an order tells of SKUs"
            missing = {**plan.missing, task.order_id: incomplete.skus}
            if len(missing) + sum(map(len, missing.values())) > TRANSACTION_ITEMS_MAX:
                break
            plan.missing = missing
        except (InventoryError, NeedsSteps) as refusal:
            plan.outcomes.append(refusal)
        else:
            if commit is not None:
                if count_of([*plan.commits, commit]) > TRANSACTION_ITEMS_MAX:
                    break
                plan.commits.append(commit)
            plan.outcomes.append(Done(snapshot, commit))
            if commit is not None:
                readings = readings.after(commit)
        plan.considered += 1
    return plan


def _packs(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """Group neighbours for which one read and one transaction may do; no two on one order."""
    pack: list[Task] = []
    orders: set[str | None] = set()
    skus: set[tuple[str, str]] = set()
    actions = 0
    for task in tasks:
        # A log record for each SKU, at least one; the order, perhaps a marker.
        needed = max(len(task.skus), 1) + (task.order_id is not None) + (task.idempotency_id is not None)
        if pack and (
            task.order_id in orders
            or actions + needed + max(len(skus.union(task.skus)), 1) > TRANSACTION_ITEMS_MAX
        ):
            yield pack
            pack, orders, skus, actions = [], set(), set(), 0
        pack.append(task)
        orders.add(task.order_id)
        skus.update(task.skus)
        actions += needed
    if pack:
        yield pack
