"""Compiled modules, so that a cold start compiles none; only a Python of the target's version can compile."""

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
"""The folder into which Lambda unpacks a zip; tracebacks show it."""

_COMPILER: Final = Path(__file__).with_name("compiler.py")


def interpreter_of(target: Target) -> Path | None:
    """Return a Python of the target's version on this machine, or None; bytecode fits one version only."""
    for candidate in _candidates(target.runtime):
        if _minor_version(candidate) == target.python_version:
            return candidate
    return None


def compile_modules(interpreter: Path, folder: Path, *, keep_sources: bool) -> None:
    """Compile all modules below a folder; the bytecode is never compared with its source.

    Bytecode has no docstrings, which take a seventh of ours and half of the dependencies'. Without their
    sources, modules have no assertions either.

    Raises
    ------
    DeployError
        If a module does not compile.
    """
    sources = "keep" if keep_sources else "remove"
    command = [str(interpreter), "-I", str(_COMPILER), str(folder), sources, LAMBDA_FOLDER]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise DeployError(f"A module does not compile:\n{done.stdout}{done.stderr}".rstrip())


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
