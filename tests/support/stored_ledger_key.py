"""The ledger key of tests where processes of the services read it: in an embedded AWS of its own."""

from __future__ import annotations

import atexit
import json
from contextlib import ExitStack
from functools import cache

import boto3

from local.embedded_aws import embedded_aws
from local.settings import LEDGER_KEY_SECRET, LEDGER_KEYS_PATH, REGION
from tests.support.fixed_ledger_key import LEDGER_KEY, LEDGER_KEYS

__all__ = ["ledger_key_environment"]


@cache
def ledger_key_environment() -> dict[str, str]:
    """Return the settings by which a process finds the key; the AWS that has it ends with the tests."""
    stack = ExitStack()
    atexit.register(stack.close)
    url = stack.enter_context(embedded_aws(services=("secretsmanager", "ssm")))
    access = {
        "endpoint_url": url,
        "region_name": REGION,
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
    }
    boto3.client("secretsmanager", **access).create_secret(
        Name=LEDGER_KEY_SECRET, SecretString=LEDGER_KEY.to_stored()
    )
    for number, key in enumerate(LEDGER_KEYS.values(), start=1):
        boto3.client("ssm", **access).put_parameter(
            Name=f"{LEDGER_KEYS_PATH}{number}", Value=json.dumps(key.jwk()), Type="String"
        )
    return {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
        "AWS_ENDPOINT_URL_SSM": url,
        "LEDGER_KEY_SECRET": LEDGER_KEY_SECRET,
        "LEDGER_KEYS_PATH": LEDGER_KEYS_PATH,
    }
