"""``python -m local.ledger_key``: rotate the key that signs the stock log of the running stack.

Every start makes the first key if there is none (`prepare_ledger_key`).  Keys stay as long as the tables:

============================  =========================================================================
the embedded DynamoDB         in the embedded AWS, and in the snapshots of a kept shop, as the tables are
another one                   also in a file (`environment.ledger_key_file`): its tables outlive the run
============================  =========================================================================

Exit code: 0 if it is done, 1 if it is not, 4 without a running stack, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.ledger_keys import LedgerKeyError, PublicKey, PublicKeys, SigningKey
from inventory_common.timestamps import now
from local.environment import LEDGER_KEY_FILE_VARIABLE, service_environment
from local.errors import StackError
from local.keeping.disk import sync_folder, write_json
from local.ports import is_listening
from local.settings import KEY_FILE_PARAMETER, Settings
from tools.ledger_keys.errors import RotationError
from tools.ledger_keys.rotation import LEAD_SECONDS, RUNNING_SECONDS, Rotation
from tools.ledger_keys.stores import ParameterStore, SecretsManager

EXIT_UNAVAILABLE = 4
"""As in ``local/operation.py``."""

_NO_FILE = "-"
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2})


def prepare_ledger_key(environ: Mapping[str, str]) -> None:
    """Make the secret ``LEDGER_KEY_SECRET`` and its first key, unless they are there or in the file.

    Without that variable and ``LEDGER_KEYS_PATH``, nothing is made.

    Raises
    ------
    StackError
        If the file is damaged or cannot be written.
    """
    secret, path = environ.get("LEDGER_KEY_SECRET"), environ.get("LEDGER_KEYS_PATH")
    if not secret or not path:
        return
    secrets, parameters = _clients()
    file_name = environ.get(LEDGER_KEY_FILE_VARIABLE, _NO_FILE)
    if secret not in {each["Name"] for each in secrets.list_secrets()["SecretList"]}:
        secrets.create_secret(Name=secret)
    parameters.put_parameter(Name=KEY_FILE_PARAMETER, Value=file_name, Type="String", Overwrite=True)
    in_aws = _InAws(SecretsManager(secrets, secret), ParameterStore(parameters, path))
    try:
        keys = _keys(in_aws, file_name)
        rotation = _rotation(keys, lead_seconds=0, running_seconds=0)
        if rotation.key_in_use() is None:
            rotation.run()
    except RotationError as error:
        raise StackError(str(error)) from error


@dataclass
class _InAws:
    """The keys in the embedded AWS."""

    secret: SecretsManager
    published: ParameterStore

    def current_version(self) -> str | None:
        return self.secret.current_version()

    def put(self, key: SigningKey, version: str) -> None:
        self.secret.put(key, version)

    def all(self) -> Mapping[int, PublicKey]:
        return self.published.all()

    def add(self, number: int, key: PublicKey) -> None:
        self.published.add(number, key)

    def replace(self, number: int, key: PublicKey) -> None:
        self.published.replace(number, key)


class _InFile:
    """The keys in the embedded AWS, each change of which is in a file before."""

    def __init__(self, path: Path, in_aws: _InAws) -> None:
        self._path = path
        self._aws = in_aws
        self._version: str | None = None
        self._signing_key: SigningKey | None = None
        self._keys: dict[int, PublicKey] = {}
        self._read()

    def restore(self) -> None:
        """Put the keys of the file into the embedded AWS, which has begun, or missed the last change."""
        for number, key in self._keys.items():
            self._aws.replace(number, key)
        if self._signing_key is not None and self._version is not None:
            self._aws.put(self._signing_key, self._version)

    def current_version(self) -> str | None:
        return self._version

    def put(self, key: SigningKey, version: str) -> None:
        self._signing_key, self._version = key, version
        self._write()
        self._aws.put(key, version)

    def all(self) -> Mapping[int, PublicKey]:
        return dict(self._keys)

    def add(self, number: int, key: PublicKey) -> None:
        self._keys[number] = key
        self._write()
        self._aws.add(number, key)

    def replace(self, number: int, key: PublicKey) -> None:
        self._keys[number] = key
        self._write()
        self._aws.replace(number, key)

    def _read(self) -> None:
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            raise RotationError(f"The ledger keys in {self._path} cannot be read: {error}") from error
        try:
            self._keys = dict(enumerate(map(PublicKey.from_jwk, document["keys"]), start=1))
            if document["version"] is not None:
                self._version = str(document["version"])
                self._signing_key = SigningKey.from_stored(document["secret"])
        except (LedgerKeyError, KeyError, TypeError) as error:
            raise RotationError(
                f"{self._path} is not a file of ledger keys that this product has written.  If the records "
                "that they have signed are not needed any more, remove it together with the tables."
            ) from error

    def _write(self) -> None:
        document = {
            **PublicKeys(self._keys.values()).jwks(),
            "version": self._version,
            "secret": None if self._signing_key is None else self._signing_key.to_stored(),
        }
        partial = self._path.with_suffix(".partial")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            write_json(partial, document)
            partial.rename(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise RotationError(f"The ledger keys cannot be kept in {self._path}: {error}") from error


def _keys(in_aws: _InAws, file_name: str) -> _InAws | _InFile:
    if file_name == _NO_FILE:
        return in_aws
    in_file = _InFile(Path(file_name), in_aws)
    in_file.restore()
    return in_file


def _rotation(keys: _InAws | _InFile, *, lead_seconds: float, running_seconds: float) -> Rotation:
    def say(line: str) -> None:
        if lead_seconds:
            print(line, flush=True)

    return Rotation(keys, keys, now, time.sleep, say, lead_seconds, running_seconds)


def _clients() -> tuple[Any, Any]:
    return boto3.client("secretsmanager", config=_CONFIG), boto3.client("ssm", config=_CONFIG)


def _rotate() -> None:
    """Rotate the key, in a process with the environment of a service."""
    secrets, parameters = _clients()
    try:
        found = parameters.get_parameter(Name=KEY_FILE_PARAMETER)["Parameter"]
    except (BotoCoreError, ClientError) as error:
        raise RotationError(
            f"The embedded AWS has no keys ({error}); use the same variables as for `make run`."
        ) from error
    in_aws = _InAws(
        SecretsManager(secrets, os.environ["LEDGER_KEY_SECRET"]),
        ParameterStore(parameters, os.environ["LEDGER_KEYS_PATH"]),
    )
    keys = _keys(in_aws, found["Value"])
    _rotation(keys, lead_seconds=LEAD_SECONDS, running_seconds=RUNNING_SECONDS).run()


def main() -> int:
    """Rotate the key of the running stack, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.ledger_key")
    parser.add_argument("--in-this-environment", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.in_this_environment:
        try:
            settings = Settings.from_environment(os.environ)
        except StackError as error:
            print(error, file=sys.stderr)
            return 1
        if not is_listening(settings.aws_url):
            print(
                f"No local stack runs here: nothing answers at {settings.aws_url}; start it with `make run`, "
                "or name the stage: STAGE=dev.",
                file=sys.stderr,
            )
            return EXIT_UNAVAILABLE
        print(f"rotate-ledger-key: local stack at {settings.aws_url}", flush=True)
        again = [sys.executable, "-m", "local.ledger_key", "--in-this-environment"]
        os.execve(sys.executable, again, service_environment(settings, os.environ))
    try:
        _rotate()
    except RotationError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; repeat the command to finish.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
