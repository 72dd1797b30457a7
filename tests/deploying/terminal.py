"""A terminal in which a team runs the tasks of deploying, with a Terraform whose responses are prepared."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from deploy.__main__ import main

_FAKE: Final = Path(__file__).with_name("fake_terraform.py")


@dataclass(frozen=True)
class Done:
    """How a task has ended, and what it has printed."""

    returncode: int
    stdout: str
    stderr: str


class Terminal:
    """The terminal of one service's team.

    Parameters
    ----------
    service : str
        What the tasks are about.
    folder : Path
        Contains everything that they write.
    aws_url : str
        The embedded AWS.
    """

    def __init__(
        self,
        service: str,
        folder: Path,
        aws_url: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "terraform"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {_FAKE} "$@"\n')
        program.chmod(0o755)
        self.environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "FAKE_TERRAFORM": str(folder),
            "AWS_ENDPOINT_URL": aws_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SERVICE": service,
            "STAGE": "dev",
            "STATE_FOLDER": str(folder / "states"),
            "STATE_BUCKET": "",
            "BUILD_FOLDER": str(folder / "build"),
            "YES": "",
            "AWS_REGION": "",
        }

    def terraform_answers(self, **answers: tuple[int, str, str]) -> None:
        (self.folder / "answers").write_text(json.dumps(answers))

    def run(self, task: str, typed: str = "", **settings: str) -> Done:
        for name, value in (self.environment | settings).items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setattr(sys, "argv", ["deploy", task])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return Done(main(), *self.capsys.readouterr())

    def calls(self) -> list[list[str]]:
        """Return how Terraform was called."""
        calls = self.folder / "calls"
        return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []

    def commands(self) -> list[str]:
        return [call[0] for call in self.calls()]
