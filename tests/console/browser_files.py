"""The files of ``console/browser``: each is run in a real browser against a running stack."""

from __future__ import annotations

import re
from typing import Final

from local.console.sources import CONSOLE
from tests.e2e.browser import need_browser
from tests.support.budgets import Machine
from tests.support.console_npm import assert_passes

FILES: Final = sorted(path.relative_to(CONSOLE).as_posix() for path in CONSOLE.glob("browser/**/*.test.ts"))
OF_THE_INVENTORY: Final = [file for file in FILES if re.search("/(import|inventory|sign_in|stocktake)", file)]
"""They take as long as all others."""
OTHERS: Final = [file for file in FILES if file not in OF_THE_INVENTORY]
MINUTES: Final = 6
SAMPLES: Final = 3


def assert_file_passes(file: str, console_url: str) -> None:
    """Run a file; all of its tests must run and pass."""
    printed = assert_passes(
        *("run", "test:browser", "--", file),
        timeout_seconds=MINUTES * 60,
        CONSOLE_URL=console_url,
        CHROMIUM=need_browser(),
        CONSOLE_SLOWNESS=f"{slowness():.2f}",
    )
    assert re.search(r"Tests +\d+ passed \(\d+\)", printed), f"a test was left out:\n{printed}"


def slowness() -> float:
    """Return how much slower this machine is now than a quiet one, for goals in seconds."""
    machine = Machine()
    for _ in range(SAMPLES):
        machine.sample()
    return machine.factor
