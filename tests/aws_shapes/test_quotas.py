"""What is deployed is within AWS's quotas, also with the longest names that the variables allow."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.services import REPOSITORY_ROOT
from inventory_common.limits import REQUEST_BODY_MAX_BYTES
from tests.aws_shapes.applied_roots import REGION, STAGE, TABLE_NAME_PREFIX, Applied, type_of
from tests.aws_shapes.quotas import QUOTAS, Excess, Quota, Resource, excesses

PAGE = REPOSITORY_ROOT / "docs" / "second-witness.md"
BY_NAME = {quota.name: quota for quota in QUOTAS}
NOT_USED = {
    "a managed policy, in characters without white space",
    "an imported definition of an API, in bytes",
    "an advanced parameter, in bytes",
}
"""Policies are inline, an API is declared by its resources, and parameters are standard ones."""
LAMBDA_PAYLOAD_BYTES = 6 * 1024 * 1024
"""What API Gateway, whose own limit is 10 MB, can hand to a function."""

Values = list[dict[str, Any]]


@pytest.fixture(scope="module")
def resources(applied: Applied) -> list[Resource]:
    """Each resource as it was applied, or planned if moto could not apply it."""
    return [
        Resource(name, address, type_of(address), values)
        for name, root in applied.roots.items()
        for address, values in (root.planned | root.applied).items()
    ]


@pytest.mark.needs_terraform
def test_everything_is_within_its_quota(resources: list[Resource]) -> None:
    assert excesses(resources, QUOTAS) == []


@pytest.mark.needs_terraform
def test_every_quota_is_measured_of_what_is_deployed(resources: list[Resource]) -> None:
    assert {quota.name for quota in QUOTAS if not quota.measure(resources)} == NOT_USED


@pytest.mark.needs_terraform
@pytest.mark.parametrize(
    "kind", ["aws_dynamodb_table", "aws_iam_role", "aws_lambda_function", "aws_s3_bucket"]
)
def test_names_have_the_longest_parts_that_the_variables_allow(resources: list[Resource], kind: str) -> None:
    expected = {"aws_dynamodb_table": [TABLE_NAME_PREFIX], "aws_s3_bucket": [STAGE, REGION]}.get(
        kind, [STAGE]
    )
    attribute = {"aws_lambda_function": "function_name", "aws_s3_bucket": "bucket"}.get(kind, "name")
    # The account's role belongs to no stage.
    names = [each.values[attribute] for each in resources if each.kind == kind and each.root != "account"]
    assert names
    assert all(part in name for name in names for part in expected)


def test_a_body_that_the_services_accept_can_reach_a_function() -> None:
    """In the event, it is a string: at worst each character of JSON is escaped by another."""
    assert 2 * REQUEST_BODY_MAX_BYTES < LAMBDA_PAYLOAD_BYTES


def text(number: int) -> str:
    return "x" * number


def policy(number: int) -> str:
    """Return a text of a number of characters besides white space."""
    empty = '{"a":""}'
    return f'{{ "a":\n "{text(number - len(empty))}" }}'


def zip_of(folder: Path, unpacked: int) -> str:
    path = folder / "code.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("x", "w") as out,
    ):
        for start in range(0, unpacked, 1 << 20):
            out.write(bytes(min(1 << 20, unpacked - start)))
    return str(path)


def file_of(folder: Path, size: int) -> str:
    path = folder / "code.zip"
    with path.open("wb") as file:
        file.truncate(size)
    return str(path)


def widgets(*numbers: int) -> str:
    return json.dumps({"widgets": [{"properties": {"metrics": [[]] * number}} for number in numbers]})


PLANTED: dict[str, tuple[str, Callable[[int, Path], Values]]] = {
    "inline policies of a role, in characters without white space": (
        "aws_iam_role_policy",
        lambda n, _: [{"role": "r", "policy": policy(n - 100)}, {"role": "r", "policy": policy(100)}],
    ),
    "a managed policy, in characters without white space": (
        "aws_iam_policy",
        lambda n, _: [{"policy": policy(n)}],
    ),
    "a role's trust policy, in characters without white space": (
        "aws_iam_role",
        lambda n, _: [{"assume_role_policy": policy(n)}],
    ),
    "managed policies attached to a role": (
        "aws_iam_role_policy_attachment",
        lambda n, _: [{"role": "r"}] * n,
    ),
    "a function's variables, names and values, in bytes": (
        "aws_lambda_function",
        lambda n, _: [{"environment": [{"variables": {"A": text(n - 7), "B": "é√"}}]}],
    ),
    "a function's timeout, in seconds": ("aws_lambda_function", lambda n, _: [{"timeout": n}]),
    "a function's memory, in MB": ("aws_lambda_function", lambda n, _: [{"memory_size": n}]),
    "a zip that is uploaded directly, in bytes": (
        "aws_lambda_function",
        lambda n, folder: [{"filename": file_of(folder, n)}],
    ),
    "a zip, unpacked, in bytes": ("aws_lambda_function", lambda n, folder: [{"filename": zip_of(folder, n)}]),
    "reserved concurrency of all functions, which leaves 100 of an account's 1,000": (
        "aws_lambda_function",
        lambda n, _: [{"reserved_concurrent_executions": each} for each in (n - 1, -1, None, 1)],
    ),
    "filters of an event source mapping": (
        "aws_lambda_event_source_mapping",
        lambda n, _: [{"filter_criteria": [{"filter": [{"pattern": "{}"}] * n}]}],
    ),
    "a filter's pattern, in characters": (
        "aws_lambda_event_source_mapping",
        lambda n, _: [{"filter_criteria": [{"filter": [{"pattern": text(n)}]}]}],
    ),
    "functions that read a table's stream": (
        "aws_lambda_event_source_mapping",
        lambda n, _: [{"event_source_arn": "s"}] * n,
    ),
    "resources of an API": ("aws_api_gateway_resource", lambda n, _: [{}] * n),
    "an integration's timeout, in milliseconds": (
        "aws_api_gateway_integration",
        lambda n, _: [{"timeout_milliseconds": n}],
    ),
    "stages of an API": ("aws_api_gateway_stage", lambda n, _: [{"rest_api_id": "a"}] * n),
    "the template of access logs, in bytes": (
        "aws_api_gateway_stage",
        lambda n, _: [{"access_log_settings": [{"format": text(n)}]}],
    ),
    "an advanced parameter, in bytes": (
        "aws_ssm_parameter",
        lambda n, _: [{"value": text(n), "tier": "Advanced"}],
    ),
    "levels of a parameter's name": ("aws_ssm_parameter", lambda n, _: [{"name": "/x" * n}]),
    "rules of an event bus": ("aws_cloudwatch_event_rule", lambda n, _: [{"event_bus_name": None}] * n),
    "targets of a rule": ("aws_cloudwatch_event_target", lambda n, _: [{"rule": "r"}] * n),
    "metrics of a widget": ("aws_cloudwatch_dashboard", lambda n, _: [{"dashboard_body": widgets(1, n)}]),
    "metrics of a dashboard": (
        "aws_cloudwatch_dashboard",
        lambda n, _: [{"dashboard_body": widgets(n - 7, 7)}],
    ),
    "metric filters of a log group": (
        "aws_cloudwatch_log_metric_filter",
        lambda n, _: [{"log_group_name": "g"}] * n,
    ),
    "global secondary indexes of a table": (
        "aws_dynamodb_table",
        lambda n, _: [{"global_secondary_index": [{}] * n}],
    ),
}
"""For each quota, resources that use a number of it; those of one text have `ATTRIBUTES`."""
ATTRIBUTES = {
    "a role's name, in characters": ("aws_iam_role", "name"),
    "a function's name, in characters": ("aws_lambda_function", "function_name"),
    "an imported definition of an API, in bytes": ("aws_api_gateway_rest_api", "body"),
    "a standard parameter, in bytes": ("aws_ssm_parameter", "value"),
    "a parameter's name, in characters": ("aws_ssm_parameter", "name"),
    "a rule's name, in characters": ("aws_cloudwatch_event_rule", "name"),
    "the name of an archive of events, in characters": ("aws_cloudwatch_event_archive", "name"),
    "an alarm's name, in characters": ("aws_cloudwatch_metric_alarm", "alarm_name"),
    "a dashboard's body, in bytes": ("aws_cloudwatch_dashboard", "dashboard_body"),
    "a log group's name, in characters": ("aws_cloudwatch_log_group", "name"),
    "a bucket's name, in characters": ("aws_s3_bucket", "bucket"),
    "a bucket's policy, in bytes": ("aws_s3_bucket_policy", "policy"),
    "a queue's name, in characters": ("aws_sqs_queue", "name"),
    "a topic's name, in characters": ("aws_sns_topic", "name"),
    "a table's name, in characters": ("aws_dynamodb_table", "name"),
    "a table's policy, in bytes": ("aws_dynamodb_resource_policy", "policy"),
    "a secret's name, in characters": ("aws_secretsmanager_secret", "name"),
    "a secret's policy, in characters": ("aws_secretsmanager_secret_policy", "policy"),
    "a key's policy, in bytes": ("aws_kms_key", "policy"),
    "the name of a user pool, in characters": ("aws_cognito_user_pool", "name"),
    "the prefix of a user pool's domain, in characters": ("aws_cognito_user_pool_domain", "domain"),
    "the name of a backup vault, in characters": ("aws_backup_vault", "name"),
    "a function of CloudFront, in bytes": ("aws_cloudfront_function", "code"),
    "the name of a function of CloudFront, in characters": ("aws_cloudfront_function", "name"),
}


def planted(quota: Quota, number: int, folder: Path) -> list[Resource]:
    if quota.name in ATTRIBUTES:
        kind, attribute = ATTRIBUTES[quota.name]
        values: Values = [{attribute: text(number)}]
    else:
        kind, make = PLANTED[quota.name]
        values = make(number, folder)
    return [Resource("planted", f"each[{index}]", kind, each) for index, each in enumerate(values)]


def test_every_quota_has_a_planted_excess() -> None:
    assert {*PLANTED, *ATTRIBUTES} == {*BY_NAME}
    assert len(BY_NAME) == len(QUOTAS)


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.name)
def test_an_excess_of_one_is_found_and_the_limit_itself_is_allowed(quota: Quota, tmp_path: Path) -> None:
    limit = int(quota.limit)
    assert excesses(planted(quota, limit, tmp_path), [quota]) == []
    (found,) = excesses(planted(quota, limit + 1, tmp_path), [quota])
    assert found == Excess(quota.name, found.subject, limit + 1, limit)


def test_the_page_has_each_quota_once_with_its_link() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    expected = [f"| [{quota.name}]({quota.link}) | {quota.limit:,} |" for quota in QUOTAS]
    assert [row for row in rows if row.startswith("| [")] == expected
