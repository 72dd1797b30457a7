"""Every block of commands in every document is run by a test, or says that it needs AWS."""

from __future__ import annotations

import re
import subprocess

import click
import pytest

from inventory_cli.commands.root import inventory
from tests.documents.blocks import (
    NEEDS_AWS,
    PASTED,
    ROOT,
    RUN_BY,
    SHELL,
    Block,
    blocks_in,
    commands_in,
    documents,
    pasted_blocks,
    read,
)

MARKED_HERE = {
    ("terraform/account/README.md", "terraform init"): NEEDS_AWS,
    ("terraform/platform/README.md", "terraform init"): NEEDS_AWS,
    ("terraform/service/README.md", "terraform init"): NEEDS_AWS,
    ("services/catalog/README.md", "make test"): f"{RUN_BY}.ci/run",
    ("services/stock/README.md", "make test"): f"{RUN_BY}.ci/run",
    ("services/audit/README.md", "make test"): f"{RUN_BY}.ci/run",
    ("services/catalog/README.md", "JWKS_URL="): f"{RUN_BY}tests/e2e/test_services_alone.py",
    ("services/stock/README.md", "JWKS_URL="): f"{RUN_BY}tests/e2e/test_services_alone.py",
    ("services/audit/README.md", "JWKS_URL="): f"{RUN_BY}tests/e2e/test_services_alone.py",
}
"""The marks of blocks in documents that people read elsewhere too, by document and first characters."""

RUN_PROGRAMS = {
    "docs/client.md": "tests/e2e/test_the_client.py",
    "docs/recipes.md": "tests/documents/test_webhook_receiver.py",
}
EXCERPTS = {"docs/api-guidelines.md", "docs/extending.md"}
"""Documents whose Python is a part of the product's, or has its form."""

COMMAND = re.compile(
    r"^\s*(?:\$ )?(?:\.venv/bin/\S+|\w+/bin/\S+|make|curl|aws|terraform|pip3?|python3?|inventory|git) \S"
)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
EVERY_BLOCK = [block for name in documents() for block in commands_in(read(name), name)]


def mark_of(block: Block) -> str:
    listed = [
        mark
        for (document, start), mark in MARKED_HERE.items()
        if document == block.document and block.text.startswith(start)
    ]
    return block.mark or "".join(listed)


def names_it(mark: str, block: Block) -> bool:
    """Return whether the file that a mark names exists, and names the document or each command."""
    file = ROOT / mark.removeprefix(RUN_BY)
    if not file.is_file():
        return False
    text = file.read_text(encoding="utf-8")
    before = r"(?<![\w-])(?:docs/)?" if block.document.startswith("docs/") else r"(?<![\w/-])"
    if re.search(before + re.escape(block.document.removeprefix("docs/")), text):
        return True
    commands = [line for line in block.text.splitlines() if line and not line.startswith(("#", " "))]
    return all(" ".join(command.split()[:2]) in text for command in commands)


@pytest.mark.parametrize(
    "block",
    EVERY_BLOCK,
    ids=[f"{block.document}: {block.text.splitlines()[0][:40]}" for block in EVERY_BLOCK],
)
def test_a_block_of_commands_is_run_by_a_test_or_needs_aws(block: Block) -> None:
    mark = mark_of(block)
    if mark == NEEDS_AWS:
        return
    if mark:
        assert mark.startswith(RUN_BY), f"unknown mark: {mark}"
        assert names_it(mark, block), f"{mark} names neither the document nor these commands"
        return
    assert block.document in PASTED, "list the document in PASTED, or mark the block (blocks.py)"


def test_every_program_in_python_is_run_or_is_an_excerpt_that_shows_a_form() -> None:
    programs = [
        block for name in documents() for block in blocks_in(read(name), name) if block.language == "python"
    ]
    ours = {block.document for block in programs} - EXCERPTS
    assert ours == {*RUN_PROGRAMS}
    for document, test in RUN_PROGRAMS.items():
        assert document in read(test)
        assert sum(block.document == document for block in programs) == 1


def test_no_mark_here_is_left_over() -> None:
    used = {
        key
        for block in EVERY_BLOCK
        for key in MARKED_HERE
        if key[0] == block.document and block.text.startswith(key[1])
    }
    assert used == {*MARKED_HERE}


def test_a_block_that_shows_commands_has_the_language_of_commands() -> None:
    wrong = [
        f"{block.document}: {line}"
        for name in documents()
        for block in blocks_in(read(name), name)
        if block.language not in (SHELL, "python", "json", "toml", "hcl")
        for line in block.text.splitlines()
        if COMMAND.match(line)
    ]
    assert not wrong, wrong


def test_no_document_hides_commands_in_indented_blocks() -> None:
    wrong = []
    for name in documents():
        outside = re.sub(r"^( *)```.*?^\1```$", "", read(name), flags=re.MULTILINE | re.DOTALL)
        for blank, line in zip(outside.splitlines(), outside.splitlines()[1:], strict=False):
            if not blank.strip() and re.match(r" {4,}", line) and COMMAND.match(line):
                wrong.append(f"{name}: {line.strip()}")
    assert not wrong, wrong


def test_every_task_that_a_document_names_exists() -> None:
    tasks = {*re.findall(r"^([a-z0-9-]+):", read("Makefile"), re.MULTILINE)}
    wrong = [
        f"{name}: {code}"
        for name in documents()
        for code in INLINE.findall(read(name))
        for task in re.findall(r"^make (?:-s )?([a-z0-9-]+)\b", code)
        if task not in tasks
    ]
    assert not wrong, wrong


def test_the_product_is_run_in_tests_as_the_task_runs_it() -> None:
    """The tests start ``python -m local``; so does ``make run``."""
    [recipe] = re.findall(r"^run:.*\n\t@exec (.*)$", read("Makefile"), re.MULTILINE)
    assert recipe.startswith("$(BIN)/python -m local")


def test_every_command_of_the_command_line_that_a_document_names_exists() -> None:
    wrong = []
    for name in documents():
        codes = INLINE.findall(read(name))
        lines = [line for block in commands_in(read(name), name) for line in block.text.splitlines()]
        for code in (*codes, *lines):
            if match := re.match(r"\s*(?:\.venv/bin/)?inventory ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", code):
                command: click.Command | None = inventory
                for word in match[1].split():
                    if not isinstance(command, click.Group):
                        break
                    command = command.commands.get(word)
                if command is None:
                    wrong.append(f"{name}: {code}")
    assert not wrong, wrong


def test_the_blocks_that_are_pasted_print_something() -> None:
    blocks = pasted_blocks()
    assert {block.document for block in blocks} == {*PASTED}
    assert len([block for block in blocks if block.printed]) >= 12


def test_what_is_pasted_is_independent_of_the_demo() -> None:
    """The demo may be loaded between any two documents: they share no vendor and no order with it."""
    text = "".join(block.text for block in pasted_blocks() if block.text.strip() != "make demo")
    ids = {*re.findall(r"\b(?:VENDOR|ORDER)-[A-Z0-9]+\b", text)}
    assert {"VENDOR-ACME", "VENDOR-001", "ORDER-A1", "ORDER-1"} <= ids
    assert not [each for each in ids if "DEMO" in each]


def test_documents_use_ids_of_their_own() -> None:
    """What one document places does not meet what another does."""
    places = re.compile(r"(?:orders place |PUT \S+/orders/)(ORDER-\w+)")
    every = [order for name in PASTED for order in {*places.findall(read(name))}]
    assert len(every) >= 4
    assert len(every) == len({*every})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```sh\nmake x\n```\n", [("make x\n", "", "")]),
        ("<!-- needs AWS -->\n```sh\nmake x\n```\n", [("make x\n", NEEDS_AWS, "")]),
        ("```sh\nmake x\n```\n\nIt prints:\n\n```\nyes\n```\n", [("make x\n", "", "yes\n")]),
        ("```sh\na\n```\n```sh\nb\n```\n", [("a\n", "", ""), ("b\n", "", "")]),
        ("```python\n# no heading\nx\n```\n", []),
    ],
)
def test_blocks_are_found_with_marks_and_output(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(block.text, block.mark, block.printed) for block in commands_in(text)] == expected


def test_a_mark_that_names_the_wrong_file_is_found() -> None:
    block = Block("docs/nowhere.md", "", SHELL, "make nothing\n")
    assert not names_it(f"{RUN_BY}tests/absent.py", block)
    assert not names_it(f"{RUN_BY}.ci/run", block)
    assert names_it(f"{RUN_BY}.ci/run", Block("docs/nowhere.md", "", SHELL, "make test   # all\n"))


def test_a_shell_can_read_every_block() -> None:
    for block in EVERY_BLOCK:
        checked = subprocess.run(["sh", "-n"], input=block.text, capture_output=True, text=True)
        assert (checked.returncode, checked.stderr) == (0, ""), block
