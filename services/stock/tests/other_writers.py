"""Other writers at work: stores and clients that let something happen just before they write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.domain.decisions import ReadSet, WriteSet
from chalicelib.domain.low_stock import LowStockBound
from chalicelib.storage.skus import NotWritten, SkuStore, Written
from chalicelib.storage.state import Committed, StateStore, Unanswered, WriteConflict
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey
from inventory_common.skus import Sku

__all__ = [
    "ConflictingClient",
    "InconsistentStateStore",
    "InterruptedSkuStore",
    "InterruptedStateStore",
    "OvertakenStateStore",
    "SlowStateStore",
    "after_commits",
    "conflict",
    "throttled",
]


class InterruptedStateStore(StateStore):
    """A state store that lets others act just before a commit, once for each of `acts`.

    If the act returns a `WriteConflict`, this is the outcome, and nothing is committed.
    """

    def __init__(self, state: StateStore, *acts: Callable[[], Any]) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._state = state
        self._acts = list(acts)
        self.commits = 0

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        self.commits += 1
        outcome = self._acts.pop(0)() if self._acts else None
        return outcome if isinstance(outcome, WriteConflict) else self._state.commit(write_sets, leased)


class SlowStateStore(StateStore):
    """A state store that lets time pass before each read."""

    def __init__(self, state: StateStore, let_pass: Callable[[], Any]) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._let_pass = let_pass

    def read(self, *args: Any, **options: Any) -> Any:
        self._let_pass()
        return super().read(*args, **options)


class OvertakenStateStore(StateStore):
    """A state store that lets others act just after one of its commits, before its process continues."""

    def __init__(self, state: StateStore, number: int, act: Callable[[], Any]) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._state = state
        self._commits_left = number
        self._act = act

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        result = self._state.commit(write_sets, leased)
        self._commits_left -= 1
        if self._commits_left == 0:
            self._act()
        return result


class InterruptedSkuStore(SkuStore):
    """A SKU store that lets others act just before it adds or updates a SKU, once for each of `acts`.

    If the act returns a `WriteConflict`, the SKU is not written.
    """

    def __init__(self, skus: SkuStore, *acts: Callable[[], Any]) -> None:
        super().__init__(skus.database, skus.bounds)
        self._acts = list(acts)
        self.adds = 0
        self.updates = 0

    def add(
        self, sku: Sku, bound: LowStockBound | None, record: IdempotencyRecord | None
    ) -> Written | NotWritten:
        self.adds += 1
        return self._stale() or super().add(sku, bound, record)

    def update(
        self, before: Sku, after: Sku, change_id: str, record: IdempotencyRecord | None = None
    ) -> Sku | NotWritten:
        self.updates += 1
        return self._stale() or super().update(before, after, change_id, record)

    def _stale(self) -> NotWritten | None:
        outcome = self._acts.pop(0)() if self._acts else None
        return NotWritten(outcome.found) if isinstance(outcome, WriteConflict) else None


class InconsistentStateStore(StateStore):
    """A state store of which one read returns items of two moments, as BatchGetItem is no snapshot.

    It is the first read that includes SKUs, or the one of that `number`.  Orders and idempotency records are
    read first; then another writer acts; then the SKUs are read.
    """

    def __init__(self, state: StateStore, act: Callable[[], Any], *, number: int = 1) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._act = act
        self._reads_left = number

    def read(
        self,
        keys: Iterable[StockKey] = (),
        *,
        orders: Iterable[str] = (),
        idempotency_records: Iterable[str] = (),
    ) -> ReadSet:
        keys = list(keys)
        self._reads_left -= bool(keys)
        if self._reads_left or not keys:
            return super().read(keys, orders=orders, idempotency_records=idempotency_records)
        earlier = super().read(orders=orders, idempotency_records=idempotency_records)
        self._act()
        return earlier.updated(super().read(keys))


class ConflictingClient:
    """A client whose next updates meet a transaction in progress, as often as `conflicts` says."""

    def __init__(self, client: Any, conflicts: int = 0) -> None:
        self._client = client
        self.conflicts = conflicts
        self.on_conflict: Callable[[], None] = lambda: None
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_get_item(self, **request: Any) -> Any:
        self.reads += 1
        return self._client.batch_get_item(**request)

    def update_item(self, **request: Any) -> Any:
        if self.conflicts:
            self.conflicts -= 1
            self.on_conflict()
            error = {"Error": {"Code": "TransactionConflictException", "Message": "in progress"}}
            raise self._client.exceptions.TransactionConflictException(error, "UpdateItem")
        return self._client.update_item(**request)


def after_commits(number: int, act: Callable[[], Any]) -> list[Callable[[], Any]]:
    """Return acts of an interrupted store, of which only the one after so many commits does anything."""
    return [*[_nothing] * number, act]


def conflict() -> WriteConflict:
    """A transaction in progress on the same items, of which DynamoDB returns no image."""
    return WriteConflict(found=ReadSet())


def throttled() -> None:
    """A transaction that DynamoDB throttles."""
    raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "TransactWriteItems")


def _nothing() -> None:
    pass
