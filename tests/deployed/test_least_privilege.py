"""Each role allows what its function needs, and nothing else: tested with IAM enforced.

Every statement of every rendered policy is removed once, and a need of the function must then fail; a
statement that no need requires fails the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deployed.cloud import STAGE, Cloud
from tests.deployed.needs import READ_LEDGER_KEYS, SIGN, Needs
from tests.integration.shop import Shop

POLICY = "what-it-needs"
FUNCTIONS = (
    "catalog/api",
    "catalog/product_changed",
    "catalog/recount_products",
    "stock/api",
    "stock/product_changed",
    "stock/sku_changed",
    "stock/expire_orders",
    "stock/lower_bounds",
    "audit/api",
    "audit/stock_changed",
    "audit/log_changed",
    "audit/reconcile",
    "audit/verify_archive",
    "audit/write_digest",
)
CLAIMS = "claims"
"""The platform's own function, which calls nothing."""

NOT_ENFORCED = {
    "WriteLogs": "the emulator writes a function's log itself",
    "WriteTraces": "the emulator traces nothing",
    "ReadStream": "the emulator reads streams itself",
    "ListStreams": "the emulator reads streams itself",
    "SendFailures": "the emulator delivers to the failure queue itself",
}
"""Statements that the emulator does not enforce, and why (docs/deploying.md)."""

NOT_ENFORCED_OF = {
    # They read one object by its key: without the statement, a missing one is "denied" on AWS, and
    # "not found" here.
    ("audit/stock_changed", "ListTheArchive"),
    ("audit/log_changed", "ListTheArchive"),
    ("audit/reconcile", "ListTheArchive"),
}
"""Statements that the emulator does not enforce for single functions."""

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


@pytest.fixture(scope="module")
def needs(cloud: Cloud, shop: Shop, outputs: dict[str, Any]) -> Iterator[Needs]:
    """The needs, while no stream invokes a function."""
    client = cloud.client("lambda")
    mappings = [each["UUID"] for each in client.list_event_source_mappings()["EventSourceMappings"]]
    for uuid in mappings:
        client.update_event_source_mapping(UUID=uuid, Enabled=False)
    needs = Needs(cloud, shop, outputs)
    yield needs
    needs.recount()
    for uuid in mappings:
        client.update_event_source_mapping(UUID=uuid, Enabled=True)


@pytest.fixture(scope="module")
def role(cloud: Cloud) -> Callable[[str], Role]:
    return lambda function: Role(cloud, function)


@pytest.fixture(scope="module")
def other_stage(cloud: Cloud) -> Iterator[None]:
    """Tables of another stage in the same account."""
    client = cloud.client("dynamodb")
    names = (f"staging-{PRODUCTS}", f"staging-{INVENTORY}")
    for name in names:
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "product_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "product_id", "KeyType": "HASH"}],
        )
    yield
    for name in names:
        client.delete_table(TableName=name)


@pytest.fixture(autouse=True)
def no_forged_record(client: Any) -> Iterator[None]:
    """Remove what a test may have written to the log."""
    yield
    for table, key in ((LOG, RECORD), (PRODUCTS, PRODUCT), (INVENTORY, SKU)):
        client.delete_item(TableName=table, Key=key)


def failing(needs: dict[str, Callable[[], None]]) -> str | None:
    """Return the name of the first need that is not met."""
    for name, need in needs.items():
        try:
            need()
        except AssertionError:
            return name
    return None


def test_every_role_is_tested(outputs: dict[str, Any], needs: Needs) -> None:
    assert set(outputs["role_arns"]) == set(FUNCTIONS)
    assert all(needs.of(function) for function in FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_can_do_all_that_it_needs(function: str, needs: Needs) -> None:
    for need in needs.of(function).values():
        need()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_statement_that_grants_is_needed(
    function: str, needs: Needs, role: Callable[[str], Role]
) -> None:
    tested_role = role(function)
    unnoticed = NOT_ENFORCED.keys() | {sid for name, sid in NOT_ENFORCED_OF if name == function}
    unmet_need_by_statement: dict[str, str | None] = {}
    for statement in tested_role.statements:
        if statement["Effect"] == "Allow" and statement["Sid"] not in unnoticed:
            rest = [each for each in tested_role.statements if each is not statement]
            with tested_role.with_statements(rest):
                unmet_need_by_statement[statement["Sid"]] = failing(needs.of(function))
    print(function, unmet_need_by_statement)
    assert None not in unmet_need_by_statement.values(), unmet_need_by_statement
    # Without those that the emulator does not enforce, all at once, every need is still met.
    enforced = [each for each in tested_role.statements if each["Sid"] not in unnoticed]
    with tested_role.with_statements(enforced):
        assert failing(needs.of(function)) is None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_action_and_resource_of_a_grant_is_needed(
    function: str, needs: Needs, role: Callable[[str], Role]
) -> None:
    tested_role = role(function)
    unneeded = set()
    for statement in tested_role.statements:
        if statement["Effect"] == "Deny" or statement["Sid"] in NOT_ENFORCED:
            continue
        for part in ("Action", "Resource"):
            values = statement[part] if isinstance(statement[part], list) else [statement[part]]
            for value in values if len(values) > 1 else ():
                without = {**statement, part: [each for each in values if each != value]}
                rest = [without if each is statement else each for each in tested_role.statements]
                with tested_role.with_statements(rest):
                    if failing(needs.of(function)) is None:
                        unneeded.add((function, statement["Sid"], value))
    assert unneeded == set()


@pytest.mark.parametrize("function", [*FUNCTIONS, CLAIMS])
@pytest.mark.usefixtures("other_stage")
def test_calls_that_no_function_may_make_are_denied(function: str, role: Callable[[str], Role]) -> None:
    tested_role = role(function)
    assert [what for what, call in FORBIDDEN.items() if tested_role.may(call)] == []


@pytest.mark.parametrize("what", ONLY_SOME_MAY)
def test_calls_that_some_functions_may_make_are_denied_to_others(
    what: str, role: Callable[[str], Role], outputs: dict[str, Any]
) -> None:
    (service, operation, arguments), expected = ONLY_SOME_MAY[what]
    of_the_stage = {
        "ALARMS": outputs["alarm_topic_arn"],
        "ALERTS": outputs["alert_topic_arn"],
        "ARCHIVE": outputs["archive_bucket"],
        "SIGNING-KEY": outputs["signing_key_arn"],
        "LEDGER-KEY": outputs["ledger_key_secret_arn"],
    }
    named = {
        name: of_the_stage.get(value, value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    found = {function for function in (*FUNCTIONS, CLAIMS) if role(function).may((service, operation, named))}
    assert found == expected


@pytest.mark.parametrize("function", [*FUNCTIONS, CLAIMS])
def test_the_log_cannot_be_changed_by_a_role_with_too_many_permissions(
    function: str, role: Callable[[str], Role]
) -> None:
    """Each Deny is needed for that: without it, the log can be changed in some way."""
    tested_role = role(function)
    with tested_role.granted_too_much():
        assert [what for what, call in CHANGES_OF_THE_LOG.items() if tested_role.may(call)] == []
        for statement in tested_role.statements:
            if statement["Effect"] == "Deny":
                rest = [each for each in tested_role.statements if each is not statement]
                with tested_role.with_statements(rest):
                    opened = [what for what, call in CHANGES_OF_THE_LOG.items() if tested_role.may(call)]
                assert opened, statement["Sid"]
