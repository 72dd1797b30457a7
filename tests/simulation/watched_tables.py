"""The real tables, and every change of them: what stood there before, what stands there now.

The simulation's one way to the engine.  As one call runs at a time, the changes are what the tables' streams
would tell, in the order of commits, without their time stamps and numbers.  That somebody takes a turn at a
SKU changes nothing that anybody is told of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from local.table_definitions import definitions
from tests.integration.ledger_checks import Item, scan

WRITES = frozenset({"batch_write_item", "delete_item", "put_item", "transact_write_items", "update_item"})
READ_AT_ONCE = 100
TURN = "turn_until"

Raw = dict[str, Any]
"""An item as DynamoDB's wire has it."""

Place = tuple[str, str, str]
"""Where an item stands: its table's declared name, partition key, sort key."""


@dataclass(frozen=True)
class Change:
    """One change of one item, as plain values; `raw_before` and `raw_after` as a stream has it."""

    place: Place
    before: Item | None
    after: Item | None
    raw_key: Raw
    raw_before: Raw | None
    raw_after: Raw | None


class WatchedTables:
    """Performs calls on tables whose names begin with `prefix`, and remembers all items."""

    def __init__(self, client: Any, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self._keys = {prefix + name: _key_names(table) for name, table in definitions().items()}
        self._items: dict[Place, Raw] = {}

    def perform(self, operation: str, arguments: Mapping[str, Any]) -> tuple[Any, list[Change]]:
        """Do a call; return its answer and what it changed.  Errors of the engine pass through."""
        answer = getattr(self.client, operation)(**arguments)
        if operation not in WRITES:
            return answer, []
        return answer, self._changes(dict(self._written(operation, arguments)))

    def item(self, place: Place) -> Item | None:
        """Return what stands at a place."""
        return plain(self._items.get(place))

    def items(self) -> Iterator[tuple[Place, Item]]:
        for place, item in self._items.items():
            yield place, plain(item)

    def unseen(self) -> Iterator[str]:
        """Yield each difference between the tables and what was seen of them, one sentence each."""
        stored: dict[Place, Item] = {}
        for table, names in self._keys.items():
            for item in scan(self.client, table):
                item.pop(TURN, None)
                stored[self._place(table, [item[name] for name in names])] = item
        for place in sorted(stored.keys() | self._items.keys()):
            if stored.get(place) != self.item(place):
                yield f"{place} is {stored.get(place)}, and was seen last as {self.item(place)}"

    def _written(self, operation: str, arguments: Mapping[str, Any]) -> Iterator[tuple[Place, Raw]]:
        """Yield the place and the key of each item that a call would write."""
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
            key = {name: source[name] for name in names}
            yield self._place(action["TableName"], [key[name]["S"] for name in names]), key

    def _changes(self, written: Mapping[Place, Raw]) -> list[Change]:
        now = self._read(written)
        changes = []
        for place, key in written.items():
            before, after = self._items.get(place), now.get(place)
            if before == after:
                continue
            if after is None:
                del self._items[place]
            else:
                self._items[place] = after
            changes.append(Change(place, plain(before), plain(after), key, before, after))
        return changes

    def _read(self, wanted: Mapping[Place, Raw]) -> dict[Place, Raw]:
        found: dict[Place, Raw] = {}
        places = list(wanted)
        for first in range(0, len(places), READ_AT_ONCE):
            requested: dict[str, Any] = {}
            for place in places[first : first + READ_AT_ONCE]:
                table = requested.setdefault(self.prefix + place[0], {"Keys": [], "ConsistentRead": True})
                table["Keys"].append(wanted[place])
            answer = self.client.batch_get_item(RequestItems=requested)
            assert not answer["UnprocessedKeys"]
            for table, items in answer["Responses"].items():
                for item in items:
                    item.pop(TURN, None)
                    key = [item[name]["S"] for name in self._keys[table]]
                    found[self._place(table, key)] = item
        return found

    def _place(self, table: str, key: Sequence[str]) -> Place:
        return table.removeprefix(self.prefix), key[0], key[1] if len(key) > 1 else ""


def _key_names(table: Any) -> list[str]:
    sort_key = table.get("sort_key")
    return [table["partition_key"]["name"]] + ([sort_key["name"]] if sort_key else [])


def plain(item: Raw | None) -> Any:
    """Decode an item; a number is an int where it has no fraction."""
    return None if item is None else {name: _plain(value) for name, value in item.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    match value:
        case {"S": text}:
            return text
        case {"BOOL": flag}:
            return flag
        case {"N": number} if number.lstrip("-").isdecimal():
            return int(number)
        case {"M": members}:
            return {name: _plain(member) for name, member in members.items()}
        case {"L": members}:
            return [_plain(member) for member in members]
        case _:
            return TypeDeserializer().deserialize(value)
