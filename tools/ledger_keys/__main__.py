"""``python -m tools.ledger_keys --stage dev``: give a stage its first key, or another one.

The platform team runs it, as ``make rotate-ledger-key STAGE=dev``; a run that was interrupted is continued by
the next one.  Exit code: 0 if it is done, 1 if it is not, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError
from deploy.stage import check_stage, platform_parameter, region_from
from inventory_common.timestamps import now
from tools.ledger_keys.errors import RotationError
from tools.ledger_keys.rotation import Rotation
from tools.ledger_keys.stores import ParameterStore, SecretsManager

_CONFIG: Final = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 2})


def rotate(stage: str) -> None:
    """Rotate the key of a stage.

    Raises
    ------
    DeployError
        If it is no name of a stage.
    RotationError
    """
    check_stage(stage)
    parameters = _client("ssm")
    secret, path = (_setting(parameters, stage, f"ledger/{name}") for name in ("key_secret_arn", "keys_path"))
    # The ARN names account, region and stage.
    print(f"rotate-ledger-key: {secret}", flush=True)
    rotation = Rotation(
        SecretsManager(_client("secretsmanager"), secret),
        ParameterStore(parameters, path),
        now,
        time.sleep,
        lambda line: print(line, flush=True),
    )
    rotation.run()


def _setting(client: Any, stage: str, name: str) -> str:
    try:
        return platform_parameter(client, stage, name)
    except ClientError as error:
        refusal = error.response["Error"]
        raise RotationError(f"AWS refuses: {refusal.get('Message') or refusal['Code']}") from error
    except BotoCoreError as error:
        raise RotationError(f"AWS cannot be used: {error}") from error


def _client(name: str) -> Any:
    return boto3.client(name, region_name=region_from(os.environ), config=_CONFIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rotate the key that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.ledger_keys", description=__doc__)
    parser.add_argument("--stage", required=True)
    try:
        rotate(parser.parse_args(arguments).stage)
    except (DeployError, RotationError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; repeat the command to finish.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
