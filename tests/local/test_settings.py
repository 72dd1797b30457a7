"""Ports, endpoints and the environment of each process."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.environment import (
    consumer_environment,
    embedded_aws_environment,
    front_environment,
    service_environment,
)
from local.errors import StackError
from local.first_steps import create_product_command, token_command
from local.settings import DEFAULT_PORTS, Settings, check_tokens_stay_local

CALLER = {
    "PATH": "/usr/bin",
    "HOME": "/home/dev",
    "AWS_PROFILE": "work",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL": "http://elsewhere",
    "AWS_PORT": "4566",
    "HTTP_PROXY": "http://proxy",
    "CORS_ORIGINS": "https://shop.example",
}


def test_defaults_apply_to_absent_and_empty_variables() -> None:
    settings = Settings.from_environment({"STOCK_PORT": "", "DYNAMODB_ENDPOINT": ""})
    assert settings.ports == DEFAULT_PORTS
    assert settings.dynamodb_endpoint == "http://127.0.0.1:4566"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "8e3", "²"])
def test_a_wrong_port_is_refused_by_name(port: str) -> None:
    with pytest.raises(StackError, match="STOCK_PORT must be a port"):
        Settings.from_environment({"STOCK_PORT": port})


def test_two_equal_ports_are_refused() -> None:
    with pytest.raises(StackError, match="CATALOG_PORT and AUDIT_PORT are both 8001"):
        Settings.from_environment({"AUDIT_PORT": "8001"})


@pytest.mark.parametrize("endpoint", ["localhost:8000", "ftp://x", "http://", "http://[", "x"])
def test_an_endpoint_must_be_a_url(endpoint: str) -> None:
    with pytest.raises(StackError, match="DYNAMODB_ENDPOINT"):
        Settings.from_environment({"DYNAMODB_ENDPOINT": endpoint})


@pytest.mark.parametrize(
    ("endpoint", "here"),
    [
        ("http://localhost:9000", True),
        ("http://127.0.0.1:9000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:9000", True),
        ("http://10.0.0.1:9000", False),
        ("http://127.0.0.1.example.com", False),
        ("https://dynamodb.ap-south-1.amazonaws.com", False),
    ],
)
def test_only_a_loopback_address_is_on_this_machine(endpoint: str, here: bool) -> None:
    settings = Settings.from_environment({"DYNAMODB_ENDPOINT": endpoint})
    assert settings.dynamodb_is_on_this_machine is here


REMOTE = [
    "https://dynamodb.ap-south-1.amazonaws.com",
    "http://10.0.0.1:8000",
    "http://0.0.0.0:8000",
    "http://127.0.0.1.example.com",
    "http://[::ffff:10.0.0.1]:8000",
]


@pytest.mark.parametrize("endpoint", REMOTE)
@pytest.mark.parametrize("flag", [{}, {"ALLOW_REMOTE_DYNAMODB": ""}, {"ALLOW_REMOTE_DYNAMODB": "0"}])
def test_development_tokens_for_a_remote_dynamodb_are_refused(endpoint: str, flag: dict[str, str]) -> None:
    settings = Settings.from_environment({"DYNAMODB_ENDPOINT": endpoint})
    with pytest.raises(StackError) as refusal:
        check_tokens_stay_local(settings, flag)
    assert str(refusal.value).startswith(f"DynamoDB at {endpoint} is not on this machine")
    assert "ALLOW_REMOTE_DYNAMODB=1" in str(refusal.value)


@pytest.mark.parametrize("endpoint", REMOTE)
def test_the_flag_allows_a_remote_dynamodb(endpoint: str) -> None:
    settings = Settings.from_environment({"DYNAMODB_ENDPOINT": endpoint})
    check_tokens_stay_local(settings, {"ALLOW_REMOTE_DYNAMODB": "1"})


@pytest.mark.parametrize("endpoint", ["", "http://localhost:8000", "http://[::1]:8000"])
def test_a_dynamodb_of_this_machine_needs_no_flag(endpoint: str) -> None:
    check_tokens_stay_local(Settings.from_environment({"DYNAMODB_ENDPOINT": endpoint}), {})


@pytest.mark.parametrize("flag", ["yes", "true", "2", "no"])
def test_another_value_of_the_flag_is_refused(flag: str) -> None:
    with pytest.raises(StackError, match="ALLOW_REMOTE_DYNAMODB must be 1 or 0"):
        check_tokens_stay_local(Settings(DEFAULT_PORTS), {"ALLOW_REMOTE_DYNAMODB": flag})


def test_a_service_has_local_settings_and_none_of_the_callers_aws() -> None:
    settings = Settings.from_environment({"FRONT_PORT": "9000", "AWS_PORT": "9004"})
    assert service_environment(settings, CALLER) == {
        "PATH": "/usr/bin",
        "HOME": "/home/dev",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_REGION": "ap-south-1",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9004",
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "http://127.0.0.1:9004",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9004",
        "AWS_ENDPOINT_URL_KMS": "http://127.0.0.1:9004",
        "ARCHIVE_BUCKET": "inventory-archive",
        "ARCHIVE_SIGNING_KEY": "alias/inventory-archive",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9004",
        "AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:9004",
        "LEDGER_KEY_SECRET": "inventory-local-ledger-key",
        "LEDGER_KEYS_PATH": "/inventory/local/ledger-keys/",
        "AWS_ENDPOINT_URL_EVENTBRIDGE": "http://127.0.0.1:9004",
        "EVENT_BUS": "inventory-local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "JWKS_URL": "http://127.0.0.1:9000/.well-known/jwks.json",
        "TOKEN_ISSUER": "http://127.0.0.1:9000",
        "TOKEN_AUDIENCES": "inventory-local",
        "MACHINE_CLIENT_IDS": "local-order-system",
        "TABLE_NAME_PREFIX": "",
        "CORS_ORIGINS": "https://shop.example",
    }


def test_a_service_gets_the_owners_of_orders() -> None:
    owners = {"ORDER_OWNERS": '{"local-order-system": ["web"]}'}
    assert service_environment(Settings.from_environment({}), CALLER | owners).items() > owners.items()
    assert "ORDER_OWNERS" not in service_environment(Settings.from_environment({}), CALLER)


def test_a_service_gets_the_budgets_that_the_caller_sets() -> None:
    budgets = {"BUDGETS": '{"vendor": {"rate": 500, "burst": 5000}}'}
    assert service_environment(Settings.from_environment({}), CALLER | budgets).items() > budgets.items()
    assert "BUDGETS" not in service_environment(Settings.from_environment({}), CALLER)


def test_a_remote_dynamodb_is_used_with_the_callers_own_credentials() -> None:
    endpoint = "http://dynamodb.corp.example:8000"
    settings = Settings.from_environment({"DYNAMODB_ENDPOINT": endpoint})
    environment = service_environment(settings, CALLER)
    aws = {name: value for name, value in environment.items() if name.startswith("AWS_")}
    assert aws == {
        "AWS_PROFILE": "work",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:4566",
        "AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:4566",
        "AWS_ENDPOINT_URL_EVENTBRIDGE": "http://127.0.0.1:4566",
    }
    assert "ARCHIVE_BUCKET" not in environment


def test_streams_of_aws_itself_have_an_endpoint_of_their_own() -> None:
    endpoint = "https://dynamodb.ap-south-1.amazonaws.com"
    settings = Settings.from_environment({"DYNAMODB_ENDPOINT": endpoint})
    environment = service_environment(settings, CALLER)
    assert environment["AWS_ENDPOINT_URL_DYNAMODB"] == endpoint
    assert "AWS_ENDPOINT_URL_DYNAMODB_STREAMS" not in environment


def test_the_embedded_aws_listens_on_loopback_only_and_has_a_clean_environment() -> None:
    environment = embedded_aws_environment(4567, Path("/state/aws"), CALLER)
    assert environment == {
        "PATH": "/usr/bin",
        "HOME": "/home/dev",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": "4567",
        "SERVICES": "dynamodb,dynamodbstreams,kms,s3,secretsmanager,ssm,events,sqs",
        "MINISTACK_REGION": "ap-south-1",
        "LOG_LEVEL": "WARNING",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": "/state/aws",
        "STATE_DIR": "/state/aws/state",
        "S3_DATA_DIR": "/state/aws/s3",
    }


def test_the_front_page_reads_back_the_same_settings() -> None:
    settings = Settings.from_environment({"FRONT_PORT": "9000", "AUDIT_PORT": "9003"})
    assert Settings.from_environment(front_environment(settings, CALLER)) == settings


def test_commands_name_the_front_port_only_where_it_is_not_the_default() -> None:
    usual, other = Settings(DEFAULT_PORTS), Settings.from_environment({"FRONT_PORT": "9000"})
    assert token_command(usual) == "make -s token ROLE=vendor VENDOR=VENDOR-001"
    assert token_command(other) == "make -s token ROLE=vendor VENDOR=VENDOR-001 FRONT_PORT=9000"
    assert create_product_command(usual) == (
        "curl -s -X POST http://127.0.0.1:8001/products "
        '-H "Authorization: Bearer $(make -s token ROLE=vendor VENDOR=VENDOR-001)" '
        "-H 'Content-Type: application/json' "
        '-d \'{"product_name": "Wireless Bluetooth Headphones", "category": "Electronics", '
        '"base_price": 89.99}\''
    )


def test_a_shop_is_kept_only_if_a_folder_is_named() -> None:
    assert Settings.from_environment({}).keep is None
    assert Settings.from_environment({"KEEP": ""}).keep is None
    assert Settings.from_environment({}).snapshot_seconds == 60


def test_the_folder_of_a_kept_shop_is_relative_to_where_the_run_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/dev")
    assert Settings.from_environment({"KEEP": "my shop"}).keep == tmp_path / "my shop"
    assert Settings.from_environment({"KEEP": "/srv/shop"}).keep == Path("/srv/shop")
    assert Settings.from_environment({"KEEP": "~/shop"}).keep == Path("/home/dev/shop")


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "1.5", "86401", "²"])
def test_a_wrong_interval_of_snapshots_is_refused(seconds: str) -> None:
    with pytest.raises(StackError, match="SNAPSHOT_SECONDS must be a number of seconds from 1 to 86400"):
        Settings.from_environment({"SNAPSHOT_SECONDS": seconds})


def test_beside_another_dynamodb_there_is_an_archive_only_if_it_is_kept() -> None:
    other = {"DYNAMODB_ENDPOINT": "http://127.0.0.1:8010"}
    assert Settings.from_environment(other).embedded_services == ("secretsmanager", "ssm", "events", "sqs")
    kept = Settings.from_environment(other | {"KEEP": "/srv/shop"})
    assert kept.embedded_services == ("kms", "s3", "secretsmanager", "ssm", "events", "sqs")
    assert "ARCHIVE_BUCKET" not in service_environment(Settings.from_environment(other), {})
    environment = service_environment(kept, {})
    assert environment["ARCHIVE_BUCKET"] == "inventory-archive"
    assert environment["AWS_ENDPOINT_URL_S3"] == "http://127.0.0.1:4566"


def test_stream_handlers_have_an_access_key_of_their_own_at_the_embedded_aws_only() -> None:
    embedded, other = Settings(DEFAULT_PORTS), Settings(DEFAULT_PORTS, "http://127.0.0.1:8010")
    service, consumer = service_environment(embedded, {}), consumer_environment(embedded, {})
    assert {name for name in service if service[name] != consumer[name]} == {"AWS_ACCESS_KEY_ID"}
    assert consumer_environment(other, {}) == service_environment(other, {})
