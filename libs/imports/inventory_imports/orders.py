"""Rows of orders, which are recognized by their ids; an order is placed with all lines or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .plans import Action, Existing, Plan, Rejected, shown_plan, sku_of
from .rows import ORDER_ROW

__all__ = ["OrderRules"]


class OrderRules:
    """The rules for orders with any number of lines."""

    name = "orders"
    row_type = ORDER_ROW
    is_atomic = True
    has_parts = True
    identity: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset({"placed", "confirmed", "cancelled", "refunded"})

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the order's id."""
        return str(row.get("order_id", ""))

    def resolved_key(self, row: Mapping[str, Any], existing: Existing) -> str:
        """Return the same key: an order has one id."""
        return self.key(row)

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare an order's rows with the order."""
        for name in ("status", "hold_seconds"):
            if len({row.get(name) for row in rows}) > 1:
                raise Rejected(f"{name}: the order's rows differ")
        units: Counter[str] = Counter()
        for row in rows:
            units[sku_of(row, existing)] += row["quantity"]
        target = {"lines": dict(units), "wanted": rows[0]["status"], "hold": rows[0].get("hold_seconds")}
        order = existing(self.key(rows[0]))
        if order is None:
            return Plan(Action.CREATE, target=target)
        # An export of an order that is settled in part has what it still reserves.
        if target["lines"] not in (order["lines"], order["reserved"]):
            raise Rejected("the order exists with other lines")
        if order["is_open"] and target["wanted"] != "reserved":
            target["confirmed_before"] = order["confirmed_before"]
            return Plan(Action.CHANGE, {"status": [order["status"], target["wanted"]]}, target)
        if not order["is_open"] and order["status"] == "cancelled" and target["wanted"] != "cancelled":
            raise Rejected(f"the order is cancelled: {order['cancel_reason']}")
        if not order["is_open"] and order["confirmed"] and target["wanted"] == "cancelled":
            raise Rejected("the order is confirmed")
        return Plan(Action.NONE, target=target)

    def values(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> dict[str, Any]:
        """Return the lines and the status of a new order."""
        if plan.action is not Action.CREATE:
            return {}
        return {"lines": plan.target["lines"], "status": plan.target["wanted"]}

    def shown(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> str:
        """Return the lines and the status, or the change of the status."""
        return shown_plan(self.values(rows, plan), plan)
