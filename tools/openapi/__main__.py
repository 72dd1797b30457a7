"""``python -m tools.openapi``: writes every service's `openapi.json`, or that of the service that is named.

Each in a process of its own: all have modules of the same names, ``app`` and ``chalicelib``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

from inventory_common.rest import RestService
from local.service import load_app

from .document import openapi_document

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("catalog", "stock", "audit")
NOWHERE = {
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "JWKS_URL": "http://127.0.0.1/jwks.json",
    "TOKEN_ISSUER": "http://127.0.0.1",
    "TOKEN_AUDIENCES": "nobody",
    "MACHINE_CLIENT_IDS": "nobody",
}
"""Settings under which a service can be imported; it is not called."""


def render(service: str) -> str:
    """Return a service's document; once per process."""
    os.environ.update(NOWHERE)
    app = cast("RestService", load_app(ROOT / "services" / service))
    return json.dumps(openapi_document(app), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write one document here, or all of them in processes of their own."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi")
    parser.add_argument("service", nargs="?", choices=SERVICES)
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "services", help="where to write SERVICE/openapi.json"
    )
    arguments = parser.parse_args()
    if arguments.service is None:
        for service in SERVICES:
            command = [
                sys.executable,
                "-m",
                "tools.openapi",
                service,
                "--folder",
                str(arguments.folder.resolve()),
            ]
            subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 (our own program)
        return
    target = arguments.folder.resolve() / arguments.service / "openapi.json"
    text = render(arguments.service)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
