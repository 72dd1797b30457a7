"""The target of a zip: Lambda's runtime and architecture."""

from __future__ import annotations

import platform
import re
import sys
from dataclasses import dataclass
from typing import Final, Self

from deploy.errors import DeployError

DEFAULT_RUNTIME: Final = "python3.13"
DEFAULT_ARCHITECTURE: Final = "arm64"

_MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's name of an architecture, and the name in wheels."""
_RUNTIME: Final = re.compile(r"python3\.(\d+)")
_AMAZON_LINUX_2: Final = ("2_17", "2_26")
_AMAZON_LINUX_2023: Final = ("2_17", "2_26", "2_28", "2_34")
"""The versions of glibc whose wheels run there; pip requires each by name."""
_FIRST_ON_AMAZON_LINUX_2023: Final = 12


@dataclass(frozen=True)
class Target:
    """A Lambda runtime on an architecture.

    Attributes
    ----------
    runtime : str
        Lambda's identifier, such as ``python3.13``.
    architecture : str
        ``arm64`` or ``x86_64``.

    Raises
    ------
    DeployError
        If Lambda does not support it.
    """

    runtime: str = DEFAULT_RUNTIME
    architecture: str = DEFAULT_ARCHITECTURE

    def __post_init__(self) -> None:
        if self.architecture not in _MACHINES:
            known = ", ".join(_MACHINES)
            raise DeployError(f"ARCHITECTURE is {known} or native, not {self.architecture!r}.")
        if not _RUNTIME.fullmatch(self.runtime) or self.minor < 11:
            raise DeployError(f"RUNTIME is python3.11 or newer, or native, not {self.runtime!r}.")

    @classmethod
    def named(cls, runtime: str, architecture: str) -> Self:
        """Return the target of these names: empty is the default, ``native`` this machine's."""
        here = cls.native() if "native" in (runtime, architecture) else None
        return cls(
            here.runtime if here and runtime == "native" else runtime or DEFAULT_RUNTIME,
            here.architecture if here and architecture == "native" else architecture or DEFAULT_ARCHITECTURE,
        )

    @classmethod
    def native(cls) -> Self:
        """Return the Python and the architecture of this process."""
        machine = platform.machine()
        names = {machine_name: name for name, machine_name in _MACHINES.items()} | {"arm64": "arm64"}
        return cls(f"python3.{sys.version_info.minor}", names.get(machine, machine))

    @property
    def minor(self) -> int:
        """The N of Python 3.N."""
        return int(self.runtime.removeprefix("python3."))

    @property
    def python_version(self) -> str:
        """Such as ``3.13``."""
        return self.runtime.removeprefix("python")

    @property
    def platforms(self) -> list[str]:
        """The platform tags of wheels that run there, for pip."""
        machine = _MACHINES[self.architecture]
        is_2023 = self.minor >= _FIRST_ON_AMAZON_LINUX_2023
        versions = _AMAZON_LINUX_2023 if is_2023 else _AMAZON_LINUX_2
        return [f"manylinux_{version}_{machine}" for version in versions] + [f"manylinux2014_{machine}"]

    @property
    def pip_options(self) -> list[str]:
        """The options with which pip takes wheels for it, and no sources."""
        return [
            *("--only-binary=:all:", "--implementation=cp", f"--python-version={self.python_version}"),
            *(f"--platform={tag}" for tag in self.platforms),
        ]
