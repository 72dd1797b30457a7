"""The stores of one process."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap import Storage

from ..process import Process


@pytest.fixture
def storage(process: Process) -> Storage:
    return process.storage
