"""Small sources of a console, and a Node.js whose npm does what a test says."""

from __future__ import annotations

import json
import os
from pathlib import Path

PAGE = '<!doctype html><div id="root"></div>'
INSTALLS = "mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json"
BUILDS = 'mkdir -p "$output" && cp index.html "$output/" && echo {} > "$output/app.js"'

NPM = """#!/bin/sh
echo "$*" >> "{calls}"
case "$1" in
ci) {install} ;;
run) output="$5"; {build} ;;
esac
"""


class FakeConsole:
    """A folder with sources, one for builds, and one with the programs ``node`` and ``npm``."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "console"
        self.builds = folder / "builds"
        self.programs = folder / "programs"
        self._calls = folder / "calls"
        (self.sources / "src").mkdir(parents=True)
        self.programs.mkdir()
        (self.sources / "index.html").write_text(PAGE)
        (self.sources / "src" / "main.ts").write_text("export {}")
        packages = {"": {}, "node_modules/tea": {"integrity": "sha512-a"}}
        (self.sources / "package-lock.json").write_text(json.dumps({"packages": packages}))
        self.provide()

    def provide(self, install: str = INSTALLS, build: str = BUILDS, version: str = "v22.12.0") -> None:
        """Write the programs: what npm does for ``ci`` and for the build, as shell commands."""
        npm = NPM.format(calls=self._calls, install=install, build=build)
        for name, text in (("node", f"#!/bin/sh\necho {version}\n"), ("npm", npm)):
            program = self.programs / name
            program.write_text(text)
            program.chmod(0o755)

    @property
    def path(self) -> str:
        """The search path of programs with these first."""
        return f"{self.programs}{os.pathsep}{os.environ['PATH']}"

    @property
    def calls(self) -> list[str]:
        """What npm was asked to do, by the first word of each call."""
        if not self._calls.exists():
            return []
        return [line.split()[0] for line in self._calls.read_text().splitlines()]

    @property
    def arguments(self) -> list[str]:
        """The options that name its folders."""
        return ["--console-folder", str(self.sources), "--console-builds", str(self.builds)]
