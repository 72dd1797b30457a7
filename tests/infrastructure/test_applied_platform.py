"""The platform after it was applied: the tables are those of the file and of the services."""

import json
from typing import Any

import pytest

from inventory_common import schema
from tests.infrastructure.terraform import CONFIGURATION, STAGE, Cloud

pytestmark = pytest.mark.needs_terraform

DECLARED: dict[str, Any] = json.loads((CONFIGURATION / "platform" / "tables.auto.tfvars.json").read_text())[
    "tables"
]


@pytest.fixture(scope="module")
def described(cloud: Cloud) -> dict[str, Any]:
    """Each table as DynamoDB describes it, by its declared name."""
    client = cloud.client("dynamodb")
    return {name: client.describe_table(TableName=f"{STAGE}-{name}")["Table"] for name in DECLARED}


def _keys(description: dict[str, Any]) -> list[str]:
    by_type = {key["KeyType"]: key["AttributeName"] for key in description["KeySchema"]}
    return [by_type[kind] for kind in ("HASH", "RANGE") if kind in by_type]


def _declared_keys(declared: dict[str, Any]) -> list[str]:
    return [declared[key]["name"] for key in ("partition_key", "sort_key") if key in declared]


@pytest.mark.parametrize("name", DECLARED)
def test_a_table_has_the_keys_indexes_and_types_that_are_declared(
    described: dict[str, Any], name: str
) -> None:
    declared, applied = DECLARED[name], described[name]

    assert _keys(applied) == _declared_keys(declared)
    indexes = {index["IndexName"]: index for index in applied["GlobalSecondaryIndexes"]}
    assert {index: _keys(each) for index, each in indexes.items()} == {
        index: _declared_keys(each) for index, each in declared["global_secondary_indexes"].items()
    }
    assert {index["Projection"]["ProjectionType"] for index in indexes.values()} == {"ALL"}
    assert {each["AttributeName"]: each["AttributeType"] for each in applied["AttributeDefinitions"]} == {
        key["name"]: key["type"]
        for each in [declared, *declared["global_secondary_indexes"].values()]
        for key in (each.get("partition_key"), each.get("sort_key"))
        if key
    }


def test_the_tables_and_indexes_are_those_that_the_services_name(described: dict[str, Any]) -> None:
    tables = {schema.PRODUCTS, schema.VENDOR_INVENTORY, schema.STOCK_TRANSACTIONS}

    assert {table.name: list(table.key) for table in tables} == {
        name: _keys(table) for name, table in described.items()
    }
    assert {
        (index.table.name, index.index_name): [index.partition_key, index.sort_key]
        for index in schema.INDEXES
    } == {
        (name, index["IndexName"]): _keys(index)
        for name, table in described.items()
        for index in table["GlobalSecondaryIndexes"]
    }


@pytest.mark.parametrize("name", DECLARED)
def test_a_table_streams_both_images_and_is_billed_on_demand(described: dict[str, Any], name: str) -> None:
    assert described[name]["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    assert described[name]["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("name", DECLARED)
def test_a_table_and_each_index_have_the_configured_throughput_limit(
    described: dict[str, Any], name: str
) -> None:
    fuse = {"MaxReadRequestUnits": 2000, "MaxWriteRequestUnits": 1000}

    assert described[name]["OnDemandThroughput"] == fuse
    assert [each["OnDemandThroughput"] for each in described[name]["GlobalSecondaryIndexes"]] == [fuse] * len(
        described[name]["GlobalSecondaryIndexes"]
    )


@pytest.mark.parametrize("name", DECLARED)
def test_a_table_is_encrypted_and_can_be_restored(cloud: Cloud, described: dict[str, Any], name: str) -> None:
    assert described[name]["SSEDescription"]["Status"] == "ENABLED"
    backups = cloud.client("dynamodb").describe_continuous_backups(TableName=f"{STAGE}-{name}")
    assert (
        backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        == "ENABLED"
    )


@pytest.mark.parametrize("name", DECLARED)
def test_only_tables_with_expiring_items_have_a_ttl(cloud: Cloud, name: str) -> None:
    ttl = cloud.client("dynamodb").describe_time_to_live(TableName=f"{STAGE}-{name}")["TimeToLiveDescription"]

    attribute = DECLARED[name].get("ttl_attribute")
    assert ttl.get("AttributeName") == attribute
    assert ttl["TimeToLiveStatus"] == ("DISABLED" if attribute is None else "ENABLED")


def test_only_the_log_denies_changes_to_everybody(cloud: Cloud, described: dict[str, Any]) -> None:
    client = cloud.client("dynamodb")
    policy = json.loads(
        client.get_resource_policy(ResourceArn=described["StockTransactions"]["TableArn"])["Policy"]
    )

    refused = {
        action
        for statement in policy["Statement"]
        if statement["Effect"] == "Deny" and statement["Principal"] == "*" and "Condition" not in statement
        for action in statement["Action"]
    }
    assert refused == {
        f"dynamodb:{action}"
        for action in (
            "BatchWriteItem",
            "DeleteItem",
            "UpdateItem",
            "PartiQLDelete",
            "PartiQLInsert",
            "PartiQLUpdate",
        )
    }
    (put,) = (statement for statement in policy["Statement"] if "Condition" in statement)
    assert put["Action"] in ("dynamodb:PutItem", ["dynamodb:PutItem"])
    assert put["Condition"] == {
        "ForAllValues:StringNotEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}
    }
    for name in ("Products-table", "VendorInventory"):
        with pytest.raises(client.exceptions.PolicyNotFoundException):
            client.get_resource_policy(ResourceArn=described[name]["TableArn"])


def test_people_cannot_sign_up_or_set_their_vendor(cloud: Cloud) -> None:
    client = cloud.client("cognito-idp")
    outputs = cloud.platform.outputs()
    pool = client.describe_user_pool(UserPoolId=outputs["user_pool_id"])["UserPool"]
    web = client.describe_user_pool_client(
        UserPoolId=outputs["user_pool_id"], ClientId=outputs["web_client_id"]
    )["UserPoolClient"]

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert web["WriteAttributes"] == ["email"]
    assert "custom:vendor_id" in web["ReadAttributes"]
    assert "ALLOW_ADMIN_USER_PASSWORD_AUTH" not in web["ExplicitAuthFlows"]
    groups = client.list_groups(UserPoolId=outputs["user_pool_id"])["Groups"]
    assert {group["GroupName"] for group in groups} == {"vendor", "orders", "auditor", "admin"}


def test_the_archive_locks_and_versions_its_objects(cloud: Cloud) -> None:
    client, bucket = cloud.client("s3"), cloud.platform.outputs()["archive_bucket"]

    locked = client.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert locked["ObjectLockEnabled"] == "Enabled"
    assert locked["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 365}
    assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_a_second_plan_has_no_changes(cloud: Cloud) -> None:
    planned = cloud.platform.plan()

    assert planned.returncode == 0, planned.stdout + planned.stderr
