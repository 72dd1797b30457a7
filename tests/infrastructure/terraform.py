"""Terraform on copies of its folders, with the provider of this machine."""

import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.support.created_twice import adopted
from tests.support.needs import not_here
from tests.support.provider_mirror import MISSING, TERRAFORM_SETTINGS, provider_mirror

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "terraform"
CLAIMS = CONFIGURATION / "modules" / "identity" / "claims" / "claims.py"
STAGE = "test"
REGION = "ap-south-1"
LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n'


@dataclass(frozen=True)
class Terraform:
    """The program, run in a folder of its own."""

    program: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, standard_input: str | None = None) -> subprocess.CompletedProcess[str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))
        }
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env={**inherited, "TF_IN_AUTOMATION": "1", **TERRAFORM_SETTINGS, **self.environment},
            input=standard_input,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def evaluate(self, expression: str) -> str:
        """Evaluate an expression over the variables."""
        return self.run("console", standard_input=expression + "\n").stdout.strip()

    def initialise(self, *arguments: str) -> None:
        mirror = provider_mirror()
        if mirror is None:
            not_here(MISSING)
        options = ("-input=false", "-no-color", f"-plugin-dir={mirror}")
        done = self.run("init", *options, *(arguments or ["-backend=false"]))
        assert done.returncode == 0, done.stderr

    def apply(self) -> None:
        arguments = ("apply", "-auto-approve", "-input=false", "-no-color")
        done = self.run(*arguments)
        if adopted(done.stderr, self.run):
            done = self.run(*arguments)
        assert done.returncode == 0, done.stderr

    def plan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plan; 0 is no change, 1 an error, 2 a change."""
        return self.run("plan", "-detailed-exitcode", "-input=false", "-no-color", *arguments)

    def outputs(self) -> dict[str, Any]:
        return {name: each["value"] for name, each in json.loads(self.run("output", "-json").stdout).items()}


@dataclass(frozen=True)
class Cloud:
    """An embedded AWS with the platform applied, and service roots beside it."""

    endpoint: str
    folder: Path
    platform: Terraform
    zip_path: Path

    def client(self, name: str) -> Any:
        return boto3.client(
            name,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def service(self, name: str, declared: dict[str, Any], **variables: Any) -> Terraform:
        """Return the root of a service, with a state of its own; Terraform's plugins are shared."""
        folder = self.folder / f"terraform-{name}-{len(list(self.folder.iterdir()))}"
        terraform = Terraform(self.platform.program, copy_of("service", folder), self.platform.environment)
        wishes = json.loads((ROOT / "services" / name / "deployment.tfvars.json").read_text())
        given = {
            "service": name,
            "stage": STAGE,
            "zip_path": str(self.zip_path),
            "emulator_endpoint": self.endpoint,
            **declared,
            **wishes,
            **variables,
        }
        give(terraform, given)
        return terraform


def copy_of(root: str, folder: Path) -> Path:
    """Copy a root with the modules into a folder, and return the root there."""
    for part in (root, "modules"):
        ignored = shutil.ignore_patterns(".terraform*", "tests")
        shutil.copytree(CONFIGURATION / part, folder / part, ignore=ignored)
    return folder / root


def variables_of_emulator(endpoint: str) -> dict[str, str]:
    """Return the environment by which Terraform uses an emulated AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def give(terraform: Terraform, variables: dict[str, Any]) -> None:
    (terraform.folder / "given.auto.tfvars.json").write_text(json.dumps(variables))
    (terraform.folder / "backend_override.tf").write_text(LOCAL_BACKEND)
    terraform.initialise("-reconfigure")


def zip_of(path: Path, source: Path, name: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(source, name)
    return path
