"""The DynamoDB client that every service uses, what it consumes, and the errors that its failures become."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from .errors import DatabaseUnavailable, InternalError, InventoryError

__all__ = ["DynamoDBClient", "Usage", "connect", "expected_error", "measured", "to_inventory_error"]

DynamoDBClient = Any
"""boto3's low-level client, whose class boto3 makes at run time."""

_CONNECT_TIMEOUT_SECONDS: Final = 1
"""Timeout of a connection to DynamoDB."""
_READ_TIMEOUT_SECONDS: Final = 4
"""Timeout of DynamoDB's response; with three attempts and their pauses, 18 seconds in total."""
_CALL_ATTEMPTS_MAX: Final = 3
"""Attempts of one call of DynamoDB that is throttled or gets no response."""
_CONNECTIONS_MAX: Final = 32
"""Connections to DynamoDB that a process keeps open."""

_CONFIG: Final = Config(
    # API Gateway waits for 29 seconds: a write begins no call after WRITE_DEADLINE_SECONDS, 10 of them.
    connect_timeout=_CONNECT_TIMEOUT_SECONDS,
    read_timeout=_READ_TIMEOUT_SECONDS,
    # "standard" sends a transaction again with the same ClientRequestToken, so it commits once.
    retries={"mode": "standard", "total_max_attempts": _CALL_ATTEMPTS_MAX},
    max_pool_connections=_CONNECTIONS_MAX,
    # A third of a large transaction's CPU time.  DynamoDB refuses what the validation would find, and the
    # tests' own clients validate.
    parameter_validation=False,
    # botocore would build it anew for every call, which takes a twelfth of a read's CPU time.
    user_agent=f"Boto3/{boto3.__version__} md/Botocore#{botocore.__version__} app/inventory",
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


_READS: Final = frozenset({"BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"})


@dataclass(slots=True)
class Usage:
    """What calls of DynamoDB cost: their number, botocore's own retries, capacity units.

    DynamoDB does not report the units of a call that it refuses, a failed condition included, though it
    charges them.
    """

    calls: int = 0
    retries: int = 0
    read_units: float = 0.0
    write_units: float = 0.0

    def fields(self) -> dict[str, Any]:
        """Return it as fields of a log line."""
        return {
            "dynamodb_calls": self.calls,
            "dynamodb_retries": self.retries,
            "read_units": self.read_units,
            "write_units": self.write_units,
        }


# The client is shared between threads; whose call an event is about is known by its context alone.
_usage: ContextVar[Usage | None] = ContextVar("usage", default=None)


@contextmanager
def measured() -> Iterator[Usage]:
    """Yield what the block's own thread consumes through clients of `connect`, updated call by call.

    Of nested blocks, only the inner one counts.
    """
    usage = Usage()
    token = _usage.set(usage)
    try:
        yield usage
    finally:
        _usage.reset(token)


def connect() -> DynamoDBClient:
    """Make a client; region, credentials and endpoint are boto3's own environment variables."""
    client = boto3.client("dynamodb", config=_CONFIG)
    client.meta.events.register("before-parameter-build.dynamodb", _ask_for_units)
    client.meta.events.register("after-call.dynamodb", _count_answered)
    client.meta.events.register("after-call-error.dynamodb", _count_unanswered)
    # botocore creates the exception classes on first access, and two threads at once create two of each, so
    # that an except clause misses the other.  So they are created before there is a second thread.
    _ = client.exceptions
    return client


def _ask_for_units(params: dict[str, Any], model: Any, **_: Any) -> None:
    if _usage.get() is not None and "ReturnConsumedCapacity" in model.input_shape.members:
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _count_answered(parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
    """Count a call that DynamoDB answered, even with an error."""
    usage = _usage.get()
    if usage is None:
        return
    usage.calls += 1
    usage.retries += parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    consumed = parsed.get("ConsumedCapacity") or ()
    # One entry, or one for each table where a call may touch several.
    for entry in (consumed,) if isinstance(consumed, Mapping) else consumed:
        read, written = entry.get("ReadCapacityUnits"), entry.get("WriteCapacityUnits")
        if read is None and written is None:
            total = entry.get("CapacityUnits", 0.0)
            read, written = (total, 0.0) if model.name in _READS else (0.0, total)
        usage.read_units += read or 0.0
        usage.write_units += written or 0.0


def _count_unanswered(context: Mapping[str, Any], **_: Any) -> None:
    """Count a call that got no response."""
    usage = _usage.get()
    if usage is None:
        return
    usage.calls += 1
    usage.retries += context.get("retries", {}).get("attempt", 1) - 1


def expected_error(error: Exception) -> InventoryError | None:
    """Return the error of one command of several, which leaves the others unaffected; None for a defect."""
    refusal = error if isinstance(error, InventoryError) else to_inventory_error(error)
    return None if isinstance(refusal, InternalError) else refusal


def to_inventory_error(error: Exception) -> InventoryError:
    """Return the error that an unhandled exception becomes for the client.

    A throttled or unreachable DynamoDB is `DatabaseUnavailable`; everything else is a defect of the service.
    """
    match error:
        case ClientError() if error.response["Error"]["Code"] in _TRANSIENT:
            transient = True
        case ConnectionError() | HTTPClientError():
            transient = True
        case _:
            transient = False
    if transient:
        return DatabaseUnavailable("The database is not available at the moment; please try again.")
    return InternalError("Something went wrong in the service; please report the request_id.")
