"""One whole local stack whose front serves the console, for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.running_stack import RunningStack
from tests.integration.processes import wait_until
from tests.support.console_npm import need_packages

BUILT_WITHIN_SECONDS = 180.0


@pytest.fixture(scope="session")
def console_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the console."""
    need_packages()
    stack = RunningStack(tmp_path_factory.mktemp("console"), has_console=True)
    try:
        stack.wait_until_ready()
        wait_until(lambda: "\nThe console" in stack.text(), "the console", BUILT_WITHIN_SECONDS)
        assert "\nThe console is ready: " in stack.text(), stack.text()
        yield stack.url("front")
        logs = {path.name: path.read_text(errors="replace") for path in stack.output.parent.rglob("*.log")}
        assert not [name for name, text in logs.items() if "Traceback" in text]
    finally:
        stack.kill_if_running()
