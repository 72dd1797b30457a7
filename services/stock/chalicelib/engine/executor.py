"""Executes commands: read, decide, commit; retry after a write conflict.

Several commands share one transaction batch.  A batch of one is the usual case.

::

    cached SKUs ──► decide ──► commit ──► executed
      │ not cached, no write set, or a conflict
      ▼
    read ──► decide ──► commit ──► executed
     ▲         ▲           │ first conflict: decide again at once on the items that the failed conditions
     │         └───────────┤ returned, without a read
     └──── backoff ◄───────┘ further conflicts: after a backoff, those items would be outdated

A batch that loses over several SKUs goes on as narrower ones, and a batch on one contended SKU takes its
priority lease before it writes: both are learnt from the conflicts before.

A write whose answer was lost is sent again with its token, until the deadline; if it is not known even then
whether it was committed, the command is `OutcomeUnknown`.

An order or an idempotency record rarely exists yet.  A command that creates one does not read it first: if it
exists, the conditional write fails and returns it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import field, replace
from itertools import chain
from typing import Final

from inventory_common.dynamodb import expected_error
from inventory_common.errors import (
    Busy,
    InsufficientStock,
    InventoryError,
    OutcomeUnknown,
    ProductInactive,
    SkuInactive,
    Unavailable,
)
from inventory_common.ids import StockKey
from inventory_common.ledger_keys import LedgerSigner
from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import Clock, epoch_seconds
from inventory_common.tuning import PRIORITY_LEASE_SECONDS
from inventory_common.values import value

from ..domain.decisions import NeedsSaga, ReadSet
from ..domain.orders import Order, existing_order
from ..storage.skus import LeaseHeld, SkuStore
from ..storage.state import Committed, StateStore, Unanswered, WriteConflict
from .batch_width import BatchWidth
from .conflicts import ConflictStatistics, PriorityLease
from .contended_skus import ContendedSkus
from .sku_cache import SkuCache
from .transaction_batch import (
    BatchDecision,
    Executed,
    Outcome,
    UnitOfWork,
    decide_batch,
    group,
    unverified,
)

__all__ = ["Executor"]

_DECISIONS_MAX: Final = 4
"""How often a batch is decided on one read and on the items of its conflicts, before it backs off."""

_LEASE_BACKOFF_SECONDS: Final = 0.03
"""The longest pause while another writer holds a priority lease; that writer needs about two calls."""

_INCONSISTENT_READS_MAX: Final = 5
"""How often an order may be read inconsistently with its SKUs: each time, it changed between two reads.
Other orders of its batch do not wait any longer for it."""


@value
class _Finished:
    """The first commands of a batch have outcomes, in their order."""

    outcomes: Sequence[Outcome]


@value
class _Unfinished:
    """No command of the batch has an outcome: retry, starting from what is `known`, or as narrower ones."""

    statistics: ConflictStatistics
    known: ReadSet = ReadSet()
    is_too_wide: bool = False


@value
class _Ran:
    """The outcomes of a batch's first commands, and the batches that are still to run."""

    outcomes: Sequence[Outcome]
    remaining: Sequence[Sequence[UnitOfWork]] = ()


@value
class Executor:
    """Executes commands; the clock is read anew for every decision, and the ledger key is asked for."""

    state: StateStore
    skus: SkuStore
    clock: Clock
    signer: Callable[[], LedgerSigner]
    retry_policy: RetryPolicy
    sku_cache: SkuCache = field(default_factory=SkuCache)
    width: BatchWidth = field(default_factory=BatchWidth)
    contended_skus: ContendedSkus = field(default_factory=ContendedSkus)

    def execute(self, work: UnitOfWork, deadline: float | None = None) -> Executed | NeedsSaga:
        """Execute one command; a `deadline` of the retry policy is given if it also covers other work.

        Raises
        ------
        InventoryError
            If the command is refused; `Busy` when attempts or time run out, `OutcomeUnknown` if it may have
            been executed.
        """
        [outcome] = self._run([work], self._deadline(deadline)).outcomes
        if isinstance(outcome, InventoryError):
            raise outcome
        return outcome

    def execute_all(
        self, units_of_work: Sequence[UnitOfWork], deadline: float | None = None
    ) -> Iterator[Outcome]:
        """Execute commands in transaction batches, in their order, and yield the outcome of each.

        Commands are independent, and each is executed completely or not at all.  A batch starts only after
        the outcomes of earlier batches have been consumed, so that a caller that receives `NeedsSaga` can run
        the saga before a later command on the same order.  `Busy`, `DatabaseUnavailable` and `OutcomeUnknown`
        are outcomes of the commands concerned, which may be sent again; a command that has not begun by the
        deadline is `Busy`.
        """
        deadline = self._deadline(deadline)
        for batch in group(units_of_work):
            yield from self._run_divided(batch, deadline)

    def require_time(self, deadline: float) -> None:
        """Raise `Busy` after the deadline: no call to DynamoDB starts then, because it might take long."""
        if self.retry_policy.monotonic() > deadline:
            raise Busy("The database is slow at the moment; please try again.")

    def _deadline(self, deadline: float | None) -> float:
        return self.retry_policy.deadline() if deadline is None else deadline

    def _run_divided(self, batch: Sequence[UnitOfWork], deadline: float) -> list[Outcome]:
        """Execute a batch as batches of the present width, and return the outcomes in its order."""
        outcomes: dict[int, Outcome] = {}
        batches: deque[Sequence[UnitOfWork]] = deque(self.width.divide(batch))
        while batches:
            part = batches.popleft()
            ran = self._run_in_time(part, deadline)
            outcomes.update(zip(map(id, part), ran.outcomes, strict=False))
            batches.extendleft(reversed(ran.remaining))
        return [outcomes[id(work)] for work in batch]

    def _run_in_time(self, batch: Sequence[UnitOfWork], deadline: float) -> _Ran:
        if self.retry_policy.monotonic() > deadline:
            return _Ran([Busy("There was no time left for this command; please try again.")] * len(batch))
        try:
            return self._run(batch, deadline)
        except Exception as failure:
            error = expected_error(failure)
            if error is None:
                raise
            return _Ran([error] * len(batch))

    def _run(self, batch: Sequence[UnitOfWork], deadline: float) -> _Ran:
        """Execute a batch, or its first commands."""
        result: _Finished | _Unfinished = _Unfinished(ConflictStatistics())
        try:
            result = self._try_cached(batch, deadline)
            attempts = self.retry_policy.attempts(deadline)
            while isinstance(result, _Unfinished):
                if result.is_too_wide and len(divided := self.width.divide(batch)) > 1:
                    return _Ran([], divided)
                next(attempts)
                if len(batch) > 1 and result.statistics.suggests_split:
                    half = len(batch) // 2
                    return _Ran([], [batch[:half], batch[half:]])
                result = self._try(batch, result, deadline)
            rest = batch[len(result.outcomes) :]
            return _Ran(result.outcomes, [rest] if rest else [])
        except Exception as failure:
            error = expected_error(failure)
            if isinstance(result, _Unfinished) and result.statistics.is_unanswered:
                if isinstance(error, Unavailable):
                    error = OutcomeUnknown()
            elif not isinstance(error, Busy | OutcomeUnknown):
                raise
            if error is None:
                raise
            return _Ran([error] * len(batch))

    def _try_cached(self, batch: Sequence[UnitOfWork], deadline: float) -> _Finished | _Unfinished:
        """Decide on cached SKUs; if every command has a write set, commit, else leave the batch to a read.

        Orders are not cached.  If the order must be read and the SKUs are known, one call reads both, and the
        cache would save nothing.  If only the order names the SKUs, it is read first, and the cache saves the
        second read.
        """
        unfinished = _Unfinished(ConflictStatistics())
        if self._contended_of(batch):
            return unfinished
        if any(work.keys and work.order_id is not None and not work.creates_order for work in batch):
            return unfinished
        cached = self.sku_cache.get_all({key for work in batch for key in work.keys})
        if cached is None:
            return unfinished
        known = self._read_orders(batch)
        unfinished = replace(unfinished, known=known)
        decided = self._decided(batch, known.updated(ReadSet(skus=cached)))
        if decided.missing:
            named = self.sku_cache.get_all(set(chain.from_iterable(decided.missing.values())))
            if named is None:
                return unfinished
            skus = ReadSet(skus={**cached, **named})
            decided = self._decided(batch, known.updated(skus))
        if decided.missing or len(decided.write_sets) < len(batch):
            return unfinished
        self.require_time(deadline)
        match self._answer_to(self.state.commit(decided.write_sets), deadline):
            case Committed():
                self._won(batch, decided)
                self.sku_cache.put_all(decided.skus.values())
                return _Finished(decided.outcomes)
            case WriteConflict() as conflict:
                changed = decided.skus if conflict.found.is_empty else conflict.found.skus
                self.sku_cache.discard_all(changed.keys())
                return self._lost(batch, decided, unfinished.statistics, conflict)

    def _try(
        self, batch: Sequence[UnitOfWork], before: _Unfinished, deadline: float
    ) -> _Finished | _Unfinished:
        """Read, decide and commit a batch, or its first commands."""
        leased = self._take_leases(batch, before)
        if isinstance(leased, LeaseHeld):
            return _Unfinished(before.statistics)
        statistics = leased.statistics
        self.require_time(deadline)
        read_set = self._read(batch, leased.known)
        order_before: Order | None = None
        for _ in range(_DECISIONS_MAX):
            self.require_time(deadline)
            decided, read_set = self._decide(batch, read_set)
            if decided.missing:
                statistics = statistics.after_inconsistent_read()
                if statistics.inconsistent_reads >= _INCONSISTENT_READS_MAX:
                    raise Busy("The order and its SKUs keep changing; please try again.")
                if len(batch) > 1 and statistics.suggests_split:
                    return _Unfinished(statistics)
                continue
            self.require_time(deadline)
            # What writes nothing is verified by no condition.
            re_read = self._re_read(unverified(batch, decided), read_set)
            if re_read != read_set:
                read_set = re_read
                continue
            if _depends_on_order_and_skus(batch, decided):
                # They are read at different times: the order has to be the same before and after its SKUs.
                order = read_set.orders[_order_id_of(batch)]
                if order != order_before:
                    order_before = order
                    self.require_time(deadline)
                    read_set = read_set.updated(self.state.read(read_set.skus))
                    continue
            self.require_time(deadline)
            conflict = self._commit(decided, statistics.lease, deadline)
            if isinstance(conflict, Committed):
                self._won(batch, decided)
                if not statistics.count:
                    self.sku_cache.put_all(decided.skus.values())
                return _Finished(decided.outcomes)
            lost = self._lost(batch, decided, statistics, conflict)
            statistics = lost.statistics
            if lost.is_too_wide:
                return replace(lost, known=ReadSet())
            if conflict.was_unanswered:
                break
            if statistics.suggests_saga and len(batch) == 1 and batch[0].may_become_saga:
                return _Finished([NeedsSaga(statistics.contended)])
            if conflict.is_leased:
                self.retry_policy.pause(_LEASE_BACKOFF_SECONDS)
                read_set = self._read(batch, ReadSet())
                continue
            read_set = read_set.updated(conflict.found)
            if conflict.found.orders or conflict.found.idempotency_records:
                # One command had already been executed; others may have been too: a retry of the whole batch.
                read_set = self._re_read(batch, read_set)
            elif (statistics.count > 1 and not statistics.lease.keys) or conflict.found.is_empty:
                break  # back off: among many writers, immediate retries make each other fail
        return _Unfinished(statistics)

    def _contended_of(self, batch: Sequence[UnitOfWork]) -> Collection[StockKey]:
        """Return the SKU of a batch on one alone, if other writers write it too."""
        keys = {key for work in batch for key in work.keys}
        if len(batch) == 1 or len(keys) != 1:
            return ()
        moment = self.retry_policy.monotonic()
        return [key for key in keys if self.contended_skus.has(key, moment)]

    def _won(self, batch: Sequence[UnitOfWork], decided: BatchDecision) -> None:
        if len(batch) > 1:
            self.width.won(len(decided.skus))

    def _lost(
        self,
        batch: Sequence[UnitOfWork],
        decided: BatchDecision,
        before: ConflictStatistics,
        conflict: WriteConflict,
    ) -> _Unfinished:
        """Learn from a conflict, and return how to go on after it."""
        self.contended_skus.add_all(conflict.contended, self.retry_policy.monotonic())
        statistics = before.after_conflict(conflict, len(decided.skus))
        is_too_wide = len(batch) > 1 and statistics.over_several_skus > 0 and not statistics.is_unanswered
        if is_too_wide:
            self.width.lost(len(decided.skus))
        return _Unfinished(statistics, conflict.found, is_too_wide)

    def _commit(
        self, decided: BatchDecision, lease: PriorityLease, deadline: float
    ) -> Committed | WriteConflict:
        if not decided.write_sets:
            return Committed()
        return self._answer_to(self.state.commit(decided.write_sets, leased=lease.keys), deadline)

    def _answer_to(
        self, answer: Committed | WriteConflict | Unanswered, deadline: float
    ) -> Committed | WriteConflict:
        """Return the answer to a write; if it was lost, send the write again until there is one.

        Another write in progress, or throttling, is no answer: the lost one may still be committed.

        Raises
        ------
        OutcomeUnknown
            If there is none until the deadline.
        """
        if not isinstance(answer, Unanswered):
            return answer
        try:
            self.require_time(deadline)
            for _ in self.retry_policy.attempts(deadline):
                match self.state.send_again(answer):
                    case Committed() as committed:
                        return committed
                    case WriteConflict(has_failed_condition=True) as conflict:
                        return replace(conflict, was_unanswered=True)
        except Busy:
            raise OutcomeUnknown() from answer.failure
        raise AssertionError("attempts end by raising Busy")

    def _take_leases(self, batch: Sequence[UnitOfWork], before: _Unfinished) -> _Unfinished | LeaseHeld:
        """Take priority leases if the conflicts so far suggest it; return what is known with them."""
        statistics, known = before.statistics, before.known
        if self.retry_policy.monotonic() < statistics.lease.ends_at:
            return before
        keys: Iterable[StockKey]
        if batch[0].needs_lease:
            keys = batch[0].keys
        elif contended := self._contended_of(batch):
            keys = contended
        elif statistics.suggests_lease:
            keys = statistics.contended
        else:
            return replace(before, statistics=replace(statistics, lease=PriorityLease()))
        ends_at = self.retry_policy.monotonic() + PRIORITY_LEASE_SECONDS
        taken = self.skus.take_priority_leases(list(keys), self.clock())
        if isinstance(taken, LeaseHeld):
            return taken
        lease = PriorityLease(frozenset(taken.skus), ends_at)
        return _Unfinished(replace(statistics, lease=lease), known.updated(taken))

    def _read_orders(self, batch: Iterable[UnitOfWork]) -> ReadSet:
        orders = [work.order_id for work in batch if work.order_id is not None and not work.creates_order]
        return self.state.read(orders=orders) if orders else ReadSet()

    def _read(self, batch: Iterable[UnitOfWork], known: ReadSet) -> ReadSet:
        """Read the items that the commands are known to need and that are not known yet."""
        read = self.state.read(
            dict.fromkeys(key for work in batch for key in work.keys if key not in known.skus),
            orders=[
                work.order_id
                for work in batch
                if work.order_id is not None and not work.creates_order and work.order_id not in known.orders
            ],
        )
        return known.updated(read)

    def _decide(self, batch: Sequence[UnitOfWork], read_set: ReadSet) -> tuple[BatchDecision, ReadSet]:
        """Decide; SKUs that only an order names are read together with it first.

        Some may be `missing` even then, if order and SKUs were read inconsistently.
        """
        decided = self._decided(batch, read_set)
        if decided.missing:
            keys = dict.fromkeys(chain.from_iterable(decided.missing.values()))
            read_set = read_set.updated(self.state.read(keys, orders=decided.missing))
            decided = self._decided(batch[: decided.considered], read_set)
        return decided, read_set

    def _decided(self, batch: Sequence[UnitOfWork], read_set: ReadSet) -> BatchDecision:
        return decide_batch(batch, read_set, self.clock(), self.signer())

    def _re_read(self, units_of_work: Sequence[UnitOfWork], read_set: ReadSet) -> ReadSet:
        """Re-read orders and idempotency records that may show that a command was already executed.

        A read of several items is no snapshot: an earlier copy of a command may have been committed between
        the read of its order or record and that of a SKU, whose stock is then short because of that very
        command.  An expired item counts as absent and may have been replaced since; a saga in progress may
        have advanced.
        """
        now = self.clock()
        orders = [work.order_id for work in units_of_work if work.order_id is not None]
        known = read_set.idempotency_records
        records = [
            each
            for each in (work.idempotency_id for work in units_of_work)
            if each is not None and (each not in known or known[each].ttl <= epoch_seconds(now))
        ]
        # The result of a command that was executed is in its record: the order no longer matters.
        extended = {
            work.order_id for work in units_of_work if work.extends_order and work.idempotency_id in records
        }
        return read_set.updated(
            self.state.read(
                orders=[
                    each
                    for each in orders
                    if each in extended or _may_have_changed(read_set.orders.get(each), now)
                ],
                idempotency_records=records,
            )
        )


def _depends_on_order_and_skus(batch: Sequence[UnitOfWork], decided: BatchDecision) -> bool:
    """Return whether a command is refused that would reserve units for an order that exists."""
    return (
        len(batch) == 1
        and batch[0].extends_order
        and isinstance(decided.outcomes[0], InsufficientStock | SkuInactive | ProductInactive)
    )


def _order_id_of(batch: Sequence[UnitOfWork]) -> str:
    order_id = batch[0].order_id
    assert order_id is not None, "it extends an order"
    return order_id


def _may_have_changed(order: Order | None, now: str) -> bool:
    found = existing_order(order, now)
    return found is None or found.saga is not None
