"""The wheels of a release, each installed by its name into an environment that has nothing else of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.distributions.environments import SERVICES_ONLY, environment, log_file, run
from tools.release.artifacts import build_wheels
from tools.release.versions import Version, read_version, write_version

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 1, 2)
VERSION = str(read_version(ROOT))
INSTALLED = {
    "inventory-common": {"inventory-common"},
    "inventory-client": {"inventory-client", "inventory-common"},
    "inventory-imports": {"inventory-imports", "inventory-common"},
    "inventory-cli": {"inventory-cli", "inventory-client", "inventory-imports", "inventory-common"},
}
"""What each distribution brings of ours; the rest is from the index."""
READ_A_TABLE = """
import io
from inventory_imports.tables import Table
for row in Table("stock.csv", lambda: io.BytesIO(b"sku;quantity\\nSKU-1;2\\n")):
    print(row.values)
"""
LIST = """
import importlib.metadata, json
print(json.dumps({each.name: each.version for each in importlib.metadata.distributions()}))
"""


@pytest.fixture(scope="module", params=INSTALLED)
def installed(request: pytest.FixtureRequest, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with one distribution and what it requires; its folder has the name."""
    folder: Path = tmp_path_factory.mktemp("installed") / request.param
    # Without a pip of its own, which takes longer to install than the distributions.
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)], wheels)
    pip = [*pip_of(folder), "install", "--only-binary=:all:", "--find-links", str(wheels)]
    run([*pip, request.param], wheels)
    return folder


def pip_of(folder: Path) -> list[str]:
    """Return the command of this environment's pip that works on another environment."""
    return [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]


def test_a_wheel_brings_what_it_needs_and_nothing_of_the_services(installed: Path) -> None:
    found = json.loads(run([str(installed / "bin" / "python"), "-c", LIST], installed))
    assert {name for name in found if name.startswith("inventory")} == INSTALLED[installed.name]
    assert {found[name] for name in INSTALLED[installed.name]} == {VERSION}
    assert found.keys() & {*SERVICES_ONLY, "PyJWT"} == set()
    run([*pip_of(installed), "check"], installed)


def test_a_wheel_works_in_an_environment_of_its_own(installed: Path, tmp_path: Path) -> None:
    python = str(installed / "bin" / "python")
    match installed.name:
        case "inventory-common":
            verified = run([python, "-m", "inventory_common.verify", str(log_file(tmp_path))], tmp_path)
            assert "records 1 to 1" in verified
            wrong = str(log_file(tmp_path, stock_after=26))
            assert "stock_after" in run(
                [python, "-m", "inventory_common.verify", wrong], tmp_path, exit_code=1
            )
        case "inventory-client":
            program = "import inventory_client as c; print(sorted(c.__all__)); print(c.__version__)"
            assert "'StockClient'" in run([python, "-c", program], tmp_path)
        case "inventory-imports":
            read = run([python, "-c", READ_A_TABLE], tmp_path)
            assert read.strip() == "{'sku': 'SKU-1', 'quantity': '2'}"
        case "inventory-cli":
            command = str(installed / "bin" / "inventory")
            assert VERSION in run([command, "--version"], tmp_path)
            assert "import" in run([command, "--help"], tmp_path)


def test_wheels_of_several_versions_are_not_mixed(wheels: Path, checkout: Path, tmp_path: Path) -> None:
    """pip refuses them, instead of installing a client that fails later."""
    other = tmp_path / "other"
    shutil.copytree(checkout, other, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    write_version(other, Version(0, 0, 1))
    build_wheels(other, DAY, tmp_path / "wheels")
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--target", str(tmp_path / "target")]
    places = ["--find-links", str(wheels), "--find-links", str(tmp_path / "wheels")]
    wanted = [f"inventory-client=={VERSION}", "inventory-common==0.0.1"]
    spoken = environment() | {"PIP_QUIET": "0"}
    done = subprocess.run([*command, *places, *wanted], env=spoken, capture_output=True, text=True)
    assert done.returncode != 0
    assert f"inventory-client {VERSION} depends on inventory-common=={VERSION}" in done.stdout + done.stderr
