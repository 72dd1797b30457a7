"""Whether a history of overlapping requests is one that a shop with a single till could have had.

After Wing and Gong, "Testing and verifying concurrent objects" (1993): look for an order of all requests in
which each is between its beginning and its end, and in which the model gives every answer that was given.
What was reached once, the same requests done and the same shop, is not tried again (Lowe, 2017).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from tests.simulation.model import Shop
from tests.simulation.translation import Answer, LookAtOrder, LookAtSku, Request


@dataclass(frozen=True)
class Operation:
    """A request, its answer, and when the one was sent and the other came."""

    request: Request
    answer: Answer
    began: float
    ended: float


def is_linearizable(shop: Shop, operations: Sequence[Operation]) -> bool:
    """Look for an order, from the shop as it stood before all of them."""
    tried: set[tuple[int, Hashable]] = set()
    everything = (1 << len(operations)) - 1
    branches: list[tuple[int, Shop]] = [(0, deepcopy(shop))]
    while branches:
        done, stands = branches.pop()
        if done == everything:
            return True
        left = [number for number in range(len(operations)) if not done >> number & 1]
        first_end = min(operations[number].ended for number in left)
        for number in left:
            operation = operations[number]
            # What begins after another has ended cannot come before it.
            if operation.began > first_end:
                continue
            after = deepcopy(stands)
            if not _answers(after, operation):
                continue
            reached = (done | 1 << number, _frozen(after))
            if reached not in tried:
                tried.add(reached)
                branches.append((reached[0], after))
    return False


def _answers(shop: Shop, operation: Operation) -> bool:
    """Let the shop do a request; tell whether it answers as it was answered."""
    request, answer = operation.request, operation.answer
    match request:
        case LookAtOrder(order_id):
            order = shop.order(order_id)
            return answer.subject == (order and order.view())
        case LookAtSku(sku):
            return answer.subject == _sku_view(shop, sku)
    if answer.code not in shop.answers(request):
        return False
    if answer.is_refusal:
        return True
    shop.do(request)
    order_id = getattr(request, "order_id", None)
    return answer.subject == (shop.orders[order_id].view() if order_id else _sku_view(shop, request.sku))


def _sku_view(shop: Shop, sku: str) -> Hashable:
    stock = shop.skus[sku]
    return stock.current, stock.reserved, stock.active, stock.product_active


def _frozen(shop: Shop) -> Hashable:
    skus = tuple((name, *vars(sku).values()) for name, sku in shop.skus.items())
    orders = frozenset((order_id, order.view()) for order_id, order in shop.orders.items())
    return skus, orders, frozenset(shop.keys)
