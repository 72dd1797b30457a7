"""The lists of `make mutate` match this tree: no rules module is missing, nothing refers to older code."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def entries(name: str, of: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text()).get(of, [])
    return found


MODULES = {entry["path"]: entry["tests"] for entry in entries("modules.toml", "module")}


def suite(path: str) -> Path:
    return ROOT.joinpath(*Path(path).parts[:2])


def test_every_module_and_its_tests_exist() -> None:
    assert MODULES
    for path, tests in MODULES.items():
        assert (ROOT / path).is_file(), path
        assert tests, path
        for test in tests:
            assert (suite(path) / test).is_file(), (path, test)


def test_no_rules_module_is_missing() -> None:
    rules = {str(path.relative_to(ROOT)) for path in ROOT.glob("services/*/chalicelib/**/*_rules.py")}
    assert rules
    assert rules <= MODULES.keys()


def _texts(path: str, within: str) -> set[str]:
    """Return the lines, without indentation, of a function or class; of the whole module for ''."""
    source = (ROOT / path).read_text()
    lines = source.splitlines()
    node: Any = ast.parse(source)
    for name in filter(None, within.split(".")):
        found = [one for one in ast.walk(node) if getattr(one, "name", None) == name]
        assert found, (path, within)
        node = found[0]
    if within:
        lines = lines[node.lineno - 1 : node.end_lineno]
    return {line.strip() for line in lines}


def test_every_explained_mutant_is_one_of_the_current_code() -> None:
    for survivor in entries("survivors.toml", "survivor"):
        assert survivor["module"] in MODULES, survivor
        lines = {line.strip() for line in survivor["before"].splitlines()}
        assert lines <= _texts(survivor["module"], survivor["within"]), survivor


def test_every_explanation_has_a_reason_and_occurs_once() -> None:
    survivors = entries("survivors.toml", "survivor")
    assert all(survivor["why"].strip().endswith(".") for survivor in survivors)
    named = [
        tuple(survivor[name] for name in ("module", "within", "before", "after")) for survivor in survivors
    ]
    assert len(set(named)) == len(named)
