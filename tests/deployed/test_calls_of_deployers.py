"""The roles under which CI deploys are granted what the teams' tasks have called, and nothing else.

The run has seen a platform, three services and the console come, change and go.  Each action of each
statement must have been needed by a call: one that no other statement allows.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from ministack.core.iam_evaluator import (  # type: ignore[import-untyped]
    EvalContext,
    evaluate,
    parse_policy_document,
)

from tests.deployed.cloud import SESSION, STAGE, TEAMS, Cloud, Statement
from tests.deployed.deployed_services import SERVICES

NOT_ON_THE_EMULATOR = {
    "ManageAlarms": "alarms, which the emulator returns incompletely: none are made",
    "ManageBackups": "AWS Backup",
    "ShiftTraffic": "CodeDeploy, which the emulator has not",
    "MountVaults": "AWS Backup",
    "ManageTheTrail": "CloudTrail, an option that is off",
    "AttachPoliciesOfAws": "the roles of AWS Backup",
    "ManageTheFirewall": "AWS WAF, which the emulator does not enforce: none is made",
    "PutTheFirewallBeforeTheApi": "the same",
    "ReadMachineSecrets": "machine secrets in Secrets Manager, an option that is off",
    "TagTheApi": "AWS asks for it when tags are set; the emulator asks for the creation alone",
    "TagKeys": "the same",
}
"""Statements for which there is no call here, and why."""


_TAGGING = "AWS asks for it when tags are set, and the emulator for the call itself alone"
_CHANGE = "a change that the run does not make"
_OPTION = "an option that is off"
_LEFT_OUT = "left out on the emulator, by the module itself"
_BOTH = "AWS asks for it too, and the emulator for its companion alone"

NOT_CALLED_HERE = {
    "ManageTables": {
        "dynamodb:TagResource": _TAGGING,
        "dynamodb:UpdateContinuousBackups": _OPTION,
        "dynamodb:UpdateTable": _CHANGE,
    },
    "ManageTheArchive": {
        "s3:DeleteBucketPolicy": _LEFT_OUT,
        "s3:PutBucketPolicy": _LEFT_OUT,
        "s3:PutLifecycleConfiguration": _LEFT_OUT,
    },
    "ManageKeys": {
        "kms:CreateAlias": _BOTH,
        "kms:DeleteAlias": _BOTH,
        "kms:PutKeyPolicy": _CHANGE,
        "kms:UpdateKeyDescription": _CHANGE,
    },
    "MakeBoundRoles": {"iam:PutRolePermissionsBoundary": _CHANGE},
    "ManageRoles": {
        "iam:TagRole": _TAGGING,
        "iam:UpdateAssumeRolePolicy": _CHANGE,
        "iam:UpdateRole": _CHANGE,
        "iam:UpdateRoleDescription": _CHANGE,
    },
    "ManageQueues": {"sqs:TagQueue": _TAGGING},
    "ManageTheBus": {
        "events:TagResource": _TAGGING,
        "events:UpdateArchive": _CHANGE,
        "events:UpdateEventBus": _CHANGE,
    },
    "ManageClaims": {
        "lambda:GetFunctionConfiguration": _CHANGE,
        "lambda:ListTags": _BOTH,
        "lambda:TagResource": _TAGGING,
        "lambda:UpdateFunctionCode": _CHANGE,
        "lambda:UpdateFunctionConfiguration": _CHANGE,
    },
    "ManageLogs": {"logs:TagResource": _TAGGING},
    "ManageThePool": {
        "cognito-idp:TagResource": _TAGGING,
        "cognito-idp:UpdateGroup": _CHANGE,
        "cognito-idp:UpdateResourceServer": _CHANGE,
        "cognito-idp:UpdateUserPool": _CHANGE,
    },
    "ManageSecrets": {"secretsmanager:TagResource": _TAGGING, "secretsmanager:UpdateSecret": _CHANGE},
    "ManageTopics": {
        "sns:GetSubscriptionAttributes": _OPTION,
        "sns:Subscribe": _OPTION,
        "sns:TagResource": _TAGGING,
        "sns:Unsubscribe": _OPTION,
    },
    "ManageFunctions": {
        "lambda:DeleteFunctionConcurrency": _OPTION,
        "lambda:ListTags": _BOTH,
        "lambda:PutFunctionConcurrency": _OPTION,
        "lambda:TagResource": _TAGGING,
        "lambda:UpdateFunctionConfiguration": _CHANGE,
    },
    "ManageStreams": {"lambda:UpdateEventSourceMapping": _CHANGE},
    "ManageSchedules": {"events:TagResource": _TAGGING},
    "WatchStreams": {"lambda:TagResource": _TAGGING},
    "ManageBuckets": {"s3:PutLifecycleConfiguration": _LEFT_OUT},
    "ManageTheDistribution": {"cloudfront:CreateDistribution": _BOTH, "cloudfront:TagResource": _BOTH},
    "ManageFunctionsOfCloudFront": {"cloudfront:UpdateFunction": _CHANGE},
    "ManageItsPolicies": {
        "cloudfront:UpdateOriginAccessControl": _CHANGE,
        "cloudfront:UpdateResponseHeadersPolicy": _CHANGE,
    },
}
"""Actions of other statements for which there is no call here, and why."""


def allows(statement: Statement, call: dict[str, Any]) -> bool:
    """Return whether a statement alone allows a recorded call."""
    context = EvalContext(
        principal_arn=call["who"],
        principal_type="AssumedRole",
        principal_account="000000000000",
        action=call["action"],
        resource_arn=call["resource"],
        region="ap-south-1",
        service_context={"aws:tagkeys": None}
        | {name.lower(): value for name, value in call["context"].items()},
    )
    parsed = parse_policy_document({"Version": "2012-10-17", "Statement": [statement]})
    return bool(evaluate(context, [parsed]).decision == "Allow")


@pytest.fixture(scope="module")
def calls(cloud: Cloud) -> dict[str, list[dict[str, Any]]]:
    """The calls of each team's tasks, each kind once."""
    found: dict[str, dict[str, dict[str, Any]]] = {team: {} for team in TEAMS}
    for call in cloud.calls():
        for team in TEAMS:
            if call["who"].endswith(f":assumed-role/inventory-deployer-{STAGE}-{team}/{SESSION}"):
                kind = json.dumps([call["action"], call["resource"], call["context"]], sort_keys=True)
                found[team][kind] = call
    return {team: list(each.values()) for team, each in found.items()}


@pytest.mark.parametrize("team", TEAMS)
def test_the_role_has_allowed_every_call_of_its_teams_tasks(
    team: str, calls: dict[str, list[dict[str, Any]]]
) -> None:
    assert len(calls[team]) > 30
    assert [(each["action"], each["resource"]) for each in calls[team] if not each["allowed"]] == []


def needed_actions(calls: list[dict[str, Any]], granted: list[Statement]) -> set[tuple[str, str]]:
    """Return the statements and their actions without which a call would have been denied."""
    found: set[tuple[str, str]] = set()
    for call in calls:
        able = [each for each in granted if call["action"] in each["Action"]]
        allowing = [each["Sid"] for each in able if allows(each, call)]
        if len(allowing) == 1:
            found.add((allowing[0], call["action"]))
    return found


@pytest.fixture(scope="module")
def needed(
    calls: dict[str, list[dict[str, Any]]], statements: dict[str, list[Statement]]
) -> dict[str, set[tuple[str, str]]]:
    """What each team has needed; the services' teams together, as their roles differ in names alone."""
    found = {
        team: needed_actions(calls[team], [each for each in statements[team] if each["Effect"] == "Allow"])
        for team in TEAMS
    }
    of_services = set().union(*(found[service] for service in SERVICES))
    return found | dict.fromkeys(SERVICES, of_services)


@pytest.mark.parametrize("team", TEAMS)
def test_each_action_of_a_grant_was_needed(
    team: str, needed: dict[str, set[tuple[str, str]]], statements: dict[str, list[Statement]]
) -> None:
    unneeded = [
        (each["Sid"], action)
        for each in statements[team]
        if each["Effect"] == "Allow" and each["Sid"] not in NOT_ON_THE_EMULATOR
        for action in each["Action"]
        if (each["Sid"], action) not in needed[team] and action not in NOT_CALLED_HERE.get(each["Sid"], {})
    ]
    assert unneeded == []


def test_no_exception_is_left_that_a_call_has_made_superfluous(
    needed: dict[str, set[tuple[str, str]]], statements: dict[str, list[Statement]]
) -> None:
    every = [each for of_team in statements.values() for each in of_team if each["Effect"] == "Allow"]
    granted = {(each["Sid"], action) for each in every for action in each["Action"]}
    excepted = {(sid, action) for sid, actions in NOT_CALLED_HERE.items() for action in actions}
    called = set().union(*needed.values())
    assert (excepted - granted, excepted & called) == (set(), set())
    assert NOT_ON_THE_EMULATOR.keys() & {sid for sid, _ in called} == set()
    assert NOT_ON_THE_EMULATOR.keys() <= {sid for sid, _ in granted}
