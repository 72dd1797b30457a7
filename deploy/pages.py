"""The program of the reference pages, Redoc, which each service serves itself."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from deploy.errors import DeployError

_PACKAGE: Final = "drf-spectacular-sidecar"
_PROGRAM: Final = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"


def pages_program() -> Path:
    """Return the program's file, whose name is what services look for beside their app.

    Raises
    ------
    DeployError
        If what requirements/pages.txt pins is not installed.
    """
    try:
        program = Path(str(distribution(_PACKAGE).locate_file(_PROGRAM)))
    except PackageNotFoundError:
        program = None
    if program is None or not program.is_file():
        raise DeployError(
            f"The program of the reference pages is not installed: pip install --no-deps {_PACKAGE}, "
            "of the version in requirements/pages.txt."
        )
    return program
