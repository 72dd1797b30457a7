"""``python -m deploy package|plan|deploy|rollback|destroy``: the tasks of the Makefile's targets.

Settings come from the environment, where make puts them: ``SERVICE``, ``STAGE``, ``STATE_BUCKET`` or
``STATE_FOLDER``, ``ARCHITECTURE``, ``RUNTIME``, ``YES``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy import package, rollback
from deploy.errors import DeployError
from deploy.services import BUILD_FOLDER, service_folder, service_names
from deploy.smoke import check_health
from deploy.stage import PROTECTED_STAGE, Place
from deploy.target import Target

if TYPE_CHECKING:
    from deploy.terraform import ServiceRoot


def pack() -> None:
    """Write the zips of all services, or only that of ``SERVICE``."""
    only = os.environ.get("SERVICE")
    package.package_all([only] if only else service_names(), _target(), _build())
    if not only:
        package.package_claims(_build())


def plan() -> None:
    """Show what a deploy would change."""
    place = Place.from_environment()
    print(_prepared(place).plan().text)


def deploy() -> None:
    """Show the plan, apply it after confirmation, and check the service's health."""
    place = Place.from_environment()
    root = _prepared(place)
    planned = root.plan()
    print(planned.text, flush=True)
    if planned.has_changes:
        _ask(f"Deploy {place}?")
        root.apply()
    url = root.outputs()["api_url"]
    check_health(url, f"inventory-{place.service}")
    print(f"\n{place} answers at {url}")


def roll_back() -> None:
    """Point the aliases of a service's functions at the previous code."""
    place = Place.from_environment()
    place.check_aws()
    outputs = _root(place, {}).opened().outputs()
    if not outputs:
        raise DeployError(f"{place} is not deployed: its state is empty.")
    client = place.client("lambda")
    steps = rollback.steps_back(client, outputs["functions"])
    for each in steps:
        print(f"{each.function}: version {each.from_version} → {each.to_version}", flush=True)
    _ask(f"Roll {place} back?")
    rollback.step(client, steps)
    check_health(outputs["api_url"], f"inventory-{place.service}")
    print(f"\n{place} answers at {outputs['api_url']} with the previous code.")
    print("The next deploy moves it forward again.")


def destroy() -> None:
    """Remove a service from a stage; the platform's resources stay."""
    place = Place.from_environment()
    if place.stage == PROTECTED_STAGE:
        raise DeployError(f"{PROTECTED_STAGE} cannot be destroyed with this command.")
    planned = (root := _prepared(place)).plan(destroy=True)
    print(planned.text, flush=True)
    if planned.has_changes:
        _ask(f"Destroy {place}?")
        root.apply()
    print(f"\n{place} has been removed.")


TASKS: dict[str, Callable[[], None]] = {
    "package": pack,
    "plan": plan,
    "deploy": deploy,
    "rollback": roll_back,
    "destroy": destroy,
}


def _prepared(place: Place) -> ServiceRoot:
    """Package the service, and return its Terraform root with the state opened."""
    place.check_aws()
    (packed,) = package.package_all([place.service], _target(), _build())
    variables = {
        "stage": place.stage,
        "region": place.region,
        "zip_path": str(packed.zip_path),
        "runtime": packed.target.runtime,
        "architecture": packed.target.architecture,
        "emulator_endpoint": place.emulator_endpoint,
    }
    return _root(place, variables, packed.variables_path).opened()


def _root(place: Place, variables: dict[str, Any], *exported: Path) -> ServiceRoot:
    # Imported when needed: packaging needs no python-terraform.
    from deploy.terraform import ServiceRoot

    settings = service_folder(place.service) / "deployment.tfvars.json"
    files = [*exported, *([settings] if settings.exists() else [])]
    return ServiceRoot(place, files, variables)


def _target() -> Target:
    return Target.named(os.environ.get("RUNTIME", ""), os.environ.get("ARCHITECTURE", ""))


def _build() -> Path:
    return Path(os.environ.get("BUILD_FOLDER") or BUILD_FOLDER).resolve()


def _ask(question: str) -> None:
    """Ask for confirmation; no input means no.

    Raises
    ------
    DeployError
        If the answer is not yes.
    """
    if os.environ.get("YES") == "1":
        return
    try:
        answer = input(f"\n{question} Type 'yes' to confirm: ")
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        raise DeployError("Nothing was changed. (YES=1 confirms without asking.)")


def main() -> int:
    """Run the task that the command line names, and return the exit code."""
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
