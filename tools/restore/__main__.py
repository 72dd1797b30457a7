"""``python -m tools.restore align``: make the logs of restored tables end where their SKUs do.

The environment names the tables and the archive as it does for the services: ``TABLE_NAME_PREFIX``,
``ARCHIVE_BUCKET``, and boto3's own variables.  The first line of the output says which tables these are.
Exit code: 0 if every log reaches its SKU, 1 if one does not, 4 if tables or archive could not be used.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools.restore.align import Alignment

EXIT_UNAVAILABLE: Final = 4
_CONFIG: Final = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.restore")
    parser.add_argument("action", choices=["align"])
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parsed = parser.parse_args(arguments)
    prefix, bucket = os.environ.get("TABLE_NAME_PREFIX", ""), os.environ.get("ARCHIVE_BUCKET", "")
    if not bucket:
        parser.error("ARCHIVE_BUCKET must name the bucket of the archive")
    try:
        tables, storage = boto3.client("dynamodb", config=_CONFIG), boto3.client("s3", config=_CONFIG)
        print(f"{prefix}* at {tables.meta.endpoint_url}, archive {bucket}", flush=True)
        aligned = Alignment(tables, storage, prefix, bucket, print, is_rehearsal=parsed.dry_run).run()
    except (BotoCoreError, ClientError) as error:
        print(f"The logs could not be aligned: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    for sku in aligned.incomplete:
        print(f"{sku}: the log lacks its last record, and the archive has none with its hash")
    done = "would be " if parsed.dry_run else ""
    print(
        f"{aligned.skus} SKUs checked: {aligned.put_back} records {done}put back, "
        f"{aligned.removed} {done}removed, {len(aligned.incomplete)} logs incomplete."
    )
    return 1 if aligned.incomplete else 0


if __name__ == "__main__":
    sys.exit(main())
