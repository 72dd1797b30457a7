"""Environments that have nothing of this repository, commands run in them, and a log to verify there."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from inventory_common.ids import transaction_id
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import TransactionRecord
from tests.support.fixed_ledger_key import LEDGER_KEY
from tools.dependencies.locks import pins_of

ROOT = Path(__file__).resolve().parents[2]
SERVICES_ONLY = ("boto3", "botocore", "chalice", "cryptography", "jwt", "pydantic")
SKU = "SKU-PROD-E4F9A-BLK-L"


def environment() -> dict[str, str]:
    """Return an environment in which pip installs pinned versions, and Python finds no package of ours."""
    ours = ("PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "PIP_CONSTRAINT": str(pinned_versions()),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_QUIET": "1",
    }


@cache
def pinned_versions() -> Path:
    """Write the versions of the locks as constraints of pip; with hashes, it would build no folder."""
    pins = pins_of((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))
    folder = Path(tempfile.mkdtemp(prefix="constraints-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "constraints.txt"
    file.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in pins), encoding="utf-8")
    return file


def run(command: Sequence[str], folder: Path, *, exit_code: int = 0) -> str:
    """Run a command and return its output."""
    finished = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    assert finished.returncode == exit_code, f"{command}\n{finished.stdout}{finished.stderr}"
    return finished.stdout + finished.stderr


def log_file(folder: Path, *, stock_after: int = 25) -> Path:
    """Write a log of one record; with another `stock_after` it is wrong."""
    record = TransactionRecord.signed_by(
        LEDGER_KEY,
        transaction_id=transaction_id(SKU, 1),
        timestamp="2026-02-23T14:20:00.000000Z",
        product_id="PROD-E4F9A",
        sku=SKU,
        vendor_id="VENDOR-001",
        transaction_type="restock",
        quantity_change=25,
        stock_before=0,
        stock_after=stock_after,
        performed_by="VENDOR-001",
        sequence=1,
        quantity=25,
        reserved_before=0,
        reserved_after=0,
        request_id="r-1",
        command="restock",
        previous_hash=FIRST_PREVIOUS_HASH,
    )
    file = folder / f"log-{stock_after}.jsonl"
    file.write_text(json.dumps(record.document()) + "\n", encoding="utf-8")
    return file
