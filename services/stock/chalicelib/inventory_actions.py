"""The actions of the transactions that change stock, each with the condition that guards it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, Final

from inventory_common.conditions import OLD_IMAGE, absent_or_expired, versioned_update
from inventory_common.items import AttributeValue, to_attribute, to_item
from inventory_common.products import ACTIVE
from inventory_common.skus import Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import PRIORITY_LEASE_SECONDS
from inventory_common.values import value

from .inventory_items import (
    changed_lines,
    idempotency_record_key,
    order_head,
    order_item,
    order_key,
    part_item,
    part_key,
    sku_key,
)
from .orders import Order
from .snapshot import Commit
from .stock_rules import Movement

__all__ = [
    "NOT_ANOTHERS_TURN",
    "Action",
    "Tables",
    "actions_of",
    "count_of",
    "product_check",
    "sku_put",
    "turn_values",
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
"""What a stock write sets, and nothing else: a PATCH beside it keeps what it set."""

_STOCK_UPDATE: Final = "SET " + ", ".join(f"#{name} = :{name}" for name in _STOCK_ATTRIBUTES)
NOT_ANOTHERS_TURN: Final = "NOT turn_until BETWEEN :now AND :turn_end"
"""True of a SKU that nobody has asked a turn at; a turn of a clock far ahead does not count either."""
_STOCK_UPDATE_NAMES: Final = {f"#{name}": name for name in (*_STOCK_ATTRIBUTES, "version")}


@value
class Tables:
    """The tables' names on this stage."""

    products: str
    inventory: str
    transactions: str


def turn_values(now: str) -> dict[str, AttributeValue]:
    """Return what `NOT_ANOTHERS_TURN` compares with; a turn that is taken now ends at `:turn_end`."""
    return to_item({":now": now, ":turn_end": plus_seconds(now, PRIORITY_LEASE_SECONDS)})


def actions_of(commits: Sequence[Commit], tables: Tables, in_turn: Collection[str] = ()) -> list[Action]:
    """Return the actions that carry out commits, each decided on what the one before it leaves.

    One write for each SKU, however many commits move it; each movement has its log record.  Those of the SKUs
    `in_turn` do not wait for anybody else's turn.
    """
    moved: dict[str, list[Movement]] = {}
    for movement in chain.from_iterable(commit.movements for commit in commits):
        moved.setdefault(movement.after.sku, []).append(movement)
    actions = [_stock_update(movements, tables, sku in in_turn) for sku, movements in moved.items()]
    actions += [_log_put(movement, tables) for movements in moved.values() for movement in movements]
    for commit in commits:
        actions += _order_actions(commit, tables)
        if commit.idempotency_record is not None:
            actions.append(
                commit.idempotency_record.put(
                    tables.inventory, idempotency_record_key(commit.idempotency_record.idempotency_id)
                )
            )
    return actions


def count_of(commits: Sequence[Commit]) -> int:
    """Return how many actions carry out these commits."""
    movements = [movement for commit in commits for movement in commit.movements]
    orders = sum((commit.order is not None) + len(_changed_parts(commit)) for commit in commits)
    idempotency_records = sum(commit.idempotency_record is not None for commit in commits)
    return len({movement.after.sku for movement in movements}) + len(movements) + orders + idempotency_records


def product_check(sku: Sku, tables: Tables) -> Action:
    """Demand that a new SKU's product stands as it was read."""
    return {
        "ConditionCheck": {
            "TableName": tables.products,
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


def sku_put(sku: Sku, tables: Tables) -> Action:
    """Write a SKU that does not exist yet."""
    return {
        "Put": {
            "TableName": tables.inventory,
            "Item": sku.to_item(),
            "ConditionExpression": "attribute_not_exists(product_id)",
            **OLD_IMAGE,
        }
    }


def _stock_update(movements: Sequence[Movement], tables: Tables, is_in_turn: bool) -> Action:
    """Take a SKU from before the first of its movements to after the last."""
    before, after = movements[0].before, movements[-1].after
    values = {f":{name}": to_attribute(getattr(after, name)) for name in _STOCK_ATTRIBUTES}
    values |= {
        ":expected": to_attribute(before.sequence),
        ":chained": to_attribute(before.ledger_hash),
        ":changes": to_attribute(len(movements)),
    }
    # The hash tells two histories of as many records apart: processes remember what a restore has undone.
    condition = "#sequence = :expected AND #ledger_hash = :chained"
    if not is_in_turn:
        condition += f" AND {NOT_ANOTHERS_TURN}"
        values |= turn_values(after.last_updated)
    if any(movement.needs_active for movement in movements):
        # The flags may have changed without a new sequence.
        condition += " AND is_active = :true AND product_is_active = :true"
        values[":true"] = to_attribute(True)
    if any(movement.is_answered for movement in movements):
        condition += " AND #version = :version"
        values[":version"] = to_attribute(before.version)
    return {
        "Update": {
            "TableName": tables.inventory,
            "Key": sku_key(after.product_id, after.sku),
            "UpdateExpression": f"{_STOCK_UPDATE}, #version = #version + :changes REMOVE turn_until",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": _STOCK_UPDATE_NAMES,
            "ExpressionAttributeValues": values,
            **OLD_IMAGE,
        }
    }


def _log_put(movement: Movement, tables: Tables) -> Action:
    return {
        "Put": {
            "TableName": tables.transactions,
            "Item": movement.record.to_item(),
            "ConditionExpression": "attribute_not_exists(transaction_id)",
        }
    }


def _order_actions(commit: Commit, tables: Tables) -> list[Action]:
    """Write an order's own item, whose version guards its parts, and those parts that have changed."""
    order, replaced = commit.order, commit.replaced_order
    if order is None:
        return [] if replaced is None else _order_deletes(replaced, tables)
    parts = [
        {"Put": {"TableName": tables.inventory, "Item": part_item(order, part)}}
        for part in _changed_parts(commit)
    ]
    if replaced is not None:
        return [_order_update(replaced, order, tables), *parts]
    own = {
        "TableName": tables.inventory,
        "Item": order_item(order),
        **absent_or_expired(order.created_at),
        **OLD_IMAGE,
    }
    return [{"Put": own}, *parts]


def _order_update(former: Order, latter: Order, tables: Tables) -> Action:
    """Set what differs in an order's own item: of many lines, one that others want too is sent alone."""
    lines = changed_lines(former, latter)
    update = versioned_update(
        order_head(former),
        order_head(latter),
        within={"lines": lines},
        same=("created_at",),
    )
    return {"Update": {"TableName": tables.inventory, "Key": order_key(latter.order_id), **update}}


def _order_deletes(order: Order, tables: Tables) -> list[Action]:
    own = {
        "TableName": tables.inventory,
        "Key": order_key(order.order_id),
        **_of_version(order),
        **OLD_IMAGE,
    }
    parts = [
        {"Delete": {"TableName": tables.inventory, "Key": part_key(order.order_id, part)}}
        for part in range(1, order.parts + 1)
    ]
    return [{"Delete": own}, *parts]


def _changed_parts(commit: Commit) -> list[int]:
    order, replaced = commit.order, commit.replaced_order
    if order is None or not order.parts:
        return []
    former = {} if replaced is None else replaced.lines
    return sorted({line.part for sku, line in order.lines.items() if former.get(sku) != line})


def _of_version(order: Order) -> dict[str, Any]:
    # An order that is given back goes, and the next one of its id begins at the same version.
    return {
        "ConditionExpression": "#version = :expected AND created_at = :created_at",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {
            ":expected": to_attribute(order.version),
            ":created_at": to_attribute(order.created_at),
        },
    }
