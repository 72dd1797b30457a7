"""AWS's quotas, each once: the limit, where AWS documents it, and how what is planned is measured.

Of a quota that can be raised, the table has the default, which a new account has.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["QUOTAS", "Excess", "Quota", "Resource", "excesses"]

KIB: Final = 1024
MIB: Final = 1024 * KIB
_DOCS: Final = "https://docs.aws.amazon.com/"


@dataclass(frozen=True)
class Resource:
    """A resource as it was planned or applied."""

    root: str
    address: str
    kind: str
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.root}: {self.address}"


Measured = dict[str, float]
"""What uses a quota, and how much of it, by the name of a resource or of what it is part of."""
Measure = Callable[[Sequence[Resource]], Measured]


@dataclass(frozen=True)
class Quota:
    """One quota of AWS.

    Attributes
    ----------
    name
        What is bounded, with the unit.
    limit
        The greatest allowed value.
    source
        AWS's page, below its address of documents.
    measure
        Measures resources.
    """

    name: str
    limit: float
    source: str
    measure: Measure

    @property
    def link(self) -> str:
        return _DOCS + self.source


@dataclass(frozen=True)
class Excess:
    """What is over a quota."""

    quota: str
    subject: str
    measured: float
    limit: float


def excesses(resources: Sequence[Resource], quotas: Iterable[Quota]) -> list[Excess]:
    """Return what exceeds a quota."""
    return [
        Excess(quota.name, subject, measured, quota.limit)
        for quota in quotas
        for subject, measured in quota.measure(resources).items()
        if measured > quota.limit
    ]


# What is measured


def _each(kind: str, measure: Callable[[Mapping[str, Any]], float | None]) -> Measure:
    """Measure every resource of a type that has a value."""

    def measured(resources: Sequence[Resource]) -> Measured:
        found = {each.name: measure(each.values) for each in resources if each.kind == kind}
        return {name: value for name, value in found.items() if value is not None}

    return measured


def _length(kind: str, attribute: str = "name") -> Measure:
    """Count the characters of an attribute."""
    return _each(kind, lambda values: None if values.get(attribute) is None else len(values[attribute]))


def _bytes(kind: str, attribute: str) -> Measure:
    return _each(
        kind, lambda values: None if values.get(attribute) is None else len(values[attribute].encode())
    )


def _value(kind: str, attribute: str) -> Measure:
    return _each(kind, lambda values: values.get(attribute))


def _number_by(kind: str, key: Callable[[Resource], str]) -> Measure:
    """Count resources of a type by what they are part of."""
    return lambda resources: dict(Counter(key(each) for each in resources if each.kind == kind))


def _sum_by(kind: str, key: Callable[[Resource], str], size: Callable[[Mapping[str, Any]], float]) -> Measure:
    def measured(resources: Sequence[Resource]) -> Measured:
        sums: dict[str, float] = defaultdict(float)
        for each in resources:
            if each.kind == kind:
                sums[key(each)] += size(each.values)
        return dict(sums)

    return measured


def _by(*attributes: str) -> Callable[[Resource], str]:
    return lambda each: "/".join(str(each.values.get(attribute)) for attribute in attributes)


def _without_white_space(policy: str) -> int:
    """IAM does not count white space."""
    return len(re.sub(r"\s", "", policy))


def _policy(kind: str, attribute: str) -> Measure:
    return _each(
        kind,
        lambda values: None if not values.get(attribute) else _without_white_space(values[attribute]),
    )


def _environment_bytes(values: Mapping[str, Any]) -> float | None:
    """Lambda counts names and values."""
    variables = [
        pair for each in values.get("environment") or () for pair in (each["variables"] or {}).items()
    ]
    return sum(len(name.encode()) + len(value.encode()) for name, value in variables)


def _access_log_bytes(values: Mapping[str, Any]) -> float | None:
    return max(
        (len(each["format"].encode()) for each in values.get("access_log_settings") or ()), default=None
    )


def _widgets(values: Mapping[str, Any]) -> list[int]:
    return [len(each["properties"]["metrics"]) for each in json.loads(values["dashboard_body"])["widgets"]]


def _unpacked_bytes(values: Mapping[str, Any]) -> float:
    with zipfile.ZipFile(values["filename"]) as archive:
        return sum(each.file_size for each in archive.infolist())


def _filters(values: Mapping[str, Any]) -> list[str]:
    return [
        each["pattern"]
        for criteria in values.get("filter_criteria") or ()
        for each in criteria.get("filter") or ()
    ]


def _parameter_bytes(*tiers: str) -> Measure:
    return _each(
        "aws_ssm_parameter",
        lambda values: len(values["value"].encode()) if (values.get("tier") or "Standard") in tiers else None,
    )


_IAM = "IAM/latest/UserGuide/reference_iam-quotas.html"
_LAMBDA = "lambda/latest/dg/gettingstarted-limits.html"
_API = "apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
_EVENTS = "eventbridge/latest/userguide/eb-quota.html"
_ALARMS = "AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
_LOGS = "AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
_DYNAMODB = "amazondynamodb/latest/developerguide/ServiceQuotas.html"
_SSM = "general/latest/gr/ssm.html"

QUOTAS: Final = (
    Quota(
        "inline policies of a role, in characters without white space",
        10_240,
        _IAM,
        _sum_by("aws_iam_role_policy", _by("role"), lambda values: _without_white_space(values["policy"])),
    ),
    Quota(
        "a managed policy, in characters without white space",
        6_144,
        _IAM,
        _policy("aws_iam_policy", "policy"),
    ),
    Quota(
        "a role's trust policy, in characters without white space",
        2_048,
        _IAM,
        _policy("aws_iam_role", "assume_role_policy"),
    ),
    Quota(
        "managed policies attached to a role",
        10,
        _IAM,
        _number_by("aws_iam_role_policy_attachment", _by("role")),
    ),
    Quota("a role's name, in characters", 64, _IAM, _length("aws_iam_role")),
    Quota(
        "a function's name, in characters",
        64,
        "lambda/latest/api/API_CreateFunction.html",
        _length("aws_lambda_function", "function_name"),
    ),
    Quota(
        "a function's variables, names and values, in bytes",
        4 * KIB,
        _LAMBDA,
        _each("aws_lambda_function", _environment_bytes),
    ),
    Quota("a function's timeout, in seconds", 900, _LAMBDA, _value("aws_lambda_function", "timeout")),
    Quota("a function's memory, in MB", 10_240, _LAMBDA, _value("aws_lambda_function", "memory_size")),
    Quota(
        "a zip that is uploaded directly, in bytes",
        50 * MIB,
        _LAMBDA,
        _each("aws_lambda_function", lambda values: Path(values["filename"]).stat().st_size),
    ),
    Quota("a zip, unpacked, in bytes", 250 * MIB, _LAMBDA, _each("aws_lambda_function", _unpacked_bytes)),
    Quota(
        "reserved concurrency of all functions, which leaves 100 of an account's 1,000",
        900,
        "lambda/latest/dg/configuration-concurrency.html",
        _sum_by(
            "aws_lambda_function",
            lambda _: "all functions",
            lambda values: max(values.get("reserved_concurrent_executions") or 0, 0),
        ),
    ),
    Quota(
        "filters of an event source mapping",
        5,
        "lambda/latest/dg/invocation-eventfiltering.html",
        _each("aws_lambda_event_source_mapping", lambda values: len(_filters(values))),
    ),
    Quota(
        "a filter's pattern, in characters",
        4_096,
        "lambda/latest/api/API_Filter.html",
        _each(
            "aws_lambda_event_source_mapping", lambda values: max(map(len, _filters(values)), default=None)
        ),
    ),
    Quota(
        "functions that read a table's stream",
        2,
        "lambda/latest/dg/with-ddb.html",
        _number_by("aws_lambda_event_source_mapping", _by("event_source_arn")),
    ),
    Quota("resources of an API", 300, _API, _number_by("aws_api_gateway_resource", lambda each: each.root)),
    Quota(
        "an integration's timeout, in milliseconds",
        29_000,
        _API,
        _value("aws_api_gateway_integration", "timeout_milliseconds"),
    ),
    Quota(
        "an imported definition of an API, in bytes",
        6 * MIB,
        _API,
        _bytes("aws_api_gateway_rest_api", "body"),
    ),
    Quota("stages of an API", 10, _API, _number_by("aws_api_gateway_stage", _by("rest_api_id"))),
    Quota(
        "the template of access logs, in bytes",
        3 * KIB,
        _API,
        _each("aws_api_gateway_stage", _access_log_bytes),
    ),
    Quota("a standard parameter, in bytes", 4 * KIB, _SSM, _parameter_bytes("Standard")),
    Quota(
        "an advanced parameter, in bytes", 8 * KIB, _SSM, _parameter_bytes("Advanced", "Intelligent-Tiering")
    ),
    Quota(
        "a parameter's name, in characters",
        1_011,
        "systems-manager/latest/APIReference/API_PutParameter.html",
        _length("aws_ssm_parameter"),
    ),
    Quota(
        "levels of a parameter's name",
        15,
        "systems-manager/latest/APIReference/API_PutParameter.html",
        _each("aws_ssm_parameter", lambda values: values["name"].count("/")),
    ),
    Quota(
        "rules of an event bus",
        300,
        _EVENTS,
        _number_by("aws_cloudwatch_event_rule", lambda each: each.values.get("event_bus_name") or "default"),
    ),
    Quota(
        "targets of a rule",
        5,
        _EVENTS,
        _number_by("aws_cloudwatch_event_target", _by("event_bus_name", "rule")),
    ),
    Quota(
        "a rule's name, in characters",
        64,
        "eventbridge/latest/APIReference/API_PutRule.html",
        _length("aws_cloudwatch_event_rule"),
    ),
    Quota(
        "the name of an archive of events, in characters",
        48,
        "eventbridge/latest/APIReference/API_CreateArchive.html",
        _length("aws_cloudwatch_event_archive"),
    ),
    Quota(
        "an alarm's name, in characters",
        255,
        "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        _length("aws_cloudwatch_metric_alarm", "alarm_name"),
    ),
    Quota(
        "a dashboard's body, in bytes",
        MIB,
        "AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
        _bytes("aws_cloudwatch_dashboard", "dashboard_body"),
    ),
    Quota(
        "metrics of a widget",
        500,
        _ALARMS,
        _each("aws_cloudwatch_dashboard", lambda values: max(_widgets(values), default=0)),
    ),
    Quota(
        "metrics of a dashboard",
        2_500,
        _ALARMS,
        _each("aws_cloudwatch_dashboard", lambda values: sum(_widgets(values))),
    ),
    Quota(
        "metric filters of a log group",
        100,
        _LOGS,
        _number_by("aws_cloudwatch_log_metric_filter", _by("log_group_name")),
    ),
    Quota(
        "a log group's name, in characters",
        512,
        "AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
        _length("aws_cloudwatch_log_group"),
    ),
    Quota(
        "a bucket's name, in characters",
        63,
        "AmazonS3/latest/userguide/bucketnamingrules.html",
        _length("aws_s3_bucket", "bucket"),
    ),
    Quota(
        "a bucket's policy, in bytes",
        20 * KIB,
        "AmazonS3/latest/userguide/bucket-policies.html",
        _bytes("aws_s3_bucket_policy", "policy"),
    ),
    Quota(
        "a queue's name, in characters",
        80,
        "AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html",
        _length("aws_sqs_queue"),
    ),
    Quota(
        "a topic's name, in characters", 256, "sns/latest/api/API_CreateTopic.html", _length("aws_sns_topic")
    ),
    Quota("a table's name, in characters", 255, _DYNAMODB, _length("aws_dynamodb_table")),
    Quota(
        "global secondary indexes of a table",
        20,
        _DYNAMODB,
        _each("aws_dynamodb_table", lambda values: len(values.get("global_secondary_index") or ())),
    ),
    Quota(
        "a table's policy, in bytes", 20 * KIB, _DYNAMODB, _bytes("aws_dynamodb_resource_policy", "policy")
    ),
    Quota(
        "a secret's name, in characters",
        512,
        "secretsmanager/latest/userguide/reference_limits.html",
        _length("aws_secretsmanager_secret"),
    ),
    Quota(
        "a secret's policy, in characters",
        20_480,
        "secretsmanager/latest/userguide/reference_limits.html",
        _length("aws_secretsmanager_secret_policy", "policy"),
    ),
    Quota(
        "a key's policy, in bytes",
        32 * KIB,
        "kms/latest/developerguide/resource-limits.html",
        _bytes("aws_kms_key", "policy"),
    ),
    Quota(
        "the name of a user pool, in characters",
        128,
        "cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html",
        _length("aws_cognito_user_pool"),
    ),
    Quota(
        "the prefix of a user pool's domain, in characters",
        63,
        "cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html",
        _length("aws_cognito_user_pool_domain", "domain"),
    ),
    Quota(
        "the name of a backup vault, in characters",
        50,
        "aws-backup/latest/devguide/API_CreateBackupVault.html",
        _length("aws_backup_vault"),
    ),
    Quota(
        "a function of CloudFront, in bytes",
        10 * KIB,
        "AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
        _bytes("aws_cloudfront_function", "code"),
    ),
    Quota(
        "the name of a function of CloudFront, in characters",
        64,
        "cloudfront/latest/APIReference/API_CreateFunction.html",
        _length("aws_cloudfront_function"),
    ),
)
