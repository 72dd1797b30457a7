"""The imports between the entries of a package, its folders and modules, derived from their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Graph = Mapping[str, frozenset[str]]
"""By entry, the other entries that it imports."""


def entries(package: Path) -> list[str]:
    """Return the names of a package's folders and modules, without ``__init__``."""
    folders = [path.name for path in package.iterdir() if path.is_dir() and any(path.rglob("*.py"))]
    return sorted([*folders, *(name for name in modules(package) if name != "__init__")])


def modules(package: Path) -> list[str]:
    """Return the names of a package's own modules."""
    return sorted(path.stem for path in package.glob("*.py"))


def import_graph(package: Path) -> Graph:
    """Return which entries of a package import which: in functions and for the type checker, too."""
    names = entries(package)
    graph: dict[str, set[str]] = {name: set() for name in names}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[0] in graph:
            imported = {target.split(".")[0] for target in _imports(path, package.name, parts)}
            graph[parts[0]] |= imported & {*names} - {parts[0]}
    return {name: frozenset(imported) for name, imported in graph.items()}


def _imports(path: Path, package: str, parts: tuple[str, ...]) -> Iterator[str]:
    """Yield the modules of the package that a module imports, by their names within the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=module, names=aliases, level=0):
                for full_name in (f"{module}.{alias.name}" for alias in aliases):
                    yield from _within(full_name, package)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                base = parts[: len(parts) - level]
                for alias in aliases:
                    yield ".".join([*base, *filter(None, [module]), alias.name])
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield from _within(alias.name, package)


def _within(full_name: str, package: str) -> Iterator[str]:
    """Yield the name within the package of an absolute one, such as ``services.stock.chalicelib.http``."""
    found = re.fullmatch(rf"(services\.\w+\.)?{package}\.(?P<name>.+)", full_name)
    if found is not None:
        yield found["name"]


def cycle_in(graph: Graph) -> list[str] | None:
    """Return the entries of a cycle, or None if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


def longest_chain(graph: Graph) -> list[str]:
    """Return the longest chain of imports of a graph without cycles, the importing entry first."""
    chains: dict[str, list[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        below = max((chains[imported] for imported in sorted(graph[name])), key=len, default=[])
        chains[name] = [name, *below]
    return max(chains.values(), key=len, default=[])


def upward_imports(graph: Graph, order: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the imports that lead up an order of entries, whose first entry may import all others."""
    ranks = {name: rank for rank, name in enumerate(order)}
    return sorted(
        (name, imported)
        for name in graph.keys() & ranks.keys()
        for imported in graph[name] & ranks.keys()
        if ranks[imported] < ranks[name]
    )
