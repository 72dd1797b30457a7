"""The services of this repository: each is a folder with Chalice's ``app.py``."""

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
        If there is no service of this name; the message lists all services.
    """
    names = service_names(root)
    if name not in names:
        problem = f"Unknown service {name!r}" if name else "Missing SERVICE=NAME"
        raise DeployError(f"{problem}; the services are {', '.join(names)}.")
    return root / "services" / name
