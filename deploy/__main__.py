"""``python -m deploy package|plan|deploy|rollback|destroy``: the tasks of the Makefile's targets.

The settings are environment variables, as make passes them on: ``SERVICE``, ``STAGE``, ``STATE_BUCKET`` or
``STATE_FOLDER``, ``ARCHITECTURE``, ``RUNTIME``, ``YES``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy import console, gradual, package, rollback
from deploy.confirmation import confirm
from deploy.errors import DeployError
from deploy.services import BUILD_FOLDER, CONSOLE, service_folder, service_names
from deploy.smoke import check_service
from deploy.stage import PROTECTED_STAGE, Deployment
from deploy.target import Target

if TYPE_CHECKING:
    from deploy.terraform import Root


def pack() -> None:
    """Write the zips of all services, or of ``SERVICE`` alone."""
    only = os.environ.get("SERVICE")
    package.package_all([only] if only else service_names(), _target(), _build())
    if not only:
        package.package_claims(_build())


def plan() -> None:
    """Show what a deploy would change."""
    deployment = Deployment.from_environment()
    if deployment.service == CONSOLE:
        return console.plan(deployment, _build())
    root, packed = _prepared(deployment)
    planned = root.plan()
    print(planned.text)
    if not planned.has_changes:
        _show_behind(_behind(deployment, root.outputs(), packed))


def deploy() -> None:
    """Show what will change, apply it after confirmation, and check that the service answers."""
    deployment = Deployment.from_environment()
    if deployment.service == CONSOLE:
        return console.deploy(deployment, _build())
    root, packed = _prepared(deployment)
    planned = root.plan()
    print(planned.text, flush=True)
    if planned.has_changes:
        confirm(f"Deploy {deployment}?")
        root.apply()
    outputs = root.outputs()
    behind = _behind(deployment, outputs, packed)
    if outputs.get("gradual"):
        _shift(deployment, outputs, packed, is_confirmed=planned.has_changes)
    elif behind:
        _show_behind(behind)
        if not planned.has_changes:
            confirm(f"Deploy {deployment}?")
        rollback.bring_forward(deployment.client("lambda"), behind, packed.zip_path)
    target = outputs.get("domain_target")
    if target:
        print(f"{outputs['api_url']} must point at {target['name']} (zone {target['zone_id']})", flush=True)
    url = outputs["api_url"]
    check_service(url, deployment.service)
    print(f"\n{deployment} answers at {url}")


def roll_back() -> None:
    """Give a service's functions their previous code back; show the console's previous build."""
    deployment = Deployment.from_environment()
    if deployment.service == CONSOLE:
        return console.roll_back(deployment)
    deployment.check_aws()
    outputs = _root(deployment, {}).opened().outputs()
    if not outputs:
        raise DeployError(f"{deployment} was not found: its state is empty.")
    client = deployment.client("lambda")
    stopped = _stopped(deployment, outputs)
    if stopped:
        check_service(outputs["api_url"], deployment.service)
        print(f"\n{deployment} answers at {outputs['api_url']} with the code that it had before the deploy.")
        return
    steps = rollback.steps_back(client, outputs["functions"])
    for each in steps:
        print(each, flush=True)
    for name in sorted({function["name"] for function in outputs["functions"].values()}):
        if name not in {each.function for each in steps}:
            print(f"{name}: stays, as it has no earlier code", flush=True)
    confirm(f"Roll {deployment} back?")
    rollback.step(client, steps)
    check_service(outputs["api_url"], deployment.service)
    print(
        f"\n{deployment} answers at {outputs['api_url']} with the previous code; the next deploy replaces it."
    )


def destroy() -> None:
    """Remove a service or the console from a stage; the platform's resources stay."""
    deployment = Deployment.from_environment()
    if deployment.stage == PROTECTED_STAGE:
        raise DeployError(f"{PROTECTED_STAGE} cannot be destroyed by this command.")
    root = console.opened_root(deployment) if deployment.service == CONSOLE else _prepared(deployment)[0]
    planned = root.plan(destroy=True)
    print(planned.text, flush=True)
    if planned.has_changes:
        confirm(f"Destroy {deployment}?")
        root.apply()
    print(f"\n{deployment} was destroyed.")


TASKS: dict[str, Callable[[], None]] = {
    "package": pack,
    "plan": plan,
    "deploy": deploy,
    "rollback": roll_back,
    "destroy": destroy,
}


def _behind(deployment: Deployment, outputs: Mapping[str, Any], packed: package.Package) -> list[str]:
    """Return the functions that were rolled back, of which Terraform does not know."""
    return rollback.behind(deployment.client("lambda"), outputs.get("functions", {}), packed.zip_path)


def _shift(
    deployment: Deployment, outputs: Mapping[str, Any], packed: package.Package, *, is_confirmed: bool
) -> None:
    """Shift the traffic of every function to its new version."""
    client = deployment.client("lambda")
    planned = gradual.shifts(client, outputs["functions"], packed.zip_path)
    if not planned:
        return
    if not is_confirmed:
        for each in planned:
            print(each, flush=True)
        confirm(f"Deploy {deployment}?")
    description = f"{deployment}: code {rollback.digest_of(packed.zip_path.read_bytes())[:12]}"
    application = outputs["gradual"]["application"]
    gradual.execute(deployment.client("codedeploy"), client, application, planned, description)


def _stopped(deployment: Deployment, outputs: Mapping[str, Any]) -> list[gradual.Shift]:
    """Stop a deploy that is shifting traffic, after asking; return what it was shifting."""
    if not outputs.get("gradual"):
        return []
    codedeploy, application = deployment.client("codedeploy"), outputs["gradual"]["application"]
    groups = _groups(outputs)
    if not gradual.running(codedeploy, application, groups):
        return []
    confirm(f"Stop the deploy of {deployment} that is shifting traffic?")
    stopped = gradual.stop(codedeploy, deployment.client("lambda"), application, groups)
    for each in stopped:
        print(f"{each.function}: version {each.to_version} → {each.from_version}", flush=True)
    return stopped


def _show_behind(names: list[str]) -> None:
    for name in names:
        print(f"{name}: was rolled back; a deploy publishes this checkout's code", flush=True)


def _prepared(deployment: Deployment) -> tuple[Root, package.Package]:
    """Package the service, and return its Terraform root, with the state opened, and the package."""
    deployment.check_aws()
    (packed,) = package.package_all([deployment.service], _target(), _build())
    variables = {
        "stage": deployment.stage,
        "region": deployment.region,
        # Relative: the state has the path, and another checkout must not update every function.
        "zip_path": os.path.relpath(packed.zip_path, deployment.root_folder),
        "runtime": packed.target.runtime,
        "architecture": packed.target.architecture,
        "emulator_endpoint": deployment.emulator_endpoint,
    }
    root = _root(deployment, variables, packed.variables_path).opened()
    if deployment.emulator_endpoint is None:
        root.give(_live(deployment, root.outputs()))
    return root, packed


def _live(deployment: Deployment, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variable by which Terraform leaves the aliases where they are, if traffic is shifted."""
    if not outputs.get("gradual"):
        return {}
    application = outputs["gradual"]["application"]
    gradual.check_none_runs(deployment.client("codedeploy"), application, _groups(outputs))
    return {"live_versions": gradual.live_versions(deployment.client("lambda"), outputs["functions"])}


def _groups(outputs: Mapping[str, Any]) -> list[str]:
    """Return CodeDeploy's deployment groups: each has the name of its function."""
    return [function["name"] for function in outputs["functions"].values()]


def _root(deployment: Deployment, variables: dict[str, Any], *exported: Path) -> Root:
    # Imported when needed: packaging needs no python-terraform.
    from deploy.terraform import Root

    wishes = service_folder(deployment.service) / "deployment.tfvars.json"
    files = [*exported, *([wishes] if wishes.exists() else [])]
    return Root(deployment, files, variables)


def _target() -> Target:
    return Target.named(os.environ.get("RUNTIME", ""), os.environ.get("ARCHITECTURE", ""))


def _build() -> Path:
    return Path(os.environ.get("BUILD_FOLDER") or BUILD_FOLDER).resolve()


def main() -> int:
    """Run the task; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("task", choices=TASKS)
    try:
        TASKS[parser.parse_args().task]()
    except DeployError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
