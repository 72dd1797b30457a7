"""``python -m chalicelib.operations reconcile|verify-archive|write-digest``: operations on the local stack.

A stage's own functions run those of the stage (``tools/operations.py``).  The environment names tables and
archive as it does for the service (`Settings`); the settings of tokens are not needed.  The first line of the
output says which DynamoDB is asked.  Exit code: 0 if there are no differences and no faults, 1 if there are
some, 4 if tables or archive could not be read or written.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from inventory_common.errors import InventoryError

from .bootstrap import archive_checker, digest_writer, reconciler
from .domain.archive_faults import ArchiveReport
from .domain.reconciliation import ReconciliationReport

__all__ = ["EXIT_UNAVAILABLE", "address_of", "main"]

EXIT_UNAVAILABLE: Final = 4
"""The exit code if there was no answer, as that of the command line."""

_TOKENS: Final = ("JWKS_URL", "TOKEN_ISSUER", "TOKEN_AUDIENCES", "MACHINE_CLIENT_IDS")


def _reconcile() -> int:
    with redirect_stdout(sys.stderr):  # log lines
        report = reconciler().run()
    return _shown(report)


def _verify_archive(*, is_always_on: bool = True) -> int:
    return _shown(archive_checker().run(is_always_on=is_always_on))


def _shown(report: ReconciliationReport | ArchiveReport) -> int:
    for line in report.lines():
        print(line)
    return 0 if report.is_clean else 1


def _write_digest() -> int:
    with redirect_stdout(sys.stderr):  # log lines
        written = digest_writer().write()
    print(written.text)
    return 0 if written.is_clean else 1


_OPERATIONS: Final[Mapping[str, Callable[[], int]]] = {
    "reconcile": _reconcile,
    "verify-archive": _verify_archive,
    "write-digest": _write_digest,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the operation that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib.operations")
    parser.add_argument("operation", choices=_OPERATIONS)
    parser.add_argument(
        "--allow-missing-days",
        action="store_true",
        help="verify-archive: do not report days without a digest, of a shop that is not always running",
    )
    parsed = parser.parse_args(arguments)
    for name in _TOKENS:
        os.environ.setdefault(name, "unused")
    print(f"{parsed.operation}: local stack, DynamoDB at {address_of(os.environ)}", flush=True)
    try:
        if parsed.operation == "verify-archive":
            return _verify_archive(is_always_on=not parsed.allow_missing_days)
        return _OPERATIONS[parsed.operation]()
    except InventoryError as error:
        reason = error.detail
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        reason = str(error)
    print(f"{parsed.operation} could not be finished: {' '.join(reason.split())}", file=sys.stderr)
    return EXIT_UNAVAILABLE


def address_of(environ: Mapping[str, str]) -> str:
    """Return the endpoint of DynamoDB, or the region whose endpoint boto3 derives."""
    endpoint = environ.get("AWS_ENDPOINT_URL_DYNAMODB") or environ.get("AWS_ENDPOINT_URL")
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "the configured region"
    prefix = environ.get("TABLE_NAME_PREFIX", "")
    return (endpoint or f"AWS, {region}") + (f", tables {prefix}*" if prefix else "")


if __name__ == "__main__":
    sys.exit(main())
