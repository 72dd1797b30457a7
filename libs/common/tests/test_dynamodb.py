import json
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import exceptions
from botocore.awsrequest import AWSResponse
from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.dynamodb import Usage, connect, is_outcome_unknown, measured, to_inventory_error
from inventory_common.errors import DatabaseUnavailable, InternalError

API_GATEWAY_TIMEOUT_SECONDS = 29


def _client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:aws:dynamodb:ap-south-1:1:table/t"}}, "Query")


@pytest.mark.parametrize(
    "code",
    [
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
        # A single write of an item that a transaction is writing; botocore does not resend it.
        "TransactionConflictException",
    ],
)
def test_a_database_that_throttles_or_fails_is_unavailable(code: str) -> None:
    assert type(to_inventory_error(_client_error(code))) is DatabaseUnavailable


@pytest.mark.parametrize(
    "code",
    [
        "ValidationException",
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
        "IdempotentParameterMismatchException",
        "UnrecognizedClientException",
        "Unheard",
    ],
)
def test_a_call_that_the_database_refuses_is_a_defect(code: str) -> None:
    assert type(to_inventory_error(_client_error(code))) is InternalError


@pytest.mark.parametrize(
    "error",
    [
        exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        exceptions.ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"),
        exceptions.ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
        exceptions.ConnectionClosedError(endpoint_url="http://127.0.0.1:1"),
        exceptions.SSLError(endpoint_url="https://127.0.0.1:1", error="bad"),
        exceptions.HTTPClientError(error="bad"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_cannot_be_reached_is_unavailable(error: BotoCoreError) -> None:
    assert type(to_inventory_error(error)) is DatabaseUnavailable


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ParamValidationError(report="Missing required parameter in input: Key"),
        exceptions.UnknownServiceError(service_name="dynamo", known_service_names="dynamodb"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_call_that_botocore_refuses_to_send_is_a_defect(error: BotoCoreError) -> None:
    # To send the request again, as a 503 suggests, would never help.
    assert type(to_inventory_error(error)) is InternalError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (exceptions.ReadTimeoutError(endpoint_url="http://127.0.0.1:1"), True),
        (exceptions.ConnectionClosedError(endpoint_url="http://127.0.0.1:1"), True),
        (_client_error("InternalServerError"), True),
        (_client_error("TransactionInProgressException"), True),
        (_client_error("ThrottlingException"), False),
        (_client_error("TransactionConflictException"), False),
        (_client_error("ConditionalCheckFailedException"), False),
        (ValueError("x"), False),
    ],
    ids=str,
)
def test_a_write_without_a_response_may_have_been_executed(error: Exception, *, expected: bool) -> None:
    assert is_outcome_unknown(error) is expected


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), AssertionError(), TimeoutError()])
def test_any_other_exception_is_a_defect(error: Exception) -> None:
    assert type(to_inventory_error(error)) is InternalError


@pytest.mark.parametrize("error", [_client_error("ValidationException"), ValueError("arn:aws:secret")])
def test_the_detail_of_an_error_does_not_quote_the_exception(error: Exception) -> None:
    assert "arn:" not in to_inventory_error(error).detail


def test_environment_variables_set_region_and_endpoint_of_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:4566")
    client = connect()
    assert client.meta.service_model.service_name == "dynamodb"
    assert client.meta.region_name == "ap-south-1"
    assert client.meta.endpoint_url == "http://127.0.0.1:4566"


def test_the_exception_classes_are_created_before_a_second_thread_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two threads that created them at once would each catch classes that the other's errors are not of."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    made = []

    def create_client_exceptions(self: object, service_model: object) -> object:
        made.append(threading.get_ident())
        return SimpleNamespace()

    monkeypatch.setattr(ClientExceptionsFactory, "create_client_exceptions", create_client_exceptions)
    client = connect()
    other = threading.Thread(target=lambda: client.exceptions)
    other.start()
    other.join()
    assert made == [threading.get_ident()]


def test_a_call_without_a_response_ends_before_api_gateway_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    config = connect().meta.config
    attempts = config.retries["total_max_attempts"]
    assert config.retries["mode"] == "standard"
    assert attempts * (config.connect_timeout + config.read_timeout) < API_GATEWAY_TIMEOUT_SECONDS


# The usage of calls

Reply = tuple[int, dict[str, Any]] | Exception
KEY = {"sku": {"S": "SKU-1"}}
ACTION = {"Delete": {"TableName": "VendorInventory", "Key": KEY}}


class Engine:
    """Responds to a client's calls from a list, and collects the requests."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.replies: list[Reply] = []
        self.client = connect()
        self.client.meta.events.register("before-send.dynamodb", self._reply)

    def _reply(self, request: Any, **_: Any) -> AWSResponse:
        self.requests.append(json.loads(request.body))
        reply = self.replies.pop(0) if self.replies else (200, {})
        if isinstance(reply, Exception):
            raise reply
        status, document = reply
        response = AWSResponse(request.url, status, {}, None)
        response._content = json.dumps(document).encode()
        return response

    def consumes(self, capacity: Any) -> None:
        self.replies.append((200, {"ConsumedCapacity": capacity}))

    def errors(self, code: str, status: int = 400) -> None:
        self.replies.append((status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}"}))

    def get(self) -> None:
        self.client.get_item(TableName="VendorInventory", Key=KEY)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    # botocore waits here before it resends a call.
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    return Engine()


def _units(read: float, written: float, calls: int = 1, retries: int = 0) -> Usage:
    return Usage(calls, retries, read, written)


@pytest.mark.parametrize(
    ("operation", "parameters", "capacity", "expected"),
    [
        ("get_item", {"Key": KEY}, {"CapacityUnits": 0.5}, _units(0.5, 0)),
        ("query", {"KeyConditionExpression": "sku = :s"}, {"CapacityUnits": 3.5}, _units(3.5, 0)),
        ("scan", {}, {"CapacityUnits": 2.0}, _units(2, 0)),
        ("put_item", {"Item": KEY}, {"CapacityUnits": 4.0}, _units(0, 4)),
        ("update_item", {"Key": KEY}, {"CapacityUnits": 1.0}, _units(0, 1)),
        ("delete_item", {"Key": KEY}, {"CapacityUnits": 1.0}, _units(0, 1)),
    ],
)
def test_read_units_and_write_units_are_counted_separately(
    engine: Engine, operation: str, parameters: dict[str, Any], capacity: Any, expected: Usage
) -> None:
    engine.consumes({"TableName": "VendorInventory"} | capacity)
    with measured() as usage:
        getattr(engine.client, operation)(TableName="VendorInventory", **parameters)
    assert usage == expected
    assert engine.requests[0]["ReturnConsumedCapacity"] == "TOTAL"


def test_the_units_of_a_call_on_several_tables_are_summed(engine: Engine) -> None:
    engine.consumes([{"CapacityUnits": 4.0}, {"CapacityUnits": 0.5}])
    engine.consumes(
        [
            {"CapacityUnits": 6.0, "ReadCapacityUnits": 2.0, "WriteCapacityUnits": 4.0},
            {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0},
            {"CapacityUnits": 8.0},
        ]
    )
    with measured() as usage:
        engine.client.batch_get_item(RequestItems={"VendorInventory": {"Keys": [KEY]}})
        engine.client.transact_write_items(TransactItems=[ACTION])
    assert usage == _units(6.5, 14, calls=2)


def test_a_response_without_units_counts_as_a_call(engine: Engine) -> None:
    with measured() as usage:
        engine.get()
        engine.client.list_tables()
    assert usage == _units(0, 0, calls=2)
    assert "ReturnConsumedCapacity" not in engine.requests[1]


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "ValidationException"])
def test_a_refused_call_counts_as_a_call(engine: Engine, code: str) -> None:
    engine.errors(code)
    with measured() as usage, pytest.raises(ClientError):
        engine.client.put_item(TableName="VendorInventory", Item=KEY)
    assert usage == _units(0, 0)


def test_a_cancelled_transaction_counts_as_a_call(engine: Engine) -> None:
    engine.errors("TransactionCanceledException")
    with measured() as usage, pytest.raises(ClientError):
        engine.client.transact_write_items(TransactItems=[ACTION])
    assert usage == _units(0, 0)


def test_a_resent_call_counts_as_one_call_with_its_retries(engine: Engine) -> None:
    engine.errors("InternalServerError", 500)
    engine.errors("InternalServerError", 500)
    engine.consumes({"CapacityUnits": 1.0})
    with measured() as usage:
        engine.get()
    assert usage == _units(1, 0, retries=2)


def test_a_call_without_a_response_counts_as_one_call_with_its_retries(engine: Engine) -> None:
    unreachable = exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    engine.replies += [unreachable] * 3
    with measured() as usage, pytest.raises(exceptions.EndpointConnectionError):
        engine.get()
    assert usage == _units(0, 0, retries=2)


def test_a_call_that_is_not_sent_does_not_count(engine: Engine) -> None:
    # Parameters are not validated, but a call that cannot be written as JSON fails before it is sent.
    with measured() as usage, pytest.raises((AttributeError, TypeError)):
        engine.client.get_item(TableName="VendorInventory", Key=5)
    assert (usage, engine.requests) == (_units(0, 0, calls=0), [])


def test_outside_of_a_measured_block_nothing_is_requested_or_counted(engine: Engine) -> None:
    with measured() as usage:
        pass
    engine.get()
    engine.errors("ValidationException")
    with pytest.raises(ClientError):
        engine.get()
    assert usage == _units(0, 0, calls=0)
    assert all("ReturnConsumedCapacity" not in request for request in engine.requests)


def test_a_call_may_request_its_units_in_another_form(engine: Engine) -> None:
    with measured():
        engine.client.get_item(TableName="VendorInventory", Key=KEY, ReturnConsumedCapacity="INDEXES")
    assert engine.requests[0]["ReturnConsumedCapacity"] == "INDEXES"


def test_threads_that_share_a_client_count_their_own_calls(engine: Engine) -> None:
    barrier = threading.Barrier(8, timeout=30)

    def work(calls: int) -> int:
        barrier.wait()
        with measured() as usage:
            for _ in range(calls):
                engine.get()
        return usage.calls

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == list(range(8))


def test_usage_has_the_form_of_fields_in_a_log_line() -> None:
    assert Usage(2, 1, 0.5, 4.0).fields() == {
        "dynamodb_calls": 2,
        "dynamodb_retries": 1,
        "read_units": 0.5,
        "write_units": 4.0,
    }
