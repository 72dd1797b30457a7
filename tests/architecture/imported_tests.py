"""Imports of test modules and conftests, derived from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def is_test_module(name: str) -> bool:
    """Return whether a module name is that of a test module or a conftest."""
    return name.startswith("test_") or name == "conftest"


def imported_tests(path: Path) -> list[str]:
    """Return the imports of test modules in a file, each with its line."""
    return [
        f"line {node.lineno}: {name}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(node, path.parent)
        if any(is_test_module(part) for part in name.split("."))
    ]


def _imported(node: ast.Import | ast.ImportFrom, folder: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    if node.module is not None:
        yield node.module
    # A name that is imported from a package may be a module.
    base = _folder_of(node.module, node.level, folder)
    if base is not None:
        yield from (alias.name for alias in node.names if (base / f"{alias.name}.py").is_file())


def _folder_of(module: str | None, level: int, folder: Path) -> Path | None:
    """Return the folder of the package that is imported from; None if it is not known here."""
    if level:
        base = folder.joinpath(*[".."] * (level - 1))
    else:
        roots = [root for root in folder.parents if (root / "pyproject.toml").is_file()]
        if not roots:
            return None
        base = roots[-1]
    return base.joinpath(*(module or "").split(".")) if module else base
