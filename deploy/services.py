"""What is deployed of this repository: the services, folders with Chalice's ``app.py``, and the console."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deploy.errors import DeployError

REPOSITORY_ROOT: Final = Path(__file__).resolve().parent.parent
BUILD_FOLDER: Final = REPOSITORY_ROOT / "build"
CONSOLE: Final = "console"
"""The name of the console among the services; it has no code on Lambda."""


def service_names(root: Path = REPOSITORY_ROOT) -> list[str]:
    """Return the names of all services, sorted."""
    return sorted(app.parent.name for app in (root / "services").glob("*/app.py"))


def service_folder(name: str, root: Path = REPOSITORY_ROOT) -> Path:
    """Return the folder of a service.

    Raises
    ------
    DeployError
        If the service does not exist; the message lists the existing ones.
    """
    names = service_names(root)
    if name not in names:
        raise DeployError(_unknown(name, names))
    return root / "services" / name


def check_deployable(name: str, root: Path = REPOSITORY_ROOT) -> None:
    """Check that a name is that of a service, or the console's.

    Raises
    ------
    DeployError
        If it is neither; the message lists them all.
    """
    names = sorted([*service_names(root), CONSOLE])
    if name not in names:
        raise DeployError(_unknown(name, names))


def _unknown(name: str, names: list[str]) -> str:
    problem = f"Service {name!r} was not found" if name else "Missing SERVICE=NAME"
    return f"{problem}; services are {', '.join(names)}."
