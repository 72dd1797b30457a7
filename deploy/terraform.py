"""Runs Terraform for one service on one stage, through python-terraform.

That library's peculiarities: `plan` returns 2 if there are changes; a saved plan is applied with
``skip_plan=True``; `output` returns None if Terraform failed.
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
from deploy.stage import Place

PLAN_FILE: Final = "planned"
_LOCAL_BACKEND: Final = 'terraform {\n  backend "local" {}\n}\n'
_MADE_BY_TERRAFORM: Final = shutil.ignore_patterns(".terraform*")
_NOTHING, _CHANGES = 0, 2

_OUR_CONDITIONS: Final = re.compile(
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
    """A plan: whether it has changes, and Terraform's description of them."""

    has_changes: bool
    text: str


class ServiceRoot:
    """A copy of ``terraform/service`` for one service on one stage.

    With a copy each, two teams can deploy from one checkout at the same time, and the backend can be chosen.

    Parameters
    ----------
    place : Place
        The service, its stage, its state.
    variable_files : Sequence[Path]
        Passed to Terraform in this order, before the stage's own.
    variables : Mapping
        Override all of these.
    """

    def __init__(self, place: Place, variable_files: list[Path], variables: Mapping[str, Any]) -> None:
        program = shutil.which("terraform")
        if program is None:
            raise DeployError("terraform is not installed: https://developer.hashicorp.com/terraform/install")
        self._place = place
        self._root = place.work_folder / "service"
        self._copy(REPOSITORY_ROOT / "terraform")
        call = self._root / "call.tfvars.json"
        call.write_text(json.dumps(dict(variables), indent=2), encoding="utf-8")
        of_the_stage = self._root / "stages" / f"{place.stage}.tfvars"
        files = [*variable_files, *([of_the_stage] if of_the_stage.exists() else []), call]
        self._variable_files = [str(path.resolve()) for path in files]
        self._terraform = python_terraform.Terraform(working_dir=str(self._root), terraform_bin_path=program)

    def opened(self) -> Self:
        """Initialize the provider and the state, without changing anything; return the root itself.

        Raises
        ------
        DeployError
            If either is not available.
        """
        if self._place.state_folder is None:
            backend = {
                "bucket": self._place.state_bucket,
                "key": self._place.state_key,
                "region": self._place.region,
            }
        else:
            path = self._place.state_folder / self._place.state_key
            path.parent.mkdir(parents=True, exist_ok=True)
            (self._root / "backend_override.tf").write_text(_LOCAL_BACKEND, encoding="utf-8")
            backend = {"path": str(path)}
        self._run("init", backend_config=backend, reconfigure=python_terraform.IsFlagged, input=False)
        return self

    def plan(self, *, destroy: bool = False) -> Plan:
        """Make a plan, and save it for `apply`."""
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
        """Apply exactly the saved plan."""
        with _interruption_left_to_terraform():
            # Without var=None, it would pass an empty file of variables, and a saved plan accepts none.
            code, _, errors = self._terraform.apply(PLAN_FILE, skip_plan=True, var=None)
        if code != 0:
            raise DeployError(
                f"The apply failed half-way:\n{_plain_errors(errors)}\n"
                "The state contains what was done. Fix the cause and run the same command again: "
                "it does the rest."
            )

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the last apply by name; empty if there was none."""
        found = self._terraform.output()
        if found is None:
            raise DeployError(f"The state of {self._place} cannot be read.")
        return {name: output["value"] for name, output in found.items()}

    def _run(self, command: str, *, expected: tuple[int, ...] = (0,), **options: Any) -> tuple[int, str]:
        code, text, errors = self._terraform.cmd(command, no_color=python_terraform.IsFlagged, **options)
        if code not in expected:
            raise DeployError(_explained(command, errors or text, self._place))
        return code, text

    def _copy(self, source: Path) -> None:
        """Renew the configuration; Terraform's own files beside it stay."""
        for name in ("service", "modules"):
            folder = self._place.work_folder / name
            for stale in [*folder.rglob("*.tf"), *folder.glob("*.tfvars*")]:
                stale.unlink()
            shutil.copytree(source / name, folder, dirs_exist_ok=True, ignore=_MADE_BY_TERRAFORM)


def _explained(command: str, errors: str, place: Place) -> str:
    """Return one message for a failure of Terraform."""
    if "Error acquiring the state lock" in errors:
        return (
            f"Somebody else is deploying {place}: its state is locked. Try again when they are done.\n"
            f"{_plain_errors(errors)}"
        )
    return f"terraform {command} failed for {place}:\n{_plain_errors(errors)}"


def _plain_errors(errors: str) -> str:
    """Return Terraform's errors without frames and warnings."""
    plain = _FRAME.sub("", errors)
    found = [_message(error.strip()) for error in _ERROR.findall(plain)]
    return "\n".join(found) or plain.strip()


def _message(error: str) -> str:
    """Return an error without blank lines; of a failed condition of ours, only our message."""
    if _OUR_CONDITIONS.match(error):
        before_last_hint = re.split(r"\n\s*\nThis was checked by", error)[0]
        return re.split(r"\n\s*\n", before_last_hint)[-1].replace("\n", " ")
    return re.sub(r"\n\s*\n", "\n", error)


@contextmanager
def _interruption_left_to_terraform() -> Iterator[None]:
    """Leave Ctrl-C to Terraform, which then finishes its current operations and writes the state."""
    # A handler rather than SIG_IGN, which the child would inherit.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# Suppresses hints for people who run Terraform by hand.
os.environ.setdefault("TF_IN_AUTOMATION", "1")
