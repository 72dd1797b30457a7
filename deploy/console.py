"""The tasks of the console: its distribution by Terraform, then its build into the bucket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.confirmation import confirm
from deploy.console_build import CONFIGURATION, INDEX, build_console
from deploy.console_site import Site
from deploy.console_smoke import check_console
from deploy.errors import DeployError
from deploy.services import CONSOLE
from deploy.stage import Deployment

if TYPE_CHECKING:
    from deploy.terraform import Root


def plan(deployment: Deployment, build_folder: Path) -> None:
    """Show what a deploy would change."""
    deployment.check_aws()
    root = opened_root(deployment)
    planned = root.plan()
    build = build_console(build_folder / CONSOLE)
    print(planned.text)
    outputs = root.outputs()
    current = _site(deployment, outputs).releases().current if outputs else None
    if current == build.build_id:
        print(f"\nThe {build} is deployed.")
    else:
        print(f"\nThe {build} would be deployed" + (f", in the place of {current}." if current else "."))


def deploy(deployment: Deployment, build_folder: Path) -> None:
    """Show what will change, apply it after confirmation, publish the build, and check that it answers."""
    deployment.check_aws()
    root = opened_root(deployment)
    planned = root.plan()
    build = build_console(build_folder / CONSOLE)
    print(planned.text, flush=True)
    print(f"\nThe {build} will be deployed.", flush=True)
    confirm(f"Deploy {deployment}?")
    if planned.has_changes:
        root.apply()
    outputs = root.outputs()
    _site(deployment, outputs).publish(build, outputs["configuration"])
    _report(deployment, outputs, "")


def roll_back(deployment: Deployment) -> None:
    """Show browsers the previous build again."""
    deployment.check_aws()
    outputs = opened_root(deployment).outputs()
    if not outputs:
        raise DeployError(f"{deployment} was not found: its state is empty.")
    site = _site(deployment, outputs)
    releases = site.releases()
    if releases.previous is None:
        raise DeployError(f"{deployment} has no build before {releases.current}.")
    print(f"{CONSOLE}: build {releases.current} → {releases.previous}", flush=True)
    confirm(f"Roll {deployment} back?")
    site.roll_back(outputs["configuration"])
    _report(deployment, outputs, " with the previous build; the next deploy replaces it")


def opened_root(deployment: Deployment) -> Root:
    """Return the Terraform root of the console with its state opened."""
    # Imported when needed: packaging needs no python-terraform.
    from deploy.terraform import Root

    variables = {
        "stage": deployment.stage,
        "region": deployment.region,
        "emulator_endpoint": deployment.emulator_endpoint,
    }
    return Root(deployment, [], variables).opened()


def _site(deployment: Deployment, outputs: dict[str, Any]) -> Site:
    return Site(deployment.client("s3"), deployment.client("cloudfront"), outputs)


def _report(deployment: Deployment, outputs: dict[str, Any], how: str) -> None:
    """Check that the console answers, and print its address, and what is missing for signing in."""
    files = {CONFIGURATION: outputs["configuration"], INDEX: _site(deployment, outputs).page()}
    check_console(outputs["distribution_domain"], files, deployment.emulator_endpoint)
    url = outputs["console_url"]
    print(f"\n{deployment} answers at {url}{how}")
    if outputs["distribution_domain"] not in url:
        print(f"The domain must point at {outputs['distribution_domain']}.")
    if f"{url}/" not in outputs["callback_urls"]:
        print(
            f"Nobody can sign in there yet: the user pool does not return to {url}/. The platform team adds "
            "it to web_callback_urls and web_logout_urls in "
            f"terraform/platform/stages/{deployment.stage}.tfvars, and applies."
        )
