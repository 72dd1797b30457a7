"""The parameters between platform and services: documented, published and read by the same names."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.declared_apps import SERVICES, declared, functions
from tests.infrastructure.terraform import CONFIGURATION, STAGE, Cloud

pytestmark = pytest.mark.needs_terraform

DOCUMENT = Path(__file__).parents[2] / "docs" / "platform-contract.md"
TABLES = ("Products-table", "VendorInventory", "StockTransactions")


def _documented(begin: str = "## Parameters", end: str = "### Published by a service") -> dict[str, str]:
    """Return the rows of the platform's parameters: by the pattern of its name, who reads each."""
    text = DOCUMENT.read_text()
    section = text[text.index(begin) : text.index(end)]
    rows = re.findall(r"^\| `([^`]+)` \| .* \| ([^|]+) \|$", section, re.MULTILINE)
    return dict(rows)


def _every(pattern: str) -> set[str]:
    if "<table>" in pattern:
        return {pattern.replace("<table>", table) for table in TABLES}
    if "<function>" in pattern:
        named = {(service, function) for service in SERVICES for function in functions(service)}
        if "failure_queue" in pattern:
            named = {each for each in named if each[1] != "api"}
        return {pattern.replace("<service>", s).replace("<function>", f) for s, f in named}
    return {pattern.replace("<service>", service) for service in SERVICES}


def _published(cloud: Cloud) -> dict[str, str]:
    path = f"/inventory/{STAGE}"
    pages = cloud.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    return {
        each["Name"].removeprefix(f"{path}/"): each["Value"] for page in pages for each in page["Parameters"]
    }


def test_the_platform_publishes_what_the_document_lists_and_nothing_else(cloud: Cloud) -> None:
    assert set(_published(cloud)) == set().union(*(_every(pattern) for pattern in _documented()))


def test_each_parameter_names_an_existing_resource(cloud: Cloud) -> None:
    published = _published(cloud)
    iam, sqs, sns = cloud.client("iam"), cloud.client("sqs"), cloud.client("sns")
    dynamodb, s3, kms = cloud.client("dynamodb"), cloud.client("s3"), cloud.client("kms")

    for name, value in published.items():
        match name.split("/"):
            case [*_, "role_arn"]:
                assert iam.get_role(RoleName=value.rsplit("/", 1)[-1])["Role"]["Arn"] == value
            case [*_, "failure_queue_arn"]:
                assert sqs.get_queue_url(QueueName=value.rsplit(":", 1)[-1])["QueueUrl"]
            case [*_, "topic_arn"]:
                assert sns.get_topic_attributes(TopicArn=value)["Attributes"]["TopicArn"] == value
            case ["tables", table, "arn"]:
                assert dynamodb.describe_table(TableName=f"{STAGE}-{table}")["Table"]["TableArn"] == value
            case ["tables", table, "stream_arn"]:
                stream = dynamodb.describe_table(TableName=f"{STAGE}-{table}")["Table"]["LatestStreamArn"]
                assert stream == value
    assert published["tables/name_prefix"] == f"{STAGE}-"
    assert published["identity/issuer"].endswith(published["identity/user_pool_id"])
    assert published["identity/jwks_url"].endswith(
        f"{published['identity/user_pool_id']}/.well-known/jwks.json"
    )
    outputs = cloud.platform.outputs()
    assert published["identity/audiences"] == published["identity/web_client_id"] == outputs["web_client_id"]
    assert published["identity/hosted_login"] == outputs["hosted_login"] == cloud.endpoint
    assert published["identity/web_callback_urls"] == "-"
    assert published["console/domain"] == published["console/certificate_arn"] == "-"
    clients = cloud.platform.outputs()["machine_clients"]
    assert published["identity/machine_client_ids"].split(",") == sorted(
        client["client_id"] for client in clients.values()
    )
    owners = json.loads(published["identity/order_owners"])
    assert owners == {clients["web-shop"]["client_id"]: ["web", "default"]}
    assert published["logs/retention_days"] == "90"
    assert published["logs/kms_key_arn"] == "-"
    assert s3.head_bucket(Bucket=published["archive/bucket"])
    signing = kms.describe_key(KeyId=published["archive/signing_key_arn"])["KeyMetadata"]
    assert signing["KeyUsage"] == "SIGN_VERIFY"
    secret = cloud.client("secretsmanager").describe_secret(SecretId=published["ledger/key_secret_arn"])
    assert secret["Name"] == f"inventory-{STAGE}-ledger-key"
    assert published["ledger/keys_path"] == f"/inventory/{STAGE}/ledger-keys/"


def test_the_service_root_reads_what_the_document_says_it_reads() -> None:
    source = (CONFIGURATION / "service" / "contract.tf").read_text()
    needed = source[source.index("needed =") : source.index("contract =")]
    read = {
        name.replace("${feed.table}", "<table>")
        .replace("${var.service}", "<service>")
        .replace("${function}", "<function>")
        for name in re.findall(r'"([a-z$][^"]*/[^"]+)"', needed)
    }

    assert read == {name for name, reader in _documented().items() if reader.startswith("service root")}


def test_the_console_root_reads_what_the_document_says_it_reads() -> None:
    source = (CONFIGURATION / "console" / "contract.tf").read_text()
    needed = source[source.index("of_the_platform =") : source.index("contract =")]
    read = {name.replace("${service}", "<service>") for name in re.findall(r'"([a-z$][^"]*/[^"]+)"', needed)}
    of_services = _documented("### Published by a service", "## Platform root")

    assert read == {
        name for name, readers in (_documented() | of_services).items() if "console root" in readers
    }


def test_a_service_publishes_what_the_document_says_it_publishes() -> None:
    source = (CONFIGURATION / "service" / "contract.tf").read_text()
    published = re.findall(r'name += "\$\{local\.path\}([^"]+)"', source)

    assert {name.replace("${var.service}", "<service>") for name in published} == set(
        _documented("### Published by a service", "## Platform root")
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_be_planned_with_the_published_parameters(cloud: Cloud, service: str) -> None:
    planned = cloud.service(service, declared(service)).plan()

    assert planned.returncode == 2, planned.stderr
    for function in functions(service):
        assert f"inventory-{STAGE}-{service}-{function}" in planned.stdout
    for path in declared(service)["routes"]:
        assert f'aws_api_gateway_method.any["{path.removeprefix("/")}"] will be created' in planned.stdout


def _refusal(cloud: Cloud, app: dict[str, Any], **variables: Any) -> str:
    planned = cloud.service("audit", app, **variables).plan()

    assert planned.returncode == 1
    return " ".join(re.sub(r"[│╷╵]", " ", planned.stderr).split())


def test_an_unknown_stage_is_reported_in_one_clear_message(cloud: Cloud) -> None:
    refusal = _refusal(cloud, declared("audit"), stage="nowhere")

    assert "Stage 'nowhere' was not found" in refusal
    assert refusal.count("Error:") == 1


def test_a_function_unknown_to_the_platform_is_named(cloud: Cloud) -> None:
    app = declared("audit") | {"schedules": {"reckon": "rate(1 day)"}}

    refusal = _refusal(cloud, app)

    assert "lacks services/audit/reckon/failure_queue_arn, services/audit/reckon/role_arn" in refusal
    assert "terraform/platform/access.tf" in refusal
