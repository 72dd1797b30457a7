"""The commands of the README and of other documents, pasted in their order; the demo changes nothing.

What a document prints below its commands is what they print, apart from ids, times and hashes.
`tests/documents/test_commands.py` has the rest: no block of commands escapes, and the demo shares no vendor
and no order with them, so that two orders (the demo first, the demo last) stand for all.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.settings import DEFAULT_PORTS, HOST
from tests.documents.blocks import Block, pasted_blocks
from tests.e2e.demo_shop import DemoShop
from tests.e2e.running_stack import RunningStack
from tests.integration.ledger_checks import assert_consistent
from tests.integration.processes import ROOT, dynamodb

PASTE_SECONDS = 900
DEMO = "make demo"
SHOP_FILE = "products_export.csv"
"""The file of a shop that docs/command-line.md imports: the reader brings it."""
COMMAND_NOT_FOUND = 127

VOLATILE = {
    r"(?<=PROD-)[A-Z0-9]{5}\b": "00000",
    r"\b[0-9a-f]{64}\b": "HASH",
    r'(?<="signature": ")[\w-]{86}': "SIGNATURE",
    r'(?<="key_id": ")[0-9a-f]{8}': "KEY",
    r"\bFIND-[0-9a-f]{32}\b": "FIND",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "UUID",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z": "TIME",
    r"\b\d{8}T\d{9}Z-(?=\w+-[0-9a-f]{4}\b)": "IMPORT-",
    r"(?<=-)[0-9a-f]{4}$": "0000",
    r'(?<="next_cursor": ")[\w=-]+': "CURSOR",
    # What other documents and the demo have stored is counted too.
    r"\b\d+(?= SKUs checked| archived records of| SKUs and)": "N",
    rf"(?<=http://{re.escape(HOST)}:)\d+": "PORT",
}


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


def assert_printed(block: Block, output: str) -> None:
    output, printed = without_volatile(output), without_volatile(block.printed)
    where = (block.document, block.heading, block.text)
    if block.printed_language == "json":
        assert last_document(output) == json.loads(printed), where
        return
    rest = [line.rstrip() for line in output.splitlines()]
    for line in filter(lambda each: each != "…", map(str.rstrip, printed.splitlines())):
        assert line in rest, (*where, line, output)
        rest = rest[rest.index(line) + 1 :]


def checkout(folder: Path) -> Path:
    """Return a copy of the repository as far as the documents' commands use and change it."""
    folder.mkdir()
    for each in ROOT.iterdir():
        if each.name not in (".venv", ".local", ".git", "examples", "build"):
            (folder / each.name).symlink_to(each)
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copyfile(ROOT / "libs" / "imports" / "tests" / "files" / "shopify.csv", folder / SHOP_FILE)
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
    assert str(COMMAND_NOT_FOUND) not in re.findall(r"^── end: (\d+)$", ran.stdout, flags=re.M), ran.stdout
    for wrong in ("Traceback", "Usage: ", ": not found", "No such file", "Missing --"):
        assert wrong not in ran.stdout, (wrong, ran.stdout[-5000:])
    return outputs[:-1]


def paste(stack: RunningStack, folder: Path, blocks: list[Block]) -> None:
    """Paste blocks in their order, and compare what they print."""
    outputs = pasted(stack, checkout(folder / "checkout"), [block.text for block in blocks])
    for block, output in zip(blocks, outputs, strict=True):
        if block.printed:
            assert_printed(block, output)
    assert_consistent(dynamodb(stack.url("aws")))


def split_at_demo() -> tuple[list[Block], Block]:
    """Return the blocks without the demo's, and the demo's."""
    blocks = pasted_blocks()
    [demo] = [block for block in blocks if block.text.strip() == DEMO]
    return [block for block in blocks if block is not demo], demo


def test_the_documents_after_the_demo(demo_shop: DemoShop, tmp_path: Path) -> None:
    blocks, demo = split_at_demo()
    assert_printed(demo, demo_shop.printed)
    paste(demo_shop.stack, tmp_path, blocks)


def test_the_documents_before_the_demo(own_stack: RunningStack, tmp_path: Path) -> None:
    blocks, demo = split_at_demo()
    paste(own_stack, tmp_path, [*blocks, demo])
