"""The DynamoDB client that every service uses, and what its failures mean to a caller."""

from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from .errors import DatabaseUnavailable, InternalError, InventoryError

__all__ = ["DynamoDBClient", "connect", "outcome_of"]

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
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


def connect() -> DynamoDBClient:
    """Make a client; region, credentials and endpoint are boto3's own environment variables."""
    return boto3.client("dynamodb", config=_CONFIG)


def outcome_of(error: Exception) -> InventoryError:
    """Return what an exception that nobody handled is to the client.

    DynamoDB throttled or out of reach is `DatabaseUnavailable`; everything else is a defect of ours.
    """
    match error:
        case ClientError() if error.response["Error"]["Code"] in _TRANSIENT:
            transient = True
        case ConnectionError() | HTTPClientError():
            transient = True
        case _:
            transient = False
    if transient:
        return DatabaseUnavailable("The database cannot answer at present; please try again.")
    return InternalError("Something went wrong on our side; please report the request_id.")
