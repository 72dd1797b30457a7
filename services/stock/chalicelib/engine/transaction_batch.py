"""Groups commands into transaction batches, and decides a batch.

Each command is decided on the result of the previous one, so that a SKU changed by several is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import Conflict, InventoryError
from inventory_common.ids import StockKey
from inventory_common.ledger_keys import LedgerSigner
from inventory_common.skus import Sku
from inventory_common.values import value

from ..domain.commands import Actor
from ..domain.decisions import CurrentState, Decision, NeedsSaga, NeedsSkus, NothingToWrite, ReadSet, WriteSet
from ..domain.orders import Order
from ..domain.stock_rules import CommandContext
from ..storage.transaction import count_actions

__all__ = [
    "BatchDecision",
    "Decide",
    "Executed",
    "Outcome",
    "UnitOfWork",
    "decide_batch",
    "group",
    "unverified",
]

Decide = Callable[[CurrentState, CommandContext], Decision]
"""A rule; it raises an `InventoryError` if it refuses the command."""


@value(kw_only=True)
class UnitOfWork:
    """A command to execute: its rule, and the items that it is known to need before anything is read.

    Attributes
    ----------
    decide
        The rule.
    actor
        Who sent the command.
    keys
        The SKUs that it is known to need.
    order_id
        Its order.
    creates_order
        Whether the order is not expected to exist, so that it is not read before the command is decided.
    idempotency_id
        The id of its idempotency record.
    notes
        The notes of its log records.
    may_become_saga
        Whether it may continue as a saga if its transactions keep conflicting.
    extends_order
        Whether it reserves units for an order that exists.
    needs_lease
        Whether it takes priority leases on its SKUs at once, because earlier attempts kept conflicting.
    """

    decide: Decide
    actor: Actor
    keys: tuple[StockKey, ...] = ()
    order_id: str | None = None
    creates_order: bool = False
    idempotency_id: str | None = None
    notes: str | None = None
    may_become_saga: bool = False
    extends_order: bool = False
    needs_lease: bool = False

    def context(self, now: str, signer: LedgerSigner) -> CommandContext:
        """Return the context in which it is decided at `now`; the `signer` signs its log records."""
        return CommandContext(
            now=now, actor=self.actor, signer=signer, order_id=self.order_id, notes=self.notes
        )


@value
class Executed:
    """A command that was executed: the state that it was decided on, and what it wrote.

    `write_set` is None if there was nothing to write: the command had already been executed, or was done.
    """

    state: CurrentState
    write_set: WriteSet | None

    @property
    def order(self) -> Order | None:
        """The order after the command."""
        return self.state.order if self.write_set is None else self.write_set.order


Outcome = Executed | InventoryError | NeedsSaga
"""What became of a command: executed, refused, or to be executed as a saga."""


@value(kw_only=True)
class BatchDecision:
    """What the first commands of a batch decide on a read set; it counts once its write sets are committed.

    Attributes
    ----------
    outcomes
        One for each command that was decided.
    write_sets
        Those of the executed commands, in their order.
    missing
        SKUs that have to be read together with their order, by order.  If there are any, the outcomes are
        incomplete: read these SKUs, and decide the first `considered` commands again.
    considered
        How many commands of the batch fit into one read or transaction.
    """

    outcomes: Sequence[Outcome]
    write_sets: Sequence[WriteSet]
    missing: Mapping[str, Sequence[StockKey]]
    considered: int

    @property
    def skus(self) -> dict[StockKey, Sku]:
        """The SKUs that the write sets change, as they are afterwards."""
        return {
            movement.key: movement.after for write_set in self.write_sets for movement in write_set.movements
        }


def group(units_of_work: Sequence[UnitOfWork]) -> Iterator[list[UnitOfWork]]:
    """Yield batches of consecutive commands that one transaction can probably hold.

    A batch has at most one command on an order, and at most one with the same idempotency record: the next
    one is decided on what the first has written.
    """
    batch: list[UnitOfWork] = []
    ids: set[str] = set()
    keys: set[StockKey] = set()
    actions = 0
    for work in units_of_work:
        # At least: one log record per SKU, the order, an idempotency record.  `keys` counts the SKUs'
        # updates.
        own_ids = {each for each in (work.order_id, work.idempotency_id) if each is not None}
        needed = max(len(work.keys), 1) + len(own_ids)
        if batch and (
            not ids.isdisjoint(own_ids)
            or actions + needed + max(len(keys.union(work.keys)), 1) > TRANSACTION_ITEMS_MAX
        ):
            yield batch
            batch, ids, keys, actions = [], set(), set(), 0
        batch.append(work)
        ids |= own_ids
        keys.update(work.keys)
        actions += needed
    if batch:
        yield batch


def decide_batch(
    batch: Sequence[UnitOfWork], read_set: ReadSet, now: str, signer: LedgerSigner
) -> BatchDecision:
    """Decide as many commands of a batch, in their order, as one transaction can hold."""
    outcomes: list[Outcome] = []
    write_sets: list[WriteSet] = []
    missing: dict[str, Sequence[StockKey]] = {}
    considered = 0
    for work in batch:
        state = read_set.state_of(work.order_id, work.idempotency_id)
        match _decide_one(work, state, read_set, work.context(now, signer)):
            case NeedsSkus(keys=keys):
                assert work.order_id is not None, "only an order names SKUs that were not known before"
                if len(missing) + 1 + sum(map(len, missing.values())) + len(keys) > TRANSACTION_ITEMS_MAX:
                    break  # one more order with its SKUs does not fit into one read
                missing[work.order_id] = keys
            case WriteSet() as write_set:
                if count_actions([*write_sets, write_set]) > TRANSACTION_ITEMS_MAX:
                    break  # nor into one transaction
                write_sets.append(write_set)
                outcomes.append(Executed(state, write_set))
                read_set = read_set.after(write_set)
            case NothingToWrite():
                outcomes.append(Executed(state, None))
            case NeedsSaga() | InventoryError() as outcome:
                outcomes.append(outcome)
        considered += 1
    return BatchDecision(outcomes=outcomes, write_sets=write_sets, missing=missing, considered=considered)


def unverified(batch: Sequence[UnitOfWork], decided: BatchDecision) -> list[UnitOfWork]:
    """Return the commands whose outcome no committed write verifies.

    These are refusals that depend on the current state, and commands with an Idempotency-Key that write no
    record of it: a reused key takes precedence over every other outcome, even over a replay.
    """
    return [
        work
        for work, outcome in zip(batch, decided.outcomes, strict=False)
        if isinstance(outcome, Conflict)
        or (work.idempotency_id is not None and isinstance(outcome, InventoryError))
        or (work.idempotency_id is not None and isinstance(outcome, Executed) and outcome.write_set is None)
    ]


def _decide_one(
    work: UnitOfWork, state: CurrentState, read_set: ReadSet, context: CommandContext
) -> Decision | InventoryError:
    try:
        read_set.require_readable((work.order_id, work.idempotency_id, *work.keys))
        if state.order is not None and not state.order.has_all_lines:
            return NeedsSkus([])  # its parts have not been read
        decision = work.decide(state, context)
        if isinstance(decision, NeedsSkus):
            read_set.require_readable(decision.keys)
    except InventoryError as refusal:
        return refusal
    return decision
