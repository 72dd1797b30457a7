"""Terraform for one deployment, through python-terraform.

Of that library: `plan` returns 2 for changes; a saved plan is applied with ``skip_plan=True``; `output`
returns None if Terraform failed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import python_terraform

from deploy.errors import DeployError
from deploy.services import REPOSITORY_ROOT
from deploy.stage import Deployment

PLAN_FILE: Final = "planned"
CALL_FILE: Final = "call.tfvars.json"
_LOCAL_BACKEND: Final = 'terraform {\n  backend "local" {}\n}\n'
_MADE_BY_TERRAFORM: Final = shutil.ignore_patterns(".terraform*")
_NOTHING, _CHANGES = 0, 2

_OWN_CONDITION: Final = re.compile(
    r"Error: (?:Resource p(?:re|ost)condition failed|Invalid value for variable)\n"
)
_RESULT: Final = re.compile(
    r"^(?:No changes|Note: Objects have|Terraform used|Terraform will|Changes to)", re.MULTILINE
)
"""The beginning of a plan's result, after the lines about what was read."""
_ERROR: Final = re.compile(r"^Error: .*?(?=^Error: |\Z)", re.MULTILINE | re.DOTALL)
_FRAME: Final = re.compile(r"^[│╷╵]\s?", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """A plan of Terraform: whether there are changes, and its text."""

    has_changes: bool
    text: str


class Root:
    """A copy of ``terraform/service``, or of ``terraform/console``, for one deployment.

    Copies allow two deployments from one checkout at the same time, each with its own backend.

    Parameters
    ----------
    deployment : Deployment
        The service, its stage, its state.
    variable_files : list[Path]
        Passed to Terraform in this order, followed by that of the stage.
    variables : Mapping
        These override the files.
    """

    def __init__(
        self, deployment: Deployment, variable_files: list[Path], variables: Mapping[str, Any]
    ) -> None:
        program = shutil.which("terraform")
        if program is None:
            raise DeployError(
                "terraform is not on this machine: https://developer.hashicorp.com/terraform/install"
            )
        self._deployment = deployment
        self._root = deployment.root_folder
        self._copy(REPOSITORY_ROOT / "terraform")
        self._variables: dict[str, Any] = {}
        call = self._root / CALL_FILE
        self.give(variables)
        of_the_stage = self._root / "stages" / f"{deployment.stage}.tfvars"
        files = [*variable_files, *([of_the_stage] if of_the_stage.exists() else []), call]
        self._variable_files = [str(path.resolve()) for path in files]
        self._terraform = python_terraform.Terraform(working_dir=str(self._root), terraform_bin_path=program)

    def opened(self) -> Self:
        """Install the provider and open the state, without changing anything; return the root itself.

        Raises
        ------
        DeployError
            If either fails.
        """
        if self._deployment.state_folder is None:
            backend = {
                "bucket": self._deployment.state_bucket,
                "key": self._deployment.state_key,
                "region": self._deployment.region,
            }
        else:
            path = self._deployment.state_folder / self._deployment.state_key
            path.parent.mkdir(parents=True, exist_ok=True)
            (self._root / "backend_override.tf").write_text(_LOCAL_BACKEND, encoding="utf-8")
            backend = {"path": str(path)}
        self._run("init", backend_config=backend, reconfigure=python_terraform.IsFlagged, input=False)
        return self

    def give(self, variables: Mapping[str, Any]) -> None:
        """Add variables, which override the files."""
        self._variables |= variables
        text = json.dumps(self._variables, indent=2)
        (self._root / CALL_FILE).write_text(text, encoding="utf-8")

    def plan(self, *, destroy: bool = False) -> Plan:
        """Plan the changes, and save the plan for `apply`."""
        code, text = self._run(
            "plan",
            expected=(_NOTHING, _CHANGES),
            out=PLAN_FILE,
            input=False,
            var_file=self._variable_files,
            detailed_exitcode=python_terraform.IsFlagged,
            destroy=python_terraform.IsFlagged if destroy else None,
        )
        found = _RESULT.search(text)
        return Plan(code == _CHANGES, text[found.start() if found else 0 :].rstrip())

    def apply(self) -> None:
        """Apply the saved plan."""
        with interruption_left_to_terraform():
            # var: otherwise it would pass a file of variables, which a saved plan does not accept.
            code, _, errors = self._terraform.apply(PLAN_FILE, skip_plan=True, var=None)
        if code != 0:
            raise DeployError(
                f"The apply failed:\n{essence(errors)}\n"
                "The state contains what was applied. Once the cause is removed, repeat the command to apply "
                "the rest."
            )

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the last apply by name; empty if there was none."""
        found = self._terraform.output()
        if found is None:
            raise DeployError(f"The state of {self._deployment} cannot be read.")
        return {name: output["value"] for name, output in found.items()}

    def _run(self, command: str, *, expected: tuple[int, ...] = (0,), **options: Any) -> tuple[int, str]:
        code, text, errors = self._terraform.cmd(command, no_color=python_terraform.IsFlagged, **options)
        if code not in expected:
            raise DeployError(_explained(command, errors or text, self._deployment))
        return code, text

    def _copy(self, source: Path) -> None:
        """Replace the configuration; files that Terraform has written beside it stay."""
        for name in (self._root.name, "modules"):
            folder = self._deployment.work_folder / name
            for stale in [*folder.rglob("*.tf"), *folder.glob("*.tfvars*"), *folder.glob("stages/*.tfvars")]:
                stale.unlink()
            shutil.copytree(source / name, folder, dirs_exist_ok=True, ignore=_MADE_BY_TERRAFORM)


def _explained(command: str, errors: str, deployment: Deployment) -> str:
    """Return one message for an error of Terraform."""
    if "Error acquiring the state lock" in errors:
        return (
            f"Another process is deploying {deployment}: its state is locked. Try again later.\n"
            f"{essence(errors)}"
        )
    return f"terraform {command} failed for {deployment}:\n{essence(errors)}"


def essence(errors: str) -> str:
    """Return Terraform's errors without their frames and warnings."""
    plain = _FRAME.sub("", errors)
    found = [_shown(error.strip()) for error in _ERROR.findall(plain)]
    return "\n".join(found) or plain.strip()


def _shown(error: str) -> str:
    """Return an error without blank lines; for an error of our own conditions, its message alone."""
    if _OWN_CONDITION.match(error):
        before_last_hint = re.split(r"\n\s*\nThis was checked by", error)[0]
        return re.split(r"\n\s*\n", before_last_hint)[-1].replace("\n", " ")
    return re.sub(r"\n\s*\n", "\n", error)


@contextmanager
def interruption_left_to_terraform() -> Iterator[None]:
    """Ignore Ctrl-C in this process: Terraform gets it too, and writes the state before it ends."""
    # A handler rather than SIG_IGN, which the child would inherit.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# Suppresses hints for interactive use.
os.environ.setdefault("TF_IN_AUTOMATION", "1")
