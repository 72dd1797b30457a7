"""Statistics of the write conflicts of a transaction batch, and what they suggest to do."""

from __future__ import annotations

from dataclasses import replace

from inventory_common.ids import StockKey
from inventory_common.tuning import CONFLICTS_BEFORE_LEASE, CONFLICTS_BEFORE_SAGA, CONFLICTS_BEFORE_SPLIT
from inventory_common.values import value

from ..storage.state import WriteConflict

__all__ = ["ConflictStatistics", "PriorityLease"]


@value
class PriorityLease:
    """Priority leases that this process holds on SKUs, until `ends_at` on the monotonic clock."""

    keys: frozenset[StockKey] = frozenset()
    ends_at: float = 0.0


@value(kw_only=True)
class ConflictStatistics:
    """How often a transaction batch conflicted with other writers.

    Attributes
    ----------
    count
        All conflicts.
    over_several_skus
        Those of a transaction that wrote more than one SKU, unless they were over its order or idempotency
        record too: then a duplicate of the command writes the same SKUs, and to do it SKU by SKU would make
        more conflicts.
    without_image
        Those with a transaction in progress, for which DynamoDB returns no item.
    inconsistent_reads
        Reads in which an order and its SKUs did not match.
    contended
        The SKUs that were contended in any of them that was not over the order.
    lease
        The priority leases that were taken because of them.
    is_unanswered
        Whether the answer to one of its transactions was lost, so that it may still be committed.
    """

    count: int = 0
    over_several_skus: int = 0
    without_image: int = 0
    inconsistent_reads: int = 0
    contended: frozenset[StockKey] = frozenset()
    lease: PriorityLease = PriorityLease()
    is_unanswered: bool = False

    def after_conflict(self, conflict: WriteConflict, sku_count: int) -> ConflictStatistics:
        """Return the statistics after one more conflict, of a transaction on `sku_count` SKUs."""
        is_over_command = conflict.is_over_order or bool(conflict.found.idempotency_records)
        return replace(
            self,
            count=self.count + 1,
            over_several_skus=self.over_several_skus + (sku_count > 1 and not is_over_command),
            without_image=self.without_image + conflict.found.is_empty,
            contended=self.contended if conflict.is_over_order else self.contended | conflict.contended,
            is_unanswered=self.is_unanswered or conflict.was_unanswered,
        )

    def after_inconsistent_read(self) -> ConflictStatistics:
        """Return the statistics after one more inconsistent read."""
        return replace(self, inconsistent_reads=self.inconsistent_reads + 1)

    @property
    def suggests_split(self) -> bool:
        """Whether a smaller batch is more likely to commit; it is not if a single SKU is contended."""
        return (
            self.inconsistent_reads >= CONFLICTS_BEFORE_SPLIT
            or (self.without_image >= CONFLICTS_BEFORE_SPLIT and len(self.contended) != 1)
            or self.over_several_skus >= CONFLICTS_BEFORE_SAGA
        )

    @property
    def suggests_saga(self) -> bool:
        """Whether a command is more likely to be executed SKU by SKU."""
        return self.over_several_skus >= CONFLICTS_BEFORE_SAGA and bool(self.contended)

    @property
    def suggests_lease(self) -> bool:
        """Whether to take a priority lease: all conflicts were over the same SKU."""
        return self.count >= CONFLICTS_BEFORE_LEASE and len(self.contended) == 1
