"""Runs programs in the zip of a service, with what Lambda provides and nothing else of this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.package import Package

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


@dataclass(frozen=True)
class ZipRunner:
    """Called with a package and a program; returns the JSON that the program prints as its last line.

    Attributes
    ----------
    folder
        Where zips are unpacked.
    lambda_packages
        A folder with the libraries that Lambda provides.
    """

    folder: Path
    lambda_packages: Path

    def __call__(self, package: Package, program: str) -> Any:
        unpacked = self.folder / f"task-{package.service}"
        with zipfile.ZipFile(package.zip_path) as archive:
            archive.extractall(unpacked)
        path = f"import sys; sys.path[:0] = [{str(unpacked)!r}, {str(self.lambda_packages)!r}]\n"
        # -S: no site-packages of this machine; -B: no bytecode is written.
        done = subprocess.run(
            [sys.executable, "-B", "-S", "-c", path + program],
            cwd=unpacked,
            env=SETTINGS,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])
