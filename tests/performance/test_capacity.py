"""No operation costs more of DynamoDB than the schema needs: units, calls, items read and written."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any

import pytest

from tests.benchmarks.performance import capacity
from tests.benchmarks.performance.__main__ import RESULTS
from tests.benchmarks.performance.operations import NOT_TIMED, OPERATIONS, Operation

EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
EACH_AND_CHANGES = pytest.mark.parametrize(
    "operation", [*OPERATIONS, *NOT_TIMED], ids=lambda operation: operation.name
)


@EACH_AND_CHANGES
def test_an_operation_takes_the_calls_that_it_may(found: dict[str, Any], operation: Operation) -> None:
    assert len(found[operation.name]["calls"]) == operation.calls


@EACH_AND_CHANGES
def test_an_operation_writes_what_it_must_and_no_more(found: dict[str, Any], operation: Operation) -> None:
    seen = found[operation.name]
    assert capacity.wrote(seen["before"], seen["after"]) == Counter(dict(operation.writes))
    least = capacity.write_floor_of(seen["before"], seen["after"])
    assert capacity.written_of(seen["calls"]) == least


@EACH_AND_CHANGES
def test_an_operation_reads_what_it_must_and_no_more(found: dict[str, Any], operation: Operation) -> None:
    answers = [json.loads(base64.b64decode(answer)) for answer in found[operation.name]["answers"].values()]
    read = sum(
        answer.get("ScannedCount", 0)
        + len(answer.get("Responses", {}).get("VendorInventory", []))
        + ("Item" in answer)
        for answer in answers
    )
    assert read == sum(reads.count for reads in operation.reads)


@EACH
def test_the_committed_figures_are_at_the_floor(operation: Operation) -> None:
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    figures = results["capacity"][operation.name]
    assert figures["measured"] == figures["floor"]
    assert results["round_trips"][operation.name] == operation.calls
