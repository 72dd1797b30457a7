"""A stack into which ``python -m demo`` has loaded the demo shop."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.running_stack import RunningStack
from tests.integration.processes import ROOT, wait_until

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


def load_by_the_front(stack: RunningStack) -> str:
    """Load the demo shop as the console does, and return the report in the loader's log."""
    url = f"{stack.url('front')}/demo"
    started = httpx.post(url, headers={"Origin": stack.url("front")}, trust_env=False)
    assert (started.status_code, started.json()["state"]) == (202, "loading"), started.text

    def state() -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(url, trust_env=False).json()
        return answer

    wait_until(lambda: state()["state"] != "loading", "the demo shop", DEMO_SECONDS)
    last = state()
    assert (last["state"], last["message"]) == ("loaded", None), last
    assert last["done"] == last["total"] > 0
    log = stack.output.parent / "state" / "logs" / "demo.log"
    return log.read_text(encoding="utf-8")
