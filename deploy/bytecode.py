"""Compiles the modules of a zip, so that a cold start compiles none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy.errors import DeployError
from deploy.target import Target

LAMBDA_FOLDER: Final = "/var/task"
"""The folder into which Lambda unpacks a zip, which tracebacks show."""

_COMPILE: Final = """
import compileall, py_compile, sys
folder, beside = sys.argv[1], sys.argv[2] == "beside"
sys.exit(not compileall.compile_dir(
    folder, quiet=1, force=True, maxlevels=50, legacy=beside, stripdir=folder, prependdir=sys.argv[3],
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH, optimize=2 if beside else -1,
))
"""


def interpreter_of(target: Target) -> Path | None:
    """Return a Python of the target's version on this machine, or None; bytecode is for one version."""
    for candidate in _candidates(target.runtime):
        if _minor_version(candidate) == target.python_version:
            return candidate
    return None


def compile_modules(interpreter: Path, folder: Path, *, keep_sources: bool) -> None:
    """Compile all modules below a folder; Python never compares the bytecode with its source.

    Without `keep_sources`, the sources are deleted and the bytecode has no docstrings and assertions
    (``-OO``), which takes half the space.

    Raises
    ------
    DeployError
        If a module does not compile.
    """
    arguments = [str(folder), "cached" if keep_sources else "beside", LAMBDA_FOLDER]
    command = [str(interpreter), "-I", "-c", _COMPILE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise DeployError(f"A module does not compile:\n{done.stdout}{done.stderr}".rstrip())
    if not keep_sources:
        for source in list(folder.rglob("*.py")):
            source.unlink()


def _candidates(runtime: str) -> Iterator[Path]:
    yield Path(sys.executable)
    on_path = shutil.which(runtime)
    if on_path is not None:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{runtime.removeprefix('python')}.*/bin/{runtime}"))


def _minor_version(interpreter: Path) -> str | None:
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([interpreter, "-I", "-c", program], capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
