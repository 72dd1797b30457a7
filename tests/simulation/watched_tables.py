"""The real tables, and every change of an item: its state before and after.

All calls of the simulation go through here.  As one call runs at a time, the changes are those that the
tables' streams would deliver, in the order of commits, without timestamps and sequence numbers.  A priority
lease of a SKU does not count as a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from local.table_definitions import definitions
from tests.integration.ledger_checks import Item, scan, text_of

WRITES = frozenset({"batch_write_item", "delete_item", "put_item", "transact_write_items", "update_item"})
READ_AT_ONCE = 100
LEASE_ATTRIBUTE = "turn_until"

Raw = dict[str, Any]
"""An item in DynamoDB's JSON."""

ItemKey = tuple[str, str, str]
"""The key of an item: its table's declared name, partition key, sort key."""


@dataclass(frozen=True)
class Change:
    """One change of one item, as plain values, and in DynamoDB's JSON as a stream delivers it."""

    key: ItemKey
    before: Item | None
    after: Item | None
    raw_key: Raw
    raw_before: Raw | None
    raw_after: Raw | None


class WatchedTables:
    """Performs calls on tables whose names begin with `prefix`, and keeps a copy of all items."""

    def __init__(self, client: Any, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self._keys = {prefix + name: _key_names(table) for name, table in definitions().items()}
        self._items: dict[ItemKey, Raw] = {}

    def perform(self, operation: str, arguments: Mapping[str, Any]) -> tuple[Any, list[Change]]:
        """Make a call; return its response and the changes.  Errors of the engine are raised."""
        response = getattr(self.client, operation)(**arguments)
        if operation not in WRITES:
            return response, []
        return response, self._changes(dict(self._written_keys(operation, arguments)))

    def item(self, key: ItemKey) -> Item | None:
        """Return the item with this key."""
        return plain(self._items.get(key))

    def items(self) -> Iterator[tuple[ItemKey, Item]]:
        for key, item in self._items.items():
            yield key, _decoded(item)

    def differences(self) -> Iterator[str]:
        """Yield each difference between the tables and the copy of their items."""
        stored: dict[ItemKey, Item] = {}
        for table, names in self._keys.items():
            for item in scan(self.client, table):
                item.pop(LEASE_ATTRIBUTE, None)
                stored[self._key_of(table, [item[name] for name in names])] = item
        for key in sorted(stored.keys() | self._items.keys()):
            if stored.get(key) != self.item(key):
                yield f"{key} is {stored.get(key)}, and was {self.item(key)} after the last call"

    def _written_keys(self, operation: str, arguments: Mapping[str, Any]) -> Iterator[tuple[ItemKey, Raw]]:
        """Yield the key of each item that a call writes, plain and in DynamoDB's JSON."""
        if operation == "transact_write_items":
            actions = [
                action for entry in arguments["TransactItems"] for kind, action in entry.items()
                if kind != "ConditionCheck"
            ]  # fmt: skip
        elif operation == "batch_write_item":
            actions = [
                {"TableName": table, **action}
                for table, entries in arguments["RequestItems"].items()
                for entry in entries
                for action in entry.values()
            ]
        else:
            actions = [dict(arguments)]
        for action in actions:
            names = self._keys[action["TableName"]]
            source = action.get("Key") or action["Item"]
            raw_key = {name: source[name] for name in names}
            yield self._key_of(action["TableName"], [raw_key[name]["S"] for name in names]), raw_key

    def _changes(self, written: Mapping[ItemKey, Raw]) -> list[Change]:
        now = self._read(written)
        changes = []
        for key, raw_key in written.items():
            before, after = self._items.get(key), now.get(key)
            if before == after:
                continue
            if after is None:
                del self._items[key]
            else:
                self._items[key] = after
            changes.append(Change(key, plain(before), plain(after), raw_key, before, after))
        return changes

    def _read(self, requested_keys: Mapping[ItemKey, Raw]) -> dict[ItemKey, Raw]:
        found: dict[ItemKey, Raw] = {}
        keys = list(requested_keys)
        for first in range(0, len(keys), READ_AT_ONCE):
            requested: dict[str, Any] = {}
            for key in keys[first : first + READ_AT_ONCE]:
                table = requested.setdefault(self.prefix + key[0], {"Keys": [], "ConsistentRead": True})
                table["Keys"].append(requested_keys[key])
            response = self.client.batch_get_item(RequestItems=requested)
            assert not response["UnprocessedKeys"]
            for table, items in response["Responses"].items():
                for item in items:
                    item.pop(LEASE_ATTRIBUTE, None)
                    parts = [item[name]["S"] for name in self._keys[table]]
                    found[self._key_of(table, parts)] = item
        return found

    def _key_of(self, table: str, parts: Sequence[str]) -> ItemKey:
        return table.removeprefix(self.prefix), parts[0], parts[1] if len(parts) > 1 else ""


def _key_names(table: Any) -> list[str]:
    sort_key = table.get("sort_key")
    return [table["partition_key"]["name"]] + ([sort_key["name"]] if sort_key else [])


def plain(item: Raw | None) -> Item | None:
    """Decode an item; a number is an int where it has no fraction."""
    return None if item is None else _decoded(item)


def _decoded(item: Raw) -> Item:
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    match value:
        case {"S": text}:
            return text
        case {"BOOL": flag}:
            return flag
        case {"N": number} if number.lstrip("-").isdecimal():
            return int(number)
        case {"B": data}:
            return text_of(data)
        case {"M": members}:
            return {name: _plain(member) for name, member in members.items()}
        case {"L": members}:
            return [_plain(member) for member in members]
        case _:
            return TypeDeserializer().deserialize(value)
