"""The DynamoDB client that every service uses, what its failures mean, and the conditions that all share."""

from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .errors import DatabaseUnavailable, InternalError, InventoryError
from .items import Item, to_attribute
from .schema import TTL_ATTRIBUTE
from .timestamps import epoch_seconds

__all__ = ["OLD_IMAGE", "DynamoDBClient", "absent_or_lapsed", "connect", "failed_conditions", "outcome_of"]

DynamoDBClient = Any
"""boto3's low-level client, whose class boto3 makes at run time."""

_CONFIG: Final = Config(
    # One request of ours may need several calls within API Gateway's 29 seconds.
    connect_timeout=2,
    read_timeout=5,
    # "standard" sends a transaction again with the same ClientRequestToken, so it commits once.
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
)

_TRANSIENT: Final = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


_CONDITION_FAILED: Final = "ConditionalCheckFailed"
_LOST_TO_ANOTHER: Final = frozenset(
    {
        "None",
        _CONDITION_FAILED,
        "ProvisionedThroughputExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)

OLD_IMAGE: Final = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
"""Makes a failed condition show what another writer left: the next attempt's snapshot, without a read."""


def connect() -> DynamoDBClient:
    """Make a client; region, credentials and endpoint are boto3's own environment variables."""
    return boto3.client("dynamodb", config=_CONFIG)


def outcome_of(error: Exception) -> InventoryError:
    """Return what an exception that nobody handled is to the client.

    DynamoDB throttled or out of reach is `DatabaseUnavailable`; everything else is a defect of ours.
    """
    match error:
        case ClientError() if error.response["Error"]["Code"] not in _TRANSIENT:
            return InternalError("Something went wrong on our side; please report the request_id.")
        case ClientError() | BotoCoreError():
            return DatabaseUnavailable("The database cannot answer at present; please try again.")
        case _:
            return InternalError("Something went wrong on our side; please report the request_id.")


def absent_or_lapsed(now: str) -> dict[str, Any]:
    """Return the condition of a put over nothing, or over an item whose TTL has passed.

    DynamoDB removes such an item within days, not at once; until then it counts as absent.
    """
    return {
        "ConditionExpression": "attribute_not_exists(product_id) OR #ttl <= :now",
        "ExpressionAttributeNames": {"#ttl": TTL_ATTRIBUTE},
        "ExpressionAttributeValues": {":now": to_attribute(epoch_seconds(now))},
    }


def failed_conditions(cancelled: ClientError) -> dict[int, Item | None]:
    """Tell which actions of a cancelled transaction failed their condition, and what stood there.

    Empty if DynamoDB merely saw two transactions at once, or throttled: to be sent again as it is.

    Raises
    ------
    ClientError
        `cancelled` itself, if it has another reason: we sent what we should not have sent.
    """
    reasons: list[dict[str, Any]] = cancelled.response["CancellationReasons"]
    if any(reason["Code"] not in _LOST_TO_ANOTHER for reason in reasons):
        raise cancelled
    return {
        position: reason.get("Item")
        for position, reason in enumerate(reasons)
        if reason["Code"] == _CONDITION_FAILED
    }
