"""Capacity units and calls of each operation, by the engine's own account, beside their floor."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from local.tables import definitions
from tests.benchmarks.performance.floors import Item, Units, read_units, write_units
from tests.benchmarks.performance.operations import INVENTORY, LOG, OPERATIONS, Operation, Reads

__all__ = ["Found", "measure", "write_floor_of", "written_of", "wrote"]

Found = Mapping[str, Mapping[str, Any]]
"""What `probe.capacity` found, by operation."""

KEYS: Final = {name: [key["name"] for key in (table["partition_key"], table.get("sort_key")) if key]
               for name, table in definitions().items()}  # fmt: skip


def read_of(calls: Sequence[Mapping[str, Any]]) -> Units:
    """Return the units that calls have cost that read, as DynamoDB Local reports them, by table or index."""
    units: Units = defaultdict(int)
    for consumed in consumed_by(calls, transactions=False):
        units[f"{consumed['TableName']} read"] += consumed["Table"]["CapacityUnits"]
        for index, of_index in consumed.get("GlobalSecondaryIndexes", {}).items():
            units[f"{consumed['TableName']}/{index} read"] += of_index["CapacityUnits"]
    return {place: count for place, count in units.items() if count}


def written_of(calls: Sequence[Mapping[str, Any]]) -> Units:
    """Return the units that transactions have cost, as the embedded AWS reports them, by table or index."""
    units: Units = defaultdict(int)
    for consumed in consumed_by(calls, transactions=True):
        units[consumed["TableName"]] += consumed["WriteCapacityUnits"]
        for index, of_index in consumed["GlobalSecondaryIndexes"].items():
            units[f"{consumed['TableName']}/{index}"] += of_index["CapacityUnits"]
    return {place: count for place, count in units.items() if count}


def consumed_by(calls: Sequence[Mapping[str, Any]], *, transactions: bool) -> list[Mapping[str, Any]]:
    """Return what transactions, or other calls, have consumed of each table."""
    chosen = [call for call in calls if (call["name"] == "TransactWriteItems") == transactions]
    return [consumed for call in chosen for consumed in call["consumed"]]


def read_floor_of(operation: Operation, before: Mapping[str, Any]) -> Units:
    """Return the least that an operation can cost by the schema for what it has to read."""
    units: Units = defaultdict(int)
    for reads in operation.reads:
        place = reads.place.split(" ")[0]
        units[f"{place} read"] += read_units(read_items(reads, before), consistent=reads.consistent)
    return units


def write_floor_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> Units:
    """Return the least that can take the tables from one state to the other, in one transaction."""
    units: Units = defaultdict(int)
    for table, old, new in changes(before, after):
        for place, count in write_units(table, definitions()[table], old, new, transacted=True).items():
            units[place] += count
    return units


def wrote(before: Mapping[str, Any], after: Mapping[str, Any]) -> Counter[str]:
    """Return how many items of each kind were written."""
    return Counter(kind_of(table, old or new) for table, old, new in changes(before, after))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the items that differ, as table, image before and image after."""
    found = []
    for table, key in KEYS.items():
        old = {str([item[name] for name in key]): item for item in before[table]}
        new = {str([item[name] for name in key]): item for item in after[table]}
        found += [
            (table, old.get(each), new.get(each))
            for each in sorted(old.keys() | new.keys())
            if old.get(each) != new.get(each)
        ]
    return found


def kind_of(table: str, item: Item) -> str:
    """Return the type of an item, as operations name it."""
    if table == LOG:
        return "record"
    if table != INVENTORY:
        return "product"
    sort_key: str = item["sku"]["S"]
    if not sort_key.startswith("#"):
        return "sku"
    if sort_key.startswith("#SKU-"):
        return "lookup"
    return {"#ORDER": "order", "#MARKER": "idempotency_record", "#LOW-STOCK-BOUND": "bound"}[sort_key]


def read_items(reads: Reads, tables: Mapping[str, Any]) -> list[Item]:
    """Return as many items as are to be read of a place, of the kind that is."""
    place, _, which = reads.place.partition(" ")
    table = place.split("/")[0]
    kind = (
        which
        if which in ("order", "bound", "lookup")
        else {INVENTORY: "sku", LOG: "record"}.get(table, "product")
    )
    items = [item for item in tables[table] if kind_of(table, item) == kind]
    if which == "low":
        items = [
            item for item in items if int(item["current_stock"]["N"]) <= int(item["reorder_threshold"]["N"])
        ]
    return items[: reads.count]


def measure(by_local: Found, by_embedded: Found) -> dict[str, Any]:
    """Return units measured and least, in all and by place, and the calls, by operation.

    DynamoDB Local accounts for reads as DynamoDB does; of a transaction it reports one item of each table.
    The embedded AWS reports all: two units per kilobyte of a table and one of an index, as DynamoDB charges.

    Raises
    ------
    RuntimeError
        If an operation writes other items than it has to.
    """
    capacity = {}
    calls = {}
    for operation in OPERATIONS:
        local, embedded = by_local[operation.name], by_embedded[operation.name]
        written = wrote(embedded["before"], embedded["after"])
        if written != Counter(dict(operation.writes)):
            raise RuntimeError(f"{operation.name} writes {dict(written)}, not {dict(operation.writes)}")
        units = read_of(local["calls"]) | written_of(embedded["calls"])
        floor = read_floor_of(operation, local["before"]) | write_floor_of(
            embedded["before"], embedded["after"]
        )
        capacity[operation.name] = {
            "service": operation.service,
            "measured": sum(units.values()),
            "floor": sum(floor.values()),
            "places": {
                place: {"measured": units.get(place, 0), "floor": floor.get(place, 0)}
                for place in sorted({*units, *floor})
            },
        }
        calls[operation.name] = len(local["calls"])
    return {"capacity": capacity, "round_trips": calls}
