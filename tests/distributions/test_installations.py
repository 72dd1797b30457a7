"""The client, the command line and the verifier, installed into empty environments as their documents say.

pip builds and installs real distributions, so that these tests need a package index.  Without one they are
skipped with a message, or fail where `CI` is set.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from inventory_common.ids import transaction_id
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import TransactionRecord
from tools.dependencies.locks import pins_of

ROOT = Path(__file__).resolve().parents[2]
SIZE_MAX_BYTES = 30_000_000
SERVICES_ONLY = ("boto3", "botocore", "chalice", "cryptography", "jwt", "pydantic")
INSTALLER = re.compile(r"(pip|setuptools|wheel|pkg_resources|_distutils_hack|distutils-precedence)\b")
SKU = "SKU-PROD-E4F9A-BLK-L"

PROBE = """
import importlib.util, json, pathlib, sys, sysconfig
absent, imported = json.loads(sys.argv[1])
for name in imported:
    __import__(name)
present = [name for name in absent if importlib.util.find_spec(name) is not None]
print(json.dumps({"present": present, "site": sysconfig.get_path("purelib")}))
"""
CALL = """
from inventory_client import NoAnswer, Retries, StockClient
try:
    StockClient("http://127.0.0.1:9", retries=Retries(attempts=1)).health()
except NoAnswer as error:
    print(error)
"""


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


def documented_commands(document: str) -> list[list[str]]:
    """Return the commands of the block of a document that creates an environment."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / document).read_text(encoding="utf-8"), re.DOTALL)
    [block] = [block for block in blocks if "-m venv" in block]
    return [line.split() for line in block.splitlines()]


def install(document: str, checkout: Path) -> Path:
    """Run the documented commands up to the installation, and return the environment's Python."""
    create, pip, *_ = documented_commands(document)
    assert create[:3] == ["python3", "-m", "venv"]
    run([sys.executable, *create[1:]], checkout)
    assert pip[:2] == [f"{create[3]}/bin/pip", "install"]
    run(pip, checkout)
    return checkout / create[3] / "bin" / "python"


def size_of(site_packages: Path) -> int:
    """Return the bytes of what is installed, apart from pip itself."""
    return sum(
        file.stat().st_size
        for entry in site_packages.iterdir()
        if not INSTALLER.match(entry.name)
        for file in [entry, *entry.rglob("*")]
        if file.is_file()
    )


def check(python: Path, folder: Path, imported: Sequence[str]) -> None:
    """Check what can be imported, that nothing of the services is there, and the size."""
    probe = json.loads(run([str(python), "-c", PROBE, json.dumps([SERVICES_ONLY, imported])], folder))
    assert probe["present"] == []
    assert Path(probe["site"]).is_relative_to(folder)
    assert size_of(Path(probe["site"])) < SIZE_MAX_BYTES


def log_file(folder: Path, *, stock_after: int = 25) -> Path:
    """Write a log of one record; with another `stock_after` it is wrong."""
    record = TransactionRecord.with_hash(
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
        previous_hash=FIRST_PREVIOUS_HASH,
    )
    file = folder / f"log-{stock_after}.jsonl"
    file.write_text(json.dumps(record.document()) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def client_python(checkout: Path) -> Path:
    return install("client.md", checkout)


def test_the_client_is_installed_as_its_document_says(checkout: Path, client_python: Path) -> None:
    check(client_python, checkout, ["inventory_client", "inventory_common.verify"])
    assert "No server answers at http://127.0.0.1:9" in run([str(client_python), "-c", CALL], checkout)


def test_the_verifier_is_installed_as_its_document_says(checkout: Path, tmp_path: Path) -> None:
    python = install("log-export.md", checkout)
    check(python, checkout, ["inventory_common.verify"])
    *_, (program, *arguments) = documented_commands("log-export.md")
    assert checkout / program == python
    assert arguments == ["-m", "inventory_common.verify", "FILE"]
    complete = run([str(python), *arguments[:2], str(log_file(tmp_path))], checkout)
    assert f"{SKU}  records 1 to 1" in complete
    wrong = run([str(python), *arguments[:2], str(log_file(tmp_path, stock_after=26))], checkout, exit_code=1)
    assert "stock_after" in wrong


def test_the_command_line_is_installed_beside_the_client(checkout: Path, client_python: Path) -> None:
    document = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert "`pip install ./libs/common ./libs/client ./libs/imports ./libs/cli`" in document
    binaries = client_python.parent
    run([str(binaries / "pip"), "install", "./libs/imports", "./libs/cli"], checkout)
    check(client_python, checkout, ["inventory_cli.__main__"])
    assert "import" in run([str(binaries / "inventory"), "--help"], checkout)
