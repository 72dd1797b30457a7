"""The engines that can do concurrent transactions, by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from local.embedded_aws import embedded_aws
from tests.support.dynamodb_local import dynamodb_local

__all__ = ["ENGINE", "ENGINES", "engine"]

ENGINES = ("dynamodb-local", "embedded")
ENGINE = os.environ.get("ENGINE") or "embedded"
"""That on which the tests of concurrency run."""


@contextmanager
def engine(name: str) -> Iterator[str]:
    """Run one of `ENGINES` for the block, empty and in memory, and yield its endpoint URL."""
    if name == "dynamodb-local":
        with dynamodb_local() as local:
            yield local.url
    else:
        with embedded_aws() as url:
            yield url
