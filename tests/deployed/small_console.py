"""A checkout whose console needs no packages, and its first deploy."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.deployed.cloud import Cloud, Done
from tests.integration.processes import ROOT

_BUILD: Final = """
const fs = require('fs');
const folder = process.argv[process.argv.indexOf('--outDir') + 1];
fs.mkdirSync(folder + '/assets', { recursive: true });
fs.writeFileSync(folder + '/index.html', '<title>TITLE</title><div id="root"></div>');
fs.writeFileSync(folder + '/assets/index-TITLE.js', '// TITLE');
"""


@dataclass(frozen=True)
class SmallConsole:
    """The checkout, whose build shows a title, and what its team's tasks printed.

    Attributes
    ----------
    deploy
        The first deploy.
    plan
        A plan after it.
    """

    checkout: Path
    deploy: Done
    plan: Done


def deploy_small_console(cloud: Cloud) -> SmallConsole:
    """Make the checkout, deploy its console, and plan again."""
    checkout = cloud.folder / "with-console"
    for part in ("deploy", "services", "terraform"):
        ignored = shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfstate*", "tests")
        shutil.copytree(ROOT / part, checkout / part, ignore=ignored)
    folder = checkout / "console"
    folder.mkdir()
    package = {"name": "console", "version": "1.0.0", "private": True, "scripts": {"build": "node build.cjs"}}
    (folder / "package.json").write_text(json.dumps(package))
    lock = {"name": "console", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": package}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    write_build(checkout, "one")
    return SmallConsole(
        checkout, cloud.team("deploy", "console", checkout), cloud.team("plan", "console", checkout)
    )


def write_build(checkout: Path, title: str) -> None:
    """Change what the console shows."""
    (checkout / "console" / "build.cjs").write_text(_BUILD.replace("TITLE", title))
