"""The variables of a service's deployment: the stage, the app's description, the team's settings."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from inventory_common.budgets import Budget
from inventory_common.settings import BUDGET_RATE_MIN, Settings
from tests.infrastructure.declared_apps import SERVICES, declared
from tests.infrastructure.terraform import CONFIGURATION, Terraform

pytestmark = pytest.mark.needs_terraform

ROOT = Path(__file__).parents[2]
APP: dict[str, Any] = {
    "service": "stock",
    "stage": "dev",
    "zip_path": "stock.zip",
    "routes": {"/orders/{order_id}": ["GET"]},
    "feeds": {
        "sku_changed": {
            "table": "VendorInventory",
            "key_attribute": "sku",
            "prefixes": ["SKU-"],
            "batch_size": 100,
        }
    },
    "schedules": {"expire_orders": "rate(1 minute)"},
}

CERTIFICATE = "arn:aws:acm:ap-south-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


def _in_one_line(message: str) -> str:
    return " ".join(message.replace("│", " ").split())


def test_a_minimal_deployment_is_accepted(service_variables: Callable[..., CompletedProcess[str]]) -> None:
    assert service_variables(**APP).returncode == 0


def test_a_domain_with_its_certificate_is_accepted(
    service_variables: Callable[..., CompletedProcess[str]],
) -> None:
    planned = service_variables(**APP, api_domain="api.example.org", api_certificate_arn=CERTIFICATE)

    assert planned.returncode == 0, planned.stderr


@pytest.mark.parametrize("requests", [10, 2_000_000_000])
def test_the_least_and_the_most_of_an_address_are_accepted(
    service_variables: Callable[..., CompletedProcess[str]], requests: int
) -> None:
    assert service_variables(**APP, requests_per_address=requests).returncode == 0


@pytest.mark.parametrize("service", SERVICES)
def test_the_apps_declarations_and_the_teams_settings_are_accepted(
    service_variables: Callable[..., CompletedProcess[str]], service: str
) -> None:
    wishes = json.loads((ROOT / "services" / service / "deployment.tfvars.json").read_text())

    planned = service_variables(**(APP | declared(service) | wishes | {"service": service}))

    assert planned.returncode == 0, planned.stderr


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"stage": "Dev"}, "A stage has 2 to 12 characters of a-z and 0-9"),
        ({"service": "stock-2"}, "A service's name has 2 to 16"),
        ({"routes": {"/": ["GET"]}}, "A path must have one to six segments"),
        ({"routes": {"/a/b/c/d/e/f/g": ["GET"]}}, "A path must have one to six segments"),
        ({"routes": {"/Orders": ["GET"]}}, "A path must have one to six segments"),
        ({"routes": {"/orders/{order id}": ["GET"]}}, "A path must have one to six segments"),
        ({"schedules": {"expire_orders": "1 minute"}}, "A schedule must be rate(…) or cron(…)"),
        ({"architecture": "sparc"}, "The architecture must be arm64 or x86_64"),
        (
            {"api_domain": "https://api.example.org", "api_certificate_arn": CERTIFICATE},
            "api_domain is a domain in small letters, without https://",
        ),
        ({"api_domain": "api.example.org"}, "api_domain and api_certificate_arn must be set together"),
        (
            {
                "api_domain": "api.example.org",
                "api_certificate_arn": CERTIFICATE.replace("ap-south-1", "us-east-1"),
            },
            "api_certificate_arn is the ARN of a certificate in the region of the services",
        ),
        (
            {"budgets": {"shop": {"vendor": {"rate": 100, "burst": 1}}}},
            "budgets has a service that does not exist: shop.",
        ),
        (
            {"budgets": {"stock": {"vendor": {"rate": 99, "burst": 1}}}},
            "A budget has a rate of at least 100",
        ),
        (
            {"budgets": {"stock": {"client": {"rate": 100, "burst": 0}}}},
            "and a burst of at least 1.",
        ),
        ({"requests_per_address": 9}, "requests_per_address is a whole number from 10 to 2000000000"),
        ({"requests_per_address": 2_000_000_001}, "requests_per_address is a whole number from 10 to"),
        ({"requests_per_address": 10.5}, "requests_per_address is a whole number from 10 to 2000000000"),
        ({"log_level": "LOUD"}, "The log level must be DEBUG, INFO, WARN or ERROR"),
        ({"functions": {"reckon": {"memory_mb": 256}}}, "The app has no function reckon."),
        (
            {"metrics": {"Sums": {"functions": ["reckon"], "pattern": "{ $.a = 1 }"}}},
            "The app has no function reckon.",
        ),
        ({"emulator_endpoint": "https://example.org:443"}, "An emulator runs on a port of this machine"),
        ({"monitoring": False, "stage": "prod"}, "The stage prod must have alarms."),
        ({"emulator_endpoint": "http://127.0.0.1:1", "stage": "prod"}, "The stage prod cannot be emulated."),
    ],
)
def test_invalid_variables_are_refused_at_once(
    service_variables: Callable[..., CompletedProcess[str]],
    said: dict[str, Any],
    message: str,
) -> None:
    refused = service_variables(**(APP | said))

    assert refused.returncode == 1
    assert message in _in_one_line(refused.stderr)


STAGES = ["dev", "staging", "prod"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_platform_has_settings_of_a_stage(variables: Terraform, stage: str) -> None:
    settings = CONFIGURATION / "platform" / "stages" / f"{stage}.tfvars"
    (variables.folder / "stage.auto.tfvars").write_text(settings.read_text())
    if stage == "prod":  # whose own file cannot name who is on call
        receivers = 'alarm_emails = ["operators@example.org"]\n'
        (variables.folder / "receivers.auto.tfvars").write_text(receivers)

    assert variables.plan().returncode == 0
    assert variables.evaluate("var.stage") == f'"{stage}"'


@pytest.mark.parametrize("stage", STAGES)
def test_a_service_has_settings_of_a_stage(
    service_variables: Callable[..., CompletedProcess[str]], stage: str
) -> None:
    settings = CONFIGURATION / "service" / "stages" / f"{stage}.tfvars"

    assert service_variables(settings, **(APP | {"stage": stage})).returncode == 0


def test_the_least_budget_is_the_one_that_the_apps_accept(
    service_variables: Callable[..., CompletedProcess[str]],
) -> None:
    budgets = {"client": {"rate": BUDGET_RATE_MIN, "burst": 1}}
    assert service_variables(**APP, budgets={"stock": budgets}).returncode == 0

    read = Settings.from_environment(
        dict.fromkeys(("JWKS_URL", "TOKEN_ISSUER", "TOKEN_AUDIENCES", "MACHINE_CLIENT_IDS"), "x")
        | {"BUDGETS": json.dumps(budgets)}
    )
    assert read.client_budget == Budget(BUDGET_RATE_MIN, 1)
