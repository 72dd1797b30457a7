"""``python -m tools.openapi [SERVICE]``: write `openapi.json` and `asyncapi.json` of all services or of one.

All of them together also write `docs/schemas/event.schema.json`.

Each service is imported in a process of its own, as all of them have the modules ``app`` and ``chalicelib``.
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

from .asyncapi import asyncapi_document, event_schema
from .document import openapi_document

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("catalog", "stock", "audit")
EVENT_SCHEMA = ROOT / "docs" / "schemas" / "event.schema.json"
PLACEHOLDERS = {
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "JWKS_URL": "http://127.0.0.1/jwks.json",
    "TOKEN_ISSUER": "http://127.0.0.1",
    "TOKEN_AUDIENCES": "nobody",
    "MACHINE_CLIENT_IDS": "nobody",
}
"""Settings with which a service can be imported; it calls nothing."""


def render(service: str) -> dict[str, str]:
    """Return a service's documents by their file names; only one service can be rendered per process."""
    os.environ.update(PLACEHOLDERS)
    app = cast("RestService", load_app(ROOT / "services" / service))
    documents = {"openapi.json": openapi_document(app), "asyncapi.json": asyncapi_document(app)}
    return {
        name: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in documents.items()
    }


def render_event_schema() -> str:
    """Return the JSON Schema of the events of all services, from their AsyncAPI documents."""
    files = [ROOT / "services" / service / "asyncapi.json" for service in SERVICES]
    schema = event_schema(json.loads(file.read_text(encoding="utf-8")) for file in files)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write one document in this process, or all of them in processes of their own."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi")
    parser.add_argument("service", nargs="?", choices=SERVICES)
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "services", help="the folder of SERVICE/openapi.json and so on"
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
            subprocess.run(command, check=True, cwd=ROOT)
        if arguments.folder.resolve() == ROOT / "services":
            EVENT_SCHEMA.write_text(render_event_schema(), encoding="utf-8")
        return
    folder = arguments.folder.resolve() / arguments.service
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in render(arguments.service).items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
