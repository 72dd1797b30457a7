"""The services of this repository: folders with Chalice's ``app.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deploy.errors import DeployError

REPOSITORY_ROOT: Final = Path(__file__).resolve().parent.parent
BUILD_FOLDER: Final = REPOSITORY_ROOT / "build"


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
        problem = f"Service {name!r} was not found" if name else "Missing SERVICE=NAME"
        raise DeployError(f"{problem}; services are {', '.join(names)}.")
    return root / "services" / name
