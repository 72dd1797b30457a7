"""The variables of a stage; some are not optional on prod."""

from typing import Any

import pytest

from tests.infrastructure.terraform import Terraform

pytestmark = pytest.mark.needs_terraform

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/some-certificate"


def _in_one_line(message: str) -> str:
    return " ".join(message.replace("│", " ").split())


def _said(said: dict[str, Any]) -> list[str]:
    return [f"-var={name}={value}" for name, value in said.items()]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"stage": "Dev 1"}, "A stage has 2 to 12 characters of a-z and 0-9"),
        (
            {"stage": "prod", "emulator_endpoint": "http://127.0.0.1:4566"},
            "The stage prod cannot be emulated.",
        ),
        ({"emulator_endpoint": "https://example.org:4566"}, "An emulator runs on a port of this machine"),
        ({"stage": "prod", "deletion_protection": "false"}, "The stage prod must have deletion protection."),
        (
            {"stage": "prod", "point_in_time_recovery": "false"},
            "The stage prod must have point-in-time recovery",
        ),
        ({"stage": "prod", "monitoring": "false"}, "The stage prod must have alarms."),
        ({"stage": "prod", "test_sign_in": "true"}, "Administrators must not sign users in on prod."),
        ({"stage": "prod", "requires_mfa": "true"}, "Prod needs somebody who receives its alarms"),
        (
            {"stage": "prod", "alarm_emails": '["operators@example.org"]'},
            "Prod requires a second factor",
        ),
        ({"requires_mfa": "true", "test_sign_in": "true"}, "test_sign_in signs in with a password alone"),
        ({"order_owners": '{"web":["web"]}'}, "Every key of order_owners must be one of order_clients."),
        (
            {"order_clients": '["web"]', "order_owners": '{"web":["*","shop"]}'},
            "An order client has one or more owners",
        ),
        ({"order_clients": '["web"]', "order_owners": '{"web":[]}'}, "An order client has one or more"),
        ({"console_domain": "https://stock.example.org/"}, "console_domain is a domain in small letters"),
        ({"console_domain": "localhost"}, "console_domain is a domain in small letters"),
        ({"console_domain": "stock.example.org"}, "must be set together"),
        ({"console_certificate_arn": CERTIFICATE}, "must be set together"),
        (
            {
                "console_domain": "stock.example.org",
                "console_certificate_arn": CERTIFICATE.replace("us-east-1", "ap-south-1"),
            },
            "console_certificate_arn is the ARN of a certificate in us-east-1",
        ),
        ({"log_retention_days": "8"}, "CloudWatch Logs supports retention periods of 1, 3, 5, 7"),
    ],
)
def test_invalid_variables_are_refused(variables: Terraform, said: dict[str, str], message: str) -> None:
    refused = variables.plan(*_said(said))

    assert refused.returncode == 1
    assert message in _in_one_line(refused.stderr)


@pytest.mark.parametrize(
    "said",
    [
        {"emulator_endpoint": "http://127.0.0.1:4566"},
        {"deletion_protection": "false", "point_in_time_recovery": "false", "test_sign_in": "true"},
        {"stage": "prod", "requires_mfa": "true", "alarm_emails": '["operators@example.org"]'},
        {"console_domain": "stock.example.org", "console_certificate_arn": CERTIFICATE},
        {"order_clients": '["web","erp"]', "order_owners": '{"web":["web","default"],"erp":["*"]}'},
    ],
)
def test_valid_variables_are_accepted(variables: Terraform, said: dict[str, str]) -> None:
    assert variables.plan(*_said(said)).returncode == 0
