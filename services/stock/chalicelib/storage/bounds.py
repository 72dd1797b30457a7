"""The low-stock bounds of vendors."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

from inventory_common.bound_items import BOUND_SORT, bound_key
from inventory_common.conditions import OLD_IMAGE
from inventory_common.errors import Busy
from inventory_common.ids import is_id
from inventory_common.items import Item, from_item, to_attribute, to_item
from inventory_common.limits import STOCK_MAX
from inventory_common.schema import VENDOR_INVENTORY
from inventory_common.tuning import WRITE_ATTEMPTS_MAX
from inventory_common.values import value

from ..domain.low_stock import LowStockBound
from .database import Database
from .items import SKU_SORT_PREFIX

__all__ = ["BoundStore", "BoundsAndThresholds", "bound_from_item"]

_NO_SKU: Final = -1


class BoundsAndThresholds(NamedTuple):
    """All vendors' bounds, and the highest threshold of each vendor's SKUs."""

    bounds: list[LowStockBound]
    highest_thresholds: dict[str, int]


def bound_from_item(item: Item) -> LowStockBound:
    """Read a bound from its item; one that cannot be read counts as the highest possible: it hides no SKU."""
    vendor_id = item["product_id"]["S"]
    if not _is_readable(item):
        return LowStockBound(vendor_id, STOCK_MAX)
    read = from_item(item, ("bound", "lowering_to", "lowering_at"))
    return LowStockBound(vendor_id, read["bound"], read.get("lowering_to"), read.get("lowering_at"))


def _is_readable(item: Item) -> bool:
    types = {"bound": {"N"}, "lowering_to": {"N"}, "lowering_at": {"S"}}
    return "bound" in item and all(item[name].keys() == types[name] for name in types if name in item)


def _to_item(bound: LowStockBound) -> Item:
    plan = {"lowering_to": bound.lowering_to, "lowering_at": bound.lowering_at}
    return bound_key(bound.vendor_id) | to_item({"bound": bound.bound, **plan})


@value
class BoundStore:
    """Reads and writes bounds."""

    database: Database

    def get(self, vendor_id: str) -> LowStockBound | None:
        """Return a vendor's bound, read consistently; None if the vendor has no SKU yet."""
        item = self.database.get(self.database.inventory, bound_key(vendor_id))
        return None if item is None else bound_from_item(item)

    def raise_to(self, vendor_id: str, threshold: int) -> None:
        """Ensure that a vendor's bound is at least `threshold`, now and after any plan to lower it.

        Raises
        ------
        Busy
            If it keeps being lowered.
        """
        client = self.database.client
        for _ in range(WRITE_ATTEMPTS_MAX):
            arguments: dict[str, Any] = {
                "TableName": self.database.inventory,
                "Key": bound_key(vendor_id),
                "ExpressionAttributeNames": {"#bound": "bound"},
                "ExpressionAttributeValues": {":threshold": to_attribute(threshold)},
            }
            try:
                client.update_item(
                    **arguments,
                    UpdateExpression="SET #bound = :threshold REMOVE lowering_to, lowering_at",
                    ConditionExpression="attribute_not_exists(#bound) OR #bound < :threshold",
                    **OLD_IMAGE,
                )
                return  # raised, and any plan deleted
            except client.exceptions.ConditionalCheckFailedException as error:
                bound = bound_from_item(error.response["Item"])
            if bound.threshold_max >= threshold:
                return  # high enough, and the plan as well
            with suppress(client.exceptions.ConditionalCheckFailedException):
                client.update_item(
                    **arguments,
                    UpdateExpression="REMOVE lowering_to, lowering_at",
                    ConditionExpression="#bound >= :threshold",
                )
                return  # high enough without the plan, which would have lowered it too far
            # It was lowered in between: start over.
        raise Busy("The low-stock bound changes too fast; please try again.")

    def all(self) -> BoundsAndThresholds:
        """Return all bounds and each vendor's highest threshold, by a consistent Scan.

        Bounds and SKUs that cannot be read are left out, and bounds of what can be no vendor.
        """
        bounds: list[LowStockBound] = []
        thresholds: dict[str, int] = {}
        for item in self.database.scan():
            if item["sku"]["S"] == BOUND_SORT:
                if _is_readable(item) and is_id("vendor_id", item["product_id"]["S"]):
                    bounds.append(bound_from_item(item))
            elif item["sku"]["S"].startswith(SKU_SORT_PREFIX):
                vendor_id = item.get("vendor_id", {}).get("S", "")
                threshold = item.get("reorder_threshold", {}).get("N", "")
                if is_id("vendor_id", vendor_id) and threshold.isdecimal():
                    thresholds[vendor_id] = max(int(threshold), thresholds.get(vendor_id, _NO_SKU))
        return BoundsAndThresholds(bounds, thresholds)

    def add_missing(self, bound: LowStockBound) -> bool:
        """Write a vendor's bound if there is none that can be read; return whether it was written."""
        types = {":number": {"S": "N"}, ":text": {"S": "S"}}
        readable = (
            "attribute_type(#bound, :number)"
            " AND (attribute_not_exists(lowering_to) OR attribute_type(lowering_to, :number))"
            " AND (attribute_not_exists(lowering_at) OR attribute_type(lowering_at, :text))"
        )
        return self._put(bound, f"NOT ({readable})", {"#bound": "bound"}, types)

    def compare_and_set(self, bound: LowStockBound, after: LowStockBound) -> bool:
        """Write a bound's next state if the stored one has not changed; return whether it was written."""
        conditions, values = [], {}
        for name, attribute in _to_item(bound).items():
            if name not in VENDOR_INVENTORY.key:
                conditions.append(f"#{name} = :{name}")
                values[f":{name}"] = attribute
        if bound.lowering_at is None:  # an absent attribute cannot be compared
            conditions.append("attribute_not_exists(#lowering_at)")
        names = {f"#{name}": name for name in ("bound", "lowering_at", "lowering_to")}
        condition = " AND ".join(conditions)
        used = {key: name for key, name in names.items() if key in condition}
        return self._put(after, condition, used, values)

    def _put(
        self, bound: LowStockBound, condition: str, names: Mapping[str, str], values: Mapping[str, Any]
    ) -> bool:
        try:
            self.database.client.put_item(
                TableName=self.database.inventory,
                Item=_to_item(bound),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
        except self.database.client.exceptions.ConditionalCheckFailedException:
            return False
        return True
