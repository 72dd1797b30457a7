"""The key that signs the stock log on this machine: made at the first start, kept as long as the tables."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from inventory_common.ledger_key_store import read_published
from inventory_common.ledger_keys import PublicKey, SigningKey
from local.embedded_aws import embedded_aws
from local.environment import LEDGER_KEY_FILE_VARIABLE, ledger_key_file
from local.errors import StackError
from local.ledger_key import _InAws, _InFile, main, prepare_ledger_key
from local.ports import free_port
from local.settings import (
    DEFAULT_PORTS,
    KEY_FILE_PARAMETER,
    KEY_SERVICES,
    LEDGER_KEY_SECRET,
    LEDGER_KEYS_PATH,
    REGION,
    Settings,
)
from tests.local.running_stacks import ENV, ROOT, Start
from tools.ledger_keys.rotation import Rotation
from tools.ledger_keys.stores import ParameterStore, SecretsManager

NOON = "2099-01-01T12:00:00.000000Z"
NAMES = {"LEDGER_KEY_SECRET": LEDGER_KEY_SECRET, "LEDGER_KEYS_PATH": LEDGER_KEYS_PATH}


class Aws:
    """The keys in an embedded AWS, which is this process's AWS."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.secrets = boto3.client("secretsmanager")
        self.parameters = boto3.client("ssm")

    def signing_key(self) -> SigningKey:
        return SigningKey.from_stored(
            self.secrets.get_secret_value(SecretId=LEDGER_KEY_SECRET)["SecretString"]
        )

    def published(self) -> dict[int, PublicKey]:
        return read_published(self.parameters, LEDGER_KEYS_PATH, {})

    def in_file(self, path: Path) -> _InFile:
        return _InFile(
            path,
            _InAws(
                SecretsManager(self.secrets, LEDGER_KEY_SECRET),
                ParameterStore(self.parameters, LEDGER_KEYS_PATH),
            ),
        )

    def forget(self) -> None:
        """Lose everything, as the embedded AWS does when it ends."""
        self.secrets.delete_secret(SecretId=LEDGER_KEY_SECRET, ForceDeleteWithoutRecovery=True)
        names = [each["Name"] for each in self.parameters.describe_parameters()["Parameters"]]
        self.parameters.delete_parameters(Names=names)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with embedded_aws(services=KEY_SERVICES) as url:
        yield url


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }.items():
        monkeypatch.setenv(name, value)
    aws = Aws(endpoint)
    yield aws
    if aws.secrets.list_secrets()["SecretList"]:
        aws.forget()


def environment(file: Path | None = None) -> Mapping[str, str]:
    return NAMES if file is None else {**NAMES, LEDGER_KEY_FILE_VARIABLE: str(file)}


def test_the_first_start_makes_a_key_and_the_next_one_keeps_it(aws: Aws) -> None:
    prepare_ledger_key(environment())
    key, published = aws.signing_key(), aws.published()
    assert [each.key_id for each in published.values()] == [key.key_id]
    assert published[1].verifies(b"data", key.sign_bytes(b"data"))
    prepare_ledger_key(environment())
    assert (aws.signing_key(), aws.published()) == (key, published)


@pytest.mark.parametrize("missing", NAMES)
def test_without_the_settings_no_key_is_made(aws: Aws, missing: str) -> None:
    prepare_ledger_key({name: value for name, value in NAMES.items() if name != missing})
    assert aws.secrets.list_secrets()["SecretList"] == []


def test_the_keys_beside_another_dynamodb_are_kept_in_a_file(aws: Aws, tmp_path: Path) -> None:
    file = tmp_path / "state" / "ledger-keys.json"
    prepare_ledger_key(environment(file))
    key, published = aws.signing_key(), aws.published()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    aws.forget()
    prepare_ledger_key(environment(file))
    assert (aws.signing_key(), aws.published()) == (key, published)
    version = aws.secrets.get_secret_value(SecretId=LEDGER_KEY_SECRET)["VersionId"]
    assert version.startswith(key.key_id)


def test_a_file_belongs_to_its_tables(tmp_path: Path) -> None:
    def of(endpoint: str | None, prefix: str = "", keep: Path | None = None) -> Path | None:
        return ledger_key_file(
            Settings(DEFAULT_PORTS, endpoint, keep), {"TABLE_NAME_PREFIX": prefix}, tmp_path
        )

    assert of(None) is None
    here = of("http://127.0.0.1:8010")
    assert here is not None
    assert here.parent == tmp_path
    assert of("http://127.0.0.1:8010", keep=Path("/kept")) == Path("/kept") / here.name
    assert len({here, of("http://127.0.0.1:8011"), of("http://127.0.0.1:8010", "own-")}) == 3


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("lost", [True, False], ids=["with the stack", "alone"])
def test_a_rotation_that_is_killed_before_its_change_reaches_aws_loses_no_key(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    file = tmp_path / "ledger-keys.json"
    prepare_ledger_key(environment(file))
    old = aws.signing_key()

    def kill(*_: Any) -> None:
        raise Killed

    keys = aws.in_file(file)
    rotation = Rotation(keys, keys, lambda: NOON, lambda _: None, lambda _: None, 0, 0)
    with monkeypatch.context() as patch:
        patch.setattr(SecretsManager, "put", kill)
        with pytest.raises(Killed):
            rotation.run()
    assert aws.signing_key() == old
    if lost:
        aws.forget()  # the stack was killed too
        prepare_ledger_key(environment(file))
    else:
        for name, value in NAMES.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["local.ledger_key", "--in-this-environment"])
        assert main() == 0
    published = aws.published()
    assert [each.key_id for each in published.values()] == [old.key_id, aws.signing_key().key_id]
    assert lost or published[1].retired_at is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no JSON", "cannot be read"),
        ("{}", "is not a file of ledger keys"),
        ("[]", "is not a file of ledger keys"),
        ('{"keys": [{}], "version": null}', "is not a file of ledger keys"),
        ('{"keys": [], "version": "v", "secret": "{}"}', "is not a file of ledger keys"),
    ],
)
def test_a_damaged_file_stops_the_start_and_stays(aws: Aws, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "ledger-keys.json"
    file.write_text(text)
    with pytest.raises(StackError, match=message):
        prepare_ledger_key(environment(file))
    assert file.read_text() == text
    assert aws.published() == {}


def test_a_file_that_cannot_be_written_stops_the_start(aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in place of the folder")
    with pytest.raises(StackError, match=r"cannot be read|cannot be kept"):
        prepare_ledger_key(environment(tmp_path / "state" / "ledger-keys.json"))
    assert aws.published() == {}


def test_a_full_disk_stops_the_start(aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "ledger-keys.partial").symlink_to("/dev/full")
    with pytest.raises(StackError, match=r"cannot be kept in .*No space left on device"):
        prepare_ledger_key(environment(tmp_path / "ledger-keys.json"))
    assert aws.published() == {}


# The command


def rotate(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.ledger_key"],
        cwd=ROOT,
        env=ENV | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_without_a_running_stack_the_command_says_so() -> None:
    port = str(free_port())
    ran = rotate(AWS_PORT=port)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr == (
        f"No local stack runs here: nothing answers at http://127.0.0.1:{port}; start it with `make run`, or "
        "name the stage: STAGE=dev.\n"
    )


def test_an_aws_without_keys_is_named(aws: Aws) -> None:
    ran = rotate(AWS_PORT=aws.url.rpartition(":")[2])
    assert (ran.returncode, ran.stdout) == (1, f"rotate-ledger-key: local stack at {aws.url}\n")
    assert ran.stderr.startswith("The embedded AWS has no keys (")
    assert ran.stderr.endswith("use the same variables as for `make run`.\n")


def test_a_wrong_variable_is_named() -> None:
    ran = rotate(AWS_PORT="x")
    assert (ran.returncode, ran.stderr) == (1, "AWS_PORT must be a port from 1 to 65535, not 'x'.\n")


def test_the_command_rotates_the_key_of_the_running_stack(start: Start, aws_endpoint: str) -> None:
    other = {"DYNAMODB_ENDPOINT": aws_endpoint, "TABLE_NAME_PREFIX": "own-"}
    stack = start(**other).wait_until_ready()
    [file] = stack.state_folder.glob("ledger-keys-*.json")
    [first] = json.loads(file.read_text())["keys"]
    # Without DYNAMODB_ENDPOINT: the stack itself knows where it keeps its keys.
    ran = rotate(AWS_PORT=str(stack.ports["aws"]))
    assert ran.returncode == 0, ran.stderr
    target, *steps = ran.stdout.splitlines()
    assert target == f"rotate-ledger-key: local stack at http://127.0.0.1:{stack.ports['aws']}"
    assert [line[:2] for line in steps] == ["1.", "2.", "3.", "4."]
    kept = json.loads(file.read_text())
    assert next(each["kid"] for each in kept["keys"]) == first["kid"]
    assert [each["retired_at"] is None for each in kept["keys"]] == [False, True]
    assert kept["version"].startswith(kept["keys"][1]["kid"])


def test_the_keys_outlive_the_stack_beside_another_dynamodb(
    start: Start, aws_endpoint: str, tmp_path: Path
) -> None:
    other = {"DYNAMODB_ENDPOINT": aws_endpoint, "KEEP": str(tmp_path / "shop")}
    first = start(**other).wait_until_ready()
    [file] = (tmp_path / "shop").glob("ledger-keys-*.json")
    kept = file.read_text()
    first.process.kill()  # before any snapshot
    first.wait_for_exit()
    time.sleep(0.1)
    second = start(**other).wait_until_ready()
    assert file.read_text() == kept
    client = boto3.client(
        "ssm",
        endpoint_url=f"http://127.0.0.1:{second.ports['aws']}",
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    assert [key.jwk() for key in read_published(client, LEDGER_KEYS_PATH, {}).values()] == json.loads(kept)[
        "keys"
    ]
    assert client.get_parameter(Name=KEY_FILE_PARAMETER)["Parameter"]["Value"] == str(file)


def test_an_interrupted_command_says_how_to_finish(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    prepare_ledger_key(environment())
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(time, "sleep", interrupt)
    monkeypatch.setattr(sys, "argv", ["local.ledger_key", "--in-this-environment"])
    assert main() == 130
    assert "repeat the command to finish" in capsys.readouterr().err
    assert main() == 1
    assert "another rotation runs, or was interrupted" in capsys.readouterr().err
