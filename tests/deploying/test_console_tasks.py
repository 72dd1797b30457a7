"""What a person sees of plan, deploy, rollback and destroy of the console, whatever Terraform answers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest

from deploy import console, console_smoke
from deploy.console_build import Build, checked
from deploy.console_site import Site
from deploy.console_smoke import check_console
from deploy.errors import DeployError
from local.embedded_aws import embedded_aws
from local.settings import REGION
from tests.deploying.terminal import Terminal

PLANNED = "Terraform will perform the following actions:\n\n  + this\n\nPlan: 1 to add.\n"
UNCHANGED = "No changes. Your infrastructure matches the configuration.\n"
BUCKET = "some-console"
DOMAIN = "d111111abcdef8.cloudfront.net"
SETTINGS = {"sign_in": "hosted", "client_id": "c", "demo": False}
OUTPUTS: dict[str, Any] = {
    "console_url": f"https://{DOMAIN}",
    "distribution_id": "SOMEDISTRIBUTION",
    "distribution_domain": DOMAIN,
    "bucket": BUCKET,
    "served_prefix": "site",
    "configuration": SETTINGS,
    "callback_urls": [f"https://{DOMAIN}/"],
}


class ConsoleTerminal(Terminal):
    """One with a build that npm has made."""

    def builds(self, name: str) -> Build:
        """Let npm make a build with this title."""
        folder = self.folder / name
        (folder / "assets").mkdir(parents=True, exist_ok=True)
        (folder / "assets" / f"{name}-1.js").write_text(name)
        (folder / "index.html").write_text(f'<title>{name}</title><div id="root"></div>')
        self.monkeypatch.setattr(console, "build_console", lambda _: checked(folder))
        return checked(folder)

    def terraform_plans(self, *, changes: bool, outputs: dict[str, Any] = OUTPUTS) -> None:
        printed = json.dumps({name: {"value": value} for name, value in outputs.items()})
        plan = (2, PLANNED, "") if changes else (0, UNCHANGED, "")
        self.terraform_answers(plan=plan, output=(0, printed, ""))


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with embedded_aws(services=None) as endpoint_url:
        yield endpoint_url


@pytest.fixture
def s3(aws_url: str) -> Iterator[Any]:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = boto3.client("s3", endpoint_url=aws_url, region_name=REGION, **keys)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield client
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def terminal(
    tmp_path: Path, aws_url: str, s3: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ConsoleTerminal:
    # The distribution, and what answers through it, are tested with Terraform itself.
    monkeypatch.setattr(console, "check_console", lambda *_: None)
    opened = Site.__init__
    replaced = lambda site, s3, _, outputs: opened(site, s3, Invalidations(), outputs)  # noqa: E731
    monkeypatch.setattr(Site, "__init__", replaced)
    terminal = ConsoleTerminal("console", tmp_path, aws_url, monkeypatch, capsys)
    terminal.terraform_plans(changes=True)
    terminal.builds("one")
    return terminal


class Invalidations:
    """A client of CloudFront that accepts invalidations."""

    def create_invalidation(self, **_: Any) -> None:
        pass


def page(s3: Any) -> str:
    content: bytes = s3.get_object(Bucket=BUCKET, Key="site/index.html")["Body"].read()
    return content.decode()


def test_a_deploy_shows_asks_applies_and_uploads(terminal: ConsoleTerminal, s3: Any) -> None:
    done = terminal.run("deploy", typed="yes\n")
    assert done.returncode == 0, done.stderr
    shown = ["Plan: 1 to add", "The build ", " will be deployed.", "Deploy console on dev?", "answers at"]
    places = [done.stdout.index(text) for text in shown]
    assert places == sorted(places)
    assert done.stdout.endswith(f"console on dev answers at https://{DOMAIN}\n")
    assert terminal.commands() == ["init", "plan", "apply", "output"]
    assert "<title>one</title>" in page(s3)
    assert json.loads(s3.get_object(Bucket=BUCKET, Key="site/config.json")["Body"].read()) == SETTINGS


def test_a_new_build_is_deployed_although_nothing_else_has_changed(
    terminal: ConsoleTerminal, s3: Any
) -> None:
    terminal.run("deploy", YES="1")
    terminal.terraform_plans(changes=False)
    terminal.builds("two")
    done = terminal.run("deploy", YES="1")
    assert done.returncode == 0, done.stderr
    assert terminal.commands()[4:] == ["init", "plan", "output"]
    assert "<title>two</title>" in page(s3)


@pytest.mark.parametrize("task", ["deploy", "destroy"])
@pytest.mark.parametrize("typed", ["", "no\n"])
def test_anything_but_yes_changes_nothing(terminal: ConsoleTerminal, s3: Any, task: str, typed: str) -> None:
    done = terminal.run(task, typed=typed)
    assert (done.returncode, done.stderr) == (1, "Nothing was changed. (YES=1 skips the question.)\n")
    assert terminal.commands() == ["init", "plan"]
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_plan_says_what_would_become_of_the_build(terminal: ConsoleTerminal, s3: Any) -> None:
    done = terminal.run("plan")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Terraform will perform the following actions")
    assert done.stdout.endswith(" would be deployed.\n")
    one = terminal.builds("one")
    terminal.run("deploy", YES="1")
    assert terminal.run("plan").stdout.endswith(f"\nThe {one} is deployed.\n")
    two = terminal.builds("two")
    assert terminal.run("plan").stdout.endswith(
        f"\nThe {two} would be deployed, in the place of {one.build_id}.\n"
    )
    assert "<title>one</title>" in page(s3)


def test_a_plan_before_the_first_deploy_needs_no_bucket(terminal: ConsoleTerminal) -> None:
    terminal.terraform_plans(changes=True, outputs={})
    done = terminal.run("plan")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" would be deployed.\n")


def test_a_rollback_shows_the_build_before_and_packages_nothing(terminal: ConsoleTerminal, s3: Any) -> None:
    one = terminal.builds("one")
    terminal.run("deploy", YES="1")
    two = terminal.builds("two")
    terminal.run("deploy", YES="1")
    terminal.monkeypatch.setattr(console, "build_console", lambda _: pytest.fail("built"))
    refused = terminal.run("rollback", typed="no\n")
    assert refused.returncode == 1
    assert "<title>two</title>" in page(s3)
    done = terminal.run("rollback", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"console: build {two.build_id} → {one.build_id}\n")
    assert done.stdout.endswith(" with the previous build; the next deploy replaces it\n")
    assert "<title>one</title>" in page(s3)
    assert "plan" not in terminal.commands()[8:]


def test_without_a_build_before_a_rollback_says_so(terminal: ConsoleTerminal) -> None:
    one = terminal.builds("one")
    terminal.run("deploy", YES="1")
    done = terminal.run("rollback", YES="1")
    assert (done.returncode, done.stderr) == (1, f"console on dev has no build before {one.build_id}.\n")


def test_without_a_deploy_there_is_nothing_to_roll_back(terminal: ConsoleTerminal) -> None:
    terminal.terraform_plans(changes=True, outputs={})
    done = terminal.run("rollback", YES="1")
    assert (done.returncode, done.stderr) == (1, "console on dev was not found: its state is empty.\n")


def test_a_console_at_which_nobody_can_sign_in_yet_says_what_is_missing(terminal: ConsoleTerminal) -> None:
    terminal.terraform_plans(changes=True, outputs=OUTPUTS | {"callback_urls": ["https://dev.example.org/"]})
    done = terminal.run("deploy", YES="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(
        f"Nobody can sign in there yet: the user pool does not return to https://{DOMAIN}/. "
        "The platform team adds it to web_callback_urls and web_logout_urls in "
        "terraform/platform/stages/dev.tfvars, and applies.\n"
    )


def test_the_target_of_a_domain_is_printed(terminal: ConsoleTerminal) -> None:
    own = {"console_url": "https://stock.example.org", "callback_urls": ["https://stock.example.org/"]}
    terminal.terraform_plans(changes=True, outputs=OUTPUTS | own)
    done = terminal.run("deploy", YES="1")
    assert done.stdout.endswith(
        f"console on dev answers at https://stock.example.org\nThe domain must point at {DOMAIN}.\n"
    )


def test_a_build_that_fails_changes_nothing(terminal: ConsoleTerminal, s3: Any) -> None:
    def fail(_: Path) -> Build:
        raise DeployError("npm run build failed in console:\nno")

    terminal.monkeypatch.setattr(console, "build_console", fail)
    for task in ("plan", "deploy"):
        done = terminal.run(task, YES="1")
        assert (done.returncode, done.stderr) == (1, "npm run build failed in console:\nno\n")
    assert "apply" not in terminal.commands()
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_destroy_builds_nothing_and_refuses_prod(terminal: ConsoleTerminal) -> None:
    terminal.monkeypatch.setattr(console, "build_console", lambda _: pytest.fail("built"))
    done = terminal.run("destroy", YES="1")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "console on dev was destroyed.")
    assert terminal.commands() == ["init", "plan", "apply"]
    refused = terminal.run("destroy", YES="1", STAGE="prod")
    assert (refused.returncode, refused.stderr) == (1, "prod cannot be destroyed by this command.\n")


def test_terraform_gets_the_root_and_the_variables_of_the_console(
    terminal: ConsoleTerminal, aws_url: str
) -> None:
    terminal.run("plan")
    [init, plan, *_] = [json.loads(line) for line in (terminal.folder / "calls").read_text().splitlines()]
    assert f"-backend-config=path={terminal.folder}/states/inventory/dev/service-console.tfstate" in init
    [file] = [argument.removeprefix("-var-file=") for argument in plan if "-var-file=" in argument]
    assert json.loads(Path(file).read_text()) == {
        "stage": "dev",
        "region": REGION,
        "emulator_endpoint": aws_url,
    }
    assert (Path(file).parent / "functions" / "pages.js").is_file()


# The check at the end


class Front:
    """Answers in the place of CloudFront, by path."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {
            "/config.json": (200, json.dumps(SETTINGS).encode()),
            "/overview": (200, b"page"),
        }
        for service in ("audit", "catalog", "stock"):
            health = {"status": "ok", "service": f"inventory-{service}"}
            self.answers[f"/api/{service}/health"] = (200, json.dumps(health).encode())
        self.hosts: set[str] = set()


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Front, str]]:
    front = Front()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = front.answers[self.path]
            front.hosts.add(self.headers["Host"])
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    monkeypatch.setattr(console_smoke, "WAIT_SECONDS", 0)
    monkeypatch.setattr(console_smoke, "_PAUSE_SECONDS", 0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield front, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


FILES: dict[str, Any] = {"config.json": SETTINGS, "index.html": b"page"}


def test_a_console_that_answers_as_it_should_is_accepted(front: tuple[Front, str]) -> None:
    check_console(DOMAIN, FILES, front[1])
    assert front[0].hosts == {DOMAIN}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/config.json", (200, b'{"sign_in": "development"}')),
        ("/config.json", (200, b"<html>")),
        ("/overview", (200, b"the page before")),
        ("/overview", (403, b"page")),
        ("/api/stock/health", (200, b"page")),
        ("/api/audit/health", (502, b"Bad gateway")),
    ],
)
def test_what_answers_otherwise_is_named(
    front: tuple[Front, str], path: str, answer: tuple[int, bytes]
) -> None:
    front[0].answers[path] = answer
    named = rf"https://{DOMAIN}{path} answers {answer[0]} .*`make rollback` restores"
    with pytest.raises(DeployError, match=named):
        check_console(DOMAIN, FILES, front[1])


def test_a_change_may_take_a_while_to_be_seen(
    front: tuple[Front, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = front[0].answers
    right = answers["/overview"]
    answers["/overview"] = (200, b"the page before")
    monkeypatch.setattr(console_smoke, "WAIT_SECONDS", 60)
    monkeypatch.setattr(time, "sleep", lambda _: answers.update({"/overview": right}))
    check_console(DOMAIN, FILES, front[1])
