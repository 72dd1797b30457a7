"""Terraform on this machine: found or said to be missing, with a provider from a mirror where one lies."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PLATFORM = Path(__file__).parents[2] / "terraform" / "platform"


@dataclass(frozen=True)
class Terraform:
    """The program, at work in a folder of its own."""

    program: str
    folder: Path

    def run(self, *arguments: str, standard_input: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env={**environment, "TF_IN_AUTOMATION": "1"},
            input=standard_input,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def evaluate(self, expression: str) -> str:
        """Evaluate an expression over the variables alone, which needs no provider."""
        (self.folder / "versions.tf").unlink()
        return self.run("console", standard_input=expression + "\n").stdout.strip()

    def plan_of_variables(self) -> subprocess.CompletedProcess[str]:
        """Plan the variables alone, which needs no provider and checks every validation."""
        (self.folder / "versions.tf").unlink()
        return self.run("plan", "-input=false", "-no-color")

    def initialise(self) -> subprocess.CompletedProcess[str]:
        mirror = _provider_mirror()
        source = [f"-plugin-dir={mirror}"] if mirror else []
        return self.run("init", "-backend=false", "-input=false", "-no-color", *source)


def _provider_mirror() -> Path | None:
    """Return a folder that holds the AWS provider, as ``terraform init -plugin-dir`` wants it."""
    found = subprocess.run(
        ["find", "/", "-xdev", "-type", "f", "-name", "terraform-provider-aws_v*"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    providers = [Path(line) for line in found.stdout.splitlines()]
    # …/HOST/NAMESPACE/TYPE/VERSION/PLATFORM/terraform-provider-aws_v…
    mirrors = [path.parents[5] for path in providers if len(path.parents) > 6]
    return mirrors[0] if mirrors else None


@pytest.fixture
def platform(tmp_path: Path) -> Terraform:
    """The platform's configuration in a folder that a test may change."""
    program = shutil.which("terraform")
    if program is None:
        message = "terraform is not on this machine: the infrastructure tests need it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path / "platform"
    shutil.copytree(PLATFORM, folder, ignore=shutil.ignore_patterns(".terraform*"))
    return Terraform(program, folder)


@pytest.fixture
def with_tables(platform: Terraform) -> Callable[[Callable[[dict[str, Any]], None]], Terraform]:
    """Returns a function that changes the declared tables in that folder."""

    def change(edit: Callable[[dict[str, Any]], None]) -> Terraform:
        file = platform.folder / "tables.auto.tfvars.json"
        declared: dict[str, Any] = json.loads(file.read_text())
        edit(declared["tables"])
        file.write_text(json.dumps(declared))
        return platform

    return change
