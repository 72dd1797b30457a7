"""``python -m tools.operations reconcile --stage dev``: run an operation of a stage, by its own function.

The function has the stage's settings and permissions; who runs the command needs only to be allowed to invoke
it, as the role ``inventory-<stage>-operator`` is.  The first line of the output names the function, the
account and the region; the lines after it are the function's report.

Exit code: 0 if the report is clean, 1 if it is not, 4 without a report, 130 after Ctrl-C.  The operations of
the local stack are ``python -m local.operation``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ReadTimeoutError

from deploy.errors import DeployError
from deploy.stage import check_stage, region_from

__all__ = ["FUNCTIONS", "OperationError", "main", "run"]

EXIT_UNAVAILABLE: Final = 4
"""As in ``services/audit/chalicelib/operations.py``."""

FUNCTIONS: Final[Mapping[str, str]] = {
    "reconcile": "audit-reconcile",
    "verify-archive": "audit-verify_archive",
    "write-digest": "audit-write_digest",
    "recount": "catalog-recount_products",
}
"""Operations, and the functions that execute them; terraform/platform/operators.tf allows these."""

_ALIAS: Final = "live"
_TIMEOUT_SECONDS: Final = 900
"""The longest that a function may run."""
EVENT: Final = {
    "version": "0",
    "id": "by-hand",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "",
    "time": "",
    "region": "",
    "resources": [],
    "detail": {},
}
"""An event of a function's schedule."""

# A second attempt would start a second run beside the first.
_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=_TIMEOUT_SECONDS + 10,
    retries={"total_max_attempts": 1},
    tcp_keepalive=True,
)


class OperationError(Exception):
    """There is no report; the message says why."""


def run(operation: str, stage: str) -> int:
    """Print the function that is invoked and its report; return the exit code.

    Raises
    ------
    DeployError
        If it is no name of a stage.
    OperationError
        If the function cannot be invoked, fails, or does not answer.
    """
    check_stage(stage)
    function = _Function.of_stage(stage, FUNCTIONS[operation])
    print(f"{operation}: function {function.name} of {function.where}", flush=True)
    report = _report(_invoked(function))
    if report is None:
        raise OperationError(
            f"{function.name} returned no report: deploy this version of its service to {stage}."
        )
    for line in report["lines"]:
        print(line)
    return 0 if report["is_clean"] else 1


@dataclass(frozen=True)
class _Function:
    """The function of an operation.

    Attributes
    ----------
    stage, name
        Their names.
    region
        Its region.
    alias_arn
        The ARN of the version in use, which is what an operator may invoke.
    where
        Account, region, and the endpoint of an emulator, for people.
    """

    stage: str
    name: str
    region: str
    alias_arn: str
    where: str

    @classmethod
    def of_stage(cls, stage: str, function: str) -> Self:
        """Return the function in the account of the credentials."""
        region, name = region_from(os.environ), f"inventory-{stage}-{function}"
        caller = _caller(region)
        partition, account = caller["Arn"].split(":")[1], caller["Account"]
        emulator = os.environ.get("AWS_ENDPOINT_URL")
        return cls(
            stage,
            name,
            region,
            f"arn:{partition}:lambda:{region}:{account}:function:{name}:{_ALIAS}",
            f"account {account} in {region}" + (f", at {emulator}" if emulator else ""),
        )

    @property
    def log(self) -> str:
        """A sentence that names its log."""
        return f"Its log is /aws/lambda/{self.name}."


def _caller(region: str) -> Mapping[str, str]:
    try:
        caller: Mapping[str, str] = _client("sts", region).get_caller_identity()
    except NoCredentialsError as error:
        raise OperationError("There are no AWS credentials: sign in, or set AWS_PROFILE.") from error
    except ClientError as error:
        raise OperationError(f"AWS refuses the credentials: {_message(error)}") from error
    except BotoCoreError as error:
        raise OperationError(f"AWS in {region} cannot be used: {error}") from error
    return caller


def _invoked(function: _Function) -> Any:
    """Invoke a function, and return the JSON of its response."""
    name = function.name
    try:
        response = _client("lambda", function.region).invoke(
            FunctionName=function.alias_arn, Payload=json.dumps(EVENT)
        )
        payload = response["Payload"].read()
    except ReadTimeoutError as error:
        raise OperationError(
            f"{name} has not answered within {_TIMEOUT_SECONDS} seconds, and may still be running. "
            f"{function.log}"
        ) from error
    except ClientError as error:
        raise OperationError(_refusal(function, error)) from error
    except BotoCoreError as error:
        raise OperationError(f"{name} has not answered: {error} It may be running. {function.log}") from error
    document = json.loads(payload or b"null")
    if response.get("FunctionError"):
        raise OperationError(f"{name} failed: {_failure(document)} {function.log}")
    return document


def _refusal(function: _Function, error: ClientError) -> str:
    match error.response["Error"]["Code"]:
        case "ResourceNotFoundException":
            return (
                f"{function.name} was not found in {function.where}. Check the stage, the account and the "
                "region, and whether its service is deployed."
            )
        case "AccessDeniedException" | "AccessDenied":
            return (
                f"You may not invoke {function.name}; the role inventory-{function.stage}-operator may. "
                f"AWS: {_message(error)}"
            )
    return f"{function.name} was not started: {_message(error)}"


def _message(error: ClientError) -> str:
    refusal = error.response["Error"]
    return str(refusal.get("Message") or refusal["Code"])


def _failure(document: Any) -> str:
    """Return what Lambda says of an exception, or of a function that it has ended."""
    if not isinstance(document, dict):
        return "It ended without a response."
    parts = (str(document.get(name) or "") for name in ("errorType", "errorMessage"))
    text = ": ".join(" ".join(part.split()) for part in parts if part)
    return text if text.endswith(".") else f"{text}."


def _report(document: Any) -> Mapping[str, Any] | None:
    """Return a report; an older version of a function returns none."""
    is_report = isinstance(document, dict) and {"lines", "is_clean"} <= document.keys()
    return document if is_report else None


def _client(name: str, region: str) -> Any:
    return boto3.client(name, region_name=region, config=_CONFIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the operation that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.operations", description=__doc__)
    parser.add_argument("operation", choices=FUNCTIONS)
    parser.add_argument("--stage", required=True)
    parsed = parser.parse_args(arguments)
    try:
        return run(parsed.operation, parsed.stage)
    except (DeployError, OperationError) as error:
        print(error, file=sys.stderr)
        return EXIT_UNAVAILABLE
    except KeyboardInterrupt:
        print("\nInterrupted; the function goes on.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
