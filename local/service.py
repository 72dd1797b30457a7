"""``python -m local.service catalog --port 8001``: run one service.

Each service needs a process of its own, because all have modules of the same names: ``app``, ``chalicelib``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from inventory_common.settings import members
from local.gateway import Gateway
from local.server import serve
from local.settings import SERVICES_FOLDER

if TYPE_CHECKING:
    from chalice.app import Chalice


def load_app(folder: Path) -> Chalice:
    """Import ``app`` from a service's folder as Lambda does: the current directory, first on the path.

    At most once per process.
    """
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    return cast("Chalice", importlib.import_module("app").app)


def main() -> None:
    """Serve the service named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m local.service")
    parser.add_argument("name", help="the service's folder")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--services-folder", type=Path, default=SERVICES_FOLDER)
    arguments = parser.parse_args()
    app = load_app((arguments.services_folder / arguments.name).resolve())
    serve(Gateway(app), arguments.port, members(os.environ.get("CORS_ORIGINS", "")))


if __name__ == "__main__":
    main()
