"""The requests that execute what is planned, and those that take it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory_common.ids import StockKey

from .in_memory import PlannedUnit
from .plans import Action, Rules, merge_patch
from .resources import ACTIVE_FLAG, PRODUCT, SKU
from .stock import request_key

__all__ = ["command_of"]


def command_of(rules: Rules, unit: PlannedUnit, import_key: str) -> dict[str, Any]:
    """Return the command of a planned import unit.

    It has what it does, ``do``, and what that requires:

    ==================  ==============================================================================
    ``create_product``  ``body``, ``deactivates`` if it is inactive in the file
    ``change_product``  ``product_id``, ``version``, ``body``, and ``before`` to take it back
    ``create_sku``      ``product_id``, ``sku``, ``body``, ``deactivates``
    ``change_sku``      ``product_id``, ``sku``, ``version`` (of its details), ``body``, ``before``
    ``change_stock``    ``body``, a member of ``POST /stock/batch``, and ``reference``
    ==================  ==============================================================================

    Parameters
    ----------
    import_key
        What the Idempotency-Keys of this import begin with; those of the stock are the same in each import.
    """
    key = f"import-{import_key}-{unit.number}"
    match rules.name:
        case "products":
            return _of_product(unit, key)
        case "skus":
            return _of_sku(unit, key)
        case "stock":
            return _of_stock(unit)
        case name:
            raise ValueError(f"{name} are not imported here")


def _of_product(unit: PlannedUnit, key: str) -> dict[str, Any]:
    row, target = unit.rows[0], unit.plan.target
    if unit.plan.action is Action.CREATE:
        body = {name: row[name] for name in PRODUCT.created if name in row}
        return {
            "do": "create_product",
            "key": key,
            "body": body,
            "deactivates": row.get(ACTIVE_FLAG) is False,
        }
    return {
        "do": "change_product",
        "key": key,
        "product_id": target["product_id"],
        "version": target["version"],
        **_patches(unit.plan.differences),
    }


def _of_sku(unit: PlannedUnit, key: str) -> dict[str, Any]:
    row = unit.rows[0]
    product_id, sku = StockKey.of(unit.plan.target["sku"])
    named = {"key": key, "product_id": product_id, "sku": sku}
    if unit.plan.action is Action.CREATE:
        body = {"sku": sku} | {name: row[name] for name in SKU.created if name in row}
        return {"do": "create_sku", **named, "body": body, "deactivates": row.get(ACTIVE_FLAG) is False}
    return {
        "do": "change_sku",
        **named,
        "version": unit.plan.target["details_version"],
        **_patches(unit.plan.differences),
    }


def _patches(differences: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merge patches to what is after, and back to what was before."""
    return {
        "body": merge_patch(differences),
        "before": merge_patch({name: (after, before) for name, (before, after) in differences.items()}),
    }


def _of_stock(unit: PlannedUnit) -> dict[str, Any]:
    target = unit.plan.target
    product_id, sku = StockKey.of(target["sku"])
    body: dict[str, Any] = {"product_id": product_id, "sku": sku, "notes": target["notes"]}
    if "counted_stock" in target:
        body |= {
            "type": "adjustment",
            "counted_stock": target["counted_stock"],
            "expected_stock": unit.plan.differences["current_stock"][0],
            "idempotency_key": request_key(sku, target["notes"], target["undone"], target["since"]),
        }
    else:
        body |= {
            "type": "restock",
            "quantity": target["quantity"],
            "idempotency_key": request_key(sku, target["reference"], target["undone"]),
        }
    return {
        "do": "change_stock",
        "key": body["idempotency_key"],
        "reference": target["reference"],
        "product_id": product_id,
        "sku": sku,
        "body": body,
    }
