"""Test modules and conftests are imported by nobody: what tests share is in modules of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.settings import REPOSITORY_ROOT
from tests.architecture.imported_tests import imported_tests

FOLDERS = [
    REPOSITORY_ROOT / "tests",
    *sorted(REPOSITORY_ROOT.glob("libs/*/tests")),
    *sorted(REPOSITORY_ROOT.glob("services/*/tests")),
]


def test_the_folders_of_tests_are_found() -> None:
    names = {folder.parent.name for folder in FOLDERS}
    assert {"common", "client", "cli", "audit", "catalog", "stock"} <= names
    assert all(any(folder.rglob("test_*.py")) for folder in FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(REPOSITORY_ROOT)))
def test_no_module_imports_a_test_module(folder: Path) -> None:
    found = {
        str(path.relative_to(folder)): imports
        for path in sorted(folder.rglob("*.py"))
        if (imports := imported_tests(path))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "from tests.e2e.test_orders import an_order",
        "import tests.e2e.test_orders",
        "from .test_orders import an_order",
        "from . import test_orders",
        "from ..http.test_orders import an_order",
        "from tests.e2e.conftest import SERVICES",
        "from .conftest import SERVICES",
        "def late():\n    from .test_orders import an_order",
    ],
)
def test_a_planted_import_is_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "test_orders.py").touch()
    module = tmp_path / "builders.py"
    module.write_text(source, encoding="utf-8")
    assert imported_tests(module)


@pytest.mark.parametrize(
    "source",
    [
        "from .shop import an_order",
        "from tests.support.engines import ENGINES",
        # A function with such a name is no module.
        "from inventory_common.testing import test_settings",
        "import pytest",
    ],
)
def test_other_imports_are_allowed(tmp_path: Path, source: str) -> None:
    module = tmp_path / "builders.py"
    module.write_text(source, encoding="utf-8")
    assert imported_tests(module) == []
