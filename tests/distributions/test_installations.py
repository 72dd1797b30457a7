"""The client, the command line and the verifier, installed into empty environments as their documents say.

pip builds and installs real distributions, out of the wheels that `make install` has fetched.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.distributions.environments import SERVICES_ONLY, SKU, log_file, run

ROOT = Path(__file__).resolve().parents[2]
SIZE_MAX_BYTES = 30_000_000
INSTALLER = re.compile(r"(pip|setuptools|wheel|pkg_resources|_distutils_hack|distutils-precedence)\b")

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
