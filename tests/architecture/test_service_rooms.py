"""The rooms of each service: few entries, short chains of imports, no cycle, and no import back up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from local.settings import SERVICES_FOLDER
from tests.architecture.import_graph import (
    Graph,
    cycle_in,
    entries,
    import_graph,
    longest_chain,
    modules,
    upward_imports,
)

ENTRY_POINTS = ("operations",)
"""Commands that use the composition root, as ``app.py`` does; nothing imports them."""
ORDER = (*ENTRY_POINTS, "bootstrap", "http", "engine", "storage", "domain")
"""Every entry may import those after it, and none before it."""

ENTRIES_MAX = 6
MODULES_MAX = 4
CHAIN_MAX = 4

PACKAGES = {package.parent.name: package for package in sorted(SERVICES_FOLDER.glob("*/chalicelib"))}


def violations(package: Path) -> list[str]:
    """Return what is wrong with the entries of a package and the imports between them."""
    names, graph = entries(package), import_graph(package)
    found = []
    if len(names) > ENTRIES_MAX:
        found.append(f"{len(names)} entries")
    if len(modules(package)) > MODULES_MAX:
        found.append(f"{len(modules(package))} modules outside the rooms")
    found += [f"{name} has no place in the order" for name in names if name not in ORDER]
    found += [f"{name} imports {imported}" for name, imported in upward_imports(graph, ORDER)]
    cycle = cycle_in(graph)
    if cycle is not None:
        return [*found, f"the cycle {' → '.join(cycle)}"]
    chain = longest_chain(_from_the_composition_root(graph))
    if len(chain) - 1 > CHAIN_MAX:
        found.append(f"the chain {' → '.join(chain)}")
    return found


def _from_the_composition_root(graph: Graph) -> Graph:
    return {name: imported - {*ENTRY_POINTS} for name, imported in graph.items() if name not in ENTRY_POINTS}


def test_the_services_are_found() -> None:
    assert PACKAGES.keys() == {"audit", "catalog", "stock"}
    for package in PACKAGES.values():
        graph = import_graph(package)
        # An empty graph would violate nothing.
        assert {"http", "engine", "storage"} <= graph["bootstrap"]
        assert "domain" in graph["storage"]


@pytest.mark.parametrize("service", PACKAGES)
def test_a_service_keeps_its_rooms(service: str) -> None:
    assert violations(PACKAGES[service]) == []


ROOMS = {
    "__init__": "",
    "bootstrap": "from .http import routes\nfrom .storage import store",
    "http/__init__": "",
    "http/routes": "from ..engine import commands",
    "engine/__init__": "",
    "engine/commands": "from ..domain.rules import RULE\nfrom ..storage.store import Store",
    "storage/__init__": "",
    "storage/store": "from ..domain import rules",
    "domain/__init__": "",
    "domain/rules": "RULE = 1",
}
"""The source of a package without violations, by module."""


def package_of(folder: Path, sources: Mapping[str, str]) -> Path:
    package = folder / "chalicelib"
    for name, source in sources.items():
        path = package / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return package


def test_a_package_of_rooms_has_no_violations(tmp_path: Path) -> None:
    package = package_of(tmp_path, ROOMS)
    assert violations(package) == []
    assert longest_chain(import_graph(package)) == ["bootstrap", "http", "engine", "storage", "domain"]


FOR_TYPES_ALONE = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"


@pytest.mark.parametrize(
    ("planted", "violation"),
    [
        ({"domain/rules": "from ..storage.store import Store"}, "domain imports storage"),
        ({"storage/store": "def late():\n    from ..engine import commands"}, "storage imports engine"),
        ({"engine/commands": "from .. import bootstrap"}, "engine imports bootstrap"),
        ({"engine/commands": "from chalicelib.http.routes import ROUTES"}, "engine imports http"),
        ({"engine/commands": "import services.stock.chalicelib.http.routes"}, "engine imports http"),
        (
            {"domain/rules": f"{FOR_TYPES_ALONE}    from ..http import routes"},
            "domain imports http",
        ),
        ({"bootstrap": "from . import operations", "operations": ""}, "bootstrap imports operations"),
        ({"domain/rules": "from ..engine.commands import COMMANDS"}, "the cycle"),
        ({"helpers": ""}, "helpers has no place in the order"),
        ({"utils/helpers": ""}, "utils has no place in the order"),
        ({"operations": "", "helpers": ""}, "7 entries"),
        ({"operations": "", "helpers": "", "more": ""}, "5 modules outside the rooms"),
        (
            {"bootstrap": "from . import wiring", "wiring": "from .http import routes"},
            "the chain bootstrap → wiring → http → engine → storage → domain",
        ),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, planted: Mapping[str, str], violation: str) -> None:
    found = violations(package_of(tmp_path, {**ROOMS, **planted}))
    assert any(violation in each for each in found), found


def test_imports_of_other_packages_do_not_count(tmp_path: Path) -> None:
    source = "from inventory_common.http import routes\nimport engine\nfrom other.chalicelib.x.http import y"
    assert violations(package_of(tmp_path, {**ROOMS, "domain/rules": source})) == []
