"""Three teams deploy their services to a stage for the first time."""

from __future__ import annotations

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.deployed.cloud import STAGE, Cloud, copy_checkout
from tests.deployed.deployed_services import CONFLICTING_LOG_GROUP, SERVICES, Deployed


def test_without_the_platform_a_deploy_reports_what_is_missing(deployed: Deployed) -> None:
    early = deployed.too_early
    assert early.exit_code == 1
    assert "Stage 'nowhere' was not found" in early.errors
    assert "terraform/platform" in early.errors
    assert early.errors.count("\n") <= 3, early.errors


def test_a_failed_apply_reports_why_and_the_next_run_succeeds(deployed: Deployed) -> None:
    failing = deployed.failing
    assert failing.exit_code == 1
    assert failing.errors.startswith("The apply failed:\n")
    assert CONFLICTING_LOG_GROUP in failing.errors
    assert "repeat the command to apply the rest" in failing.errors
    assert deployed.done["audit"].exit_code == 0


@pytest.mark.parametrize("service", SERVICES)
def test_a_deploy_prints_its_plan_and_a_working_address(service: str, deployed: Deployed) -> None:
    output = deployed.done[service].output
    assert re.search(r"^Plan: \d+ to add, \d+ to change, 0 to destroy\.$", output, re.MULTILINE)
    assert output.endswith(f"{service} on dev answers at {deployed.urls[service]}\n")
    response = httpx.get(f"{deployed.urls[service]}/health", trust_env=False)
    assert response.json() == {"status": "ok", "service": f"inventory-{service}"}


@pytest.mark.parametrize("service", SERVICES)
def test_concurrent_deploys_change_their_own_resources_only(
    service: str, cloud: Cloud, deployed: Deployed
) -> None:
    state = cloud.state_of(service)
    resources = [resource for resource in state["resources"] if resource["mode"] == "managed"]
    assert len(resources) > 5
    others = [other for other in SERVICES if other != service]
    text = json.dumps(resources)
    for other in others:
        assert f"inventory-{STAGE}-{other}" not in text, other
    functions = cloud.client("lambda").list_functions()["Functions"]
    ours = {name for name in (f["FunctionName"] for f in functions) if f"-{service}-" in name}
    assert ours == {function["name"] for function in state["outputs"]["functions"]["value"].values()}


def test_unknown_credentials_are_reported(cloud: Cloud, deployed: Deployed) -> None:
    refused = cloud.team("plan", "audit", AWS_ACCESS_KEY_ID="nobody")
    assert (refused.exit_code, refused.output) == (1, "")
    assert refused.errors.startswith("AWS refuses the credentials: ")
    assert refused.errors.count("\n") == 1


def test_a_second_plan_has_no_changes(cloud: Cloud, deployed: Deployed, workers: ThreadPoolExecutor) -> None:
    """Nor has one from another checkout, which packages again.

    That of the platform follows after a rotation of its key: `test_ledger_keys`.
    """
    checkout = copy_checkout(cloud.folder / "second-checkout")
    # What pip has installed for the zip; all else is packed again.
    installed = Path("build", ".dependencies")
    shutil.copytree(cloud.folder / installed, checkout / installed)
    elsewhere = partial(cloud.team, checkout=checkout, BUILD_FOLDER=str(checkout / "build"))
    planning = {
        service: workers.submit(elsewhere if service == "audit" else cloud.team, "plan", service)
        for service in SERVICES
    }
    for service, result in planning.items():
        plan = result.result()
        assert plan.exit_code == 0, plan.errors
        assert "No changes. Your infrastructure matches the configuration." in plan.output, service
        assert "Plan:" not in plan.output, plan.output


def test_a_missing_parameter_is_named(cloud: Cloud, deployed: Deployed) -> None:
    ssm = cloud.client("ssm")
    name = f"/inventory/{STAGE}/services/audit/api/role_arn"
    value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    ssm.delete_parameter(Name=name)
    try:
        plan = cloud.team("plan", "audit")
    finally:
        ssm.put_parameter(Name=name, Value=value, Type="String", Tags=tags)
    assert plan.exit_code == 1
    assert "The stage 'dev' lacks services/audit/api/role_arn." in plan.errors
    assert plan.errors.count("\n") <= 3, plan.errors
