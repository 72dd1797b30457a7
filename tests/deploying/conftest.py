"""The services' zips, made once for this machine, and what it takes to run one as Lambda would."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from deploy.package import Package, package_service
from deploy.target import Target

LAMBDA_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
SETTINGS = {
    "JWKS_URL": "http://127.0.0.1:9/jwks.json",
    "TOKEN_ISSUER": "https://issuer.invalid",
    "TOKEN_AUDIENCES": "nobody",
    "MACHINE_CLIENT_IDS": "nothing",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
}

Run = Callable[[Package, str], Any]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("build")


@pytest.fixture(scope="session")
def packages(build: Path) -> dict[str, Package]:
    """All three services, for the Python and the processor that run this test."""
    return {name: package_service(name, Target.native(), build) for name in ("catalog", "stock", "audit")}


@pytest.fixture(scope="session")
def lambda_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what Lambda itself brings, and nothing else of this machine."""
    folder = tmp_path_factory.mktemp("lambda")
    for name in LAMBDA_HAS:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        origin = origin.parent if origin.name == "__init__.py" else origin
        (folder / origin.name).symlink_to(origin)
    return folder


@pytest.fixture
def run(tmp_path: Path, lambda_packages: Path) -> Run:
    """Returns a function that unpacks a zip, runs a program in it, and returns the JSON that it prints."""

    def run_in_zip(package: Package, program: str) -> Any:
        folder = tmp_path / f"task-{package.service}"
        with zipfile.ZipFile(package.zip_path) as archive:
            archive.extractall(folder)
        path = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(lambda_packages)!r}]\n"
        # -S: no site-packages of this machine; -B: what is not compiled stays so.
        done = subprocess.run(
            [sys.executable, "-B", "-S", "-c", path + program],
            cwd=folder,
            env=SETTINGS,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run_in_zip
