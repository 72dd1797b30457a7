"""How many SKUs one transaction batch of this process writes: as many as other writers leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.ids import StockKey

from .transaction_batch import UnitOfWork

__all__ = ["BatchWidth"]

_WIDEST: Final = float(TRANSACTION_ITEMS_MAX // 2)
"""A SKU takes two actions at least, its own and that of its log record."""
_LOSS: Final = 4.0
"""What the width of a batch that loses is divided by."""
_GAIN: Final = 1.2
"""What the width is multiplied by after each batch of about that width that wins.  So it stays where one
batch in nine loses, and twenty that win lead from one SKU back to the widest."""


class BatchWidth:
    """The number of SKUs that a transaction batch may write, learnt from the batches before it.

    Two batches of forty out of a hundred SKUs nearly always meet, and one of them loses, with all that it
    has decided and signed.  Threads may share a width: if a change of it is lost, the next one is made soon.
    """

    def __init__(self) -> None:
        self._skus = _WIDEST

    @property
    def skus(self) -> int:
        """The number of SKUs."""
        return int(self._skus)

    def won(self, skus: int) -> None:
        """Count a batch over so many SKUs that was committed.

        One of half the width counts: commands over several SKUs do not fill every batch.
        """
        if 2 * skus > self.skus:
            self._skus = min(self._skus * _GAIN, _WIDEST)

    def lost(self, skus: int) -> None:
        """Count a batch over so many SKUs that lost against other writers."""
        self._skus = max(1.0, min(self._skus, skus / _LOSS))

    def divide(self, batch: Sequence[UnitOfWork]) -> list[list[UnitOfWork]]:
        """Return a batch as batches of this width.

        Commands on the same SKU stay together, in their order: apart, they would make each other wait.  A
        command whose SKUs only its order names counts as one on a SKU of its own.
        """
        divided: list[list[int]] = []
        skus = 0
        for keys, positions in _clusters(batch):
            if not divided or skus + keys > self.skus:
                divided.append([])
                skus = 0
            divided[-1] += positions
            skus += keys
        return [[batch[position] for position in sorted(positions)] for positions in divided]


def _clusters(batch: Iterable[UnitOfWork]) -> Iterator[tuple[int, list[int]]]:
    """Yield how many SKUs, and which positions, the commands have that share SKUs with each other."""
    clusters: list[tuple[set[StockKey], list[int]]] = []
    for position, work in enumerate(batch):
        keys, positions = set(work.keys), [position]
        apart = []
        for cluster in clusters:
            if cluster[0].isdisjoint(keys):
                apart.append(cluster)
            else:
                keys |= cluster[0]
                positions = cluster[1] + positions
        clusters = [*apart, (keys, positions)]
    for keys, positions in clusters:
        yield max(len(keys), 1), positions
