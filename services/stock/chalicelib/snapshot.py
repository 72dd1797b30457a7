"""What a command decides on, and what it decides to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inventory_common.idempotency import Marker
from inventory_common.skus import Sku

from .orders import Order
from .stock_rules import Movement

__all__ = ["Commit", "IncompleteSnapshot", "Snapshot"]


class IncompleteSnapshot(Exception):
    """SKUs of the order are missing, or are of another moment than the order: read them together with it."""

    def __init__(self, skus: Sequence[tuple[str, str]]) -> None:
        super().__init__("SKUs are needed together with their order")
        self.skus = skus


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was read after the request arrived, each item consistently: SKUs by id, the order, the marker."""

    skus: Mapping[str, Sku] = field(default_factory=dict)
    order: Order | None = None
    marker: Marker | None = None

    def updated(self, found: Snapshot) -> Snapshot:
        """Return this snapshot with newer images in the place of older ones."""
        return Snapshot(
            skus={**self.skus, **found.skus},
            order=found.order or self.order,
            marker=found.marker or self.marker,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What is to be written, all or nothing.

    `order` takes the place of `replaced_order`; None for that means there is none yet, or a lapsed one.
    """

    movements: tuple[Movement, ...]
    order: Order | None = None
    replaced_order: Order | None = None
    marker: Marker | None = None
