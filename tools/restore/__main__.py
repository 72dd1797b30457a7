"""``python -m tools.restore``: restore the tables of a stage, or one step of that by itself.

``stage --stage dev --time 2026-11-22T10:00:00Z``
    Everything up to the digest that begins the new epoch (``docs/platform.md``).  ``--backup TABLE=ARN`` of
    each table restores backups in place of a second.  The same command goes on where it stopped.
``align``
    Make the logs of restored tables end where their SKUs do.  The environment names the tables and the
    archive as it does for the services: ``TABLE_NAME_PREFIX``, ``ARCHIVE_BUCKET``, and boto3's own variables.

The first line of the output says which stage or tables these are.  Exit code: 0 if what the tables contain
agrees, 1 if something is left to be corrected, 2 if it cannot be done as it is asked for, 4 if AWS could not
be used, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError
from deploy.services import REPOSITORY_ROOT
from deploy.stage import check_stage, region_from
from tools.restore.align import Alignment
from tools.restore.errors import RestoreError
from tools.restore.platform import Platform
from tools.restore.stage import Stage, deploy_audit, moment_of, operate

EXIT_REFUSED: Final = 2
EXIT_UNAVAILABLE: Final = 4
EXIT_INTERRUPTED: Final = 130
_CONFIG: Final = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard"})
_PLATFORM: Final = REPOSITORY_ROOT / "terraform" / "platform"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.restore")
    actions = parser.add_subparsers(dest="action", required=True)
    align = actions.add_parser("align", help="make the logs of restored tables end where their SKUs do")
    align.add_argument("--dry-run", action="store_true", help="only say what would be done")
    stage = actions.add_parser("stage", help="restore the tables of a stage, with all that follows")
    stage.add_argument("--stage", required=True)
    stage.add_argument("--time", required=True, help="a second in UTC, such as 2026-11-22T10:00:00Z")
    stage.add_argument(
        "--backup",
        action="append",
        default=[],
        metavar="TABLE=ARN",
        help="a backup of that time, once for each table; without any, point-in-time recovery",
    )
    stage.add_argument("--platform", type=Path, default=_PLATFORM, help="the root of Terraform, initialised")
    parsed = parser.parse_args(arguments)
    try:
        return _align(parser, parsed) if parsed.action == "align" else _restore(parsed)
    except (DeployError, RestoreError) as error:
        print(error, file=sys.stderr)
        return EXIT_REFUSED
    except (BotoCoreError, ClientError) as error:
        print(f"AWS could not be used: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except KeyboardInterrupt:
        print("Interrupted: the same command goes on.", file=sys.stderr)
        return EXIT_INTERRUPTED


def _restore(parsed: argparse.Namespace) -> int:
    check_stage(parsed.stage)
    moment = moment_of(parsed.time, datetime.now(UTC))
    backups = dict(each.partition("=")[::2] for each in parsed.backup)
    region = region_from(os.environ)

    @cache
    def client(service: str) -> Any:
        return boto3.client(service, region_name=region, config=_CONFIG)

    caller = client("sts").get_caller_identity()
    print(f"restore {parsed.stage} to {parsed.time}: account {caller['Account']}, {region}", flush=True)
    stage = Stage(
        name=parsed.stage,
        client=client,
        platform=Platform(parsed.platform, parsed.stage, _say),
        say=_say,
        deploy_audit=lambda: deploy_audit(parsed.stage),
        operate=operate(parsed.stage),
    )
    return stage.restore(moment, backups)


def _align(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> int:
    prefix, bucket = os.environ.get("TABLE_NAME_PREFIX", ""), os.environ.get("ARCHIVE_BUCKET", "")
    if not bucket:
        parser.error("ARCHIVE_BUCKET must name the bucket of the archive")
    tables, storage = boto3.client("dynamodb", config=_CONFIG), boto3.client("s3", config=_CONFIG)
    _say(f"{prefix}* at {tables.meta.endpoint_url}, archive {bucket}")
    aligned = Alignment(tables, storage, prefix, bucket, _say, is_rehearsal=parsed.dry_run).run()
    for line in aligned.report(is_rehearsal=parsed.dry_run):
        _say(line)
    return 1 if aligned.incomplete else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
