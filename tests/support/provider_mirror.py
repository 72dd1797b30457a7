"""The AWS provider of Terraform: from this machine's mirror, or as `make install` has fetched it.

``python -m tests.support.provider_mirror`` fetches it, where Terraform is and no mirror, into the folder
`terraform-providers` of the virtual environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["FETCHED", "MISSING", "fetch", "provider_mirror"]

FETCHED: Final = Path(sys.prefix) / "terraform-providers"
MISSING: Final = "Terraform's AWS provider is not on this machine: `make install` fetches it"
_PROGRAM: Final = "terraform-provider-aws_v*"
_PLATFORM: Final = Path(__file__).parents[2] / "terraform" / "platform"


@cache
def provider_mirror() -> Path | None:
    """Return a folder that holds the AWS provider, as ``terraform init -plugin-dir`` wants it."""
    mirrors = [*_mirrors(FETCHED.rglob(_PROGRAM))]
    if not mirrors:
        found = subprocess.run(
            ["find", "/", "-xdev", "-type", "f", "-name", _PROGRAM],
            capture_output=True,
            text=True,
            timeout=120,
        )
        mirrors += _mirrors(map(Path, found.stdout.splitlines()))
    return mirrors[0] if mirrors else None


def _mirrors(programs: Iterable[Path]) -> Iterable[Path]:
    # …/HOST/NAMESPACE/TYPE/VERSION/PLATFORM/terraform-provider-aws_v…
    return (path.parents[5] for path in programs if len(path.parents) > 6)


def fetch(terraform: str, folder: Path = FETCHED) -> str | None:
    """Fetch the provider from where Terraform's configuration says; return its message if that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for file in ("versions.tf", ".terraform.lock.hcl"):
            if (_PLATFORM / file).exists():
                shutil.copy(_PLATFORM / file, name)
        done = subprocess.run(
            [terraform, "init", "-backend=false", "-input=false", "-no-color"],
            cwd=name,
            env=os.environ | {"TF_PLUGIN_CACHE_DIR": str(folder), "CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
        )
    return None if done.returncode == 0 else done.stderr.strip()


def main() -> int:
    """Fetch the provider if it is missing; without Terraform there is nothing to do."""
    terraform = shutil.which("terraform")
    if terraform is None or provider_mirror() is not None:
        return 0
    why = fetch(terraform)
    if why is not None:
        print(f"Terraform's AWS provider cannot be fetched; its tests need it:\n{why}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
