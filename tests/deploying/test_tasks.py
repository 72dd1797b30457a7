"""What a person sees of plan, deploy and destroy, whatever Terraform answers."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy import gradual
from deploy import package as packaging
from deploy.gradual import Shift
from deploy.package import Package
from deploy.rollback import ALIAS
from deploy.stage import DEFAULT_REGION, Deployment
from deploy.target import Target
from local.embedded_aws import embedded_aws
from local.ports import free_port
from tests.deploying.small_api import small_api
from tests.deploying.terminal import Terminal

PLANNED = (
    "module.service.data.aws_ssm_parameter.this: Reading...\n"
    "\nTerraform will perform the following actions:\n\n  + aws_lambda_function.api\n\nPlan: 1 to add.\n"
)
UNCHANGED = "module.x: Refreshing state...\n\nNo changes. Your infrastructure matches the configuration.\n\n"
UNCHANGED += "Terraform has compared your real infrastructure and found no differences.\n"
NAMES = "services are audit, catalog, console, stock.\n"
NOTHING_CHANGED = "Nothing was changed. (YES=1 skips the question.)\n"


def framed(*lines: str) -> str:
    """Put an error into the frame that Terraform draws around it."""
    return "╷\n" + "".join(f"│ {line}\n" for line in lines) + "╵\n"


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with embedded_aws(services=None) as endpoint_url:
        yield endpoint_url


@pytest.fixture(scope="module")
def api_url() -> Iterator[str]:
    """An API that answers as the audit service does."""
    with small_api("audit") as api:
        yield api.url


@pytest.fixture
def terminal(
    tmp_path: Path,
    aws_url: str,
    api_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    # What is packaged and how is tested elsewhere.
    package = Package("audit", tmp_path / "audit.zip", tmp_path / "audit.tfvars.json", Target.native())
    package.zip_path.write_bytes(b"a zip")
    monkeypatch.setattr(packaging, "package_all", lambda *_: [package])
    terminal = Terminal("audit", tmp_path, aws_url, monkeypatch, capsys)
    outputs = json.dumps({"api_url": {"value": api_url, "sensitive": False}})
    terminal.terraform_answers(plan=(2, PLANNED, ""), output=(0, outputs, ""))
    return terminal


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"SERVICE": ""}, "Missing SERVICE=NAME; services are audit, catalog, console, stock.\n"),
        (
            {"SERVICE": "stocc"},
            "Service 'stocc' was not found; services are audit, catalog, console, stock.\n",
        ),
        (
            {"SERVICE": "../stock"},
            "Service '../stock' was not found; services are audit, catalog, console, stock.\n",
        ),
        (
            {"STAGE": ""},
            "Missing STAGE=NAME; a stage is dev, staging, prod, or 2 to 12 of a-z and 0-9.\n",
        ),
        (
            {"STAGE": "Dev"},
            "'Dev' is not a stage; a stage is dev, staging, prod, or 2 to 12 of a-z and 0-9.\n",
        ),
        (
            {"STATE_FOLDER": ""},
            "Missing STATE_BUCKET=NAME, the platform team's S3 bucket, "
            "or STATE_FOLDER=PATH for a state on this machine; only one of the two is allowed.\n",
        ),
        (
            {"STATE_BUCKET": "states"},
            "Missing STATE_BUCKET=NAME, the platform team's S3 bucket, "
            "or STATE_FOLDER=PATH for a state on this machine; only one of the two is allowed.\n",
        ),
    ],
)
def test_a_wrong_setting_is_reported_before_anything_happens(
    settings: dict[str, str], message: str, terminal: Terminal
) -> None:
    for task in ("plan", "deploy", "rollback", "destroy"):
        done = terminal.run(task, YES="1", **settings)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", message)
    assert terminal.calls() == []


def test_an_endpoint_that_nobody_listens_at_is_found_out_at_once(terminal: Terminal) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for task in ("plan", "deploy", "rollback", "destroy"):
        done = terminal.run(task, YES="1", AWS_ENDPOINT_URL=url)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"{url} cannot be used: ")
        assert done.stderr.count("\n") == 1
    assert terminal.calls() == []


def test_without_terraform_it_says_so(terminal: Terminal) -> None:
    done = terminal.run("plan", PATH="/nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("terraform is not on this machine: ")


def test_a_plan_is_shown_and_nothing_is_done(terminal: Terminal) -> None:
    done = terminal.run("plan")
    assert done.returncode == 0, done.stderr
    assert "Terraform will perform the following actions" in done.stdout
    assert "Reading..." not in done.stdout
    assert terminal.commands() == ["init", "plan"]


def test_a_deploy_prints_where_the_domain_of_the_api_must_point(terminal: Terminal, api_url: str) -> None:
    target = {"name": "d-abc.execute-api.ap-south-1.amazonaws.com", "zone_id": "Z123"}
    outputs = json.dumps({"api_url": {"value": api_url}, "domain_target": {"value": target}})
    terminal.terraform_answers(plan=(0, UNCHANGED, ""), output=(0, outputs, ""))
    done = terminal.run("deploy")
    assert f"{api_url} must point at {target['name']} (zone Z123)" in done.stdout, done.stderr


@pytest.fixture
def rolled_back(terminal: Terminal, aws_url: str, api_url: str) -> Iterator[Callable[[], str]]:
    """A function of the service whose alias has other code than the zip; returns the version in use."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": DEFAULT_REGION}
    iam, client = (boto3.client(name, endpoint_url=aws_url, **keys) for name in ("iam", "lambda"))
    name = "inventory-dev-audit-api"
    iam.create_role(RoleName="r", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "app = None")
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.app",
        Role="arn:aws:iam::000000000000:role/r",
        Code={"ZipFile": buffer.getvalue()},
    )
    version = client.publish_version(FunctionName=name)["Version"]
    client.create_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version)
    with zipfile.ZipFile(terminal.folder / "audit.zip", "w") as archive:
        archive.writestr("app.py", "app = 2")
    outputs = {"api_url": {"value": api_url}, "functions": {"value": {"api": {"name": name}}}}
    terminal.terraform_answers(plan=(0, UNCHANGED, ""), output=(0, json.dumps(outputs), ""))
    yield lambda: str(client.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"])
    client.delete_function(FunctionName=name)
    iam.delete_role(RoleName="r")


def test_what_was_rolled_back_is_shown_and_brought_forward_although_terraform_has_no_changes(
    terminal: Terminal, rolled_back: Callable[[], str]
) -> None:
    line = "inventory-dev-audit-api: was rolled back; a deploy publishes this checkout's code"
    planned = terminal.run("plan")
    assert (planned.returncode, line in planned.stdout) == (0, True)
    declined = terminal.run("deploy", typed="no\n")
    assert (declined.returncode, declined.stderr, rolled_back()) == (1, NOTHING_CHANGED, "1")

    done = terminal.run("deploy", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert (line in done.stdout, rolled_back()) == (True, "2")
    assert "apply" not in terminal.commands()
    assert line not in terminal.run("plan").stdout


@pytest.fixture
def shifting(
    terminal: Terminal, rolled_back: Callable[[], str], api_url: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A service whose deploys shift traffic; what was asked of CodeDeploy, which the emulator has not."""
    asked: dict[str, Any] = {"running": []}
    functions = {"api": {"name": "inventory-dev-audit-api", "version": "1"}}
    outputs = {
        "api_url": {"value": api_url},
        "functions": {"value": functions},
        "gradual": {"value": {"application": "inventory-dev-audit"}},
    }
    terminal.terraform_answers(plan=(0, UNCHANGED, ""), output=(0, json.dumps(outputs), ""))

    def execute(_: Any, __: Any, application: str, planned: list[Shift], description: str) -> None:
        asked.update(application=application, planned=planned, description=description)

    monkeypatch.setattr(gradual, "execute", execute)
    monkeypatch.setattr(gradual, "running", lambda *_: asked["running"])
    monkeypatch.setattr(gradual, "stop", lambda *_: [Shift("inventory-dev-audit-api", "1", "2")])
    return asked


def test_a_gradual_deploy_shifts_what_is_behind_after_asking(
    terminal: Terminal, shifting: dict[str, Any], rolled_back: Callable[[], str]
) -> None:
    declined = terminal.run("deploy", typed="no\n")
    assert (declined.returncode, declined.stderr, "planned" in shifting) == (1, NOTHING_CHANGED, False)
    done = terminal.run("deploy", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^inventory-dev-audit-api: version 1 → \d, gradually$", done.stdout, re.MULTILINE)
    assert shifting["application"] == "inventory-dev-audit"
    assert [each.from_version for each in shifting["planned"]] == ["1"]
    assert re.fullmatch(r"audit on dev: code [A-Za-z0-9+/]{12}", shifting["description"])
    # CodeDeploy moves the alias, and nobody else.
    assert rolled_back() == "1"


def test_a_gradual_deploy_asks_once_if_terraform_has_changes(
    terminal: Terminal, shifting: dict[str, Any]
) -> None:
    answers = json.loads((terminal.folder / "answers").read_text())
    terminal.terraform_answers(**{**answers, "plan": (2, PLANNED, "")})
    done = terminal.run("deploy", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert (done.stdout.count("Deploy audit on dev?"), len(shifting["planned"])) == (1, 1)
    assert "apply" in terminal.commands()


@pytest.mark.usefixtures("shifting")
def test_terraform_gets_to_know_where_the_aliases_are_unless_aws_is_emulated(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given() -> Any:
        terminal.run("plan")
        (path,) = terminal.folder.rglob("call.tfvars.json")
        return json.loads(path.read_text()).get("live_versions")

    assert given() is None
    monkeypatch.setattr(Deployment, "emulator_endpoint", None)
    assert given() == {"api": "1"}


def test_a_plan_waits_until_traffic_is_shifted(
    terminal: Terminal, shifting: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deployment, "emulator_endpoint", None)
    shifting["running"] = ["inventory-dev-audit-api"]
    refused = terminal.run("deploy", YES="1")
    assert refused.returncode == 1
    assert refused.stderr.startswith("A deploy is shifting the traffic of inventory-dev-audit-api. Wait")
    assert "plan" not in terminal.commands()


def test_a_rollback_first_stops_a_deploy_that_shifts_traffic(
    terminal: Terminal, shifting: dict[str, Any], rolled_back: Callable[[], str]
) -> None:
    shifting["running"] = ["inventory-dev-audit-api"]
    declined = terminal.run("rollback", typed="no\n")
    assert (declined.returncode, declined.stderr) == (1, NOTHING_CHANGED)
    done = terminal.run("rollback", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert "Stop the deploy of audit on dev that is shifting traffic?" in done.stdout
    assert "inventory-dev-audit-api: version 2 → 1\n" in done.stdout
    assert done.stdout.endswith("with the code that it had before the deploy.\n")
    # It does not go back one more.
    assert rolled_back() == "1"


def test_a_deploy_shows_asks_applies_what_it_showed_and_looks_at_the_service(
    terminal: Terminal, api_url: str
) -> None:
    done = terminal.run("deploy", typed="yes\n")
    assert done.returncode == 0, done.stderr
    shown, question, answers = (
        done.stdout.index(text) for text in ("Plan: 1 to add", "Deploy audit on dev?", "answers at")
    )
    assert shown < question < answers
    assert done.stdout.endswith(f"audit on dev answers at {api_url}\n")
    init, plan, apply, _ = terminal.calls()
    key = "inventory/dev/service-audit.tfstate"
    assert f"-backend-config=path={terminal.folder}/states/{key}" in init
    (out,) = [argument.removeprefix("-out=") for argument in plan if argument.startswith("-out=")]
    assert apply[0] == "apply"
    assert apply[-1] == out
    assert not [argument for argument in apply if "var" in argument]


@pytest.mark.parametrize("typed", ["", "y\n", "no\n", "YES\n"])
@pytest.mark.parametrize("task", ["deploy", "destroy"])
def test_anything_but_yes_changes_nothing(task: str, typed: str, terminal: Terminal) -> None:
    done = terminal.run(task, typed=typed)
    assert (done.returncode, done.stderr) == (1, NOTHING_CHANGED)
    assert terminal.commands() == ["init", "plan"]


def test_with_yes_nobody_is_asked(terminal: Terminal) -> None:
    done = terminal.run("deploy", YES="1")
    assert done.returncode == 0, done.stderr
    assert "Enter 'yes'" not in done.stdout


def test_where_nothing_changes_nothing_is_applied(terminal: Terminal, api_url: str) -> None:
    outputs = json.dumps({"api_url": {"value": api_url}})
    terminal.terraform_answers(plan=(0, UNCHANGED, ""), output=(0, outputs, ""))
    done = terminal.run("deploy")
    assert done.returncode == 0, done.stderr
    assert terminal.commands() == ["init", "plan", "output"]
    assert done.stdout.startswith("No changes. Your infrastructure matches the configuration.")


def test_a_state_in_a_bucket_is_locked_there_under_the_key_of_the_contract(terminal: Terminal) -> None:
    terminal.run("plan", STATE_FOLDER="", STATE_BUCKET="acme-states", AWS_REGION="eu-west-1")
    (init, *_) = terminal.calls()
    assert {
        "-backend-config=bucket=acme-states",
        "-backend-config=key=inventory/dev/service-audit.tfstate",
        "-backend-config=region=eu-west-1",
    } <= set(init)


def test_only_an_endpoint_of_this_machine_is_an_emulator(terminal: Terminal, aws_url: str) -> None:
    def emulator() -> str | None:
        call = next(each for each in terminal.calls()[-1] if "call.tfvars" in each)
        endpoint: str | None = json.loads(Path(call.removeprefix("-var-file=")).read_text())[
            "emulator_endpoint"
        ]
        return endpoint

    terminal.run("plan")
    assert emulator() == aws_url
    terminal.monkeypatch.setattr(Deployment, "check_aws", lambda _: None)
    terminal.run("plan", AWS_ENDPOINT_URL="https://vpce-1.dynamodb.ap-south-1.vpce.amazonaws.com")
    assert emulator() is None


def test_prod_is_not_destroyed(terminal: Terminal) -> None:
    done = terminal.run("destroy", STAGE="prod", YES="1")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "prod cannot be destroyed by this command.\n",
    )
    assert terminal.calls() == []


def test_an_error_of_our_own_conditions_is_only_its_message(terminal: Terminal) -> None:
    lacking = framed(
        "Error: Resource postcondition failed",
        "",
        '  on contract.tf line 39, in data "aws_ssm_parameters_by_path" "contract":',
        "  39:       condition     = length(self.names) == 0 || length(setsubtract(…)) == 0",
        "    ├────────────────",
        "    │ self.names is list of string with 20 elements",
        "",
        "The stage 'dev' lacks services/audit/api/role_arn. What a function may do is granted",
        "first, in terraform/platform/access.tf, and deployed second.",
    )
    wrong = framed(
        "Error: Invalid value for variable",
        "",
        "  on variables.tf line 12:",
        '  12: variable "stage" {',
        "",
        "A stage is 2 to 12 of a-z and 0-9, a letter first.",
        "",
        "This was checked by the validation rule at variables.tf:9,3-13.",
    )
    terminal.terraform_answers(plan=(1, "", lacking + wrong))
    done = terminal.run("deploy", YES="1")
    assert done.returncode == 1
    assert done.stderr == (
        "terraform plan failed for audit on dev:\n"
        "The stage 'dev' lacks services/audit/api/role_arn. What a function may do is granted "
        "first, in terraform/platform/access.tf, and deployed second.\n"
        "A stage is 2 to 12 of a-z and 0-9, a letter first.\n"
    )
    assert "apply" not in terminal.commands()


def test_the_variables_of_the_team_come_before_those_of_the_stage_and_of_the_call(terminal: Terminal) -> None:
    terminal.run("plan")
    plan = terminal.calls()[1]
    files = [Path(argument.removeprefix("-var-file=")) for argument in plan if "-var-file=" in argument]
    assert [file.name for file in files] == [
        "audit.tfvars.json",
        "deployment.tfvars.json",
        "dev.tfvars",
        "call.tfvars.json",
    ]
    zip_path = json.loads(files[-1].read_text())["zip_path"]
    assert zip_path.startswith("../"), "the state must not have a path of this checkout"
    assert (files[-1].parent / zip_path).resolve() == terminal.folder / "audit.zip"


def test_a_failed_apply_reports_what_failed_and_what_to_do(terminal: Terminal) -> None:
    warning = framed("Warning: something is deprecated", "", "for years")
    error = framed(
        "Error: creating Lambda Function: AccessDenied", "", '  with aws_lambda_function.this["api"],'
    )
    terminal.terraform_answers(plan=(2, PLANNED, ""), apply=(1, "", warning + error))
    done = terminal.run("deploy", YES="1")
    assert done.returncode == 1
    assert done.stderr == (
        "The apply failed:\nError: creating Lambda Function: AccessDenied\n"
        '  with aws_lambda_function.this["api"],\n'
        "The state contains what was applied. "
        "Once the cause is removed, repeat the command to apply the rest.\n"
    )


def test_a_locked_state_is_reported(terminal: Terminal) -> None:
    errors = framed("Error: Error acquiring the state lock", "", "Who: kim@laptop")
    terminal.terraform_answers(plan=(1, "", errors))
    done = terminal.run("deploy", YES="1")
    assert done.returncode == 1
    assert done.stderr.startswith("Another process is deploying audit on dev: its state is locked.")
    assert "kim@laptop" in done.stderr


def test_any_other_error_of_terraform_is_passed_on(terminal: Terminal) -> None:
    terminal.terraform_answers(init=(1, "", framed("Error: Failed to query available provider packages")))
    done = terminal.run("plan")
    assert done.returncode == 1
    assert done.stderr == (
        "terraform init failed for audit on dev:\nError: Failed to query available provider packages\n"
    )
