"""All roots of Terraform, applied once to moto with the longest names that their variables allow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws_shapes.applied_roots import Applied, apply_all, moto
from tests.deploying.packaged_services import build, lambda_packages, packages, wheels
from tests.deploying.zips_on_lambda import client, environment, invoke, runtime, tokens
from tests.infrastructure.program import program
from tests.support.needs import need_wheels

__all__ = [
    "build",
    "client",
    "environment",
    "invoke",
    "lambda_packages",
    "packages",
    "program",
    "runtime",
    "tokens",
    "wheels",
]


@pytest.fixture(scope="session")
def applied(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    need_wheels()
    folder = tmp_path_factory.mktemp("applied")
    with moto(folder / "moto") as endpoint:
        yield apply_all(program, folder, endpoint)
