"""Fixtures that several tests of the local stack share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local.embedded_aws import embedded_aws
from local.settings import SERVICES
from tests.local.fake_console import FakeConsole
from tests.local.running_stacks import RunningStack, Start, write_fake_service


@pytest.fixture(scope="session")
def shared_aws() -> Iterator[str]:
    """One embedded AWS for all tests."""
    with embedded_aws() as endpoint_url:
        yield endpoint_url


@pytest.fixture
def aws_endpoint(shared_aws: str) -> Iterator[str]:
    """The embedded AWS, without tables before and after a test."""
    yield shared_aws
    client = boto3.client(
        "dynamodb",
        endpoint_url=shared_aws,
        region_name="ap-south-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)


@pytest.fixture
def services_folder(tmp_path: Path) -> Path:
    """Three small services that are healthy at once."""
    folder = tmp_path / "services"
    for name in SERVICES:
        write_fake_service(folder / name)
    return folder


@pytest.fixture
def start(services_folder: Path, tmp_path: Path) -> Iterator[Start]:
    stacks: list[RunningStack] = []

    def start_stack(*wrapper: str, console: FakeConsole | None = None, **variables: str) -> RunningStack:
        state_folder = tmp_path / f"state-{len(stacks)}"
        stacks.append(RunningStack(services_folder, state_folder, list(wrapper), console, **variables))
        return stacks[-1]

    yield start_stack
    for stack in stacks:
        stack.process.kill()
        stack.process.wait()


@pytest.fixture
def console(tmp_path: Path) -> FakeConsole:
    """Small sources of a console, with a Node.js of their own."""
    return FakeConsole(tmp_path)
