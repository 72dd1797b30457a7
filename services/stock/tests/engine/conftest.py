"""Processes that die or run beside others, and the ledger that must be consistent whatever they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ..crashes import MortalClient
from ..large_orders import Ledger
from ..process import Process


@pytest.fixture
def ledger(dynamodb: Any) -> Ledger:
    return Ledger(dynamodb)


@pytest.fixture
def sweeper(process: Process) -> Process:
    """The process of the sweeper."""
    return process.restarted()


@pytest.fixture
def dying(
    process: Process, process_over: Callable[[Any], Process], dynamodb: Any
) -> Callable[[int], Process]:
    """Makes the process one that dies after so many calls of DynamoDB."""
    return lambda calls: replace(process, storage=process_over(MortalClient(dynamodb, calls)).storage)
