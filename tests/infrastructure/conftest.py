"""The terraform program, and a platform that it has applied."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from local.children import Child, stop_children
from local.embedded_aws import health_url
from local.environment import embedded_aws_environment
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import HOST
from tests.infrastructure.program import program
from tests.infrastructure.terraform import (
    CLAIMS,
    CONFIGURATION,
    STAGE,
    Cloud,
    Terraform,
    copy_of,
    give,
    variables_of_emulator,
    zip_of,
)
from tests.integration.processes import wait_until
from tests.support.node_on_path import node_on_path

__all__ = ["program"]


def _variables_alone(program: str, folder: Path, root: str) -> Terraform:
    folder.mkdir()
    for source in (CONFIGURATION / root).glob("*variables.tf"):
        shutil.copy(source, folder)
    return Terraform(program, folder)


@pytest.fixture
def variables(program: str, tmp_path: Path) -> Terraform:
    """A folder with the platform's variables alone, which need no provider; a test may change it."""
    terraform = _variables_alone(program, tmp_path / "platform", "platform")
    shutil.copy(CONFIGURATION / "platform" / "tables.auto.tfvars.json", terraform.folder)
    given = f'stage = "{STAGE}"\nclaims_zip = "claims.zip"\n'
    (terraform.folder / "stage.auto.tfvars").write_text(given)
    return terraform


@pytest.fixture
def service_variables(program: str, tmp_path: Path) -> Callable[..., CompletedProcess[str]]:
    """Returns a function that plans a service's variables alone, with given ones and a file of settings."""
    terraform = _variables_alone(program, tmp_path / "service", "service")

    def plan(settings: Path | None = None, **given: Any) -> CompletedProcess[str]:
        if settings is not None:
            shutil.copy(settings, terraform.folder / "stage.auto.tfvars")
        (terraform.folder / "given.auto.tfvars.json").write_text(json.dumps(given))
        return terraform.plan()

    return plan


@pytest.fixture
def with_tables(variables: Terraform) -> Callable[[Callable[[dict[str, Any]], None]], Terraform]:
    """Returns a function that changes the declared tables in that folder."""

    def change(edit: Callable[[dict[str, Any]], None]) -> Terraform:
        file = variables.folder / "tables.auto.tfvars.json"
        declared: dict[str, Any] = json.loads(file.read_text())
        edit(declared["tables"])
        file.write_text(json.dumps(declared))
        return variables

    return change


@pytest.fixture(scope="session")
def configuration(program: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Terraform]:
    """Returns a function that returns an initialised folder of ``terraform/``, in a copy of all of it."""
    folder = tmp_path_factory.mktemp("configuration") / "terraform"
    shutil.copytree(CONFIGURATION, folder, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))

    @cache
    def initialised(name: str) -> Terraform:
        terraform = Terraform(program, folder / name)
        terraform.initialise()
        return terraform

    return initialised


@contextmanager
def _ministack(folder: Path) -> Iterator[str]:
    """Run ministack without the local stack's guard, which refuses the names of distributions."""
    port = free_port()
    folder.mkdir()
    environment = embedded_aws_environment(port, folder, os.environ, None)
    child = Child("aws", ["ministack"], environment, folder / "aws.log")
    try:
        wait_until(lambda: answers_ok(health_url(port)), "embedded AWS ready")
        yield f"http://{HOST}:{port}"
    finally:
        stop_children([child])


@contextmanager
def _applied(program: str, folder: Path, **variables: Any) -> Iterator[Cloud]:
    """Apply the platform to an embedded AWS of its own."""
    with node_on_path(), _ministack(folder / "aws") as endpoint:
        root = copy_of("platform", folder / "terraform")
        platform = Terraform(program, root, variables_of_emulator(endpoint))
        given = {
            "stage": STAGE,
            "table_name_prefix": f"{STAGE}-",
            "claims_zip": str(zip_of(folder / "claims.zip", CLAIMS, "claims.py")),
            "emulator_endpoint": endpoint,
            "deletion_protection": False,
            **variables,
        }
        give(platform, given)
        platform.apply()
        # It is never invoked here, so its content does not matter.
        app = zip_of(folder / "app.zip", CLAIMS, "app.py")
        yield Cloud(endpoint, folder, platform, app)


@pytest.fixture(scope="session")
def cloud(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The platform, applied by Terraform to an embedded AWS; what a test changes of it, others see."""
    variables = {
        "vendor_clients": {"acme-erp": "VENDOR-001"},
        "order_clients": ["web-shop"],
        "order_owners": {"web-shop": ["web", "default"]},
        "maximum_throughput": {"read_units": 2000, "write_units": 1000},
        "gradual_deploys": True,
    }
    with _applied(program, tmp_path_factory.mktemp("cloud"), **variables) as applied:
        yield applied


@pytest.fixture
def cloud_to_restore(program: str, tmp_path: Path) -> Iterator[Cloud]:
    """A platform of a test's own, as small as it can be."""
    with _applied(program, tmp_path, monitoring=False) as applied:
        yield applied
