"""Other writers at work: stores and clients that let something happen just before they write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.domain.decisions import ReadSet, WriteSet
from chalicelib.storage.skus import SkuStore, Stale, Written
from chalicelib.storage.state import Committed, StateStore, WriteConflict
from inventory_common.skus import Sku

__all__ = ["ConflictingClient", "InterruptedSkuStore", "InterruptedStateStore", "conflict", "throttled"]


class InterruptedStateStore(StateStore):
    """A state store that lets others act just before a commit, once for each of `acts`.

    If the act returns a `WriteConflict`, this is the outcome, and nothing is committed.
    """

    def __init__(self, state: StateStore, *acts: Callable[[], Any]) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._acts = list(acts)
        self.commits = 0

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[Any] = ()
    ) -> Committed | WriteConflict:
        self.commits += 1
        outcome = self._acts.pop(0)() if self._acts else None
        return outcome if isinstance(outcome, WriteConflict) else super().commit(write_sets, leased)


class InterruptedSkuStore(SkuStore):
    """A SKU store that lets another writer act just before its first update."""

    def __init__(self, skus: SkuStore, act: Callable[[], Any]) -> None:
        super().__init__(skus.database, skus.bounds)
        self._acts = [act]
        self.updates = 0

    def update(self, sku: Sku, to: Sku) -> Written | Stale:
        self.updates += 1
        if self._acts:
            self._acts.pop()()
        return super().update(sku, to)


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


def conflict() -> WriteConflict:
    """A transaction in progress on the same items, of which DynamoDB returns no image."""
    return WriteConflict(found=ReadSet())


def throttled() -> None:
    """A transaction that DynamoDB throttles."""
    raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "TransactWriteItems")
