"""Every root of ``terraform/``, applied to moto: what is planned, what fails, what a second plan changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3

from deploy.package import Package, package_claims, package_service
from deploy.target import Target
from local.children import Child, stop_children
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import HOST
from tests.infrastructure.terraform import Terraform, copy_of, give, variables_of_emulator
from tests.integration.processes import ROOT, wait_until

SERVICES: Final = ("catalog", "stock", "audit")
REGION: Final = "ap-southeast-1"
"""A region whose name is as long as any; it is part of the buckets' names."""
STAGE: Final = "abcdefghijkl"
"""A stage's name of the greatest length that the variables allow."""
TABLE_NAME_PREFIX: Final = "p" * 99 + "-"
"""A prefix of the greatest length that the variables allow."""
PLATFORM: Final[dict[str, Any]] = {
    "stage": STAGE,
    "table_name_prefix": TABLE_NAME_PREFIX,
    "vendor_clients": {"acme-erp": "VENDOR-001"},
    "order_clients": ["web-shop"],
    "order_owners": {"web-shop": ["web", "default"]},
    "maximum_throughput": {"read_units": 2000, "write_units": 1000},
    "requires_mfa": True,
    "stores_machine_secrets": True,
    "alarm_emails": ["operators@example.org"],
    "backup": {"keep_days": 90, "lock": {"mode": "GOVERNANCE", "min_days": 35}, "tests_restores": True},
    "data_events_days": 30,
}
"""The settings of prod and more: every option on, so that every resource is applied."""
WITHOUT_IN_CONSOLE: Final = ("aws_cloudfront_distribution.this", "aws_s3_bucket_policy.this")
"""The distribution needs policies of CloudFront that moto cannot list; the bucket's policy names it."""
FEW_TRIES: Final = 'provider "aws" {\n  max_retries = 4\n}\n'
"""By default, the provider repeats for minutes what moto answers with 500."""
_FAILED: Final = re.compile(
    r"^Error: (?P<message>.*?)\n+  with (?P<address>\S.*?),\n", re.MULTILINE | re.DOTALL
)
_REQUEST: Final = re.compile(r"RequestID: [^,]*, ")


@dataclass(frozen=True)
class Root:
    """A root of ``terraform/``, applied.

    Attributes
    ----------
    planned
        The planned values of each resource, by address: those that are known before the apply.
    applied
        The values of each resource in the state, by address.
    errors
        The error of each resource that could not be applied, by address.
    differences
        The attributes that a second plan would change, by address.
    targets
        The options that leave out what moto cannot read.
    """

    planned: dict[str, dict[str, Any]]
    applied: dict[str, dict[str, Any]]
    errors: dict[str, str]
    differences: dict[str, list[str]]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Applied:
    """All roots, and the moto that holds what they have created."""

    endpoint: str
    roots: dict[str, Root]
    packages: dict[str, Package]

    def client(self, name: str) -> Any:
        return _client(name, self.endpoint)

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the state of all resources of a type, by root and address."""
        return {
            f"{name}: {address}": values
            for name, root in self.roots.items()
            for address, values in root.applied.items()
            if type_of(address) == kind
        }


@cache
def _client(name: str, endpoint: str) -> Any:
    return boto3.client(
        name,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def type_of(address: str) -> str:
    """Return the type of a resource, such as ``aws_iam_role`` of ``module.role["x"].aws_iam_role.this``."""
    match = re.search(r"(?:^|\.)((?:data\.)?aws_\w+)\.\w+(?:\[[^]]*\])?$", address)
    assert match is not None, address
    return match[1]


@contextmanager
def moto(folder: Path) -> Iterator[str]:
    """Run moto's server, and yield its address."""
    port = free_port()
    folder.mkdir()
    environment = {
        "PYTHONPATH": str(ROOT),
        # A home of its own, as it reads the settings of AWS's clients.
        "HOME": str(folder),
        # AWS's managed policies, which roles have attached.
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    child = Child("moto", ["moto.server", "-H", HOST, "-p", str(port)], environment, folder / "moto.log")
    endpoint = f"http://{HOST}:{port}"
    try:
        wait_until(lambda: answers_ok(f"{endpoint}/moto-api/"), "moto ready")
        yield endpoint
    finally:
        stop_children([child])


def _resources(module: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in module.get("resources", ()):
        if each["mode"] == "managed":
            yield each["address"], each.get("values", {})
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _declared(folder: Path) -> list[str]:
    """Return the resources that are declared in a root itself, in no module."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
    return [f"{kind}.{name}" for kind, name in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)]


def _shown(terraform: Terraform, *plan: str) -> dict[str, Any]:
    done = terraform.run("show", "-json", "-no-color", *plan)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], unknown: Mapping[str, Any]) -> list[str]:
    names = {*before, *after, *unknown}
    return sorted(
        name for name in names if before.get(name) != after.get(name) and unknown.get(name, False) is not True
    )


def errors_of(stderr: str) -> dict[str, str]:
    """Return the errors of an apply by address, in one line each and without the ids of requests."""
    return {
        match["address"]: _REQUEST.sub("", " ".join(match["message"].split()))
        for match in _FAILED.finditer(stderr)
    }


def applied_root(terraform: Terraform, without: Sequence[str] = ()) -> Root:
    """Plan a root, and apply the plan as far as it can be applied.

    Parameters
    ----------
    without
        Resources that depend on what moto cannot answer: the root is planned as a whole, which fails, and
        applied without them.
    """
    targets: list[str] = []
    unreadable: dict[str, str] = {}
    if without:
        failed = terraform.plan("-parallelism=30")
        unreadable = errors_of(failed.stderr)
        assert failed.returncode == 1, failed.stdout
        targets = [f"-target={each}" for each in _declared(terraform.folder) if each not in without]
    planned = terraform.plan("-out=planned", "-parallelism=30", *targets)
    assert planned.returncode == 2, planned.stderr
    before = dict(_resources(_shown(terraform, "planned")["planned_values"]["root_module"]))
    done = terraform.run("apply", "-input=false", "-no-color", "-parallelism=30", "planned")
    errors = errors_of(done.stderr)
    assert bool(done.returncode) == bool(errors), done.stderr
    values = _shown(terraform)["values"]
    return Root(before, dict(_resources(values["root_module"])), unreadable | errors, {}, tuple(targets))


def planned_again(terraform: Terraform, root: Root) -> Root:
    """Return a root with what a second plan would change, without that of resources that failed."""
    again = terraform.plan("-out=again", "-parallelism=30", *root.targets)
    assert again.returncode in (0, 2), again.stderr
    changes = {
        each["address"]: each["change"]
        for each in _shown(terraform, "again").get("resource_changes", ())
        if each["mode"] == "managed" and each["change"]["actions"] != ["no-op"]
    }
    differences = {
        address: _changed(change["before"], change["after"] or {}, change["after_unknown"])
        for address, change in changes.items()
        if change["before"] is not None and address not in root.errors
    }
    return replace(root, differences=differences)


def apply_all(program: str, folder: Path, endpoint: str) -> Applied:
    """Apply account, platform, services and console, one after another as far as they need each other."""
    environment = variables_of_emulator(endpoint)
    build = folder / "build"
    target = Target.native()

    def prepared(root: str, name: str, variables: Mapping[str, Any]) -> Terraform:
        terraform = Terraform(program, copy_of(root, folder / name), environment)
        (terraform.folder / "retries_override.tf").write_text(FEW_TRIES)
        give(terraform, {"stage": STAGE, "region": REGION, **variables})
        return terraform

    def service(package: Package) -> tuple[Terraform, Root]:
        name = package.service
        of_the_team = json.loads((ROOT / "services" / name / "deployment.tfvars.json").read_text())
        of_the_app = json.loads(package.variables_path.read_text())
        variables = {"zip_path": str(package.zip_path), **of_the_app, **of_the_team}
        terraform = prepared("service", name, variables)
        return terraform, applied_root(terraform)

    with ThreadPoolExecutor(4) as pool:
        claims = package_claims(build)
        platform = prepared("platform", "platform", {"claims_zip": str(claims), **PLATFORM})
        applying = pool.submit(applied_root, platform)
        # Packaged while Terraform waits for buckets.
        packages = {name: package_service(name, target, build) for name in SERVICES}
        account = prepared("account", "account", {})
        of_the_account = applied_root(account)
        planning = {
            "account": pool.submit(planned_again, account, of_the_account),
            "platform": pool.submit(planned_again, platform, applying.result()),
        }
        services = pool.map(service, packages.values())
        for name, (terraform, root) in zip(SERVICES, services, strict=True):
            planning[name] = pool.submit(planned_again, terraform, root)
        console = prepared("console", "console", {})
        root = applied_root(console, WITHOUT_IN_CONSOLE)
        planning["console"] = pool.submit(planned_again, console, root)
        roots = {name: each.result() for name, each in planning.items()}
    return Applied(endpoint, roots, packages)
