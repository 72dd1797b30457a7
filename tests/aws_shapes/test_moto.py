"""Terraform applied to moto, a second emulator: what it holds afterwards, and where it is no witness."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from deploy.services import REPOSITORY_ROOT
from tests.aws_shapes.applied_roots import STAGE, Applied, errors_of, type_of
from tests.aws_shapes.holdings import KINDS, Difference, Facts, differences, pairs
from tests.infrastructure.declared_apps import SERVICES, declared

Held = Callable[[Applied, str], list[tuple[str, Facts, Facts]]]

PAGE = REPOSITORY_ROOT / "docs" / "second-witness.md"
NEED_WHAT_FAILED = {"platform": {"module.backup.aws_backup_restore_testing_selection"}}
"""Resources that need one that moto cannot apply, by root."""
ANOTHER_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
}
FACTS_THAT_MAY_BE_EMPTY = {
    ("aws_dynamodb_table", "time to live"),
    ("aws_lambda_function", "reserved concurrency"),
}


@pytest.fixture(scope="module")
def held() -> Held:
    """Returns what moto holds of a type of resource, asked once."""
    asked: dict[str, list[tuple[str, Facts, Facts]]] = {}

    def held(applied: Applied, kind: str) -> list[tuple[str, Facts, Facts]]:
        if kind not in asked:
            asked[kind] = [*pairs(applied, kind)]
        return asked[kind]

    return held


def without_keys(address: str) -> str:
    """Return the address of a resource for all its instances, without ``.this``."""
    return re.sub(r"\[[^]]*\]", "", address).removesuffix(".this")


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the page's table below a heading."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def found_errors(applied: Applied) -> set[tuple[str, str, str]]:
    return {
        (
            "service" if name in SERVICES else name,
            without_keys(address),
            re.sub(r" \(inventory[^)]*\)", "", message),
        )
        for name, root in applied.roots.items()
        for address, message in root.errors.items()
    }


def found_differences(applied: Applied) -> set[tuple[str, str, str]]:
    return {
        ("service" if name in SERVICES else name, without_keys(address), ", ".join(attributes))
        for name, root in applied.roots.items()
        for address, attributes in root.differences.items()
        if attributes
    }


@pytest.mark.needs_terraform
def test_what_moto_cannot_apply_is_in_the_table_with_its_error(applied: Applied) -> None:
    listed = {(root, resource, error) for root, resource, error, _ in rows("What moto cannot apply")}
    assert found_errors(applied) == listed


@pytest.mark.needs_terraform
def test_what_a_second_plan_would_change_is_in_the_table(applied: Applied) -> None:
    listed = {
        (root, resource, attributes) for root, resource, attributes, _ in rows("What moto answers otherwise")
    }
    assert found_differences(applied) == listed


@pytest.mark.needs_terraform
def test_everything_else_was_applied(applied: Applied) -> None:
    """Without a provider's word on failed resources, a plan of nothing would pass."""
    assert set(applied.roots) == {"account", "platform", *SERVICES, "console"}
    for name, root in applied.roots.items():
        missing = set(root.planned) - set(root.applied) - set(root.errors)
        assert {without_keys(address) for address in missing} == NEED_WHAT_FAILED.get(name, set())
        assert len(root.applied) > (2 if name == "account" else 10), name


@pytest.mark.needs_terraform
@pytest.mark.parametrize("kind", KINDS)
def test_moto_holds_what_is_planned(applied: Applied, held: Held, kind: str) -> None:
    compared = held(applied, kind)
    assert compared
    assert [found for each in compared for found in differences(*each)] == []
    facts = {fact for _, planned, _ in compared for fact in planned}
    for fact in facts:
        if (kind, fact) not in FACTS_THAT_MAY_BE_EMPTY:
            assert any(planned[fact] not in (None, [], {}) for _, planned, _ in compared), fact


@pytest.mark.needs_terraform
@pytest.mark.parametrize("kind", KINDS)
def test_each_fact_that_is_planned_otherwise_is_found(applied: Applied, held: Held, kind: str) -> None:
    resource, planned, answered = held(applied, kind)[0]
    for fact in planned:
        (found,) = differences(resource, planned | {fact: "planted"}, answered)
        assert (found.fact, found.planned) == (fact, "planted")
    assert len(differences(resource, planned, {})) == len(
        [each for each in planned.values() if each is not None]
    )


@contextmanager
def another_timeout(applied: Applied) -> Iterator[None]:
    client, name = applied.client("lambda"), f"inventory-{STAGE}-stock-api"
    client.update_function_configuration(FunctionName=name, Timeout=28)
    yield
    client.update_function_configuration(FunctionName=name, Timeout=29)


@contextmanager
def another_policy(applied: Applied) -> Iterator[None]:
    iam, role = applied.client("iam"), {"RoleName": f"inventory-{STAGE}-stock-api", "PolicyName": "another"}
    iam.put_role_policy(**role, PolicyDocument=json.dumps(ANOTHER_POLICY))
    yield
    iam.delete_role_policy(**role)


@contextmanager
def a_disabled_rule(applied: Applied) -> Iterator[None]:
    events, rule = applied.client("events"), f"inventory-{STAGE}-stock-expire_orders"
    events.disable_rule(Name=rule)
    yield
    events.enable_rule(Name=rule)


@pytest.mark.needs_terraform
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("aws_lambda_function", another_timeout),
        ("aws_iam_role_policy", another_policy),
        ("aws_cloudwatch_event_rule", a_disabled_rule),
    ],
)
def test_what_somebody_changes_by_hand_is_found(
    applied: Applied, kind: str, change: Callable[[Applied], AbstractContextManager[None]]
) -> None:
    def found() -> list[Difference]:
        return [difference for each in pairs(applied, kind) for difference in differences(*each)]

    assert found() == []
    with change(applied):
        assert len(found()) == 1
    assert found() == []


@pytest.mark.needs_terraform
@pytest.mark.parametrize("service", SERVICES)
def test_an_api_has_every_route_of_its_app_and_one_stage(applied: Applied, service: str) -> None:
    client = applied.client("apigateway")
    (api,) = [each for each in client.get_rest_apis()["items"] if each["name"].endswith(f"-{service}")]
    pages = client.get_paginator("get_resources").paginate(restApiId=api["id"])
    resources = [each for page in pages for each in page["items"]]
    with_methods = {
        each["path"]: [*each["resourceMethods"]] for each in resources if "resourceMethods" in each
    }
    assert with_methods == {path: ["ANY"] for path in declared(service)["routes"]}
    (stage,) = client.get_stages(restApiId=api["id"])["item"]
    assert stage["deploymentId"] in {
        each["id"] for each in client.get_deployments(restApiId=api["id"])["items"]
    }


def test_an_error_is_read_with_its_address_and_without_the_id_of_the_request() -> None:
    printed = """
Error: creating Backup Selection (tables): operation error Backup: CreateBackupSelection, https response \
error StatusCode: 500, RequestID: 1a2b, deserialization failed

  with module.backup[0].aws_backup_selection.this,
  on ../modules/backup/main.tf line 54, in resource "aws_backup_selection" "this":

Error: creating something else

  with aws_sqs_queue.this["a/b"],
  on main.tf line 1, in resource "aws_sqs_queue" "this":
"""
    assert errors_of(printed) == {
        "module.backup[0].aws_backup_selection.this": (
            "creating Backup Selection (tables): operation error Backup: CreateBackupSelection, https "
            "response error StatusCode: 500, deserialization failed"
        ),
        'aws_sqs_queue.this["a/b"]': "creating something else",
    }


def test_the_type_of_a_resource_is_read_from_its_address() -> None:
    assert type_of('module.table["a.b"].aws_dynamodb_table.this') == "aws_dynamodb_table"
    assert type_of('aws_ssm_parameter.this["services/stock/api/role_arn"]') == "aws_ssm_parameter"
