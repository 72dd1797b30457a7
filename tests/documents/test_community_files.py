"""The files for contributors and hosts name only what exists: targets of make, paths, settings, versions."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from local.settings import DEFAULT_PORTS

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted(path.name for path in ROOT.glob(".github/workflows/*.yml"))
FORMS = ("bug", "feature")
DOCUMENTS = ("CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "SECURITY.md", ".github/pull_request_template.md")
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/app.py"))
PINNED_ACTION = re.compile(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def workflow(name: str) -> Any:
    return yaml.safe_load(text_of(f".github/workflows/{name}"))


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z0-9-]*):", text_of("Makefile"), re.MULTILINE))


def named_targets(text: str) -> set[str]:
    """Return the targets in commands such as ``make lint`` and ``make lint types``."""
    return {
        word
        for line in re.findall(r"(?:^|`|run: |entry: |\"|; )make((?: [a-z][a-z0-9-]*)+)", text, re.MULTILINE)
        for word in line.split()
    }


CHECKED = [
    *DOCUMENTS,
    ".ci/run",
    ".devcontainer/Dockerfile",
    ".devcontainer/devcontainer.json",
    ".pre-commit-config.yaml",
    *(f".github/workflows/{name}" for name in WORKFLOWS),
    *(f".github/ISSUE_TEMPLATE/{name}.yml" for name in FORMS),
]


def test_targets_are_found_in_the_forms_in_which_they_are_written() -> None:
    text = 'run `make a`\n  - run: make b-c\nmake d e\nentry: make f\n"command": "make g"\nto make sure'
    assert named_targets(text) == {"a", "b-c", "d", "e", "f", "g"}


@pytest.mark.parametrize("path", CHECKED)
def test_every_target_of_make_that_is_named_exists(path: str) -> None:
    assert named_targets(text_of(path)) - targets() == set()


@pytest.mark.parametrize("path", [*DOCUMENTS, *(path for path in CHECKED if path.endswith(".yml"))])
def test_every_document_that_is_named_exists(path: str) -> None:
    text = text_of(path)
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    named = re.findall(r"(?<![\w/.-])(?:docs/)?[\w-]+\.md\b", text)
    for name in {*linked, *named}:
        assert (ROOT / name).exists(), name


def test_ci_runs_the_projects_own_script() -> None:
    assert "bash .ci/run" in [step.get("run") for step in steps("ci.yml")]
    assert workflow("ci.yml")["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_by_commit_and_get_no_credentials_to_keep(name: str) -> None:
    uses = [line.strip(" -") for line in text_of(f".github/workflows/{name}").splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not PINNED_ACTION.fullmatch(line)] == []
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"persist-credentials": False}


def test_the_workflows_use_the_same_version_of_each_action() -> None:
    uses = {step["uses"] for name in WORKFLOWS for step in steps(name) if "uses" in step}
    assert len({use.partition("@")[0] for use in uses}) == len(uses)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_input_is_pasted_into_a_shell(name: str) -> None:
    assert [step["run"] for step in steps(name) if "${{" in step.get("run", "")] == []


def test_the_deploy_workflow_offers_what_make_deploy_takes() -> None:
    deploy = workflow("deploy.yml")
    # YAML 1.1 reads the key `on` as true.
    inputs = deploy[True]["workflow_dispatch"]["inputs"]
    assert sorted(inputs["service"]["options"]) == sorted([*SERVICES, "console"])
    stages = {path.stem for path in ROOT.glob("terraform/service/stages/*.tfvars")}
    assert set(inputs["stage"]["options"]) == stages
    assert deploy["permissions"] == {"contents": "read", "id-token": "write"}
    assert deploy["jobs"]["deploy"]["environment"] == "${{ inputs.stage }}"
    *_, credentials, last = steps("deploy.yml")
    assert credentials["with"]["role-to-assume"] == "${{ vars.AWS_DEPLOY_ROLE }}"
    assert not [name for name in credentials["with"] if "key" in name]
    assert last["run"] == "make deploy"
    [passed] = re.findall(r"^DEPLOY = ((?:.*\\\n)*.*)$", text_of("Makefile"), re.MULTILINE)
    assert {name for name in last["env"] if f'{name}="$({name})"' not in passed} == set()


def test_terraform_has_one_version_everywhere_which_the_configuration_accepts() -> None:
    named = [
        *re.findall(r"terraform_version: (\S+)", text_of(".github/workflows/ci.yml")),
        *re.findall(r"terraform_version: (\S+)", text_of(".github/workflows/deploy.yml")),
        *re.findall(r"hashicorp/terraform:(\S+)", text_of(".devcontainer/Dockerfile")),
    ]
    assert len(named) == 3
    [version] = {*named}
    [least] = re.findall(r'required_version = ">= ([\d.]+)"', text_of("terraform/platform/versions.tf"))
    assert [int(part) for part in version.split(".")] >= [int(part) for part in least.split(".")]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_has_what_the_host_requires(name: str) -> None:
    form = yaml.safe_load(text_of(f".github/ISSUE_TEMPLATE/{name}.yml"))
    assert {"name", "description", "body"} <= {*form}
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert isinstance(yaml.safe_load(text_of(".github/ISSUE_TEMPLATE/config.yml")), dict)


def test_every_owned_path_exists_and_every_service_has_a_team() -> None:
    text = text_of(".github/CODEOWNERS")
    assert "The teams are placeholders" in text
    rules = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    owners = {path: teams for path, *teams in rules}
    assert len(owners) == len(rules)
    assert [path for path in owners if path != "*" and not (ROOT / path.strip("/")).is_dir()] == []
    assert {
        team for teams in owners.values() for team in teams if not re.match(r"@OWNER/[a-z-]+$", team)
    } == set()
    for service in SERVICES:
        team = f"@OWNER/{service}-team"
        assert owners[f"/services/{service}/"] == [team]
        assert team in owners["/libs/common/"]


def test_the_container_is_built_from_a_file_and_forwards_the_ports_of_the_local_stack() -> None:
    container = json.loads(text_of(".devcontainer/devcontainer.json"))
    assert (ROOT / ".devcontainer" / container["build"]["dockerfile"]).is_file()
    assert container["postCreateCommand"] == "make install"
    forwarded = {name: port for name, port in DEFAULT_PORTS.items() if name != "aws"}
    assert container["forwardPorts"] == list(forwarded.values())


def test_the_container_has_the_newest_python_that_services_run_on() -> None:
    [python] = re.findall(r"^FROM python:([\d.]+)-", text_of(".devcontainer/Dockerfile"), re.MULTILINE)
    [default] = re.findall(r'DEFAULT_RUNTIME: Final = "python([\d.]+)"', text_of("deploy/target.py"))
    assert python == default
    assert workflow("ci.yml")["jobs"]["checks-and-tests"]["container"].startswith(f"python:{python}-")
    chosen = [
        step["with"]["python-version"]
        for name in WORKFLOWS
        for step in steps(name)
        if "setup-python" in str(step)
    ]
    assert {*chosen} == {python}


def test_the_hooks_run_the_checks_of_ci() -> None:
    hooks = [
        hook for repo in yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"] for hook in repo["hooks"]
    ]
    assert {hook["language"] for hook in hooks} == {"system"}
    words = {
        word
        for line in text_of(".ci/run").splitlines()
        if line.startswith("make ")
        for word in line.split()[1:]
    }
    tasks = {word for word in words if re.fullmatch("[a-z-]+", word) and not word.startswith("-")}
    assert {hook["entry"] for hook in hooks} == {f"make {task}" for task in tasks - {"install", "test"}}


def test_the_editor_writes_what_the_formatter_wants() -> None:
    parser = configparser.ConfigParser()
    parser.read_string("[top]\n" + text_of(".editorconfig"))
    assert parser["top"]["root"] == "true"
    [length] = re.findall(r"^line-length = (\d+)$", text_of("pyproject.toml"), re.MULTILINE)
    assert parser["*.py"]["max_line_length"] == length
    assert parser["Makefile"]["indent_style"] == "tab"


def test_vulnerabilities_and_conduct_are_reported_in_private() -> None:
    for path in ("SECURITY.md", "CODE_OF_CONDUCT.md"):
        assert "private reporting of the host" in re.sub(r"\s+", " ", text_of(path))
        assert "@" not in text_of(path), "no address is invented"
