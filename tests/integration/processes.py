"""Processes of the system that tests start and stop."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import boto3
from botocore.config import Config

from local.environment import front_environment, service_environment
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import DEFAULT_PORTS, HOST, REGION, Settings
from tests.support.stored_ledger_key import ledger_key_environment

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02


class Process:
    """A module of this repository that runs as a process, with its output in a file."""

    def __init__(self, arguments: Iterable[str], environment: Mapping[str, str], output: Path) -> None:
        self.arguments = list(arguments)
        self.output = output
        with output.open("wb") as file:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def text(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        """Stop it and return its exit code."""
        self.popen.terminate()
        try:
            return self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise AssertionError(f"{self.arguments} did not stop:\n{self.text()[-2000:]}") from None
        finally:
            self.close()

    def close(self) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.close()


class Service(Process):
    """The front page, or one process of a service, at a port of its own; it never outlives the tests."""

    def __init__(self, name: str, ports: Mapping[str, int], dynamodb_url: str, folder: Path) -> None:
        port = ports[name] if name == "front" else free_port()
        settings = Settings(ports, dynamodb_url)
        self.url = f"http://{HOST}:{port}"
        if name == "front":
            arguments, environment = ["local.child", "local.front"], front_environment(settings, os.environ)
        else:
            arguments = ["local.child", "local.service", name, "--port", str(port)]
            environment = service_environment(settings, {**os.environ, "TABLE_NAME_PREFIX": ""})
            environment |= {**ledger_key_environment(), "EVENT_BUS": ""}
        super().__init__(arguments, environment, folder / f"{name}-{port}.log")

    def wait_until_healthy(self) -> None:
        def healthy() -> bool:
            assert self.popen.poll() is None, self.text()
            return answers_ok(f"{self.url}/health")

        wait_until(healthy, f"{self.arguments} healthy")


StartServices = Callable[..., list[Service]]
"""Starts services by name, over the `dynamodb_url`."""


def wait_until(condition: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(POLL_SECONDS)


def is_open(port: int) -> bool:
    """Return whether a process listens on a loopback port."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((HOST, port)) == 0


def descendants_of(pid: int) -> set[int]:
    """Return the ids of all processes below one."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    found, parents = set[int](), {pid}
    while parents:
        parents = {child for child, parent in pairs if parent in parents}
        found |= parents
    return found


def distinct_free_ports() -> dict[str, int]:
    while len(set((ports := {name: free_port() for name in DEFAULT_PORTS}).values())) < len(ports):
        pass
    return ports


def dynamodb(endpoint_url: str):  # type: ignore[no-untyped-def]
    """Return a client of the embedded AWS."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(connect_timeout=2, read_timeout=60, max_pool_connections=32),
    )
