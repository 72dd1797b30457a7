"""The README's commands, pasted in their order; the demo before, between and after them changes nothing.

What the README prints below its commands is what they print, apart from ids, times and hashes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.settings import DEFAULT_PORTS, HOST
from tests.e2e.running_stack import RunningStack
from tests.integration.ledger_checks import assert_consistent
from tests.integration.processes import ROOT, dynamodb

PASTE_SECONDS = 900
DEMO = "make demo"
CHAPTERS = ("Five minutes", "The command line", "Trusting the log")
DEPLOYING = "Deploying"
"""The chapter whose command needs an AWS account; `make e2e` runs it on an emulated one."""

FENCE = re.compile(
    r"^## (?P<chapter>.+?)$|^### (?P<section>.+?)$|^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
VOLATILE = {
    r"(?<=PROD-)[A-Z0-9]{5}\b": "00000",
    r"\b[0-9a-f]{64}\b": "HASH",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "UUID",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z": "TIME",
    r"\b\d{8}T\d{9}Z-(?=\w+-[0-9a-f]{4}\b)": "IMPORT-",
    r"(?<=-)[0-9a-f]{4}$": "0000",
    r'(?<="next_cursor": ")[\w=-]+': "CURSOR",
}


@dataclass(frozen=True)
class Commands:
    """A block of commands and what the README prints below it."""

    chapter: str
    text: str
    language: str = ""
    printed: str = ""


def blocks(readme: str) -> list[Commands]:
    """Return the README's blocks of commands; the output of one is the block that follows it."""
    found: list[Commands] = []
    chapter = ""
    before = ""
    for fence in FENCE.finditer(readme):
        if fence["chapter"] or fence["section"]:
            chapter = fence["chapter"] or fence["section"]
        elif fence["language"] == "sh":
            found.append(Commands(chapter, fence["text"]))
        elif before == "sh":
            found[-1] = Commands(chapter, found[-1].text, fence["language"], fence["text"])
        before = fence["language"] if fence["language"] is not None else ""
    return found


def printed_by_demo(readme: str) -> str:
    [table] = [fence["text"] for fence in FENCE.finditer(readme) if "Log records" in (fence["text"] or "")]
    return table


def without_volatile(text: str) -> str:
    for pattern, fixed in VOLATILE.items():
        text = re.sub(pattern, fixed, text, flags=re.M)
    return text


def last_document(output: str) -> Any:
    """Return the last of the JSON documents in an output."""
    decoder, document, position = json.JSONDecoder(), None, output.find("{")
    while position >= 0:
        document, position = decoder.raw_decode(output, position)
        position = output.find("{", position)
    return document


def assert_printed(block: Commands, output: str) -> None:
    output, printed = without_volatile(output), without_volatile(block.printed)
    if block.language == "json":
        assert last_document(output) == json.loads(printed), block.text
        return
    rest = [line.rstrip() for line in output.splitlines()]
    for line in filter(lambda each: each != "…", map(str.rstrip, printed.splitlines())):
        assert line in rest, (block.text, line, output)
        rest = rest[rest.index(line) + 1 :]


def checkout(folder: Path) -> Path:
    """Return a copy of the repository as far as the README's commands use and change it."""
    for each in ROOT.iterdir():
        if each.name not in (".venv", ".local", ".git", "examples", "build"):
            (folder / each.name).symlink_to(each)
    shutil.copytree(ROOT / "examples", folder / "examples")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, arguments in {"python": "", "inventory": "-m inventory_cli"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    (folder / ".venv" / ".run").touch()
    return folder


def pasted(stack: RunningStack, folder: Path, commands: list[str]) -> list[str]:
    """Run commands in one shell, and return the output of each."""
    script = ""
    for text in commands:
        for name, port in DEFAULT_PORTS.items():
            text = text.replace(f"http://{HOST}:{port}", stack.url(name))
        script += f"{text}\nprintf '\\n%s %s\\n' '── end:' $?\n"
    ran = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=stack.environment | {"HOME": str(folder), "COLUMNS": "118"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PASTE_SECONDS,
    )
    outputs = re.split(r"^── end: \d+\n", ran.stdout, flags=re.M)
    assert len(outputs) == len(commands) + 1, ran.stdout[-3000:]
    assert "Traceback" not in ran.stdout, ran.stdout[-3000:]
    return outputs[:-1]


def test_every_block_of_commands_is_pasted_here_or_deploys() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {block.chapter for block in blocks(readme)} == {*CHAPTERS, DEPLOYING}
    assert len([block for block in blocks(readme) if block.printed]) >= 8


@pytest.mark.parametrize("demo_before", ["Five minutes", "The command line", "the end"])
def test_the_readme_and_the_demo_work_in_every_order(
    own_stack: RunningStack, tmp_path: Path, demo_before: str
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = [block for block in blocks(readme) if block.chapter != DEPLOYING]
    chapters = [block.chapter for block in steps] + ["the end"]
    steps.insert(chapters.index(demo_before), Commands("", DEMO, "", printed_by_demo(readme)))
    (tmp_path / "checkout").mkdir()
    outputs = pasted(own_stack, checkout(tmp_path / "checkout"), [block.text for block in steps])
    for block, output in zip(steps, outputs, strict=True):
        if block.printed:
            assert_printed(block, output)
    assert_consistent(dynamodb(own_stack.url("aws")))
