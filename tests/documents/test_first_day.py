"""The first day on AWS is short, and what it asks for exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.documents.blocks import commands_in, read

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/first-day-on-aws.md"
COMMANDS_MAX = 20


def test_a_stage_takes_few_commands() -> None:
    script = next(block for block in commands_in(read(PAGE)) if block.heading == "The commands")
    assert len(script.text.splitlines()) <= COMMANDS_MAX


def test_its_clients_outputs_and_functions_exist() -> None:
    text = read(PAGE)
    platform = ROOT / "terraform" / "platform"
    declared = set(re.findall(r'^output "(\w+)"', (platform / "outputs.tf").read_text(), re.MULTILINE))
    assert {*re.findall(r"terraform output (?:-\w+ )?(\w+)", text)} <= declared
    tables = json.loads((platform / "tables.auto.tfvars.json").read_text())["tables"]
    assert {*re.findall(r"--table-name dev-([\w-]+)", text)} <= tables.keys()
    assert "parallelization_factor" in (ROOT / "services" / "stock" / "deployment.tfvars.json").read_text()
