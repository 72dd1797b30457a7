"""A stack into which ``python -m demo`` has loaded the demo shop."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from tests.e2e.running_stack import RunningStack
from tests.integration.processes import ROOT

DEMO_SECONDS = 600


@dataclass(frozen=True)
class DemoShop:
    """The stack, and what the demo printed when it was loaded."""

    stack: RunningStack
    printed: str


def run_demo(stack: RunningStack) -> str:
    urls = {f"{name.upper()}_URL": stack.url(name) for name in ("front", "catalog", "stock", "audit")}
    result = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=stack.environment | urls | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout
