"""Damages items: every attribute, also within maps, in every way in which somebody could have written it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import deepcopy
from typing import Any, Final, NamedTuple

from inventory_common.items import Item

__all__ = ["DAMAGES", "Damaged", "each_damage", "is_stored"]

DAMAGES: Final[dict[str, dict[str, Any]]] = {
    "a text": {"S": "x"},
    "a fraction": {"N": "1.5"},
    "a negative number": {"N": "-7"},
    "38 digits": {"N": "9" * 38},
    "a number of 120 digits": {"N": "1" + "0" * 120},
    "bytes": {"B": b"x"},
    "a set": {"SS": ["x"]},
    "a list": {"L": [{"N": "1"}]},
    "a map": {"M": {"x": {"N": "1"}}},
    "true": {"BOOL": True},
    "null": {"NULL": True},
}


class Damaged(NamedTuple):
    """A damaged item: what was done to which attribute.

    `is_visible` is whether its type alone shows that no service has written it.
    """

    name: str
    item: Item
    is_visible: bool


def each_damage(
    item: Item,
    kept: Collection[str],
    optional: Collection[str] = (),
    damages: Collection[str] = DAMAGES.keys(),
) -> Iterator[Damaged]:
    """Yield the item with each of its attributes damaged in each way, but for those `kept`, its key.

    The absence of `optional` attributes, also of maps within it, is no damage.
    """
    for path in _paths(item):
        if path[0] in kept:
            continue
        present = _at(item, path)
        for name in damages:
            wrong = DAMAGES[name]
            same_type = wrong.keys() == present.keys()
            if same_type and not wrong.keys() & {"N", "S"}:
                continue
            is_visible = not same_type and not (path[-1] in optional and name == "null")
            yield Damaged(f"{'.'.join(path)}: {name}", _with(item, path, wrong), is_visible)
        yield Damaged(f"{'.'.join(path)}: missing", _with(item, path, None), path[-1] not in optional)


def is_stored(client: Any, table_name: str, item: Item) -> bool:
    """Store an item; return False if an index takes no such key, so that nobody can have written it."""
    try:
        client.put_item(TableName=table_name, Item=item)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        return False
    return True


def _paths(attributes: Item) -> Iterator[tuple[str, ...]]:
    for name, attribute in attributes.items():
        yield (name,)
        for path in _paths(attribute.get("M", {})):
            yield (name, *path)


def _at(item: Item, path: tuple[str, ...]) -> dict[str, Any]:
    attribute: dict[str, Any] = {"M": item}
    for name in path:
        attribute = attribute["M"][name]
    return attribute


def _with(item: Item, path: tuple[str, ...], wrong: dict[str, Any] | None) -> Item:
    changed = deepcopy(item)
    parent = {"M": changed}
    for name in path[:-1]:
        parent = parent["M"][name]
    if wrong is None:
        del parent["M"][path[-1]]
    else:
        parent["M"][path[-1]] = wrong
    return changed
