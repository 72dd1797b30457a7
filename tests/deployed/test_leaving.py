"""After services and platform are destroyed, nothing remains."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx

from tests.deployed.cloud import STAGE, STATE_BUCKET, Cloud, Tokens
from tests.deployed.deployed_services import SERVICES, Deployed

THE_LINE = 3
"""The file descriptor that make opens for the line of ``HOLD=1``: its own standard output."""


def test_the_run_can_wait_for_manual_tests(cloud: Cloud, deployed: Deployed, outputs: dict[str, Any]) -> None:
    fresh = Tokens(cloud, outputs)
    line = " ".join(
        [f"{service}={deployed.urls[service]}" for service in SERVICES]
        + [
            f"vendor={fresh.token('vendor', 'VENDOR-HOLD')}",
            f"orders={fresh.token('orders')}",
            f"auditor={fresh.token('auditor')}",
            f"admin={fresh.token('admin')}",
        ]
    )
    if os.environ.get("HOLD") != "1":
        return
    os.write(THE_LINE, f"{line}\n".encode())
    before = signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    with suppress(KeyboardInterrupt):
        signal.pause()
    signal.signal(signal.SIGTERM, before)


def test_a_destroyed_service_is_removed_and_the_others_stay(
    cloud: Cloud, deployed: Deployed, workers: ThreadPoolExecutor
) -> None:
    gone = cloud.team("destroy", "audit")
    assert gone.exit_code == 0, gone.errors
    assert gone.output.endswith("audit on dev was destroyed.\n")
    for service in ("catalog", "stock"):
        assert httpx.get(f"{deployed.urls[service]}/health", trust_env=False).status_code == 200
    assert httpx.get(f"{deployed.urls['audit']}/health", trust_env=False).status_code >= 400

    others = [workers.submit(cloud.team, "destroy", service) for service in ("catalog", "stock")]
    for other in others:
        assert other.result().exit_code == 0, other.result().errors


def empty_archive(cloud: Cloud) -> None:
    """Delete every archived object, as only an administrator may."""
    s3 = cloud.client("s3")
    [bucket] = [each["Name"] for each in s3.list_buckets()["Buckets"] if "-archive-" in each["Name"]]
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            s3.delete_object(
                Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"], BypassGovernanceRetention=True
            )


def test_nothing_remains_after_the_platform(cloud: Cloud, deployed: Deployed) -> None:
    empty_archive(cloud)
    destroyed = cloud.platform("destroy", "-auto-approve", "-input=false", "-no-color")
    assert destroyed.exit_code == 0, destroyed.errors
    roles_gone = cloud.deployers("destroy", "-auto-approve", "-input=false", "-no-color")
    assert roles_gone.exit_code == 0, roles_gone.errors
    states = cloud.client("s3").list_objects_v2(Bucket=STATE_BUCKET)["Contents"]
    # No lock remains, and no other state.
    services = (f"{STAGE}/service-{service}" for service in ("audit", "catalog", "console"))
    assert [state["Key"] for state in states] == [
        f"inventory/{each}.tfstate" for each in ("deployers", f"{STAGE}/platform", *services)
    ]
    assert not any(cloud.state_of(service)["resources"] for service in SERVICES)
    left = {what: names() for what, names in inventory_of(cloud).items()}
    # Archived records can be verified by them for as long as Object Lock keeps these.
    kept = {name for name in left["parameters"] if name.startswith(f"/inventory/{STAGE}/ledger-keys/")}
    assert kept
    left["parameters"] = [name for name in left["parameters"] if name not in kept]
    assert {what: names for what, names in left.items() if names} == {}


def inventory_of(cloud: Cloud) -> dict[str, Callable[[], list[str]]]:
    """Return, by kind of resource, how to list what an account has of it."""

    def named(service: str, operation: str, member: str, key: str | None, **more: Any) -> Any:
        def names() -> list[str]:
            response = getattr(cloud.client(service), operation)(**more)
            return [str(each[key]) if key else str(each) for each in response.get(member) or ()]

        return names

    ours = "subscriber-of-the-test"  # made by a test
    return {
        "functions": named("lambda", "list_functions", "Functions", "FunctionName"),
        "event source mappings": named("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
        "APIs": named("apigateway", "get_rest_apis", "items", "name"),
        "tables": named("dynamodb", "list_tables", "TableNames", None),
        "streams": named("dynamodbstreams", "list_streams", "Streams", "StreamArn"),
        "roles": named("iam", "list_roles", "Roles", "RoleName"),
        "policies": named("iam", "list_policies", "Policies", "PolicyName", Scope="Local"),
        "pools": named("cognito-idp", "list_user_pools", "UserPools", "Name", MaxResults=60),
        "topics": named("sns", "list_topics", "Topics", "TopicArn"),
        "queues": lambda: [
            url for url in cloud.client("sqs").list_queues().get("QueueUrls") or () if not url.endswith(ours)
        ],
        "parameters": named("ssm", "describe_parameters", "Parameters", "Name"),
        "buckets": lambda: [
            bucket["Name"]
            for bucket in cloud.client("s3").list_buckets()["Buckets"]
            if bucket["Name"] != STATE_BUCKET
        ],
        "key aliases": lambda: [
            alias["AliasName"]
            for alias in cloud.client("kms").list_aliases()["Aliases"]
            if alias["AliasName"].startswith("alias/inventory")
        ],
        "secrets": named("secretsmanager", "list_secrets", "SecretList", "Name"),
        "alarms": named("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "dashboards": named("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
        "schedules": named("scheduler", "list_schedules", "Schedules", "Name"),
        "rules": named("events", "list_rules", "Rules", "Name"),
        "distributions": lambda: [
            str(each["Id"])
            for each in cloud.client("cloudfront").list_distributions()["DistributionList"].get("Items", ())
        ],
        "functions of CloudFront": lambda: [
            str(each["Name"])
            for each in cloud.client("cloudfront").list_functions()["FunctionList"].get("Items", ())
        ],
        "log groups": named("logs", "describe_log_groups", "logGroups", "logGroupName"),
    }


def test_prod_is_refused_here_too(cloud: Cloud) -> None:
    refused = cloud.team("destroy", "audit", STAGE="prod")
    assert (refused.exit_code, refused.errors) == (1, "prod cannot be destroyed by this command.\n")
