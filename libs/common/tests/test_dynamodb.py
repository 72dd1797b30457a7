import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.dynamodb import connect, outcome_of
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
        # A single write that meets a transaction on its item; botocore does not send it again.
        "TransactionConflictException",
    ],
)
def test_a_database_that_cannot_keep_up_is_unavailable(code: str) -> None:
    assert type(outcome_of(_client_error(code))) is DatabaseUnavailable


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
def test_a_request_that_the_database_refuses_is_a_defect_of_ours(code: str) -> None:
    assert type(outcome_of(_client_error(code))) is InternalError


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
def test_a_database_out_of_reach_is_unavailable(error: BotoCoreError) -> None:
    assert type(outcome_of(error)) is DatabaseUnavailable


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ParamValidationError(report="Missing required parameter in input: Key"),
        exceptions.UnknownServiceError(service_name="dynamo", known_service_names="dynamodb"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_call_that_botocore_refuses_to_send_is_a_defect_of_ours(error: BotoCoreError) -> None:
    # To come again later, as a 503 asks for, would never help.
    assert type(outcome_of(error)) is InternalError


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), AssertionError(), TimeoutError()])
def test_anything_else_is_a_defect_of_ours(error: Exception) -> None:
    assert type(outcome_of(error)) is InternalError


@pytest.mark.parametrize("error", [_client_error("ValidationException"), ValueError("arn:aws:secret")])
def test_an_outcome_does_not_tell_what_went_wrong_inside(error: Exception) -> None:
    assert "arn:" not in outcome_of(error).detail


def test_the_client_is_told_its_place_by_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:4566")
    client = connect()
    assert client.meta.service_model.service_name == "dynamodb"
    assert client.meta.region_name == "ap-south-1"
    assert client.meta.endpoint_url == "http://127.0.0.1:4566"


def test_a_call_that_nobody_answers_ends_before_api_gateway_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    config = connect().meta.config
    attempts = config.retries["total_max_attempts"]
    assert config.retries["mode"] == "standard"
    assert attempts * (config.connect_timeout + config.read_timeout) < API_GATEWAY_TIMEOUT_SECONDS
