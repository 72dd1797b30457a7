"""The supervisor with three small services, as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.children import Child, stop_children
from local.embedded_aws import health_url
from local.environment import embedded_aws_environment
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import HOST, SERVICES
from local.tables import create_tables, missing_tables
from tests.integration.processes import dynamodb, is_open
from tests.local.running_stacks import ENV, ROOT, Start, wait_until


def test_the_ready_message_shows_the_first_commands(start: Start) -> None:
    stack = start().wait_until_ready()
    for name in ("front", *SERVICES):
        assert f"http://{HOST}:{stack.ports[name]}\n" in stack.output
        assert answers_ok(f"http://{HOST}:{stack.ports[name]}/health")
    front_port = stack.ports["front"]
    token = f"make -s token ROLE=vendor VENDOR=VENDOR-001 FRONT_PORT={front_port}"
    assert f"\n  {token}\n" in stack.output
    assert f'-H "Authorization: Bearer $({token})"' in stack.output
    assert f"'http://{HOST}:{stack.ports['catalog']}/products?category=Electronics'" in stack.output


def test_every_service_is_its_own_process_with_its_own_modules(start: Start) -> None:
    stack = start(AWS_PROFILE="nobody", AWS_ENDPOINT_URL="http://elsewhere").wait_until_ready()
    answers = {name: stack.health(name) for name in SERVICES}
    assert {name: answer["answer"] for name, answer in answers.items()} == {name: name for name in SERVICES}
    assert len({answer["pid"] for answer in answers.values()}) == 3
    environment = answers["stock"]["environment"]
    assert environment["AWS_ENDPOINT_URL_DYNAMODB"] == f"http://{HOST}:{stack.ports['aws']}"
    assert "AWS_PROFILE" not in environment
    assert "AWS_ENDPOINT_URL" not in environment


def test_the_tables_exist_when_the_stack_is_ready(start: Start) -> None:
    stack = start().wait_until_ready()
    assert missing_tables(dynamodb(f"http://{HOST}:{stack.ports['aws']}")) == []


@pytest.fixture
def hangup_not_ignored() -> Iterator[None]:
    """Processes that a test starts do not ignore SIGHUP, though those of a run under nohup do."""
    former = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, former)


@pytest.mark.usefixtures("hangup_not_ignored")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(start: Start, number: signal.Signals) -> None:
    stack = start().wait_until_ready()
    processes = stack.descendants()
    assert len(processes) == 8
    stack.process.send_signal(number)
    assert stack.wait_for_exit() == 0
    assert stack.output.endswith("stopping …\n")
    stack.assert_nothing_is_left(processes)
    logs = {path.name: path.read_text() for path in stack.state_folder.glob("logs/*.log")}
    assert len(logs) == 9
    assert not [name for name, log in logs.items() if "Traceback" in log]


@pytest.mark.parametrize("line", ["embedded AWS", "creating the tables", "starting catalog"])
def test_a_signal_during_the_start_stops_everything(start: Start, line: str) -> None:
    stack = start()
    wait_until(lambda: line in stack.output, line)
    stack.process.send_signal(signal.SIGTERM)
    assert stack.wait_for_exit() == 0
    assert not stack.is_ready
    assert not [name for name, port in stack.ports.items() if is_open(port)]


def test_no_child_survives_a_killed_supervisor(start: Start) -> None:
    stack = start().wait_until_ready()
    processes = stack.descendants()
    stack.process.kill()
    stack.wait_for_exit()
    stack.assert_nothing_is_left(processes)


def test_nothing_survives_the_parent_of_the_supervisor(start: Start) -> None:
    # A shell that waits for the supervisor, as make does.
    stack = start("sh", "-c", '"$@"; true', "sh").wait_until_ready()
    processes = stack.descendants()
    assert len(processes) == 9
    stack.process.kill()
    stack.wait_for_exit()
    stack.assert_nothing_is_left(processes)


@pytest.mark.parametrize("name", ["front", "catalog", "stock", "audit", "aws"])
def test_a_port_in_use_is_named_before_anything_starts(start: Start, name: str) -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        stack = start(**{f"{name.upper()}_PORT": str(port)})
        assert stack.wait_for_exit() == 1
    assert stack.output == (
        f"Port {port} ({name}) is in use; stop what listens there or set {name.upper()}_PORT.\n"
    )


def test_a_wrong_setting_is_reported_in_one_sentence(start: Start) -> None:
    stack = start(STOCK_PORT="many")
    assert stack.wait_for_exit() == 1
    assert stack.output == "STOCK_PORT must be a port from 1 to 65535, not 'many'.\n"


def test_a_folder_that_cannot_be_written_is_reported_in_one_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / "state-0").mkdir()
    (tmp_path / "state-0" / "logs").touch()
    stack = start()
    assert stack.wait_for_exit() == 1
    assert stack.output.splitlines()[-1].startswith("The stack cannot run: ")
    assert "Traceback" not in stack.output


def test_a_process_that_ends_stops_the_stack(start: Start) -> None:
    stack = start().wait_until_ready()
    processes = stack.descendants()
    os.kill(stack.health("stock")["pid"], signal.SIGKILL)
    assert stack.wait_for_exit() == 1
    assert "stock has ended (exit code -9)" in stack.output
    stack.assert_nothing_is_left(processes)


def test_a_service_that_cannot_start_is_named_with_the_end_of_its_log(
    start: Start, services_folder: Path
) -> None:
    (services_folder / "audit" / "app.py").write_text("raise RuntimeError('no such table')\n")
    stack = start()
    assert stack.wait_for_exit() == 1
    assert "audit has ended (exit code 1)" in stack.output
    assert "RuntimeError: no such table" in stack.output
    assert not [name for name, port in stack.ports.items() if is_open(port)]


def test_a_service_that_ignores_sigterm_is_killed(start: Start, services_folder: Path) -> None:
    app = services_folder / "audit" / "app.py"
    deaf = "\nimport signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    app.write_text(app.read_text() + deaf)
    stack = start().wait_until_ready()
    processes = stack.descendants()
    stack.process.send_signal(signal.SIGTERM)
    assert stack.wait_for_exit() == 0
    stack.assert_nothing_is_left(processes)


def test_another_dynamodb_on_this_machine_gets_its_tables(start: Start, aws_endpoint: str) -> None:
    stack = start(DYNAMODB_ENDPOINT=aws_endpoint, TABLE_NAME_PREFIX="own-").wait_until_ready()
    assert len(stack.descendants()) == 8
    assert missing_tables(dynamodb(aws_endpoint), "own-") == []
    environment = stack.health("audit")["environment"]
    assert environment["AWS_ENDPOINT_URL_SSM"] == f"http://{HOST}:{stack.ports['aws']}"
    assert "AWS_ENDPOINT_URL_S3" not in environment


def test_a_remote_dynamodb_is_refused_before_anything_starts(start: Start) -> None:
    stack = start(DYNAMODB_ENDPOINT="http://0.0.0.0:9")
    assert stack.wait_for_exit() == 1
    assert stack.output.startswith("DynamoDB at http://0.0.0.0:9 is not on this machine, ")
    assert stack.output.count("\n") == 1


@pytest.fixture
def other_dynamodb(tmp_path: Path) -> Iterator[str]:
    """A DynamoDB that accepts every Host: ministack as it is."""
    port = free_port()
    environment = embedded_aws_environment(port, tmp_path / "other", ENV)
    (tmp_path / "other").mkdir()
    child = Child("other", ["ministack"], environment, tmp_path / "other.log")
    try:
        wait_until(lambda: answers_ok(health_url(port)), "another DynamoDB")
        yield f"http://{HOST}:{port}"
    finally:
        stop_children([child])


def test_a_remote_dynamodb_is_only_checked(start: Start, other_dynamodb: str) -> None:
    # Not a loopback address, but one of this machine.
    remote = other_dynamodb.replace("127.0.0.1", "0.0.0.0")
    own = {
        "ALLOW_REMOTE_DYNAMODB": "1",
        "AWS_ACCESS_KEY_ID": "mine",
        "AWS_SECRET_ACCESS_KEY": "mine",
        "AWS_REGION": "ap-south-1",
        "AWS_DEFAULT_REGION": "ap-south-1",
    }
    stack = start(DYNAMODB_ENDPOINT=remote, **own)
    assert stack.wait_for_exit() == 1
    client = dynamodb(other_dynamodb)
    assert client.list_tables()["TableNames"] == []
    last_line = stack.output.splitlines()[-1]
    assert all(name in last_line for name in missing_tables(client))

    create_tables(client)
    stack = start(DYNAMODB_ENDPOINT=remote, **own).wait_until_ready()
    assert stack.health("catalog")["environment"]["AWS_ACCESS_KEY_ID"] == "mine"


def test_an_unreachable_dynamodb_is_reported_in_one_sentence(start: Start) -> None:
    stack = start(DYNAMODB_ENDPOINT=f"http://{HOST}:{free_port()}")
    assert stack.wait_for_exit() == 1
    assert stack.output.splitlines()[-1].startswith(f"DynamoDB at http://{HOST}:")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_service_can_be_run_by_hand(services_folder: Path, number: signal.Signals) -> None:
    port = free_port()
    folder = ["--services-folder", str(services_folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "local.service", "catalog", "--port", str(port), *folder],
        cwd=ROOT,
        env=ENV,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until(lambda: answers_ok(f"http://{HOST}:{port}/health"), "catalog healthy")
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0
    assert b"Traceback" not in errors
