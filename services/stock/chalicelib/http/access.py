"""Which roles may use which routes, and the actor who is recorded for a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from inventory_common.identity import Role, Scope
from inventory_common.owners import EVERY_OWNER, owners_of
from inventory_common.requests import Request

from ..domain.commands import Actor

__all__ = [
    "INVENTORY_READERS",
    "ORDER_KEEPERS",
    "ORDER_LISTERS",
    "ORDER_READERS",
    "ORDER_RELEASERS",
    "SKU_READERS",
    "VENDORS",
    "actor_of",
    "exact_stock_scope_of",
    "order_actor_of",
]

VENDORS: Final = frozenset({Role.VENDOR, Role.ADMIN})
SKU_READERS: Final = frozenset(Role)
INVENTORY_READERS: Final = frozenset({Role.VENDOR, Role.AUDITOR, Role.ADMIN})
ORDER_KEEPERS: Final = frozenset({Role.ORDERS, Role.DESK, Role.ADMIN})
ORDER_RELEASERS: Final = ORDER_KEEPERS | {Role.VENDOR}
"""Who cancels and refunds orders; a vendor its own lines."""
ORDER_LISTERS: Final = ORDER_KEEPERS | {Role.AUDITOR}
ORDER_READERS: Final = frozenset(Role)
"""Who reads orders; a vendor its own lines of them."""


def actor_of(request: Request[Any]) -> Actor:
    """Return the actor of a request."""
    return Actor(request.principal.name, request.request_id)


def exact_stock_scope_of(request: Request[Any]) -> Scope | None:
    """Return the vendors whose stock the sender of a public request sees exactly; None: of no vendor."""
    principal = request.principal
    return None if principal.roles.isdisjoint(SKU_READERS) else principal.scope(SKU_READERS)


def order_actor_of(request: Request[Any], order_owners: Mapping[str, tuple[str, ...]]) -> Actor:
    """Return the actor of a request for orders, with the owners whose orders it sees.

    A vendor sees its own lines of all owners' orders.
    """
    is_vendor = request.scope.vendor_id is not None
    owners = EVERY_OWNER if is_vendor else owners_of(request.principal.client_id, order_owners)
    return Actor(request.principal.name, request.request_id, owners)
