"""The actions of the transaction that commits write sets, each with the condition that guards it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from botocore.exceptions import ClientError

from inventory_common.barcode_lookups import barcode_partition, lookup_key
from inventory_common.change_ids import change_slot
from inventory_common.conditions import (
    OLD_IMAGE,
    absent_or_expired,
    failed_conditions,
    is_in_conflict,
    versioned_update,
)
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey
from inventory_common.items import AttributeValue, Item, from_item, to_attribute, to_item
from inventory_common.order_items import order_key, part_key
from inventory_common.products import ACTIVE
from inventory_common.seals import SEAL_ATTRIBUTES
from inventory_common.skus import FIRST_DETAILS_VERSION, Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import PRIORITY_LEASE_SECONDS

from ..domain.decisions import WriteSet
from ..domain.orders import Order
from ..domain.stock_rules import StockMovement
from .database import Database
from .items import idempotency_record_key, is_order, sku_key
from .order_items import changed_lines, order_attributes, order_to_item, part_to_item

__all__ = [
    "LEASE_ATTRIBUTE",
    "NOT_LEASED",
    "Action",
    "actions_of",
    "barcode_writes",
    "count_actions",
    "details_update",
    "idempotency_record_put",
    "is_leased_by_another",
    "lease_values",
    "movements_by_sku",
    "product_check",
    "returned_images",
    "sku_put",
    "writes_order",
]

Action = dict[str, Any]
"""One entry of TransactItems."""

_STOCK_ATTRIBUTES: Final = (
    "current_stock",
    "reserved_stock",
    "available_stock",
    "last_updated",
    "last_updated_by",
    "sequence",
    "ledger_hash",
    "last_transaction_at",
    "last_transaction_id",
)
"""Only these are set by a stock write, so that it does not overwrite a concurrent change of other attributes.
"""
_STOCK_UPDATE: Final = "SET " + ", ".join(f"#{name} = :{name}" for name in _STOCK_ATTRIBUTES)
_STOCK_UPDATE_NAMES: Final = {f"#{name}": name for name in (*_STOCK_ATTRIBUTES, "version")}

_STAMPS: Final = frozenset({"last_updated", "last_updated_by", "version", "details_version"})
"""Set by every change of attributes, whatever they were before."""

LEASE_ATTRIBUTE: Final = "turn_until"
NOT_LEASED: Final = f"NOT {LEASE_ATTRIBUTE} BETWEEN :now AND :too_far"
"""True of a SKU on which no other writer holds a priority lease.

A lease that ends later than twice its length from now was taken by a clock that is ahead, and does not count.
Once its length would not do: a writer reads its clock before it decides, and others may take a lease until it
writes.
"""


def lease_values(now: str) -> dict[str, AttributeValue]:
    """Return the values that `NOT_LEASED` compares with."""
    return to_item({":now": now, ":too_far": plus_seconds(now, 2 * PRIORITY_LEASE_SECONDS)})


def is_leased_by_another(image: Item, movements: Sequence[StockMovement]) -> bool:
    """Return whether the condition of a SKU's stock update failed only because of a priority lease.

    `image` is the item that the failed condition returned.
    """
    # No other attribute matters, and another one may be of a type that cannot be read.
    stored = from_item(
        image, ("sequence", "ledger_hash", "is_active", "product_is_active", "version", LEASE_ATTRIBUTE)
    )
    before = movements[0].before
    unchanged = (stored["sequence"], stored["ledger_hash"]) == (before.sequence, before.ledger_hash)
    active = stored["is_active"] and stored["product_is_active"]
    same_version = stored["version"] == before.version
    return (
        LEASE_ATTRIBUTE in stored
        and unchanged
        and (active or not any(movement.needs_active for movement in movements))
        and (same_version or not any(movement.returns_sku for movement in movements))
    )


def returned_images(cancelled: ClientError, actions: Sequence[Action]) -> dict[int, Item]:
    """Return the items that the failed conditions of a cancelled transaction returned, by action.

    The condition on an order that was removed fails without an item.  If no condition returned an item and no
    order was removed, a log record exists that its SKU does not count: a bug, so the error is raised again.
    """
    failed = failed_conditions(cancelled)
    images = {position: item for position, item in failed.items() if item}
    order_removed = any(writes_order(actions[position]) for position, item in failed.items() if not item)
    if failed and not images and not order_removed and not is_in_conflict(cancelled):
        raise cancelled
    return images


def movements_by_sku(write_sets: Iterable[WriteSet]) -> dict[StockKey, list[StockMovement]]:
    """Return the movements of write sets by SKU, in their order."""
    moved: dict[StockKey, list[StockMovement]] = {}
    for movement in chain.from_iterable(write_set.movements for write_set in write_sets):
        moved.setdefault(movement.key, []).append(movement)
    return moved


def actions_of(
    write_sets: Sequence[WriteSet], database: Database, leased: Collection[StockKey] = ()
) -> list[Action]:
    """Return the actions that commit write sets, each decided on the result of the previous one.

    A SKU is written once, however many write sets change it; each movement has its own log record.  `leased`
    are the SKUs on which the writer holds priority leases.
    """
    moved = movements_by_sku(write_sets)
    actions = [_stock_update(movements, database, key in leased) for key, movements in moved.items()]
    actions += [_log_put(movement, database) for movements in moved.values() for movement in movements]
    for write_set in write_sets:
        actions += _order_actions(write_set, database)
        if write_set.idempotency_record is not None:
            actions.append(idempotency_record_put(write_set.idempotency_record, database))
    return actions


def count_actions(write_sets: Sequence[WriteSet]) -> int:
    """Return the number of actions that commit write sets which remove no order: that of `actions_of`."""
    moved = movements_by_sku(write_sets)
    orders = sum((each.order is not None) + len(_changed_parts(each)) for each in write_sets)
    records = sum(each.idempotency_record is not None for each in write_sets)
    return len(moved) + sum(map(len, moved.values())) + orders + records


def product_check(sku: Sku, database: Database) -> Action:
    """Return the check that the product of a new SKU has not changed since it was read."""
    return {
        "ConditionCheck": {
            "TableName": database.products,
            "Key": to_item({"product_id": sku.product_id}),
            "ConditionExpression": "is_active = :active AND vendor_id = :vendor AND #version = :version",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {
                ":active": to_attribute(ACTIVE),
                ":vendor": to_attribute(sku.vendor_id),
                ":version": to_attribute(sku.product_version),
            },
            **OLD_IMAGE,
        }
    }


def sku_put(sku: Sku, database: Database) -> Action:
    """Return the put of a SKU that does not exist yet."""
    return {
        "Put": {
            "TableName": database.inventory,
            "Item": sku.to_item(),
            "ConditionExpression": "attribute_not_exists(product_id)",
            **OLD_IMAGE,
        }
    }


def details_update(before: Sku, after: Sku, change_id: str, database: Database) -> Action:
    """Return the update of the attributes, other than the stock, in which a SKU and its next version differ.

    Its conditions are on these attributes and on `details_version`: a sale in between does not invalidate it.
    """
    former, latter = before.to_item(), after.to_item()
    changed = [name for name in dict.fromkeys((*former, *latter)) if former.get(name) != latter.get(name)]
    changed = [name for name in changed if name not in _STAMPS]
    new = {name: latter[name] for name in (*changed, "last_updated", "last_updated_by") if name in latter}
    new |= {"details_version": latter["details_version"], **change_slot(after.details_version, change_id)}
    removed = [name for name in changed if name not in latter]
    values = {f":{name}": attribute for name, attribute in new.items()}
    values |= {":one": to_attribute(1), ":seen": to_attribute(before.details_version)}
    conditions = ["#details_version = :seen"]
    if before.details_version == FIRST_DETAILS_VERSION:
        # A SKU that was stored before this attribute existed does not have it.
        conditions = [
            "attribute_exists(sku)",
            "(attribute_not_exists(#details_version) OR #details_version = :seen)",
        ]
    for name in changed:
        if name in former:
            conditions.append(f"#{name} = :former_{name}")
            values[f":former_{name}"] = former[name]
        else:
            conditions.append(f"attribute_not_exists(#{name})")
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in new) + ", #version = #version + :one"
    if removed:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    return {
        "Update": {
            "TableName": database.inventory,
            "Key": sku_key(before.key),
            "UpdateExpression": expression,
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {f"#{name}": name for name in (*new, *removed, "version")},
            "ExpressionAttributeValues": values,
            **OLD_IMAGE,
        }
    }


def barcode_writes(before: Sku | None, after: Sku, database: Database) -> list[Action]:
    """Return the writes of lookup items between two versions of a SKU; None is that before its creation.

    They need no conditions: the write of the SKU in the same transaction requires its former barcode.
    """
    former, latter = None if before is None else _lookup_key(before), _lookup_key(after)
    if former == latter:
        return []
    actions: list[Action] = []
    if former is not None:
        actions.append({"Delete": {"TableName": database.inventory, "Key": former}})
    if latter is not None:
        actions.append({"Put": {"TableName": database.inventory, "Item": latter}})
    return actions


def idempotency_record_put(record: IdempotencyRecord, database: Database) -> Action:
    """Return the put of an idempotency record; it fails if an unexpired one exists."""
    return record.put(database.inventory, idempotency_record_key(record.idempotency_id))


def writes_order(action: Action) -> bool:
    """Return whether an action writes the main item of an order."""
    [write] = action.values()
    key: Item = write.get("Item") or write["Key"]
    return is_order(key)


def _lookup_key(sku: Sku) -> Item | None:
    if sku.barcode is None:
        return None
    return lookup_key(barcode_partition(sku.vendor_id, sku.barcode), sku.sku)


def _stock_update(movements: Sequence[StockMovement], database: Database, is_leased: bool) -> Action:
    """Return the update of a SKU from before the first of its movements to after the last."""
    before, after = movements[0].before, movements[-1].after
    values = {f":{name}": to_attribute(getattr(after, name)) for name in _STOCK_ATTRIBUTES}
    values |= {
        ":expected": to_attribute(before.sequence),
        ":chained": to_attribute(before.ledger_hash),
        ":changes": to_attribute(len(movements)),
    }
    # The hash too: after a restore, another history may have the same length as the one that a process has
    # cached.
    condition = "#sequence = :expected AND #ledger_hash = :chained"
    if not is_leased:
        condition += f" AND {NOT_LEASED}"
        values |= lease_values(after.last_updated)
    if any(movement.needs_active for movement in movements):
        # Both flags can change without a new sequence.
        condition += " AND is_active = :true AND product_is_active = :true"
        values[":true"] = to_attribute(True)
    if any(movement.returns_sku for movement in movements):
        condition += " AND #version = :version"
        values[":version"] = to_attribute(before.version)
    return {
        "Update": {
            "TableName": database.inventory,
            "Key": sku_key(after.key),
            "UpdateExpression": f"{_STOCK_UPDATE}, #version = #version + :changes REMOVE {LEASE_ATTRIBUTE}",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": _STOCK_UPDATE_NAMES,
            "ExpressionAttributeValues": values,
            **OLD_IMAGE,
        }
    }


def _log_put(movement: StockMovement, database: Database) -> Action:
    return {
        "Put": {
            "TableName": database.transactions,
            "Item": movement.record.to_item(),
            "ConditionExpression": "attribute_not_exists(transaction_id)",
        }
    }


def _order_actions(write_set: WriteSet, database: Database) -> list[Action]:
    """Return the write of an order's main item, whose version protects its parts, and the changed parts."""
    order, replaced = write_set.order, write_set.replaced_order
    if order is None:
        return (
            []
            if replaced is None
            else [_order_delete(replaced, database), *_part_deletes(replaced, database)]
        )
    if order.is_tombstone and replaced is not None and not replaced.is_tombstone:
        # A tombstone has no lines: an update, which sets lines, would leave those of the order.
        put = {
            "TableName": database.inventory,
            "Item": database.sealed(order_to_item(order)),
            **_unchanged(replaced),
            **OLD_IMAGE,
        }
        return [{"Put": put}, *_part_deletes(replaced, database)]
    parts = [
        {"Put": {"TableName": database.inventory, "Item": database.sealed(part_to_item(order, part))}}
        for part in _changed_parts(write_set)
    ]
    if replaced is not None:
        return [_order_update(replaced, order, database), *parts]
    own = {
        "TableName": database.inventory,
        "Item": database.sealed(order_to_item(order)),
        **absent_or_expired(order.created_at),
        **OLD_IMAGE,
    }
    return [{"Put": own}, *parts]


def _order_update(before: Order, after: Order, database: Database) -> Action:
    """Return the update of the changed attributes and lines of an order's main item, and of its seal."""
    whole = database.sealed(order_to_item(after))
    seal = {name: whole[name] for name in SEAL_ATTRIBUTES}
    update = versioned_update(
        order_attributes(before),
        order_attributes(after) | seal,
        within={"lines": changed_lines(before, after)},
        same=("created_at",),
    )
    return {"Update": {"TableName": database.inventory, "Key": order_key(after.order_id), **update}}


def _order_delete(order: Order, database: Database) -> Action:
    return {
        "Delete": {
            "TableName": database.inventory,
            "Key": order_key(order.order_id),
            **_unchanged(order),
            **OLD_IMAGE,
        }
    }


def _part_deletes(order: Order, database: Database) -> list[Action]:
    return [
        {"Delete": {"TableName": database.inventory, "Key": part_key(order.order_id, part)}}
        for part in range(1, order.parts + 1)
    ]


def _changed_parts(write_set: WriteSet) -> list[int]:
    order, replaced = write_set.order, write_set.replaced_order
    if order is None or not order.parts:
        return []
    before = {} if replaced is None else replaced.lines
    return sorted({line.part for key, line in order.lines.items() if before.get(key) != line})


def _unchanged(order: Order) -> Mapping[str, Any]:
    # The version is not enough: after an order was removed, the next one of its id starts at version 1 again.
    return {
        "ConditionExpression": "#version = :expected AND created_at = :created_at",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {
            ":expected": to_attribute(order.version),
            ":created_at": to_attribute(order.created_at),
        },
    }
