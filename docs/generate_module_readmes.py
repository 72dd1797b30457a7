"""``python -m docs.generate_module_readmes``: writes into each README of Terraform what its folder declares.

In the form of terraform-docs, between its marks; what stands above them is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TERRAFORM: Final = Path(__file__).resolve().parent.parent / "terraform"
BEGIN: Final = "<!-- BEGIN_TF_DOCS -->"
END: Final = "<!-- END_TF_DOCS -->"

_BLOCK: Final = re.compile(r'^(\w+) "([^"]+)"(?: "([^"]+)")? \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Block:
    """A block of a configuration: ``variable "stage" { … }``, ``resource "aws_iam_role" "this" { … }``."""

    kind: str
    labels: tuple[str, ...]
    body: str

    @property
    def name(self) -> str:
        """The last of its labels."""
        return self.labels[-1]

    def argument(self, name: str) -> str | None:
        """Return the expression that an argument is set to, None if it is not set."""
        found = re.search(rf"^  {name}\s*= ", self.body, re.MULTILINE)
        return None if found is None else _expression(self.body[found.end() :])

    @property
    def description(self) -> str:
        """What is said of it, in one line."""
        written = self.argument("description") or ""
        if written.startswith("<<-EOT"):
            written = written.removeprefix("<<-EOT").removesuffix("EOT")
        return " ".join(written.strip('"').replace('\\"', '"').split()).replace("|", "\\|")


def _expression(text: str) -> str:
    """Return the expression that a text begins with."""
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
    """Return what a folder's configuration declares, by kind and name."""
    found = [
        Block(kind, tuple(label for label in (first, second) if label), body)
        for path in sorted(folder.glob("*.tf"))
        for kind, first, second, body in _BLOCK.findall(path.read_text(encoding="utf-8"))
    ]
    return sorted(found, key=lambda block: (block.kind, block.labels))


def documentation(folder: Path) -> str:
    """Return the tables of what a folder requires, uses, takes and gives."""
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
                f"{'.'.join(block.labels)} | {'data source' if block.kind == 'data' else 'resource'}"
                for kind in ("resource", "data")
                for block in _of(declared, kind)
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


def _of(declared: list[Block], kind: str) -> Iterator[Block]:
    return (block for block in declared if block.kind == kind)


def _input(block: Block) -> tuple[str, ...]:
    kind = block.argument("type") or "any"
    default = block.argument("default")
    given = "n/a" if default is None else _code(default)
    return (block.name, block.description, _code(kind), given, "yes" if default is None else "no")


def _code(expression: str) -> str:
    # A table's cell is one line; terraform-docs sets longer ones as <pre> too.
    if "\n" not in expression:
        return f"`{expression}`"
    return "<pre>" + expression.replace("\n", "<br>") + "</pre>"


def _table(title: str, head: str, rows: list[str]) -> str:
    if not rows:
        return f"## {title}\n\nNo {title.lower()}."
    rule = "|".join("-" * (len(cell.strip()) + 2) for cell in head.split("|"))
    return "\n".join([f"## {title}", "", f"| {head} |", f"|{rule}|", *(f"| {row} |" for row in rows)])


def folders() -> list[Path]:
    """Return the folders that hold a configuration."""
    return sorted({path.parent for path in TERRAFORM.rglob("versions.tf") if ".terraform" not in path.parts})


def renewed(folder: Path) -> str:
    """Return a folder's README with its tables as they should be."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return text[: text.index(BEGIN)] + documentation(folder)


def main() -> None:
    """Write the tables into every README."""
    for folder in folders():
        (folder / "README.md").write_text(renewed(folder), encoding="utf-8")


if __name__ == "__main__":
    main()
