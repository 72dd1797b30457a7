"""Gives the platform's Terraform root the restored tables in place of the former ones."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.confirmation import confirm
from deploy.terraform import essence, interruption_left_to_terraform
from tools.restore.errors import RestoreError
from tools.restore.tables import TABLES

__all__ = ["Platform", "with_restored_tables"]

_PREFIX: Final = re.compile(r"^table_name_prefix\s*=.*$", re.MULTILINE)
_RESTORED_TO: Final = re.compile(r"^tables_restored_to\s*=\s*\[(?P<moments>[^\]]*)\]", re.MULTILINE)
_BUCKET_PARAMETER: Final = 'aws_ssm_parameter.this["archive/bucket"]'
_PLAN_FILE: Final = "restore.tfplan"
_NOTHING, _CHANGES = 0, 2


def with_restored_tables(settings: str, prefix: str, moment: str) -> str:
    """Return the text of a stage's variables with the tables' new prefix and the moment of the restore."""
    line = f'table_name_prefix = "{prefix}"'
    settings = _PREFIX.sub(line, settings) if _PREFIX.search(settings) else f"{settings.rstrip()}\n{line}\n"
    found = _RESTORED_TO.search(settings)
    moments = re.findall(r'"([^"]*)"', found["moments"]) if found else []
    if moments[-1:] != [moment]:
        moments.append(moment)
    listed = "tables_restored_to = [" + ", ".join(f'"{each}"' for each in moments) + "]"
    if found:
        return settings[: found.start()] + listed + settings[found.end() :]
    return f"{settings.rstrip()}\n{listed}\n"


@dataclass(frozen=True)
class Platform:
    """The root ``terraform/platform`` as the platform team has initialised it.

    Attributes
    ----------
    folder : Path
        The root, with its backend initialised for the stage.
    stage : str
        The stage.
    say : Callable
        Takes a line for each step.
    """

    folder: Path
    stage: str
    say: Callable[[str], None]

    @property
    def _settings(self) -> Path:
        return self.folder / "stages" / f"{self.stage}.tfvars"

    def require_initialised(self) -> None:
        """Check that Terraform can read the state of this stage, before anything is stopped.

        Raises
        ------
        RestoreError
        """
        if shutil.which("terraform") is None:
            raise RestoreError("terraform is not on this machine.")
        if not self._settings.exists():
            raise RestoreError(f"{self._settings} does not exist.")
        names = {each["address"]: each["values"].get("name") for each in self._resources()}
        if names.get(_BUCKET_PARAMETER) != f"/inventory/{self.stage}/archive/bucket":
            raise RestoreError(
                f"{self.folder} has not the state of {self.stage}: run terraform init with its key there."
            )

    def adopt(self, prefix: str, moment: str) -> None:
        """Put the tables with a prefix into the state, write the stage's variables, and apply.

        Raises
        ------
        RestoreError
            If Terraform fails, or would destroy a table.
        """
        text = self._settings.read_text(encoding="utf-8")
        changed = with_restored_tables(text, prefix, moment)
        if changed != text:
            self._settings.write_text(changed, encoding="utf-8")
            self.say(f"{self._settings.name}: names the restored tables; commit it")
        resources = {each["address"]: each["values"] for each in self._resources()}
        for name in TABLES:
            address = f'module.table["{name}"].aws_dynamodb_table.this'
            if resources.get(address, {}).get("name") == prefix + name:
                continue
            for former in [
                key for key in resources if key.startswith(f'module.table["{name}"].aws_dynamodb_')
            ]:
                self._run("state", "rm", former)
            self._run("import", "-input=false", *self._variables, address, prefix + name)
            self.say(f"{prefix}{name}: in Terraform's state")
        if self._is_to_change():
            confirm(f"Apply these changes to {self.stage}?")
            self._run("apply", "-input=false", "-no-color", _PLAN_FILE, shown=True)

    @property
    def _variables(self) -> tuple[str, ...]:
        return (f"-var-file=stages/{self.stage}.tfvars",)

    def _is_to_change(self) -> bool:
        """Plan, and return whether there is something to apply."""
        plan = ("plan", "-input=false", "-no-color", "-detailed-exitcode", f"-out={_PLAN_FILE}")
        code = self._run(*plan, *self._variables, expected=(_NOTHING, _CHANGES), shown=True).returncode
        planned = json.loads(self._run("show", "-json", _PLAN_FILE).stdout)
        destroyed = [
            change["address"]
            for change in planned.get("resource_changes", ())
            if change["type"] == "aws_dynamodb_table" and "delete" in change["change"]["actions"]
        ]
        if destroyed:
            raise RestoreError(f"The plan would destroy {', '.join(destroyed)}; nothing was applied.")
        return code == _CHANGES

    def _resources(self) -> Iterator[Mapping[str, Any]]:
        """Yield the resources of the state, those of modules too."""
        pending = [json.loads(self._run("show", "-json").stdout).get("values", {}).get("root_module", {})]
        while pending:
            module = pending.pop()
            yield from module.get("resources", ())
            pending += module.get("child_modules", ())

    def _run(
        self, *arguments: str, expected: tuple[int, ...] = (0,), shown: bool = False
    ) -> subprocess.CompletedProcess[str]:
        with interruption_left_to_terraform():
            done = subprocess.run(
                ["terraform", *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=None if shown else subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        if done.returncode not in expected:
            raise RestoreError(f"terraform {arguments[0]} failed:\n{essence(done.stderr)}")
        return done
