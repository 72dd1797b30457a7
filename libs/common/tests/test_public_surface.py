"""The public names of the library, derived from its modules."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

import pytest

import inventory_common

MODULES = [module.name for module in pkgutil.iter_modules(inventory_common.__path__)]


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(f"inventory_common.{request.param}")


def _definitions(module: ModuleType) -> set[str]:
    """Return the names that a module itself defines, apart from private names and type variables."""
    names = set()
    for statement in ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    type_variables = {name for name in names if isinstance(getattr(module, name), TypeVar | ParamSpec)}
    return {name for name in names - type_variables if not name.startswith("_")}


def test_a_module_lists_every_public_name_that_it_defines_and_no_other(module: ModuleType) -> None:
    assert set(module.__all__) == _definitions(module)


def test_the_public_names_are_sorted_constants_first_then_classes(module: ModuleType) -> None:
    assert module.__all__ == sorted(
        module.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )


def test_a_module_and_its_public_classes_functions_and_methods_have_docstrings(module: ModuleType) -> None:
    public = {name: getattr(module, name) for name in module.__all__}
    methods = {
        f"{name}.{method_name}": getattr(method, "__func__", method)
        for name, cls in public.items()
        if inspect.isclass(cls)
        for method_name, method in vars(cls).items()
        if not method_name.startswith("_")
    }
    documented = {
        name: thing
        for name, thing in (public | methods).items()
        if inspect.isclass(thing) or inspect.isfunction(thing) or isinstance(thing, property)
    }
    assert (module.__doc__ or "").strip()
    assert [name for name, thing in documented.items() if not _docstring(name, thing)] == []


def _docstring(name: str, thing: Any) -> str:
    text = (vars(thing) if inspect.isclass(thing) else {"__doc__": thing.__doc__}).get("__doc__") or ""
    # A dataclass without a docstring gets its signature as one.
    return "" if text.startswith(f"{name}(") else text.strip()


def test_the_library_describes_each_module_once() -> None:
    table = (inventory_common.__doc__ or "").split("\n===")[1:-1]
    assert sorted(re.findall(r"`(\w+)`", "".join(table))) == MODULES


def test_the_library_has_a_version() -> None:
    assert [part.isdecimal() for part in inventory_common.__version__.split(".")] == [True, True, True]
