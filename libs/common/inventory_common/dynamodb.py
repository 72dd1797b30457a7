"""The DynamoDB client of every service, the capacity that its calls consume, and the errors of the calls."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import boto3
import botocore
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from .errors import DatabaseUnavailable, InternalError, InventoryError, OutcomeUnknown
from .item_parser import ItemParserFactory

__all__ = [
    "DynamoDBClient",
    "Usage",
    "connect",
    "expected_error",
    "is_outcome_unknown",
    "lost_answers_reported",
    "measured",
    "to_inventory_error",
]

DynamoDBClient = Any
"""boto3's low-level client; boto3 creates its class at run time."""

_CONNECT_TIMEOUT_SECONDS: Final = 1
"""Timeout of a connection to DynamoDB."""
_READ_TIMEOUT_SECONDS: Final = 4
"""Timeout of DynamoDB's response; with three attempts and their pauses, 18 seconds in total."""
_CALL_ATTEMPTS_MAX: Final = 3
"""Attempts of one call of DynamoDB that is throttled or gets no response."""
_CONNECTIONS_MAX: Final = 32
"""Connections to DynamoDB that a process keeps open."""

_CONFIG: Final = Config(
    # API Gateway gives up after 29 seconds; a write starts no call after WRITE_DEADLINE_SECONDS, which is 10.
    connect_timeout=_CONNECT_TIMEOUT_SECONDS,
    read_timeout=_READ_TIMEOUT_SECONDS,
    # "standard" resends a transaction with the same ClientRequestToken, so that it commits once.
    retries={"mode": "standard", "total_max_attempts": _CALL_ATTEMPTS_MAX},
    max_pool_connections=_CONNECTIONS_MAX,
    # Validation takes a third of the CPU time of a large transaction.  DynamoDB itself refuses an invalid
    # call, and the clients of the tests validate.
    parameter_validation=False,
    # botocore would build this string for every call, which takes a twelfth of the CPU time of a read.
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

_AMBIGUOUS: Final = frozenset({"InternalServerError", "ServiceUnavailable", "TransactionInProgressException"})
"""Errors after which a write may have been executed."""

_READS: Final = frozenset({"BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"})


@dataclass(slots=True)
class Usage:
    """The cost of calls of DynamoDB: their number, botocore's own retries, and capacity units.

    The units of a refused call, such as one whose condition failed, are missing: DynamoDB charges for them
    but does not report them.
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


# Threads share the client; only the context identifies the block that an event of botocore belongs to.
_usage: ContextVar[Usage | None] = ContextVar("usage", default=None)


@contextmanager
def measured() -> Iterator[Usage]:
    """Yield the usage of the block's own thread through clients of `connect`, updated after each call.

    Within nested blocks, only the innermost one counts a call.
    """
    usage = Usage()
    token = _usage.set(usage)
    try:
        yield usage
    finally:
        _usage.reset(token)


def connect() -> DynamoDBClient:
    """Return a new client; boto3 reads region, credentials and endpoint from its environment variables."""
    if boto3.DEFAULT_SESSION is None:
        session = botocore.session.get_session()
        session.register_component("response_parser_factory", ItemParserFactory())
        # The default session: another client of the process would load AWS's data again into one of its own.
        boto3.setup_default_session(botocore_session=session)
    client = boto3.client("dynamodb", config=_CONFIG)
    client.meta.events.register("before-parameter-build.dynamodb", _request_units)
    client.meta.events.register("after-call.dynamodb", _count_responded)
    client.meta.events.register("after-call-error.dynamodb", _count_failed)
    # botocore creates the exception classes on first access, and two threads at once create two of each: an
    # except clause would miss errors of the other thread.  So they are created before a second thread starts.
    _ = client.exceptions
    return client


def _request_units(params: dict[str, Any], model: Any, **_: Any) -> None:
    if _usage.get() is not None and "ReturnConsumedCapacity" in model.input_shape.members:
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _count_responded(parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
    """Count a call that got a response, even an error."""
    usage = _usage.get()
    if usage is None:
        return
    usage.calls += 1
    usage.retries += parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    consumed = parsed.get("ConsumedCapacity") or ()
    # One entry, or a list with one for each table if the operation can use several.
    for entry in (consumed,) if isinstance(consumed, Mapping) else consumed:
        read, written = entry.get("ReadCapacityUnits"), entry.get("WriteCapacityUnits")
        if read is None and written is None:
            total = entry.get("CapacityUnits", 0.0)
            read, written = (total, 0.0) if model.name in _READS else (0.0, total)
        usage.read_units += read or 0.0
        usage.write_units += written or 0.0


def _count_failed(context: Mapping[str, Any], **_: Any) -> None:
    """Count a call that got no response."""
    usage = _usage.get()
    if usage is None:
        return
    usage.calls += 1
    usage.retries += context.get("retries", {}).get("attempt", 1) - 1


def expected_error(error: Exception) -> InventoryError | None:
    """Return the error of one command in a batch, which does not affect the others; None for a defect."""
    expected = error if isinstance(error, InventoryError) else to_inventory_error(error)
    return None if isinstance(expected, InternalError) else expected


def is_outcome_unknown(error: Exception) -> bool:
    """Return whether a write that raised this error may have been executed, e.g. as its response was lost."""
    match error:
        case ClientError():
            return error.response["Error"]["Code"] in _AMBIGUOUS
        case _:
            return isinstance(error, ConnectionError | HTTPClientError)


@contextmanager
def lost_answers_reported() -> Iterator[None]:
    """Raise `OutcomeUnknown` in place of the error of a write that may have been executed."""
    try:
        yield
    except Exception as error:
        if is_outcome_unknown(error):
            raise OutcomeUnknown from error
        raise


def to_inventory_error(error: Exception) -> InventoryError:
    """Return the error that a client sees instead of an unhandled exception.

    It is `DatabaseUnavailable` if DynamoDB throttles or cannot be reached; any other exception is a defect of
    the service.
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
