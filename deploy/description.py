"""``python -m deploy.description FOLDER``: print what an app declares, as JSON.

It runs in a process of its own, as all services have the modules ``app`` and ``chalicelib``.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from deploy.errors import DeployError

_PLACEHOLDERS: Final = {
    "JWKS_URL": "https://issuer.invalid/jwks.json",
    "TOKEN_ISSUER": "https://issuer.invalid",
    "TOKEN_AUDIENCES": "none",
    "MACHINE_CLIENT_IDS": "none",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Settings with which an app can be imported; they do not affect what it declares."""


def describe(service: str, folder: Path) -> dict[str, Any]:
    """Return what a service's app declares, which another process imports.

    Parameters
    ----------
    service
        Its name, for error messages.
    folder
        The folder of ``app.py``, ``chalicelib`` and ``inventory_common``.

    Returns
    -------
    dict
        ``routes``: the methods by path; ``feeds``: by function, the table, key attribute and prefixes of the
        items that it reads, and its batch size; ``schedules``: the expressions by function
        (docs/platform-contract.md).

    Raises
    ------
    DeployError
        If the app cannot be imported.
    """
    environment = _PLACEHOLDERS | {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).resolve().parent.parent)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "deploy.description", str(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise DeployError(f"The app of {service} cannot be imported:\n{done.stderr.rstrip()}")
    declared: dict[str, Any] = json.loads(done.stdout)
    return declared


def _declared(app: Any) -> dict[str, Any]:
    return {
        "routes": {path: sorted(methods) for path, methods in sorted(app.routes.items())},
        "feeds": {
            name: {
                "table": subscription.table.name,
                "key_attribute": subscription.key_attribute,
                "prefixes": [*subscription.prefixes],
                "batch_size": subscription.batch_size,
            }
            for name, subscription in sorted(app.subscriptions.items())
        },
        "schedules": dict(sorted(app.schedules.items())),
    }


def main() -> None:
    """Import the app of the folder that the command line names."""
    sys.path.insert(0, sys.argv[1])
    print(json.dumps(_declared(importlib.import_module("app").app)))


if __name__ == "__main__":
    main()
