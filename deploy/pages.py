"""The script of the reference pages, Redoc, which each service serves itself."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from deploy.errors import DeployError

_PACKAGE: Final = "drf-spectacular-sidecar"
_SCRIPT: Final = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"


def pages_script() -> Path:
    """Return the script's file; services expect a file of this name beside their app.

    Raises
    ------
    DeployError
        If the package that requirements/pages.txt pins is not installed.
    """
    try:
        script = Path(str(distribution(_PACKAGE).locate_file(_SCRIPT)))
    except PackageNotFoundError:
        script = None
    if script is None or not script.is_file():
        raise DeployError(
            f"The script of the reference pages is not installed: run pip install --no-deps {_PACKAGE} "
            "with the version in requirements/pages.txt."
        )
    return script
