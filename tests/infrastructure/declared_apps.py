"""What the Chalice apps declare: routes, stream subscriptions and schedules."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SERVICES = ("catalog", "stock", "audit")

_PRINT = """
import json
from app import app
print(json.dumps({
    "routes": {path: sorted(methods) for path, methods in app.routes.items()},
    "feeds": {
        name: {
            "table": each.table.name,
            "key_attribute": each.key_attribute,
            "prefixes": [*each.prefixes],
            "batch_size": each.batch_size,
        }
        for name, each in app.subscriptions.items()
    },
    "schedules": app.schedules,
}))
"""


@cache
def _declared(service: str) -> str:
    # Each in a process of its own, because the apps' modules have the same names.
    settings = ("JWKS_URL", "TOKEN_ISSUER", "TOKEN_AUDIENCES", "MACHINE_CLIENT_IDS")
    folder = ROOT / "services" / service
    paths = os.pathsep.join([str(folder), str(ROOT / "libs" / "common")])
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        cwd=folder,
        env={**dict.fromkeys(settings, "x"), "PYTHONPATH": paths, "AWS_DEFAULT_REGION": "ap-south-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def declared(service: str) -> dict[str, Any]:
    """Return a service's routes, subscriptions and schedules, in the form of docs/platform-contract.md."""
    document: dict[str, Any] = json.loads(_declared(service))
    return document


def functions(service: str) -> set[str]:
    """Return the names of a service's Lambda functions."""
    app = declared(service)
    return {"api", *app["feeds"], *app["schedules"]}
