"""Whether a history of overlapping requests is linearizable: equivalent to one request after another.

After Wing and Gong, "Testing and verifying concurrent objects" (1993): search for an order of all requests in
which each takes effect between its beginning and its end, and the model returns every response.  A state that
was reached once, the same requests executed and the same shop, is not searched again (Lowe, 2017).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from tests.simulation.model import Amend, Expire, Extend, Place, Reopen, Settle, Shop
from tests.simulation.translation import GetOrder, GetSku, Request, Response


@dataclass(frozen=True)
class Operation:
    """A request with its response, when it was sent and when the response arrived."""

    request: Request
    response: Response
    began: float
    ended: float


def is_linearizable(shop: Shop, operations: Sequence[Operation]) -> bool:
    """Return whether there is such an order, beginning with the state of the shop before all requests."""
    visited: set[tuple[int, Hashable]] = set()
    everything = (1 << len(operations)) - 1
    branches: list[tuple[int, Shop]] = [(0, deepcopy(shop))]
    while branches:
        done, state = branches.pop()
        if done == everything:
            return True
        left = [number for number in range(len(operations)) if not done >> number & 1]
        first_end = min(operations[number].ended for number in left)
        for number in left:
            operation = operations[number]
            # A request that begins after another has ended takes effect after it.
            if operation.began > first_end:
                continue
            after = deepcopy(state)
            if not _matches(after, operation):
                continue
            reached = (done | 1 << number, _frozen(after))
            if reached not in visited:
                visited.add(reached)
                branches.append((reached[0], after))
    return False


def _matches(shop: Shop, operation: Operation) -> bool:
    """Execute a request in the model; return whether the model returns the same response."""
    request, response = operation.request, operation.response
    match request:
        case GetOrder(order_id):
            order = shop.order(order_id)
            return response.view == (order and order.view())
        case GetSku(sku):
            return response.view == _sku_view(shop, sku)
    if response.code not in shop.possible_codes(request):
        return False
    if response.is_refusal:
        return True
    shop.execute(request)
    match request:
        case Place() | Settle() | Amend() | Reopen() | Extend() | Expire():
            return response.view == shop.orders[request.order_id].view()
    return response.view == _sku_view(shop, request.sku)


def _sku_view(shop: Shop, sku: str) -> Hashable:
    stock = shop.skus[sku]
    return stock.current, stock.reserved, stock.active, stock.product_active


def _frozen(shop: Shop) -> Hashable:
    skus = tuple((name, *vars(sku).values()) for name, sku in shop.skus.items())
    orders = frozenset((order_id, order.view()) for order_id, order in shop.orders.items())
    return skus, orders, frozenset(shop.keys)
