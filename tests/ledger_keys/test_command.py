"""The command that rotates a stage's key, on an embedded AWS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.ledger_keys import SigningKey
from local.embedded_aws import embedded_aws
from tools.ledger_keys import __main__ as command

HASH = "ab" * 32
SECRET = "inventory-dev-ledger-key"
PATH = "/inventory/dev/ledger-keys/"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with embedded_aws(services=("secretsmanager", "ssm")) as url:
        yield url


@pytest.fixture
def environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL_SSM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def parameters(environment: None) -> Any:
    return boto3.client("ssm")


@pytest.fixture
def secrets(environment: None) -> Any:
    return boto3.client("secretsmanager")


@pytest.fixture
def platform(parameters: Any, secrets: Any) -> Iterator[None]:
    """What the platform publishes: the secret without a value, its address, and the path of the keys."""
    arn = secrets.create_secret(Name=SECRET)["ARN"]
    for name, value in (("key_secret_arn", arn), ("keys_path", PATH)):
        parameters.put_parameter(Name=f"/inventory/dev/ledger/{name}", Value=value, Type="String")
    yield
    secrets.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    names = [parameter["Name"] for parameter in parameters.describe_parameters()["Parameters"]]
    parameters.delete_parameters(Names=names)


def signing_key(secrets: Any) -> SigningKey:
    return SigningKey.from_stored(secrets.get_secret_value(SecretId=SECRET)["SecretString"])


@pytest.mark.usefixtures("platform")
def test_the_first_run_gives_a_stage_its_key_and_the_second_another_one(
    secrets: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--stage", "dev"]) == 0
    first = signing_key(secrets)
    published = LedgerKeyStore(PATH).all()
    assert [*published] == [first.key_id]
    assert published[first.key_id].verifies_hash(HASH, first.sign(HASH))
    assert secrets.get_secret_value(SecretId=SECRET)["VersionId"].startswith(first.key_id)
    target, first_step, *_ = capsys.readouterr().out.splitlines()
    assert target.startswith(
        "rotate-ledger-key: arn:aws:secretsmanager:ap-south-1:000000000000:secret:" + SECRET
    )
    assert first_step == f"1. The public key {first.key_id} is published."

    assert command.main(["--stage", "dev"]) == 0
    second = signing_key(secrets)
    published = LedgerKeyStore(PATH).all()
    assert [*published] == [first.key_id, second.key_id]
    assert published[first.key_id].retired_at is not None
    assert published[second.key_id].retired_at is None
    assert f"4. The key {first.key_id} retires at " in capsys.readouterr().out


@pytest.mark.usefixtures("platform")
def test_no_private_key_is_printed(secrets: Any, capfd: pytest.CaptureFixture[str]) -> None:
    command.main(["--stage", "dev"])
    shown = "".join(capfd.readouterr())
    assert signing_key(secrets).to_stored().split('"')[-2][:12] not in shown


@pytest.mark.usefixtures("platform")
def test_an_interrupted_run_says_how_to_finish(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    assert command.main(["--stage", "dev"]) == 130
    assert "repeat the command to finish" in capsys.readouterr().err
    assert command.main(["--stage", "dev"]) == 1
    assert "another rotation runs, or was interrupted" in capsys.readouterr().err


def refusal(capsys: pytest.CaptureFixture[str], stage: str = "dev") -> str:
    assert command.main(["--stage", stage]) == 1
    shown = capsys.readouterr()
    assert shown.out.count("\n") <= 1, "the secret, if it is known"
    assert shown.err.count("\n") == 1, "one line, no traceback"
    return shown.err


def test_a_stage_without_a_platform_is_named(environment: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert "The stage 'dev' has no parameter /inventory/dev/ledger/key_secret_arn" in refusal(capsys)


@pytest.mark.parametrize("stage", ["", "Dev", "x", "d/v", "a" * 13])
def test_a_wrong_stage_is_refused(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "a stage is dev, staging, prod, or 2 to 12 of a-z and 0-9" in refusal(capsys, stage)


@pytest.mark.usefixtures("platform")
def test_a_secret_that_does_not_exist_is_named(parameters: Any, capsys: pytest.CaptureFixture[str]) -> None:
    parameters.put_parameter(
        Name="/inventory/dev/ledger/key_secret_arn", Value="nothing", Type="String", Overwrite=True
    )
    assert "The secret nothing was not found: apply terraform/platform first" in refusal(capsys)


@pytest.mark.usefixtures("platform")
def test_a_malformed_parameter_is_named(parameters: Any, capsys: pytest.CaptureFixture[str]) -> None:
    parameters.put_parameter(Name=f"{PATH}1", Value="{}", Type="String")
    assert f"The parameter {PATH}1 is not a key" in refusal(capsys)


def test_an_aws_that_does_not_answer_is_named(
    environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert "AWS cannot be used: Could not connect" in refusal(capsys)


def test_missing_credentials_are_reported(
    environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nothing")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nothing")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it has found credentials before
    assert "Unable to locate credentials" in refusal(capsys)


def test_a_number_that_has_a_key_is_not_overwritten(parameters: Any, platform: None) -> None:
    from tools.ledger_keys.errors import RotationError
    from tools.ledger_keys.stores import ParameterStore

    store = ParameterStore(parameters, PATH)
    key = SigningKey("k1", bytes(32)).public_key("2026-01-01T00:00:00.000000Z")
    store.add(1, key)
    with pytest.raises(RotationError, match="exists already: another rotation runs"):
        store.add(1, key)
