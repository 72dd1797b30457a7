"""``make reconcile`` and its siblings without a running stack, or with another program in its place."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ("reconcile", "verify-archive", "write-digest")


def operate(operation: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "local.operation", operation],
        cwd=ROOT,
        env=inherited | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_without_a_running_stack_an_operation_says_so_in_one_sentence(operation: str) -> None:
    port = free_port()
    ran = operate(operation, AWS_PORT=str(port))
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr == (
        f"No local stack runs here: its DynamoDB does not answer at http://127.0.0.1:{port}; "
        "start it with `make run`.\n"
    )


def test_without_another_dynamodb_its_variable_is_named() -> None:
    endpoint = f"http://localhost:{free_port()}"
    ran = operate("reconcile", DYNAMODB_ENDPOINT=endpoint)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr == f"No DynamoDB answers at {endpoint}, the DYNAMODB_ENDPOINT.\n"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_dynamodb_without_tables_is_named_and_the_fault_is_one_line(
    aws_endpoint: str, operation: str
) -> None:
    ran = operate(operation, AWS_PORT=aws_endpoint.rpartition(":")[2])
    assert ran.returncode == 4, ran.stderr
    assert ran.stdout == f"{operation}: local stack, DynamoDB at {aws_endpoint}\n"
    last = ran.stderr.splitlines()[-1]
    assert last.startswith(f"{operation} could not be finished: ")
    assert "Traceback" not in ran.stderr


class _Silent(http.server.BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def web_server() -> Iterator[int]:
    """Another program: it answers every POST with 501 and a page."""
    server = http.server.HTTPServer(("127.0.0.1", 0), _Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_another_program_is_reported_in_one_line(web_server: int, operation: str) -> None:
    ran = operate(operation, AWS_PORT=str(web_server))
    assert ran.returncode == 4, ran.stderr
    assert ran.stdout == f"{operation}: local stack, DynamoDB at http://127.0.0.1:{web_server}\n"
    assert ran.stderr.splitlines()[-1].startswith(f"{operation} could not be finished: ")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("operation", ["verify-archive", "write-digest"])
def test_an_operation_without_an_archive_says_so(aws_endpoint: str, operation: str) -> None:
    """With another DynamoDB than the embedded one there is no archive."""
    ran = operate(operation, DYNAMODB_ENDPOINT=aws_endpoint, TABLE_NAME_PREFIX="own-")
    assert ran.returncode == 4, ran.stderr
    assert ran.stdout == f"{operation}: local stack, DynamoDB at {aws_endpoint}, tables own-*\n"
    assert ran.stderr.splitlines()[-1].startswith(f"{operation} could not be finished: ")
    assert "Traceback" not in ran.stderr
