"""What ``make cost`` says that a stage has is what Terraform plans for it."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.declared_apps import SERVICES, declared
from tests.infrastructure.terraform import CONFIGURATION, Cloud, Terraform

pytestmark = pytest.mark.needs_terraform

ROOT = Path(__file__).parents[2]
DAYS_OF_A_WEEK = 7
STAGES: dict[str, dict[str, Any]] = json.loads((ROOT / "tools" / "cost" / "stages.json").read_text())


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _planned(terraform: Terraform) -> list[dict[str, Any]]:
    """Return the resources of a plan as for AWS itself: the emulator has no alarms."""
    (terraform.folder / "aws.tfvars.json").write_text(json.dumps({"emulator_endpoint": None}))
    planned = terraform.run("plan", "-input=false", "-no-color", "-var-file=aws.tfvars.json", "-out=aws")
    assert planned.returncode == 0, planned.stderr
    shown = json.loads(terraform.run("show", "-json", "aws").stdout)
    return list(_resources(shown["planned_values"]["root_module"]))


def _alarm_metrics(resources: list[dict[str, Any]]) -> int:
    """Return how many metrics alarms are about: an alarm of an expression is charged for each of them."""
    alarms = [each["values"] for each in resources if each["type"] == "aws_cloudwatch_metric_alarm"]
    return sum(sum(bool(query["metric"]) for query in alarm["metric_query"]) or 1 for alarm in alarms)


def test_the_resources_that_cost_all_the_time_are_those_of_the_plans(cloud: Cloud) -> None:
    roots = [cloud.platform, *(cloud.service(service, declared(service)) for service in SERVICES)]
    with ThreadPoolExecutor(len(roots)) as pool:
        platform, *services = pool.map(_planned, roots)

    metrics = sum(map(_alarm_metrics, [platform, *services]))
    assert {stage["alarm_metrics"] for name, stage in STAGES.items() if name != "dev"} == {metrics}
    types = [each["type"] for each in platform]
    assert types.count("aws_cloudwatch_dashboard") == STAGES["prod"]["dashboards"]
    assert (types.count("aws_kms_key"), types.count("aws_secretsmanager_secret")) == (1, 1)


@pytest.mark.parametrize("name", STAGES)
def test_a_stages_settings_are_those_of_its_file(name: str) -> None:
    stage = STAGES[name]
    settings = (CONFIGURATION / "platform" / "stages" / f"{name}.tfvars").read_text()

    clients = settings.count('"web-shop"') + settings.count('"demo-vendor"')
    assert stage["machine_clients"] == clients
    assert f"log_retention_days  = {stage['log_days']}".split() == [
        word for line in settings.splitlines() if "log_retention_days" in line for word in line.split()
    ]
    kept = re.search(r"^backup = \{ keep_days = (\d+)", settings, re.MULTILINE)
    assert stage["backups"] == (0 if kept is None else round(int(kept[1]) / DAYS_OF_A_WEEK))
    services = (CONFIGURATION / "service" / "stages" / f"{name}.tfvars").read_text()
    has_firewall = re.search(r"^requests_per_address = \d", services, re.MULTILINE) is not None
    assert stage["firewalls"] == len(SERVICES) * has_firewall
    has_monitoring = "monitoring    = false" not in settings
    assert bool(stage["alarm_metrics"]) == bool(stage["dashboards"]) == has_monitoring


def test_schedules_and_business_metrics_are_those_of_the_apps() -> None:
    rates = [rate for service in SERVICES for rate in declared(service)["schedules"].values()]
    files = [ROOT / "services" / service / "deployment.tfvars.json" for service in SERVICES]
    metrics = {name for file in files for name in json.loads(file.read_text())["metrics"]}

    for stage in STAGES.values():
        assert stage["schedules"] == {
            "each_minute": rates.count("rate(1 minute)"),
            "daily": rates.count("rate(1 day)"),
        }
        assert stage["business_metrics"] == len(metrics)
