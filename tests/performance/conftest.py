"""What the operations do on the embedded AWS, once for all tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks.performance.__main__ import found_on


@pytest.fixture(scope="session")
def found() -> dict[str, Any]:
    """What each operation did on the embedded AWS."""
    return found_on("embedded")
