"""Operations of a stage, against an AWS that answers as each test says."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote

import boto3
import pytest
from botocore.config import Config

from inventory_common.schedules import REPORT_LINES_MAX, Report
from local.ports import free_port
from tools import operations
from tools.operations import FUNCTIONS, main

ROOT = Path(__file__).resolve().parents[2]
CALLER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws-cn:sts::123456789012:assumed-role/inventory-dev-operator/ana</Arn><UserId>A:ana</UserId>
<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
REFUSED = """<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token is expired.</Message>
</Error></ErrorResponse>"""


@dataclass
class FakeAws:
    """What Lambda answers, and the functions that were invoked.

    Attributes
    ----------
    url
        Where it listens.
    status, headers, body
        Lambda's answer.
    seconds
        How long it takes.
    knows_the_caller
        Whether STS accepts the credentials.
    """

    url: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    seconds: float = 0.0
    knows_the_caller: bool = True
    invoked: list[tuple[str, Any]] = field(default_factory=list)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/":
                status = 200 if fake.knows_the_caller else 403
                self.answer(status, {}, (CALLER if fake.knows_the_caller else REFUSED).encode())
                return
            fake.invoked.append((unquote(self.path), json.loads(sent)))
            time.sleep(fake.seconds)
            self.answer(fake.status, fake.headers, json.dumps(fake.body).encode())

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError):  # the command does not wait that long
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeAws(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    _use(monkeypatch, fake.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def _use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let boto3 find this endpoint, and nothing of the person who runs the tests."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": url,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def test_the_stages_own_function_is_invoked_and_its_report_printed(
    aws: FakeAws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.body = Report({}, ["7 SKUs checked: 0 differences.", "another line"]).document()
    assert main(["reconcile", "--stage", "staging"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "reconcile: function inventory-staging-audit-reconcile of account 123456789012 in eu-west-1, "
        f"at {aws.url}",
        "7 SKUs checked: 0 differences.",
        "another line",
    ]
    [(path, event)] = aws.invoked
    name = "arn:aws-cn:lambda:eu-west-1:123456789012:function:inventory-staging-audit-reconcile:live"
    assert path == f"/2015-03-31/functions/{name}/invocations"
    assert event["source"] == "aws.events"


def test_a_report_that_is_not_clean_sets_the_exit_code(aws: FakeAws) -> None:
    aws.body = Report({}, ["1 faults."], is_clean=False).document()
    assert main(["verify-archive", "--stage", "dev"]) == 1


@pytest.mark.parametrize(
    ("status", "headers", "body", "message"),
    [
        (
            404,
            {"x-amzn-ErrorType": "ResourceNotFoundException"},
            {"Message": "Function not found"},
            "inventory-dev-audit-reconcile was not found in account 123456789012 in eu-west-1, at URL. "
            "Check the stage, the account and the region, and whether its service is deployed.",
        ),
        (
            403,
            {"x-amzn-ErrorType": "AccessDeniedException"},
            {"Message": "User: ana is not authorized"},
            "You may not invoke inventory-dev-audit-reconcile; the role inventory-dev-operator may. "
            "AWS: User: ana is not authorized",
        ),
        (
            429,
            {"x-amzn-ErrorType": "TooManyRequestsException"},
            {"Message": "Rate exceeded"},
            "inventory-dev-audit-reconcile was not started: Rate exceeded",
        ),
        (
            200,
            {"X-Amz-Function-Error": "Unhandled"},
            {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 900.00 seconds"},
            "inventory-dev-audit-reconcile failed: Sandbox.Timedout: Task timed out after 900.00 seconds. "
            "Its log is /aws/lambda/inventory-dev-audit-reconcile.",
        ),
        (
            200,
            {"X-Amz-Function-Error": "Unhandled"},
            None,
            "inventory-dev-audit-reconcile failed: It ended without a response. "
            "Its log is /aws/lambda/inventory-dev-audit-reconcile.",
        ),
        (
            200,
            {},
            None,
            "inventory-dev-audit-reconcile returned no report: deploy this version of its service to dev.",
        ),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(
    aws: FakeAws,
    capsys: pytest.CaptureFixture[str],
    status: int,
    headers: dict[str, str],
    body: Any,
    message: str,
) -> None:
    aws.status, aws.headers, aws.body = status, headers, body
    assert main(["reconcile", "--stage", "dev"]) == 4
    assert capsys.readouterr().err == message.replace("URL", aws.url) + "\n"
    assert len(aws.invoked) == 1, "a second attempt would start a second run"


def test_a_function_that_does_not_answer_in_time_may_still_be_running(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    impatient = Config(read_timeout=0.2, retries={"total_max_attempts": 1})
    monkeypatch.setattr(operations, "_CONFIG", impatient)
    aws.seconds = 0.6
    assert main(["reconcile", "--stage", "dev"]) == 4
    assert capsys.readouterr().err.startswith(
        "inventory-dev-audit-reconcile has not answered within 900 seconds, and may still be running."
    )
    assert len(aws.invoked) == 1


def test_credentials_that_aws_refuses_are_named(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.knows_the_caller = False
    assert main(["reconcile", "--stage", "dev"]) == 4
    assert capsys.readouterr().err == "AWS refuses the credentials: The security token is expired.\n"
    assert aws.invoked == []


def test_without_credentials_nothing_is_invoked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _use(monkeypatch, f"http://127.0.0.1:{free_port()}")
    assert main(["reconcile", "--stage", "dev"]) == 4
    assert capsys.readouterr().err == "There are no AWS credentials: sign in, or set AWS_PROFILE.\n"


def test_an_aws_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _use(monkeypatch, f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    assert main(["reconcile", "--stage", "dev"]) == 4
    assert capsys.readouterr().err.startswith("AWS in eu-west-1 cannot be used: Could not connect")


@pytest.mark.parametrize(
    ("stage", "message"),
    [("", "Missing STAGE=NAME; a stage is dev"), ("Dev", "'Dev' is not a stage; a stage is dev")],
)
def test_a_stage_that_cannot_be_one_is_refused(
    stage: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recount", "--stage", stage]) == 4
    assert capsys.readouterr().err.startswith(message)


def test_a_long_report_keeps_its_beginning_and_its_end() -> None:
    lines = [f"line {number}" for number in range(REPORT_LINES_MAX + 50)]
    shown = Report({}, lines).document()["lines"]
    assert len(shown) == REPORT_LINES_MAX
    assert (shown[0], shown[-1]) == (lines[0], lines[-1])
    assert "… 51 lines are left out …" in shown


def test_the_platform_lets_operators_invoke_these_functions() -> None:
    text = (ROOT / "terraform" / "platform" / "operators.tf").read_text(encoding="utf-8")
    granted = text.split("operations = [", 1)[1].split("]", 1)[0]
    assert {name.strip(' "') for name in granted.split(",")} == set(FUNCTIONS.values())
