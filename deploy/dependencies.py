"""A service's dependencies, installed for its target rather than for this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.errors import DeployError
from deploy.symbols import without_symbols
from deploy.target import Target

FETCHED_WHEELS: Final = Path(sys.prefix) / "wheels"
"""Where `make install` keeps wheels, so that packaging needs no index (`tools.dependencies.wheels`)."""

_NEVER_IMPORTED: Final = (
    "annotated_types/test_cases.py",
    "bin",
    "cffi",
    "cryptography/cobblestone.py",
    "cryptography/fernet.py",
    "cryptography/hazmat/asn1",
    "cryptography/hazmat/backends/openssl",
    "cryptography/hazmat/bindings/openssl",
    "cryptography/hazmat/primitives/ciphers/aead.py",
    "cryptography/hazmat/primitives/cmac.py",
    "cryptography/hazmat/primitives/hmac.py",
    "cryptography/hazmat/primitives/hpke.py",
    "cryptography/hazmat/primitives/kdf",
    "cryptography/hazmat/primitives/keywrap.py",
    "cryptography/hazmat/primitives/padding.py",
    "cryptography/hazmat/primitives/poly1305.py",
    "cryptography/hazmat/primitives/serialization/pkcs12.py",
    "cryptography/hazmat/primitives/serialization/pkcs7.py",
    "cryptography/hazmat/primitives/twofactor",
    "cryptography/x509/ocsp.py",
    "jwt/help.py",
    "pycparser",
    "pydantic/class_validators.py",
    "pydantic/color.py",
    "pydantic/datetime_parse.py",
    "pydantic/decorator.py",
    "pydantic/deprecated",
    "pydantic/env_settings.py",
    "pydantic/error_wrappers.py",
    "pydantic/experimental/pipeline.py",
    "pydantic/generics.py",
    "pydantic/json.py",
    "pydantic/mypy.py",
    "pydantic/parse.py",
    "pydantic/schema.py",
    "pydantic/tools.py",
    "pydantic/typing.py",
    "pydantic/utils.py",
    "pydantic/v1",
    "pydantic/validators.py",
    "simplejson/ordered_dict.py",
    "simplejson/tests",
    "simplejson/tool.py",
)
"""Parts of dependencies.

cryptography only calls the C part of cffi; tokens are verified without ciphers, key derivation, key
containers and certificate status; no model uses pydantic 1, or what pydantic 2 keeps of it.
"""
_USELESS_SUFFIXES: Final = (".pyi", ".c", ".h", ".typed")


def install_dependencies(requirements: Path, target: Target, store: Path) -> Path:
    """Return a folder with the dependencies of a service, installed from wheels for the target.

    Parameters
    ----------
    requirements
        The lock of the service: all its dependencies, with the hashes of their files.
    target
        The platform of the wheels.
    store
        The folder in which the result is kept for the next time, under a hash of the parameters.

    Raises
    ------
    DeployError
        If a dependency has no wheel for the target, no hash, or other bytes; the message is that of pip.
    """
    digest = hashlib.sha256(
        requirements.read_bytes() + f"\0{target.runtime}\0{target.architecture}".encode()
    ).hexdigest()
    kept = store / digest[:16]
    if kept.is_dir():
        return kept
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store) as name:
        folder = Path(name) / "installed"
        _install(requirements, target, folder)
        _drop_what_is_never_imported(folder)
        _cut_symbols(folder)
        try:
            # Atomic: another service may be packaged at the same time.
            folder.rename(kept)
        except OSError:
            if not kept.is_dir():
                raise
    return kept


def _install(requirements: Path, target: Target, folder: Path) -> None:
    """Install the fetched wheels if they are all there, else those of the index; the hashes are checked."""
    fetched = [["--no-index", f"--find-links={FETCHED_WHEELS}"]] if FETCHED_WHEELS.is_dir() else []
    for source in [*fetched, []]:
        errors = _pip(["-r", str(requirements), "--target", str(folder), *target.pip_options, *source])
        if errors is None:
            return
    raise DeployError(f"pip cannot install {requirements} for {target.runtime}:\n{errors}")


def _pip(arguments: Sequence[str]) -> str | None:
    """Let pip install something; return its errors if it fails."""
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--no-deps", "--require-hashes", *arguments),
    ]
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode == 0:
        return None
    errors = [line for line in done.stderr.splitlines() if line.startswith(("ERROR", " "))]
    return "\n".join(errors) or done.stderr


def _drop_what_is_never_imported(folder: Path) -> None:
    for path in [folder / name for name in _NEVER_IMPORTED] + list(folder.glob("*.dist-info")):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in list(folder.rglob("*")):
        if path.is_file() and path.suffix in _USELESS_SUFFIXES:
            path.unlink()


def _cut_symbols(folder: Path) -> None:
    for path in folder.rglob("*.so"):
        path.write_bytes(without_symbols(path.read_bytes()))
