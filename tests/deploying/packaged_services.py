"""The services' zips, packaged once for this machine: fixtures of tests that look into them or run them."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.package import Package, package_service
from deploy.target import Target
from tests.deploying.lambda_runtime import link_packages
from tests.support.needs import need_wheels

LAMBDA_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")


@pytest.fixture(scope="session")
def wheels() -> None:
    """The wheels of the zips, without which nothing can be packaged."""
    need_wheels()


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, wheels: None) -> Path:
    return tmp_path_factory.mktemp("build")


@pytest.fixture(scope="session")
def packages(build: Path) -> dict[str, Package]:
    """All three services, for the Python and the processor of this machine."""
    return {name: package_service(name, Target.native(), build) for name in ("catalog", "stock", "audit")}


@pytest.fixture(scope="session")
def lambda_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the libraries that Lambda provides, and nothing else of this machine."""
    return link_packages(LAMBDA_HAS, tmp_path_factory.mktemp("lambda"))
