"""``python -m tools.module_readmes``: write the tables of each Terraform README from its folder.

The tables have the form of terraform-docs and are between its delimiters; the text above them is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TERRAFORM: Final = Path(__file__).resolve().parents[1] / "terraform"
BEGIN: Final = "<!-- BEGIN_TF_DOCS -->"
END: Final = "<!-- END_TF_DOCS -->"

_BLOCK: Final = re.compile(r'^(\w+) "([^"]+)"(?: "([^"]+)")? \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Block:
    """A block of a configuration, such as ``variable "stage" { … }``."""

    block_type: str
    labels: tuple[str, ...]
    body: str

    @property
    def name(self) -> str:
        """Its last label."""
        return self.labels[-1]

    def argument(self, name: str) -> str | None:
        """Return the expression of an argument, None if the block does not set it."""
        found = re.search(rf"^  {name}\s*= ", self.body, re.MULTILINE)
        return None if found is None else _expression(self.body[found.end() :])

    @property
    def description(self) -> str:
        """Its `description`, on one line."""
        written = self.argument("description") or ""
        if written.startswith("<<-EOT"):
            written = written.removeprefix("<<-EOT").removesuffix("EOT")
        return " ".join(written.strip('"').replace('\\"', '"').split()).replace("|", "\\|")


def _expression(text: str) -> str:
    """Return the expression at the beginning of a text."""
    if text.startswith("<<-EOT"):
        return text[: re.search(r"^ *EOT$", text, re.MULTILINE).end()]  # type: ignore[union-attr]
    depth, in_string = 0, False
    for position, character in enumerate(text):
        if character == '"' and text[position - 1] != "\\":
            in_string = not in_string
        elif in_string:
            continue
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character == "\n" and depth == 0:
            return text[:position]
    return text.strip()


def blocks(folder: Path) -> list[Block]:
    """Return the blocks of a folder's configuration, sorted by type and name."""
    found = [
        Block(block_type, tuple(label for label in (first, second) if label), body)
        for path in sorted(folder.glob("*.tf"))
        for block_type, first, second, body in _BLOCK.findall(path.read_text(encoding="utf-8"))
    ]
    return sorted(found, key=lambda block: (block.block_type, block.labels))


def documentation(folder: Path) -> str:
    """Return the tables of a folder's requirements, modules, resources, inputs and outputs."""
    declared = blocks(folder)
    terraform = (folder / "versions.tf").read_text(encoding="utf-8")
    [required] = re.findall(r'required_version = "([^"]+)"', terraform)
    [provider] = re.findall(r'^ +version = "([^"]+)"', terraform, re.MULTILINE)
    tables = [
        _table("Requirements", "Name | Version", [f"terraform | {required}", f"aws | {provider}"]),
        _table("Providers", "Name | Version", [f"aws | {provider}"]),
        _table(
            "Modules",
            "Name | Source",
            [
                f"{block.name} | {(block.argument('source') or '').strip(chr(34))}"
                for block in _of(declared, "module")
            ],
        ),
        _table(
            "Resources",
            "Name | Type",
            [
                f"{'.'.join(block.labels)} | {'data source' if block.block_type == 'data' else 'resource'}"
                for block_type in ("resource", "data")
                for block in _of(declared, block_type)
            ],
        ),
        _table(
            "Inputs",
            "Name | Description | Type | Default | Required",
            [" | ".join(_input(block)) for block in _of(declared, "variable")],
        ),
        _table(
            "Outputs",
            "Name | Description",
            [f"{block.name} | {block.description}" for block in _of(declared, "output")],
        ),
    ]
    return "\n\n".join([BEGIN, *tables, END]) + "\n"


def _of(declared: list[Block], block_type: str) -> Iterator[Block]:
    return (block for block in declared if block.block_type == block_type)


def _input(block: Block) -> tuple[str, ...]:
    variable_type = block.argument("type") or "any"
    default = block.argument("default")
    given = "n/a" if default is None else _code(default)
    return (block.name, block.description, _code(variable_type), given, "yes" if default is None else "no")


def _code(expression: str) -> str:
    # A table cell is one line; like terraform-docs, set longer expressions as <pre>.
    if "\n" not in expression:
        return f"`{expression}`"
    return "<pre>" + expression.replace("\n", "<br>") + "</pre>"


def _table(title: str, head: str, rows: list[str]) -> str:
    if not rows:
        return f"## {title}\n\nNo {title.lower()}."
    rule = "|".join("-" * (len(cell.strip()) + 2) for cell in head.split("|"))
    return "\n".join([f"## {title}", "", f"| {head} |", f"|{rule}|", *(f"| {row} |" for row in rows)])


def folders() -> list[Path]:
    """Return the folders with a configuration."""
    return sorted({path.parent for path in TERRAFORM.rglob("versions.tf") if ".terraform" not in path.parts})


def updated(folder: Path) -> str:
    """Return a folder's README with current tables."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return text[: text.index(BEGIN)] + documentation(folder)


def main() -> None:
    """Write the tables into every README."""
    for folder in folders():
        (folder / "README.md").write_text(updated(folder), encoding="utf-8")


if __name__ == "__main__":
    main()
