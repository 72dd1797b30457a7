"""Creating SKUs and changing their attributes; their stock is in `stock_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from inventory_common.errors import InvalidInput, ProductInactive, ProductNotFound, SkuNotFound
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import sku_prefix
from inventory_common.limits import VARIANT_ATTRIBUTES_MAX
from inventory_common.products import Product
from inventory_common.skus import FIRST_DETAILS_VERSION, FIRST_PREVIOUS_HASH, Sku
from inventory_common.values import value

from .commands import Actor, ChangeSku, CreateSku
from .decisions import CurrentState

__all__ = ["SkuChange", "change_sku", "changed_sku", "new_sku", "require_prefix"]


@value
class SkuChange:
    """What a change of a SKU writes.

    Attributes
    ----------
    before
        The SKU that it was decided on.
    after
        Its next version; None if the SKU has the wanted attributes already.
    idempotency_record
        The record of the command, if it has an Idempotency-Key.
    """

    before: Sku
    after: Sku | None
    idempotency_record: IdempotencyRecord | None


def require_prefix(command: CreateSku) -> None:
    """Raise `InvalidInput` unless the SKU starts with its product's prefix."""
    prefix = sku_prefix(command.product_id)
    if not command.attributes["sku"].startswith(prefix):
        raise InvalidInput([("body.sku", f"should start with {prefix}")])


def new_sku(command: CreateSku, product: Product | None, actor: Actor, now: str) -> Sku:
    """Return the SKU that a command creates, without stock.

    Raises
    ------
    ProductNotFound, ProductInactive
    """
    if product is None or not command.scope.covers(product.vendor_id):
        raise ProductNotFound(f"{command.product_id} was not found.")
    if not product.is_active:
        raise ProductInactive(f"{product.product_id} is deactivated.", product_id=product.product_id)
    attributes = command.attributes.copy()
    variant_attributes = attributes.get("variant_attributes")
    if variant_attributes is not None:
        attributes["variant_attributes"] = dict(variant_attributes)
    return Sku(
        **attributes,
        product_id=product.product_id,
        vendor_id=product.vendor_id,
        current_stock=0,
        reserved_stock=0,
        last_updated=now,
        last_updated_by=actor.performed_by,
        is_active=True,
        sequence=0,
        ledger_hash=FIRST_PREVIOUS_HASH,
        version=1,
        product_is_active=True,
        product_version=product.version,
        details_version=FIRST_DETAILS_VERSION,
    )


def change_sku(
    state: CurrentState, command: ChangeSku, actor: Actor, now: str
) -> SkuChange | IdempotencyRecord:
    """Decide a change of a SKU's attributes; return its record if it was executed before.

    The attributes that are wanted already are no change, whatever If-Match expects (RFC 9110, 13.1.1): the
    response to an earlier request may have been lost.

    Raises
    ------
    SkuNotFound, IdempotencyKeyReused, PreconditionFailed, InvalidInput
    """
    sku = state.skus.get(command.key)
    if sku is None or not command.scope.covers(sku.vendor_id):
        raise SkuNotFound(f"{command.key.sku} was not found.")
    key = command.idempotency_key
    executed = None if key is None else key.replayed_record(state.idempotency_record, now)
    if executed is not None:
        return executed
    after = changed_sku(sku, command, actor, now)
    if after is not None:
        command.if_match.require(sku.details_version)
    results = [{"product_id": sku.product_id, "sku": sku.sku}]
    return SkuChange(sku, after, None if key is None else key.record(results, now))


def changed_sku(sku: Sku, command: ChangeSku, actor: Actor, now: str) -> Sku | None:
    """Return the SKU's next version, or None if the command changes nothing.

    Raises
    ------
    InvalidInput
        If the SKU would have more than `VARIANT_ATTRIBUTES_MAX` variant attributes.
    """
    changes = dict(command.changes)
    if changes.get("variant_attributes") is not None:
        changes["variant_attributes"] = _merged(sku.variant_attributes or {}, changes["variant_attributes"])
    if replace(sku, **changes) == sku:
        return None
    return replace(
        sku,
        **changes,
        last_updated=now,
        last_updated_by=actor.performed_by,
        version=sku.version + 1,
        details_version=sku.details_version + 1,
    )


def _merged(current: Mapping[str, str], patch: Mapping[str, Any]) -> dict[str, str]:
    """Apply a JSON Merge Patch (RFC 7396): None removes an attribute."""
    merged = {name: text for name, text in {**current, **patch}.items() if text is not None}
    if len(merged) > VARIANT_ATTRIBUTES_MAX:
        message = f"would leave {len(merged)} attributes; the maximum is {VARIANT_ATTRIBUTES_MAX}"
        raise InvalidInput([("body.variant_attributes", message)])
    return merged
