"""What makes the embedded AWS faster answers as its own functions do."""

from __future__ import annotations

import copy
import importlib.util
import json
import time
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from local.emulator_speed import copied, speed_up
from local.table_definitions import definitions
from local.tables import _create_request

EXPRESSIONS = [
    "vendor_id = :a",
    " #name=:a ",
    "vendor_id = :missing",
    "status = :a",
    "vendor_id = :a AND last_updated > :b",
    "vendor_id = :a AND last_updated BETWEEN :b AND :c",
    "vendor_id = :a AND last_updated BETWEEN :c AND :b",
    "attribute_not_exists(vendor_id) OR units < :n",
    "NOT turn_until BETWEEN :b AND :c",
    "((vendor_id = :a))",
    "vendor_id = ",
    "vendor_id :a",
    "begins_with(vendor_id, :n)",
    "size(tags) > :n",
    "",
]
SLOTS = ["ConditionExpression", "KeyConditionExpression", "FilterExpression"]
VALUES = {":a": {"S": "A"}, ":b": {"S": "B"}, ":c": {"S": "C"}, ":n": {"N": "5"}}
NAMES = {"#name": "vendor_id", "#size": "size"}
ITEMS: list[dict[str, Any]] = [
    {},
    {"vendor_id": {"S": "A"}, "last_updated": {"S": "BA"}, "units": {"N": "4"}},
    {"vendor_id": {"S": "B"}, "tags": {"L": [{"S": "x"}, {"M": {"é": {"N": "1.50"}}}]}},
    {"vendor_id": {"N": "1"}, "é": {"S": "ü"}, "flag": {"BOOL": True}, "none": {"NULL": True}},
    {"vendor_id": {"B": "AAEC"}, "set": {"SS": ["a", "é"]}, "numbers": {"NS": ["1", "-2.5"]}},
]
UPDATES = [
    "SET units = units + :n, vendor_id = :a REMOVE last_updated",
    "SET #name = if_not_exists(#name, :b)",
    "ADD units :n",
    "SET size = :a",
    "REMOVE vendor_id",
]


def loaded() -> ModuleType:
    """Return the emulator's DynamoDB as a module of its own."""
    found = importlib.util.find_spec("ministack.services.dynamodb")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def original() -> ModuleType:
    return loaded()


@pytest.fixture(scope="module")
def fast() -> ModuleType:
    module = loaded()
    speed_up(module)
    return module


def result(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns, or how it fails."""
    try:
        return function(*copy.deepcopy(arguments))
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_conditions_are_evaluated_alike(
    original: ModuleType, fast: ModuleType, expression: str, slot: str
) -> None:
    # Twice, and after one that is true: what is cached must not change the result.
    for item in (*ITEMS, *ITEMS):
        arguments = (expression, item, VALUES, NAMES, slot)
        assert result(fast._evaluate_condition, *arguments) == result(
            original._evaluate_condition, *arguments
        )


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize("item", ITEMS)
def test_updates_are_applied_alike(
    original: ModuleType, fast: ModuleType, update: str, item: dict[str, Any]
) -> None:
    for _ in range(2):
        arguments = (item, update, VALUES, NAMES)
        assert result(fast._apply_update_expression, *arguments) == result(
            original._apply_update_expression, *arguments
        )


@pytest.mark.parametrize("item", [*ITEMS, None, {"a": {}}, {"a": {"S": 1}}, {"a": {"N": "x"}}, {"a": "b"}])
def test_items_are_measured_alike(original: ModuleType, fast: ModuleType, item: Any) -> None:
    assert result(fast._item_size_bytes, item) == result(original._item_size_bytes, item)
    for value in (item or {}).values():
        for depth in (1, 32, 33):
            for name in ("_nesting_level", "_nesting_exceeded"):
                arguments = (value, depth)
                assert result(getattr(fast, name), *arguments) == result(getattr(original, name), *arguments)


def test_deep_values_are_measured_alike(original: ModuleType, fast: ModuleType) -> None:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(40):
        value = {"M": {"a": value}}
        assert fast._nesting_level(value) == original._nesting_level(value)
        assert fast._nesting_exceeded(value) == original._nesting_exceeded(value)


@pytest.mark.parametrize(
    "value",
    [*ITEMS, [1, [2.5, None]], ("a", [1]), defaultdict(dict, a={"b": [1]}), {"a": Decimal("1.5")}, b"x"],
)
def test_copies_are_equal_and_share_nothing_that_changes(value: Any) -> None:
    made = copied(value)
    assert made == value
    assert type(made) is type(value)
    if isinstance(value, dict | list) and value:
        assert made is not value


def test_a_query_of_a_vendors_items_takes_less_time(original: ModuleType, fast: ModuleType) -> None:
    """The time of the process, as other work must not decide it."""

    def seconds(module: ModuleType) -> float:
        name, table = "VendorInventory", definitions()["VendorInventory"]
        assert module._create_table(_create_request(name, table))[0] == 200
        for number in range(1_000):
            item = {
                "product_id": {"S": "PROD-1"},
                "sku": {"S": f"SKU-{number:04}"},
                "vendor_id": {"S": "VENDOR-1"},
                "last_updated": {"S": f"{number:06}"},
            }
            assert module._put_item({"TableName": name, "Item": item})[0] == 200
        index = next(
            name
            for name, each in table["global_secondary_indexes"].items()
            if each["partition_key"]["name"] == "vendor_id" and each["projection"] == "ALL"
        )
        request = {
            "TableName": name,
            "IndexName": index,
            "KeyConditionExpression": "vendor_id = :v",
            "ExpressionAttributeValues": {":v": {"S": "VENDOR-1"}},
        }
        began = time.process_time()
        answers = [module._query(copy.deepcopy(request)) for _ in range(3)]
        taken = time.process_time() - began
        assert {json.loads(body)["Count"] for _, _, body in answers} == {1_000}
        return taken

    assert seconds(fast) < 0.7 * seconds(original)
