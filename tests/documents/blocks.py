"""The documents of the repository, and the blocks of commands in them.

A block of commands is a fenced block of the language ``sh``.  ``tests/e2e/test_the_readme.py`` pastes it if
its document is one of `PASTED`, unless the line above the fence says otherwise:

``<!-- needs AWS -->``
    Nothing here can run it: it needs an account.
``<!-- run by tests/… -->``
    That file runs it, or the same commands.
"""

from __future__ import annotations

import re
import subprocess
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHELL = "sh"
PASTED = (
    "README.md",
    "docs/tour.md",
    "docs/trusting-the-log.md",
    "docs/import-a-shop.md",
    "docs/command-line.md",
    "docs/recipes.md",
)
"""The documents whose blocks are pasted, in this order, in one shell beside one running stack."""

NEEDS_AWS = "needs AWS"
RUN_BY = "run by "

_PIECE = re.compile(
    r"^(?P<level>#{1,6}) (?P<heading>.+?)$"
    r"|(?:^ *<!-- (?P<mark>[^\n]+?) -->\n)?"
    r"^(?P<indent> *)```(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document.

    Attributes
    ----------
    document
        The document's path in the repository.
    heading
        The text of the last heading above it.
    mark
        The comment in the line above it, or "".
    printed, printed_language
        The next block below it, if that is not one of commands: what the commands print.
    """

    document: str
    heading: str
    language: str
    text: str
    mark: str = ""
    printed: str = ""
    printed_language: str = ""


def documents() -> list[str]:
    """Return the paths of all Markdown files of the repository, but for the forms that the host fills in."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return sorted(
        name for name in listed.split("\0") if (ROOT / name).is_file() and not name.startswith(".github/")
    )


def blocks_in(text: str, document: str = "") -> list[Block]:
    """Return all fenced blocks of a document's text."""
    found: list[Block] = []
    heading = ""
    for piece in _PIECE.finditer(text):
        if piece["heading"]:
            heading = piece["heading"]
            continue
        lines = textwrap.dedent(piece["text"])
        found.append(Block(document, heading, piece["language"], lines, piece["mark"] or ""))
    return found


def commands_in(text: str, document: str = "") -> list[Block]:
    """Return the blocks of commands, each with what is printed below it."""
    blocks = blocks_in(text, document)
    found = []
    for number, block in enumerate(blocks):
        if block.language != SHELL:
            continue
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        if following is not None and following.language in ("", "json"):
            block = replace(block, printed=following.text, printed_language=following.language)
        found.append(block)
    return found


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def pasted_blocks() -> list[Block]:
    """Return the blocks that are pasted, in the order of their documents."""
    return [block for name in PASTED for block in commands_in(read(name), name) if not block.mark]
