"""``python -m docs.openapi.pages``: every service's reference page as files, to publish on any web server."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from inventory_common.reference_pages import PROGRAM, page, program_file

from .compatibility import ROOT, SERVICES

__all__ = ["write_pages"]


def write_pages(folder: Path) -> None:
    """Write ``SERVICE/index.html`` and ``SERVICE/openapi.json`` for each service, and the program they share.

    Raises
    ------
    FileNotFoundError
        If the program of the pages is not installed.
    """
    program = program_file(ROOT)
    if program is None:
        raise FileNotFoundError(f"{PROGRAM} is not installed: see requirements/pages.txt")
    for service in SERVICES:
        target = folder / service
        target.mkdir(parents=True, exist_ok=True)
        document = ROOT / "services" / service / "openapi.json"
        shutil.copyfile(document, target / "openapi.json")
        title = json.loads(document.read_text(encoding="utf-8"))["info"]["title"]
        (target / "index.html").write_text(page(title, "openapi.json", f"../{PROGRAM}"), encoding="utf-8")
    shutil.copyfile(program, folder / PROGRAM)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m docs.openapi.pages")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "docs")
    write_pages(parser.parse_args().folder)
