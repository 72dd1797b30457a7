"""Two regions of one account have no name in common that an account, or the world, has only once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.terraform import CONFIGURATION, STAGE, Cloud, Terraform, copy_of, give

pytestmark = pytest.mark.needs_terraform

NAME_OF = {
    "aws_cloudfront_function": "name",
    "aws_cloudfront_origin_access_control": "name",
    "aws_cloudfront_response_headers_policy": "name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_s3_bucket": "bucket",
}
"""The attribute with the name, by type of resource, of what an account, or the world, has only once."""
NAMELESS = (
    "aws_cloudfront_distribution",
    "aws_iam_openid_connect_provider",  # in further regions, the one that exists is given
    "aws_iam_role_policy",  # in its role
    "aws_iam_role_policy_attachment",
    "aws_s3_bucket_",  # in its bucket
)
"""Types, or how their names begin, of what has no name of its own."""
LONGEST_STAGE = "s" * 12
ROLE_NAME_MAX_CHARACTERS = 64
BUCKET_NAME_MAX_CHARACTERS = 63
WEBHOOKS = {
    "bus_name": f"inventory-{STAGE}",
    "dead_letter_arn": "arn:aws:sqs:ap-south-1:000000000000:inventory-test-events",
    "webhooks": {"erp": {"url": "https://erp.example/events"}},
    "secrets": {"erp": "0" * 32},
}


DEPLOYERS = {
    "state_bucket": "acme-states",
    "oidc": {
        "issuer": "https://ci.example.org",
        "provider_arn": "arn:aws:iam::000000000000:oidc-provider/ci.example.org",
    },
    "stages": {
        LONGEST_STAGE: {
            "subjects": {
                team: ["repo:acme/inventory:*"]
                for team in ("platform", "catalog", "stock", "audit", "console")
            }
        }
    },
}


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _global_names(cloud: Cloud, folder: Path, root: str, **given: Any) -> set[tuple[str, str]]:
    """Plan a root for an empty account; return the types and names of what is not of one region alone."""
    region = given.get("region", "ap-south-1")
    environment = {**cloud.platform.environment, "AWS_REGION": region}
    terraform = Terraform(cloud.platform.program, copy_of(root, folder), environment)
    give(terraform, given)
    planned = terraform.run("plan", "-input=false", "-no-color", "-out=planned")
    assert planned.returncode == 0, planned.stderr
    shown = json.loads(terraform.run("show", "-json", "planned").stdout)
    found = set()
    for resource in _resources(shown["planned_values"]["root_module"]):
        if resource["mode"] == "managed" and resource["type"] in NAME_OF:
            name = resource["values"].get(NAME_OF[resource["type"]])
            assert name, f"the name of {resource['address']} is not known when it is planned"
            assert (resource["type"], name) not in found, f"{name} is there twice"
            found.add((resource["type"], name))
    return found


def _of_the_platform(cloud: Cloud, region: str, **given: Any) -> dict[str, Any]:
    """Return settings with everything that has a global name: backups and the trail, too."""
    stored = json.loads((cloud.platform.folder / "given.auto.tfvars.json").read_text())
    return {
        **stored,
        "region": region,
        "emulator_endpoint": None,
        "backup": {"keep_days": 90, "tests_restores": True},
        "data_events_days": 30,
        **given,
    }


def test_the_platform_of_a_further_region_has_names_of_its_own(cloud: Cloud, tmp_path: Path) -> None:
    """With the longest name of a stage, and one of the longest regions: each name fits."""
    given = _of_the_platform(cloud, "ap-south-1", stage=LONGEST_STAGE)
    first = _global_names(cloud, tmp_path / "first", "platform", **given)
    given = _of_the_platform(cloud, "ap-southeast-1", stage=LONGEST_STAGE, region_in_names=True)
    second = _global_names(cloud, tmp_path / "second", "platform", **given)

    assert len(first) == len(second) > 15
    assert {kind for kind, _ in first} == {"aws_iam_role", "aws_s3_bucket"}
    assert not first & second
    # Those of a stage that exists are as they were before there was a setting.
    roles = {name for kind, name in first if kind == "aws_iam_role"}
    assert {f"inventory-{LONGEST_STAGE}-{each}" for each in ("stock-api", "operator", "claims")} < roles
    assert {name for _, name in second if "ap-southeast-1" not in name} == set()
    assert max(len(name) for kind, name in second if kind == "aws_iam_role") <= ROLE_NAME_MAX_CHARACTERS
    assert max(len(name) for kind, name in second if kind == "aws_s3_bucket") <= BUCKET_NAME_MAX_CHARACTERS


def test_the_account_of_a_further_region_has_a_role_of_its_own(cloud: Cloud, tmp_path: Path) -> None:
    first = _global_names(cloud, tmp_path / "first", "account", region="ap-south-1")
    second = _global_names(cloud, tmp_path / "second", "account", region="eu-west-1")
    assert len(first) == len(second) == 1
    assert not first & second


def test_the_webhooks_of_a_further_region_have_a_role_of_their_own(cloud: Cloud, tmp_path: Path) -> None:
    first = _global_names(cloud, tmp_path / "first", "webhooks", **WEBHOOKS)
    second = _global_names(cloud, tmp_path / "second", "webhooks", **WEBHOOKS, region_in_names=True)
    assert len(first) == len(second) == 1
    assert not first & second


def test_the_deployers_of_a_further_region_have_names_of_their_own(cloud: Cloud, tmp_path: Path) -> None:
    first = _global_names(cloud, tmp_path / "first", "deployers", **DEPLOYERS)
    further = {"region": "ap-southeast-1", "region_in_names": True}
    second = _global_names(cloud, tmp_path / "second", "deployers", **DEPLOYERS, **further)
    assert len(first) == len(second) > 10
    assert not first & second
    assert max(len(name) for kind, name in second if kind == "aws_iam_role") <= ROLE_NAME_MAX_CHARACTERS


def test_every_type_that_an_account_has_once_is_compared() -> None:
    types = {
        word.split('"')[1]
        for source in CONFIGURATION.rglob("*.tf")
        for word in source.read_text().splitlines()
        if word.startswith('resource "')
    }
    of_the_account = {each for each in types if each.startswith(("aws_iam_", "aws_cloudfront_", "aws_s3_"))}
    assert {each for each in of_the_account if not each.startswith(NAMELESS)} == NAME_OF.keys()
