"""One whole local stack for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.demo_shop import DemoShop, run_demo
from tests.e2e.running_stack import RunningStack
from tests.integration.processes import dynamodb
from tests.integration.shop import Shop, Wire
from tests.support.log_schema import wrong_lines


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    stack = RunningStack(tmp_path_factory.mktemp("stack"))
    try:
        yield stack.wait_until_ready()
        logs = {path.name: path.read_text(errors="replace") for path in stack.output.parent.rglob("*.log")}
        assert not [name for name, text in logs.items() if "Traceback" in text]
        assert not [line for text in logs.values() for line in wrong_lines(text)]
    finally:
        stack.kill_if_running()


@pytest.fixture(scope="session")
def shop(stack: RunningStack) -> Iterator[Shop]:
    wire = Wire(stack.url("front"))
    yield Shop(wire, stack.url("catalog"), stack.url("stock"), stack.url("audit"))
    wire.http.close()


@pytest.fixture(scope="session")
def front_url(stack: RunningStack) -> str:
    """The address that issues tokens."""
    return stack.url("front")


@pytest.fixture(scope="session")
def client(stack: RunningStack) -> Any:
    return dynamodb(stack.url("aws"))


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[RunningStack]:
    """An empty stack for a single test."""
    stack = RunningStack(tmp_path)
    try:
        yield stack.wait_until_ready()
    finally:
        stack.kill_if_running()


@pytest.fixture(scope="session")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    """A stack that starts with the demo shop; loading it is dear, so that two modules share it."""
    stack = RunningStack(tmp_path_factory.mktemp("demo"))
    try:
        yield DemoShop(stack, run_demo(stack.wait_until_ready()))
    finally:
        stack.kill_if_running()
