"""What AWS holds of each resource, asked by boto3, beside what Terraform has planned of it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.aws_shapes.applied_roots import Applied, type_of

__all__ = ["KINDS", "Difference", "Facts", "Kind", "differences", "pairs"]

Values = Mapping[str, Any]
Facts = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """How to compare a type of resource.

    Attributes
    ----------
    planned
        What is planned of it, in AWS's terms.
    held
        The same facts, as AWS answers.
    """

    planned: Callable[[Values], Facts]
    held: Callable[[Applied, Values], Facts]


@dataclass(frozen=True)
class Difference:
    """A fact that AWS holds otherwise than planned."""

    resource: str
    fact: str
    planned: Any
    held: Any


def pairs(applied: Applied, kind: str) -> Iterator[tuple[str, Facts, Facts]]:
    """Yield each resource of a type with what is planned of it, and what AWS holds."""
    for name, root in applied.roots.items():
        for address, values in root.planned.items():
            if type_of(address) == kind and address not in root.errors:
                known = _merged(root.applied[address], values)
                yield f"{name}: {address}", KINDS[kind].planned(known), KINDS[kind].held(applied, known)


def _merged(applied: Any, planned: Any) -> Any:
    """Return what is planned, and from the state what only the apply can know."""
    if planned is None:
        return applied
    if isinstance(planned, dict) and isinstance(applied, dict):
        return {name: _merged(applied.get(name), planned.get(name)) for name in {*applied, *planned}}
    if isinstance(planned, list) and isinstance(applied, list) and len(planned) == len(applied):
        return [_merged(*each) for each in zip(applied, planned, strict=True)]
    return planned


def differences(resource: str, planned: Facts, held: Facts) -> list[Difference]:
    """Return the facts of a resource that differ."""
    return [
        Difference(resource, fact, planned.get(fact), held.get(fact))
        for fact in sorted({*planned, *held})
        if planned.get(fact) != held.get(fact)
    ]


def _document(policy: Any) -> Any:
    """Return a policy as JSON: AWS answers some as text, some as a document."""
    return json.loads(policy) if isinstance(policy, str) else policy


# Tables


def _table_planned(values: Values) -> Facts:
    ttl = values.get("ttl") or []
    return {
        "keys": [each for each in (values["hash_key"], values.get("range_key")) if each],
        "attributes": {each["name"]: each["type"] for each in values["attribute"]},
        "indexes": {
            each["name"]: ([each["hash_key"], each["range_key"]], each["projection_type"])
            for each in values["global_secondary_index"]
        },
        "stream": values["stream_view_type"],
        "billing": values["billing_mode"],
        "deletion protection": values["deletion_protection_enabled"],
        "recovery": "ENABLED" if values["point_in_time_recovery"][0]["enabled"] else "DISABLED",
        "encryption": "ENABLED" if values["server_side_encryption"][0]["enabled"] else "DISABLED",
        "time to live": next((each["attribute_name"] for each in ttl if each["enabled"]), None),
    }


def _keys(schema: list[dict[str, str]]) -> list[str]:
    by_type = {each["KeyType"]: each["AttributeName"] for each in schema}
    return [by_type[kind] for kind in ("HASH", "RANGE") if kind in by_type]


def _table_held(applied: Applied, values: Values) -> Facts:
    client = applied.client("dynamodb")
    name = values["name"]
    table = client.describe_table(TableName=name)["Table"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return {
        "keys": _keys(table["KeySchema"]),
        "attributes": {
            each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]
        },
        "indexes": {
            each["IndexName"]: (_keys(each["KeySchema"]), each["Projection"]["ProjectionType"])
            for each in table["GlobalSecondaryIndexes"]
        },
        "stream": table["StreamSpecification"]["StreamViewType"],
        "billing": table["BillingModeSummary"]["BillingMode"],
        "deletion protection": table["DeletionProtectionEnabled"],
        "recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "encryption": table["SSEDescription"]["Status"],
        "time to live": client.describe_time_to_live(TableName=name)["TimeToLiveDescription"].get(
            "AttributeName"
        ),
    }


def _table_policy_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("dynamodb").get_resource_policy(ResourceArn=values["resource_arn"])
    return {"policy": _document(found["Policy"])}


# Functions


def _function_planned(values: Values) -> Facts:
    code = Path(values["filename"])
    return {
        "handler": values["handler"],
        "runtime": values["runtime"],
        "architecture": values["architectures"],
        "memory": values["memory_size"],
        "timeout": values["timeout"],
        "role": values["role"],
        "variables": next((each["variables"] for each in values.get("environment") or ()), {}),
        "tracing": next((each["mode"] for each in values.get("tracing_config") or ()), None),
        "code": base64.b64encode(hashlib.sha256(code.read_bytes()).digest()).decode(),
        "reserved concurrency": max(values["reserved_concurrent_executions"], 0) or None,
    }


def _function_held(applied: Applied, values: Values) -> Facts:
    function = applied.client("lambda").get_function(FunctionName=values["function_name"])
    found = function["Configuration"]
    return {
        "handler": found["Handler"],
        "runtime": found["Runtime"],
        "architecture": found["Architectures"],
        "memory": found["MemorySize"],
        "timeout": found["Timeout"],
        "role": found["Role"],
        "variables": found.get("Environment", {}).get("Variables", {}),
        "tracing": found.get("TracingConfig", {}).get("Mode"),
        "code": found["CodeSha256"],
        "reserved concurrency": function.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
    }


def _alias_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("lambda").get_alias(FunctionName=values["function_name"], Name=values["name"])
    return {"version": found["FunctionVersion"], "description": found["Description"]}


_MAPPING: Final = {
    "source": ("event_source_arn", "EventSourceArn"),
    "position": ("starting_position", "StartingPosition"),
    "batch": ("batch_size", "BatchSize"),
    "parallel": ("parallelization_factor", "ParallelizationFactor"),
    "bisect": ("bisect_batch_on_function_error", "BisectBatchOnFunctionError"),
    "retries": ("maximum_retry_attempts", "MaximumRetryAttempts"),
    "age": ("maximum_record_age_in_seconds", "MaximumRecordAgeInSeconds"),
    "answers": ("function_response_types", "FunctionResponseTypes"),
}


def _mapping_planned(values: Values) -> Facts:
    filters = [each["pattern"] for of in values.get("filter_criteria") or () for each in of["filter"]]
    failures = [each["destination_arn"] for of in values["destination_config"] for each in of["on_failure"]]
    return {
        **{fact: values[name] for fact, (name, _) in _MAPPING.items()},
        "filters": filters,
        "failures": failures,
    }


def _mapping_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("lambda").get_event_source_mapping(UUID=values["uuid"])
    return {
        **{fact: found.get(name) for fact, (_, name) in _MAPPING.items()},
        "filters": [each["Pattern"] for each in found.get("FilterCriteria", {}).get("Filters", ())],
        "failures": [found["DestinationConfig"]["OnFailure"]["Destination"]],
    }


def _permission_planned(values: Values) -> Facts:
    return {name: values[name] for name in ("action", "principal", "source_arn")}


def _permission_held(applied: Applied, values: Values) -> Facts:
    qualifier = {"Qualifier": values["qualifier"]} if values.get("qualifier") else {}
    policy = applied.client("lambda").get_policy(FunctionName=values["function_name"], **qualifier)["Policy"]
    (found,) = [each for each in _document(policy)["Statement"] if each["Sid"] == values["statement_id"]]
    return {
        "action": found["Action"],
        "principal": found["Principal"]["Service"],
        "source_arn": found["Condition"]["ArnLike"]["AWS:SourceArn"],
    }


# Roles


def _role_held(applied: Applied, values: Values) -> Facts:
    iam = applied.client("iam")
    role = iam.get_role(RoleName=values["name"])["Role"]
    return {
        "trust": _document(role["AssumeRolePolicyDocument"]),
        "tags": {each["Key"]: each["Value"] for each in role.get("Tags", ())},
    }


def _role_policy_held(applied: Applied, values: Values) -> Facts:
    iam = applied.client("iam")
    found = iam.get_role_policy(RoleName=values["role"], PolicyName=values["name"])
    return {
        "policy": _document(found["PolicyDocument"]),
        "policies": iam.list_role_policies(RoleName=values["role"])["PolicyNames"],
    }


def _attachment_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("iam").list_attached_role_policies(RoleName=values["role"])["AttachedPolicies"]
    return {"attached": [each["PolicyArn"] for each in found]}


# APIs


def _resource_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("apigateway").get_resource(
        restApiId=values["rest_api_id"], resourceId=values["id"]
    )
    return {"path": found["path"], "part": found["pathPart"]}


def _integration_planned(values: Values) -> Facts:
    return {
        "type": values["type"],
        "method": values["integration_http_method"],
        "address": values["uri"],
        "authorization": "NONE",
    }


def _integration_held(applied: Applied, values: Values) -> Facts:
    asked = {
        "restApiId": values["rest_api_id"],
        "resourceId": values["resource_id"],
        "httpMethod": values["http_method"],
    }
    client = applied.client("apigateway")
    found = client.get_integration(**asked)
    return {
        "type": found["type"],
        "method": found["httpMethod"],
        "address": found["uri"],
        "authorization": client.get_method(**asked)["authorizationType"],
    }


def _stage_planned(values: Values) -> Facts:
    logs = values["access_log_settings"]
    return {
        "deployment": values["deployment_id"],
        "tracing": values["xray_tracing_enabled"],
        "access logs": [(each["destination_arn"], each["format"]) for each in logs],
    }


def _stage_held(applied: Applied, values: Values) -> Facts:
    client = applied.client("apigateway")
    found = client.get_stage(restApiId=values["rest_api_id"], stageName=values["stage_name"])
    logs = found.get("accessLogSettings")
    return {
        "deployment": found["deploymentId"],
        "tracing": found["tracingEnabled"],
        "access logs": [(logs["destinationArn"], logs["format"])] if logs else [],
    }


def _settings_planned(values: Values) -> Facts:
    (settings,) = values["settings"]
    names = ("metrics_enabled", "throttling_rate_limit", "throttling_burst_limit", "logging_level")
    return {name: settings[name] for name in names}


def _settings_held(applied: Applied, values: Values) -> Facts:
    client = applied.client("apigateway")
    stage = client.get_stage(restApiId=values["rest_api_id"], stageName=values["stage_name"])
    found = stage["methodSettings"][values["method_path"]]
    return {
        "metrics_enabled": found["metricsEnabled"],
        "throttling_rate_limit": found["throttlingRateLimit"],
        "throttling_burst_limit": found["throttlingBurstLimit"],
        "logging_level": found["loggingLevel"],
    }


def _gateway_response_planned(values: Values) -> Facts:
    return {
        "status": values.get("status_code"),
        "headers": values["response_parameters"],
        "body": values["response_templates"],
    }


def _gateway_response_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("apigateway").get_gateway_response(
        restApiId=values["rest_api_id"], responseType=values["response_type"]
    )
    return {
        "status": found.get("statusCode"),
        "headers": found["responseParameters"],
        "body": found["responseTemplates"],
    }


# Schedules, alarms, queues, parameters, buckets


def _rule_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("events").describe_rule(Name=values["name"])
    return {
        "schedule": found["ScheduleExpression"],
        "state": found["State"],
        "description": found["Description"],
    }


def _target_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("events").list_targets_by_rule(Rule=values["rule"])["Targets"]
    return {"targets": [(each["Id"], each["Arn"]) for each in found]}


_ALARM: Final = {
    "alarm_description": "AlarmDescription",
    "alarm_actions": "AlarmActions",
    "comparison_operator": "ComparisonOperator",
    "evaluation_periods": "EvaluationPeriods",
    "metric_name": "MetricName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treat_missing_data": "TreatMissingData",
}


def _alarm_planned(values: Values) -> Facts:
    return {
        **{name: values.get(name) or None for name in _ALARM},
        "dimensions": values.get("dimensions") or {},
        "queries": sorted(each["id"] for each in values.get("metric_query") or ()),
    }


def _alarm_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("cloudwatch").describe_alarms(AlarmNames=[values["alarm_name"]])["MetricAlarms"][0]
    return {
        **{name: found.get(of) or None for name, of in _ALARM.items()},
        "dimensions": {each["Name"]: each["Value"] for each in found.get("Dimensions", ())},
        "queries": sorted(each["Id"] for each in found.get("Metrics", ())),
    }


def _parameter_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("ssm").get_parameter(Name=values["name"])["Parameter"]
    return {"value": found["Value"], "type": found["Type"]}


_QUEUE: Final = {
    "message_retention_seconds": "MessageRetentionPeriod",
    "visibility_timeout_seconds": "VisibilityTimeout",
}


def _queue_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("sqs").get_queue_attributes(QueueUrl=values["url"], AttributeNames=["All"])
    return {name: int(found["Attributes"][of]) for name, of in _QUEUE.items()}


def _blocked_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("s3").get_public_access_block(Bucket=values["bucket"])
    answer: Facts = found["PublicAccessBlockConfiguration"]
    return answer


def _blocked_planned(values: Values) -> Facts:
    return {
        "BlockPublicAcls": values["block_public_acls"],
        "BlockPublicPolicy": values["block_public_policy"],
        "IgnorePublicAcls": values["ignore_public_acls"],
        "RestrictPublicBuckets": values["restrict_public_buckets"],
    }


def _bucket_policy_held(applied: Applied, values: Values) -> Facts:
    return {"policy": _document(applied.client("s3").get_bucket_policy(Bucket=values["bucket"])["Policy"])}


def _lock_planned(values: Values) -> Facts:
    (retention,) = values["rule"][0]["default_retention"]
    return {"mode": retention["mode"], "days": retention["days"]}


def _lock_held(applied: Applied, values: Values) -> Facts:
    found = applied.client("s3").get_object_lock_configuration(Bucket=values["bucket"])
    retention = found["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    return {"mode": retention["Mode"], "days": retention["Days"]}


KINDS: Final = {
    "aws_dynamodb_table": Kind(_table_planned, _table_held),
    "aws_dynamodb_resource_policy": Kind(
        lambda values: {"policy": _document(values["policy"])}, _table_policy_held
    ),
    "aws_lambda_function": Kind(_function_planned, _function_held),
    "aws_lambda_alias": Kind(
        lambda values: {"version": values["function_version"], "description": values["description"]},
        _alias_held,
    ),
    "aws_lambda_event_source_mapping": Kind(_mapping_planned, _mapping_held),
    "aws_lambda_permission": Kind(_permission_planned, _permission_held),
    "aws_iam_role": Kind(
        lambda values: {"trust": _document(values["assume_role_policy"]), "tags": values["tags_all"]},
        _role_held,
    ),
    "aws_iam_role_policy": Kind(
        lambda values: {"policy": _document(values["policy"]), "policies": [values["name"]]},
        _role_policy_held,
    ),
    "aws_iam_role_policy_attachment": Kind(
        lambda values: {"attached": [values["policy_arn"]]}, _attachment_held
    ),
    "aws_api_gateway_resource": Kind(
        lambda values: {"path": values["path"], "part": values["path_part"]}, _resource_held
    ),
    "aws_api_gateway_integration": Kind(_integration_planned, _integration_held),
    "aws_api_gateway_stage": Kind(_stage_planned, _stage_held),
    "aws_api_gateway_method_settings": Kind(_settings_planned, _settings_held),
    "aws_api_gateway_gateway_response": Kind(_gateway_response_planned, _gateway_response_held),
    "aws_cloudwatch_event_rule": Kind(
        lambda values: {
            "schedule": values["schedule_expression"],
            "state": values.get("state") or "ENABLED",
            "description": values["description"],
        },
        _rule_held,
    ),
    "aws_cloudwatch_event_target": Kind(
        lambda values: {"targets": [(values["target_id"], values["arn"])]}, _target_held
    ),
    "aws_cloudwatch_metric_alarm": Kind(_alarm_planned, _alarm_held),
    "aws_ssm_parameter": Kind(
        lambda values: {"value": values["value"], "type": values["type"]}, _parameter_held
    ),
    "aws_sqs_queue": Kind(lambda values: {name: values[name] for name in _QUEUE}, _queue_held),
    "aws_s3_bucket_public_access_block": Kind(_blocked_planned, _blocked_held),
    "aws_s3_bucket_policy": Kind(lambda values: {"policy": _document(values["policy"])}, _bucket_policy_held),
    "aws_s3_bucket_object_lock_configuration": Kind(_lock_planned, _lock_held),
}
"""The types that are compared."""
