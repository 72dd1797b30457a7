"""A role of a stage, the calls that no role may make, and those that some may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from tests.deployed.cloud import STAGE, Cloud
from tests.deployed.needs import READ_LEDGER_KEYS, SIGN

POLICY = "what-it-needs"

LOG, PRODUCTS, INVENTORY = "StockTransactions", "Products-table", "VendorInventory"
RECORD = {"transaction_id": {"S": "TXN-forbidden"}, "timestamp": {"S": "2026-01-01T00:00:00.000000Z"}}
PRODUCT = {"product_id": {"S": "PROD-FORBIDDEN"}}
SKU = {"product_id": {"S": "PROD-FORBIDDEN"}, "sku": {"S": "SKU-PROD-FORBIDDEN-X"}}
SET = {"UpdateExpression": "SET notes = :n", "ExpressionAttributeValues": {":n": {"S": "forged"}}}

Call = tuple[str, str, dict[str, Any]]
"""A service, an operation of boto3, its arguments."""

CHANGES_OF_THE_LOG: dict[str, Call] = {
    "update a record": ("dynamodb", "update_item", {"TableName": LOG, "Key": RECORD, **SET}),
    "delete a record": ("dynamodb", "delete_item", {"TableName": LOG, "Key": RECORD}),
    "put records in a batch": (
        "dynamodb",
        "batch_write_item",
        {"RequestItems": {LOG: [{"PutRequest": {"Item": RECORD}}]}},
    ),
    "put a record outside a transaction": ("dynamodb", "put_item", {"TableName": LOG, "Item": RECORD}),
    "update a record in a transaction": (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Update": {"TableName": LOG, "Key": RECORD, **SET}}]},
    ),
    "delete a record in a transaction": (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Delete": {"TableName": LOG, "Key": RECORD}}]},
    ),
}

FORBIDDEN: dict[str, Call] = {
    **CHANGES_OF_THE_LOG,
    **{
        f"{verb} by PartiQL": ("dynamodb", "execute_statement", {"Statement": statement})
        for verb, statement in {
            "insert a record": f"INSERT INTO \"{LOG}\" VALUE {{'transaction_id': 'T', 'timestamp': 't'}}",
            "update a record": f"UPDATE \"{LOG}\" SET notes = 'n' WHERE transaction_id = 'T'",
            "delete a record": f"DELETE FROM \"{LOG}\" WHERE transaction_id = 'T'",
            "read a table": f'SELECT * FROM "{PRODUCTS}"',
        }.items()
    },
    f"scan {LOG}": ("dynamodb", "scan", {"TableName": LOG}),
    "delete a table": ("dynamodb", "delete_table", {"TableName": LOG}),
    "remove the log's policy": (
        "dynamodb",
        "delete_resource_policy",
        {"ResourceArn": f"arn:aws:dynamodb:ap-south-1:000000000000:table/{LOG}"},
    ),
    "read another stage": (
        "dynamodb",
        "get_item",
        {"TableName": f"staging-{PRODUCTS}", "Key": PRODUCT},
    ),
    "write another stage": (
        "dynamodb",
        "put_item",
        {"TableName": f"staging-{INVENTORY}", "Item": SKU},
    ),
    "read a parameter": ("ssm", "get_parameter", {"Name": f"/inventory/{STAGE}/identity/issuer"}),
    "change a parameter": (
        "ssm",
        "put_parameter",
        {"Name": f"/inventory/{STAGE}/identity/issuer", "Value": "x", "Overwrite": True},
    ),
    "list the archive": ("s3", "list_buckets", {}),
    "start a function": ("lambda", "invoke", {"FunctionName": f"inventory-{STAGE}-stock-api"}),
    "change a function": (
        "lambda",
        "update_function_configuration",
        {"FunctionName": f"inventory-{STAGE}-stock-api", "MemorySize": 128},
    ),
    "create a user": ("iam", "create_user", {"UserName": "intruder"}),
}
"""Calls that no function may make."""

ARCHIVED = {"Bucket": "ARCHIVE"}
ONLY_SOME_MAY: dict[str, tuple[Call, set[str]]] = {
    "put a product": (
        ("dynamodb", "put_item", {"TableName": PRODUCTS, "Item": PRODUCT}),
        # Counters alone, by their keys, which the emulator does not check.
        {"catalog/api", "catalog/product_changed", "catalog/recount_products"},
    ),
    "put a SKU outside a transaction": (
        ("dynamodb", "put_item", {"TableName": INVENTORY, "Item": SKU}),
        # Items of alerts alone, and of bounds alone, by their keys, which the emulator does not check.
        {"stock/sku_changed", "stock/lower_bounds"},
    ),
    "delete a SKU outside a transaction": (
        ("dynamodb", "delete_item", {"TableName": INVENTORY, "Key": SKU}),
        set(),
    ),
    "put a record in a transaction": (
        (
            "dynamodb",
            "transact_write_items",
            {"TransactItems": [{"Put": {"TableName": LOG, "Item": {**RECORD, "rogue": {"S": "yes"}}}}]},
        ),
        {"stock/api", "stock/expire_orders"},
    ),
    "read the log": (
        (
            "dynamodb",
            "query",
            {
                "TableName": LOG,
                "KeyConditionExpression": "transaction_id = :t",
                "ExpressionAttributeValues": {":t": {"S": "T"}},
            },
        ),
        {
            "audit/api",
            "audit/stock_changed",
            "audit/log_changed",
            "audit/reconcile",
            "audit/verify_archive",
        },
    ),
    "read products": (
        ("dynamodb", "batch_get_item", {"RequestItems": {PRODUCTS: {"Keys": [PRODUCT]}}}),
        {
            "catalog/api",
            "catalog/product_changed",
            "catalog/recount_products",
            "stock/api",
            "audit/log_changed",
            "audit/reconcile",
        },
    ),
    "scan Products-table": (
        ("dynamodb", "scan", {"TableName": PRODUCTS}),
        {"catalog/recount_products"},
    ),
    "scan VendorInventory": (
        ("dynamodb", "scan", {"TableName": INVENTORY}),
        {"stock/lower_bounds", "audit/reconcile", "audit/verify_archive", "audit/write_digest"},
    ),
    "archive a record": (
        ("s3", "put_object", {**ARCHIVED, "Key": "log/forbidden", "Body": b"{}"}),
        {"audit/log_changed"},
    ),
    "read an archived record": (
        ("s3", "get_object", {**ARCHIVED, "Key": "log/forbidden"}),
        {"audit/log_changed", "audit/verify_archive"},
    ),
    "keep a finding": (
        ("s3", "put_object", {**ARCHIVED, "Key": "findings/forbidden", "Body": b"{}"}),
        {
            "audit/stock_changed",
            "audit/log_changed",
            "audit/reconcile",
            "audit/verify_archive",
            "audit/write_digest",
        },
    ),
    "keep a digest": (
        ("s3", "put_object", {**ARCHIVED, "Key": "digests/forbidden", "Body": b"{}"}),
        {"audit/write_digest"},
    ),
    "remove from the archive": (("s3", "delete_object", {**ARCHIVED, "Key": "log/forbidden"}), set()),
    "change the archive's lock": (
        (
            "s3",
            "put_object_lock_configuration",
            {**ARCHIVED, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
        ),
        set(),
    ),
    "sign a digest": (
        (
            "kms",
            "sign",
            {
                "KeyId": "SIGNING-KEY",
                "Message": bytes(32),
                "MessageType": "DIGEST",
                "SigningAlgorithm": "ECDSA_SHA_256",
            },
        ),
        {"audit/write_digest"},
    ),
    "read the key that signs the log": (
        ("secretsmanager", "get_secret_value", {"SecretId": "LEDGER-KEY"}),
        {*SIGN},
    ),
    "change the key that signs the log": (
        ("secretsmanager", "put_secret_value", {"SecretId": "LEDGER-KEY", "SecretString": "{}"}),
        set(),
    ),
    "open the key that signs the log to others": (
        ("secretsmanager", "delete_resource_policy", {"SecretId": "LEDGER-KEY"}),
        set(),
    ),
    "read a published key": (
        ("ssm", "get_parameter", {"Name": f"/inventory/{STAGE}/ledger-keys/1"}),
        {*READ_LEDGER_KEYS},
    ),
    "publish a key": (
        (
            "ssm",
            "put_parameter",
            {"Name": f"/inventory/{STAGE}/ledger-keys/9", "Value": "{}", "Type": "String"},
        ),
        set(),
    ),
    "withdraw a published key": (
        ("ssm", "delete_parameter", {"Name": f"/inventory/{STAGE}/ledger-keys/1"}),
        set(),
    ),
    "delete the signing key": (("kms", "schedule_key_deletion", {"KeyId": "SIGNING-KEY"}), set()),
    "raise an alarm": (
        ("sns", "publish", {"TopicArn": "ALARMS", "Message": "fire"}),
        set(),
    ),
    "send an alert": (
        ("sns", "publish", {"TopicArn": "ALERTS", "Message": "low"}),
        {
            "stock/sku_changed",
            "audit/stock_changed",
            "audit/log_changed",
            "audit/reconcile",
            "audit/verify_archive",
            "audit/write_digest",
        },
    ),
    "publish an event": (
        (
            "events",
            "put_events",
            {
                "Entries": [
                    {
                        "EventBusName": f"inventory-{STAGE}",
                        "Source": "inventory.stock",
                        "DetailType": "stock.out",
                        "Detail": "{}",
                    }
                ]
            },
        ),
        {
            # Of their own source alone, which the emulator does not check.
            "catalog/product_changed",
            "stock/sku_changed",
            "audit/stock_changed",
            "audit/log_changed",
            "audit/reconcile",
            "audit/verify_archive",
            "audit/write_digest",
        },
    ),
}
"""Calls that some functions may make, and which."""


class Role:
    """A function's role, whose policy a test may change for the length of a block."""

    def __init__(self, cloud: Cloud, function: str) -> None:
        self.name = f"inventory-{STAGE}-{function.replace('/', '-')}"
        self._cloud = cloud
        self._iam = cloud.client("iam")
        self.document: dict[str, Any] = self._iam.get_role_policy(RoleName=self.name, PolicyName=POLICY)[
            "PolicyDocument"
        ]

    @property
    def statements(self) -> list[dict[str, Any]]:
        statements: list[dict[str, Any]] = self.document["Statement"]
        return statements

    @contextmanager
    def with_statements(self, statements: list[dict[str, Any]]) -> Iterator[None]:
        self._put(POLICY, {**self.document, "Statement": statements})
        try:
            yield
        finally:
            self._put(POLICY, self.document)

    @contextmanager
    def granted_too_much(self) -> Iterator[None]:
        """Grant it everything in DynamoDB, as if by mistake."""
        everything = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
        self._put("by-mistake", {"Version": "2012-10-17", "Statement": [everything]})
        try:
            yield
        finally:
            self._iam.delete_role_policy(RoleName=self.name, PolicyName="by-mistake")

    def may(self, call: Call) -> bool:
        """Make a call under the role; return whether it is allowed, even if it fails otherwise."""
        service, operation, arguments = call
        try:
            getattr(self._cloud.client(service, self._credentials()), operation)(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            return code not in ("AccessDenied", "AccessDeniedException", "AuthorizationError")
        return True

    def environment(self) -> dict[str, str]:
        """Return the variables with which a program acts under the role."""
        keys = self._credentials()
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def _credentials(self) -> Any:
        arn = f"arn:aws:iam::000000000000:role/{self.name}"
        return self._cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]

    def _put(self, name: str, document: dict[str, Any]) -> None:
        self._iam.put_role_policy(RoleName=self.name, PolicyName=name, PolicyDocument=json.dumps(document))
