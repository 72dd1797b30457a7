"""The environment in which tests start ``make run``."""

from __future__ import annotations

import os

__all__ = ["stack_environment"]


def stack_environment() -> dict[str, str]:
    """Return what the stack needs of this process's environment, and that no console is built beside it.

    Building one takes a processor for half a minute; ``tests/console`` has a stack with it.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return inherited | {"CONSOLE": "0"}
