"""The requests of clients: on few SKUs and few orders at a time, so that they conflict."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.simulation.model import (
    Adjust,
    Amend,
    Command,
    Extend,
    Place,
    Reopen,
    Restock,
    Settle,
    Shop,
    StockCount,
    summed,
)
from tests.simulation.translation import GetOrder, GetSku, Request, can_be_batched
from tests.support.small_limits import SINGLE_ITEM_LINES_MAX

ORDERS_AT_A_TIME = 3
KEYS_AT_A_TIME = 4
SHORT_HOLD_SECONDS = 2
"""Shorter than the API allows: it ends before the deadline of any retry."""
ABANDONED_AT_A_TIME = 8
ABANDONED_RATE = 0.5
DUE_RATE = 0.5
SENSIBLE_RATE = 0.75
NEW_ORDER_RATE = 0.4
ALL_TO_NOTHING_RATE = 0.15
AMENDED_LINES_MAX = 5
"""More than four do not fit into one transaction."""
BATCH_MAX = 5
MANY_LINES_RATE = 0.4
SEVERAL_RATE = 0.4
MANY_LINES = (4, 6)
PARTIAL_LINES_MAX = 6
"""Lines that a settlement names; more than three need not fit into one transaction."""


class Workload:
    """Draws requests, mostly such that the model accepts."""

    def __init__(self, random: Random, skus: Sequence[str], more_skus: Sequence[str], shop: Shop) -> None:
        self._random = random
        self._skus = skus
        self._more_skus = more_skus
        self._shop = shop
        self._orders: deque[tuple[str, tuple[tuple[str, int], ...]]] = deque(maxlen=ORDERS_AT_A_TIME)
        self._abandoned: deque[str] = deque(maxlen=ABANDONED_AT_A_TIME)
        self._count = 0

    def request(self) -> Request:
        due = [
            order_id
            for order_id in (*self._abandoned, *(order_id for order_id, _ in self._orders))
            if (order := self._shop.orders.get(order_id)) is not None
            and order.total("reserved")
            and order.expires_at <= self._shop.now
        ]
        if due and self._random.random() < DUE_RATE:
            # Its customer and the sweeper compete.
            order_id = self._random.choice(due)
            competing: list[Request] = [
                *(Settle("confirm", order_id), Settle("cancel", order_id)),
                *(Extend(order_id, SHORT_HOLD_SECONDS), Extend(order_id, 600)),
            ]
            return self._random.choice(competing)
        [make] = self._random.choices(
            [
                self._place,
                self._settle,
                self._amend,
                self._reopen,
                self._restock,
                self._adjust,
                self._count_stock,
                self._extend,
                self._get,
            ],
            [34, 40, 30, 16, 12, 6, 3, 4, 4],
        )
        return make()

    def batch(self) -> list[Request]:
        """Draw commands on orders, whole or in part, no two on one order."""
        by_order: dict[str, Request] = {}
        for _ in range(self._random.randint(2, BATCH_MAX)):
            request = self._random.choice((self._place, self._settle))()
            if can_be_batched(request) and not _has_many_lines(request):
                by_order[_order_of(request)] = request
        return list(by_order.values()) or [self._place()]

    def _place(self) -> Command:
        if self._random.random() < ABANDONED_RATE:
            # Its customer returns after the end of the hold, if at all.
            self._abandoned.append(self._new("ORDER"))
            return Place(self._abandoned[-1], self._any_lines(), SHORT_HOLD_SECONDS)
        if not self._orders or self._random.random() < NEW_ORDER_RATE:
            self._orders.append((self._new("ORDER"), self._any_lines()))
        order_id, lines = self._random.choice(self._orders)
        if self._random.random() < 0.1:
            lines = self._any_lines()
        return Place(order_id, lines, self._random.choice((SHORT_HOLD_SECONDS, 600, 86_400)))

    def _settle(self) -> Command:
        if not self._orders or self._random.random() < 0.05:
            # It will be placed later, or never.
            self._orders.append((self._new("ORDER"), self._any_lines()))
        placed = [each for each in self._orders if each[0] in self._shop.orders]
        order_id, lines = self._random.choice(
            placed if placed and self._random.random() < 0.85 else self._orders
        )
        kind = self._random.choice(("confirm", "cancel", "refund"))
        order = self._shop.orders.get(order_id)
        if order is not None and self._random.random() < SENSIBLE_RATE:
            if order.total("reserved"):
                kind = self._random.choice(("confirm", "confirm", "cancel"))
            elif order.total("refundable"):
                kind = "refund"
            else:
                return self._place()
        restock = kind != "refund" or self._random.random() < 0.6
        if self._random.random() < 0.4:
            keyed = 0.8 if order is not None and order.was_settled_in_part else 0.2
            key = self._new("key") if self._random.random() < keyed else None
            return Settle(kind, order_id, None, key, restock)
        count = self._random.randint(1, min(PARTIAL_LINES_MAX, len(lines)))
        part = tuple((sku, self._random.randint(1, q)) for sku, q in self._random.sample(lines, count))
        if self._random.random() < 0.05:
            part = self._lines(2)
        return Settle(kind, order_id, part, self._key(), restock)

    def _amend(self) -> Command:
        open_orders = [
            order_id
            for order_id in (*self._abandoned, *(order_id for order_id, _ in self._orders))
            if (order := self._shop.orders.get(order_id)) is not None and order.total("reserved")
        ]
        if not open_orders:
            return self._place()
        order_id = self._random.choice(open_orders)
        own = sorted(self._shop.orders[order_id].lines)
        skus = self._random.sample(own, self._random.randint(1, min(len(own), AMENDED_LINES_MAX)))
        if self._random.random() < 0.2:
            skus.append(self._any_sku())
        highest = 0 if self._random.random() < ALL_TO_NOTHING_RATE else 3
        lines = tuple((sku, self._random.randint(0, highest)) for sku in dict.fromkeys(skus))
        return Amend(order_id, lines, self._key())

    def _reopen(self) -> Command:
        ids = [*self._abandoned, *(order_id for order_id, _ in self._orders)]
        released = [
            order_id
            for order_id in ids
            if (order := self._shop.orders.get(order_id)) is not None
            and order.last_released
            and not order.total("reserved")
        ]
        if self._random.random() < SENSIBLE_RATE:
            ids = released
        if not ids:
            return self._place()
        return Reopen(
            self._random.choice(ids), self._key(), self._random.choice((SHORT_HOLD_SECONDS, 86_400))
        )

    def _restock(self) -> Command:
        return Restock(self._any_sku(), self._random.randint(1, 8), self._key())

    def _adjust(self) -> Command:
        return Adjust(self._any_sku(), self._random.choice((-5, -2, -1, 1, 3)), self._key())

    def _count_stock(self) -> Command:
        sku = self._sku()
        expected = self._shop.skus[sku].current
        counted = max(0, expected + self._random.choice((-2, 0, 0, 1)))
        return StockCount(sku, counted, expected, self._key())

    def _extend(self) -> Request:
        placed = [order_id for order_id, _ in self._orders if order_id in self._shop.orders]
        if not placed:
            return self._place()
        return Extend(self._random.choice(placed), self._random.choice((SHORT_HOLD_SECONDS, 600)))

    def _get(self) -> Request:
        if self._orders and self._random.random() < 0.6:
            return GetOrder(self._random.choice(self._orders)[0])
        return GetSku(self._sku())

    def _sku(self) -> str:
        # The first one is contended.
        return self._skus[0] if self._random.random() < 0.5 else self._random.choice(self._skus)

    def _any_sku(self) -> str:
        return self._sku() if self._random.random() < 0.7 else self._random.choice(self._more_skus)

    def _any_lines(self) -> tuple[tuple[str, int], ...]:
        if self._random.random() < MANY_LINES_RATE:
            return self._many_lines()
        if self._random.random() < SEVERAL_RATE:
            skus = self._random.sample(self._skus, self._random.randint(2, len(self._skus)))
            return tuple((sku, self._random.randint(1, 2)) for sku in skus)
        return self._lines(4)

    def _many_lines(self) -> tuple[tuple[str, int], ...]:
        skus = self._random.sample([*self._skus, *self._more_skus], self._random.randint(*MANY_LINES))
        return tuple((sku, self._random.randint(1, 2)) for sku in skus)

    def _lines(self, lines_max: int) -> tuple[tuple[str, int], ...]:
        return tuple(
            (self._sku(), self._random.randint(1, 3)) for _ in range(self._random.randint(1, lines_max))
        )

    def _key(self) -> str:
        """Draw a key: a new one, or sometimes one that another command has used."""
        used = list(self._shop.keys)[-KEYS_AT_A_TIME:]
        if used and self._random.random() < 0.12:
            return self._random.choice(used)
        return self._new("key")

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"


def _has_many_lines(request: Request) -> bool:
    return isinstance(request, Place) and len(summed(request.lines)) > SINGLE_ITEM_LINES_MAX


def _order_of(request: Any) -> str:
    return str(request.order_id)
