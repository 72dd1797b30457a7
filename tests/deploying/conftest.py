"""The services' zips, packaged once for this machine, and a way to run programs in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deploying.packaged_services import build, lambda_packages, packages, wheels
from tests.deploying.zip_runner import ZipRunner
from tests.deploying.zips_on_lambda import client, environment, invoke, runtime, tokens

__all__ = [
    "build",
    "client",
    "environment",
    "invoke",
    "lambda_packages",
    "packages",
    "runtime",
    "tokens",
    "wheels",
]


@pytest.fixture
def run(tmp_path: Path, lambda_packages: Path) -> ZipRunner:
    return ZipRunner(tmp_path, lambda_packages)
