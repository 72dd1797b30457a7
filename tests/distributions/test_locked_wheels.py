"""The locks of the services have wheels, and their hashes, for every runtime and processor of Lambda."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.dependencies import install_dependencies
from deploy.target import Target

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _needs_wheels(fetched_wheels: None) -> None:
    """These tests install wheels."""


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
@pytest.mark.parametrize("runtime", ["python3.11", "python3.12", "python3.13"])
def test_the_locked_dependencies_are_installed_for(runtime: str, architecture: str, tmp_path: Path) -> None:
    # The stock service needs what the others need, apart from svg.py, which is the same everywhere.
    lock = ROOT / "services" / "stock" / "requirements.txt"
    installed = install_dependencies(lock, Target(runtime, architecture), tmp_path)
    assert {"cryptography", "jwt", "pydantic", "pydantic_core", "rfc8785", "simplejson"} <= {
        path.name for path in installed.iterdir()
    }
    machine = {"arm64": b"\xb7\0", "x86_64": b"\x3e\0"}[architecture]
    libraries = list(installed.rglob("*.so"))
    assert len(libraries) >= 4
    assert {library.read_bytes()[18:20] for library in libraries} == {machine}
