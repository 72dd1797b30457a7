"""Every IAM policy that is deployed, by a kept linter with AWS's own data of actions and conditions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.aws_shapes.applied_roots import Applied
from tests.aws_shapes.policy_lint import (
    UNKNOWN,
    UNUSABLE,
    WILDCARD,
    Policy,
    PolicyType,
    findings_of,
    policies_of,
)
from tests.aws_shapes.service_reference import write_service_reference

TABLE: Final = "arn:aws:dynamodb:ap-south-1:123456789012:table/dev-VendorInventory"


_ROLE: Final = "module.role.aws_iam_role_policy.this"
_KEYS = "A put, update or delete of an item always has its key in its context."
_TRANSACTIONS = "AWS documents this key with a set operator: an action may be part of several operations."
_OUTSIDE = "True also without the key: outside any transaction, the put is denied."
_TRAIL = "The operator of AWS's page on buckets of trails; the ARN has no wildcard."
_KEY_POLICY = "A key's policy applies to the key that has it, and AWS's default hands it to IAM."
ACCEPTED: Final = {
    (_ROLE, "set_operator_validation", "DenyPutOutsideTransactions", "dynamodb:EnclosingOperation"): _OUTSIDE,
    (
        "module.identity.module.claims_role.aws_iam_role_policy.this",
        "set_operator_validation",
        "DenyPutOutsideTransactions",
        "dynamodb:EnclosingOperation",
    ): _OUTSIDE,
    (
        "module.table.aws_dynamodb_resource_policy.append_only",
        "set_operator_validation",
        "DenyPutOutsideTransactions",
        "dynamodb:EnclosingOperation",
    ): _OUTSIDE,
    **{
        (_ROLE, "set_operator_validation", statement, "dynamodb:EnclosingOperation"): _TRANSACTIONS
        for statement in ("WriteLogRecords", "WriteOrders")
    },
    **{
        (_ROLE, "set_operator_validation", statement, "dynamodb:LeadingKeys"): _KEYS
        for statement in ("LowerBounds", "RecordSentAlerts", "RemoveCounters", "WriteCounts")
    },
    (
        _ROLE,
        "set_operator_validation",
        "PublishEvents",
        "events:source",
    ): "No event is without it.",
    **{
        ("module.trail.aws_s3_bucket_policy.this", "condition_type_mismatch", statement, ""): _TRAIL
        for statement in ("TrailChecksTheBucket", "TrailWritesItsFiles")
    },
    ("module.archive.aws_kms_key.signing", "service_wildcard", "DelegateToIam", "kms:*"): _KEY_POLICY,
    ("module.archive.aws_kms_key.signing", WILDCARD, "DelegateToIam", "kms:*"): _KEY_POLICY,
    ("module.archive.aws_kms_key.signing", "wildcard_resource", "DelegateToIam", ""): _KEY_POLICY,
    (
        "aws_iam_role.api_gateway",
        "trust_policy_validation",
        "0",
        "",
    ): "The trust on AWS's page on API Gateway's logs, which documents no condition.",
}
"""Findings that stay, each with the reason."""


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_service_reference(tmp_path_factory.mktemp("reference") / "services")


@pytest.mark.needs_terraform
def test_every_policy_is_correct_and_grants_no_more_than_aws_requires(
    applied: Applied, reference: Path
) -> None:
    policies = policies_of(applied)
    assert [finding for finding in findings_of(policies, reference) if finding.key not in ACCEPTED] == []


@pytest.mark.needs_terraform
def test_every_accepted_finding_is_still_found(applied: Applied, reference: Path) -> None:
    found = {finding.key for finding in findings_of(policies_of(applied), reference)}
    assert set(ACCEPTED) <= found


@pytest.mark.needs_terraform
def test_the_policies_are_those_of_roles_buckets_queues_topics_tables_and_secrets(applied: Applied) -> None:
    kinds = {policy.kind for policy in policies_of(applied)}
    assert kinds == {"IDENTITY_POLICY", "RESOURCE_POLICY", "TRUST_POLICY"}


def planted(kind: PolicyType = "IDENTITY_POLICY", **changes: Any) -> list[Policy]:
    statement = {
        "Sid": "Planted",
        "Effect": "Allow",
        "Action": ["dynamodb:PutItem"],
        "Resource": [TABLE],
        "Condition": {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["#ALERT#*"]},
            "Null": {"dynamodb:LeadingKeys": "false"},
        },
    } | changes
    kept = {name: value for name, value in statement.items() if value is not None}
    document = {"Version": "2012-10-17", "Statement": [kept]}
    return [Policy("planted", kind, json.dumps(document))]


def test_a_correct_statement_has_no_finding(reference: Path) -> None:
    assert findings_of(planted(), reference) == []


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        ("action_validation", {"Action": ["dynamodb:PutItems"], "Condition": None}),
        (UNKNOWN, {"Action": ["dynamo:PutItem"], "Condition": None}),
        (UNUSABLE, {"Resource": [f"{TABLE}/stream/2026-01-01T00:00:00.000"]}),
        (
            "action_resource_matching",
            {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::bucket"], "Condition": None},
        ),
        (
            "action_resource_matching",
            {"Action": ["dynamodb:ListStreams"], "Resource": [TABLE], "Condition": None},
        ),
        (
            UNUSABLE,
            {"Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::bucket/*"], "Condition": None},
        ),
        (UNUSABLE, {"Resource": [TABLE, f"{TABLE}/index/LowStockIndex"]}),
        ("condition_key_validation", {"Condition": {"StringEquals": {"dynamodb:LeadingKey": "x"}}}),
        ("condition_key_validation", {"Condition": {"StringEquals": {"s3:prefix": "x"}}}),
        ("condition_type_mismatch", {"Condition": {"NumericEquals": {"aws:SourceAccount": "1"}}}),
        (
            "set_operator_validation",
            {"Condition": {"ForAnyValue:StringEquals": {"aws:SourceAccount": ["1"]}}},
        ),
        ("wildcard_resource", {"Resource": ["*"]}),
        (WILDCARD, {"Action": ["dynamodb:Put*"], "Condition": None}),
        ("wildcard_action", {"Action": ["*"], "Condition": None}),
        ("service_wildcard", {"Action": ["dynamodb:*"], "Condition": None}),
        ("resource_validation", {"Resource": ["arn:aws:dynamodb:table/dev"]}),
    ],
)
def test_a_planted_mistake_is_found(reference: Path, check: str, changes: dict[str, Any]) -> None:
    assert check in {finding.check for finding in findings_of(planted(**changes), reference)}


def test_a_planted_mistake_in_a_trust_policy_is_found(reference: Path) -> None:
    policy = planted(
        "TRUST_POLICY",
        Action="sts:AssumeRoles",
        Resource=None,
        Condition=None,
        Principal={"Service": "lambda.amazonaws.com"},
    )
    assert findings_of(policy, reference)
